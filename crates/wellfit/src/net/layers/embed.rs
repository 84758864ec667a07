//! Learned embeddings of categories, beside the numeric inputs.

use serde::{Deserialize, Serialize};
use wellfit_kernels::scalar::Scalar;

use crate::data::Features;
use crate::net::layer::{Backward, Forward, Gradient, Layer};
use crate::net::param::{Param, Start};
use crate::net::shape::Shape;
use crate::net::tile::TileShape;

use super::{LayerDefaults, LayerError, LayerPlace};

/// Categories in one tile.
const TILE_ROWS: usize = 1024;
/// Numbers that a category is turned into, at most.
const MAX_WIDTH: usize = 16;

/// `embed = {}` or `embed = { widths = [8, 3] }`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedSpec {
    /// Numbers that each column of category codes is turned into; none for a rule of thumb.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub widths: Vec<usize>,
}

impl EmbedSpec {
    /// The rule of thumb for each column: 1.6·n^0.56 for n categories besides "missing and unseen", at most 16 (fastai).
    pub fn by_rule(features: &Features) -> EmbedSpec {
        let width = |count: usize| {
            let categories = count.saturating_sub(1) as f64;
            ((1.6 * categories.powf(0.56)).ceil() as usize).clamp(1, MAX_WIDTH)
        };
        EmbedSpec { widths: features.categories().map(width).collect() }
    }

    /// Numbers of a row behind the layer.
    pub fn width(&self, features: &Features) -> usize {
        self.widths.iter().fold(features.numbers(), |sum, &width| sum.saturating_add(width))
    }

    pub(super) fn complete(&self, defaults: &LayerDefaults<'_>) -> EmbedSpec {
        if self.widths.is_empty() { EmbedSpec::by_rule(defaults.features) } else { self.clone() }
    }

    pub(super) fn build<T: Scalar>(&self, place: LayerPlace<'_>) -> Result<Box<dyn Layer<T>>, LayerError> {
        let EmbedSpec { widths } = self.complete(&LayerDefaults::of(place.features));
        let columns = place.features.codes();
        if !place.first {
            return Err(LayerError::NotFirst);
        }
        if widths.len() != columns {
            return Err(LayerError::Widths { found: widths.len(), columns });
        }
        if widths.contains(&0) {
            return Err(LayerError::NoUnits);
        }
        let tables =
            place.features.categories().zip(widths).map(|(categories, width)| EmbeddingTable { categories, width });
        Ok(Box::new(Embed { numbers: place.features.numbers(), tables: tables.collect() }))
    }
}

/// Passes the numeric inputs on and puts a learned vector beside them for each column of category codes:
/// parameters `embed1.weight` (categories, width), `embed2.weight`, ...
///
/// Source: Guo and Berkhahn 2016, *Entity embeddings of categorical variables*.
#[derive(Clone, Debug)]
pub struct Embed {
    /// Numeric inputs.
    pub numbers: usize,
    /// A table for each column of category codes.
    pub tables: Vec<EmbeddingTable>,
}

/// One learned table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmbeddingTable {
    /// Number of codes, the code 0 for missing and unseen included.
    pub categories: usize,
    /// Numbers that each code is turned into.
    pub width: usize,
}

impl Embed {
    /// Numbers in a row of outputs.
    fn width(&self) -> usize {
        self.offset(self.tables.len())
    }

    /// Where table `table` starts in a row of outputs.
    fn offset(&self, table: usize) -> usize {
        self.tables[..table].iter().fold(self.numbers, |width, table| width.saturating_add(table.width))
    }
}

impl<T: Scalar> Layer<T> for Embed {
    fn name(&self) -> &str {
        "embed"
    }

    fn output(&self) -> Shape {
        Shape::units(self.width())
    }

    fn reads_codes(&self) -> bool {
        true
    }

    fn params(&self) -> Vec<Param> {
        let param = |(i, table): (usize, &EmbeddingTable)| {
            let start = Start::Normal { deviation: (1.0 / table.width as f64).sqrt() };
            Param::weight(format!("embed{}.weight", i + 1), vec![table.categories, table.width], start)
        };
        self.tables.iter().enumerate().map(param).collect()
    }

    fn tiles(&self) -> Vec<TileShape> {
        let mut tiles = Vec::new();
        for (param, table) in self.tables.iter().enumerate() {
            for first in (0..table.categories).step_by(TILE_ROWS) {
                let rows = first..(first + TILE_ROWS).min(table.categories);
                tiles.push(TileShape { param, len: rows.len() * table.width, rows });
            }
        }
        tiles
    }

    fn forward(&self, io: Forward<'_, T>) {
        let (numbers, columns) = (self.numbers, self.tables.len());
        let rows = io.codes.chunks_exact(columns).zip(io.y.chunks_exact_mut(self.width()));
        for (row, (codes, y)) in rows.enumerate() {
            y[..numbers].copy_from_slice(&io.x[row * numbers..][..numbers]);
            let (mut start, mut offset) = (0, numbers);
            for (&code, table) in codes.iter().zip(&self.tables) {
                let width = table.width;
                let vector = &io.theta[start + code as usize * width..][..width];
                y[offset..][..width].copy_from_slice(vector);
                offset += width;
                start += table.categories * width;
            }
        }
    }

    fn backward(&self, _io: Backward<'_, T>) {
        // The outputs are copies: delta is already what `gradient` needs, and the inputs want no gradient.
    }

    fn gradient(&self, io: Gradient<'_, T>) {
        io.gradient.fill(T::ZERO);
        let (column, columns) = (io.tile.param, self.tables.len());
        let (width, offset) = (self.tables[column].width, self.offset(column));
        for block in io.blocks {
            let deltas = block.delta(io.layer).chunks_exact(self.width());
            for (codes, delta) in block.codes().chunks_exact(columns).zip(deltas) {
                let code = codes[column] as usize;
                if io.tile.rows.contains(&code) {
                    let sum = &mut io.gradient[(code - io.tile.rows.start) * width..][..width];
                    for (s, &d) in sum.iter_mut().zip(&delta[offset..]) {
                        *s += d;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_rule_of_thumb() {
        let features = Features::of_numbers(1).and_category(18).and_category(41).and_category(10_001);
        // 1.6 · 17^0.56 = 7.8, 1.6 · 40^0.56 = 12.6, and the cap
        assert_eq!(EmbedSpec::by_rule(&features).widths, [8, 13, 16]);
    }
}
