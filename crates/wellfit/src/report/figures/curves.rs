//! Learning curves: loss on train and dev, error on dev, over epochs.

use crate::diagnose::{HistoryPoint, Interval};

use super::super::scale::Scale;
use super::super::svg::Drawing;
use super::chart::{BOTTOM, HEIGHT, Key, LEFT, RIGHT, TOP, WIDTH, frame, legend};

/// Loss on train and dev, the best epoch marked.
pub fn loss_curves(history: &[HistoryPoint], best_epoch: u64) -> String {
    let mut drawing = Drawing::new(
        WIDTH,
        HEIGHT,
        "Loss over epochs",
        "Loss on train and on dev after each evaluated epoch; the epoch whose weights were kept is marked.",
    );
    let x = epochs(history);
    let losses = history.iter().flat_map(|point| [Some(point.train_loss), point.dev_loss]).flatten();
    let y = Scale::fitting(losses, BOTTOM, TOP);
    frame(&mut drawing, &x, &y, "epoch", "loss", false);
    let has_dev = history.iter().any(|point| point.dev_loss.is_some());
    let keys = [Key { name: "train", class: "train" }, Key { name: "dev", class: "dev" }];
    legend(&mut drawing, if has_dev { &keys } else { &keys[..1] });
    mark_best(&mut drawing, &x, best_epoch);
    let of = |loss: &dyn Fn(&HistoryPoint) -> Option<f64>| trace(history, &x, &y, loss);
    drawing.polyline(&of(&|point| Some(point.train_loss)), "line train");
    drawing.polyline(&of(&|point| point.dev_loss), "line dev");
    drawing.finish()
}

/// Error on dev with the interval of its best epoch.
pub fn error_curve(
    history: &[HistoryPoint],
    best_epoch: u64,
    best: Option<Interval>,
    percent: bool,
    name: &str,
) -> String {
    let mut drawing = Drawing::new(
        WIDTH,
        HEIGHT,
        "Dev error over epochs",
        "Error on dev after each evaluated epoch; the shaded band is the 95% interval of the error of the kept weights.",
    );
    let x = epochs(history);
    let ends = best.into_iter().flat_map(|interval| [interval.low, interval.high]);
    let errors = history.iter().filter_map(|point| point.dev_error).chain(ends);
    let y = Scale::fitting(errors.collect::<Vec<_>>().into_iter(), BOTTOM, TOP);
    frame(&mut drawing, &x, &y, "epoch", name, percent);
    legend(&mut drawing, &[Key { name: "dev", class: "dev" }]);
    if let Some(interval) = best {
        let (top, bottom) = (y.at(interval.high), y.at(interval.low));
        drawing.rect((LEFT, top), (RIGHT - LEFT, bottom - top), "band", "");
    }
    mark_best(&mut drawing, &x, best_epoch);
    drawing.polyline(&trace(history, &x, &y, &|point| point.dev_error), "line dev");
    drawing.finish()
}

fn epochs(history: &[HistoryPoint]) -> Scale {
    let first = history.first().map_or(0, |point| point.epoch);
    let last = history.last().map_or(1, |point| point.epoch);
    Scale::exact(first as f64, last as f64, LEFT, RIGHT, 5)
}

fn mark_best(drawing: &mut Drawing, x: &Scale, best_epoch: u64) {
    let at = x.at(best_epoch as f64);
    drawing.line((at, TOP), (at, BOTTOM), "mark");
    let (anchor, aside) = if at > (LEFT + RIGHT) / 2.0 { ("end", -6.0) } else { ("start", 6.0) };
    drawing.text(at + aside, TOP + 12.0, anchor, "tick", &format!("kept: epoch {best_epoch}"));
}

fn trace(
    history: &[HistoryPoint],
    x: &Scale,
    y: &Scale,
    value: &dyn Fn(&HistoryPoint) -> Option<f64>,
) -> Vec<(f64, f64)> {
    let finite = history.iter().filter_map(|point| Some((point.epoch, value(point).filter(|v| v.is_finite())?)));
    finite.map(|(epoch, value)| (x.at(epoch as f64), y.at(value))).collect()
}
