//! Where a target error comes from.

use crate::diagnose::TargetSource;
use crate::text::counted;

use super::Unit;

/// The source of a target error, as results hold it: `given`, or what is assumed.
pub fn source(source: TargetSource, unit: Unit) -> String {
    match source {
        TargetSource::Given => "given".to_string(),
        TargetSource::Range(range) => format!(
            "assumed: Bayes error, {} (conflicting duplicates) to {} (nearest neighbours of {}), upper bound used",
            unit.error(range.low),
            unit.error(range.high),
            counted(range.queries, "row")
        ),
        TargetSource::Unbounded => "assumed: 0, since nothing in the data bounds it".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::TargetRange;

    #[test]
    fn an_assumed_target_names_both_ends_and_their_sources() {
        let range = TargetRange { low: 0.001, high: 0.162, queries: 1_000 };
        assert_eq!(
            source(TargetSource::Range(range), Unit::Rate),
            "assumed: Bayes error, 0.1% (conflicting duplicates) to 16.2% (nearest neighbours of 1,000 rows), upper bound used"
        );
        assert_eq!(source(TargetSource::Given, Unit::Rate), "given");
    }
}
