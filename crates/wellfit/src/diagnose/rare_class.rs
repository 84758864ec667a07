//! What becomes of the rarer of two classes.

use super::Interval;
use super::rates::wilson;

/// A share of train below which an error rate passes over a class.
const RARE: f64 = 0.15;
/// A share below which what becomes of it is worth saying.
const MINOR: f64 = 0.3;
/// A recall below this misses the class: a third of its rows at least.
const LOW: f64 = 2.0 / 3.0;

/// A recall below this finds hardly any row.
const HARDLY_ANY: f64 = 0.25;

/// The rarer class of a binary task on dev.
#[derive(Clone, Debug, PartialEq)]
pub struct RareClass {
    /// Its name.
    pub name: String,
    /// Its share of train.
    pub share: f64,
    /// Its rows on dev.
    pub rows: u64,
    /// Those that the network gives it.
    pub found: u64,
}

impl RareClass {
    /// The rarer class, from the rows of each class in train and the rows of dev by true class (outer) and class given (inner);
    /// `None` unless there are two classes.
    pub fn of(class_counts: &[(String, u64)], confusion: &[Vec<u64>]) -> Option<RareClass> {
        let [first, second] = class_counts else { return None };
        let (class, (name, train_rows)) = if first.1 < second.1 { (0, first) } else { (1, second) };
        let row = confusion.get(class)?;
        Some(RareClass {
            name: name.clone(),
            share: *train_rows as f64 / (first.1 + second.1).max(1) as f64,
            rows: row.iter().sum(),
            found: *row.get(class)?,
        })
    }

    /// The share of its rows that are found.
    pub fn recall(&self) -> Interval {
        wilson(self.found, self.rows)
    }

    /// Whether the error rate is no measure of how well its rows are found.
    pub fn is_rare(&self) -> bool {
        self.share < RARE
    }

    /// Whether the verdict speaks of its rows that are missed: many are, or of a rare class seem to be.
    pub fn is_told(&self) -> bool {
        self.is_missed() || self.is_rare() && self.recall().value < LOW
    }

    /// Whether it is rare, and the network gives it hardly any row: of a class that overlaps with the other, the best network
    /// misses many.
    pub fn is_mostly_missed(&self) -> bool {
        self.is_rare() && self.rows > 0 && self.recall().high < HARDLY_ANY
    }

    /// Whether it is the minor class, and many of its rows are surely missed.
    pub fn is_missed(&self) -> bool {
        self.share < MINOR && self.rows > 0 && self.recall().high < LOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rare(train: [u64; 2], missed: u64, found: u64) -> RareClass {
        let counts = [("no".to_string(), train[0]), ("yes".to_string(), train[1])];
        RareClass::of(&counts, &[vec![900, 0], vec![missed, found]]).unwrap()
    }

    #[test]
    fn a_rare_class_is_missed_where_its_recall_is_surely_low() {
        assert!(rare([990, 10], 20, 2).is_missed() && rare([990, 10], 60, 2).is_mostly_missed());
        assert!(!rare([990, 10], 20, 2).is_mostly_missed() && !rare([750, 250], 60, 2).is_mostly_missed());
        // Half of 12 rows: two thirds of all may yet be found.
        assert!(!rare([990, 10], 6, 6).is_missed() && rare([990, 10], 6, 6).is_told());
        assert!(!rare([990, 10], 3, 9).is_told() && !rare([600, 400], 6, 6).is_told());
        assert!(!rare([600, 400], 200, 20).is_missed());
        assert!(rare([750, 250], 200, 100).is_missed());
        assert!(!rare([990, 10], 0, 0).is_missed());
    }
}
