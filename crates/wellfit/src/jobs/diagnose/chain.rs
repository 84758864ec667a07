//! The error budget as a chain: target, train, train-dev, dev, and test where it was evaluated.

use crate::compare::TrainDev;
use crate::diagnose::{Interval, TargetSource, difference};
use crate::report::{DiagnosisReport, ErrorLink, ErrorStep, LinkName, LinkSource, StepName, TargetErrorReport};
use crate::words::Unit;

use super::Run;

/// The links in their order. The test set is left alone: what `wellfit test` found stands in the result.
pub(super) fn links(run: &Run, diagnosis: &DiagnosisReport, held_out: Option<&TrainDev>) -> Vec<ErrorLink> {
    let (result, rows) = (&run.result, &run.result.rows);
    let step = |name, difference| Some(ErrorStep { name, difference });
    let mut links = vec![target_link(run, Unit::of_metric(result.metric))];
    links.push(ErrorLink {
        name: LinkName::Train,
        error: result.train.error,
        source: LinkSource::Train(rows.train),
        step: step(StepName::AvoidableBias, diagnosis.avoidable_bias),
    });
    if let Some(held_out) = held_out {
        links.push(ErrorLink {
            name: LinkName::TrainDev,
            error: held_out.measured.train_dev,
            source: LinkSource::HeldOut(held_out.rows),
            step: step(StepName::Variance, held_out.measured.variance),
        });
    }
    if let Some(dev) = &result.dev {
        links.push(ErrorLink {
            name: LinkName::Dev,
            error: dev.error,
            source: LinkSource::Dev(rows.dev),
            step: match held_out {
                None => step(StepName::Variance, dev.error.minus(result.train.error.value)),
                Some(held_out) => step(StepName::Mismatch, held_out.measured.mismatch),
            },
        });
    }
    if let Some((test, dev)) = result.test.as_ref().zip(result.dev.as_ref()) {
        links.push(ErrorLink {
            name: LinkName::Test,
            error: test.error,
            source: LinkSource::Test(rows.test),
            step: step(StepName::OverfitToDev, difference(test.error, dev.error)),
        });
    }
    links
}

fn target_link(run: &Run, unit: Unit) -> ErrorLink {
    let target = run.target;
    let error = match target.source {
        TargetSource::Reached(reached) => reached.dev,
        TargetSource::Range(range) => Interval { value: target.value, low: range.low, high: range.high },
        _ => Interval::exact(target.value),
    };
    ErrorLink {
        name: LinkName::Target,
        error,
        source: LinkSource::Target(TargetErrorReport::of(target, unit).source),
        step: None,
    }
}
