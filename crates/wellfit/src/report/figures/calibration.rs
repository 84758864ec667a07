//! Do probabilities mean what they say? Predicted against observed share of the positive class.

use serde::{Deserialize, Serialize};

use crate::diagnose::{Interval, wilson};

use super::super::plot::{Axis, Plot, clipped};

/// Rows of about equal predicted probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Mean predicted probability.
    pub predicted: f64,
    /// Share of the positive class, with its interval.
    pub observed: Interval,
    /// Rows in the bin.
    pub rows: u64,
}

/// Rows in at most ten bins of equally many by predicted probability of class 1.
///
/// `probabilities`, `truth`: (rows,).
pub fn calibration_bins(probabilities: &[f32], truth: &[u32]) -> Vec<CalibrationBin> {
    let mut rows: Vec<(f32, u32)> = probabilities.iter().copied().zip(truth.iter().copied()).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Fewer than 20 rows a bin say nothing.
    let bins = (rows.len() / 20).clamp(1, 10);
    let bounds = |bin: usize| bin * rows.len() / bins;
    let rows_of = (0..bins).filter_map(|bin| rows.get(bounds(bin)..bounds(bin + 1)));
    rows_of
        .filter(|rows| !rows.is_empty())
        .map(|rows| {
            let positive = rows.iter().filter(|(_, truth)| *truth == 1).count() as u64;
            let predicted =
                rows.iter().map(|(probability, _)| f64::from(*probability)).sum::<f64>() / rows.len() as f64;
            CalibrationBin { predicted, observed: wilson(positive, rows.len() as u64), rows: rows.len() as u64 }
        })
        .collect()
}

/// Bins against the diagonal, each with its interval.
pub fn calibration(bins: &[CalibrationBin], positive: &str) -> String {
    let description = "Observed share of the positive class against its mean predicted probability, in bins of equally many \
                       rows with 95% intervals; on the diagonal probabilities mean what they say.";
    let y = format!("observed share of {}", clipped(positive, 28));
    let share = |name| Axis::exact(name, [0.0, 1.0]);
    let mut plot = Plot::new("Calibration on dev", description, share("predicted probability"), share(&y));
    plot.dashed((0.0, 0.0), (1.0, 1.0));
    for bin in bins {
        plot.interval(bin.predicted, (bin.observed.low, bin.observed.high), "line dev");
        plot.dot((bin.predicted, bin.observed.value), 4.0, "dot dev");
    }
    plot.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_every_row_once_in_order_of_probability() {
        let probabilities: Vec<f32> = (0..205).map(|row| ((row * 37) % 205) as f32 / 205.0).collect();
        let truth: Vec<u32> = probabilities.iter().map(|&p| u32::from(p > 0.5)).collect();
        let bins = calibration_bins(&probabilities, &truth);
        assert_eq!(bins.iter().map(|bin| bin.rows).sum::<u64>(), 205);
        assert!(bins.windows(2).all(|pair| pair[0].predicted < pair[1].predicted));
        assert_eq!((bins[0].observed.value, bins[9].observed.value), (0.0, 1.0));
        assert!(calibration_bins(&[], &[]).is_empty());
    }
}
