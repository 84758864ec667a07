//! A column that says whose rows they are.

use crate::data::{Dataset, TargetValues};

use super::Leak;

/// Fewer values than this are categories, not owners of rows.
const FEWEST_OWNERS: usize = 20;
/// Rows that an owner has on average, at least.
const ROWS_OF_AN_OWNER: f64 = 2.0;

/// The leaking column whose values look like owners of rows: a person, a machine, a document, each with rows of its own and one
/// answer for all of them. Rows of one owner in train and in dev give the answer away; new owners have other values.
///
/// Classes only, and only where rows are not grouped yet.
pub fn group_column(dataset: &Dataset, leaks: &[Leak]) -> Option<String> {
    if dataset.groups.is_some() || !matches!(dataset.target.values, TargetValues::Classes(_)) {
        return None;
    }
    let alone = leaks.iter().filter_map(|leak| match &leak.columns[..] {
        [column] => Some(column.as_str()),
        _ => None,
    });
    let rows = dataset.split.train.as_slice();
    let owns = |name: &&str| {
        dataset.used_columns().find(|column| column.name == *name).is_some_and(|column| {
            let mut owners: Vec<u64> = rows.iter().map(|&row| column.identity(row)).collect();
            owners.sort_unstable();
            owners.dedup();
            let enough = owners.len() >= FEWEST_OWNERS.max(2 * dataset.target.classes.len());
            enough && rows.len() as f64 >= ROWS_OF_AN_OWNER * owners.len() as f64
        })
    };
    alone.into_iter().find(owns).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DataRequest, load};
    use crate::diagnose::find_leaks;

    fn found(owners: u32) -> (usize, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("visits.csv");
        let row = |i: u32| format!("p{},{},{}\n", i % owners, i * 7919 % 1000, (i % owners) % 2);
        let rows: String = (0..600).map(row).collect();
        std::fs::write(&path, format!("person,x,y\n{rows}")).unwrap();
        let request = DataRequest { source: path.into(), target: Some("y".into()), ..DataRequest::default() };
        let dataset = load(&request).unwrap();
        let leaks = find_leaks(&dataset);
        (leaks.len(), group_column(&dataset, &leaks))
    }

    #[test]
    fn persons_with_a_dozen_rows_each_own_them_and_two_categories_do_not() {
        assert_eq!(found(50), (1, Some("person".to_string())));
        assert_eq!(found(4), (1, None));
    }
}
