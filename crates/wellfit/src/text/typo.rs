//! The name that was probably meant.

/// From this share of equal letters on two names are alike: two slips in five letters still count, unrelated words do not.
const ALIKE: f64 = 0.6;
/// Longer names are compared with none: the comparison takes the product of both lengths, and files hold names of any length.
const LONGEST: usize = 64;

/// The name among `known` that `name` was probably meant to be.
///
/// Names are compared without regard to case by the Damerau-Levenshtein distance, a transposition counting as one slip.
pub fn meant<'a, S: AsRef<str> + ?Sized + 'a>(name: &str, known: impl IntoIterator<Item = &'a S>) -> Option<&'a str> {
    let plain = |name: &str| name.trim().to_lowercase();
    if name.len() > LONGEST {
        return None;
    }
    let name = plain(name);
    known
        .into_iter()
        .map(AsRef::as_ref)
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::normalized_damerau_levenshtein(&name, &plain(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// ` (did you mean X?)`, or nothing.
pub fn did_you_mean<'a, S: AsRef<str> + ?Sized + 'a>(name: &str, known: impl IntoIterator<Item = &'a S>) -> String {
    meant(name, known).map_or(String::new(), |best| format!(" (did you mean {best}?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_recognised_and_an_unrelated_word_is_not() {
        assert_eq!(meant("churn", ["gender", "Churn"]), Some("Churn"));
        assert_eq!(meant("Tenrue", ["tenure", "Churn"]), Some("tenure"));
        assert_eq!(meant("hiden", ["hidden", "header"]), Some("hidden"));
        assert_eq!(meant("ReLu", ["relu", "selu"]), Some("relu"));
        assert_eq!(meant("price", ["tenure", "Churn"]), None);
        assert_eq!(meant("learning_rate", ["lr", "hidden"]), None);
    }

    #[test]
    fn names_too_long_to_compare_are_not_compared() {
        let long = "x".repeat(1 << 20);
        assert_eq!(meant(&long, [long.as_str()]), None);
        assert_eq!(meant("x", [long.as_str(), "x"]), Some("x"));
    }
}
