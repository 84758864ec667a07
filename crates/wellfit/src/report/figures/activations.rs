//! What the units of each layer give out, a histogram a layer.

use serde::{Deserialize, Serialize};

use super::super::plot::{Drawing, clipped};
use crate::words::digits;

/// The outputs of a layer for some train rows, counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerHistogram {
    /// The layer's name, such as `dense1`.
    pub layer: String,
    /// The least output.
    pub low: f64,
    /// The largest output.
    pub high: f64,
    /// Outputs in each of equally wide bins from the least to the largest.
    pub counts: Vec<u64>,
}

/// Bins of a layer.
const BINS: usize = 36;
/// Layers that are drawn: of more, as many evenly spaced.
const MOST: usize = 12;

const WIDTH: f64 = 380.0;
const LEFT: f64 = 118.0;
const RIGHT: f64 = 362.0;
const ROW: f64 = 40.0;
const BAR: f64 = 24.0;

/// The histogram of a layer's outputs; `None` unless all are finite.
pub fn layer_histogram(layer: &str, outputs: &[f32]) -> Option<LayerHistogram> {
    if outputs.is_empty() || outputs.iter().any(|output| !output.is_finite()) {
        return None;
    }
    let low = outputs.iter().copied().fold(f32::INFINITY, f32::min);
    let high = outputs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (low, high) = (f64::from(low), f64::from(high));
    let width = (high - low).max(f64::MIN_POSITIVE);
    let mut counts = vec![0; BINS];
    for &output in outputs {
        let bin = (((f64::from(output) - low) / width) * BINS as f64) as usize;
        if let Some(count) = counts.get_mut(bin.min(BINS - 1)) {
            *count += 1;
        }
    }
    Some(LayerHistogram { layer: layer.to_string(), low, high, counts })
}

/// One row a layer, input side first.
pub fn activations(layers: &[LayerHistogram]) -> String {
    let shown: Vec<&LayerHistogram> = evenly(layers.len()).filter_map(|place| layers.get(place)).collect();
    let description = "The outputs of the units of each layer for some train rows, from the least to the largest.";
    let mut drawing = Drawing::new(WIDTH, ROW * shown.len() as f64, "Activations", description);
    for (place, layer) in shown.into_iter().enumerate() {
        let bottom = ROW * place as f64 + BAR;
        let most = layer.counts.iter().copied().max().unwrap_or(1).max(1) as f64;
        let wide = (RIGHT - LEFT) / layer.counts.len().max(1) as f64;
        drawing.text(LEFT - 10.0, bottom - 4.0, "end", "tick", &clipped(&layer.layer, 17));
        for (bin, &count) in layer.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let height = (BAR * count as f64 / most).max(1.0);
            drawing.rect((LEFT + wide * bin as f64, bottom - height), (wide - 0.5, height), "fill train", "");
        }
        drawing.line((LEFT, bottom), (RIGHT, bottom), "axis");
        drawing.text(LEFT, bottom + 12.0, "start", "tick", &digits(layer.low));
        drawing.text(RIGHT, bottom + 12.0, "end", "tick", &digits(layer.high));
    }
    drawing.finish()
}

// At most as many places as are drawn, the first and the last among them.
fn evenly(layers: usize) -> impl Iterator<Item = usize> {
    let shown = layers.min(MOST);
    (0..shown).map(move |place| if shown > 1 { place * (layers - 1) / (shown - 1) } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_is_in_one_bin() {
        let outputs: Vec<f32> = (0..1000).map(|i| i as f32 / 999.0).collect();
        let layer = layer_histogram("dense1", &outputs).unwrap();
        assert_eq!((layer.low, layer.high), (0.0, 1.0));
        assert_eq!(layer.counts.iter().sum::<u64>(), 1000);
        assert!(layer.counts.iter().all(|count| (25..=30).contains(count)));
        assert_eq!(layer_histogram("dense1", &[0.5; 7]).unwrap().counts.iter().sum::<u64>(), 7);
        assert_eq!(layer_histogram("dense1", &[0.5, f32::NAN]), None);
    }

    #[test]
    fn of_thirty_layers_twelve_are_drawn_the_first_and_the_last_among_them() {
        assert_eq!(evenly(2).collect::<Vec<_>>(), [0, 1]);
        let shown: Vec<usize> = evenly(31).collect();
        assert_eq!((shown.len(), shown[0], shown[11]), (12, 0, 30));
    }
}
