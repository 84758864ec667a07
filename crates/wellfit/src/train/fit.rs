//! The training loop: epochs of steps, looks at dev, early stopping.

use thiserror::Error;
use wellfit_kernels::precision::Precision;
use wellfit_kernels::random::{Purpose, Stream};

use crate::data::{Augment, Examples};
use crate::net::{Activation, Pass, Penalty};
use crate::optim::{Optimizer, Schedule};
use crate::store::StoreError;

use super::engine::{Engine, NotFinite, StepRule, Weights, all_finite};
use super::head::Head;
use super::history::{Record, layer_health};
use super::metric::Metric;
use super::metrics::Predictions;

/// The most often a run looks at itself; a longer run looks at every second epoch, every third, ...
const MAX_LOOKS: usize = 500;
/// Rows of train in a look.
const SAMPLE_ROWS: usize = 4096;
/// Rows of train that the health of layers is measured on, at most.
const HEALTH_ROWS: usize = 64;
/// An epoch's loss above this many times the naive baseline's has diverged.
const DIVERGED: f64 = 1e4;

/// Everything that decides how a network is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Epochs at most.
    pub epochs: usize,
    /// Rows in a step; at least the rows of train for full-batch descent, which keeps the rows' order.
    pub batch: usize,
    /// The optimiser.
    pub optimizer: Optimizer,
    /// Learning rate before the schedule.
    pub rate: f64,
    /// β₁ and β₂.
    pub betas: (f64, f64),
    /// The learning rate's schedule over all epochs.
    pub schedule: Schedule,
    /// Penalty of each layer, divided by the rows of train.
    pub penalties: Vec<Penalty>,
    /// Decoupled weight decay: each step multiplies decaying parameters by 1 − rate·weight_decay.
    pub weight_decay: f64,
    /// Share of a class target spread over all classes.
    pub smoothing: f64,
    /// How rows are changed in each step.
    pub augment: Augment,
    /// Largest norm of a step's gradient.
    pub clip_norm: Option<f64>,
    /// Epochs without a better dev metric before training stops and the best weights return; `None` keeps the last weights.
    pub patience: Option<usize>,
    /// What dev is judged by.
    pub metric: Metric,
    /// Activation of the hidden layers, for the look at their health.
    pub activation: Activation,
    /// Seed of shuffles and masks.
    pub seed: u64,
    /// What operands of products are rounded to.
    pub precision: Precision,
    /// Loss of predicting the same for every row.
    pub naive_loss: f64,
}

/// How far training has come: all that a checkpoint needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// θ and the optimiser's averages.
    pub weights: Weights<f32>,
    /// Epochs done.
    pub epoch: usize,
    /// Steps done of the epoch under way.
    pub step_in_epoch: usize,
    /// Steps done in all.
    pub step: u64,
    /// Sum of rows times loss over the steps done of the epoch under way.
    pub loss_sum: f64,
    /// The best look at dev so far.
    pub best: Option<Best>,
    /// Seconds of training so far.
    pub seconds: f64,
}

/// The best look at dev.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Epochs done then.
    pub epoch: usize,
    /// The metric over dev.
    pub value: f64,
    /// The loss over dev, which decides between equal metrics.
    pub loss: f64,
    /// θ then.
    pub theta: Vec<f32>,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All epochs are done.
    Epochs,
    /// Dev did not improve for so many epochs.
    Patience(usize),
    /// The observer asked to stop.
    Interrupted,
}

/// Looks on and may ask to stop; it changes nothing.
pub trait Observer {
    /// Asked before every step; true ends training after saving.
    fn stop_requested(&self) -> bool {
        false
    }
    /// What the network says of dev in a look, before [`Observer::looked`].
    fn predicted_dev(&mut self, _epoch: usize, _predictions: &Predictions) {}
    /// A look at the network after an epoch.
    fn looked(&mut self, _record: &Record, _best: Option<&Best>) {}
    /// Asked after every epoch (and when interrupted): the moment to write a checkpoint. `due` is true where it must be.
    fn may_save(&mut self, _progress: &Progress, _history: &[Record], _due: bool) -> Result<(), StoreError> {
        Ok(())
    }
    /// Seconds since training began or was resumed.
    fn seconds(&self) -> f64 {
        0.0
    }
}

/// Observes nothing.
#[derive(Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}

/// Training that cannot go on.
#[derive(Debug, Error)]
pub enum TrainError {
    /// A number stopped being finite.
    #[error("diverged in epoch {epoch}, step {step}, on {part}: {what}; the weights of {kept} are kept")]
    NotFinite {
        /// The epoch, from 1.
        epoch: usize,
        /// The step over all epochs, from 1.
        step: u64,
        /// The rows it met: train or dev.
        part: &'static str,
        /// What it was.
        what: NotFinite,
        /// Whose weights are kept: those of the last whole epoch, or of the step from which training went on.
        kept: String,
    },
    /// The loss left every reasonable range.
    #[error(
        "diverged: the loss of epoch {epoch} is {loss:.3e}, over 10,000 times that of a constant guess ({naive:.3}); the weights of {kept} are kept"
    )]
    Loss {
        /// The epoch, from 1.
        epoch: usize,
        /// Its mean loss.
        loss: f64,
        /// The naive baseline's.
        naive: f64,
        /// Whose weights are kept.
        kept: String,
    },
    /// A checkpoint could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrainError {
    /// Whether dev rows gave the number that is not finite.
    pub fn is_on_dev(&self) -> bool {
        matches!(self, TrainError::NotFinite { part: "dev", .. })
    }
}

impl Progress {
    /// Training that has not begun.
    pub fn start(theta: Vec<f32>, optimizer: Optimizer) -> Progress {
        let buffer = |kept: bool| if kept { vec![0.0; theta.len()] } else { Vec::new() };
        let buffers = optimizer.moment_buffers();
        let weights = Weights { first: buffer(buffers.first), second: buffer(buffers.second), theta };
        Progress { weights, epoch: 0, step_in_epoch: 0, step: 0, loss_sum: 0.0, best: None, seconds: 0.0 }
    }

    /// The θ that training ends with: the best on dev with early stopping, else the last.
    pub fn into_theta(self, recipe: &Recipe) -> Vec<f32> {
        match self.best {
            Some(best) if recipe.patience.is_some() => best.theta,
            _ => self.weights.theta,
        }
    }

    /// The epoch whose θ training ends with.
    pub fn best_epoch(&self, recipe: &Recipe) -> usize {
        match &self.best {
            Some(best) if recipe.patience.is_some() => best.epoch,
            _ => self.epoch,
        }
    }
}

/// Trains until the recipe or the observer says stop. With `patience`, the best weights stand in `progress.best`.
///
/// What `progress` and `history` hold goes on from there, with the same bits as if it had never stopped. On divergence
/// `progress` holds the weights of the last whole epoch.
pub fn fit(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    head: &Head,
    (train, dev): (&Examples, Option<&Examples>),
    progress: &mut Progress,
    history: &mut Vec<Record>,
    observer: &mut dyn Observer,
) -> Result<Ended, TrainError> {
    let steps = train.rows.div_ceil(recipe.batch);
    let mut looks = Looks::new(recipe, train);
    let already = progress.seconds;
    engine.pack(&progress.weights.theta);
    while progress.epoch < recipe.epochs {
        if let Some(patience) = waited_out(recipe, progress) {
            return Ok(Ended::Patience(patience));
        }
        let epoch = progress.epoch + 1;
        let order = row_order(recipe, train.rows, progress.epoch);
        let last_whole = Kept::of(progress);
        let looking = epoch.is_multiple_of(looks.every) || epoch == recipe.epochs;
        let mut before = None;
        let mut rate = 0.0;
        while progress.step_in_epoch < steps {
            if observer.stop_requested() {
                progress.seconds = already + observer.seconds();
                observer.may_save(progress, history, true)?;
                return Ok(Ended::Interrupted);
            }
            if looking && progress.step_in_epoch + 1 == steps {
                before = Some(progress.weights.theta.clone());
            }
            rate = rate_at(recipe, progress.step, steps);
            if let Err(what) = next_step(engine, recipe, train, &order, progress) {
                let step = progress.step + 1;
                let kept = last_whole.restore(progress);
                return Err(TrainError::NotFinite { epoch, step, part: "train", what, kept });
            }
        }
        let running_loss = progress.loss_sum / train.rows as f64;
        if running_loss > DIVERGED * recipe.naive_loss {
            let kept = last_whole.restore(progress);
            return Err(TrainError::Loss { epoch, loss: running_loss, naive: recipe.naive_loss, kept });
        }
        (progress.epoch, progress.step_in_epoch, progress.loss_sum) = (epoch, 0, 0.0);
        progress.seconds = already + observer.seconds();
        if looking {
            let before = before.as_deref().unwrap_or(&last_whole.theta);
            let moment = (before, rate, running_loss);
            match looks.look(engine, recipe, head, (train, dev), (progress, observer), moment) {
                Ok(record) => {
                    observer.looked(&record, progress.best.as_ref());
                    history.push(record);
                }
                Err((part, what)) => {
                    let step = progress.step;
                    let kept = last_whole.restore(progress);
                    return Err(TrainError::NotFinite { epoch, step, part, what, kept });
                }
            }
        }
        observer.may_save(progress, history, false)?;
    }
    Ok(waited_out(recipe, progress).map_or(Ended::Epochs, Ended::Patience))
}

/// What training falls back to: where the last whole epoch ended, or where training was taken up within one.
struct Kept {
    theta: Vec<f32>,
    epoch: usize,
    step_in_epoch: usize,
    step: u64,
    loss_sum: f64,
}

impl Kept {
    fn of(progress: &Progress) -> Kept {
        let Progress { epoch, step_in_epoch, step, loss_sum, .. } = *progress;
        Kept { theta: progress.weights.theta.clone(), epoch, step_in_epoch, step, loss_sum }
    }

    /// Puts it back and says what it was. The optimiser's averages, which may hold anything by now, start anew.
    fn restore(self, progress: &mut Progress) -> String {
        let weights = &mut progress.weights;
        weights.theta = self.theta;
        weights.first.fill(0.0);
        weights.second.fill(0.0);
        (progress.epoch, progress.step_in_epoch) = (self.epoch, self.step_in_epoch);
        (progress.step, progress.loss_sum) = (self.step, self.loss_sum);
        match self.step_in_epoch {
            0 => format!("epoch {}", self.epoch),
            _ => format!("step {}", self.step),
        }
    }
}

/// The order of rows in an epoch: shuffled, but for full batches, where order only moves rounding.
pub fn row_order(recipe: &Recipe, rows: usize, epoch: usize) -> Vec<u32> {
    if recipe.batch >= rows {
        return (0..rows as u32).collect();
    }
    Stream::new(recipe.seed, Purpose::Shuffle, epoch as u64).permutation(rows)
}

/// The rows of each step, epoch after epoch without end: for short trials.
///
/// Panics if there are no rows (a bug in the caller: a training has some).
pub(super) fn batches(recipe: &Recipe, rows: usize) -> impl Iterator<Item = Vec<u32>> {
    assert!(rows > 0, "there is no batch of no rows");
    (0..).flat_map(move |epoch| {
        let order = row_order(recipe, rows, epoch);
        order.chunks(recipe.batch).map(<[u32]>::to_vec).collect::<Vec<_>>()
    })
}

fn rate_at(recipe: &Recipe, step: u64, steps_an_epoch: usize) -> f64 {
    let all = (recipe.epochs * steps_an_epoch) as f64;
    recipe.rate * recipe.schedule.at(step as f64 / all)
}

/// The next step of the epoch under way, whose rows come in `order`.
pub fn next_step(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    train: &Examples,
    order: &[u32],
    progress: &mut Progress,
) -> Result<(), NotFinite> {
    let from = progress.step_in_epoch * recipe.batch;
    let rows = &order[from..order.len().min(from + recipe.batch)];
    let rate = rate_at(recipe, progress.step, order.len().div_ceil(recipe.batch));
    progress.loss_sum += step(engine, recipe, progress, train, rows, rate)? * rows.len() as f64;
    progress.step += 1;
    progress.step_in_epoch += 1;
    Ok(())
}

/// One step over `rows` at `rate`; counting it is left to the caller.
pub(super) fn step(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    progress: &mut Progress,
    train: &Examples,
    rows: &[u32],
    rate: f64,
) -> Result<f64, NotFinite> {
    let rule = StepRule {
        update: recipe.optimizer.update(rate, recipe.betas, progress.step + 1),
        keep: 1.0 - rate * recipe.weight_decay,
        penalties: &recipe.penalties,
        clip_norm: recipe.clip_norm,
        pass: Pass::Train { seed: recipe.seed, step: progress.step },
        smoothing: recipe.smoothing,
        augment: recipe.augment,
    };
    engine.step(&mut progress.weights, train, rows, &rule)
}

/// The patience, if dev has not improved for that long.
fn waited_out(recipe: &Recipe, progress: &Progress) -> Option<usize> {
    let (patience, best) = (recipe.patience?, progress.best.as_ref()?);
    (progress.epoch - best.epoch >= patience).then_some(patience)
}

/// Looks at train and dev after an epoch.
struct Looks {
    every: usize,
    sample: Vec<u32>,
}

impl Looks {
    fn new(recipe: &Recipe, train: &Examples) -> Looks {
        let mut sample = if train.rows > SAMPLE_ROWS {
            let mut order = Stream::new(recipe.seed, Purpose::Sample, 0).permutation(train.rows);
            order.truncate(SAMPLE_ROWS);
            order
        } else {
            (0..train.rows as u32).collect()
        };
        sample.sort_unstable();
        Looks { every: recipe.epochs.div_ceil(MAX_LOOKS).max(1), sample }
    }

    fn look(
        &mut self,
        engine: &mut Engine<f32>,
        recipe: &Recipe,
        head: &Head,
        (train, dev): (&Examples, Option<&Examples>),
        (progress, observer): (&mut Progress, &mut dyn Observer),
        (before, rate, running_loss): (&[f32], f64, f64),
    ) -> Result<Record, (&'static str, NotFinite)> {
        let theta = &progress.weights.theta;
        let norms = engine.gradient_norms();
        let (predictions, train_loss) = head.predict_rows(engine, theta, train, &self.sample);
        if let Some(what) = overflow(engine, theta, train, train_loss) {
            return Err(("train", what));
        }
        let some: Vec<u32> = self.sample.iter().copied().step_by(self.sample.len().div_ceil(HEALTH_ROWS)).collect();
        let outputs = engine.layer_outputs(theta, train, &some);
        let layers = layer_health(engine.network(), &outputs, theta, before, &norms, recipe.activation);
        let train_error = score(recipe.metric, head, &predictions, train, &self.sample).unwrap_or(train_loss);
        let mut record = Record {
            epoch: progress.epoch,
            step: progress.step,
            rate,
            running_loss,
            train_loss,
            train_error,
            dev_loss: None,
            dev_error: None,
            seconds: progress.seconds,
            layers,
        };
        if let Some(dev) = dev {
            let rows: Vec<u32> = (0..dev.rows as u32).collect();
            let (predictions, loss) = head.predict_rows(engine, theta, dev, &rows);
            if let Some(what) = overflow(engine, theta, dev, loss) {
                return Err(("dev", what));
            }
            observer.predicted_dev(progress.epoch, &predictions);
            // A metric that dev cannot give (AUC with one class in dev) leaves the loss to judge by.
            let (value, larger) = match score(recipe.metric, head, &predictions, dev, &rows) {
                Some(value) => (value, recipe.metric.larger_is_better()),
                None => (loss, false),
            };
            record.dev_loss = Some(loss);
            record.dev_error = Some(value);
            let better = progress.best.as_ref().is_none_or(|best| {
                let gain = if larger { value - best.value } else { best.value - value };
                gain > 0.0 || (gain == 0.0 && loss < best.loss)
            });
            if better {
                progress.best = Some(Best { epoch: progress.epoch, value, loss, theta: theta.clone() });
            }
        }
        Ok(record)
    }
}

/// What is not finite where the loss of a look is not.
fn overflow(engine: &mut Engine<f32>, theta: &[f32], examples: &Examples, loss: f64) -> Option<NotFinite> {
    // An infinite input may saturate the units that it meets, and leave the loss finite.
    if loss.is_finite() && all_finite(&examples.numeric) {
        return None;
    }
    engine.find_not_finite(theta, examples)
}

fn score(metric: Metric, head: &Head, predictions: &Predictions, examples: &Examples, rows: &[u32]) -> Option<f64> {
    let weights: Vec<f32> = rows.iter().filter_map(|&r| examples.weights.get(r as usize).copied()).collect();
    metric.score(predictions, &head.truth(examples, rows), &weights)
}
