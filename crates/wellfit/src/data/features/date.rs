//! Dates and times: how far time has come, and where in the year, the week and the day.

use serde::{Deserialize, Serialize};

use super::FeatureKind;
use super::encoding::{Encode, Inputs};
use super::sample::Sample;
use super::scale::Scale;
use crate::data::notation::dates::{self, SECONDS_A_DAY};
use crate::data::{Column, ColumnType, Normalize};

/// Seconds since 1970 as a number; year, week and perhaps day as points on a circle; and whether the date was missing.
///
/// Inputs: the scaled number, then the sine and cosine of each phase, then the indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Date {
    /// How the seconds are scaled.
    pub scale: Scale,
    /// Whether the time of day is a phase too.
    pub clock: bool,
    /// Whether an input says that the date was missing.
    pub indicator: bool,
}

impl Date {
    pub(super) fn fit(sample: &Sample, normalize: Normalize) -> Option<Date> {
        let Sample::Numbers { kind: ColumnType::Datetime, numbers, stats } = sample else { return None };
        // The course of time is scaled even where other numbers stay raw: seconds since 1970 overflow any network.
        let normalize = if normalize == Normalize::Off { Normalize::Standard } else { normalize };
        let clock = numbers.iter().any(|seconds| seconds.rem_euclid(SECONDS_A_DAY) != 0.0);
        let scale = Scale::fit(stats, normalize);
        (!stats.is_constant()).then(|| Date { scale, clock, indicator: stats.has_gaps() })
    }

    /// Phases of which the inputs hold sine and cosine.
    fn phases(&self) -> usize {
        if self.clock { 3 } else { 2 }
    }
}

impl Encode for Date {
    fn features(&self) -> Vec<(FeatureKind, usize)> {
        let cyclic = (FeatureKind::Cyclic, 2 * self.phases());
        vec![(FeatureKind::Number, 1), cyclic, (FeatureKind::Indicator, usize::from(self.indicator))]
    }

    fn write_numbers(&self, column: &Column, rows: &[u32], inputs: Inputs<'_, f32>) {
        for (inputs, &row) in inputs.rows().zip(rows) {
            let found = column.number(row);
            let seconds = if found.is_nan() { self.scale.fill } else { found };
            let [time, rest @ ..] = inputs else { continue };
            let (cyclic, indicator) = rest.split_at_mut(2 * self.phases());
            *time = self.scale.apply(seconds);
            write_phases(seconds, cyclic);
            indicator.fill(f32::from(u8::from(found.is_nan())));
        }
    }

    fn scale(&self) -> Option<&Scale> {
        Some(&self.scale)
    }
}

/// Sine and cosine of as many phases as there is room for; all 0 beyond the years that a calendar has.
fn write_phases(seconds: f64, inputs: &mut [f32]) {
    let Some(phases) = dates::phases(seconds) else {
        inputs.fill(0.0);
        return;
    };
    for (pair, phase) in inputs.chunks_exact_mut(2).zip([phases.year, phases.week, phases.day]) {
        let (sine, cosine) = (std::f64::consts::TAU * phase).sin_cos();
        pair.copy_from_slice(&[sine as f32, cosine as f32]);
    }
}
