//! Cells that may mean two things: what decides, and what is said.

use super::*;

// What pima's glucose, california's prices and the class of adult's capital gain hold.
#[test]
fn values_that_may_not_be_what_they_seem_are_said() {
    let suspicious = |cell: &dyn Fn(usize) -> String| -> Vec<String> {
        let (_, told) = x(&with_x((0..400).map(cell)));
        told.into_iter()
            .filter(|told| ["may mean", "cut off", "mostly"].iter().any(|sign| told.contains(sign)))
            .collect()
    };
    let usual = |i: usize| 60.0 + (i * 37 % 101) as f64 + (i % 7) as f64 / 8.0;
    assert!(suspicious(&|i| usual(i).to_string()).is_empty());
    let zeros = suspicious(&|i| if i % 40 == 3 { "0".into() } else { usual(i).to_string() });
    assert_eq!(zeros, ["0 may mean missing: x 10"]);
    let codes = suspicious(&|i| if i % 30 == 3 { "-999".into() } else { usual(i).to_string() });
    assert_eq!(codes, ["-999 may mean missing: x 14"]);
    let nines = suspicious(&|i| if i % 50 == 3 { "9999.0".into() } else { usual(i).to_string() });
    assert_eq!(nines, ["9999 may mean missing: x 8"]);
    let capped = suspicious(&|i| usual(i).min(140.0).to_string());
    assert_eq!(capped, ["perhaps cut off: x at 140 (21%)"]);
    let one = suspicious(&|i| if i % 40 == 3 { usual(i).to_string() } else { "7".into() });
    assert!(one.contains(&"mostly 7 in x (98%)".to_owned()), "{one:?}");
    let word = suspicious(&|i| if i % 30 == 3 { format!("rare{}", i % 4) } else { "usual".into() });
    assert_eq!(word, ["mostly usual in x (96%)"]);
    // Counts begin at zero, amounts may be nothing, grades have a best, answers an exception.
    assert!(suspicious(&|i| (i * i % 23).to_string()).is_empty());
    assert!(
        suspicious(&|i| if i % 3 == 0 { "0".into() } else { ((i * 37 % 101) as f64 / 8.0).to_string() }).is_empty()
    );
    assert!(suspicious(&|i| (5 - (i % 9) / 4).to_string()).is_empty());
    assert!(suspicious(&|i| ["0", "1"][usize::from(i % 25 == 0)].to_owned()).is_empty());
}

#[test]
fn a_number_that_may_have_either_decimal_sign_follows_the_columns_beside_it() {
    let first = |beside: &dyn Fn(usize) -> String, separator: &str| {
        let row = |i: usize| {
            [format!("\"{},{:03}\"", i + 1, 7 * i + 1), beside(i), ["no", "yes"][i % 2].to_owned()].join(separator)
        };
        let rows: String = (0..40).map(|i| row(i) + "\n").collect();
        x(&Files::new(&[("x.csv", &format!("{}\n{rows}", ["x", "z", "y"].join(separator)))]))
    };
    let (comma, _) = first(&|i| format!("\"0,{}\"", i + 1), ",");
    assert_eq!((comma.number(0), comma.number(2)), (1.001, 3.015));
    let (point, _) = first(&|i| format!("0.{}", i + 1), ",");
    assert_eq!((point.number(0), point.number(2)), (1_001.0, 3_015.0));
    let (semicolons, told) = first(&|i| i.to_string(), ";");
    assert_eq!(semicolons.number(2), 3.015);
    assert!(told.iter().any(|told| told.contains("x \"1,001\" → 1.001 (--decimal point: 1001)")), "{told:?}");
}

#[test]
fn a_plain_point_beside_decimal_commas_groups_digits() {
    let row = |i: usize| format!("{}.{:03};\"{},{}\";{}\n", i + 1, 7 * i + 100, i, i % 9, ["no", "yes"][i % 2]);
    let rows: String = (0..40).map(row).collect();
    let (column, told) = x(&Files::new(&[("x.csv", &format!("x;z;y\n{rows}"))]));
    assert_eq!((column.number(0), column.number(2)), (1_100.0, 3_114.0));
    assert!(told.iter().any(|told| told.contains("x \"1.100\" → 1100 (--decimal point: 1.1)")), "{told:?}");
}

#[test]
fn a_column_with_both_signs_says_what_else_its_cells_may_be() {
    let (column, told) = x(&with_x((0..60).map(|i| ["1,5", "3.5", "2,000"][i % 3].to_owned())));
    assert_eq!([0, 1, 2].map(|row| column.number(row)), [1.5, 3.5, 2_000.0]);
    assert_eq!(told.first().map(String::as_str), Some("converted: x \"2,000\" → 2000 (--decimal comma: 2)"));
}

#[test]
fn a_code_with_a_letter_in_it_is_no_power_of_ten() {
    let (column, told) = x(&with_x((0..60).map(|i| ["1E2", "100", "2A3"][i % 3].to_owned())));
    assert_eq!(column.kind, ColumnType::Categorical, "{told:?}");
    assert_eq!([0, 1, 2].map(|row| column.category(row)), [Some("1E2"), Some("100"), Some("2A3")]);
    assert_eq!(numbers(&with_x((0..60).map(|i| format!("{}E2", i + 1))))[1], 200.0);
}

#[test]
fn whole_numbers_too_long_to_count_anything_are_names() {
    let decided = |cell: &dyn Fn(usize) -> u64| {
        let row = |i: usize| format!("{},{},{}", cell(i), i * 7 % 13, ["no", "yes"][i % 2]);
        let data = load(&Files::new(&[("x.csv", &format!("x,z,y\n{}", rows(60, row)))]).request("x.csv")).unwrap();
        data.aside.iter().map(|aside| aside.column.clone()).collect::<Vec<_>>()
    };
    let scattered = |i: usize| (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 2;
    assert_eq!(decided(&|i| 3_000_000_000_000_000_000 + scattered(i) / 8), ["x"]);
    assert_eq!(decided(&|i| 90_071_992_547_409_930 + i as u64 * 7 % 40), ["x"]);
    assert!(decided(&|i| 1_700_000_000_000_000_000 + scattered(i) / 1_000).is_empty());
}

#[test]
fn one_date_in_another_order_is_named_and_many_are_refused() {
    let dates = |other: usize| {
        let cell = move |i: usize| match i < other {
            true => format!("{}/12/2023", 13 + i),
            false => format!("{}/{}/2024", 1 + i % 12, 1 + i % 28),
        };
        x(&with_x((0..80).map(cell)))
    };
    let (column, told) = dates(1);
    assert_eq!((column.kind, column.is_missing(0), column.is_missing(1)), (ColumnType::Datetime, true, false));
    assert!(told.iter().any(|told| told.contains("\"13/12/2023\" in x is no date as the others are")), "{told:?}");
    let row = |i: usize| format!("{}/{}/2024,{},{}", 1 + i * 5 % 28, 1 + i * 3 % 28, i * 7 % 13, ["no", "yes"][i % 2]);
    let files = Files::new(&[("x.csv", &format!("x,z,y\n{}", rows(60, row)))]);
    let told: Vec<String> = load(&files.request("x.csv")).unwrap().notices.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|told| told.contains("some have the day first and some the month")), "{told:?}");
}

#[test]
fn numbers_for_missing_are_seen_beside_each_other() {
    let (_, told) = x(&with_x((0..200).map(|i| match i % 20 {
        3 => (998 + i / 20 % 2).to_string(),
        _ => (18 + i * 37 % 71).to_string(),
    })));
    let expected = "998 may mean missing: x 5 · 999 may mean missing: x 5";
    assert!(told.iter().any(|told| told == expected), "{told:?}");
}

#[test]
fn new_cells_with_another_decimal_sign_than_in_training_are_refused_where_they_are_not_plain() {
    let table = |sign: &str, decimals: usize| {
        let row = |i: usize| format!("{}{sign}{:0decimals$};{}", i + 1, 1 + i, ["no", "yes"][i % 2]);
        format!("x;y\n{}", rows(40, row))
    };
    let more = table(".", 2) + "5.123;no\n";
    let files = Files::new(&[
        ("x.csv", &table(",", 2)),
        ("same.csv", &table(",", 3)),
        ("new.csv", &table(".", 2)),
        ("open.csv", &more),
    ]);
    let data = load(&files.request("x.csv")).unwrap();
    let (pipeline, _) = Pipeline::fit(&data, &data.split.train, Normalize::Auto).unwrap();
    let first = |name: &str| pipeline.read(&files.path(name).into()).map(|new| new.table.columns()[0].number(2));
    assert_eq!((first("same.csv").unwrap(), first("new.csv").unwrap()), (3.003, 3.03));
    let problem = first("open.csv").unwrap_err().to_string();
    assert!(
        problem.contains("column x: \"1.01\" has a decimal point") && problem.contains("\"5.123\" may be either"),
        "{problem}"
    );
}

#[test]
fn short_dates_currencies_and_codes_for_no_answer_are_said() {
    let told = |cell: &dyn Fn(usize) -> String| x(&with_x((0..120).map(cell))).1.join(" | ");
    assert!(told(&|i| format!("{}.3.{}", 1 + i % 28, 30 + i % 60)).contains("converted: x \"1.3.30\" → 2030-03-01"));
    assert!(told(&|i| format!("{}-{:02}", 2001 + i % 10, 2 + i % 10)).contains("x \"2001-02\" → 2001-02-01"));
    assert!(told(&|i| format!("{}{}", ["$", "€"][i % 2], i * 37 % 101)).contains("x holds amounts in $, €"));
    let answer = |i: usize, none: &str| if i % 10 == 3 { none.to_owned() } else { (1 + i * 7 % 5).to_string() };
    for none in ["8888", "99", "88", "-9"] {
        assert!(told(&|i| answer(i, none)).contains(&format!("{none} may mean missing: x 12")), "{none}");
    }
    assert!(!told(&|i| answer(i, "12")).contains("may mean"));
    let (column, _) = x(&with_x((0..60).map(|i| format!("202401{:02}1230{:02}", 1 + i % 28, i))));
    assert_eq!((column.kind, column.number(1)), (ColumnType::Datetime, 1_704_198_601.0));
}
