//! The health of layers over the whole of training: what is wrong, in which layer, and when.

use crate::train::{LayerHealth, Record};

use super::ailment::{Ailment, LayerFinding};
use super::finding::Finding;

/// An ailment is a finding when it holds at the last evaluation, or at this share of all of them.
const OFTEN: f64 = 0.25;
/// Steps that move weights by less than this share of their size, over most of training, are too small; usual ones are near 1e-3.
const SMALLEST_UPDATE: f64 = 1e-5;
/// Train loss that still falls by this share over the last tenth of training has not converged.
const STILL_FALLING: f64 = 0.01;

/// What is wrong in which layer over the evaluations of training, the worst layer of each ailment; and a rate that is too low.
pub fn layer_findings(history: &[Record]) -> Vec<Finding> {
    let ailing = Ailment::ALL.into_iter().filter_map(|ailment| worst(ailment, history));
    ailing.map(Finding::Layer).chain(rate_too_low(history)).collect()
}

/// The layer that has it at most evaluations.
fn worst(ailment: Ailment, history: &[Record]) -> Option<LayerFinding> {
    let layers = history.last()?.layers.len();
    let courses = (0..layers).filter_map(|at| course(ailment, history, at));
    courses.reduce(|a, b| if b.beyond > a.beyond { b } else { a })
}

/// How a layer fares; `None` if it is well.
fn course(ailment: Ailment, history: &[Record], at: usize) -> Option<LayerFinding> {
    let mut course = LayerFinding {
        ailment,
        layer: history.last()?.layers.get(at)?.name.clone(),
        at_end: 0.0,
        worst: 0.0,
        worst_epoch: 0,
        beyond: 0,
        evaluations: history.len(),
        limit: ailment.limit(),
    };
    for record in history {
        let (Some(layer), Some(last)) = (record.layers.get(at), record.layers.last()) else { continue };
        let size = ailment.size(layer, last).filter(|size| size.is_finite()).unwrap_or(0.0);
        course.beyond += usize::from(size > course.limit);
        course.at_end = size;
        if size > course.worst {
            (course.worst, course.worst_epoch) = (size, record.epoch);
        }
    }
    let often = course.beyond as f64 >= OFTEN * history.len() as f64;
    (course.at_end > course.limit || often && course.beyond > 0).then_some(course)
}

/// Updates so small that training is nowhere near its end when it ends.
///
/// Source of the usual ratio: Karpathy, CS231n notes, *Neural Networks Part 3: ratio of weights to updates*.
fn rate_too_low(history: &[Record]) -> Option<Finding> {
    let last = history.last()?;
    let start = last.epoch - last.epoch / 10;
    let before = history.iter().rfind(|record| record.epoch <= start && record.epoch < last.epoch)?;
    let fall = (before.train_loss - last.train_loss) / before.train_loss.abs().max(f64::MIN_POSITIVE);
    let mut largest: Vec<(f64, &str)> = history
        .iter()
        .filter_map(|record| record.layers.iter().max_by(|a, b| a.update_ratio.total_cmp(&b.update_ratio)))
        .map(|layer| (layer.update_ratio, layer.name.as_str()))
        .collect();
    largest.sort_by(|a, b| a.0.total_cmp(&b.0));
    let &(update_ratio, layer) = largest.get(largest.len() / 2)?;
    let too_low = history.len() >= 10 && update_ratio < SMALLEST_UPDATE && fall > STILL_FALLING;
    too_low.then(|| Finding::RateTooLow { layer: layer.to_string(), update_ratio, fall })
}

/// The layers in a few numbers, for those who want to see that nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerSummary {
    /// Evaluations during training.
    pub evaluations: usize,
    /// Layers.
    pub layers: usize,
    /// Whether the first of them is an embedding.
    pub embedding: bool,
    /// The largest gradient norm over the smallest, at the end; `None` where one is 0.
    pub gradient_ratio: Option<f64>,
    /// The largest share of dead units of a layer, at the end.
    pub dead: f64,
    /// The largest share of saturated activations of a layer, at the end.
    pub saturated: f64,
    /// The smallest and the largest of the layers' usual ratios of updates to weights.
    pub update_ratios: (f64, f64),
}

impl LayerSummary {
    /// The summary of a training; `None` without an evaluation.
    pub fn of(history: &[Record]) -> Option<LayerSummary> {
        let last = history.last()?;
        let largest = |of: fn(&LayerHealth) -> f64| last.layers.iter().map(of).fold(0.0, f64::max);
        let smallest = last.layers.iter().map(|layer| layer.gradient_norm).fold(f64::INFINITY, f64::min);
        // The median, since schedules that end at a rate of 0 leave nothing to see at the last evaluation.
        let usual = |at: usize| {
            let mut all: Vec<f64> =
                history.iter().filter_map(|record| Some(record.layers.get(at)?.update_ratio)).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or(0.0)
        };
        let usual: Vec<f64> = (0..last.layers.len()).map(usual).collect();
        Some(LayerSummary {
            evaluations: history.len(),
            layers: last.layers.len(),
            embedding: last.layers.first().is_some_and(|layer| layer.name == "embed"),
            gradient_ratio: (smallest > 0.0).then(|| largest(|layer| layer.gradient_norm) / smallest),
            dead: largest(|layer| layer.dead),
            saturated: largest(|layer| layer.saturated),
            update_ratios: (
                usual.iter().copied().fold(f64::INFINITY, f64::min),
                usual.iter().copied().fold(0.0, f64::max),
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(name: &str, gradient_norm: f64) -> LayerHealth {
        LayerHealth { name: name.to_string(), gradient_norm, update_ratio: 1e-3, ..LayerHealth::default() }
    }

    /// Forty evaluations of two layers; the first is as `first` says of an epoch.
    fn history(first: impl Fn(usize) -> LayerHealth, loss: impl Fn(usize) -> f64) -> Vec<Record> {
        let record = |epoch| Record {
            epoch,
            step: 10 * epoch as u64,
            rate: 1e-3,
            running_loss: loss(epoch),
            train_loss: loss(epoch),
            train_error: 0.1,
            dev_loss: None,
            dev_error: None,
            seconds: 0.1,
            layers: vec![first(epoch), layer("dense2", 1.0)],
        };
        (1..=40).map(record).collect()
    }

    fn found(first: impl Fn(usize) -> LayerHealth) -> LayerFinding {
        match &layer_findings(&history(first, |_| 0.4))[..] {
            [Finding::Layer(found)] => found.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn healthy_layers_are_summed_up_and_found_in_none() {
        let history = history(|_| layer("dense1", 0.5), |_| 0.4);
        assert_eq!(layer_findings(&history), []);
        let summary = LayerSummary::of(&history).unwrap();
        assert_eq!((summary.evaluations, summary.layers, summary.gradient_ratio), (40, 2, Some(2.0)));
        assert_eq!(summary.update_ratios, (1e-3, 1e-3));
    }

    #[test]
    fn an_ailment_of_the_beginning_that_lasted_is_found_and_a_brief_one_is_not() {
        let dead_until = |end: usize| {
            move |epoch: usize| LayerHealth { dead: if epoch <= end { 0.9 } else { 0.1 }, ..layer("dense1", 1.0) }
        };
        assert_eq!(layer_findings(&history(dead_until(3), |_| 0.4)), []);
        let dead = found(dead_until(20));
        assert_eq!((dead.ailment, dead.layer.as_str()), (Ailment::DeadUnits, "dense1"));
        assert_eq!((dead.at_end, dead.worst, dead.worst_epoch), (0.1, 0.9, 1));
        assert_eq!((dead.beyond, dead.evaluations), (20, 40));
    }

    #[test]
    fn each_ailment_is_found_by_its_measure() {
        let vanishing = found(|_| layer("dense1", 1e-5));
        assert!(vanishing.ailment == Ailment::VanishingGradients && (vanishing.at_end - 1e5).abs() < 1.0);
        assert_eq!(found(|_| layer("dense1", 1e5)).ailment, Ailment::ExplodingGradients);
        let large = found(|_| LayerHealth { update_ratio: 0.4, ..layer("dense1", 1.0) });
        assert_eq!(large.ailment, Ailment::LargeUpdates);
        assert_eq!(found(|_| LayerHealth { saturated: 0.7, ..layer("dense1", 1.0) }).ailment, Ailment::SaturatedUnits);
    }

    #[test]
    fn a_rate_is_too_low_where_steps_are_tiny_and_the_loss_still_falls() {
        let tiny = |_| LayerHealth { update_ratio: 1e-6, ..layer("dense1", 1.0) };
        let timid = |loss: fn(usize) -> f64| {
            let mut history = history(tiny, loss);
            history.iter_mut().for_each(|record| record.layers[1].update_ratio = 1e-7);
            layer_findings(&history)
        };
        let found = timid(|epoch| 1.0 - 0.01 * epoch as f64);
        assert!(matches!(&found[..], [Finding::RateTooLow { layer, .. }] if layer == "dense1"), "{found:?}");
        assert_eq!(timid(|_| 0.3), []);
    }
}
