//! Which class a network of two inputs gives each point of the plane.

use serde::{Deserialize, Serialize};

use super::super::plot::{Axis, Plot, clipped};

/// The plane of two inputs, in the units of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionPlane {
    /// The columns, across and upwards.
    pub columns: [String; 2],
    /// The least value of each.
    pub low: [f64; 2],
    /// The largest value of each.
    pub high: [f64; 2],
    /// Cells along each side.
    pub side: usize,
    /// (side, side), row by row from the bottom: the class given to the middle of each cell.
    pub classes: Vec<u32>,
    /// Likewise: its probability, in steps of 10% from 0 to 10.
    pub tenths: Vec<u8>,
    /// Some dev rows: their two values, and their true class.
    pub rows: Vec<(f64, f64, u32)>,
}

/// Cells along each side.
pub const SIDE: usize = 64;
/// Classes that have a colour.
pub const MOST_CLASSES: usize = 6;

/// Shaded cells, darker where the network is surer, with dev rows in the colour of their true class.
pub fn boundary(plane: &DecisionPlane) -> String {
    let [across, upwards] = &plane.columns;
    let names = (clipped(across, 30), clipped(upwards, 30));
    let ([x0, y0], [x1, y1]) = (plane.low, plane.high);
    let x = Axis::exact(&names.0, [x0, x1]);
    let y = Axis::exact(&names.1, [y0, y1]);
    let description = "The class that the network gives each point of the plane, darker where its probability is larger; dots \
                       are dev rows in the colour of their true class.";
    let mut plot = Plot::new("Decision boundary", description, x, y);
    let side = plane.side.max(1);
    let cells: Vec<(u32, u8)> = plane.classes.iter().copied().zip(plane.tenths.iter().copied()).collect();
    let at = |low: f64, high: f64, cell: usize| low + (high - low) * cell as f64 / side as f64;
    for (row, cells) in cells.chunks(side).enumerate().take(side) {
        let mut from = 0;
        // Neighbours that look alike are one rectangle.
        for run in cells.chunk_by(|a, b| a == b) {
            let to = from + run.len();
            let (class, tenths) = run.first().copied().unwrap_or_default();
            let opacity = 0.1 + 0.05 * f64::from(tenths.min(10).saturating_sub(3));
            let corners = ((at(x0, x1, from), at(y0, y1, row)), (at(x0, x1, to), at(y0, y1, row + 1)));
            plot.rect(corners.0, corners.1, &format!("area class{class}"), &format!("opacity:{opacity:.2}"));
            from = to;
        }
    }
    for &(x, y, class) in &plane.rows {
        plot.dot((x, y), 3.0, &format!("dot class{class}"));
    }
    plot.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_look_alike_are_drawn_as_one() {
        let plane = DecisionPlane {
            columns: ["x1".to_string(), "x2".to_string()],
            low: [-1.0, -1.0],
            high: [1.0, 1.0],
            side: 4,
            classes: vec![0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1],
            tenths: vec![10; 16],
            rows: vec![(0.0, 0.5, 1), (f64::NAN, 0.0, 0)],
        };
        let drawn = boundary(&plane);
        assert_eq!(drawn.matches("<rect").count(), 2 + 2 + 1 + 1);
        assert_eq!(drawn.matches("<circle").count(), 1);
    }
}
