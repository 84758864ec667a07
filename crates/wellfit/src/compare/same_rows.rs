//! Whether two readings of the same files have the same dev rows.

use crate::data::{Dataset, Target, TargetValues, of_rows};
use crate::runs::RowDifference;

/// What keeps the dev rows of two data sets from being compared one by one; `None` where nothing does.
///
/// Both come from the same files, so that a row's number names it. `Dataset::fingerprint` says less and more: it holds
/// the cells of features, and runs that leave out different columns can be compared; it forgets the order of rows.
pub(crate) fn difference(first: &Dataset, second: &Dataset) -> Option<RowDifference> {
    let (a, b) = (&first.target, &second.target);
    if a.name != b.name {
        return Some(RowDifference::Target);
    }
    if a.task != b.task {
        return Some(RowDifference::Task);
    }
    let (dev, other) = (&first.split.dev, &second.split.dev);
    // Files that give another number of rows (another header, other words for missing) number them otherwise.
    let same_numbers = first.table.rows() == second.table.rows() && dev == other;
    if !same_numbers || !same_answers(a, b, dev) {
        return Some(RowDifference::Rows);
    }
    let weights = |set: &Dataset| set.weights.as_ref().map(|weights| of_rows(weights, dev));
    (weights(first) != weights(second)).then_some(RowDifference::Weights)
}

/// Whether the rows have the same answers, whatever the order of the classes.
#[expect(clippy::indexing_slicing, reason = "rows are rows of the targets, and codes index their classes")]
fn same_answers(a: &Target, b: &Target, rows: &[u32]) -> bool {
    match (&a.values, &b.values) {
        (TargetValues::Numbers(these), TargetValues::Numbers(those)) => of_rows(these, rows) == of_rows(those, rows),
        (TargetValues::Classes(these), TargetValues::Classes(those)) => rows.iter().all(|&row| {
            let (this, that) = (these[row as usize], those[row as usize]);
            a.classes[this as usize] == b.classes[that as usize]
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::data::{DataRequest, SplitRule, load};
    use crate::experiment::{Spec, data_request};

    fn read(path: &Path, change: impl FnOnce(&mut DataRequest)) -> Dataset {
        let mut request = data_request(&Spec::default());
        request.source = path.into();
        request.target = Some("label".to_string());
        change(&mut request);
        load(&request).unwrap()
    }

    #[test]
    fn rows_are_the_same_whatever_is_left_out_and_not_after_another_split() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        let lines =
            (0..60).map(|row| format!("{}.5,{},{},{}\n", row % 7, row * row % 11, row % 3 + 1, ["a", "b"][row % 2]));
        fs::write(&path, format!("x,y,w,label\n{}", lines.collect::<String>())).unwrap();
        let reference = read(&path, |_| {});
        let against = |change: fn(&mut DataRequest)| difference(&reference, &read(&path, change));
        assert_eq!(against(|_| {}), None);
        assert_eq!(against(|request| request.drop = vec!["x".to_string()]), None);
        // Rows are split class by class, the positive class last.
        assert_eq!(against(|request| request.positive = Some("a".to_string())), Some(RowDifference::Rows));
        assert_eq!(against(|request| request.seed = 1), Some(RowDifference::Rows));
        let shares = SplitRule::Shares { train: 50.0, dev: 30.0, test: 20.0 };
        let shared = read(&path, |request| request.split = shares);
        assert_eq!(difference(&reference, &shared), Some(RowDifference::Rows));
        assert_eq!(against(|request| request.target = Some("y".to_string())), Some(RowDifference::Target));
        assert_eq!(against(|request| request.weights = Some("w".to_string())), Some(RowDifference::Weights));
    }
}
