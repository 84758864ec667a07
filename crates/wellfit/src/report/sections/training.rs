//! How training went.

use crate::words::Unit;

use super::super::figures::{References, loss_curves, metric_curves};
use super::super::input::PageInput;
use super::{Chart, error_name};

pub(super) fn charts(input: &PageInput, unit: Unit) -> Vec<Chart> {
    let (history, result) = (&input.history, &input.result);
    if history.len() < 2 {
        return Vec::new();
    }
    let beside = References {
        train: result.train.error.value,
        dev: result.dev.as_ref().map(|dev| dev.error),
        target: result.diagnosis.as_ref().map(|diagnosis| diagnosis.target_error.value),
    };
    let name = error_name(unit, &input.evidence.target);
    let metric = metric_curves(history, result.best_epoch, &beside, (&name, unit == Unit::Rate));
    let about_dev = match beside.dev {
        Some(_) => {
            " Dots: the weights that were kept, on all rows; shaded: the 95% interval of their dev error; dashed: the target error."
        }
        None => "",
    };
    vec![
        Chart::of(
            "Loss",
            loss_curves(history, result.best_epoch),
            "Without dropout and penalties, so that train and dev can be compared.",
        ),
        Chart::of("Error", metric, format!("Train: on a sample of its rows where they are many.{about_dev}")),
    ]
}
