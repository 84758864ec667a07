//! A limit on wall-clock time: `60s`, `10m`, `1h`.

use std::time::Duration;

use super::raw::Raw;
use super::value::{Refusal, Value};

/// How long training may take, if there is a limit; whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeLimit(pub Option<Duration>);

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
const LONGEST_MS: f64 = 365.0 * 24.0 * 3_600_000.0;

impl Value for TimeLimit {
    fn read(raw: &Raw) -> Result<Self, Refusal> {
        let text = match raw {
            Raw::Text(text) => text.trim(),
            Raw::Number(number) => number,
            _ => return Err(Refusal::Form),
        };
        if text == "none" {
            return Ok(TimeLimit(None));
        }
        let digits_end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (digits, unit) = text.split_at(digits_end);
        let amount: f64 = digits.parse().map_err(|_| Refusal::Form)?;
        if unit.is_empty() {
            return Err(Refusal::Reason(format!("{text} has no unit; write {text}s, {text}m or {text}h")));
        }
        let milliseconds_each = UNITS.iter().find(|(name, _)| *name == unit).ok_or(Refusal::Form)?.1;
        let milliseconds = (amount * milliseconds_each as f64).round();
        if milliseconds < 1.0 {
            return Err(Refusal::Reason(format!("{text} is no time at all; for no limit write none")));
        }
        if milliseconds > LONGEST_MS {
            return Err(Refusal::Reason(format!("{text} is more than a year; for no limit write none")));
        }
        Ok(TimeLimit(Some(Duration::from_millis(milliseconds as u64))))
    }

    fn write(&self) -> Raw {
        let Some(limit) = self.0 else { return Raw::text("none") };
        let milliseconds = limit.as_millis() as u64;
        let unit = UNITS.iter().rev().find(|(_, each)| milliseconds.is_multiple_of(*each));
        let (name, each) = unit.copied().unwrap_or(UNITS[0]);
        Raw::text(format!("{}{name}", milliseconds / each))
    }

    fn forms() -> Vec<String> {
        vec!["none".to_owned(), "a time (60s, 10m, 1h)".to_owned()]
    }

    fn words() -> Vec<&'static str> {
        vec!["none"]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<TimeLimit, Refusal> {
        TimeLimit::read(&Raw::text(text))
    }

    #[test]
    fn a_time_is_a_number_and_its_unit() {
        assert_eq!(read("60s"), Ok(TimeLimit(Some(Duration::from_secs(60)))));
        assert_eq!(read("1.5h"), Ok(TimeLimit(Some(Duration::from_secs(5_400)))));
        assert_eq!(read("none"), Ok(TimeLimit(None)));
        assert_eq!(read("60"), Err(Refusal::Reason("60 has no unit; write 60s, 60m or 60h".to_owned())));
        assert_eq!(read("10 parsecs"), Err(Refusal::Form));
        assert_eq!(read("-10s"), Err(Refusal::Form));
        assert!(matches!(read("0s"), Err(Refusal::Reason(_))));
    }

    proptest! {
        #[test]
        fn every_time_reads_back(milliseconds in 1u64..31_536_000_000) {
            let limit = TimeLimit(Some(Duration::from_millis(milliseconds)));
            prop_assert_eq!(TimeLimit::read(&limit.write()), Ok(limit));
        }
    }
}
