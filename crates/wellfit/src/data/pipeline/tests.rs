//! The pipeline knows train and nothing else.

use proptest::prelude::*;

use super::*;
use crate::data::{DataRequest, FeatureKind, Normalize, Values, load};

fn dataset(text: &str) -> Dataset {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    std::fs::write(&path, text).unwrap();
    load(&DataRequest { source: path.into(), target: Some("y".into()), ..DataRequest::default() }).unwrap()
}

fn mixed(rows: usize) -> Dataset {
    let rows: String = (0..rows)
        .map(|i| {
            let number = if i % 9 == 0 { String::new() } else { format!("{}.5", i * 37 % 101) };
            let many = format!("m{}", i * 7 % 23);
            format!(
                "{number},{},{},{many},20{:02}-03-{:02},{}.5\n",
                ["u", "v"][i % 2],
                i % 5,
                i % 24,
                i % 28 + 1,
                i % 13
            )
        })
        .collect();
    dataset(&format!("number,pair,code,many,day,y\n{rows}"))
}

fn fitted(dataset: &Dataset) -> Pipeline {
    Pipeline::fit(dataset, &dataset.split.train, Normalize::Auto).unwrap().0
}

/// Replaces cells of rows outside train by `junk`.
fn spoiled(dataset: &Dataset, junk: f32) -> Dataset {
    let mut spoiled = dataset.clone();
    let others: Vec<u32> = dataset.split.dev.iter().chain(&dataset.split.test).copied().collect();
    let columns = dataset.table.columns().iter().cloned().map(|mut column| {
        match &mut column.values {
            Values::Numbers(numbers) => {
                let cell = |(row, number)| if others.contains(&(row as u32)) { f64::from(junk) } else { number };
                *numbers = numbers.iter().enumerate().map(cell).collect();
            }
            Values::Bytes(cells) => others.iter().for_each(|&row| cells[row as usize] = junk as u8),
            Values::Categorical { codes, categories } => {
                others.iter().for_each(|&row| codes[row as usize] = categories.len() as u32);
                categories.push("~ never seen in train".into());
            }
        }
        column
    });
    spoiled.table = Table::new(dataset.table.rows(), columns.collect());
    if let TargetValues::Numbers(numbers) = &mut spoiled.target.values {
        others.iter().for_each(|&row| numbers[row as usize] = f64::from(junk));
    }
    spoiled
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn nothing_outside_train_reaches_the_pipeline(junk in -1e9f32..1e9, rows in 40usize..120) {
        let dataset = mixed(rows);
        let pipeline = fitted(&dataset);
        let other = spoiled(&dataset, junk);
        prop_assert_eq!(&pipeline, &fitted(&other));
        // And whatever stands there, the network sees finite numbers and known codes.
        let examples = pipeline.examples(&other, &other.split.test);
        prop_assert!(examples.source.numbers().iter().all(|number| number.is_finite()));
        prop_assert!(examples.source.codes().iter().all(|&code| code == 0));
    }
}

#[test]
fn every_kind_of_column_gets_its_inputs() {
    let dataset = mixed(100);
    let pipeline = fitted(&dataset);
    // number and indicator, pair, code, day (time, year, week); many is embedded.
    let features = pipeline.features();
    assert_eq!((features.numbers(), features.categories().collect::<Vec<_>>()), (2 + 1 + 1 + 5, vec![24]));
    let examples = pipeline.examples(&dataset, dataset.split.train.as_slice());
    assert_eq!(examples.source.numbers().len(), 60 * 9);
    let pair: Vec<f32> = examples.source.numbers().iter().skip(2).step_by(9).copied().collect();
    assert!(pair.iter().all(|&x| x.abs() == 1.0));
    let code: Vec<f32> = examples.source.numbers().iter().skip(3).step_by(9).copied().collect();
    assert!(code.iter().sum::<f32>().abs() < 1e-4);
}

#[test]
fn features_and_steps_say_what_became_of_each_column() {
    let pipeline = fitted(&mixed(100));
    let features = pipeline.features();
    let named: Vec<(&str, FeatureKind, std::ops::Range<usize>)> =
        features.iter().map(|feature| (feature.column.as_str(), feature.kind, feature.range.clone())).collect();
    assert_eq!(
        named,
        [
            ("number", FeatureKind::Number, 0..1),
            ("number", FeatureKind::Indicator, 1..2),
            ("pair", FeatureKind::OneHot, 2..3),
            ("code", FeatureKind::Number, 3..4),
            ("many", FeatureKind::Category { count: 24 }, 0..1),
            ("day", FeatureKind::Number, 4..5),
            ("day", FeatureKind::Cyclic, 5..9),
        ]
    );
    let steps: Vec<Step<'_>> = pipeline.steps().collect();
    assert_eq!(steps.iter().map(|step| step.column).collect::<Vec<_>>(), pipeline.columns());
    let Encoding::Binary(pair) = steps[1].encoding else { panic!("{:?}", steps[1]) };
    assert_eq!(pair.categories, ["u", "v"]);
}

#[test]
fn the_order_of_the_file_leaves_no_trace() {
    let text = |order: &dyn Fn(usize) -> usize| {
        let rows: String =
            (0..60).map(order).map(|i| format!("{}.5,{},{}.5\n", i * i % 31, ["z", "m", "a", "q"][i % 4], i)).collect();
        format!("number,letter,y\n{rows}")
    };
    let all = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, text).unwrap();
        let split = "100/0/0".parse().unwrap();
        let dataset =
            load(&DataRequest { source: path.into(), target: Some("y".into()), split, ..DataRequest::default() })
                .unwrap();
        fitted(&dataset)
    };
    let (forward, backward) = (all(&text(&|i| i)), all(&text(&|i| 59 - i)));
    assert_eq!(forward.inputs[1], backward.inputs[1]);
    assert_eq!(forward.features(), backward.features());
}

#[test]
fn a_pipeline_survives_json_bit_for_bit() {
    let pipeline = fitted(&mixed(100));
    let text = serde_json::to_string(&pipeline).unwrap();
    assert_eq!(serde_json::from_str::<Pipeline>(&text).unwrap(), pipeline);
}

#[test]
fn new_data_need_the_used_columns_and_nothing_else() {
    let dataset = mixed(100);
    let pipeline = fitted(&dataset);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.csv");
    std::fs::write(&path, "extra,day,many,code,pair,number\nx,2020-01-01,other,3,u,1.5\nx,,,,,\n").unwrap();
    let table = pipeline.read(&path.clone().into()).unwrap().table;
    let examples = pipeline.apply(&table, &[0, 1]);
    assert_eq!(examples.rows(), 2);
    assert!(examples.source.numbers().iter().all(|number| number.is_finite()));
    std::fs::write(&path, "day,numbr\n2020-01-01,1.5\n").unwrap();
    let message = pipeline.read(&path.clone().into()).unwrap_err().to_string();
    assert!(message.contains("columns missing: number (did you mean numbr?), pair, code, many;"), "{message}");
    let row = "2020-01-01,other,3,u";
    std::fs::write(&path, format!("day,many,code,pair,number\n{row},1,5\n{row},lots\n").replace("1,5", "\"1,5\""))
        .unwrap();
    let read = pipeline.read(&path.clone().into()).unwrap();
    assert_eq!(read.table.column("number").unwrap().number(0), 1.5);
    assert!(read.table.column("number").unwrap().is_missing(1));
    let told: Vec<String> = read.notices.iter().map(ToString::to_string).collect();
    assert!(
        told[0].contains("new.csv:3:5: \"lots\" in number is not a number; 1 such cell treated as missing"),
        "{told:?}"
    );
    std::fs::write(&path, format!("day,many,code,pair,number\n{row},lots\n")).unwrap();
    let message = pipeline.read(&path.clone().into()).unwrap_err().to_string();
    assert!(message.contains("new.csv:2:5: column number: 1 of 1 cells are no numbers, such as \"lots\""), "{message}");
}

#[test]
fn another_labelled_file_is_scored_with_the_same_target() {
    let text: String = (0..40).map(|i| format!("{}.5,{}\n", i % 7, ["no", "yes"][i % 2])).collect();
    let dataset = dataset(&format!("a,y\n{text}"));
    let pipeline = fitted(&dataset);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.csv");
    std::fs::write(&path, "y,a\nyes.,1.5\n,2.5\nno.,3.5\n").unwrap();
    let LabelledTable { table, target, notices } = pipeline.read_labelled(&path.clone().into()).unwrap();
    assert_eq!(target.values, TargetValues::Classes(vec![1, 0]));
    assert_eq!(notices.len(), 2);
    let examples = pipeline.labelled(&table, &target, &[0, 1]);
    assert_eq!(examples.targets, Targets::Classes(vec![1, 0]));
    std::fs::write(&path, "y,a\nmaybe,1.5\n").unwrap();
    let message = pipeline.read_labelled(&path.clone().into()).unwrap_err().to_string();
    assert!(message.contains("maybe") && message.contains("no, yes"), "{message}");
}

#[test]
fn a_regression_target_is_standardised_on_train() {
    let dataset = mixed(100);
    let pipeline = fitted(&dataset);
    let train = pipeline.examples(&dataset, dataset.split.train.as_slice());
    let Targets::Values(values) = train.targets else { panic!("regression has values") };
    assert!(values.iter().sum::<f32>().abs() < 1e-4);
    let (low, high) = pipeline.target_range();
    assert!(low >= 0.5 && high <= 12.5 && low < high);
    let (before, after) = pipeline.conditioning();
    assert!(before > after && after >= 1.0);
}
