//! Numbers: scaled, with an indicator where some are missing.

use serde::{Deserialize, Serialize};

use super::FeatureKind;
use super::encoding::{Encode, Inputs};
use super::sample::Sample;
use super::scale::Scale;
use crate::data::{Column, ColumnType, Normalize};

/// A number, and whether it was missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Number {
    /// How the number is scaled; absent where it is constant in train and only its presence varies.
    pub scale: Option<Scale>,
    /// Whether an input says that the number was missing.
    pub indicator: bool,
}

impl Number {
    pub(super) fn fit(sample: &Sample, normalize: Normalize) -> Option<Number> {
        let Sample::Numbers { kind, stats, .. } = sample else { return None };
        if *kind == ColumnType::Datetime {
            return None;
        }
        let scale = (!stats.is_constant()).then(|| Scale::fit(stats, normalize));
        let indicator = stats.has_gaps();
        (scale.is_some() || indicator).then_some(Number { scale, indicator })
    }
}

impl Encode for Number {
    fn features(&self) -> Vec<(FeatureKind, usize)> {
        let width = usize::from;
        vec![(FeatureKind::Number, width(self.scale.is_some())), (FeatureKind::Indicator, width(self.indicator))]
    }

    fn write_numbers(&self, column: &Column, rows: &[u32], inputs: Inputs<'_, f32>) {
        for (inputs, &row) in inputs.rows().zip(rows) {
            let number = column.number(row);
            if let (Some(scale), Some(input)) = (&self.scale, inputs.first_mut()) {
                *input = scale.apply(number);
            }
            if let (true, Some(input)) = (self.indicator, inputs.last_mut()) {
                *input = f32::from(u8::from(number.is_nan()));
            }
        }
    }

    fn scale(&self) -> Option<&Scale> {
        self.scale.as_ref()
    }
}
