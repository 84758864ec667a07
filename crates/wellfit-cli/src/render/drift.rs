//! Whether the parts are distributed alike.

use wellfit::diagnose::{Drift, Interval};
use wellfit::text::list;
use wellfit::words::{Unit, percent};

/// Columns named in a line.
const MOST_COLUMNS: usize = 3;

/// A line for each comparison.
pub fn drift(drift: &[Drift]) -> String {
    if drift.is_empty() {
        return "all rows are in train: nothing to compare".to_owned();
    }
    drift.iter().enumerate().map(|(place, drift)| compared(drift, place == 0)).collect::<Vec<_>>().join("\n")
}

fn compared(drift: &Drift, first_of_all: bool) -> String {
    let [first, second] = drift.parts;
    let Some(accuracy) = drift.accuracy else {
        return format!("{first} and {second}: too few rows, or no column varies");
    };
    // What is measured is explained once.
    let measured = match first_of_all {
        true => format!("told apart {}, chance 50%", interval(accuracy)),
        false => interval(accuracy),
    };
    if !drift.drifts {
        return format!("none between {first} and {second}: {measured}");
    }
    let columns: Vec<String> =
        drift.columns.iter().map(|column| format!("{} {}", column.name, percent(column.accuracy))).collect();
    let alone = match columns.is_empty() {
        true => String::new(),
        false => format!(" · by column: {}", list(&columns, MOST_COLUMNS)),
    };
    format!("{second} differs from {first}: {measured}{alone}")
}

fn interval(accuracy: Interval) -> String {
    Unit::Rate.error_with_interval(accuracy)
}

#[cfg(test)]
mod tests {
    use wellfit::diagnose::GivenAway;

    use super::*;

    #[test]
    fn a_drift_has_its_interval_and_its_columns() {
        let interval = Interval { value: 0.8, low: 0.77, high: 0.83 };
        let columns = ["a", "b", "c", "d", "e"].map(|name| GivenAway { name: name.to_owned(), accuracy: 0.6 });
        let to_dev = Drift {
            parts: ["train", "dev"],
            rows: 900,
            accuracy: Some(interval),
            drifts: true,
            columns: columns.into(),
        };
        let none = Drift { parts: ["train", "test"], drifts: false, columns: Vec::new(), ..to_dev.clone() };
        assert_eq!(
            drift(&[to_dev, none]),
            "dev differs from train: told apart 80.0% [77.0, 83.0], chance 50% · by column: a 60.0%, b 60.0%, \
             c 60.0% and 2 more\nnone between train and test: 80.0% [77.0, 83.0]"
        );
    }
}
