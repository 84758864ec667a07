//! `wellfit train`: from a file to a verdict.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::compare::{Ensemble, Others, Trained, evaluate, no_folds, refused};
use crate::diagnose::duplicates;
use crate::experiment::{
    Plan, Prepared, Spec, check_gradient, data_hash, engine, epochs_within, machine_threads, prepare, starting_member,
    with_absolute_paths, with_positive,
};
use crate::fitted::Fitted;
use crate::model::{Model, Predictor, check_description, write_model};
use crate::net::{CheckOptions, CheckReport, Member, Network};
use crate::report::RunResult;
use crate::runs::{
    DataOverview, Event, InputError, JobError, Notice, Recorder, RunFolder, RunOptions, Searched, SplitOverview,
    UsageError, Watcher, create_run_folder, existing, identity, refuse_other_run, refuse_taken_folder, saved_progress,
    write_page,
};
use crate::store::clear_leftovers;
use crate::train::{Ended, Observer, Progress as Training, Record, TrainError, fit};

use super::diverged::explained;

/// What `train`, `demo` and `improve` leave behind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainReport {
    /// What stands in result.json; `None` if the run was interrupted or only planned.
    pub result: Option<RunResult>,
    /// The run's folder.
    pub run: PathBuf,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

/// Splits, checks, trains, diagnoses and reports as `spec` says.
pub fn train(spec: &Spec, options: &RunOptions, watcher: &mut dyn Watcher) -> Result<TrainReport, JobError> {
    let Some(path) = spec.data.path.clone() else {
        return Err(UsageError::NoData.into());
    };
    refuse_taken_folder(options)?;
    // With the paths as they were given, so that messages name files the way the user does.
    let mut prepared = prepare(spec)?;
    watcher.event(Event::Data(&DataOverview::of(&prepared.dataset)));
    for notice in &prepared.notices {
        watcher.event(Event::Notice(Notice::Data(notice)));
    }
    watcher.event(Event::Split(&SplitOverview::of(&prepared.dataset)));
    let asked = with_positive(with_absolute_paths(spec), &prepared);
    let mut plan = Plan::new(&asked, &prepared.summary())?;
    let folds = plan.spec.data.folds.on().copied().filter(|_| options.searched.is_none());
    if let Some(why) = folds.and_then(|folds| no_folds(&prepared, &plan.spec, folds)) {
        return Err(refused(why));
    }
    let given_weights = prepared.weigh_classes(&plan.class_weights);
    let network = Network::<f32>::new(&plan.network)?;
    watcher.event(Event::Plan { plan: &plan, parameters: network.parameters() });
    let mut described = model(&plan, &prepared, Member::default());
    described.members.resize_with(plan.members, || own(&plan, &prepared, Member::default()));
    check_description(Path::new("model.safetensors"), &described).map_err(InputError::DescriptionTooLong)?;
    if watcher.stop_requested() {
        return Ok(interrupted(PathBuf::new()));
    }
    let start = starting_member(&plan, &network)?;
    let folder = existing(options, &path)?;
    plan = spend_budget(plan, &start, &prepared, folder.as_ref())?;
    if options.dry_run {
        return Ok(TrainReport { result: None, run: PathBuf::new(), interrupted: false });
    }
    let data_sha256 = data_hash(&plan.spec)?;
    if let Some(folder) = folder.as_ref() {
        refuse_other_run(folder, &plan.spec, &data_sha256)?;
        if folder.is_finished() {
            return finished(folder, watcher);
        }
    }
    // The config of a run that is resumed is there, the same but for the number of threads.
    let is_new = folder.is_none();
    let folder = match folder {
        Some(folder) => folder,
        None => create_run_folder(options, &path)?,
    };
    let _claim = folder.claim()?;
    watcher.event(Event::Run(&folder.path));
    clear_leftovers(&folder.path)?;
    if is_new {
        folder.write_config(&plan.spec)?;
    }
    if let Some(copies) = duplicates(&prepared.dataset).notice(&prepared.dataset) {
        watcher.event(Event::Notice(Notice::Data(&copies)));
    }
    let check = check_before_training(&plan, &start.theta, &prepared, watcher)?;

    let mut engine = engine(&plan.network, &plan.recipe, plan.threads)?;
    if options.profile {
        engine.measure();
    }
    let isa = engine.isa().name();
    let start = Training::start(start, plan.recipe.optimizer);
    let saved = saved_progress(&folder, (&plan.spec, &data_sha256), &start, isa, watcher)?;
    let resumed_from_epoch = saved.as_ref().map(|(training, _)| training.epoch as u64);
    let (mut training, mut history) = saved.unwrap_or((start, Vec::new()));
    let mut recorder = Recorder::new(watcher, &plan.recipe).saving_to(&folder, identity(&plan.spec, &data_sha256), isa);
    let parts = (&prepared.train, prepared.dev.as_ref());
    let ended = fit(&mut engine, &plan.recipe, &prepared.head, parts, &mut training, &mut history, &mut recorder);
    let ended = match ended {
        Ok(Ended::Interrupted) => return Ok(interrupted(folder.path.clone())),
        Ok(_) if recorder.stop_requested() => {
            recorder.may_save(&training, &history, true)?;
            return Ok(interrupted(folder.path.clone()));
        }
        Ok(ended) => ended,
        // The weights are sound and the disk is not: what was saved stands.
        Err(TrainError::Store(error)) => return Err(error.into()),
        Err(error) => {
            keep_last_weights(&folder, &plan, &prepared, &training, &history)?;
            let member = starting_member(&plan, &network)?;
            let stop_requested = || recorder.stop_requested();
            return Err(explained(error, &mut engine, &plan, &member, &prepared, &stop_requested));
        }
    };
    // Stopped while it is cross-validated or remedies are tried, a run is resumed from here.
    recorder.may_save(&training, &history, true)?;
    let (kept_epoch, best_epoch) = (training.best_epoch(&plan.recipe), training.best.as_ref().map(|best| best.epoch));
    watcher.event(Event::Trained { ended, epochs: training.epoch, kept_epoch, best_epoch });
    if options.profile {
        watcher.event(Event::Profile { profile: &engine.profile(), seconds: training.seconds });
    }
    let others = match folds.unwrap_or(plan.members).max(plan.members) {
        0 | 1 => None,
        networks => {
            watcher.event(Event::Others { networks: networks - 1, kept: plan.members - 1 });
            let others = Others::train(&prepared, &plan, networks, &|| watcher.stop_requested())?;
            let Some(others) = others else { return Ok(interrupted(folder.path.clone())) };
            Some(others)
        }
    };

    let (epochs, best_epoch, seconds) = (training.epoch, training.best_epoch(&plan.recipe), training.seconds);
    let dev_evaluations = std::mem::take(&mut training.dev);
    let mut model = model(&plan, &prepared, training.into_member(&plan.recipe));
    choose_threshold(&mut model, &plan, &prepared)?;
    let ensemble = ensemble(&model, (&prepared, &plan), others.as_ref())?;
    prepared.restore_weights(given_weights);
    let trained = Trained {
        run: folder.path.display().to_string(),
        prepared: &prepared,
        plan: &plan,
        history: &history,
        dev_evaluations: &dev_evaluations,
        check: &check,
        epochs,
        best_epoch,
        ended,
        seconds,
        threads: engine.threads(),
        resumed_from_epoch,
        data_sha256,
        others: others.as_ref(),
        ensemble: ensemble.as_ref().map(Ensemble::report),
        cross_validation: options.searched.as_ref().and_then(|searched| searched.cross_validation.clone()),
    };
    let stop = || watcher.stop_requested();
    // Whatever the evaluation finds, what was trained is kept.
    write_model(&folder.model(), ensemble.as_ref().map_or(&model, |ensemble| &ensemble.model))?;
    let Some(result) = conclude(&folder, &trained, model, options.searched.as_ref(), &stop)? else {
        return Ok(interrupted(folder.path.clone()));
    };
    Ok(TrainReport { result: Some(result), run: folder.path, interrupted: false })
}

/// Writes what the run came to; `None` if it was stopped before that was known.
fn conclude(
    folder: &RunFolder,
    trained: &Trained<'_>,
    model: Model,
    searched: Option<&Searched>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<RunResult>, JobError> {
    // What is reported is what `wellfit predict` will give, which multiplies in full precision.
    let mut fitted = Fitted::new(model, trained.threads)?;
    folder.write_history(trained.history)?;
    let Some((result, evidence)) = evaluate(trained, &mut fitted, searched, stop)? else { return Ok(None) };
    folder.write_evidence(&evidence)?;
    write_page(folder, &result, &evidence, trained.history)?;
    // The result comes last: a run is finished when it is there.
    folder.write_result(&result)?;
    folder.remove_checkpoints()?;
    Ok(Some(result))
}

/// Turns a wall-clock budget into epochs, once: a run that is resumed keeps the number it was given.
pub(super) fn spend_budget(
    plan: Plan,
    member: &Member<f32>,
    prepared: &Prepared,
    folder: Option<&RunFolder>,
) -> Result<Plan, JobError> {
    let Some(budget) = plan.spec.training.budget.0 else { return Ok(plan) };
    if let Some(folder) = folder {
        let spec = folder.read_config()?;
        if let (true, Some(&epochs)) = (spec.training.budget == plan.spec.training.budget, spec.training.epochs.given())
        {
            return Ok(plan.with_epochs(epochs));
        }
    }
    let parts = (&prepared.train, prepared.dev.as_ref());
    // Networks beside the first are trained one a thread.
    let others = plan.spec.data.folds.on().copied().unwrap_or(1).max(plan.members) - 1;
    let turns = 1 + others.div_ceil(plan.threads.unwrap_or_else(machine_threads));
    let epochs = epochs_within(&plan, member, &prepared.head, parts, budget.div_f64(turns as f64))?;
    Ok(plan.with_epochs(epochs))
}

fn finished(folder: &RunFolder, watcher: &mut dyn Watcher) -> Result<TrainReport, JobError> {
    let result = folder.read_result()?;
    // Killed right after the result was written, it has kept them.
    folder.remove_checkpoints()?;
    watcher.event(Event::AlreadyFinished);
    Ok(TrainReport { result: Some(result), run: folder.path.clone(), interrupted: false })
}

pub(super) fn check_before_training(
    plan: &Plan,
    theta: &[f32],
    prepared: &Prepared,
    watcher: &mut dyn Watcher,
) -> Result<CheckReport, JobError> {
    let seed = plan.recipe.seed;
    let options = CheckOptions { seed, smoothing: plan.recipe.smoothing, ..CheckOptions::default() };
    let report = check_gradient(plan, &Network::new(&plan.network)?, theta, &prepared.train, &options)?;
    if !report.passed {
        return Err(JobError::Gradient(report));
    }
    watcher.event(Event::GradientCheck(&report));
    Ok(report)
}

/// A run's own network as a model.
pub(super) fn model(plan: &Plan, prepared: &Prepared, numbers: Member<f32>) -> Model {
    Model { metric: plan.recipe.metric, members: vec![own(plan, prepared, numbers)] }
}

fn own(plan: &Plan, prepared: &Prepared, numbers: Member<f32>) -> Predictor {
    let (pipeline, network) = (prepared.pipeline.clone(), plan.network.clone());
    Predictor { pipeline, network, head: prepared.head.clone(), numbers, weight: 1.0 }
}

/// Chooses the threshold of a run's own network on dev, where the recipe asks for one.
pub(super) fn choose_threshold(model: &mut Model, plan: &Plan, prepared: &Prepared) -> Result<(), JobError> {
    let (Some(dev), true) = (&prepared.dev, plan.recipe.threshold_for.is_some()) else { return Ok(()) };
    let mut fitted = Fitted::new(model.clone(), 1)?;
    let decided = plan.recipe.with_threshold(fitted.score_first(dev).0, &fitted.truths(dev), &dev.weights);
    model.members.iter_mut().for_each(|member| member.head.decision = decided.decision());
    Ok(())
}

/// What answers together, where the plan asks for more than one network.
pub(super) fn ensemble(
    own: &Model,
    (prepared, plan): (&Prepared, &Plan),
    others: Option<&Others>,
) -> Result<Option<Ensemble>, JobError> {
    let others = others.filter(|_| plan.members > 1);
    others.map(|others| Ensemble::of(own, (prepared, plan), others)).transpose()
}

/// After divergence: the weights of the last whole epoch, as a model that predicts.
fn keep_last_weights(
    folder: &RunFolder,
    plan: &Plan,
    prepared: &Prepared,
    training: &Training,
    history: &[Record],
) -> Result<(), JobError> {
    write_model(&folder.model(), &model(plan, prepared, training.weights.member.clone()))?;
    Ok(folder.write_history(history)?)
}

fn interrupted(run: PathBuf) -> TrainReport {
    TrainReport { result: None, run, interrupted: true }
}
