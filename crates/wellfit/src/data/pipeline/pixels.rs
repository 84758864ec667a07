//! Pixels: one mean and one deviation for all, since a scale for each would blow up those that hardly ever vary.

use super::Input;
use super::encoding::Encoding;
use super::fit::Fit;
use super::scale::Scale;
use crate::data::schema::Field;
use crate::data::table::{Table, Values};

/// Fits all pixels of train at once; those that are constant in train are left out.
pub(super) fn fit(table: &Table, rows: &[u32], fit: &mut Fit) {
    // Exact in whole numbers: 2^64 / 255² pixels fit.
    let (mut sum, mut squares) = (0u64, 0u64);
    let mut varying = Vec::new();
    for column in table.columns() {
        let Values::Bytes(cells) = &column.values else {
            continue;
        };
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
            fit.constant.push(column.name.clone());
        }
    }
    let count = rows.len() * table.columns().len();
    let mean = sum as f64 / count.max(1) as f64;
    let spread = deviation(sum, squares, count);
    let divisor = if spread > 0.0 { spread } else { 1.0 };
    let scale = Scale { fill: mean, centre: mean, divisor, clip: false };
    for (column, own) in varying {
        fit.before.push(own);
        fit.after.push(own / divisor);
        fit.inputs.push(Input {
            field: Field { name: column.name.clone(), kind: column.kind, precise: false, strays: Vec::new() },
            encoding: Encoding::Number { scale: Some(scale), indicator: false },
        });
    }
    fit.notices.push(format!("pixels scaled by one mean ({mean:.1}) and deviation ({spread:.1}) for all"));
}

fn deviation(sum: u64, squares: u64, count: usize) -> f64 {
    let n = count.max(1) as f64;
    let mean = sum as f64 / n;
    (squares as f64 / n - mean * mean).max(0.0).sqrt()
}
