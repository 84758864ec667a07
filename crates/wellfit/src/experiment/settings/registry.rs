//! The registry's entry for one setting, and the macro that turns a list of settings into structs and entries.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::raw::Raw;
use super::value::{Refusal, Value, alternatives};
use crate::text::meant;

/// What a setting is for; a remedy changes one setting of one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Purpose {
    /// Says what the data is and what is asked of it.
    #[serde(rename = "data")]
    Data,
    /// Lowers train error.
    #[serde(rename = "fit train")]
    FitTrain,
    /// Lowers dev error towards train error.
    #[serde(rename = "fit dev")]
    FitDev,
    /// Both at once, which is why it is best left for last.
    #[serde(rename = "fit train and fit dev")]
    FitTrainAndDev,
    /// Keeps dev error an unbiased estimate for new rows.
    #[serde(rename = "fit test")]
    FitTest,
    /// Makes the error that is measured the error that matters.
    #[serde(rename = "fit the real world")]
    FitRealWorld,
    /// Says how to run; changes no result but through the number of epochs, the seed or roundings.
    #[serde(rename = "run")]
    Run,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Purpose; 7] = [
        Purpose::Data,
        Purpose::FitTrain,
        Purpose::FitDev,
        Purpose::FitTrainAndDev,
        Purpose::FitTest,
        Purpose::FitRealWorld,
        Purpose::Run,
    ];

    /// The name in results and help.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Data => "data",
            Purpose::FitTrain => "fit train",
            Purpose::FitDev => "fit dev",
            Purpose::FitTrainAndDev => "fit train and fit dev",
            Purpose::FitTest => "fit test",
            Purpose::FitRealWorld => "fit the real world",
            Purpose::Run => "run",
        }
    }

    /// What settings of this purpose act on, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Purpose::Data => "what the data is and what is predicted",
            Purpose::FitTrain => "acts on train error (bias)",
            Purpose::FitDev => "acts on the gap between dev and train error (variance)",
            Purpose::FitTrainAndDev => "acts on bias and variance at once",
            Purpose::FitTest => "keeps dev and test error unbiased estimates",
            Purpose::FitRealWorld => "makes the measured error the one that matters in use",
            Purpose::Run => "how training is run",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One setting of a spec `S`: everything the command line and config files need to know about it.
#[derive(Debug)]
pub struct SettingOf<S> {
    /// Section of the config it stands in.
    pub section: &'static str,
    /// Its key in that section; no two settings share one.
    pub name: &'static str,
    /// What it is for.
    pub purpose: Purpose,
    /// What its value stands for in help: `NAME`, `N`. A switch has no value: here stands what `--no-..` says.
    pub takes: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
    pub(crate) set: fn(&mut S, &Raw) -> Result<(), String>,
    pub(crate) get: fn(&S) -> Raw,
}

impl<S: Default> SettingOf<S> {
    /// The full key: `network.keep_prob`.
    pub fn key(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The flag without its dashes: `keep-prob`. A switch that is on by default is turned off: `no-header`.
    pub fn flag(&self) -> String {
        let name = self.name.replace('_', "-");
        if self.is_switch() { format!("no-{name}") } else { name }
    }

    /// Whether the flag takes no value.
    pub fn is_switch(&self) -> bool {
        matches!(self.default(), Raw::Flag(_))
    }

    /// The value where nothing is asked for.
    pub fn default(&self) -> Raw {
        (self.get)(&S::default())
    }

    /// The value in `spec`.
    pub fn get(&self, spec: &S) -> Raw {
        (self.get)(spec)
    }

    /// Reads, checks and stores a value.
    ///
    /// The error says what was found, what is taken and, for a misspelt word, what was probably meant; the caller
    /// says where.
    pub fn set(&self, spec: &mut S, raw: &Raw) -> Result<(), String> {
        (self.set)(spec, raw)
    }
}

/// Names of values that are called otherwise elsewhere.
const ELSEWHERE: [(&str, &str); 11] = [
    ("sgd", "gd"),
    ("accuracy", "error"),
    ("mse", "rmse"),
    ("cross_entropy", "log_loss"),
    ("logloss", "log_loss"),
    ("roc_auc", "auc"),
    ("logistic", "sigmoid"),
    ("swish", "silu"),
    ("linear", "identity"),
    ("glorot", "xavier"),
    ("kaiming", "he"),
];

/// Reads a value and passes it through its setting's check.
pub(crate) fn read_checked<T: Value>(raw: &Raw, check: fn(&T) -> Result<(), String>) -> Result<T, String> {
    let value = T::read(raw).map_err(|refusal| match refusal {
        Refusal::Reason(reason) => reason,
        Refusal::Form => format!("{} is not {}{}", raw.quoted(), alternatives(&T::forms()), hint(raw, &T::words())),
    })?;
    check(&value)?;
    Ok(value)
}

fn hint(raw: &Raw, words: &[&'static str]) -> String {
    let Raw::Text(text) = raw else { return String::new() };
    if let Some(share) = text.strip_suffix('%').and_then(|percent| percent.trim().parse::<f64>().ok()) {
        return format!("; write {} for {text}", share / 100.0);
    }
    let elsewhere = ELSEWHERE.iter().find(|(other, here)| other.eq_ignore_ascii_case(text) && words.contains(here));
    match elsewhere {
        Some((_, here)) => format!("; here that is `{here}`"),
        None => meant(text, words.iter().copied()).map(|word| format!("; did you mean `{word}`?")).unwrap_or_default(),
    }
}

/// Declares sections of settings: a struct for each section, [`Spec`] of all sections, and the list of entries.
///
/// One line a setting: `name: type = default, Purpose, "TAKES", "Help", check;` where the check may be left out.
macro_rules! settings {
    ($($section:ident: $struct:ident, $about:literal {
        $($name:ident: $type:ty = $default:expr, $purpose:ident, $takes:literal, $help:literal $(, $check:expr)?;)+
    })+) => {
        $(
            #[doc = $about]
            #[derive(Clone, Debug, PartialEq)]
            pub struct $struct {
                $(#[doc = concat!($help, ".")] pub $name: $type,)+
            }

            impl Default for $struct {
                fn default() -> Self {
                    $struct { $($name: $default,)+ }
                }
            }
        )+

        /// An experiment as written: every setting, `auto` where nothing was asked for.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Spec {
            $(#[doc = $about] pub $section: $struct,)+
        }

        /// The sections of a config, in order, with what they are about.
        pub static SECTIONS: &[(&str, &str)] = &[$((stringify!($section), $about),)+];

        /// A setting of [`Spec`].
        pub type Setting = $crate::experiment::settings::SettingOf<Spec>;

        /// Every setting there is, in the order of the config.
        pub static SETTINGS: &[Setting] = &[$($(
            $crate::experiment::settings::SettingOf {
                section: stringify!($section),
                name: stringify!($name),
                purpose: $crate::experiment::settings::Purpose::$purpose,
                takes: $takes,
                help: $help,
                set: |spec, raw| {
                    #[allow(unused_mut, unused_assignments)]
                    let mut check: fn(&$type) -> Result<(), String> = |_| Ok(());
                    $(check = $check;)?
                    spec.$section.$name = $crate::experiment::settings::read_checked(raw, check)?;
                    Ok(())
                },
                get: |spec| $crate::experiment::settings::Value::write(&spec.$section.$name),
            },
        )+)+];
    };
}
pub(crate) use settings;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::settings::Auto;

    fn read<T: Value>(text: &str) -> Result<T, String> {
        read_checked(&Raw::text(text), |_| Ok(()))
    }

    #[test]
    fn a_refused_value_lists_what_is_taken() {
        assert_eq!(read::<Auto<f64>>("fast"), Err("\"fast\" is not auto or a number".to_owned()));
        let message = read::<Auto<f64>>("atuo").unwrap_err();
        assert_eq!(message, "\"atuo\" is not auto or a number; did you mean `auto`?");
        let message = read::<Auto<f64>>("20%").unwrap_err();
        assert_eq!(message, "\"20%\" is not auto or a number; write 0.2 for 20%");
    }
}
