//! Rare classes: probabilities under class weights, and thresholds chosen on dev, measured on rows nobody has seen.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use wellfit::data::{Column, Table, load};
use wellfit::diagnose::{FindingKind, Verdict};
use wellfit::experiment::settings::{Auto, ClassWeights, Effort};
use wellfit::experiment::{Spec, data_request};
use wellfit::fitted::Fitted;
use wellfit::kernels::random::{Purpose, Stream};
use wellfit::train::{DevChoice, Metric, Metrics, Predictions, Truth};

/// Rows of which a share near `rate` is positive, more so where the inputs are large.
fn table(rows: usize, rate: f64, seed: u64) -> Table {
    let draws = |lane| Stream::new(seed, Purpose::Sample, lane);
    let input = |lane: u64| (0..rows as u64).map(move |row| draws(lane).normal(row)).collect::<Vec<_>>();
    let (a, b, noise) = (input(0), input(1), input(2));
    // Two normal classes that lie 2.8 standard deviations apart.
    let positive: Vec<bool> = (0..rows as u64).map(|row| draws(3).uniform(row) < rate).collect();
    let shifted = |values: Vec<f64>| {
        let shift = |(value, &positive): (f64, &bool)| value + if positive { 2.0 } else { 0.0 };
        values.into_iter().zip(&positive).map(shift).collect::<Vec<_>>()
    };
    Table::new(
        rows,
        vec![
            Column::of_numbers("a", shifted(a)),
            Column::of_numbers("b", shifted(b)),
            Column::of_numbers("noise", noise),
            Column::of_texts("fraud", positive.iter().map(|&positive| Some(if positive { "yes" } else { "no" }))),
        ],
    )
}

fn spec() -> Spec {
    let mut spec = Spec::default();
    spec.network.effort = Effort::Quick;
    spec.data.target = Some("fraud".to_owned());
    spec.data.positive = Some("yes".to_owned());
    spec.network.hidden = Auto::Given(vec![16]);
    spec.training.epochs = Auto::Given(20);
    spec.training.probes = Auto::Given(wellfit::experiment::settings::Switch::Off);
    spec
}

fn scores(fitted: &mut Fitted, fresh: &Table) -> (Metrics, Predictions) {
    let fraud = fresh.column("fraud").unwrap();
    let truth = (0..fresh.rows() as u32).map(|row| u32::from(fraud.category(row) == Some("yes"))).collect();
    let predictions = fitted.predict(fresh);
    (Metrics::measure(&predictions, &Truth::Classes(truth), &[]), predictions)
}

#[test]
fn probabilities_under_class_weights_are_those_of_the_data() {
    let mut spec = spec();
    spec.training.class_weights = ClassWeights::Balanced;
    let mut fitted = wellfit::fit(table(20_000, 0.1, 1), &spec).unwrap();
    let (metrics, predictions) = scores(&mut fitted, &table(20_000, 0.1, 2));
    let positive = predictions.positive_scores();
    let mean = positive.iter().map(|&p| f64::from(p)).sum::<f64>() / positive.len() as f64;
    // As weighed in training the mean would be near 0.17; a fifth of the rate for what the network has not learned.
    assert!((0.08..0.12).contains(&mean), "{mean}");
    // The class given is still the one that balanced classes ask for.
    assert!((0.06..0.15).contains(&metrics.threshold.unwrap()), "{metrics:?}");
    assert!(metrics.recall.unwrap() > 0.8, "{metrics:?}");
}

#[test]
fn a_threshold_chosen_on_dev_finds_more_of_one_in_a_thousand() {
    let (data, fresh) = (table(80_000, 0.001, 3), table(80_000, 0.001, 4));
    let (plain, _) = scores(&mut wellfit::fit(&data, &spec()).unwrap(), &fresh);
    let mut spec = spec();
    spec.training.metric = Auto::Given(Metric::F1);
    let mut fitted = wellfit::fit(&data, &spec).unwrap();
    let (chosen, _) = scores(&mut fitted, &fresh);
    assert!(fitted.result().unwrap().chosen_on_dev.contains(&DevChoice::Threshold));
    assert!(chosen.f1 > plain.f1, "{:?} at {:?} against {:?}", chosen.f1, chosen.threshold, plain.f1);
}

#[test]
fn missed_positives_are_told_and_answered_with_a_threshold() {
    // Classes that overlap: hardly any row is more probably positive than not.
    let mut data = table(12_000, 0.03, 6).into_columns();
    let overlap = |column: &Column| (0..12_000).map(|row| 0.3 * column.number(row)).collect::<Vec<_>>();
    let noise = |lane| (0..12_000).map(move |row| Stream::new(9, Purpose::Sample, lane).normal(row));
    for (lane, name) in ["a", "b"].into_iter().enumerate() {
        let mixed = overlap(&data[lane]).into_iter().zip(noise(lane as u64)).map(|(a, b)| a + b);
        data[lane] = Column::of_numbers(name, mixed.collect::<Vec<_>>());
    }
    let fitted = wellfit::fit(Table::new(12_000, data), &spec()).unwrap();
    let result = fitted.result().unwrap();
    let diagnosis = fitted.diagnosis().unwrap();
    assert_ne!(diagnosis.verdict, Verdict::GoodFit);
    assert!(diagnosis.findings.iter().any(|found| found.kind == FindingKind::RareClass), "{diagnosis:?}");
    assert_eq!(result.prescription.first().unwrap().change, "training.metric = \"f1\"");
}

#[test]
fn costs_say_how_many_alarms_a_missed_positive_is_worth() {
    let data = table(20_000, 0.1, 5);
    let at = |missed_positive| {
        let mut spec = spec();
        spec.training.costs = Some(wellfit::train::Costs { missed_positive, false_alarm: 1.0 });
        wellfit::fit(&data, &spec).unwrap().model().members[0].head.decision.threshold.unwrap()
    };
    let (even, dear) = (at(1.0), at(20.0));
    // Of true probabilities the best thresholds are 1/2 and 1/21; few rows lie between the classes.
    assert!((0.25..0.75).contains(&even) && (0.01..0.25).contains(&dear), "{even} {dear}");
}

#[test]
fn on_mammography_a_threshold_chosen_on_dev_improves_f1_on_test() {
    let Some(folder) = std::env::var_os("WELLFIT_DATA").map(PathBuf::from) else {
        eprintln!("skipped: WELLFIT_DATA is not set");
        return;
    };
    let mut spec = Spec { data: spec().data, ..Spec::default() };
    spec.network.effort = Effort::Quick;
    spec.data.path = Some(folder.join("mammography/mammography.csv"));
    (spec.data.target, spec.data.positive) = (Some("class".to_owned()), None);
    spec.training.probes = Auto::Given(wellfit::experiment::settings::Switch::Off);
    let dataset = load(&data_request(&spec)).unwrap();
    let on_test = |spec: &Spec| {
        let mut fitted = wellfit::fit(folder.join("mammography/mammography.csv"), spec).unwrap();
        let examples = fitted.pipeline().examples(&dataset, &dataset.split.test);
        let truth = fitted.truths(&examples);
        Metrics::measure(&fitted.score_first(&examples).0, &truth, &[])
    };
    let plain = on_test(&spec);
    spec.training.metric = Auto::Given(Metric::F1);
    let chosen = on_test(&spec);
    assert!(chosen.f1 > plain.f1, "{chosen:?} against {plain:?}");
}
