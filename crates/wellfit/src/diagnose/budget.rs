//! Where the error goes: target, then avoidable bias to train, then variance to dev.

use crate::train::Metric;

use super::{Interval, LossRows, Standing, TargetError};

/// The chain from target error over train error to dev error, with intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorBudget {
    /// What the error is.
    pub metric: Metric,
    /// What train error is judged against.
    pub target: TargetError,
    /// Error on train, in inference mode.
    pub train: Interval,
    /// Error on dev; `None` without a dev set.
    pub dev: Option<Interval>,
    /// Train error less target error.
    pub avoidable_bias: Interval,
    /// This network's error on new rows less its error on the rows it was trained on, which is known; `None` without a dev set.
    pub variance: Option<Interval>,
    /// What judges the variance: dev, unless more is known.
    pub variance_by: JudgedBy,
    /// Its rows.
    pub variance_rows: u64,
    /// The margin above which a term is high: the smallest difference worth acting on.
    pub delta: f64,
}

/// The rows that a term is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedBy {
    /// Train.
    Train,
    /// Dev.
    Dev,
    /// Rows held out of train, where dev rows are distributed differently.
    TrainDev,
    /// Train and dev in so many folds, each judged by a network that has not seen it.
    Folds(u64),
}

/// What it would take to decide an undecided term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decides {
    /// This many of the rows that judge the variance.
    Rows(f64),
    /// This many times the rows in every part.
    Times(f64),
    /// The term lies so near the margin that no practical number of rows would decide it.
    Nothing,
}

// More than this many times the rows is nobody's next step.
const PRACTICAL: f64 = 100.0;

impl ErrorBudget {
    /// Measures the budget in a metric from the rows' losses on train and dev; `rarer` is that of [`margin`].
    pub fn measure(
        metric: Metric,
        rarer: f64,
        target: TargetError,
        (train, dev): (&LossRows, Option<&LossRows>),
        seed: u64,
    ) -> ErrorBudget {
        let train_error = train.interval(metric, seed);
        let dev_error = dev.map(|dev| dev.interval(metric, seed));
        ErrorBudget {
            metric,
            avoidable_bias: target.below(train_error),
            variance: dev_error.map(|dev| dev.minus(train_error.value)),
            variance_by: JudgedBy::Dev,
            variance_rows: dev.map_or(0, LossRows::rows),
            delta: margin(metric, rarer, dev_error.unwrap_or(train_error).value),
            target,
            train: train_error,
            dev: dev_error,
        }
    }

    /// Where the avoidable bias stands: beside the network's own dev error none is to be found, wherever train error lies.
    pub fn bias_standing(&self) -> Standing {
        if self.target.is_own() { Standing::Fine } else { self.avoidable_bias.against(self.delta) }
    }

    /// Where the variance stands; `None` without a dev set.
    pub fn variance_standing(&self) -> Option<Standing> {
        self.variance.map(|variance| variance.against(self.delta))
    }

    /// How many times the rows would decide the avoidable bias, if it holds its value.
    pub fn decides_bias(&self) -> Decides {
        let away = self.avoidable_bias.value - self.delta;
        let bias = self.avoidable_bias;
        let half = if away > 0.0 { bias.value - bias.low } else { bias.high - bias.value };
        times((half / away).powi(2))
    }

    /// How many rows would decide the variance, if it holds its value: the interval shrinks with the root of their number.
    pub fn decides_variance(&self) -> Decides {
        let Some(variance) = self.variance else {
            return Decides::Nothing;
        };
        let away = variance.value - self.delta;
        let half = if away > 0.0 { variance.value - variance.low } else { variance.high - variance.value };
        let times = (half / away).powi(2);
        let rows = self.variance_rows as f64;
        if times <= PRACTICAL { Decides::Rows((times * rows).max(rows + 1.0)) } else { Decides::Nothing }
    }
}

/// The margin δ: the smallest difference worth acting on.
///
/// A tenth of dev's error, and at least a fiftieth of `rarer`, the share of train outside its largest class (a point for two
/// even classes); of what is measured on the scale from 0 to 1 whatever the shares, at least half a point. Of numbers a twentieth of
/// dev's error, of a log loss a twentieth of what answering with the shares of two such classes costs.
pub fn margin(metric: Metric, rarer: f64, dev_error: f64) -> f64 {
    match metric {
        Metric::Error => (0.1 * dev_error).max(0.02 * rarer),
        Metric::BalancedError | Metric::Auc | Metric::F1 => (0.1 * dev_error).max(0.005),
        Metric::LogLoss if rarer > 0.0 && rarer < 1.0 => {
            -0.05 * (rarer * rarer.ln() + (1.0 - rarer) * (1.0 - rarer).ln())
        }
        Metric::Cost => 0.1 * dev_error,
        Metric::LogLoss | Metric::Rmse | Metric::Mae | Metric::R2 => 0.05 * dev_error,
    }
}

fn times(factor: f64) -> Decides {
    // Just under 1 can come out where an exact method gave the interval; the rows at hand did not decide it.
    if factor <= PRACTICAL { Decides::Times(factor.max(1.1)) } else { Decides::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(wrong: usize, rows: usize) -> LossRows {
        LossRows { losses: (0..rows).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
    }

    fn budget(train: &LossRows, dev: &LossRows, target: f64) -> ErrorBudget {
        ErrorBudget::measure(Metric::Error, 0.5, TargetError::given(target), (train, Some(dev)), 0)
    }

    #[test]
    fn the_margin_is_a_tenth_of_dev_error_or_a_fiftieth_of_the_rarer_classes() {
        assert_eq!(margin(Metric::Error, 0.5, 0.05), 0.01);
        // DESIGN, section 5: at 1% of positives .0002.
        assert_eq!(margin(Metric::Error, 0.01, 0.001), 0.0002);
        assert_eq!(margin(Metric::Error, 0.9, 0.4), 0.4 * 0.1);
        assert_eq!(margin(Metric::Rmse, 0.5, 0.05), 0.05 * 0.05);
        assert_eq!(margin(Metric::Auc, 0.01, 0.03), 0.005);
        assert!((margin(Metric::LogLoss, 0.5, 0.3) - 0.05 * std::f64::consts::LN_2).abs() < 1e-15);
    }

    #[test]
    fn the_terms_add_up_to_dev_error() {
        let budget = budget(&errors(756, 4_225), &errors(273, 1_409), 0.1);
        let sum = budget.target.value + budget.avoidable_bias.value + budget.variance.unwrap().value;
        assert!((sum - budget.dev.unwrap().value).abs() < 1e-15);
        assert_eq!(budget.bias_standing(), Standing::High);
        assert_eq!(budget.variance_standing(), Some(Standing::Inconclusive));
    }

    #[test]
    fn the_rows_asked_for_do_decide() {
        // 4 points of variance, 200 dev rows: too few.
        let (train, dev) = (errors(2_000, 20_000), errors(28, 200));
        let few = budget(&train, &dev, 0.1);
        assert_eq!(few.variance_standing(), Some(Standing::Inconclusive));
        let Decides::Rows(rows) = few.decides_variance() else { panic!("{:?}", few.decides_variance()) };
        let enlarged = |rows: f64| errors((0.14 * rows).round() as usize, rows as usize);
        assert_eq!(budget(&train, &enlarged(rows * 1.2), 0.1).variance_standing(), Some(Standing::High));
        assert_eq!(budget(&train, &enlarged(rows / 1.5), 0.1).variance_standing(), Some(Standing::Inconclusive));
    }

    #[test]
    fn a_term_on_the_margin_is_decided_by_nothing() {
        let budget = budget(&errors(1_000, 10_000), &errors(1_115, 10_000), 0.1);
        assert_eq!(budget.decides_variance(), Decides::Nothing);
    }
}
