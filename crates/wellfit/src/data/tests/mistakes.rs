//! What is wrong with a file or a request is said in one line.

use super::*;

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
        ("twice.csv", long("y,y\n"), "twice.csv: two columns have the name y; give each its own"),
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
            "infinite.csv:32:1: column x: a number that is infinite or too large; write it as missing (--na inf reads it so) or pass --types x=categorical",
        ),
        (
            "numbers.csv",
            rows(30, |i| format!("{i},{}", i % 2)),
            "numbers.csv:1: every column name is a number; add a line of names, or pass --no-header",
        ),
        (
            "nothing.csv",
            format!("x,y\n{}", rows(30, |i| format!("7,{}", i % 2))),
            "nothing.csv: no column is left to learn from: not used: x (the same value in every row)",
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
fn a_regression_target_that_is_no_number_says_where() {
    let table = format!("x,y\n{}7.5,much\n", rows(60, |i| format!("{}.5,{}.25", i * 3, i)));
    let files = Files::new(&[("x.csv", &table)]);
    let message = files.message(&files.request("x.csv"));
    assert!(message.starts_with("x.csv:62:2: target y: \"much\" is not a number"), "{message}");
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
