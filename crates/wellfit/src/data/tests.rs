//! Files as people have them: what is read, what is said.

use std::path::PathBuf;

use super::*;

/// A folder with files; paths end with it.
struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Files {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        Files(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn request(&self, name: &str) -> DataRequest {
        DataRequest { path: self.path(name), target: Some("y".into()), ..DataRequest::default() }
    }

    /// The message for a request, without the folder.
    fn message(&self, request: &DataRequest) -> String {
        load(request).unwrap_err().to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(|i| row(i) + "\n").collect()
}

/// 40 rows of a, b (categories) and y (0 or 1).
fn plain() -> String {
    format!("a,b,y\n{}", rows(40, |i| format!("{}.5,{},{}", i * i % 17, ["u", "v", "w"][i % 3], i % 2)))
}

#[test]
fn everyday_mistakes_are_one_clear_line() {
    let long = |text: &str| format!("{text}{}", rows(30, |i| format!("{i},{}", i % 2)));
    let cases: [(&str, String, &str); 11] = [
        ("empty.csv", String::new(), "empty.csv: the file is empty"),
        ("header.csv", "x,y\n".into(), "header.csv: a header and no row"),
        ("few.csv", "x,y\n1,0\n2,1\n".into(), "few.csv: only 2 rows; at least 10 are needed"),
        (
            "ragged.csv",
            long("x,y\n1,0\n1,0,3\n"),
            "ragged.csv:3:3: found 3 cells, expected 2; put a cell that holds the separator in double quotes",
        ),
        (
            "twice.csv",
            long("x,x,y\n"),
            "twice.csv:1: column names appear twice: x (columns 1 and 2); every column needs its own",
        ),
        (
            "target.csv",
            long("x,Churned\n"),
            "target.csv: no column churn (did you mean Churned?); the file has x, Churned",
        ),
        (
            "constant.csv",
            format!("x,y\n{}", rows(30, |i| format!("{i},1"))),
            "constant.csv: target y is constant: every row has the same value, there is nothing to learn",
        ),
        (
            "no-target.csv",
            format!("x,y\n{}", rows(30, |i| format!("{i},?"))),
            "no-target.csv: target y is missing in every row",
        ),
        (
            "infinite.csv",
            format!("x,y\n{}inf,1\n", rows(30, |i| format!("{i}.5,{}", i % 2))),
            "infinite.csv:32:1: column x: a number that is infinite or too large; write it as missing or pass --types x=categorical",
        ),
        (
            "numbers.csv",
            rows(30, |i| format!("{i},{}", i % 2)),
            "numbers.csv:1: every column name is a number; add a line of names, or pass --no-header",
        ),
        (
            "nothing.csv",
            format!("x,y\n{}", rows(30, |i| format!("7,{}", i % 2))),
            "nothing.csv: no column is left to learn from: set aside: x (the same value in every row)",
        ),
    ];
    for (name, content, expected) in cases {
        let files = Files::new(&[(name, &content)]);
        let target = if name == "target.csv" { "churn" } else { "y" };
        let request = DataRequest { target: Some(target.into()), ..files.request(name) };
        assert_eq!(files.message(&request), expected);
    }
    let files = Files::new(&[]);
    assert_eq!(files.message(&files.request("absent.csv")), "absent.csv: no such file");
    let files = Files::new(&[("telco.csv", "x\n")]);
    assert_eq!(files.message(&files.request("telko.csv")), "telko.csv: no such file (did you mean telco.csv?)");
}

#[test]
fn unknown_columns_of_a_request_are_named_all_at_once() {
    let files = Files::new(&[("x.csv", &plain())]);
    let request = DataRequest {
        drop: vec!["aa".into()],
        types: vec![("zzz".into(), ColumnType::Numeric)],
        ..files.request("x.csv")
    };
    assert_eq!(files.message(&request), "x.csv: columns missing: aa, zzz; the file has a, b, y");
    let request = DataRequest { target: None, ..files.request("x.csv") };
    assert_eq!(files.message(&request), "x.csv: which column is the target? --target NAME; the file has a, b, y");
}

#[test]
fn a_stray_text_among_numbers_is_read_as_missing_and_said() {
    let table = format!("x,y\n{}oops,1\n", rows(60, |i| format!("{}.5,{}", i * 3, i % 2)));
    let files = Files::new(&[("x.csv", &table)]);
    let dataset = load(&files.request("x.csv")).unwrap();
    let notice = &dataset.notices[0];
    assert!(notice.starts_with("x.csv:62:1: \"oops\" in x is not a number; 1 such cell read as missing"), "{notice}");
    assert!(dataset.table.columns()[0].is_missing(60));
    let asked = DataRequest { types: vec![("x".into(), ColumnType::Numeric)], ..files.request("x.csv") };
    let message = files.message(&asked);
    assert!(
        message.starts_with("x.csv:62:1: column x: \"oops\" is not a number (1 such cell; --na \"oops\""),
        "{message}"
    );
}

#[test]
fn rows_without_a_target_are_left_out_and_said() {
    let files = Files::new(&[("x.csv", &(plain() + "1.5,u,\n\n2.5,v,NA\n"))]);
    let dataset = load(&files.request("x.csv")).unwrap();
    assert_eq!(dataset.table.rows(), 40);
    assert!(
        dataset.notices.contains(&"2 rows of x.csv left out: y is missing (first: line 42)".into()),
        "{:?}",
        dataset.notices
    );
}

#[test]
fn a_regression_target_that_is_no_number_says_where() {
    let table = format!("x,y\n{}7.5,much\n", rows(60, |i| format!("{}.5,{}.25", i * 3, i)));
    let files = Files::new(&[("x.csv", &table)]);
    let message = files.message(&files.request("x.csv"));
    assert!(message.starts_with("x.csv:62:2: target y: \"much\" is not a number"), "{message}");
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
    let with = |test: &str| DataRequest { test: Some(files.path(test)), ..files.request("x.csv") };
    let dataset = load(&with("stop.csv")).unwrap();
    assert_eq!(dataset.split.test.len(), 40);
    assert!(dataset.notices.iter().any(|notice| notice.contains("full stop")));
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

#[test]
fn columns_that_say_nothing_are_set_aside_and_types_bring_them_back() {
    let table = format!(
        "n,key,name,same,void,when,y\n{}",
        rows(60, |i| format!("{},K-{i},the {i}th of all,7,,2024-01-{:02} 12:00,{}", i + 5, i % 28 + 1, i % 2))
    );
    let files = Files::new(&[("x.csv", &table)]);
    let aside =
        |request: &DataRequest| load(request).unwrap().aside.into_iter().map(|(name, _)| name).collect::<Vec<String>>();
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
fn the_same_table_is_read_from_every_wrapping() {
    let files = Files::new(&[("x.csv", &plain())]);
    let expected = load(&files.request("x.csv")).unwrap();
    let crlf = plain().replace('\n', "\r\n");
    std::fs::write(files.path("crlf.csv"), format!("\u{feff}{crlf}")).unwrap();
    std::fs::write(files.path("tab.tsv"), plain().replace(',', "\t")).unwrap();
    std::fs::write(files.path("x.csv.zst"), zstd::encode_all(plain().as_bytes(), 1).unwrap()).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, plain().replace(',', ";").as_bytes()).unwrap();
    std::fs::write(files.path("x.csv.gz"), gzip.finish().unwrap()).unwrap();
    for name in ["crlf.csv", "tab.tsv", "x.csv.zst", "x.csv.gz"] {
        let dataset = load(&files.request(name)).unwrap();
        assert_eq!(dataset.table, expected.table, "{name}");
        assert_eq!(dataset.split, expected.split);
    }
    let bare: String = plain().lines().skip(1).map(|line| format!("{line}\n")).collect();
    std::fs::write(files.path("bare.csv"), bare).unwrap();
    let request = DataRequest { header: false, target: Some("c3".into()), ..files.request("bare.csv") };
    let dataset = load(&request).unwrap();
    assert_eq!(dataset.table.columns()[1].name, "c2");
    assert_eq!(dataset.target.values, expected.target.values);
}

#[test]
fn a_fingerprint_ignores_order_path_and_seed_and_sees_every_cell() {
    let files = Files::new(&[("x.csv", &plain()), ("moved.csv", &plain())]);
    let dataset = load(&files.request("x.csv")).unwrap();
    let moved = load(&DataRequest { seed: 9, ..files.request("moved.csv") }).unwrap();
    assert_eq!(dataset.fingerprint(&[3, 1, 2]), moved.fingerprint(&[1, 2, 3]));
    assert_ne!(dataset.fingerprint(&[1, 2]), dataset.fingerprint(&[1, 2, 3]));
    let changed = plain().replacen("1.5,v", "1.25,v", 1);
    std::fs::write(files.path("changed.csv"), changed).unwrap();
    let changed = load(&files.request("changed.csv")).unwrap();
    let all: Vec<u32> = (0..40).collect();
    assert_ne!(dataset.fingerprint(&all), changed.fingerprint(&all));
    assert_eq!(dataset.fingerprint(&all).len(), 64);
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

#[test]
fn damaged_files_are_refused_in_one_line() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, plain().as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let files = Files::new(&[]);
    std::fs::write(files.path("cut.csv.gz"), &gzip[..gzip.len() / 2]).unwrap();
    std::fs::write(files.path("bad.parquet"), b"PAR1 and nothing of the kind").unwrap();
    std::fs::write(files.path("zeros.csv"), [0; 100]).unwrap();
    for name in ["cut.csv.gz", "bad.parquet", "zeros.csv"] {
        let message = files.message(&files.request(name));
        assert!(message.starts_with(name) && !message.contains('\n'), "{message}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_a_file_holds_reading_ends_in_a_table_or_in_one_line(
        text in "(a,b,y\n)?([0-9a-z.\"';,\\-+é\0 \t|]{0,12}[,;\n\r]){0,80}"
    ) {
        let files = Files::new(&[("x.csv", &text)]);
        match load(&files.request("x.csv")) {
            Ok(dataset) => {
                let (pipeline, _) = Pipeline::fit(&dataset, &dataset.split.train, Normalize::Auto).unwrap();
                let examples = pipeline.examples(&dataset, dataset.split.train.as_slice());
                proptest::prop_assert!(examples.source.numbers().iter().all(|number| number.is_finite()));
            }
            Err(error) => proptest::prop_assert!(!error.to_string().trim_end().is_empty()),
        }
    }

    #[test]
    fn hard_numbers_neither_overflow_nor_vanish(
        numbers in proptest::collection::vec(proptest::num::f64::ANY, 30..60), normalize in 0usize..4
    ) {
        let table: String = numbers.iter().enumerate().map(|(i, x)| format!("{x:e},{},{}\n", i % 3, i % 2)).collect();
        let files = Files::new(&[("x.csv", &format!("a,b,y\n{table}"))]);
        let normalize = [Normalize::Auto, Normalize::Standard, Normalize::Robust, Normalize::Off][normalize];
        match load(&files.request("x.csv")) {
            Ok(dataset) => {
                let (pipeline, _) = Pipeline::fit(&dataset, &dataset.split.train, normalize).unwrap();
                let all: Vec<u32> = (0..dataset.table.rows() as u32).collect();
                let examples = pipeline.examples(&dataset, &all);
                proptest::prop_assert!(examples.source.numbers().iter().all(|number| number.is_finite()));
                let text = serde_json::to_string(&pipeline).unwrap();
                proptest::prop_assert_eq!(serde_json::from_str::<Pipeline>(&text).unwrap(), pipeline);
            }
            Err(error) => proptest::prop_assert!(error.to_string().contains("infinite"), "{}", error),
        }
    }
}

#[test]
fn columns_of_one_value_are_kept_to_compare_files_that_all_have_them() {
    let table = |same: &str| format!("same,seven,x,y\n{}", rows(12, |i| format!("{same},7,{},{}", i * i % 17, i % 2)));
    let files = Files::new(&[("x.csv", &table("a")), ("dev.csv", &table("b")), ("test.csv", "same,x,y\na,1,0\n")]);
    let request = DataRequest { dev: Some(files.path("dev.csv")), keep_constant: true, ..files.request("x.csv") };
    let names = |dataset: &Dataset| dataset.table.columns().iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    let dataset = load(&request).unwrap();
    assert_eq!(names(&dataset), ["same", "seven", "x"]);
    assert_eq!(dataset.table.column("same").unwrap().category(12), Some("b"));
    assert_eq!(dataset.used_columns().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["x"]);
    assert_eq!(dataset.aside.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["same", "seven"]);
    let with_test = DataRequest { test: Some(files.path("test.csv")), ..request.clone() };
    assert_eq!(names(&load(&with_test).unwrap()), ["same", "x"]);
    // A file alone is the same in them everywhere.
    assert_eq!(names(&load(&DataRequest { dev: None, ..request }).unwrap()), ["x"]);
}
