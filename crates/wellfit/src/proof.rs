//! How many cases a test tries: a few in every run, all of them where a promise is proved in full.

/// `full` where `WELLFIT_PROOF=full` is set, else `short`.
pub(crate) fn count(short: usize, full: usize) -> usize {
    if std::env::var_os("WELLFIT_PROOF").is_some_and(|size| size == "full") { full } else { short }
}
