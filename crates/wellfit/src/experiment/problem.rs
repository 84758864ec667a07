//! What is wrong with settings as they were written, and where.

use std::fmt;

use super::settings::shortened;
use super::spec::{SECTIONS, SETTINGS, find};
use crate::text::meant;

/// One thing wrong with what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: `config.toml:3:5`, `--lr`.
    pub place: String,
    /// What was found and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Everything wrong with what was written, one problem a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
pub struct SpecError {
    /// The problems, in the order met; never empty.
    pub problems: Vec<Problem>,
}

/// The message about a key that no setting has: near ones are offered, and keys in the wrong section sent to theirs.
pub(crate) fn unknown_key(key: &str) -> String {
    let key = shortened(key);
    let name = key.rsplit('.').next().unwrap_or(&key);
    if let Some(setting) = find(name) {
        return format!("there is no setting {key}; it is `{}`", setting.key());
    }
    let near = meant(name, SETTINGS.iter().map(|setting| setting.name)).and_then(find);
    match near {
        Some(setting) if key.contains('.') => {
            format!("there is no setting {key}; did you mean `{}`?", setting.key())
        }
        Some(setting) => format!("there is no setting {key}; did you mean `{}`?", setting.name),
        None => format!("there is no setting {key}; `wellfit config` lists them"),
    }
}

/// The message about a section that does not exist.
pub(super) fn unknown_section(name: &str) -> String {
    let name = &shortened(name);
    let names = SECTIONS.iter().map(|(name, _)| *name);
    match meant(name, names.clone()) {
        Some(near) => format!("there is no section [{name}]; did you mean `[{near}]`?"),
        None => match find(name) {
            Some(setting) => format!("{name} stands outside its section; it is `{}`", setting.key()),
            None => format!("there is no section [{name}]; there are [{}]", names.collect::<Vec<_>>().join("], [")),
        },
    }
}
