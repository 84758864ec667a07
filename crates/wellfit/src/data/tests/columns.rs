//! Which columns are features, and what stands in their cells.

use super::*;

#[test]
fn a_stray_text_among_numbers_is_read_as_missing_and_said() {
    let table = format!("x,y\n{}oops,1\n", rows(60, |i| format!("{}.5,{}", i * 3, i % 2)));
    let files = Files::new(&[("x.csv", &table)]);
    let dataset = load(&files.request("x.csv")).unwrap();
    let notice = dataset.notices[0].to_string();
    assert!(
        notice.starts_with("x.csv:62:1: \"oops\" in x is not a number; 1 such cell treated as missing"),
        "{notice}"
    );
    assert!(dataset.table.columns()[0].is_missing(60));
    let asked = DataRequest { types: vec![("x".into(), ColumnType::Numeric)], ..files.request("x.csv") };
    let message = files.message(&asked);
    assert!(message.starts_with("x.csv:62:1: column x: \"oops\" is not a number (1 such cell; --na oops"), "{message}");
}

#[test]
fn columns_that_say_nothing_are_set_aside_and_types_bring_them_back() {
    let table = format!(
        "n,key,name,same,void,when,y\n{}",
        rows(60, |i| format!("{},K-{i},the {i}th of all,7,,2024-01-{:02} 12:00,{}", i + 5, i % 28 + 1, i % 2))
    );
    let files = Files::new(&[("x.csv", &table)]);
    let aside = |request: &DataRequest| {
        load(request).unwrap().aside.into_iter().map(|aside| aside.column).collect::<Vec<String>>()
    };
    assert_eq!(aside(&files.request("x.csv")), ["n", "key", "name", "same", "void"]);
    let types = vec![("n".into(), ColumnType::Numeric), ("when".into(), ColumnType::Text)];
    assert_eq!(aside(&DataRequest { types, ..files.request("x.csv") }), ["key", "name", "same", "void", "when"]);
    let dataset = load(&files.request("x.csv")).unwrap();
    assert_eq!(dataset.table.columns()[0].kind, ColumnType::Datetime);
    let (pipeline, _) = Pipeline::fit(&dataset, &dataset.split.train, Normalize::Auto).unwrap();
    // Time, year and week (a constant noon is no information but cannot be told apart from one).
    assert_eq!(pipeline.features().numbers(), 7);
}

#[test]
fn columns_of_one_value_are_kept_to_compare_files_that_all_have_them() {
    let table = |same: &str| format!("same,seven,x,y\n{}", rows(12, |i| format!("{same},7,{},{}", i * i % 17, i % 2)));
    let files = Files::new(&[("x.csv", &table("a")), ("dev.csv", &table("b")), ("test.csv", "same,x,y\na,1,0\n")]);
    let request =
        DataRequest { dev: Some(files.path("dev.csv").into()), keep_constant: true, ..files.request("x.csv") };
    let names = |dataset: &Dataset| dataset.table.columns().iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    let dataset = load(&request).unwrap();
    assert_eq!(names(&dataset), ["same", "seven", "x"]);
    assert_eq!(dataset.table.column("same").unwrap().category(12), Some("b"));
    assert_eq!(dataset.used_columns().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["x"]);
    assert_eq!(dataset.aside.iter().map(|aside| aside.column.as_str()).collect::<Vec<_>>(), ["same", "seven"]);
    let with_test = DataRequest { test: Some(files.path("test.csv").into()), ..request.clone() };
    assert_eq!(names(&load(&with_test).unwrap()), ["same", "x"]);
    // A file alone is the same in them everywhere.
    assert_eq!(names(&load(&DataRequest { dev: None, ..request }).unwrap()), ["x"]);
}

#[test]
fn weights_have_mean_1_over_train_and_bad_ones_say_where() {
    let table = |bad: &str| format!("a,w,y\n{}1.5,{bad},0\n", rows(40, |i| format!("{}.5,{},{}", i % 7, i % 3, i % 2)));
    let files = Files::new(&[("x.csv", &table("2")), ("bad.csv", &table("-2"))]);
    let with = |name: &str| DataRequest { weights: Some("w".into()), ..files.request(name) };
    let dataset = load(&with("x.csv")).unwrap();
    let (pipeline, _) = Pipeline::fit(&dataset, &dataset.split.train, Normalize::Auto).unwrap();
    let weights = pipeline.examples(&dataset, dataset.split.train.as_slice()).weights;
    let mean = weights.iter().sum::<f32>() / weights.len() as f32;
    assert!((mean - 1.0).abs() < 1e-5);
    assert!(files.message(&with("bad.csv")).starts_with("bad.csv:42:2: column w: weight -2 is not"));
}
