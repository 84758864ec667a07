//! The column to predict, its task and its classes.

use super::*;

#[test]
fn rows_without_a_target_are_left_out_and_said() {
    let files = Files::new(&[("x.csv", &(plain() + "1.5,u,\n\n2.5,v,NA\n"))]);
    let dataset = load(&files.request("x.csv")).unwrap();
    assert_eq!(dataset.table.rows(), 40);
    let said = dataset.notices.iter().map(DataNotice::to_string).collect::<Vec<_>>();
    assert!(said.contains(&"2 rows of x.csv left out: y is missing (first: line 42)".into()), "{said:?}");
}

#[test]
fn labels_of_another_file_fit_or_both_lists_are_shown() {
    let table = |no: &str, yes: &str| format!("a,y\n{}", rows(40, |i| format!("{}.5,{}", i % 7, [no, yes][i % 2])));
    let files = Files::new(&[
        ("x.csv", &table("low", "high")),
        ("stop.csv", &table("low.", "high.")),
        ("other.csv", &table("low", "large")),
        ("columns.csv", "b,y\n1,low\n"),
    ]);
    let with = |test: &str| DataRequest { test: Some(files.path(test).into()), ..files.request("x.csv") };
    let dataset = load(&with("stop.csv")).unwrap();
    assert_eq!(dataset.split.test.len(), 40);
    assert!(dataset.notices.iter().any(|notice| matches!(notice, DataNotice::FullStops { .. })));
    assert_eq!(
        files.message(&with("other.csv")),
        "other.csv:3: label \"large\" is not among the classes: this file has large, low; expected high, low"
    );
    assert_eq!(files.message(&with("columns.csv")), "columns.csv: column missing: a; the file has b, y");
}

#[test]
fn the_positive_class_is_the_one_that_says_yes_or_the_rarer_or_the_one_asked_for() {
    let classes = |no: &str, yes: &str, positive: Option<&str>| {
        let table = format!("a,y\n{}", rows(40, |i| format!("{}.5,{}", i % 7, if i % 4 == 0 { yes } else { no })));
        let files = Files::new(&[("x.csv", &table)]);
        load(&DataRequest { positive: positive.map(Into::into), ..files.request("x.csv") })
            .map(|dataset| dataset.target.classes)
    };
    assert_eq!(classes("Yes", "No", None).unwrap(), ["No", "Yes"]);
    assert_eq!(classes("2", "1", None).unwrap(), ["2", "1"]);
    assert_eq!(classes("a", "b", None).unwrap(), ["a", "b"]);
    assert_eq!(classes("b", "a", None).unwrap(), ["b", "a"]);
    assert_eq!(classes("a", "b", Some("a")).unwrap(), ["b", "a"]);
    assert_eq!(classes("'-1'", "'1'", Some("'-1'")).unwrap(), ["1", "-1"]);
    assert!(classes("a", "b", Some("c")).unwrap_err().to_string().contains("a, b"));
}

#[test]
fn the_task_follows_from_the_target() {
    let task = |value: &dyn Fn(usize) -> String| {
        let table = format!("a,y\n{}", rows(200, |i| format!("{}.5,{}", i % 7, value(i))));
        let files = Files::new(&[("x.csv", &table)]);
        load(&files.request("x.csv")).unwrap().target.task
    };
    assert_eq!(task(&|i| (i % 2 + 2).to_string()), Task::Binary);
    assert_eq!(task(&|i| ["a", "b", "c"][i % 3].into()), Task::Multiclass);
    assert_eq!(task(&|i| (i % 10).to_string()), Task::Multiclass);
    assert_eq!(task(&|i| (i % 7 + 3).to_string()), Task::Regression);
    assert_eq!(task(&|i| (i % 90).to_string()), Task::Regression);
    assert_eq!(task(&|i| format!("{}.25", i % 3)), Task::Regression);
}
