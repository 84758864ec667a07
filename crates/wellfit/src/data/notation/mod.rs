//! How the cells of a column are written, and what they mean: numbers and dates as people and systems write them, words for
//! nothing.

mod clock;
pub(crate) mod dates;
mod number;
mod value;
pub(crate) mod words;

use serde::{Deserialize, Serialize};

use self::dates::DateOrder;
pub use self::number::Decimal;
pub(crate) use self::number::{Says, currency, read as number, says};
pub(crate) use self::value::{Missing, Value, bare};

/// How the cells of one column are written; part of the pipeline, so that new files are read the same way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notation {
    /// Whether built-in words for missing cells are texts like any other.
    pub keeps_words: bool,
    /// What its texts stand for.
    pub style: Style,
}

impl Notation {
    /// The notation in a file whose cells have types, or have none.
    pub fn in_file(&self, is_typed: bool) -> Notation {
        Notation { keeps_words: self.keeps_words || is_typed, style: self.style }
    }
}

/// What the texts of a column stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Style {
    /// Numbers are written as programs write them; everything else is text.
    #[default]
    Plain,
    /// Numbers, in whatever clothes.
    Numbers {
        /// The decimal sign, where a number leaves it open.
        decimal: Decimal,
        /// Whether numbers that speak for the other one are none.
        forced: bool,
    },
    /// Dates.
    Dates {
        /// Which of two numbers is the day, where a date leaves it open.
        order: Option<DateOrder>,
        /// What numbers count.
        count: Option<Count>,
    },
}

/// What the numbers of a column of dates are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Count {
    /// `YYYYMMDD`.
    Compact,
    /// So many a second, since 1970.
    PerSecond(f64),
}

impl Count {
    /// What numbers up to `largest` count if they are moments between 1973 and 5138: seconds, milli-, micro- or nanoseconds.
    pub fn of(largest: f64) -> Count {
        Count::PerSecond(match largest {
            ..1e11 => 1.0,
            ..1e14 => 1e3,
            ..1e17 => 1e6,
            _ => 1e9,
        })
    }

    /// Seconds since 1970; `None` if it is no such date.
    pub fn seconds(self, number: f64) -> Option<f64> {
        match self {
            Count::Compact => dates::compact(number),
            Count::PerSecond(many) => Some(number / many),
        }
    }
}
