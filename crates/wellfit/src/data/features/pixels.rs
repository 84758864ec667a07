//! Pixels: one mean and one standard deviation for all, since a scale for each would amplify those that hardly vary.

use super::number::Number;
use super::scale::Scale;
use crate::data::table::{Column, Table, Values};

/// The pixels of train's images, fitted all at once.
pub(crate) struct Pixels<'a> {
    /// Mean and standard deviation over all of them.
    pub mean: f64,
    pub deviation: f64,
    /// Those that vary in train, each with its own deviation.
    pub varying: Vec<(&'a Column, f64)>,
    /// Those that do not.
    pub constant: Vec<&'a Column>,
}

impl<'a> Pixels<'a> {
    /// Fits all pixels at once.
    pub fn fit(table: &'a Table, rows: &[u32]) -> Pixels<'a> {
        // Exact in whole numbers: 2^64 / 255² pixels fit.
        let (mut sum, mut squares) = (0u64, 0u64);
        let (mut varying, mut constant) = (Vec::new(), Vec::new());
        for column in table.columns() {
            let Values::Bytes(cells) = &column.values else { continue };
            let (mut own, mut own_squares) = (0u64, 0u64);
            let (mut low, mut high) = (u8::MAX, 0);
            for &cell in rows.iter().filter_map(|&row| cells.get(row as usize)) {
                own += u64::from(cell);
                own_squares += u64::from(cell) * u64::from(cell);
                low = low.min(cell);
                high = high.max(cell);
            }
            sum += own;
            squares += own_squares;
            if low < high {
                varying.push((column, deviation(own, own_squares, rows.len())));
            } else {
                constant.push(column);
            }
        }
        let count = rows.len() * table.columns().len();
        let mean = sum as f64 / count.max(1) as f64;
        Pixels { mean, deviation: deviation(sum, squares, count), varying, constant }
    }

    /// How each pixel is encoded.
    pub fn encoding(&self) -> Number {
        let divisor = if self.deviation > 0.0 { self.deviation } else { 1.0 };
        let scale = Scale { fill: self.mean, centre: self.mean, divisor, clip: false };
        Number { scale: Some(scale), indicator: false }
    }
}

fn deviation(sum: u64, squares: u64, count: usize) -> f64 {
    let n = count.max(1) as f64;
    let mean = sum as f64 / n;
    (squares as f64 / n - mean * mean).max(0.0).sqrt()
}
