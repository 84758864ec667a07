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

/// One line a layer, named at its end.
pub fn layer_course(history: &[Record], course: &Course) -> String {
    let layers = history.last().map_or(0, |record| record.layers.len());
    let all = history.iter().flat_map(|record| record.layers.iter().map(course.read));
    let y = match course.shown {
        Shown::Log => Axis::log(course.name, all),
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
