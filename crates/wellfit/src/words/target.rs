//! Where a target error comes from.

use crate::diagnose::{ReachedBy, TargetSource};
use crate::text::counted;

use super::Unit;

/// The source of a target error, as results hold it: `given`, or what is assumed.
pub fn source(source: TargetSource, unit: Unit) -> String {
    match source {
        TargetSource::Given => "given".to_string(),
        TargetSource::Reached(reached) => {
            let error = unit.error_with_interval(reached.dev);
            match (reached.by, reached.trees) {
                (ReachedBy::Trees, _) => format!("assumed: boosted trees' dev error, {error}"),
                (ReachedBy::Linear, _) => format!("assumed: a linear model's dev error, {error}"),
                (ReachedBy::Network, true) => {
                    format!("assumed: the network's own dev error, {error}, since boosted trees do no better")
                }
                (ReachedBy::Network, false) => {
                    format!("assumed: the network's own dev error, {error}, since a linear model does no better")
                }
            }
        }
        TargetSource::Range(range) => format!(
            "assumed: Bayes error, {} (conflicting duplicates) to {} (nearest neighbours of {}), upper bound used",
            unit.error(range.low),
            unit.error(range.high),
            counted(range.queries, "row")
        ),
        TargetSource::Unbounded => "assumed: 0, since nothing in the data bounds it".to_string(),
    }
}

/// What an assumed target error says where bias was not found; `None` for one that was given.
pub fn yardstick(source: TargetSource) -> Option<&'static str> {
    match source {
        TargetSource::Given => None,
        TargetSource::Reached(reached) => Some(match (reached.by, reached.trees) {
            (ReachedBy::Trees, _) => "measured by boosted trees",
            (ReachedBy::Linear, _) => "measured by a linear model",
            (ReachedBy::Network, true) => "boosted trees do no better",
            (ReachedBy::Network, false) => "a linear model does no better",
        }),
        TargetSource::Range(_) => Some("measured by nearest neighbours"),
        TargetSource::Unbounded => Some("measured by an error of 0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Interval, Reached, TargetRange};

    #[test]
    fn an_assumed_target_names_both_ends_and_their_sources() {
        let range = TargetRange { low: 0.001, high: 0.162, queries: 1_000 };
        assert_eq!(
            source(TargetSource::Range(range), Unit::Rate),
            "assumed: Bayes error, 0.1% (conflicting duplicates) to 16.2% (nearest neighbours of 1,000 rows), upper bound used"
        );
        assert_eq!(source(TargetSource::Given, Unit::Rate), "given");
    }

    #[test]
    fn a_target_that_a_model_reached_names_the_model() {
        let dev = Interval { value: 0.15, low: 0.12, high: 0.18 };
        let said = |by| source(TargetSource::Reached(Reached { by, dev, trees: true }), Unit::Rate);
        assert_eq!(said(ReachedBy::Trees), "assumed: boosted trees' dev error, 15.0% [12.0, 18.0]");
        assert_eq!(
            said(ReachedBy::Network),
            "assumed: the network's own dev error, 15.0% [12.0, 18.0], since boosted trees do no better"
        );
    }
}
