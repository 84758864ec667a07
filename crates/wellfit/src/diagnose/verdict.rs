//! The verdict: which of bias and variance is high, if the rows can tell.

use serde::{Deserialize, Serialize};

use super::budget::{Decides, ErrorBudget};
use super::words::{Unit, rounded_up};
use super::{Interval, Standing};
use crate::text::{counted, thousands};

/// What a network suffers from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Bias and variance are both surely below the margin.
    #[serde(rename = "good fit")]
    GoodFit,
    /// Train error is surely above the target error by more than the margin.
    #[serde(rename = "high bias")]
    HighBias,
    /// Dev error is surely above train error by more than the margin.
    #[serde(rename = "high variance")]
    HighVariance,
    /// Both.
    #[serde(rename = "high bias and high variance")]
    HighBiasAndHighVariance,
    /// Nothing is surely high, and not everything surely fine.
    #[serde(rename = "undecided")]
    Undecided,
}

impl Verdict {
    /// The verdict from where the two terms stand.
    pub fn of(bias: Standing, variance: Standing) -> Verdict {
        match (bias, variance) {
            (Standing::High, Standing::High) => Verdict::HighBiasAndHighVariance,
            (Standing::High, _) => Verdict::HighBias,
            (_, Standing::High) => Verdict::HighVariance,
            (Standing::Fine, Standing::Fine) => Verdict::GoodFit,
            _ => Verdict::Undecided,
        }
    }

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::GoodFit => "good fit",
            Verdict::HighBias => "high bias",
            Verdict::HighVariance => "high variance",
            Verdict::HighBiasAndHighVariance => "high bias and high variance",
            Verdict::Undecided => "undecided",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The verdict in one or two sentences, numbers included.
pub(super) fn sentence(budget: &ErrorBudget, unit: Unit, train_rows: u64, dev_rows: u64) -> String {
    let (Some(variance), Some(variance_standing)) = (budget.variance, budget.variance_standing()) else {
        return String::new();
    };
    let bias_standing = budget.bias_standing();
    let verdict = Verdict::of(bias_standing, variance_standing);
    let terms = [("bias", budget.avoidable_bias, bias_standing), ("variance", variance, variance_standing)];
    match verdict {
        Verdict::Undecided => {
            let open: Vec<String> = terms
                .iter()
                .filter(|(_, _, standing)| *standing == Standing::Inconclusive)
                .map(|(name, term, _)| format!("{name} {}", unit.difference_with_interval(*term)))
                .collect();
            let settled = terms.iter().find(|(_, _, standing)| *standing == Standing::Fine);
            let settled = settled.map_or(String::new(), |(name, _, _)| format!("; {name} is fine"));
            let remark = if variance_standing == Standing::Inconclusive {
                cannot_tell(budget.decides_variance(dev_rows), dev_rows, "dev")
            } else {
                cannot_tell(budget.decides_bias(), train_rows, "train")
            };
            format!("undecided: {}{settled}. {remark}", open.join(", "))
        }
        Verdict::GoodFit => format!(
            "good fit: bias {} and variance {}, both below the margin of {}.",
            unit.difference_with_interval(budget.avoidable_bias),
            unit.difference_with_interval(variance),
            unit.difference(budget.delta)
        ),
        _ => {
            let [bias, variance] = terms.map(|(name, term, standing)| describe(name, term, standing, unit));
            // The high term first: it is what to act on.
            if bias_standing == Standing::High {
                format!("{verdict}: {bias}; {variance}.")
            } else {
                format!("{verdict}: {variance}; {bias}.")
            }
        }
    }
}

fn describe(name: &str, term: Interval, standing: Standing, unit: Unit) -> String {
    let measured = unit.difference_with_interval(term);
    match standing {
        Standing::High => format!("{name} {measured}"),
        // Below nothing its size says only how far off the assumed target error is.
        Standing::Fine if term.high < 0.0 => format!("{name} is fine (train error is below the target)"),
        Standing::Fine => format!("{name} is fine ({measured})"),
        Standing::Inconclusive => format!("{name} cannot be told yet ({measured})"),
    }
}

fn cannot_tell(decides: Decides, rows: u64, part: &str) -> String {
    let now = counted(rows, &format!("{part} row"));
    match decides {
        Decides::DevRows(needed) => format!("{now} cannot tell; {} would.", thousands(rounded_up(needed))),
        Decides::Times(factor) => {
            let decimals = usize::from(factor < 10.0);
            format!("{now} cannot tell; about {factor:.decimals$} times the data would.")
        }
        Decides::Nothing => format!("{now} cannot tell, and it lies too near the margin for more rows to settle it."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Task;
    use crate::diagnose::{LossRows, TargetError};

    fn budget_of(train: (usize, usize), dev: (usize, usize), target: f64) -> ErrorBudget {
        let losses = |(wrong, rows): (usize, usize)| LossRows {
            losses: (0..rows).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        ErrorBudget::measure(Task::Binary, TargetError::given(target), &losses(train), Some(&losses(dev)), 0)
    }

    fn sentence_of(train: (usize, usize), dev: (usize, usize), target: f64) -> String {
        sentence(&budget_of(train, dev, target), Unit::Rate, train.1 as u64, dev.1 as u64)
    }

    #[test]
    fn the_verdict_follows_the_high_terms() {
        use Standing::{Fine, High, Inconclusive};
        let expected = [
            (Fine, Fine, Verdict::GoodFit),
            (High, Fine, Verdict::HighBias),
            (High, Inconclusive, Verdict::HighBias),
            (Fine, High, Verdict::HighVariance),
            (Inconclusive, High, Verdict::HighVariance),
            (High, High, Verdict::HighBiasAndHighVariance),
            (Inconclusive, Fine, Verdict::Undecided),
            (Fine, Inconclusive, Verdict::Undecided),
            (Inconclusive, Inconclusive, Verdict::Undecided),
        ];
        for (bias, variance, verdict) in expected {
            assert_eq!(Verdict::of(bias, variance), verdict);
            assert_eq!(serde_json::to_string(&verdict).unwrap(), format!("\"{verdict}\""));
        }
    }

    #[test]
    fn the_textbook_cases_get_the_textbook_verdicts() {
        // Ng, *Machine Learning Yearning* §20-21: human level about 0%; train/dev 1/11, 15/16, 15/30, 0.5/1 percent.
        let n = 20_000;
        assert!(sentence_of((200, n), (2_200, n), 0.0).starts_with("high variance: variance 10.0 points"));
        assert!(sentence_of((3_000, n), (3_200, n), 0.0).starts_with("high bias: bias 15.0 points"));
        assert!(sentence_of((3_000, n), (6_000, n), 0.0).starts_with("high bias and high variance: bias 15.0"));
        assert!(sentence_of((100, n), (200, n), 0.0).starts_with("good fit: bias 0.50 points"));
    }

    #[test]
    fn the_same_errors_are_judged_against_what_is_possible() {
        // Same book: with an optimal error of 14%, 15% on train is no avoidable bias worth the name.
        assert!(sentence_of((15_000, 100_000), (16_000, 100_000), 0.14).starts_with("good fit"));
    }

    #[test]
    fn an_undecided_verdict_says_why_and_what_would_decide() {
        let said = sentence_of((2_000, 20_000), (28, 200), 0.1);
        assert!(said.starts_with("undecided: variance 4.0 points ["), "{said}");
        assert!(said.contains("; bias is fine. 200 dev rows cannot tell; "), "{said}");
        assert!(said.ends_with(" would."), "{said}");
        let open_bias = sentence_of((23, 200), (2_400, 20_000), 0.1);
        assert!(open_bias.starts_with("undecided: bias 1.5 points ["), "{open_bias}");
    }
}
