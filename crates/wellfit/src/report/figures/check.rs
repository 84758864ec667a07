//! The gradient check of each block, on a log axis against the limit it must stay under.

use crate::net::{BlockCheck, CheckReport};

use super::super::plot::{Drawing, Scale, clipped};

const ROW: f64 = 20.0;
const LEFT: f64 = 118.0;
const RIGHT: f64 = 362.0;
const LIMIT: f64 = CheckReport::LIMIT;

/// Blocks that are drawn.
const MOST: usize = 16;

/// One row a block; of many, those with the largest errors.
pub fn check(check: &CheckReport) -> String {
    let blocks = worst(check);
    let bottom = 30.0 + ROW * blocks.len() as f64;
    let mut drawing = Drawing::new(
        380.0,
        bottom + 44.0,
        "Gradient check",
        "Relative error between analytic and numeric gradients of each parameter block, on a log axis.",
    );
    let errors = || blocks.iter().filter_map(|block| block.relative_error);
    let most = errors().fold(LIMIT, f64::max);
    let least = errors().filter(|&e| e > 0.0).fold(LIMIT / 100.0, f64::min);
    let x = Scale::log(least, most * 2.0, LEFT, RIGHT);
    for &tick in &x.ticks {
        drawing.line((x.at(tick), 22.0), (x.at(tick), bottom), "grid");
        drawing.text(x.at(tick), bottom + 16.0, "middle", "tick", &format!("{tick:.0e}"));
    }
    drawing.line((x.at(LIMIT), 22.0), (x.at(LIMIT), bottom), "mark");
    drawing.text(x.at(LIMIT), 14.0, "middle", "tick", &format!("limit {LIMIT:.0e}"));
    for (place, block) in blocks.iter().enumerate() {
        let y = 32.0 + ROW * place as f64;
        drawing.text(LEFT - 10.0, y + 4.0, "end", "tick", &clipped(&block.name, 17));
        match block.relative_error {
            Some(error) => drawing.dot(x.at(error), y, 4.0, if error < LIMIT { "dot target" } else { "dot dev" }),
            None => drawing.text(LEFT + 4.0, y + 4.0, "start", "tick", "cannot be checked"),
        }
    }
    drawing.text((LEFT + RIGHT) / 2.0, bottom + 36.0, "middle", "label", "relative error");
    drawing.finish()
}

/// The blocks with the largest errors, in the order of the network; one that cannot be checked counts as the largest.
fn worst(check: &CheckReport) -> Vec<&BlockCheck> {
    let error = |block: &BlockCheck| block.relative_error.unwrap_or(f64::INFINITY);
    let mut order: Vec<(usize, &BlockCheck)> = check.blocks.iter().enumerate().collect();
    order.sort_by(|a, b| error(b.1).total_cmp(&error(a.1)));
    order.truncate(MOST);
    order.sort_by_key(|(place, _)| *place);
    order.into_iter().map(|(_, block)| block).collect()
}
