//! Everyday ways to write a table, each with the values that it means. The reports of other projects behind them are named where
//! they tell what went wrong.

use super::*;
use crate::data::notation::dates;

/// Files, and what their first rows mean.
fn assert_numbers(write: impl Fn(usize) -> String, expected: &[f64]) {
    let found = numbers(&with_x((0..60).map(write)));
    for (found, expected) in found.iter().zip(expected) {
        assert!(found == expected || found.is_nan() && expected.is_nan(), "{found} {expected}");
    }
}

// tidyverse/readr#799, pandas-dev/pandas#59299, biolab/orange3#3875.
#[test]
fn numbers_are_read_as_people_write_them() {
    let half = |i: usize| format!("{},{}", i, 5 * (i % 2));
    assert_numbers(|i| if i % 3 == 0 { i.to_string() } else { half(i) }, &[0.0, 1.5, 2.0, 3.0, 4.0, 5.5]);
    assert_numbers(
        |i| if i % 2 == 0 { (7 * i).to_string() } else { format!("{i},234") },
        &[0.0, 1_234.0, 14.0, 3_234.0],
    );
    assert_numbers(|i| format!("{}.{:03},{}", i + 1, 7 * i, 25), &[1_000.25, 2_007.25, 3_014.25]);
    assert_numbers(|i| format!("$ {}", 3 * i), &[0.0, 3.0, 6.0]);
    assert_numbers(|i| format!("{} %", i / 2), &[0.0, 0.0, 1.0]);
    let (_, told) = x(&with_x((0..60).map(|i| if i % 3 == 0 { format!("0.{i}") } else { format!("{i}.5%") })));
    assert!(told.iter().any(|told| told.starts_with("x: 40 cells have a % and 20 have none")), "{told:?}");
    assert_numbers(|i| format!("\u{2212}{i}.5"), &[-0.5, -1.5, -2.5]);
    assert_numbers(|i| if i % 2 == 0 { format!("({i}.00)") } else { format!("{i}.25") }, &[0.0, 1.25, -2.0, 3.25]);
    assert_numbers(|i| format!("{}-", 2 * i), &[0.0, -2.0, -4.0]);
    assert_numbers(|i| format!("{}\u{202f}{:03},5", i + 1, 9 * i), &[1_000.5, 2_009.5, 3_018.5]);
    assert_numbers(|i| format!("1.{:02}D+02", i / 2), &[100.0, 100.0, 101.0]);
    assert_numbers(|i| format!("{}'{:03}", i + 1, i), &[1_000.0, 2_001.0, 3_002.0]);
}

// mindshub#86, dotnet/machinelearning#5235, opendp/dp-wizard#441.
#[test]
fn words_among_numbers_are_missing_whatever_their_share() {
    for word in ["None", "\\N", "#N/A", ".", "-", "NaT", "unknown", "n.a.", "#DIV/0!"] {
        let (column, told) =
            x(&with_x((0..200).map(|i| if i % 5 == 0 { word.to_owned() } else { format!("{}.5", i * i) })));
        assert_eq!(column.kind, ColumnType::Numeric, "{word}: {told:?}");
        assert!(column.is_missing(0) && column.number(1) == 1.5, "{word}");
    }
    for word in ["<0.5", "below", ">=90"] {
        let (column, told) =
            x(&with_x((0..200).map(|i| if i % 7 == 0 { word.to_owned() } else { format!("{}.5", i * i) })));
        assert_eq!(column.kind, ColumnType::Numeric, "{word}: {told:?}");
        assert!(
            told.iter().any(|told| told.contains(&format!("\"{word}\" in x is not a number; 29 such cells"))),
            "{told:?}"
        );
    }
    // Few values and a word are categories.
    let (column, _) = x(&with_x((0..200).map(|i| ["1", "2", "other"][i % 3].to_owned())));
    assert_eq!(column.kind, ColumnType::Categorical);
}

// bxparks/bigquery-schema-generator#19, mysqljs/mysql#1040, spiceai/spiceai#4660.
#[test]
fn dates_are_read_as_systems_write_them() {
    let day = |i: usize| 86_400.0 * (19_723 + i) as f64;
    let of =
        |format: &str, i: usize| chrono::DateTime::from_timestamp(day(i) as i64, 0).unwrap().format(format).to_string();
    for format in [
        "%Y-%m-%d %H:%M:%S UTC",
        "%m/%d/%Y",
        "%d/%m/%Y",
        "%d-%b-%y",
        "%Y%m%d",
        "%d.%m.%Y",
        "%B %d, %Y",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%m/%d/%Y %I:%M:%S %p",
        "%Y-%m-%dT%H:%M:%S+00:00[UTC]",
    ] {
        let (column, told) = x(&with_x((0..90).map(|i| of(format, i))));
        assert_eq!(column.kind, ColumnType::Datetime, "{format}: {told:?}");
        assert_eq!((column.number(0), column.number(40)), (day(0), day(40)), "{format}: {told:?}");
    }
    for no_date in ["0000-00-00", "NaT", "9999-12-31", "soon"] {
        let cells = (0..90).map(|i| if i == 7 { no_date.to_owned() } else { of("%Y-%m-%d", i) });
        let (column, told) = x(&with_x(cells));
        assert_eq!(column.kind, ColumnType::Datetime, "{no_date}: {told:?}");
        assert!(column.is_missing(7) && column.number(8) == day(8), "{no_date}");
    }
    // Nothing says which number is the day.
    let ambiguous = (0..60).map(|i| format!("{:02}/{:02}/{}", 1 + i % 12, 1 + i % 11, 1960 + i));
    let files = with_x(ambiguous.clone());
    let told = load(&files.request("x.csv")).unwrap_err().to_string();
    assert!(
        told.contains("x looks like dates, but 02/02/1961") || told.contains("may be day or month first"),
        "{told}"
    );
    let typed = DataRequest { types: vec![("x".into(), ColumnType::Datetime)], ..files.request("x.csv") };
    assert!(load(&typed).unwrap_err().to_string().contains("may be day or month first"));
    assert_eq!(dates::compact(20_240_230.0), None);
}

#[test]
fn counts_since_1970_are_dates_where_that_is_asked() {
    for (unit, times) in [("s", 1u64), ("ms", 1_000), ("us", 1_000_000), ("ns", 1_000_000_000)] {
        let files = with_x((0..60).map(|i| ((1_700_000_000 + 86_400 * i) * times).to_string()));
        let request = DataRequest { types: vec![("x".into(), ColumnType::Datetime)], ..files.request("x.csv") };
        let data = load(&request).unwrap();
        assert_eq!(data.table.column("x").unwrap().number(2), 1_700_172_800.0, "{unit}");
    }
}

// nao1215/filesql#379, dathere/qsv#3938, fastai/fastai#1008.
#[test]
fn identities_keep_their_digits() {
    let ids = |i: usize| 9_007_199_254_740_993 + (i as u64 % 3);
    let rows = rows(60, |i| format!("{}.5,{}", i % 7, ids(i)));
    let files = Files::new(&[("x.csv", &format!("x,y\n{rows}"))]);
    let data = load(&files.request("x.csv")).unwrap();
    assert_eq!(data.target.classes, ["9007199254740993", "9007199254740994", "9007199254740995"]);
    let padded = super::rows(60, |i| format!("{}.5,{:03}", i % 7, i % 4));
    let files = Files::new(&[("x.csv", &format!("x,y\n{padded}"))]);
    assert_eq!(load(&files.request("x.csv")).unwrap().target.classes, ["000", "001", "002", "003"]);
    let (column, told) = x(&with_x((0..60).map(|i| format!("{:05}", 501 + 999 * (i % 9)))));
    assert_eq!((column.kind, column.category(0)), (ColumnType::Categorical, Some("00501")));
    assert!(told.iter().any(|told| told == "x read as codes (zeros in front)"), "{told:?}");
    let groups = super::rows(80, |i| format!("{}.5,{},{}", i % 7, 1_000_000_000_000_000_000 + (i as u64 % 8), i % 2));
    let files = Files::new(&[("x.csv", &format!("x,g,y\n{groups}"))]);
    let request = DataRequest { group: Some("g".into()), ..files.request("x.csv") };
    let data = load(&request).unwrap();
    let groups: std::collections::HashSet<u32> = data.groups.unwrap().into_iter().collect();
    assert_eq!(groups.len(), 8);
}

// h2oai/h2o-3#4098, sparkling-water#2711, etsi-ai/etna#55.
#[test]
fn one_value_has_one_spelling() {
    let (column, _) = x(&with_x((0..60).map(|i| ["True", "false", "TRUE", "False"][i % 4].to_owned())));
    assert_eq!(
        (column.category(0), column.category(2), column.category(1)),
        (Some("true"), Some("true"), Some("false"))
    );
    let (column, _) = x(&with_x((0..60).map(|i| ["True", "0", "1", "False"][i % 4].to_owned())));
    assert_eq!((column.category(1), column.category(2)), (Some("false"), Some("true")));
    let labels = rows(60, |i| format!("{}.5,{}", i % 7, ["yes", "No", "Yes", "no", "YES", "no"][i % 6]));
    let files = Files::new(&[("x.csv", &format!("x,y\n{labels}"))]);
    assert_eq!(load(&files.request("x.csv")).unwrap().target.classes, ["no", "yes"]);
    let colours = rows(60, |i| format!("{}.5,{}", i % 7, ["Red", "red", "blue", "dark  green", "dark green"][i % 5]));
    let files = Files::new(&[("x.csv", &format!("x,y\n{colours}"))]);
    let told: Vec<String> = load(&files.request("x.csv")).unwrap().notices.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|told| told.contains("dark  green, dark green · Red, red")), "{told:?}");
}

// datasets/country-codes#91, gshs-ornl/wbstats#26.
#[test]
fn a_missing_word_can_be_a_class() {
    let rows = rows(60, |i| format!("{}.5,{}", i % 7, ["NA", "EU", "AS"][i % 3]));
    let files = Files::new(&[("x.csv", &format!("x,y\n{rows}"))]);
    let data = load(&files.request("x.csv")).unwrap();
    assert_eq!(data.target.classes.len(), 2);
    let told: Vec<String> = data.notices.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|told| told.contains("33% of y are \"NA\"") && told.contains("--keep-na y")), "{told:?}");
    for keep_words in [KeepWords::All, KeepWords::Columns(vec!["y".into()])] {
        let data = load(&DataRequest { keep_words, ..files.request("x.csv") }).unwrap();
        assert_eq!(data.target.classes, ["AS", "EU", "NA"]);
    }
}

// PNNL-CompBio/coderdata#161, PowerShell/PowerShell#7776, shenwei356/csvtk#13, mechatroner/vscode_rainbow_csv#108.
#[test]
fn what_is_no_row_is_passed_over() {
    let plain = || rows(40, |i| format!("{}.5,{},{}", i * i % 17, i * 7 % 13, ["no", "yes"][i % 2]));
    let known = load(&Files::new(&[("x.csv", &format!("a,b,y\n{}", plain()))]).request("x.csv")).unwrap();
    let joined = format!("a,b,y\n{}a,b,y\n", plain());
    for text in [
        joined,
        format!("sep=,\na,b,y\n{}", plain()),
        format!("# exported\n# by hand\na,b,y\n{}", plain()),
        format!("a,b,y\nm,kg,-\n{}", plain()),
        format!("a,b,y\n{}", plain().replace('\n', ",\n")),
        format!("sep=;\na;b;y\n{}", plain().replace(',', ";")),
        format!("a;b;y\n{}", plain().replace(',', ";").replace('.', ",")),
    ] {
        let files = Files::new(&[("x.csv", &text)]);
        let data = load(&files.request("x.csv")).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(
            (&data.table.columns()[0].values, &data.target.values),
            (&known.table.columns()[0].values, &known.target.values),
            "{text}"
        );
    }
}

// pandas-dev/pandas#12443, capitalone/DataProfiler#196.
#[test]
fn in_a_table_of_one_column_an_empty_line_is_a_row() {
    let train =
        rows(40, |i| format!("{},{}", if i % 9 == 0 { String::new() } else { format!("{}.5", i * i % 17) }, i % 2));
    let files = Files::new(&[("x.csv", &format!("x,y\n{train}")), ("new.csv", "x\n1\n\n2\n\n\n3\n\n")]);
    let data = load(&files.request("x.csv")).unwrap();
    let (pipeline, _) = Pipeline::fit(&data, &data.split.train, Normalize::Auto).unwrap();
    let new = pipeline.read(&files.path("new.csv").into()).unwrap().table;
    let cells: Vec<String> = (0..new.rows() as u32).map(|row| new.columns()[0].number(row).to_string()).collect();
    assert_eq!(cells, ["1", "NaN", "2", "NaN", "NaN", "3"]);
}

// milvus-io/milvus#33197, microsoft/FLAML#549, dotnet/machinelearning#3977.
#[test]
fn an_index_is_set_aside_and_an_amount_is_not() {
    for name in ["", "__index_level_0__", "Unnamed: 0", "index"] {
        let rows = rows(60, |i| format!("{},{}.5,{}", 3 * i + i % 2, i * i % 17, i % 2));
        let files = Files::new(&[("x.csv", &format!("{name},c1,y\n{rows}"))]);
        let data = load(&files.request("x.csv")).unwrap();
        let used: Vec<&str> = data.used_columns().map(|column| column.name.as_str()).collect();
        assert_eq!(used, ["c1"], "{name}");
    }
    let rows = rows(60, |i| format!("{}.25,{}", 1_000 + 37 * i, i % 2));
    let files = Files::new(&[("x.csv", &format!("AMT_PAID,y\n{rows}"))]);
    assert_eq!(load(&files.request("x.csv")).unwrap().used_columns().count(), 1);
}

// PriorLabs/TabPFN#563, dnouri/nolearn#152.
#[test]
fn targets_of_every_size_keep_their_digits() {
    for (scale, offset) in [(1.0, 1_700_000_000.0), (1e-45, 0.0), (1e30, 0.0), (1e-3, 1.0)] {
        let target = |i: usize| offset + scale * (i * i % 97) as f64;
        let rows = rows(60, |i| format!("{}.5,{:e}", i % 7, target(i)));
        let files = Files::new(&[("x.csv", &format!("x,y\n{rows}"))]);
        let request = DataRequest { task: Some(Task::Regression), ..files.request("x.csv") };
        let data = load(&request).unwrap();
        let TargetValues::Numbers(numbers) = &data.target.values else { panic!("numbers") };
        assert!(numbers.iter().enumerate().all(|(i, number)| *number == target(i)), "{scale} {offset}");
    }
}

// scikit-learn/scikit-learn#33085 and #33176.
#[test]
fn splits_that_cannot_judge_say_so() {
    let of = |text: &str, request: &dyn Fn(DataRequest) -> DataRequest| {
        let files = Files::new(&[("x.csv", text)]);
        load(&request(files.request("x.csv")))
            .map(|data| data.notices.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let grouped = |request: DataRequest| DataRequest { group: Some("g".into()), ..request };
    let timed = |request: DataRequest| DataRequest { time: Some("t".into()), task: Some(Task::Regression), ..request };
    let gaps =
        format!("x,g,y\n{}", rows(60, |i| format!("{}.5,{},{}", i % 7, if i % 2 == 0 { "" } else { "ab" }, i % 2)));
    assert!(of(&gaps, &grouped).unwrap().iter().any(|told| told.starts_with("30 rows have no g")), "{gaps}");
    let one = format!("x,g,y\n{}", rows(60, |i| format!("{}.5,a,{}", i % 7, i % 2)));
    assert!(of(&one, &grouped).unwrap().iter().any(|told| told.contains("one g alone")), "{one}");
    let flat = format!("x,t,y\n{}", rows(60, |i| format!("{}.5,{i},{}", i % 7, if i < 50 { 0.0 } else { i as f64 })));
    assert!(of(&flat, &timed).unwrap_err().to_string().starts_with("y is 0 in every row of train"));
    let same = format!("x,t,y\n{}", rows(60, |i| format!("{}.5,7,{i}.5", i % 7)));
    assert!(of(&same, &timed).unwrap_err().to_string().contains("every row has the same time"));
    let tied = format!("x,t,y\n{}", rows(60, |i| format!("{}.5,{},{i}.5", i % 7, i / 10)));
    assert!(of(&tied, &timed).unwrap().iter().all(|told| !told.contains("same")));
    let cut = format!("x,t,y\n{}", rows(60, |i| format!("{}.5,{},{i}.5", i % 7, i / 30)));
    assert!(
        of(&cut, &timed).unwrap().iter().any(|told| told.contains("both sides of the cut")),
        "{:?}",
        of(&cut, &timed)
    );
}

#[test]
fn times_of_day_and_spans_are_seconds_in_text_as_in_parquet() {
    assert_numbers(|i| format!("{:02}:{:02}", i % 24, i), &[0.0, 3_660.0, 7_320.0]);
    assert_numbers(|i| format!("{}:{:02}:{:02}.5", 20 + i, i, 7), &[72_007.5, 75_667.5]);
    assert_numbers(
        |i| if i % 9 == 4 { "-".into() } else { format!("{} days {:02}:00:00", i, i % 24) },
        &[0.0, 90_000.0],
    );
    let (scores, _) = x(&with_x((0..60).map(|i| format!("{}:{}", i % 4, i % 3))));
    assert_eq!(scores.kind, ColumnType::Categorical);
}

#[test]
fn yes_and_no_are_one_category_each_however_they_are_written() {
    let (column, _) =
        x(&with_x((0..120).map(|i| ["yes", "Yes", "YES", "no", "No", "maybe", "Maybe", "yes"][i % 8].to_owned())));
    let Values::Categorical { categories, .. } = &column.values else { panic!("{:?}", column.kind) };
    assert_eq!(categories, &["Maybe", "maybe", "no", "yes"]);
    assert_eq!((column.category(1), column.category(4)), (Some("yes"), Some("no")));
}

#[test]
fn parts_that_are_far_from_what_was_asked_are_named() {
    let told = |owner: &dyn Fn(usize) -> usize| -> Vec<String> {
        let row = |i: usize| format!("{}.5,g{},{}\n", i * 37 % 101, owner(i), ["no", "yes"][i % 2]);
        let files = Files::new(&[("x.csv", &format!("x,owner,y\n{}", (0..200).map(row).collect::<String>()))]);
        let request = DataRequest { group: Some("owner".into()), ..files.request("x.csv") };
        load(&request).unwrap().notices.iter().map(ToString::to_string).collect()
    };
    let uneven = told(&|i| if i < 150 { 0 } else { i });
    assert!(uneven.iter().any(|told| told.contains("% of rows, not ")), "{uneven:?}");
    let even = told(&|i| i / 5);
    assert!(even.iter().all(|told| !told.contains("of rows, not")), "{even:?}");
}

#[test]
fn more_classes_than_memory_holds_are_refused_before_training() {
    let rows: String = (0..70_000).map(|i| format!("{}.5,c{}\n", i % 101, i % 23_000)).collect();
    let files = Files::new(&[("x.csv", &format!("x,y\n{rows}"))]);
    let problem = load(&files.request("x.csv")).unwrap_err().to_string();
    assert!(
        problem.starts_with("y has 23,000 classes, and a part has ") && problem.contains("merge rare"),
        "{problem}"
    );
}

#[test]
fn a_target_of_answers_in_every_spelling_and_with_a_word_for_none_is_read_or_said() {
    let of = |cells: &[&str], keep: bool| {
        let rows: String = (0..120).map(|i| format!("{}.5,{}\n", i * 37 % 101, cells[i % cells.len()])).collect();
        let files = Files::new(&[("x.csv", &format!("x,y\n{rows}"))]);
        let keep_words = if keep { KeepWords::Columns(vec!["y".into()]) } else { KeepWords::default() };
        let data = load(&DataRequest { keep_words, ..files.request("x.csv") }).unwrap();
        (data.target.classes.clone(), data.notices.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(of(&["0", "1", "true", "TRUE", "TRUE"], false).0, ["0", "TRUE"]);
    assert_eq!(of(&["FALSE", "TRUE", "0", "1"], false).0, ["FALSE", "TRUE"]);
    assert_eq!(of(&["1", "01", "x"], false).0, ["01", "1", "x"]);
    let (classes, told) = of(&["0", "unknown", "1"], false);
    assert_eq!(classes, ["0", "1"]);
    assert!(told.iter().any(|told| told.starts_with("33% of y are \"unknown\"")), "{told:?}");
    assert_eq!(of(&["0", "unknown", "1"], true).0, ["0", "1", "unknown"]);
}
