//! Notices: what the user should know and need not act on.

use wellfit::runs::Notice;

/// A notice in a sentence.
pub fn notice(notice: &Notice<'_>) -> String {
    match notice {
        Notice::Data(notice) => notice.to_string(),
        Notice::PreviousCheckpoint { damage } => format!("{damage}; falling back to the previous checkpoint"),
        Notice::OtherInstructions { then, now } => format!(
            "this run began with {then} instructions and continues with {now}: from here on it is rounded differently"
        ),
        Notice::TakesSeconds(seconds) => {
            format!("trains on parts and folds of the data, for about {:.0} min; Ctrl-C loses nothing", seconds / 60.0)
        }
        Notice::NoFolds(why) => {
            format!("no cross-validation: {why}; configurations are evaluated on dev with several seeds")
        }
        Notice::LearnedFrom(data) => format!(
            "{} is what the run was trained on: the error on rows that a network has seen says nothing about new rows",
            data.display()
        ),
        Notice::DamagedJournal => "some lines of tune.jsonl cannot be read; their trials are repeated".to_owned(),
        // Notices of a later version of the library.
        _ => String::new(),
    }
}
