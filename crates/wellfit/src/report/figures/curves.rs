//! Learning curves: loss and metric on train and dev, over epochs.

use crate::diagnose::Interval;
use crate::train::Record;

use super::super::plot::{Axis, Key, Plot};

/// Loss on train and dev, the best epoch marked.
pub fn loss_curves(history: &[Record], best_epoch: u64) -> String {
    let description =
        "Loss on train and on dev after each evaluated epoch; the epoch whose weights were kept is marked.";
    let losses = history.iter().flat_map(|record| [Some(record.train_loss), record.dev_loss]).flatten();
    let mut plot = Plot::new("Loss over epochs", description, epochs(history), Axis::fitting("loss", losses));
    train_beside_dev(&mut plot, history, best_epoch, [&|record| Some(record.train_loss), &|record| record.dev_loss]);
    plot.finish()
}

/// What a metric's curve stands beside.
pub struct References {
    /// The error on all train rows of the weights kept.
    pub train: f64,
    /// The interval of the dev error of the weights kept.
    pub dev: Option<Interval>,
    /// The error to reach.
    pub target: Option<f64>,
}

/// The metric on train and dev, with the interval of dev at the best epoch, and the target.
///
/// `name`: of the metric. `percent`: whether it is a share.
pub fn metric_curves(
    history: &[Record],
    best_epoch: u64,
    beside: &References,
    (name, percent): (&str, bool),
) -> String {
    let description = "The metric on train and on dev after each evaluated epoch. Dots: the weights that were kept, on all \
                       rows; shaded: their 95% interval on dev; dashed: the target.";
    let ends = beside.dev.iter().flat_map(|dev| [dev.low, dev.high]);
    let errors = history.iter().flat_map(|record| [Some(record.train_error), record.dev_error]).flatten();
    let values = errors.chain(ends).chain(beside.target).chain([beside.train]);
    let y = Axis::fitting(name, values).in_percent(percent);
    let x = epochs(history);
    let (first, last) = (x.values.first().copied().unwrap_or(0.0), x.values.last().copied().unwrap_or(1.0));
    let mut plot = Plot::new("Metric over epochs", description, x, y);
    if let Some(dev) = beside.dev {
        plot.band((dev.low, dev.high), "band");
    }
    if let Some(target) = beside.target {
        plot.line([(first, target), (last, target)], "goal");
    }
    train_beside_dev(&mut plot, history, best_epoch, [&|record| Some(record.train_error), &|record| record.dev_error]);
    let kept = [("train", Some(beside.train)), ("dev", beside.dev.map(|dev| dev.value))];
    for (part, error) in kept {
        plot.dot((best_epoch as f64, error.unwrap_or(f64::NAN)), 4.0, &format!("dot {part}"));
    }
    plot.finish()
}

type Read<'a> = &'a dyn Fn(&Record) -> Option<f64>;

fn train_beside_dev(plot: &mut Plot, history: &[Record], best_epoch: u64, [train, dev]: [Read<'_>; 2]) {
    let keys = [Key { name: "train", class: "train" }, Key { name: "dev", class: "dev" }];
    let has_dev = history.iter().any(|record| record.dev_loss.is_some());
    plot.legend(if has_dev { &keys } else { &keys[..1] });
    plot.mark(best_epoch as f64, &format!("kept: epoch {best_epoch}"));
    let points = |read: Read<'_>| -> Vec<(f64, f64)> {
        history.iter().filter_map(|record| Some((record.epoch as f64, read(record)?))).collect()
    };
    plot.line(points(train), "train");
    plot.line(points(dev), "dev");
}

/// The axis of epochs.
pub fn epochs(history: &[Record]) -> Axis<'static> {
    let ends = [history.first(), history.last()];
    Axis::exact("epoch", ends.into_iter().flatten().map(|record| record.epoch as f64))
}
