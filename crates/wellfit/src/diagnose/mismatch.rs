//! Dev rows that are not drawn as train rows are: variance apart from mismatch, by rows held out of train.

use crate::train::Metric;

use super::budget::{ErrorBudget, JudgedBy};
use super::diagnosis::Diagnosis;
use super::finding::{Finding, FindingKind};
use super::verdict::VerdictBasis;
use super::{Interval, LossRows, Standing, margin};

/// What one network says of train rows, of rows held out of train, and of dev rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// Error on the rows held out of train.
    pub train_dev: Interval,
    /// That error less train error: what rows not seen cost.
    pub variance: Interval,
    /// Dev error less that error: what rows of another kind cost.
    pub mismatch: Interval,
    /// The margin above which a term is high.
    pub delta: f64,
    train_dev_rows: u64,
}

impl Mismatch {
    /// Measures both terms from the losses of one network; `rarer` is that of [`margin`].
    ///
    /// Source: Ng, *Machine Learning Yearning*, §41 (training dev set).
    pub fn measure(
        metric: Metric,
        rarer: f64,
        (train, train_dev, dev): (&LossRows, &LossRows, &LossRows),
        seed: u64,
    ) -> Mismatch {
        Mismatch {
            train_dev: train_dev.interval(metric, seed),
            variance: train_dev.interval(metric, seed).minus(train.error(metric)),
            mismatch: dev.gap_above(train_dev, metric, seed),
            delta: margin(metric, rarer, dev.error(metric)),
            train_dev_rows: train_dev.rows(),
        }
    }

    /// The budget of a run with this variance in the place of dev error less train error.
    pub fn refined(&self, budget: &ErrorBudget) -> ErrorBudget {
        ErrorBudget {
            dev: Some(self.train_dev),
            variance: Some(self.variance),
            variance_by: JudgedBy::TrainDev,
            variance_rows: self.train_dev_rows,
            delta: self.delta,
            ..budget.clone()
        }
    }

    /// Whether dev rows are surely distributed differently, and by more than the margin as far as it is known.
    pub fn is_found(&self) -> bool {
        is_found(self.mismatch, self.delta)
    }

    /// Puts this variance in the place of dev error less train error, and says what is mismatch.
    pub fn refine(&self, diagnosis: &mut Diagnosis, budget: &ErrorBudget, train_rows: u64) {
        let found = self.findings(budget, train_rows);
        for finding in &found {
            if let Finding::Verdict(basis) = finding {
                (diagnosis.verdict, diagnosis.variance) = (basis.verdict, basis.variance.interval);
            }
        }
        let replaced = [FindingKind::Verdict, FindingKind::Variance, FindingKind::Mismatch];
        diagnosis.findings.retain(|finding| !replaced.contains(&finding.kind()));
        diagnosis.findings.extend(found);
        diagnosis.findings.sort_by_key(Finding::kind);
    }

    /// The verdict on a run with this variance, and what is mismatch; `budget` is that of the run.
    pub fn findings(&self, budget: &ErrorBudget, train_rows: u64) -> Vec<Finding> {
        let basis = VerdictBasis::of(&self.refined(budget), train_rows).map(Finding::Verdict);
        let high = self.variance.against(self.delta) == Standing::High;
        let variance = high.then_some(Finding::TrainDevVariance(self.variance));
        let standing = self.mismatch.against(self.delta);
        let mismatch = Finding::Mismatch { difference: self.mismatch, standing, delta: self.delta };
        basis.into_iter().chain(variance).chain([mismatch]).collect()
    }
}

/// Whether a mismatch of this size is one to act on. The rows held out are few, so that it is seldom sure to be above the margin.
pub fn is_found(mismatch: Interval, delta: f64) -> bool {
    mismatch.low > 0.0 && mismatch.value > delta
}

#[cfg(test)]
mod tests {
    use super::super::input::tests::healthy;
    use super::super::{DiagnosisInput, Verdict};
    use super::*;

    fn errors(wrong: usize, rows: usize) -> LossRows {
        LossRows { losses: (0..rows).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
    }

    fn found(train_dev: usize, dev: usize) -> (Mismatch, Vec<Finding>) {
        let input = DiagnosisInput { dev: Some(errors(dev, 10_000)), ..healthy() };
        let (train, train_dev) = (errors(4_000, 20_000), errors(train_dev, 10_000));
        let mismatch = Mismatch::measure(Metric::Error, 0.5, (&train, &train_dev, &errors(dev, 10_000)), 0);
        let findings = mismatch.findings(&input.budget(), 20_000);
        (mismatch, findings)
    }

    fn verdict(findings: &[Finding]) -> Verdict {
        let Finding::Verdict(basis) = &findings[0] else { panic!("{findings:?}") };
        basis.verdict
    }

    #[test]
    fn a_gap_that_train_dev_does_not_share_is_mismatch_and_no_variance() {
        let (mismatch, findings) = found(2_030, 3_000);
        assert_eq!(verdict(&findings), Verdict::GoodFit);
        assert!(mismatch.mismatch.low > mismatch.delta);
        assert!(matches!(findings[1..], [Finding::Mismatch { standing: Standing::High, .. }]), "{findings:?}");
    }

    #[test]
    fn a_gap_that_train_dev_shares_is_variance() {
        let (_, findings) = found(3_000, 3_010);
        assert_eq!(verdict(&findings), Verdict::HighVariance);
        let [Finding::TrainDevVariance(_), Finding::Mismatch { standing, .. }] = findings[1..] else { panic!() };
        assert_eq!(standing, Standing::Fine);
    }

    #[test]
    fn the_terms_add_up() {
        let (found, _) = found(2_500, 3_000);
        assert!((0.2 + found.variance.value + found.mismatch.value - 0.3).abs() < 1e-12);
    }
}
