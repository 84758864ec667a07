//! The health of layers over the whole of training: what is ill, in which layer, when, and what cures it.

use crate::train::{LayerHealth, Record};

use super::Finding;
use super::words::{digits, percent};
use crate::text::thousands;

/// Half the units lost is more than a network can spare.
const MANY: f64 = 0.5;
/// Gradients of the first layer this much smaller or larger than those of the last do not train together.
const GRADIENT_RATIO: f64 = 1e3;
/// A step that moves weights by over a tenth of their size forgets what they had learned; usual steps are near 1e-3.
const LARGEST_UPDATE: f64 = 0.1;
/// An ailment is told of when it holds at the last look, or at this share of all looks.
const OFTEN: f64 = 0.25;
/// Steps that move weights by less than this share of their size, over most of training, are timid; usual ones are near 1e-3.
const SMALLEST_UPDATE: f64 = 1e-5;
/// Train loss that still falls by this share over the last tenth of training has not come to rest.
const STILL_FALLING: f64 = 0.01;

/// One way of being ill.
struct Ailment {
    kind: &'static str,
    /// The size of it in a layer, given the last layer of the same look; `None` where it cannot be told.
    size: fn(&LayerHealth, &LayerHealth) -> Option<f64>,
    /// From here on it is one.
    limit: f64,
    measure: &'static str,
    shown: fn(f64) -> String,
    cure: &'static str,
}

const AILMENTS: &[Ailment] = &[
    Ailment {
        kind: "vanishing gradients",
        size: |layer, last| (layer.gradient_norm > 0.0).then_some(last.gradient_norm / layer.gradient_norm),
        limit: GRADIENT_RATIO,
        measure: "its gradient is smaller than that of the last layer",
        shown: times,
        cure: "try He or Xavier initialisation, ReLU in place of sigmoid, normalised inputs or fewer layers",
    },
    Ailment {
        kind: "exploding gradients",
        size: |layer, last| (last.gradient_norm > 0.0).then_some(layer.gradient_norm / last.gradient_norm),
        limit: GRADIENT_RATIO,
        measure: "its gradient is larger than that of the last layer",
        shown: times,
        cure: "try --clip-norm, smaller starting weights or a lower rate",
    },
    Ailment {
        kind: "dead units",
        size: |layer, _| Some(layer.dead),
        limit: MANY,
        measure: "units that are off for every row",
        shown: percent,
        cure: "try leaky ReLU, He initialisation or a lower rate",
    },
    Ailment {
        kind: "saturated units",
        size: |layer, _| Some(layer.saturated),
        limit: MANY,
        measure: "activations where the slope is almost 0",
        shown: percent,
        cure: "try smaller starting weights, normalised inputs or ReLU",
    },
    Ailment {
        kind: "learning rate",
        size: |layer, _| Some(layer.update_ratio),
        limit: LARGEST_UPDATE,
        measure: "a step over the size of the weights it moves",
        shown: percent,
        cure: "lower the learning rate, or warm it up",
    },
];

/// What is ill in which layer over the looks of training, the worst layer of each ailment; and a rate that is too low.
pub fn layer_findings(history: &[Record]) -> Vec<Finding> {
    let mut found: Vec<Finding> = AILMENTS.iter().filter_map(|ailment| ailment.worst(history)).collect();
    found.extend(rate_too_low(history));
    found
}

/// The course of the layers in a line, for those who want to see that nothing is ill.
pub fn layers_in_words(history: &[Record]) -> Option<String> {
    let last = history.last()?;
    let ends = |of: fn(&LayerHealth) -> f64| {
        let all = || last.layers.iter().map(of);
        (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max))
    };
    let (smallest, largest) = ends(|layer| layer.gradient_norm);
    let apart = if smallest > 0.0 { times(largest / smallest) } else { "not comparable".to_string() };
    // Schedules that end at a rate of 0 leave nothing to see at the last look.
    let usual = |at: usize| {
        let mut all: Vec<f64> = history.iter().filter_map(|look| Some(look.layers.get(at)?.update_ratio)).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(0.0)
    };
    let usual: Vec<f64> = (0..last.layers.len()).map(usual).collect();
    let (least, most) =
        (usual.iter().copied().fold(f64::INFINITY, f64::min), usual.iter().copied().fold(0.0, f64::max));
    Some(format!(
        "at the last of {} looks gradients of the {} layers are {apart} apart, units dead at most {}, saturated {}; a step \
         usually moved weights by {least:.0e} to {most:.0e} of their size (1e-3 is common)",
        history.len(),
        last.layers.len(),
        percent(ends(|layer| layer.dead).1),
        percent(ends(|layer| layer.saturated).1),
    ))
}

impl Ailment {
    /// The layer that has it at most looks, with how often, when it was worst and how it ended.
    fn worst(&self, history: &[Record]) -> Option<Finding> {
        let layers = history.last()?.layers.len();
        let courses = (0..layers).filter_map(|at| self.course(history, at));
        let worst = courses.reduce(|a, b| if b.ill > a.ill { b } else { a })?;
        let text = format!(
            "{}: {} ({} at the end; worst {} at epoch {}; at {} of {} looks beyond {}); {}",
            worst.layer,
            self.measure,
            (self.shown)(worst.at_end),
            (self.shown)(worst.size),
            worst.epoch,
            worst.ill,
            history.len(),
            (self.shown)(self.limit),
            self.cure
        );
        Some(Finding::new(self.kind, text))
    }

    /// How a layer fares; `None` if it is well.
    fn course<'a>(&self, history: &'a [Record], at: usize) -> Option<Course<'a>> {
        let mut course =
            Course { layer: &history.last()?.layers.get(at)?.name, ill: 0, size: 0.0, epoch: 0, at_end: 0.0 };
        for record in history {
            let (Some(layer), Some(last)) = (record.layers.get(at), record.layers.last()) else { continue };
            let size = (self.size)(layer, last).filter(|size| size.is_finite()).unwrap_or(0.0);
            course.ill += usize::from(size > self.limit);
            course.at_end = size;
            if size > course.size {
                (course.size, course.epoch) = (size, record.epoch);
            }
        }
        let often = course.ill as f64 >= OFTEN * history.len() as f64;
        (course.at_end > self.limit || often && course.ill > 0).then_some(course)
    }
}

struct Course<'a> {
    layer: &'a str,
    ill: usize,
    size: f64,
    epoch: usize,
    at_end: f64,
}

/// Steps so small that training is nowhere near its end when it ends.
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
    let &(ratio, layer) = largest.get(largest.len() / 2)?;
    (history.len() >= 10 && ratio < SMALLEST_UPDATE && fall > STILL_FALLING).then(|| {
        let text = format!(
            "{layer} moves most, and a step moves its weights by {} of their size only (1e-3 is usual), while train loss still \
             fell by {} over the last tenth: raise the learning rate",
            digits(ratio),
            percent(fall)
        );
        Finding::new("learning rate", text)
    })
}

fn times(ratio: f64) -> String {
    match ratio {
        0.0..100.0 => format!("{ratio:.1}-fold"),
        // Rounded: what is over a hundred times has no decimals.
        _ if ratio < 1e15 => format!("{}-fold", thousands(ratio.round() as u64)),
        _ => format!("{}-fold", digits(ratio)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(name: &str, gradient_norm: f64) -> LayerHealth {
        LayerHealth { name: name.to_string(), gradient_norm, update_ratio: 1e-3, ..LayerHealth::default() }
    }

    /// Forty looks at two layers; the first is as `first` says of an epoch.
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

    #[test]
    fn healthy_layers_are_told_in_a_line_and_found_in_none() {
        let history = history(|_| layer("dense1", 0.5), |_| 0.4);
        assert_eq!(layer_findings(&history), []);
        let said = layers_in_words(&history).unwrap();
        assert!(said.contains("40 looks gradients of the 2 layers are 2.0-fold apart"), "{said}");
    }

    #[test]
    fn an_ailment_of_the_beginning_that_lasted_is_found_and_a_brief_one_is_not() {
        let dead_until = |end: usize| {
            move |epoch: usize| LayerHealth { dead: if epoch <= end { 0.9 } else { 0.1 }, ..layer("dense1", 1.0) }
        };
        assert_eq!(layer_findings(&history(dead_until(3), |_| 0.4)), []);
        let found = layer_findings(&history(dead_until(20), |_| 0.4));
        assert_eq!(found[0].kind, "dead units");
        let expected = "dense1: units that are off for every row (10.0% at the end; worst 90.0% at epoch 1; at 20 of 40 looks \
                        beyond 50.0%); try leaky ReLU";
        assert!(found[0].text.starts_with(expected), "{}", found[0].text);
    }

    #[test]
    fn each_ailment_has_its_layer_its_measure_and_its_cure() {
        let vanishing = layer_findings(&history(|_| layer("dense1", 1e-5), |_| 0.4));
        assert_eq!(vanishing[0].kind, "vanishing gradients");
        assert!(vanishing[0].text.contains("100,000-fold at the end"), "{}", vanishing[0].text);
        let exploding = layer_findings(&history(|_| layer("dense1", 1e5), |_| 0.4));
        assert_eq!(exploding[0].kind, "exploding gradients");
        let rash = layer_findings(&history(|_| LayerHealth { update_ratio: 0.4, ..layer("dense1", 1.0) }, |_| 0.4));
        assert!(rash[0].kind == "learning rate" && rash[0].text.contains("lower the learning rate"));
        let saturated = layer_findings(&history(|_| LayerHealth { saturated: 0.7, ..layer("dense1", 1.0) }, |_| 0.4));
        assert_eq!(saturated[0].kind, "saturated units");
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
        assert!(found.len() == 1 && found[0].text.contains("raise the learning rate"), "{found:?}");
        assert_eq!(timid(|_| 0.3), []);
    }
}
