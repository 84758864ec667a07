//! The error budget as a chain: target, train, train-dev, dev, and test where it was opened.

use serde::Serialize;

use crate::diagnose::{Interval, TargetSource, difference};
use crate::report::DiagnosisReport;
use crate::text::counted;
use crate::words::{Unit, target};

use super::Run;
use super::train_dev::TrainDev;

/// One link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Link {
    pub name: &'static str,
    /// The error with its interval: no width for a target that was given, the whole range for one that was assumed.
    pub error: Interval,
    /// Where it comes from.
    pub source: String,
    /// What lies between the link before and this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
}

/// The difference to the link before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Step {
    pub name: &'static str,
    pub difference: Interval,
}

/// The links in their order. The test set is not looked at: what `wellfit test` found stands in the result.
pub(super) fn links(run: &Run, diagnosis: &DiagnosisReport, held_out: Option<&TrainDev>) -> Vec<Link> {
    let (result, rows) = (&run.result, &run.result.rows);
    let step = |name, difference| Some(Step { name, difference });
    let mut links = vec![target_link(run, Unit::of_task(result.task))];
    links.push(Link {
        name: "train",
        error: result.train.error,
        source: format!("{}, without dropout", counted(rows.train, "row")),
        step: step("avoidable bias", diagnosis.avoidable_bias),
    });
    if let Some(held_out) = held_out {
        links.push(Link {
            name: "train-dev",
            error: held_out.measured.train_dev,
            source: format!("{} held out of train, by a network trained on the rest", counted(held_out.rows, "row")),
            step: step("variance", held_out.measured.variance),
        });
    }
    if let Some(dev) = &result.dev {
        links.push(Link {
            name: "dev",
            error: dev.error,
            source: counted(rows.dev, "row"),
            step: match held_out {
                None => step("variance", diagnosis.variance),
                Some(held_out) => step("mismatch", held_out.measured.mismatch),
            },
        });
    }
    if let Some((test, dev)) = result.test.as_ref().zip(result.dev.as_ref()) {
        links.push(Link {
            name: "test",
            error: test.error,
            source: format!("{}, evaluated before", counted(rows.test, "row")),
            step: step("overfit to dev", difference(test.error, dev.error)),
        });
    }
    links
}

fn target_link(run: &Run, unit: Unit) -> Link {
    let target = run.target;
    let error = match target.source {
        TargetSource::Range(range) => Interval { value: target.value, low: range.low, high: range.high },
        _ => Interval::exact(target.value),
    };
    Link { name: "target", error, source: target::source(target.source, unit), step: None }
}
