//! Learned embeddings of categories, beside the numeric inputs.

use wellfit_kernels::scalar::Scalar;

use crate::data::InputShape;
use crate::net::layer::{Backward, Forward, Gradient, Layer, Param, ParamStart, TileShape};

/// Categories in one tile.
const TILE_ROWS: usize = 1024;

/// Passes the numeric inputs on and puts a learned vector beside them for each embedded column:
/// parameters `embed1.weight` (categories, width), `embed2.weight`, ...
///
/// Source: Guo and Berkhahn 2016, *Entity embeddings of categorical variables*.
#[derive(Clone, Debug)]
pub struct Embed {
    /// What comes in.
    pub input: InputShape,
}

impl Embed {
    /// Where embedding `column` starts in a row of outputs.
    fn offset(&self, column: usize) -> usize {
        self.input.numeric + self.input.embeddings[..column].iter().map(|e| e.width).sum::<usize>()
    }
}

impl<T: Scalar> Layer<T> for Embed {
    fn name(&self) -> &str {
        "embed"
    }

    fn outputs(&self) -> usize {
        self.input.width()
    }

    fn params(&self) -> Vec<Param> {
        let param = |(i, e): (usize, &crate::data::EmbeddingShape)| Param {
            name: format!("embed{}.weight", i + 1),
            dims: vec![e.categories, e.width],
            start: ParamStart::Embedding { width: e.width },
        };
        self.input.embeddings.iter().enumerate().map(param).collect()
    }

    fn tiles(&self) -> Vec<TileShape> {
        let mut tiles = Vec::new();
        for (param, embedding) in self.input.embeddings.iter().enumerate() {
            for first in (0..embedding.categories).step_by(TILE_ROWS) {
                let rows = first..(first + TILE_ROWS).min(embedding.categories);
                tiles.push(TileShape { param, len: rows.len() * embedding.width, rows });
            }
        }
        tiles
    }

    fn forward(&self, io: Forward<'_, T>) {
        let (numeric, columns) = (self.input.numeric, self.input.embeddings.len());
        let rows = io.codes.chunks_exact(columns).zip(io.y.chunks_exact_mut(self.input.width()));
        for (row, (codes, y)) in rows.enumerate() {
            y[..numeric].copy_from_slice(&io.x[row * numeric..][..numeric]);
            let (mut table, mut offset) = (0, numeric);
            for (&code, embedding) in codes.iter().zip(&self.input.embeddings) {
                let width = embedding.width;
                let vector = &io.theta[table + code as usize * width..][..width];
                y[offset..][..width].copy_from_slice(vector);
                offset += width;
                table += embedding.categories * width;
            }
        }
    }

    fn backward(&self, _io: Backward<'_, T>) {
        // The outputs are copies: delta is already what `gradient` needs, and the inputs want no gradient.
    }

    fn gradient(&self, io: Gradient<'_, T>) {
        io.gradient.fill(T::ZERO);
        let (column, columns) = (io.tile.param, self.input.embeddings.len());
        let (width, offset) = (self.input.embeddings[column].width, self.offset(column));
        for block in io.blocks {
            let deltas = block.delta(io.layer).chunks_exact(self.input.width());
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
