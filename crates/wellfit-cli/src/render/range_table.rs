//! The loss at each rate of a range test, as a table that fits into sixty columns.

use wellfit::text::rate as typed;
use wellfit::train::RangePoint;
use wellfit::words::digits;

/// Cells of the longest bar.
const LONGEST_BAR: f64 = 24.0;
/// Bars reach this much of the fall above the loss at the smallest rate; what is higher is cut.
const ABOVE_START: f64 = 0.25;

/// A line for each of 1, 3, 10, .., and one for the rate that was chosen: the rate, the loss, and a bar for the loss.
pub fn range_table(points: &[RangePoint], chosen: f64) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let lowest = points.iter().map(|point| point.loss).fold(f64::INFINITY, f64::min);
    let full = (1.0 + ABOVE_START) * (first.loss - lowest).max(f64::MIN_POSITIVE);
    let mut rates: Vec<f64> = ticks().filter(|tick| (first.rate..=1.001 * last.rate).contains(tick)).collect();
    rates.push(chosen);
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    let line = |rate: f64| {
        let loss = nearest(points, rate);
        let share = (loss - lowest) / full;
        let bar = "━".repeat((LONGEST_BAR * share.clamp(0.0, 1.0)).round() as usize);
        let cut = if share > 1.0 { "…" } else { "" };
        let mark = if rate == chosen { " ← chosen" } else { "" };
        format!("{:<8} {:<8} {bar}{cut}{mark}", typed(rate), digits(loss)).trim_end().to_string()
    };
    rates.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// 1e-9, 3e-9, 1e-8, .. 30: each the number that is written so.
fn ticks() -> impl Iterator<Item = f64> {
    (-9..=1).flat_map(|power| [1, 3].map(|digit| format!("{digit}e{power}").parse().unwrap_or(0.0)))
}

fn nearest(points: &[RangePoint], rate: f64) -> f64 {
    let distance = |point: &RangePoint| (point.rate / rate).ln().abs();
    let nearest = points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest.map_or(f64::NAN, |point| point.loss)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_at_most_fifty_columns_and_the_chosen_rate_is_marked() {
        let point = |i: i32| {
            let rate = 10f64.powf(f64::from(i) / 10.0 - 7.0);
            RangePoint { rate, loss: if rate < 0.1 { 0.7 - rate } else { 0.6 + 100.0 * (rate - 0.1) } }
        };
        let points: Vec<_> = (0..=80).map(point).collect();
        let table = range_table(&points, 0.032);
        let lines: Vec<&str> = table.lines().collect();
        // Eight powers of ten, two lines each, one more at the end, and the chosen rate.
        assert_eq!(lines.len(), 18, "{table}");
        assert!(lines.iter().all(|line| line.chars().count() <= 50), "{table}");
        assert!(lines.iter().any(|line| line.starts_with("0.032 ") && line.ends_with("← chosen")), "{table}");
        assert!(lines.last().unwrap().starts_with("10 ") && lines.last().unwrap().ends_with('…'), "{table}");
    }

    #[test]
    fn a_rate_that_is_a_line_already_has_one_line() {
        let points = [1e-7, 1e-3, 10.0].map(|rate| RangePoint { rate, loss: 1.0 - rate.min(0.5) });
        assert_eq!(range_table(&points, 0.001).lines().filter(|line| line.starts_with("0.001 ")).count(), 1);
    }
}
