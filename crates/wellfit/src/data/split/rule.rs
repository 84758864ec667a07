//! How large the parts are to be, as written in a config.

use std::fmt;
use std::str::FromStr;

/// How the rows of the main file are split into train, dev and test.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum SplitRule {
    /// 60/20/20 up to 10,000 rows, sliding to 98/1/1 at a million; 80/20 and 99/1 when one part comes from a file.
    #[default]
    Auto,
    /// Percentages that total 100.
    Shares {
        /// Percent of rows in train.
        train: f64,
        /// Percent of rows in dev.
        dev: f64,
        /// Percent of rows in test.
        test: f64,
    },
}

impl fmt::Display for SplitRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SplitRule::Auto => f.write_str("auto"),
            SplitRule::Shares { train, dev, test } => write!(f, "{train}/{dev}/{test}"),
        }
    }
}

impl FromStr for SplitRule {
    type Err = String;

    /// Reads `auto`, `60/20/20` or `80/20` (no test).
    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().eq_ignore_ascii_case("auto") {
            return Ok(SplitRule::Auto);
        }
        let shares: Option<Vec<f64>> = text
            .split('/')
            .map(|share| share.trim().parse().ok().filter(|share: &f64| share.is_finite() && *share >= 0.0))
            .collect();
        let (train, dev, test) = match shares.as_deref() {
            Some([train, dev]) => (*train, *dev, 0.0),
            Some([train, dev, test]) => (*train, *dev, *test),
            _ => {
                return Err(format!(
                    "split \"{text}\" is not understood; write auto or percentages of train/dev/test such as 60/20/20"
                ));
            }
        };
        let total = train + dev + test;
        if (total - 100.0).abs() > 1e-6 {
            return Err(format!("split {text} totals {total} percent; train/dev/test must total 100"));
        }
        if train <= 0.0 {
            return Err(format!("split {text} leaves nothing to train on; the first share must be above 0"));
        }
        Ok(SplitRule::Shares { train, dev, test })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_rules_are_read_and_written_back() {
        assert_eq!("auto".parse(), Ok(SplitRule::Auto));
        let rule: SplitRule = "60/20/20".parse().unwrap();
        assert_eq!(rule.to_string(), "60/20/20");
        assert_eq!("80/20".parse::<SplitRule>().unwrap().to_string(), "80/20/0");
        assert_eq!("99.5/0.5".parse::<SplitRule>().unwrap().to_string(), "99.5/0.5/0");
    }

    #[test]
    fn a_split_over_100_names_its_total() {
        assert!("60/30/20".parse::<SplitRule>().unwrap_err().contains("110"));
        assert!("60".parse::<SplitRule>().is_err());
        assert!("0/50/50".parse::<SplitRule>().unwrap_err().contains("nothing to train on"));
        assert!("-20/60/60".parse::<SplitRule>().is_err());
    }
}
