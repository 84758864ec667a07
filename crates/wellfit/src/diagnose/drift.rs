//! Whether two parts come from one distribution: a classifier that tries to distinguish their rows.

use serde::Serialize;
use wellfit_kernels::precision::Precision;

use crate::data::{Augment, Dataset, Normalize, Pipeline, TargetValues, Task, of_rows};
use crate::experiment::{engine, train_silently};
use crate::net::layers::EmbedSpec;
use crate::net::{Activation, DenseStack, Init, Loss, Network, Penalty};
use crate::optim::{Optimizer, Schedule};
use crate::train::{Head, Metric, Recipe};

use super::Interval;
use super::leaks::{Cells, right_guesses};
use super::rates::wilson_missing;

/// How well a classifier distinguishes two parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// The parts.
    pub parts: [&'static str; 2],
    /// Held-out rows that the classifier was tested on, half of them of each part.
    pub rows: u64,
    /// Share of them that it assigned to the right part; chance is 0.5. `None` where there are too few rows, or nothing
    /// varies. Intervals of all comparisons hold together in 95% of cases.
    pub accuracy: Option<Interval>,
    /// Whether the whole interval lies above chance.
    pub drifts: bool,
    /// Columns that give the part away alone, the clearest first; of parts that drift.
    pub columns: Vec<GivenAway>,
}

/// A column that distinguishes two parts by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GivenAway {
    /// The column.
    pub name: String,
    /// Share of the held-out rows that its values assign to the right part.
    pub accuracy: f64,
}

// A part of fewer rows is not compared: each half would hold too few.
const FEWEST_ROWS: usize = 20;
// Rows of a part, and cells of both, at most: more would find smaller differences, and take longer.
const MOST_ROWS: usize = 10_000;
const MOST_CELLS: usize = 8_000_000;

// How often all intervals of a data set, and all columns that are named, may be wrong.
const MISS: f64 = 0.05;

// One hidden layer finds what single columns do not show; for inputs beyond these, of which there are rarely rows
// enough, a line has to do.
const UNITS: usize = 32;
const MOST_INPUTS_OF_UNITS: usize = 4_096;
const BATCH: usize = 128;
const STEPS: usize = 1_500;
const MOST_EPOCHS: usize = 200;
// Multiply-adds of the training, at most: about a second.
const MOST_WORK: usize = 20_000_000_000;

/// Compares train with dev and train with test, where there are rows enough.
///
/// As many rows of each part, at most 10,000, are split into two halves. Preprocessing and classifier are fitted on the
/// one half and judged on the other, where chance is 50%. Columns are named by a predictor of their own, fitted and
/// judged on the same halves. No answer of the data set is looked at, and what is fitted here is thrown away: of test
/// this uses the features of some rows, to say whether they are like those of train, and it scores no model of the
/// target on them; so no opening of test is counted. Where the data have groups, one row of each is used.
///
/// Source: Lopez-Paz and Oquab 2017, *Revisiting classifier two-sample tests*, ICLR.
pub fn drift(dataset: &Dataset, seed: u64, threads: Option<usize>) -> Vec<Drift> {
    let split = &dataset.split;
    let train = split.train.as_slice();
    let most = (MOST_CELLS / 2 / dataset.table.columns().len().max(1)).clamp(FEWEST_ROWS, MOST_ROWS);
    let pairs: Vec<_> = [("dev", split.dev.as_slice()), ("test", split.test.as_slice())]
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(name, rows)| (name, dataset.mixture([train, rows], most, seed)))
        .collect();
    let enough = |mixture: &Dataset| mixture.table.rows() >= 2 * FEWEST_ROWS;
    let miss = MISS / pairs.iter().filter(|(_, mixture)| enough(mixture)).count().max(1) as f64;
    pairs
        .iter()
        .map(|(name, mixture)| {
            let parts = ["train", name];
            let rows = mixture.split.dev.len() as u64;
            let right = enough(mixture).then(|| right_answers(mixture, seed, threads)).flatten();
            let accuracy = right.map(|right| wilson_missing(right, rows, miss));
            let drifts = accuracy.is_some_and(|accuracy| accuracy.low > 0.5);
            let columns = if drifts { telling_columns(mixture, miss) } else { Vec::new() };
            Drift { parts, rows, accuracy, drifts, columns }
        })
        .collect()
}

// Held-out rows of a mixture whose part a classifier names that was trained on the other half; `None` where no column
// varies in that half, or the training diverges.
fn right_answers(mixture: &Dataset, seed: u64, threads: Option<usize>) -> Option<u64> {
    let (pipeline, _) = Pipeline::fit(mixture, &mixture.split.train, Normalize::Auto).ok()?;
    let train = pipeline.examples(mixture, mixture.split.train.as_slice());
    let held = pipeline.examples(mixture, &mixture.split.dev);
    let inputs = pipeline.features();
    let hidden =
        if EmbedSpec::by_rule(&inputs).width(&inputs) > MOST_INPUTS_OF_UNITS { Vec::new() } else { vec![UNITS] };
    let keep_prob = vec![0.8; hidden.len()];
    let activation = Activation::Silu;
    let stack = DenseStack { inputs, hidden, activation, keep_prob, outputs: 1, loss: Loss::Sigmoid };
    let spec = stack.network().ok()?;
    let network = Network::<f32>::new(&spec).ok()?;
    let recipe = recipe(train.rows(), network.parameters(), network.layers().len(), seed);
    let member = network.member(Init::for_activation(activation).theta(&network, seed));
    let mut engine = engine(&spec, &recipe, threads).ok()?;
    let head = Head::plain(Task::Binary);
    let member = train_silently(&mut engine, &recipe, member, &head, (&train, None)).ok()?;
    let (predictions, _) = head.predict(&mut engine, &member, &held);
    let wrong: f64 = Metric::Error.row_losses(&predictions, &head.truths(&held), &[]).iter().sum();
    Some(held.rows() as u64 - wrong as u64)
}

fn recipe(rows: usize, parameters: usize, layers: usize, seed: u64) -> Recipe {
    let batch = BATCH.min(rows);
    // Forward, input gradient and weight gradient.
    let steps = STEPS.min(MOST_WORK / (3 * parameters * batch).max(1)).max(1);
    Recipe {
        epochs: (steps * batch / rows.max(1)).clamp(1, MOST_EPOCHS),
        batch,
        optimizer: Optimizer::AdamW,
        rate: 0.003,
        betas: Optimizer::AdamW.default_betas(),
        schedule: Schedule::Cosine,
        fade: Schedule::Constant,
        penalties: vec![Penalty::default(); layers],
        weight_decay: 0.02,
        smoothing: 0.0,
        augment: Augment::default(),
        clip_norm: None,
        patience: None,
        metric: Metric::Error,
        seed,
        precision: Precision::F32,
        // Two classes of the same size.
        threshold_for: None,
        naive_loss: std::f64::consts::LN_2,
    }
}

// Columns that distinguish the parts alone, significantly so after correction for their number.
fn telling_columns(mixture: &Dataset, miss: f64) -> Vec<GivenAway> {
    let TargetValues::Classes(part) = &mixture.target.values else { return Vec::new() };
    // A pixel has no name that says anything.
    if mixture.table.is_pixels() {
        return Vec::new();
    }
    let (fitted, held) = (mixture.split.train.as_slice(), mixture.split.dev.as_slice());
    let (known, asked) = (of_rows(part, fitted), of_rows(part, held));
    let columns = mixture.table.columns();
    let miss = miss / columns.len().max(1) as f64;
    let mut telling: Vec<GivenAway> = columns
        .iter()
        .filter_map(|column| {
            let (fit, score) = (Cells::of(column, fitted), Cells::of(column, held));
            let right = right_guesses((fit.view(), &known), (score.view(), &asked), 2);
            let accuracy = wilson_missing(right, asked.len() as u64, miss);
            (accuracy.low > 0.5).then(|| GivenAway { name: column.name.clone(), accuracy: accuracy.value })
        })
        .collect();
    telling.sort_by(|a, b| b.accuracy.total_cmp(&a.accuracy));
    telling
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use wellfit_kernels::random::{Purpose, Stream};

    use super::*;
    use crate::data::{DataRequest, load};

    /// Drift between train and a dev file of `rows` rows each: `x`, `z` and `place` are drawn alike in both but for
    /// `shift` added to `x`. The rows of a group, four each, share `x` and `z`.
    fn between(rows: u64, shift: f64, grouped: bool, seed: u64) -> Vec<Drift> {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, lane: u64, shift: f64| {
            let draws = |column| Stream::new(seed, Purpose::Demo, 10 * lane + column);
            let mut text = "x,z,place,person,y\n".to_string();
            for row in 0..rows {
                let drawn = if grouped { row / 4 } else { row };
                let (x, z) = (draws(0).normal(drawn) + shift, draws(1).normal(drawn));
                let place = ["north", "south", "east"][draws(2).below(row, 3) as usize];
                writeln!(text, "{x},{z},{place},{lane}-{},{}", row / 4, draws(3).below(row, 2)).unwrap();
            }
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let request = DataRequest {
            source: file("train.csv", 1, 0.0).into(),
            dev: Some(file("dev.csv", 2, shift).into()),
            target: Some("y".into()),
            split: "100/0/0".parse().unwrap(),
            group: grouped.then(|| "person".into()),
            drop: if grouped { Vec::new() } else { vec!["person".into()] },
            ..DataRequest::default()
        };
        drift(&load(&request).unwrap(), seed, Some(1))
    }

    #[test]
    fn parts_of_one_distribution_are_rarely_told_apart() {
        // Each seed drifts by chance with a probability of at most 1 in 40: 3 or more of 20 in 1.3 of 100 cases.
        let drifting = (0..20).filter(|&seed| between(240, 0.0, false, seed)[0].drifts).count();
        assert!(drifting < 3, "{drifting} of 20");
    }

    #[test]
    fn a_column_that_moved_is_named_and_its_neighbours_are_not() {
        let found = between(600, 1.5, false, 0);
        let accuracy = found[0].accuracy.unwrap();
        // The best classifier is right in Φ(0.75) = 77.3% of rows; 3 standard errors of 600 rows are 5 points.
        assert!(found[0].drifts && accuracy.value > 0.72 && accuracy.value < 0.83, "{found:?}");
        assert_eq!(found[0].columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["x"]);
        assert_eq!(found[0].rows, 600);
    }

    #[test]
    fn rows_of_a_group_that_are_alike_are_no_drift() {
        // Four rows a person: a classifier that saw one of them knows the others, in whatever part they are.
        let drifting = (0..10).filter(|&seed| between(400, 0.0, true, seed)[0].drifts).count();
        assert!(drifting < 3, "{drifting} of 10");
        assert_eq!(between(400, 0.0, true, 0)[0].rows, 100);
    }

    #[test]
    fn a_part_of_few_rows_says_nothing() {
        let found = between(18, 9.0, false, 0);
        assert_eq!((found[0].accuracy, found[0].drifts, found[0].parts), (None, false, ["train", "dev"]));
    }

    #[test]
    fn threads_and_repetition_change_nothing() {
        assert_eq!(between(200, 0.4, false, 5), between(200, 0.4, false, 5));
    }
}
