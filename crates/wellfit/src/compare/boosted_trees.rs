//! Boosted trees on the rows of a run: what a model of another kind reaches on the same inputs.

use forust_ml::Matrix;
use forust_ml::gradientbooster::{GradientBooster, GrowPolicy};
use forust_ml::metric::Metric;
use forust_ml::objective::ObjectiveType;
use wellfit_kernels::random::{Purpose, Stream};

use crate::data::{Examples, Targets, guarded};
use crate::train::{Head, Predictions};

// Rounds at most, and their rate: fewer rounds take a rate that is larger by as much.
const ROUNDS: usize = 300;
const RATE: f64 = 0.08;
const LEAVES: usize = 31;
const DEPTH: usize = 8;
/// How many rounds there are is decided on rows held out of train: one fold of so many, or all, as far as work allows.
/// With 300 rounds for all, small tables overfit: titanic 19.6% error against 17.9%, telco_churn 21.4% against 19.9%.
const FOLDS: usize = 5;
/// Rounds without improvement on the held-out rows.
const PATIENCE: usize = 40;

// Below, folds differ too much to decide anything.
const FEWEST_ROWS: usize = 50;
// Images and their like: trees are slow there and no match.
const MOST_COLUMNS: usize = 500;
const MOST_ROWS: usize = 100_000;
// Cells that all trees together read, some 10⁸ in a second of one thread: more than one fold where that takes about one second,
// and five seconds at most.
const WORK_OF_FOLDS: f64 = 1e8;
const MOST_WORK: f64 = 4e8;
// What is given up where that is exceeded ends here; a yardstick that is weaker still would be none.
const FEWEST_ROUNDS: usize = 80;
const SMALLEST_SAMPLE: usize = 2_000;
/// Splitting the nodes of a tree costs about as much as reading so many rows.
const SPLITTING: usize = 4_000;

/// A lane of its own for the order of rows.
const LANE: u64 = 7_000;

/// Predictions for `rows` of boosted trees that were fitted on `train`; `None` where there are too few rows, too many columns,
/// or where the library gives up.
///
/// `classes`: number of classes; more than two take a model each. On one thread: the same for any number of them, and the
/// library's panics arise where they are caught. Source: `forust-ml`; Friedman 2001, *Annals of Statistics* 29:1189.
pub(crate) fn boosted_trees(
    train: &Examples,
    rows: &Examples,
    head: &Head,
    classes: usize,
    seed: u64,
) -> Option<Predictions> {
    let columns = train.source.numbers_in_a_row() + train.source.codes_in_a_row();
    let models = if classes > 2 { classes } else { 1 };
    let effort = Effort::affordable(train.rows(), columns, models)?;
    let mut sample = Stream::new(seed, Purpose::Sample, LANE).permutation(train.rows());
    sample.truncate(effort.rows);
    let all: Vec<u32> = (0..rows.rows() as u32).collect();
    let weights = sample.iter().map(|&row| train.weights.get(row as usize).map_or(1.0, |&w| f64::from(w)));
    let fitting = Fitting {
        effort,
        objective: if head.task.is_classification() { ObjectiveType::LogLoss } else { ObjectiveType::SquaredLoss },
        inputs: Inputs::of(train, &sample),
        weights: weights.collect(),
    };
    let rows = Inputs::of(rows, &all);
    let outputs: Option<Vec<Vec<f64>>> = (0..models)
        .map(|model| {
            // Of two classes the second is the positive one.
            let class = if classes > 2 { model } else { 1 };
            let targets = targets(&train.targets, &sample, class);
            guarded(|| fitting.outputs(&targets, &rows)).flatten()
        })
        .collect();
    Some(head.predictions(joined(&outputs?), classes))
}

/// The outputs of one model as they are; of several, (rows, models), with a sum of 1 in a row.
fn joined(outputs: &[Vec<f64>]) -> Vec<f32> {
    let [first, _, ..] = outputs else { return outputs.iter().flatten().map(|&output| output as f32).collect() };
    let row = |row: usize| {
        let of_row: Vec<f64> = outputs.iter().filter_map(|output| output.get(row).copied()).collect();
        let sum = of_row.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        of_row.into_iter().map(move |output| (output / sum) as f32)
    };
    (0..first.len()).flat_map(row).collect()
}

fn targets(targets: &Targets, rows: &[u32], class: usize) -> Vec<f64> {
    let of_row = |row: usize| match targets {
        Targets::Classes(classes) => classes.get(row).map_or(0.0, |&is| f64::from(u8::from(is as usize == class))),
        Targets::Values(values) => values.get(row).copied().map_or(0.0, f64::from),
        Targets::Absent => 0.0,
    };
    rows.iter().map(|&row| of_row(row as usize)).collect()
}

/// How much of the whole is affordable.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Effort {
    /// Train rows used.
    rows: usize,
    /// Rounds at most.
    rounds: usize,
    /// Folds that decide on the rounds.
    folds: usize,
}

impl Effort {
    /// Folds are given up first, then rounds, then rows.
    fn affordable(rows: usize, columns: usize, models: usize) -> Option<Effort> {
        if rows < FEWEST_ROWS || columns == 0 || columns > MOST_COLUMNS {
            return None;
        }
        let rows = rows.min(MOST_ROWS);
        let work = |effort: Effort| {
            let trees = (models * effort.rounds) as f64 * (1.0 + 0.8 * effort.folds as f64);
            trees * (columns * (effort.rows + SPLITTING)) as f64
        };
        let excess = |effort: Effort| work(effort) / MOST_WORK;
        let with = |folds| Effort { rows, rounds: ROUNDS, folds };
        let mut effort = (2..=FOLDS).rev().map(with).find(|&effort| work(effort) <= WORK_OF_FOLDS).unwrap_or(with(1));
        let less = |count: usize, excess: f64| (count as f64 / excess.max(1.0)) as usize;
        effort.rounds = less(ROUNDS, excess(effort)).max(FEWEST_ROUNDS);
        let smaller = less(rows + SPLITTING, excess(effort)).saturating_sub(SPLITTING);
        effort.rows = smaller.max(SMALLEST_SAMPLE.min(rows)).min(rows);
        // What was rounded is no reason to do without.
        (excess(effort) < 1.01).then_some(effort)
    }
}

/// Inputs of rows as the library wants them: numbers and category codes, a column after the other.
struct Inputs {
    rows: usize,
    columns: Vec<Vec<f64>>,
}

impl Inputs {
    fn of(examples: &Examples, rows: &[u32]) -> Inputs {
        let source = &examples.source;
        let (mut numbers, mut codes) = (vec![0.0_f64; source.numbers_in_a_row()], vec![0; source.codes_in_a_row()]);
        let mut columns = vec![Vec::with_capacity(rows.len()); numbers.len() + codes.len()];
        for &row in rows {
            source.read(row as usize, &mut numbers, &mut codes);
            let cells = numbers.iter().copied().chain(codes.iter().map(|&code| f64::from(code)));
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        Inputs { rows: rows.len(), columns }
    }

    /// Those of the rows at places that are wanted, column after column.
    fn at(&self, wanted: impl Fn(usize) -> bool) -> Vec<f64> {
        self.columns.iter().flat_map(|column| at(column, &wanted)).collect()
    }
}

fn at(values: &[f64], wanted: impl Fn(usize) -> bool) -> Vec<f64> {
    values.iter().enumerate().filter(|(place, _)| wanted(*place)).map(|(_, &value)| value).collect()
}

/// Everything that the models have in common.
struct Fitting {
    effort: Effort,
    objective: ObjectiveType,
    inputs: Inputs,
    weights: Vec<f64>,
}

impl Fitting {
    /// The outputs for `rows` of trees that are fitted to `targets`, probabilities for classes.
    fn outputs(&self, targets: &[f64], rows: &Inputs) -> Option<Vec<f64>> {
        let folds = 0..self.effort.folds;
        let best: Option<Vec<usize>> = folds.map(|fold| self.best_rounds(targets, fold)).collect();
        let rounds = best?.iter().sum::<usize>() / self.effort.folds;
        let trees = self.fit(targets, rounds.max(1), None)?;
        let cells = rows.at(|_| true);
        let outputs = trees.predict(&Matrix::new(&cells, rows.rows, rows.columns.len()), false);
        let logistic = |output: f64| 1.0 / (1.0 + (-output).exp());
        Some(match self.objective {
            ObjectiveType::LogLoss => outputs.into_iter().map(logistic).collect(),
            ObjectiveType::SquaredLoss => outputs,
        })
    }

    /// After how many rounds the loss on the fold was lowest, for trees that were fitted without it.
    fn best_rounds(&self, targets: &[f64], fold: usize) -> Option<usize> {
        let trees = self.fit(targets, self.effort.rounds, Some(fold))?;
        Some(trees.prediction_iteration.unwrap_or(self.effort.rounds))
    }

    fn fit(&self, targets: &[f64], rounds: usize, without: Option<usize>) -> Option<GradientBooster> {
        let held_out = |place: usize| without.is_some_and(|fold| place % FOLDS == fold);
        let (inside, outside) = (|place| !held_out(place), held_out);
        let (cells, columns) = (self.inputs.at(inside), self.inputs.columns.len());
        let (own, weights) = (at(targets, inside), at(&self.weights, inside));
        let (other_cells, others) = (self.inputs.at(outside), at(targets, outside));
        let other_weights = at(&self.weights, outside);
        let mut trees = GradientBooster::default();
        let classes = matches!(self.objective, ObjectiveType::LogLoss);
        trees.objective_type = if classes { ObjectiveType::LogLoss } else { ObjectiveType::SquaredLoss };
        trees.evaluation_metric = Some(if classes { Metric::LogLoss } else { Metric::RootMeanSquaredError });
        trees.base_score = start(&own, &weights, classes);
        trees.initialize_base_score = false;
        trees.iterations = rounds;
        trees.learning_rate = (RATE * ROUNDS as f64 / self.effort.rounds as f64) as f32;
        (trees.max_leaves, trees.max_depth) = (LEAVES, DEPTH);
        trees.grow_policy = GrowPolicy::LossGuide;
        trees.parallel = false;
        let judged = without.map(|_| {
            trees.early_stopping_rounds = Some(PATIENCE);
            vec![(Matrix::new(&other_cells, others.len(), columns), &others[..], &other_weights[..])]
        });
        trees.fit(&Matrix::new(&cells, own.len(), columns), &own, &weights, judged).ok()?;
        Some(trees)
    }
}

/// What the first tree starts from: the mean, as log odds for classes, kept finite where one is absent.
fn start(targets: &[f64], weights: &[f64], classes: bool) -> f64 {
    let sum: f64 = targets.iter().zip(weights).map(|(target, weight)| target * weight).sum();
    let mean = sum / weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    if !classes {
        return mean;
    }
    let share = mean.clamp(1e-6, 1.0 - 1e-6);
    (share / (1.0 - share)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{RowSource, Task};
    use crate::train::Metric;

    fn head(task: Task) -> Head {
        Head {
            task,
            mean: 10.0,
            deviation: 2.0,
            low: 0.0,
            high: 20.0,
            temperature: 1.0,
            decision: crate::train::Decision::MOST_PROBABLE,
        }
    }

    /// Two numbers in the square and a code of three, and what they make.
    fn examples(rows: u64, seed: u64, targets: impl Fn(f32, f32, u32) -> f32, task: Task) -> Examples {
        let draws = |lane| Stream::new(seed, Purpose::Demo, lane);
        let numbers: Vec<f32> = (0..2 * rows).map(|i| 2.0 * draws(0).uniform(i) as f32 - 1.0).collect();
        let codes: Vec<u32> = (0..rows).map(|i| (3.0 * draws(1).uniform(i)) as u32).collect();
        let of_row = |row: usize| targets(numbers[2 * row], numbers[2 * row + 1], codes[row]);
        let made = (0..rows as usize).map(of_row);
        let targets = match task {
            Task::Regression => Targets::Values(made.collect()),
            _ => Targets::Classes(made.map(|class| class as u32).collect()),
        };
        Examples::new(RowSource::of_matrix(rows as usize, numbers, codes), targets)
    }

    fn error(task: Task, classes: usize, made: fn(f32, f32, u32) -> f32) -> f64 {
        let (train, dev) = (examples(1_500, 1, made, task), examples(1_000, 2, made, task));
        let predictions = boosted_trees(&train, &dev, &head(task), classes, 0).unwrap();
        let losses = Metric::of_task(task).row_losses(&predictions, &head(task).truths(&dev), &[]);
        losses.iter().sum::<f64>() / losses.len() as f64
    }

    #[test]
    fn trees_learn_what_no_straight_line_separates() {
        let parity = error(Task::Binary, 2, |x, y, code| f32::from(u8::from((x * y > 0.0) ^ (code == 1))));
        assert!(parity < 0.05, "{parity}");
        let thirds =
            error(
                Task::Multiclass,
                3,
                |x, y, _| if x * x + y * y < 0.4 { 0.0 } else { 1.0 + f32::from(u8::from(x > y)) },
            );
        assert!(thirds < 0.05, "{thirds}");
        // In the target's unit, deviation 2: (2 · 0.05)² would be a twentieth of the deviation.
        let number = error(Task::Regression, 0, |x, y, code| x * y + code as f32);
        assert!(number < 0.02, "{number}");
    }

    #[test]
    fn a_row_of_no_weight_is_as_good_as_absent() {
        let task = Task::Binary;
        let mut train = examples(400, 3, |x, _, _| f32::from(u8::from(x > 0.0)), task);
        let dev = examples(300, 4, |x, _, _| f32::from(u8::from(x > 0.0)), task);
        // The second half contradicts the first, and does not count.
        if let Targets::Classes(classes) = &mut train.targets {
            classes[200..].iter_mut().for_each(|class| *class = 1 - *class);
        }
        train.weights = (0..400).map(|row| if row < 200 { 2.0 } else { 0.0 }).collect();
        let predictions = boosted_trees(&train, &dev, &head(task), 2, 0).unwrap();
        let wrong: f64 = Metric::of_task(task).row_losses(&predictions, &head(task).truths(&dev), &[]).iter().sum();
        assert!(wrong < 30.0, "{wrong} of 300");
    }

    #[test]
    fn a_class_that_train_never_shows_is_never_predicted() {
        let train = examples(200, 5, |x, _, _| f32::from(u8::from(x > 0.0)), Task::Multiclass);
        let predictions = boosted_trees(&train, &train, &head(Task::Multiclass), 3, 0).unwrap();
        let Predictions::Probabilities { classes: 3, values, .. } = predictions else { panic!("{predictions:?}") };
        assert!(values.chunks(3).all(|row| row[2] < 0.1 && (row.iter().sum::<f32>() - 1.0).abs() < 1e-5));
    }

    #[test]
    fn work_is_bounded_by_giving_up_folds_then_rounds_then_rows() {
        let whole = Effort::affordable(1_000, 10, 1);
        assert_eq!(whole, Some(Effort { rows: 1_000, rounds: ROUNDS, folds: FOLDS }));
        let long = Effort::affordable(1_000_000, 30, 1).unwrap();
        assert!(
            long.folds == 1 && long.rounds == FEWEST_ROUNDS && (50_000..=MOST_ROWS).contains(&long.rows),
            "{long:?}"
        );
        let letters = Effort::affordable(12_000, 16, 26).unwrap();
        assert!(letters.rows >= SMALLEST_SAMPLE && letters.rows < 12_000, "{letters:?}");
        for (rows, columns, models) in [(49, 10, 1), (60_000, 784, 1), (10_000, 400, 10)] {
            assert_eq!(Effort::affordable(rows, columns, models), None, "{rows} rows, {columns} columns");
        }
    }
}
