//! Numbers as a person reads them.

use crate::diagnose::Interval;
use crate::text::thousands;
use crate::train::Metric;

/// From here on numbers are written with an exponent: nobody counts that many digits.
const LARGEST_WHOLE: f64 = 1e15;

/// How errors of a task are written: as percentages, or in the target's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Error rates: `19.4%`, differences in points.
    Rate,
    /// Root mean squared errors in the target's unit, four digits.
    Target,
    /// Errors of another metric, four digits.
    Score(Metric),
}

impl Unit {
    /// The unit in which the errors of a metric are written.
    pub fn of_metric(metric: Metric) -> Unit {
        match metric {
            Metric::Error => Unit::Rate,
            Metric::Rmse => Unit::Target,
            other => Unit::Score(other),
        }
    }

    /// What an error is called; nothing for an error rate, of which the percent sign says enough.
    pub fn measure(self) -> &'static str {
        match self {
            Unit::Rate => "",
            Unit::Target => "RMSE",
            Unit::Score(metric) => match metric {
                Metric::Auc => "1 − AUC",
                Metric::F1 => "1 − F1",
                Metric::R2 => "1 − R²",
                Metric::LogLoss => "log loss",
                Metric::BalancedError => "balanced error",
                Metric::Cost => "mean cost",
                Metric::Mae => "MAE",
                Metric::Error | Metric::Rmse => metric.name(),
            },
        }
    }

    /// An error: `19.4%` or `0.4312`.
    pub fn error(self, value: f64) -> String {
        match self {
            Unit::Rate => percent(value),
            Unit::Target | Unit::Score(_) => digits(value),
        }
    }

    /// A difference of errors with its unit: `1.5 points` or `0.0312`.
    pub fn difference(self, value: f64) -> String {
        match self {
            Unit::Rate => format!("{} points", self.bare(value)),
            Unit::Target | Unit::Score(_) => digits(value),
        }
    }

    /// An error with its interval: `19.4% [17.4, 21.6]`.
    pub fn error_with_interval(self, interval: Interval) -> String {
        let sign = if self == Unit::Rate { "%" } else { "" };
        format!("{}{sign} {}", self.alike(interval, interval.value), self.ends(interval))
    }

    /// A difference with its interval: `1.5 points [-0.7, 3.7]`.
    pub fn difference_with_interval(self, interval: Interval) -> String {
        let sign = if self == Unit::Rate { " points" } else { "" };
        format!("{}{sign} {}", self.alike(interval, interval.value), self.ends(interval))
    }

    /// The ends of an interval without a unit: `[17.4, 21.6]`.
    pub fn ends(self, interval: Interval) -> String {
        format!("[{}, {}]", self.alike(interval, interval.low), self.alike(interval, interval.high))
    }

    fn bare(self, value: f64) -> String {
        match self {
            Unit::Rate => fixed(value * 100.0, rate_decimals(value)),
            Unit::Target | Unit::Score(_) => digits(value),
        }
    }

    // A number of an interval, with as many decimals as its fellows: those that suit the largest of them.
    fn alike(self, interval: Interval, value: f64) -> String {
        if value.abs() > f64::MAX / 2.0 {
            return if value > 0.0 { "∞" } else { "-∞" }.to_string();
        }
        let bounded =
            [interval.value, interval.low, interval.high].into_iter().filter(|end| end.abs() < f64::MAX / 2.0);
        let most = bounded.fold(0.0, |most: f64, end| most.max(end.abs()));
        match self {
            Unit::Rate => fixed(value * 100.0, if most < 0.01 { 2 } else { 1 }),
            Unit::Target | Unit::Score(_) if (1000.0..LARGEST_WHOLE).contains(&most) => fixed_with_commas(value),
            Unit::Target | Unit::Score(_) if (1e-4..1000.0).contains(&most) => fixed(value, decimals_for(most)),
            Unit::Target | Unit::Score(_) => digits(value),
        }
    }
}

/// A share as a percentage: `19.4%`, `0.05%`.
pub fn percent(share: f64) -> String {
    format!("{}%", fixed(share * 100.0, rate_decimals(share)))
}

/// A number to four significant digits, large ones with commas, tiny ones with an exponent.
pub fn digits(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".to_string()
    } else if !value.is_finite() || !(1e-4..LARGEST_WHOLE).contains(&size) {
        format!("{value:.2e}")
    } else if size >= 1000.0 {
        fixed_with_commas(value)
    } else {
        fixed(value, decimals_for(size))
    }
}

// One decimal in percent; two where one would show a small rate as 0.
fn rate_decimals(share: f64) -> usize {
    if share != 0.0 && share.abs() < 0.001 { 2 } else { 1 }
}

// Decimals that leave four significant digits.
fn decimals_for(size: f64) -> usize {
    (3 - size.log10().floor() as i32).max(0) as usize
}

fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // Rounded to nothing, a number has no sign.
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_string(),
        _ => text,
    }
}

fn fixed_with_commas(value: f64) -> String {
    let whole = value.abs().round() as u64;
    let sign = if value < 0.0 && whole > 0 { "-" } else { "" };
    format!("{sign}{}", thousands(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_percentages_and_their_differences_points() {
        let unit = Unit::of_metric(Metric::Error);
        assert_eq!(unit.error(0.194), "19.4%");
        assert_eq!(unit.error(0.0004), "0.04%");
        let interval = Interval { value: 0.015, low: -0.007, high: 0.037 };
        assert_eq!(unit.difference_with_interval(interval), "1.5 points [-0.7, 3.7]");
        assert_eq!(unit.difference(-0.000_001), "0.00 points");
    }

    #[test]
    fn numbers_keep_four_digits() {
        assert_eq!(digits(0.43123), "0.4312");
        assert_eq!(digits(-31.415), "-31.41");
        assert_eq!(digits(48_123.6), "48,124");
        assert_eq!(digits(0.000_01), "1.00e-5");
        assert_eq!(digits(0.0), "0");
    }

    #[test]
    fn the_numbers_of_an_interval_have_the_same_decimals() {
        let written = |value, low, high| Unit::Target.difference_with_interval(Interval { value, low, high });
        assert_eq!(written(320.0, -90.0, 1_770.4), "320 [-90, 1,770]");
        assert_eq!(written(3.204, -0.9, 7.7), "3.204 [-0.900, 7.700]");
        assert_eq!(written(0.0, 0.0, 0.0), "0 [0, 0]");
        assert_eq!(written(3.2e29, -1.0, 4.1e29), "3.20e29 [-1.000, 4.10e29]");
        let rare = Interval { value: 0.0005, low: 0.0001, high: 0.003 };
        assert_eq!(Unit::Rate.error_with_interval(rare), "0.05% [0.01, 0.30]");
    }
}
