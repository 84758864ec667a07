//! Dev rows that are not drawn as train rows are: variance apart from mismatch, by rows held out of train.

use crate::data::Task;

use super::budget::ErrorBudget;
use super::verdict::{Verdict, sentence};
use super::words::Unit;
use super::{Diagnosis, Finding, Interval, LossRows, Standing, margin};

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
    /// Measures both terms from the losses of one network.
    ///
    /// Source: Ng, *Machine Learning Yearning*, §41 (training dev set).
    pub fn measure(task: Task, train: &LossRows, train_dev: &LossRows, dev: &LossRows, seed: u64) -> Mismatch {
        Mismatch {
            train_dev: train_dev.interval(task, seed),
            variance: train_dev.gap_above(train, task, seed),
            mismatch: dev.gap_above(train_dev, task, seed),
            delta: margin(task, dev.error(task)),
            train_dev_rows: train_dev.rows(),
        }
    }

    /// Puts this variance in the place of dev error less train error, and says what is mismatch.
    pub fn refine(&self, diagnosis: &mut Diagnosis, budget: &ErrorBudget, unit: Unit, train_rows: u64) {
        let refined = ErrorBudget {
            dev: Some(self.train_dev),
            variance: Some(self.variance),
            delta: self.delta,
            ..budget.clone()
        };
        diagnosis.variance = self.variance;
        diagnosis.verdict = Verdict::of(refined.bias_standing(), self.variance.against(self.delta));
        let headline = sentence(&refined, unit, train_rows, self.train_dev_rows).replace(" dev row", " train-dev row");
        diagnosis.findings.retain(|finding| !["verdict", "variance"].contains(&finding.kind.as_str()));
        diagnosis.findings.insert(0, Finding::new("verdict", headline));
        if self.variance.against(self.delta) == Standing::High {
            let text = format!(
                "train-dev error lies {} above train error, both of a network that has not seen the train-dev rows: what is \
                 learned does not carry over to new rows of the same kind",
                unit.difference_with_interval(self.variance)
            );
            diagnosis.findings.push(Finding::new("variance", text));
        }
        diagnosis.findings.push(Finding::new("mismatch", self.in_words(unit)));
    }

    fn in_words(&self, unit: Unit) -> String {
        let term = unit.difference_with_interval(self.mismatch);
        match self.mismatch.against(self.delta) {
            Standing::High => format!(
                "dev error lies {term} above train-dev error: dev rows are of another kind than train rows; more train rows \
                 like those of dev help, more of the same do not"
            ),
            Standing::Fine if self.mismatch.high < 0.0 => {
                format!("none: dev rows are easier than rows held out of train ({term})")
            }
            Standing::Fine => format!("none worth acting on: dev error less train-dev error is {term}"),
            Standing::Inconclusive => format!(
                "cannot be told: dev error less train-dev error is {term}, and the margin is {}",
                unit.difference(self.delta)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::diagnose;
    use super::super::evidence::tests::healthy;
    use super::*;

    fn errors(wrong: usize, rows: usize) -> LossRows {
        LossRows { losses: (0..rows).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
    }

    fn refined(train_dev: usize, dev: usize) -> (Mismatch, Diagnosis) {
        let evidence = super::super::Evidence { dev: Some(errors(dev, 10_000)), ..healthy() };
        let mut diagnosis = diagnose(&evidence).unwrap();
        let (train, train_dev) = (errors(4_000, 20_000), errors(train_dev, 10_000));
        let mismatch = Mismatch::measure(Task::Binary, &train, &train_dev, &errors(dev, 10_000), 0);
        mismatch.refine(&mut diagnosis, &evidence.budget(), Unit::Rate, 20_000);
        (mismatch, diagnosis)
    }

    #[test]
    fn a_gap_that_train_dev_does_not_share_is_mismatch_and_no_variance() {
        let (mismatch, diagnosis) = refined(2_030, 3_000);
        assert_eq!(diagnosis.verdict, Verdict::GoodFit);
        assert!(diagnosis.headline().starts_with("good fit"), "{}", diagnosis.headline());
        assert!(mismatch.mismatch.low > mismatch.delta);
        let last = diagnosis.findings.last().unwrap();
        assert!(last.kind == "mismatch" && last.text.contains("of another kind"), "{last:?}");
        assert!(diagnosis.findings.iter().all(|finding| finding.kind != "variance"));
    }

    #[test]
    fn a_gap_that_train_dev_shares_is_variance() {
        let (mismatch, diagnosis) = refined(3_000, 3_010);
        assert_eq!(diagnosis.verdict, Verdict::HighVariance);
        assert_eq!(mismatch.mismatch.against(mismatch.delta), Standing::Fine);
        assert!(diagnosis.findings.iter().any(|finding| finding.text.starts_with("none worth acting on")));
    }

    #[test]
    fn the_terms_add_up() {
        let (found, _) = refined(2_500, 3_000);
        assert!((0.2 + found.variance.value + found.mismatch.value - 0.3).abs() < 1e-12);
    }
}
