//! What each layer does over epochs, a line a layer.

use crate::train::{LayerHealth, Record};

use super::super::plot::{Axis, Plot, Series};
use super::curves::epochs;

/// What is drawn of each layer.
pub struct Course {
    /// The picture's title.
    pub title: &'static str,
    /// What its axis measures.
    pub name: &'static str,
    /// What it shows.
    pub description: &'static str,
    /// The number of a layer.
    pub read: fn(&LayerHealth) -> f64,
    /// How it is shown.
    pub shown: Shown,
}

/// How a number of layers is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// By powers of ten.
    Log,
    /// By powers of ten where layers are far apart.
    Fitting,
    /// As percentages, from 0 to 100.
    Share,
}

/// A rate that ends near zero would leave the rest of the picture a strip at its top.
const LOWEST_SHARE_OF_TENTH: f64 = 1e-2;

/// The values without those far below their lowest tenth.
fn without_stray_lows(mut values: Vec<f64>) -> Vec<f64> {
    values.retain(|value| value.is_finite() && *value > 0.0);
    values.sort_by(f64::total_cmp);
    let tenth = values.get(values.len() / 10).copied().unwrap_or(0.0);
    values.retain(|value| *value >= LOWEST_SHARE_OF_TENTH * tenth);
    values
}

/// One line a layer, named at its end.
pub fn layer_course(history: &[Record], course: &Course) -> String {
    let layers = history.last().map_or(0, |record| record.layers.len());
    let all = history.iter().flat_map(|record| record.layers.iter().map(course.read));
    let y = match course.shown {
        Shown::Log => Axis::log(course.name, without_stray_lows(all.collect())),
        Shown::Fitting => Axis::fitting(course.name, all),
        Shown::Share => Axis::round(course.name, [0.0, 1.0]).in_percent(true),
    };
    let mut plot = Plot::with_names(course.title, course.description, epochs(history), y);
    let line = |place: usize| {
        let layer = |record: &Record| Some((record.epoch as f64, (course.read)(record.layers.get(place)?)));
        let name = history.last().and_then(|record| record.layers.get(place)).map_or("", |layer| &layer.name);
        Series { name: name.to_string(), points: history.iter().filter_map(layer).collect() }
    };
    plot.named_lines(&(0..layers).map(line).collect::<Vec<_>>());
    plot.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_step_at_a_rate_of_nothing_does_not_squeeze_the_axis() {
        let mut ratios: Vec<f64> = (1..40).map(|epoch| 1e-3 / f64::from(epoch)).collect();
        ratios.extend([1e-9, 0.0, f64::NAN]);
        let lowest = without_stray_lows(ratios).into_iter().fold(f64::INFINITY, f64::min);
        assert_eq!(lowest, 1e-3 / 39.0);
        // Layers whose gradients vanish are no strays.
        let vanishing: Vec<f64> = (0..300).map(|at| 10f64.powi(-(at % 12))).collect();
        assert_eq!(without_stray_lows(vanishing.clone()).len(), vanishing.len());
    }
}
