//! A number with its 95% interval.

use serde::{Deserialize, Serialize};

/// A measured value and the ends of its interval, all in the same unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// What was measured.
    pub value: f64,
    /// The low end of the interval.
    pub low: f64,
    /// The high end of the interval.
    pub high: f64,
}

impl Interval {
    /// A number known exactly.
    pub fn exact(value: f64) -> Interval {
        Interval { value, low: value, high: value }
    }

    /// A number of which it is not known how far from the truth it is. Its ends are numbers that files can hold.
    pub fn unbounded(value: f64) -> Interval {
        Interval { value, low: f64::MIN, high: f64::MAX }
    }

    /// Whether it has ends.
    pub fn is_bounded(self) -> bool {
        self.low > f64::MIN / 2.0 && self.high < f64::MAX / 2.0
    }

    /// The interval of this number less a number known exactly.
    pub fn minus(self, known: f64) -> Interval {
        Interval { value: self.value - known, low: self.low - known, high: self.high - known }
    }

    /// The interval that holds both; the number stays.
    pub(super) fn with(self, other: Interval) -> Interval {
        Interval { value: self.value, low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The interval of a number that may lie further up by so much, or down where it is negative.
    pub(super) fn reaching(self, further: f64) -> Interval {
        Interval { value: self.value, low: self.low + further.min(0.0), high: self.high + further.max(0.0) }
    }

    /// Where the interval stands against a margin.
    pub fn against(self, margin: f64) -> Standing {
        if self.low > margin {
            Standing::High
        } else if self.high < margin {
            Standing::Fine
        } else {
            Standing::Inconclusive
        }
    }
}

/// Where an interval stands against a margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The whole interval lies above the margin.
    High,
    /// The whole interval lies below the margin.
    Fine,
    /// The margin lies in the interval: the rows do not decide.
    Inconclusive,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_that_touches_the_margin_decides_nothing() {
        let interval = Interval { value: 2.0, low: 1.0, high: 3.0 };
        assert_eq!(interval.against(0.99), Standing::High);
        assert_eq!(interval.against(1.0), Standing::Inconclusive);
        assert_eq!(interval.against(3.0), Standing::Inconclusive);
        assert_eq!(interval.against(3.01), Standing::Fine);
    }

    #[test]
    fn taking_off_a_known_number_moves_all_three() {
        let moved = Interval { value: 2.0, low: 1.0, high: 3.0 }.minus(0.5);
        assert_eq!(moved, Interval { value: 1.5, low: 0.5, high: 2.5 });
        assert_eq!(Interval::exact(2.0).minus(2.0), Interval::exact(0.0));
    }
}
