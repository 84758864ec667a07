//! Weight norms of each layer over epochs: what a penalty does, seen.

use serde::{Deserialize, Serialize};

use crate::train::LayerHealth;

use super::super::scale::Scale;
use super::super::svg::{Drawing, clipped};
use super::chart::{BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, frame};

// As many colours as the page has for lines.
const COLOURS: usize = 6;

/// Health of every layer after an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSnapshot {
    /// The epoch.
    pub epoch: u64,
    /// The layers, input side first.
    pub layers: Vec<LayerHealth>,
}

/// One line a layer, named at its end.
pub fn weight_norms(snapshots: &[LayerSnapshot]) -> String {
    let mut drawing = Drawing::new(
        WIDTH,
        HEIGHT,
        "Weight norms over epochs",
        "The norm of each layer's weights after each recorded epoch.",
    );
    let first = snapshots.first().map_or(0, |snapshot| snapshot.epoch);
    let last = snapshots.last().map_or(1, |snapshot| snapshot.epoch);
    // Room at the right for the layers' names.
    let x = Scale::exact(first as f64, last as f64, LEFT, RIGHT - 60.0, 4);
    let norms = snapshots.iter().flat_map(|snapshot| snapshot.layers.iter().map(|layer| layer.weight_norm));
    let y = Scale::fitting(norms, BOTTOM, TOP);
    frame(&mut drawing, &x, &y, "epoch", "norm of the weights", false);
    let Some(end) = snapshots.last() else {
        return drawing.finish();
    };
    let mut ends: Vec<(usize, &str, f64)> = Vec::new();
    for (place, layer) in end.layers.iter().enumerate() {
        let points = snapshots.iter().filter_map(|snapshot| {
            let norm = snapshot.layers.get(place)?.weight_norm;
            norm.is_finite().then(|| (x.at(snapshot.epoch as f64), y.at(norm)))
        });
        let points: Vec<(f64, f64)> = points.collect();
        drawing.polyline(&points, &format!("line layer{}", place % COLOURS));
        ends.extend(points.last().map(|&(_, y)| (place, layer.name.as_str(), y)));
    }
    // Names keep a line's height apart, pushed down in order of their lines.
    ends.sort_by(|a, b| a.2.total_cmp(&b.2));
    let mut free = TOP;
    for (place, name, at) in ends {
        let y = at.max(free);
        drawing.text(RIGHT - 54.0, y + 4.0, "start", &format!("tick ink{}", place % COLOURS), &clipped(name, 9));
        free = y + 14.0;
    }
    drawing.finish()
}
