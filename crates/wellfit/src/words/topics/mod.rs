//! The topics of the course: what each term means, why it matters, and which settings act on it. The page shows them at their
//! place, `wellfit explain` on request.

mod fitting;
mod regularisation;
mod signals;

use serde::Serialize;

use crate::text::did_you_mean;

/// A term of the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Topic {
    /// What it is asked for by.
    pub name: &'static str,
    /// Other names that find it.
    pub also: &'static [&'static str],
    /// Its title.
    pub title: &'static str,
    /// What it is, and why it works, a paragraph each.
    pub why: &'static [&'static str],
    /// Keys of the settings that act on it.
    pub settings: &'static [&'static str],
    /// A command that shows it, as it is typed.
    pub command: &'static str,
}

/// All topics, in the order of the course.
pub const TOPICS: [Topic; 14] = [
    fitting::HYPERPARAMETERS,
    fitting::ORTHOGONALITY,
    fitting::SPLITS,
    fitting::BIAS_AND_VARIANCE,
    regularisation::L2,
    regularisation::L1,
    regularisation::DROPOUT,
    regularisation::EARLY_STOPPING,
    regularisation::AUGMENTATION,
    signals::NORMALISATION,
    signals::INITIALISATION,
    signals::GRADIENTS,
    signals::GRADIENT_CHECK,
    signals::LEARNING_RATE,
];

/// A name that no topic has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no topic {asked:?}{}; topics: {}", did_you_mean(asked, names()), names().join(", "))]
pub struct UnknownTopic {
    asked: String,
}

/// The topic of that name; upper case, spaces, underscores and dashes make no difference.
pub fn topic(name: &str) -> Result<&'static Topic, UnknownTopic> {
    let plain = |name: &str| name.trim_start_matches('-').to_lowercase().replace([' ', '_'], "-");
    let asked = plain(name);
    let found = TOPICS.iter().find(|topic| topic.name == asked || topic.also.contains(&asked.as_str()));
    found.ok_or_else(|| UnknownTopic { asked: name.to_string() })
}

fn names() -> Vec<&'static str> {
    TOPICS.iter().map(|topic| topic.name).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::experiment::SETTINGS;

    #[test]
    fn every_name_finds_one_topic() {
        let mut seen = BTreeSet::new();
        for known in &TOPICS {
            for name in known.also.iter().chain([&known.name]) {
                assert!(seen.insert(*name), "{name} twice");
                assert_eq!(topic(name), Ok(known));
            }
        }
        assert_eq!(topic("Bias Variance").unwrap().name, "bias-variance");
        assert_eq!(topic("keep_prob").unwrap().name, "dropout");
        assert_eq!(topic("--init").unwrap().name, "initialisation");
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_there_are() {
        let told = topic("droput").unwrap_err().to_string();
        assert!(told.contains("dropout") && told.contains("gradient-check") && !told.contains('\n'), "{told}");
    }

    #[test]
    fn topics_name_settings_that_exist() {
        for topic in &TOPICS {
            for key in topic.settings {
                assert!(SETTINGS.iter().any(|setting| setting.name == *key), "{}: {key}", topic.name);
            }
            assert!(!topic.why.is_empty() && topic.command.starts_with("wellfit "));
        }
    }
}
