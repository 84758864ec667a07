//! The verdict: which of bias and variance is significantly high.

use serde::{Deserialize, Serialize};

use super::budget::{Decides, ErrorBudget, JudgedBy};
use super::{Interval, NaiveModel, Standing, TargetSource};

/// What a network suffers from.
///
/// Results name these five and no others.
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

    /// The verdict if both terms were just as measured, beside the margin.
    pub fn if_exact(bias: f64, variance: f64, delta: f64) -> Verdict {
        let standing = |term: f64| if term > delta { Standing::High } else { Standing::Fine };
        Verdict::of(standing(bias), standing(variance))
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

/// A verdict with the numbers it follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerdictBasis {
    /// The verdict.
    pub verdict: Verdict,
    /// Train error less target error.
    pub bias: Term,
    /// Error on new rows less train error.
    pub variance: Term,
    /// What the variance was judged by.
    pub variance_by: JudgedBy,
    /// What the bias was judged against.
    pub target: TargetSource,
    /// The margin above which a term is high.
    pub delta: f64,
    /// What would decide an undecided verdict.
    pub needed: Option<RowsNeeded>,
    /// The constant answer that the network is not better than beyond its interval, with its dev error.
    pub no_better_than: Option<(NaiveModel, f64)>,
}

/// One of the two terms of a verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// Its size.
    pub interval: Interval,
    /// Where it stands against the margin.
    pub standing: Standing,
}

/// How many more rows would decide a term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowsNeeded {
    /// What has too few rows.
    pub of: JudgedBy,
    /// Its rows.
    pub rows: u64,
    /// What would decide.
    pub decides: Decides,
}

impl VerdictBasis {
    /// What an undecided verdict leans to; `None` for any other, and for a network that may be no better than a constant.
    pub fn leaning(&self) -> Option<Verdict> {
        let leans = self.verdict == Verdict::Undecided && self.no_better_than.is_none();
        // What is fine is not high by chance.
        let value = |term: Term| if term.standing == Standing::Fine { 0.0 } else { term.interval.value };
        leans.then(|| Verdict::if_exact(value(self.bias), value(self.variance), self.delta))
    }

    /// The verdict on a budget; `None` without a dev set.
    pub fn of(budget: &ErrorBudget, train_rows: u64) -> Option<VerdictBasis> {
        let bias = Term { interval: budget.avoidable_bias, standing: budget.bias_standing() };
        let variance = Term { interval: budget.variance?, standing: budget.variance_standing()? };
        let verdict = Verdict::of(bias.standing, variance.standing);
        let needed = (verdict == Verdict::Undecided).then(|| match variance.standing {
            Standing::Inconclusive => {
                let decides = budget.decides_variance();
                RowsNeeded { of: budget.variance_by, rows: budget.variance_rows, decides }
            }
            _ => RowsNeeded { of: JudgedBy::Train, rows: train_rows, decides: budget.decides_bias() },
        });
        Some(VerdictBasis {
            verdict,
            bias,
            variance,
            variance_by: budget.variance_by,
            target: budget.target.source,
            delta: budget.delta,
            needed,
            no_better_than: None,
        })
    }

    /// The same, knowing the dev error of the constant answer: a network that is not better beyond its interval is no good fit.
    pub fn against_constant(self, model: NaiveModel, constant: Option<f64>, dev: Option<Interval>) -> VerdictBasis {
        let no_better = constant.zip(dev).is_some_and(|(constant, dev)| constant <= dev.high);
        let no_better_than = constant.filter(|_| no_better).map(|constant| (model, constant));
        let verdict = match self.verdict {
            Verdict::GoodFit if no_better => Verdict::Undecided,
            verdict => verdict,
        };
        VerdictBasis { verdict, no_better_than, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{LossRows, Reached, ReachedBy, TargetError};
    use crate::train::Metric;

    fn budget_of(train: (usize, usize), dev: (usize, usize), target: f64) -> ErrorBudget {
        let losses = |(wrong, rows): (usize, usize)| LossRows {
            losses: (0..rows).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        let (train, dev) = (losses(train), losses(dev));
        ErrorBudget::measure(Metric::Error, 0.5, TargetError::given(target), (&train, Some(&dev)), 0)
    }

    fn basis_of(train: (usize, usize), dev: (usize, usize), target: f64) -> VerdictBasis {
        VerdictBasis::of(&budget_of(train, dev, target), train.1 as u64).unwrap()
    }

    fn verdict_of(train: (usize, usize), dev: (usize, usize), target: f64) -> Verdict {
        basis_of(train, dev, target).verdict
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
        assert_eq!(verdict_of((200, n), (2_200, n), 0.0), Verdict::HighVariance);
        assert_eq!(verdict_of((3_000, n), (3_200, n), 0.0), Verdict::HighBias);
        assert_eq!(verdict_of((3_000, n), (6_000, n), 0.0), Verdict::HighBiasAndHighVariance);
        assert_eq!(verdict_of((100, n), (200, n), 0.0), Verdict::GoodFit);
    }

    #[test]
    fn the_same_errors_are_judged_against_what_is_possible() {
        // Same book: with an optimal error of 14%, 15% on train is no avoidable bias worth the name.
        assert_eq!(verdict_of((15_000, 100_000), (16_000, 100_000), 0.14), Verdict::GoodFit);
    }

    #[test]
    fn beside_its_own_dev_error_no_network_has_bias() {
        let losses = |wrong: usize| LossRows {
            losses: (0..1_000).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        // Train error lies above dev error by chance.
        let (train, dev) = (losses(240), losses(200));
        let reached = |by| Reached { by, dev: dev.interval(Metric::Error, 0), trees: true };
        let verdict = |by| {
            let target = TargetError::assumed(None, Some(reached(by)));
            let budget = ErrorBudget::measure(Metric::Error, 0.5, target, (&train, Some(&dev)), 0);
            VerdictBasis::of(&budget, train.rows()).unwrap().verdict
        };
        assert_eq!(verdict(ReachedBy::Network), Verdict::GoodFit);
        assert_eq!(verdict(ReachedBy::Trees), Verdict::Undecided);
    }

    #[test]
    fn an_undecided_verdict_names_the_part_that_is_too_small() {
        let few_dev_rows = basis_of((2_000, 20_000), (28, 200), 0.1);
        assert_eq!(few_dev_rows.verdict, Verdict::Undecided);
        let needed = few_dev_rows.needed.unwrap();
        assert!(needed.of == JudgedBy::Dev && needed.rows == 200, "{needed:?}");
        assert!(matches!(needed.decides, Decides::Rows(rows) if rows > 200.0), "{needed:?}");
        let few_train_rows = basis_of((600, 5_000), (2_400, 20_000), 0.11);
        assert_eq!(few_train_rows.verdict, Verdict::Undecided);
        assert_eq!(few_train_rows.needed.unwrap().of, JudgedBy::Train);
    }
}
