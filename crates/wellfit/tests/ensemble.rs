//! Several networks are a model: each with the preprocessing of its own rows, saved, read, and predicting their weighted mean.

#![allow(clippy::unwrap_used)]

use wellfit::data::{Column, Table};
use wellfit::experiment::Spec;
use wellfit::experiment::settings::{Auto, Effort, Switch};
use wellfit::fitted::Fitted;
use wellfit::model::{Model, Predictor};
use wellfit::train::Predictions;

const ROWS: usize = 300;

/// `a` decides the class, `code` is 1 in one row of fifty.
fn table() -> Table {
    let number = |row: usize| (row as f64 * 1.3).sin();
    let classes = |row: usize| Some(["low", "middle", "high"][(1.5 * number(row) + 1.5) as usize]);
    Table::new(
        ROWS,
        vec![
            Column::of_numbers("a", (0..ROWS).map(number).collect::<Vec<_>>()),
            Column::of_numbers("code", (0..ROWS).map(|row| f64::from(u8::from(row % 50 == 7))).collect::<Vec<_>>()),
            Column::of_texts("kind", (0..ROWS).map(classes)),
        ],
    )
}

fn spec(networks: usize) -> Spec {
    let mut spec = Spec::default();
    spec.network.effort = Effort::Quick;
    spec.data.target = Some("kind".to_owned());
    spec.training.epochs = Auto::Given(5);
    spec.network.ensemble = Auto::Given(networks);
    spec.training.probes = Auto::Given(Switch::Off);
    spec
}

fn values(predictions: Predictions) -> Vec<f32> {
    match predictions {
        Predictions::Probabilities { values, .. } => values,
        Predictions::Values(_) => Vec::new(),
    }
}

#[test]
fn the_members_of_a_model_are_saved_and_predict_their_weighted_mean() {
    let table = table();
    let mut first = wellfit::fit(&table, &spec(1)).unwrap();
    let mut other = spec(1);
    other.training.seed = 1;
    let second = wellfit::fit(&table, &other).unwrap();

    let of = |members| Model { members, metric: first.model().metric };
    let weighted = |fitted: &Fitted, weight| Predictor { weight, ..fitted.model().members[0].clone() };
    let (one, other) = (weighted(&first, 0.25), weighted(&second, 0.75));
    assert_ne!(one.pipeline, other.pipeline, "each is fitted on train rows of its own");
    let mut alone = Fitted::new(of(vec![other.clone()]), 1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.safetensors");
    Fitted::new(of(vec![one, other]), 1).unwrap().save(&file).unwrap();
    let mut both = Fitted::open(&file, 1).unwrap();
    assert_eq!(both.model().members.len(), 2);

    let (a, b, mean) = (first.predict(&table), alone.predict(&table), both.predict(&table));
    let (a, b, mean) = (values(a), values(b), values(mean));
    assert_eq!(mean.len(), 3 * ROWS);
    for ((a, b), mean) in a.into_iter().zip(b).zip(mean) {
        assert!((f64::from(mean) - (0.25 * f64::from(a) + 0.75 * f64::from(b))).abs() < 1e-6, "{a} {b} {mean}");
    }
}

#[test]
fn networks_trained_by_folds_answer_together_and_judge_every_row_that_they_have_not_seen() {
    let table = table();
    let mut fitted = wellfit::fit(&table, &spec(4)).unwrap();
    let result = fitted.result().unwrap().clone();
    let ensemble = result.ensemble.unwrap();
    let rows = result.rows;
    assert_eq!(ensemble.networks, 4);
    assert!((0.0..=1.0).contains(&ensemble.linear_share), "{ensemble:?}");
    let error = ensemble.error.unwrap();
    assert!(error.low < error.value && error.value < error.high, "{error:?}");
    let validated = result.cross_validation.unwrap();
    assert_eq!((validated.folds, validated.per_fold.len()), (4, 4));

    // The networks, and a linear model beside each where these have a share; together they weigh 1.
    let members = &fitted.model().members;
    let linear = if ensemble.linear_share > 0.0 { 4 } else { 0 };
    assert_eq!(members.len(), 4 + linear);
    assert_eq!(members.iter().filter(|member| member.network.layers.len() == 1).count(), linear);
    assert!((members.iter().map(|member| member.weight).sum::<f64>() - 1.0).abs() < 1e-12);
    let scales: Vec<_> = members.iter().take(4).map(|member| &member.pipeline).collect();
    assert!(scales.windows(2).all(|pair| pair[0] != pair[1]), "each is fitted on train rows of its own");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.safetensors");
    fitted.save(&file).unwrap();
    let mut again = Fitted::open(&file, 2).unwrap();
    assert_eq!(again.model(), fitted.model());
    assert_eq!(again.predict(&table), fitted.predict(&table));
    assert_eq!(values(again.predict(&table)).len(), 3 * (rows.train + rows.dev + rows.test) as usize);
}

#[test]
fn a_linear_rule_is_left_to_linear_models() {
    let number = |row: usize, times: f64| (row as f64 * times).sin();
    let sum = |row: usize| 3.0 * number(row, 1.3) - 2.0 * number(row, 2.1) + 0.3 * number(row, 977.7);
    let table = Table::new(
        ROWS,
        vec![
            Column::of_numbers("a", (0..ROWS).map(|row| number(row, 1.3)).collect::<Vec<_>>()),
            Column::of_numbers("b", (0..ROWS).map(|row| number(row, 2.1)).collect::<Vec<_>>()),
            Column::of_numbers("sum", (0..ROWS).map(sum).collect::<Vec<_>>()),
        ],
    );
    let mut spec = spec(3);
    spec.data.target = Some("sum".to_owned());
    let fitted = wellfit::fit(&table, &spec).unwrap();
    let ensemble = fitted.result().unwrap().ensemble.clone().unwrap();
    assert!(ensemble.linear_share >= 0.8, "{ensemble:?}");
}
