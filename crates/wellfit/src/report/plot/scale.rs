//! From values to positions on an axis, and the labels of its ticks.

use crate::words::digits;

/// Ticks of a logarithmic axis after the first, at most: `1e-12` takes some room.
const MOST_LOG_TICKS: usize = 5;

/// From values to positions, linear or logarithmic, over round numbers.
#[derive(Clone, Debug)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    log: bool,
    /// Where the axis is marked.
    pub ticks: Vec<f64>,
}

impl Scale {
    /// A linear scale whose ends are its first and last tick.
    pub fn linear(low: f64, high: f64, from: f64, to: f64, about: usize) -> Scale {
        let (low, high) = if high > low { (low, high) } else { (low - 0.5, low + 0.5) };
        let step = round_step((high - low) / about as f64);
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let ticks: Vec<f64> = (first as i64..=last as i64).map(|tick| tick as f64 * step).collect();
        Scale { low: first * step, high: last * step, from, to, log: false, ticks }
    }

    /// A linear scale from end to end exactly, with round ticks within.
    pub fn exact(low: f64, high: f64, from: f64, to: f64, about: usize) -> Scale {
        let mut scale = Scale::linear(low, high, from, to, about);
        if high > low {
            (scale.low, scale.high) = (low, high);
            scale.ticks.retain(|&tick| low <= tick && tick <= high);
        }
        scale
    }

    /// A logarithmic scale over the positive values given.
    pub fn log(low: f64, high: f64, from: f64, to: f64) -> Scale {
        let (low, high) = (low.max(f64::MIN_POSITIVE), high.max(f64::MIN_POSITIVE));
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let last = last.max(first + 1);
        let each = ((last - first) as usize).div_ceil(MOST_LOG_TICKS);
        let ticks = (first..=last).step_by(each).map(|power| 10f64.powi(power)).collect();
        Scale { low: f64::from(first), high: f64::from(last), from, to, log: true, ticks }
    }

    /// Logarithmic if all values are positive and span over a factor of 30, else linear from the least value.
    pub fn fitting(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Scale {
        let finite = values.filter(|value| value.is_finite());
        let low = finite.clone().fold(f64::INFINITY, f64::min);
        let high = finite.fold(f64::NEG_INFINITY, f64::max);
        if low > high {
            return Scale::linear(0.0, 1.0, from, to, 4);
        }
        if low > 0.0 && high > 30.0 * low {
            Scale::log(low, high, from, to)
        } else {
            Scale::linear(low, high, from, to, 4)
        }
    }

    /// Whether the scale is logarithmic.
    pub fn is_log(&self) -> bool {
        self.log
    }

    /// Whether a value has a place on the scale.
    pub fn shows(&self, value: f64) -> bool {
        value.is_finite() && (!self.log || value > 0.0 && value.log10() >= self.low)
    }

    /// The position of the scale's upper end.
    pub fn end(&self) -> f64 {
        self.to
    }

    /// The position of a value.
    pub fn at(&self, value: f64) -> f64 {
        let value = if self.log { value.max(f64::MIN_POSITIVE).log10() } else { value };
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }
}

/// Labels of an axis's ticks, in thousands or millions if the largest asks for it: `0`, `0.25`, `5k`, `2.5M`.
pub fn tick_labels(ticks: &[f64]) -> Vec<String> {
    let most = ticks.iter().fold(0.0_f64, |most, tick| most.max(tick.abs()));
    let (unit, suffix) = match most {
        1e9.. => return ticks.iter().map(|&tick| scientific(tick)).collect(),
        1e6.. => (1e6, "M"),
        1e4.. => (1e3, "k"),
        _ => (1.0, ""),
    };
    let label = |tick: f64| match tick.abs() {
        0.0 => "0".to_string(),
        size if size < 1e-3 => scientific(tick),
        size if suffix.is_empty() && size >= 1000.0 => digits(tick),
        // 6 decimals: sums of steps such as 0.30000000000000004 show as 0.3.
        _ => format!("{}{suffix}", format!("{:.6}", tick / unit).trim_end_matches('0').trim_end_matches('.')),
    };
    ticks.iter().map(|&tick| label(tick)).collect()
}

fn scientific(value: f64) -> String {
    if value == 0.0 { "0".to_string() } else { format!("{value:.0e}") }
}

fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let times = step / power;
    power
        * if times <= 1.0 {
            1.0
        } else if times <= 2.0 {
            2.0
        } else if times <= 5.0 {
            5.0
        } else {
            10.0
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_run_from_end_to_end_over_round_ticks() {
        let scale = Scale::linear(0.13, 0.87, 100.0, 0.0, 4);
        assert_eq!(tick_labels(&scale.ticks), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!((scale.at(0.0), scale.at(0.5), scale.at(1.0)), (100.0, 50.0, 0.0));
    }

    #[test]
    fn wide_ranges_are_drawn_on_a_log_axis() {
        let scale = Scale::fitting([0.002, 5.0].into_iter(), 0.0, 40.0);
        assert!(scale.is_log());
        assert_eq!(tick_labels(&scale.ticks)[0], "0.001");
        assert!(!Scale::fitting([0.5, 5.0].into_iter(), 0.0, 40.0).is_log());
        assert!(!Scale::fitting([f64::NAN].into_iter(), 0.0, 40.0).is_log());
    }

    #[test]
    fn tick_labels_are_short_and_alike() {
        assert_eq!(tick_labels(&[-20.0, 0.0, 0.1 + 0.2, 1e-5]), ["-20", "0", "0.3", "1e-5"]);
        assert_eq!(tick_labels(&[0.0, 5_000.0, 10_000.0]), ["0", "5k", "10k"]);
        assert_eq!(tick_labels(&[1_990.0, 2_000.0]), ["1,990", "2,000"]);
        assert_eq!(tick_labels(&[5e5, 2.5e6]), ["0.5M", "2.5M"]);
        assert_eq!(tick_labels(&[0.0, 2e9]), ["0", "2e9"]);
    }

    #[test]
    fn values_that_are_all_the_same_still_have_a_scale() {
        let scale = Scale::linear(2.0, 2.0, 0.0, 10.0, 4);
        assert!(scale.at(2.0) > 0.0 && scale.at(2.0) < 10.0);
    }
}
