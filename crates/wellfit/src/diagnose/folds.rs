//! What a cross-validation says of variance: rows of train and dev, each judged by a network that has not seen it.

use super::Interval;
use super::budget::{ErrorBudget, JudgedBy};

/// The errors of a configuration's networks, one trained without each fold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoldErrors {
    /// Number of folds.
    pub folds: u64,
    /// Rows of all folds.
    pub rows: u64,
    /// Error on rows not seen, over all folds.
    pub error: Interval,
    /// Error on the rows trained on, over all trainings.
    pub train_error: f64,
}

impl FoldErrors {
    /// The budget of a run with this variance in the place of dev error less train error: it is judged by many more rows.
    pub fn refined(&self, budget: ErrorBudget) -> ErrorBudget {
        ErrorBudget {
            variance: Some(self.error.minus(self.train_error)),
            variance_by: JudgedBy::Folds(self.folds),
            variance_rows: self.rows,
            ..budget
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::input::tests::healthy;
    use super::super::rates::wilson;
    use super::super::{DiagnosisInput, FindingKind, LossRows, Verdict, diagnose};
    use super::*;

    #[test]
    fn folds_decide_what_few_dev_rows_do_not() {
        let losses = |wrong: usize, rows: usize| LossRows {
            losses: (0..rows).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        let few = DiagnosisInput {
            train: losses(80, 400),
            dev: Some(losses(25, 100)),
            target_given: Some(0.25),
            ..healthy()
        };
        assert_eq!(diagnose(&few).unwrap().verdict, Verdict::Undecided);
        let errors = |wrong: u64| FoldErrors { folds: 5, rows: 500, error: wilson(wrong, 500), train_error: 0.2 };
        let by = |wrong: u64| diagnose(&DiagnosisInput { folds: Some(errors(wrong)), ..few.clone() }).unwrap();
        let high = by(150);
        assert_eq!(high.verdict, Verdict::HighVariance);
        assert!((high.variance.value - 0.1).abs() < 1e-12, "{:?}", high.variance);
        assert!(high.found(FindingKind::Variance) && !high.found(FindingKind::DevTooSmall));
        // Just as many rows on the margin decide nothing.
        assert_eq!(by(112).verdict, Verdict::Undecided);
    }
}
