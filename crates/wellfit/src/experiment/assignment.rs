//! A setting and the value it is given: one line of a config.

use crate::text::shell_word;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::problem::unknown_key;
use super::settings::{Raw, from_toml};
use super::spec::{Setting, Spec, find};

/// A setting and the value it is given, as results hold it: `network.hidden = [128, 64]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Assignment {
    /// The full key: `network.hidden`.
    pub key: String,
    /// The value.
    pub value: Raw,
}

impl Assignment {
    /// Gives the setting `key`, its section included, a value.
    pub fn new(key: &str, value: Raw) -> Assignment {
        Assignment { key: key.to_owned(), value }
    }

    /// The setting, where there is one of that key.
    pub fn setting(&self) -> Option<&'static Setting> {
        find(&self.key)
    }

    /// The same without the section: `hidden = [128, 64]`.
    pub fn without_section(&self) -> String {
        let name = self.key.rsplit('.').next().unwrap_or(&self.key);
        format!("{name} = {}", self.value.to_toml())
    }

    /// The same as it is typed after a command: `--hidden 128,64`.
    pub fn as_flag(&self) -> String {
        let mut spec = Spec::default();
        let Some(setting) = self.setting().filter(|setting| setting.set(&mut spec, &self.value).is_ok()) else {
            return self.to_string();
        };
        let value = setting.get(&spec).to_text();
        format!("--{} {}", setting.flag(), shell_word(&value))
    }

    /// The setting and the value of `key=value`; the key may leave out its section, the value may be TOML or as after a flag.
    pub(super) fn parts(text: &str) -> Result<(&str, &'static Setting, Raw), String> {
        let Some((key, value)) = text.split_once('=') else {
            return Err(format!("{} has no value; write key=value, as in lr=0.01", Raw::text(text).quoted()));
        };
        let (key, value) = (key.trim(), value.trim_start());
        let setting = find(key).ok_or_else(|| unknown_key(key))?;
        Ok((key, setting, from_toml(value).unwrap_or_else(|| Raw::text(value))))
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.key, self.value.to_toml())
    }
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Assignment, String> {
        Assignment::parts(text).map(|(_, setting, value)| Assignment { key: setting.key(), value })
    }
}

impl TryFrom<String> for Assignment {
    type Error = String;

    fn try_from(text: String) -> Result<Assignment, String> {
        text.parse()
    }
}

impl From<Assignment> for String {
    fn from(assignment: Assignment) -> String {
        assignment.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_reads_back_as_it_was_written() {
        for text in ["data.split = \"40/40/20\"", "network.hidden = [128, 64]", "training.lr = 0.006"] {
            let read: Assignment = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
            assert_eq!(serde_json::from_str::<Assignment>(&serde_json::to_string(&read).unwrap()).unwrap(), read);
        }
        assert_eq!("lr=0.1".parse::<Assignment>().unwrap().to_string(), "training.lr = 0.1");
        assert!("learning = 1".parse::<Assignment>().is_err());
    }

    #[test]
    fn an_assignment_is_typed_as_a_flag() {
        let typed = |text: &str| text.parse::<Assignment>().unwrap().as_flag();
        assert_eq!(typed("data.split = \"40/40/20\""), "--split 40/40/20");
        assert_eq!(typed("network.hidden = [128, 64]"), "--hidden 128,64");
        assert_eq!(typed("network.keep_prob = [0.75, 0.75]"), "--keep-prob 0.75,0.75");
        assert_eq!(typed("data.drop = [\"marital status\"]"), "--drop 'marital status'");
    }
}
