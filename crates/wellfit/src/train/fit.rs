//! The training loop: epochs of steps, evaluations on dev, early stopping.

use thiserror::Error;

use crate::data::{Examples, Part};
use crate::net::Pass;
use crate::store::StoreError;

use super::engine::{Engine, NotFinite, StepRule};
use super::evaluator::Evaluator;
use super::head::Head;
use super::history::Record;
use super::observer::Observer;
use super::progress::{KeptWeights, Progress, Snapshot};
use super::recipe::{Recipe, row_order};

/// An epoch's loss above this many times the naive baseline's has diverged.
const DIVERGED: f64 = 1e4;

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

/// Training that cannot go on.
#[derive(Debug, Error)]
pub enum TrainError {
    /// A number stopped being finite.
    #[error("diverged in epoch {epoch}, step {step}, on {part}: {what}; {kept} are kept")]
    NotFinite {
        /// The epoch, from 1.
        epoch: usize,
        /// The step over all epochs, from 1.
        step: u64,
        /// The rows it met.
        part: Part,
        /// What it was.
        what: NotFinite,
        /// Whose weights are kept: those of the last whole epoch, or of the step from which training went on.
        kept: KeptWeights,
    },
    /// The loss left every reasonable range.
    #[error(
        "diverged: the loss of epoch {epoch} is {loss:.3e}, over 10,000 times that of a constant guess ({naive:.3}); {kept} are kept"
    )]
    Loss {
        /// The epoch, from 1.
        epoch: usize,
        /// Its mean loss.
        loss: f64,
        /// The naive baseline's.
        naive: f64,
        /// Whose weights are kept.
        kept: KeptWeights,
    },
    /// A checkpoint could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrainError {
    /// Whether dev rows gave the number that is not finite.
    pub fn is_on_dev(&self) -> bool {
        matches!(self, TrainError::NotFinite { part: Part::Dev, .. })
    }
}

/// Trains until the recipe or the observer says stop. With `patience`, the best weights stand in `progress.best`.
///
/// Training continues from what `progress` and `history` hold, with the same bits as if it had never stopped. On divergence
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
    let steps = train.rows().div_ceil(recipe.batch);
    let evaluator = Evaluator::new(recipe, train);
    let already = progress.seconds;
    engine.pack(&progress.weights.member.theta);
    while progress.epoch < recipe.epochs {
        if let Some(patience) = waited_out(recipe, progress) {
            return Ok(Ended::Patience(patience));
        }
        let epoch = progress.epoch + 1;
        let order = row_order(recipe, train.rows(), progress.epoch);
        let last_whole = Snapshot::of(progress);
        let evaluating = epoch.is_multiple_of(evaluator.every) || epoch == recipe.epochs;
        let mut before = None;
        let mut rate = 0.0;
        while progress.step_in_epoch < steps {
            if observer.stop_requested() {
                progress.seconds = already + observer.seconds();
                observer.may_save(progress, history, true)?;
                return Ok(Ended::Interrupted);
            }
            if evaluating && progress.step_in_epoch + 1 == steps {
                before = Some(progress.weights.member.theta.clone());
            }
            rate = recipe.rate_at(progress.step, steps);
            if let Err(what) = next_step(engine, recipe, train, &order, progress) {
                let step = progress.step + 1;
                let kept = last_whole.restore(progress);
                return Err(TrainError::NotFinite { epoch, step, part: Part::Train, what, kept });
            }
        }
        let running_loss = progress.loss_sum / train.rows() as f64;
        if running_loss > DIVERGED * recipe.naive_loss {
            let kept = last_whole.restore(progress);
            return Err(TrainError::Loss { epoch, loss: running_loss, naive: recipe.naive_loss, kept });
        }
        (progress.epoch, progress.step_in_epoch, progress.loss_sum) = (epoch, 0, 0.0);
        progress.seconds = already + observer.seconds();
        if evaluating {
            let before = before.as_deref().unwrap_or(&last_whole.member.theta);
            let moment = (before, rate, running_loss);
            match evaluator.evaluate(engine, recipe, head, (train, dev), (progress, observer), moment) {
                Ok(record) => {
                    observer.evaluated(&record, progress.best.as_ref());
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
    let steps = order.len().div_ceil(recipe.batch);
    let (rate, fade) = (recipe.rate_at(progress.step, steps), recipe.fade_at(progress.step, steps));
    progress.loss_sum += step(engine, recipe, progress, train, rows, (rate, fade))? * rows.len() as f64;
    progress.step += 1;
    progress.step_in_epoch += 1;
    Ok(())
}

/// One step over `rows` at a rate, with a share of dropout and weight decay; counting it is left to the caller.
pub(super) fn step(
    engine: &mut Engine<f32>,
    recipe: &Recipe,
    progress: &mut Progress,
    train: &Examples,
    rows: &[u32],
    (rate, fade): (f64, f64),
) -> Result<f64, NotFinite> {
    let rule = StepRule {
        update: recipe.optimizer.update(rate, recipe.betas, progress.step + 1),
        keep: 1.0 - rate * fade * recipe.weight_decay,
        penalties: &recipe.penalties,
        clip_norm: recipe.clip_norm,
        pass: Pass::Train { seed: recipe.seed, step: progress.step, dropout: fade },
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
