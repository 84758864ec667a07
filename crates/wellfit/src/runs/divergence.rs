//! What is not finite in a training, or grew without bound, and what may help.

use thiserror::Error;

use crate::experiment::Assignment;
use crate::improve::Reason;
use crate::text::counted;
use crate::train::Metric;
use crate::train::{NotFinite, TrainError};
use crate::words::{Unit, remedies};

/// What is not finite in a training, or grew without bound.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Divergence {
    /// Training diverged.
    #[error("{cause}; {advice}")]
    Training {
        /// What happened.
        #[source]
        cause: TrainError,
        /// What may help.
        advice: Advice,
    },
    /// The loss over all rows of a part is not finite.
    #[error(
        "diverged: the loss over all rows of {part} is not finite, and that of the rows evaluated in training is; look for \
         numbers far outside the others, or set --normalize robust"
    )]
    Evaluation {
        /// The part.
        part: &'static str,
    },
    /// The errors of a configuration are not finite.
    #[error("diverged: its errors are not finite")]
    Errors,
    /// The loss is not finite before the first step.
    #[error(
        "the loss is not finite with the initial weights, at any learning rate: {0}; check the inputs (--normalize) and the \
         initial weights (--init)"
    )]
    Start(#[source] NotFinite),
}

/// A change under which a training that diverged ends.
#[derive(Clone, Debug, PartialEq)]
pub struct TriedChange {
    /// The change.
    pub change: Assignment,
    /// Why it may help.
    pub reason: Reason,
    /// The dev error that it came to.
    pub dev: f64,
    /// What that is measured in.
    pub metric: Metric,
}

/// What may help against a divergence.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Advice {
    /// A change under which the same training ends.
    Change(Box<TriedChange>),
    /// Dev rows overflow with the initial weights too.
    CheckDev,
    /// The largest learning rate that stayed stable, for so many steps.
    Rate {
        /// The rate.
        rate: f64,
        /// Steps of the trial.
        steps: usize,
    },
    /// No learning rate down to this one stayed stable.
    NoRateDownTo(f64),
    /// A learning rate that most networks train with.
    TryRate(f64),
}

impl std::fmt::Display for Advice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Advice::Change(tried) => {
                let TriedChange { change, reason, dev, metric } = &**tried;
                let (flag, dev) = (change.as_flag(), Unit::of_metric(*metric).error(*dev));
                write!(f, "{}: {flag} (tried: it ends with a dev error of {dev})", remedies::reason(reason))
            }
            Advice::CheckDev => {
                f.write_str("the initial weights overflow there too: look for numbers far outside those of train")
            }
            Advice::Rate { rate, steps } => {
                let steps = counted(*steps as u64, "step");
                write!(f, "the largest rate that stayed stable for {steps} is {rate}: --lr {rate}")
            }
            Advice::NoRateDownTo(rate) => write!(
                f,
                "no rate down to {rate:e} stayed stable in short trials: check the inputs (--normalize) and the initial \
                 weights (--init)"
            ),
            Advice::TryRate(rate) => write!(f, "try a smaller rate: --lr {rate}"),
        }
    }
}
