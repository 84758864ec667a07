//! Many small trainings side by side: one thread each, their answers in order.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use wellfit_kernels::random::{Purpose, Stream};

use crate::data::Examples;
use crate::net::{Member, Network};
use crate::train::{Decision, Head, Metric, Observer, Predictions, Progress, Recipe, Record, TrainError, Truth, fit};

use super::plan::Plan;
use super::prepare::Prepared;
use super::trial::{StartError, engine, starting_member};

/// How often the caller is asked whether to stop.
const ASKED_EVERY: Duration = Duration::from_millis(2);

/// One training: a plan on rows that were prepared for it.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// Rows, with dev rows to judge by.
    pub prepared: &'a Prepared,
    /// What is trained.
    pub plan: &'a Plan,
    /// Seed of starting weights, order of rows and masks; the plan's own where it is 0.
    pub seed: u64,
}

/// Losses of rows in the metric of the recipe.
pub type Losses = Vec<f64>;

/// What a training came to.
#[derive(Clone, Debug)]
pub struct TrialOutcome {
    /// (dev rows,): the loss of each dev row, at an epoch that was chosen without it.
    pub dev: Losses,
    /// What is predicted for each dev row, at that epoch.
    pub dev_predictions: Predictions,
    /// (train rows,): the loss of each train row, at the weights kept.
    pub train: Losses,
    /// The network kept.
    pub member: Member<f32>,
    /// How it gives rows their class.
    pub decision: Decision,
    /// Epochs trained.
    pub epochs: usize,
    /// The epoch whose weights were kept.
    pub best_epoch: usize,
    /// The evaluations during training.
    pub history: Vec<Record>,
    /// Seconds it took, on one thread.
    pub seconds: f64,
}

/// Why a training came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// It could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// It diverged.
    #[error(transparent)]
    Train(#[from] TrainError),
}

/// Runs all trials, as many at a time as there are `threads`; `None` for those that `stop_requested` prevented.
///
/// **The epoch is chosen fairly.** With early stopping, weights are kept from the epoch that was best on dev, and the error
/// on the same rows is then too good. Dev rows are split into two halves (whole groups): each half is judged at the epoch
/// that was best on the other one.
pub fn run_trials(
    trials: &[Trial<'_>],
    threads: usize,
    stop_requested: &dyn Fn() -> bool,
) -> Vec<Option<Result<TrialOutcome, TrialError>>> {
    let mut outcomes: Vec<_> = trials.iter().map(|_| None).collect();
    run_trials_telling(trials, threads, stop_requested, &mut |at, outcome| {
        if let Some(place) = outcomes.get_mut(at) {
            *place = Some(outcome);
        }
    });
    outcomes
}

/// [`run_trials`], telling the place of each trial and what it came to as soon as it ends, in the order in which they end.
/// Trials that were stopped are left out.
pub fn run_trials_telling(
    trials: &[Trial<'_>],
    threads: usize,
    stop_requested: &dyn Fn() -> bool,
    ended: &mut dyn FnMut(usize, Result<TrialOutcome, TrialError>),
) {
    let stop = AtomicBool::new(false);
    let next = AtomicUsize::new(0);
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        let work = |tell: Sender<(usize, Result<TrialOutcome, TrialError>)>| {
            while !stop.load(Ordering::Relaxed) {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(trial) = trials.get(at) else { break };
                let Some(outcome) = run(trial, &stop).transpose() else { break };
                // Whoever listens stays until the last thread has ended.
                let _ = tell.send((at, outcome));
            }
        };
        let wanted = threads.min(trials.len());
        let started = (0..wanted).map_while(|_| {
            let tell = tell.clone();
            thread::Builder::new().spawn_scoped(scope, move || work(tell)).ok()
        });
        // Where the system gives no thread there is still this one.
        if started.count() == 0 && wanted > 0 {
            work(tell.clone());
        }
        drop(tell);
        loop {
            match told.recv_timeout(ASKED_EVERY) {
                Ok((at, outcome)) => ended(at, outcome),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if stop_requested() {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
}

/// Runs one trial; `None` if it was stopped.
fn run(trial: &Trial<'_>, stop: &AtomicBool) -> Result<Option<TrialOutcome>, TrialError> {
    let begun = Instant::now();
    let mut plan = trial.plan.clone();
    if trial.seed != 0 {
        plan.recipe.seed = trial.seed;
    }
    let (prepared, recipe) = (trial.prepared, &plan.recipe);
    let network = Network::new(&plan.network).map_err(StartError::from)?;
    let member = starting_member(&plan, &network)?;
    let mut engine = engine(&plan.network, recipe, Some(1)).map_err(StartError::from)?;
    let mut progress = Progress::start(member, recipe.optimizer);
    let mut history = Vec::new();
    let mut observer = CrossFitObserver::new(prepared, recipe, stop);
    let parts = (&prepared.train, prepared.dev.as_ref());
    fit(&mut engine, recipe, &prepared.head, parts, &mut progress, &mut history, &mut observer)?;
    if stop.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let (dev, dev_predictions) = observer.judged();
    let (epochs, best_epoch) = (progress.epoch, progress.best_epoch(recipe));
    let member = progress.into_member(recipe);
    let mut predict = |examples: &Examples| prepared.head.predict(&mut engine, &member, examples).0;
    let mut decision = prepared.head.decision.clone();
    if let (Some(_), Some(dev)) = (recipe.threshold_for, &prepared.dev) {
        let on_dev = recipe.with_threshold(predict(dev), &prepared.head.truths(dev), &dev.weights);
        decision = on_dev.decision();
    }
    let on_train = predict(&prepared.train).decided_by(decision.clone());
    let train = recipe.metric.row_losses(&on_train, &prepared.head.truths(&prepared.train), &prepared.given_weights());
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Some(TrialOutcome { dev, dev_predictions, train, member, decision, epochs, best_epoch, history, seconds }))
}

/// Evaluates dev after each epoch and records what each half's best epoch says of the other half.
struct CrossFitObserver<'a> {
    stop: &'a AtomicBool,
    recipe: &'a Recipe,
    head: &'a Head,
    truth: Truth,
    weights: &'a [f32],
    /// The rows of each half.
    halves: [Vec<u32>; 2],
    /// What each half has chosen.
    choices: [Choice; 2],
}

/// The epoch that is best on one half, and what it says of the other half.
struct Choice {
    /// The score, smaller is better, and the loss that decides between equal ones.
    best: Option<(f64, f64)>,
    losses_of_other: Losses,
    predictions_of_other: Predictions,
}

impl Default for Choice {
    fn default() -> Choice {
        let nothing = Predictions::Values(Vec::new());
        Choice { best: None, losses_of_other: Vec::new(), predictions_of_other: nothing }
    }
}

impl<'a> CrossFitObserver<'a> {
    fn new(prepared: &'a Prepared, recipe: &'a Recipe, stop: &'a AtomicBool) -> CrossFitObserver<'a> {
        let none = Truth::Values(Vec::new());
        let dev = prepared.dev.as_ref();
        CrossFitObserver {
            stop,
            recipe,
            head: &prepared.head,
            truth: dev.map_or(none, |dev| prepared.head.truths(dev)),
            weights: dev.map_or(&[], |dev| &dev.weights),
            halves: halves(prepared),
            choices: Default::default(),
        }
    }

    /// (dev rows,): each row's loss and what is predicted for it, where the other half chose.
    fn judged(self) -> (Losses, Predictions) {
        let ([a, b], [by_a, by_b]) = (self.halves, self.choices);
        let losses: Losses = by_a.losses_of_other.into_iter().chain(by_b.losses_of_other).collect();
        let predictions = by_a.predictions_of_other.followed_by(&by_b.predictions_of_other);
        let mut places = vec![0; losses.len()];
        for (at, row) in b.into_iter().chain(a).enumerate() {
            if let Some(place) = places.get_mut(row as usize) {
                *place = at as u32;
            }
        }
        (pick(&losses, &places), predictions.of_rows(&places))
    }

    /// What is given the rows of one half at the threshold that suits it, and how good that is: the error, smaller is better,
    /// and the loss that decides between equal ones.
    fn judge(&self, predictions: &Predictions, rows: &[u32]) -> (Decision, (f64, f64)) {
        let (truth, weights) = (self.truth.of_rows(rows), pick(self.weights, rows));
        let predictions = self.recipe.with_threshold(predictions.of_rows(rows), &truth, &weights);
        let metric = self.recipe.metric;
        let tie = if self.head.task.is_classification() { Metric::LogLoss } else { Metric::Rmse };
        let loss = tie.error(&predictions, &truth, &weights).unwrap_or(f64::INFINITY);
        let value = metric.error(&predictions, &truth, &weights).unwrap_or(loss);
        let score = if metric.chooses_threshold() { (loss, value) } else { (value, loss) };
        (predictions.decision(), score)
    }
}

impl Observer for CrossFitObserver<'_> {
    fn stop_requested(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn predicted_dev(&mut self, _epoch: usize, predictions: &Predictions) {
        let [a, b] = &self.halves;
        let judged = [self.judge(predictions, a), self.judge(predictions, b)];
        // Without early stopping the last weights are kept, whatever dev says.
        let chooses = self.recipe.patience.is_some();
        for ((choice, (decision, score)), other) in self.choices.iter_mut().zip(judged).zip([b, a]) {
            if !chooses || choice.best.is_none_or(|best| score < best) {
                choice.best = Some(score);
                let decided = predictions.of_rows(other).decided_by(decision);
                let (truth, weights) = (self.truth.of_rows(other), pick(self.weights, other));
                choice.losses_of_other = self.recipe.metric.row_losses(&decided, &truth, &weights);
                choice.predictions_of_other = decided;
            }
        }
    }
}

fn pick<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().filter_map(|&row| values.get(row as usize).copied()).collect()
}

/// The dev rows in two halves, by chance, groups whole.
fn halves(prepared: &Prepared) -> [Vec<u32>; 2] {
    let rows = prepared.dev.as_ref().map_or(0, |dev| dev.rows());
    let groups: Option<Vec<u32>> = prepared.dataset.groups.as_ref().map(|all| pick(all, &prepared.dataset.split.dev));
    let mut names = groups.clone().unwrap_or_default();
    names.sort_unstable();
    names.dedup();
    let lots = if groups.is_some() { names.len() } else { rows };
    let order = Stream::new(0, Purpose::Split, 1 << 32).permutation(lots);
    let mut in_first = vec![false; lots];
    for &lot in order.iter().take(lots.div_ceil(2)) {
        if let Some(place) = in_first.get_mut(lot as usize) {
            *place = true;
        }
    }
    let lot_of = |row: u32| match &groups {
        Some(groups) => groups.get(row as usize).and_then(|group| names.binary_search(group).ok()).unwrap_or(0),
        None => row as usize,
    };
    let (first, second) = (0..rows as u32).partition(|&row| in_first.get(lot_of(row)).copied().unwrap_or(false));
    [first, second]
}
