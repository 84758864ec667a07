//! Several members of one network are a model: saved, read, and predicting the mean of what each predicts.

#![allow(clippy::unwrap_used)]

use wellfit::data::{Column, Table};
use wellfit::experiment::Spec;
use wellfit::experiment::settings::Auto;
use wellfit::fitted::Fitted;
use wellfit::model::Model;
use wellfit::train::Predictions;

fn values(predictions: Predictions) -> Vec<f32> {
    match predictions {
        Predictions::Probabilities { values, .. } => values,
        Predictions::Values(_) => Vec::new(),
    }
}

#[test]
fn the_members_of_a_model_are_saved_and_predict_their_mean() {
    let number = |row: usize| (row as f64 * 1.3).sin();
    let classes = |row: usize| Some(["low", "middle", "high"][(1.5 * number(row) + 1.5) as usize]);
    let table = Table::new(
        300,
        vec![
            Column::of_numbers("a", (0..300).map(number).collect::<Vec<_>>()),
            Column::of_texts("kind", (0..300).map(classes)),
        ],
    );
    let mut spec = Spec::default();
    spec.data.target = Some("kind".to_owned());
    spec.training.epochs = Auto::Given(5);
    let mut first = wellfit::fit(&table, &spec).unwrap();
    spec.training.seed = 1;
    let second = wellfit::fit(&table, &spec).unwrap();

    let of = |members| Model { members, ..first.model().clone() };
    let (one, other) = (first.model().members[0].clone(), second.model().members[0].clone());
    assert_ne!(one, other);
    let mut alone = Fitted::new(of(vec![other.clone()]), 1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.safetensors");
    Fitted::new(of(vec![one, other]), 1).unwrap().save(&file).unwrap();
    let mut both = Fitted::open(&file, 1).unwrap();
    assert_eq!(both.model().members.len(), 2);

    let (a, b, mean) = (first.predict(&table), alone.predict(&table), both.predict(&table));
    let (a, b, mean) = (values(a), values(b), values(mean));
    assert_eq!(mean.len(), 900);
    for ((a, b), mean) in a.into_iter().zip(b).zip(mean) {
        assert!((f64::from(mean) - (f64::from(a) + f64::from(b)) / 2.0).abs() < 1e-6, "{a} {b} {mean}");
    }
}
