//! Training without touching the disk.

use crate::compare::{Ensemble, Others, Trained, evaluate};
use crate::data::{DataRequest, DataSource, load};
use crate::experiment::{Plan, Spec, data_request, engine, prepare_dataset, starting_member, with_positive};
use crate::fitted::Fitted;
use crate::net::Network;
use crate::runs::{Event, JobError, Recorder, Watcher};
use crate::train::{self, Ended, Progress};

use super::diverged::explained;
use super::train::{check_before_training, choose_threshold, ensemble, model, spend_budget};

/// Splits, prepares, checks gradients, trains and diagnoses as `spec` says, in memory.
///
/// `data` is a table, Arrow record batches or a file; `spec.data.target` names the column to predict. Nothing is written.
/// Nothing is judged by folds alone; an ensemble's members are trained by them.
///
/// Errors are those of the data, of settings that do not fit, of a gradient check that fails and of a divergence.
pub fn fit(data: impl Into<DataSource>, spec: &Spec) -> Result<Fitted, JobError> {
    fit_watched(data, spec, &mut ())
}

/// [`fit`], watched; [`JobError::Stopped`] if the watcher asked to stop.
pub fn fit_watched(data: impl Into<DataSource>, spec: &Spec, watcher: &mut dyn Watcher) -> Result<Fitted, JobError> {
    let dataset = load(&DataRequest { source: data.into(), ..data_request(spec) })?;
    let mut prepared = prepare_dataset(dataset, spec)?;
    let plan = Plan::new(&with_positive(spec.clone(), &prepared), &prepared.summary())?;
    let given_weights = prepared.weigh_classes(&plan.class_weights);
    let network = Network::<f32>::new(&plan.network)?;
    watcher.event(Event::Plan { plan: &plan, parameters: network.parameters() });
    let start = starting_member(&plan, &network)?;
    let plan = spend_budget(plan, &start, &prepared, None)?;
    let check = check_before_training(&plan, &start.theta, &prepared, watcher)?;

    let mut engine = engine(&plan.network, &plan.recipe, plan.threads)?;
    let (mut training, mut history) = (Progress::start(start.clone(), plan.recipe.optimizer), Vec::new());
    let mut recorder = Recorder::new(watcher, &plan.recipe);
    let parts = (&prepared.train, prepared.dev.as_ref());
    let ended =
        train::fit(&mut engine, &plan.recipe, &prepared.head, parts, &mut training, &mut history, &mut recorder);
    let ended = match ended {
        Ok(Ended::Interrupted) => return Err(JobError::Stopped),
        Ok(ended) => ended,
        Err(error) => {
            let stop_requested = || watcher.stop_requested();
            return Err(explained(error, &mut engine, &plan, &start, &prepared, &stop_requested));
        }
    };
    let (kept_epoch, best_epoch) = (training.best_epoch(&plan.recipe), training.best.as_ref().map(|best| best.epoch));
    watcher.event(Event::Trained { ended, epochs: training.epoch, kept_epoch, best_epoch });

    let others = match plan.members {
        1 => None,
        networks => {
            watcher.event(Event::Others { networks: networks - 1, kept: networks - 1 });
            let others = Others::train(&prepared, &plan, networks, &|| watcher.stop_requested())?;
            Some(others.ok_or(JobError::Stopped)?)
        }
    };

    let (epochs, best_epoch, seconds) = (training.epoch, training.best_epoch(&plan.recipe), training.seconds);
    let dev_evaluations = std::mem::take(&mut training.dev);
    let threads = engine.threads();
    let mut model = model(&plan, &prepared, training.into_member(&plan.recipe));
    choose_threshold(&mut model, &plan, &prepared)?;
    let ensemble = ensemble(&model, (&prepared, &plan), others.as_ref())?;
    prepared.restore_weights(given_weights);
    let trained = Trained {
        run: String::new(),
        prepared: &prepared,
        plan: &plan,
        history: &history,
        dev_evaluations: &dev_evaluations,
        check: &check,
        epochs,
        best_epoch,
        ended,
        seconds,
        threads,
        resumed_from_epoch: None,
        data_sha256: String::new(),
        others: others.as_ref(),
        ensemble: ensemble.as_ref().map(Ensemble::report),
        cross_validation: None,
    };
    let mut fitted = Fitted::new(model, threads)?;
    let evaluated = evaluate(&trained, &mut fitted, None, &|| watcher.stop_requested())?;
    let Some((result, _)) = evaluated else { return Err(JobError::Stopped) };
    let fitted = ensemble.map_or(Ok(fitted), |ensemble| Fitted::new(ensemble.model, threads))?;
    Ok(fitted.with_result(result))
}
