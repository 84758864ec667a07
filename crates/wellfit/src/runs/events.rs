//! What a job reports while it runs, and how it is asked to stop.

use std::path::Path;

use crate::data::DataNotice;
use crate::diagnose::{Forecast, Interval};
use crate::experiment::Plan;
use crate::improve::{AblationResult, Case, ImprovementEnd, JudgedOn, Step};
use crate::net::CheckReport;
use crate::report::{
    DiagnosisReport, ErrorLink, ImprovementReport, LabelNoiseReport, LearningCurveReport, RunResult, TestScore,
};
use crate::train::{CheckpointError, Ended, Metric, Profile, Record};
use crate::tune::{Choice, TuneReport};

use super::no_folds::NoFolds;
use super::overview::{DataOverview, SplitOverview};

/// What happens while a job runs.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Something the user should know and need not act on.
    Notice(Notice<'a>),
    /// A data set was generated.
    Demo {
        /// The file it was written to.
        file: &'a Path,
        /// What it is, and where its irreducible error comes from.
        description: &'a str,
    },
    /// The data were read.
    Data(&'a DataOverview),
    /// The rows were split.
    Split(&'a SplitOverview),
    /// What will be trained, with every `auto` decided.
    Plan {
        /// The plan.
        plan: &'a Plan,
        /// Number of parameters of the network.
        parameters: usize,
    },
    /// The gradient check passed.
    GradientCheck(&'a CheckReport),
    /// The run's folder, which `--resume` can resume from now on.
    Run(&'a Path),
    /// Training is resumed from a checkpoint after so many epochs.
    Resumed(usize),
    /// All was done before: there is nothing left to do.
    AlreadyFinished,
    /// An epoch was evaluated.
    Epoch(Epoch),
    /// Training ended.
    Trained {
        /// Why.
        ended: Ended,
        /// Epochs trained.
        epochs: usize,
        /// The epoch whose weights are kept.
        kept_epoch: usize,
        /// The epoch that was best on dev; `None` without dev.
        best_epoch: Option<usize>,
    },
    /// More networks are trained beside the run's own, for further folds or seeds.
    Others {
        /// How many.
        networks: usize,
        /// How many of them will answer beside the run's own; the rest judge.
        kept: usize,
    },
    /// Configurations are compared.
    Comparing(Comparing<'a>),
    /// A run is diagnosed in full.
    Diagnosing(Diagnosing<'a>),
    /// A model was evaluated on test rows.
    Tested {
        /// Its scores.
        score: &'a TestScore,
        /// What its error is.
        metric: Metric,
        /// Rows it was evaluated on.
        rows: usize,
        /// How many times these rows or most of them have been evaluated on, this time included.
        opening: u64,
        /// The file that counts.
        ledger: &'a Path,
        /// Whether they stand in another file, and are not the test set of the run.
        other_file: bool,
    },
    /// Where the time of training went.
    Profile {
        /// The time of steps.
        profile: &'a Profile,
        /// Seconds of training in all, with evaluations of train and dev.
        seconds: f64,
    },
}

/// What happens while a configuration is improved, taken apart or searched for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Comparing<'a> {
    /// Remedies are judged on these rows.
    JudgedOn(JudgedOn),
    /// The configuration at the start of an improvement.
    Before {
        /// What is known of it.
        case: &'a Case,
        /// Its error over the rows and seeds that changes are judged on.
        error: f64,
    },
    /// A remedy was tried.
    Step(&'a Step),
    /// How far an improvement has come.
    Progress {
        /// Changes that were tried.
        tried: usize,
        /// Changes that were kept.
        kept: usize,
        /// Seconds until it ends, the last training included.
        seconds_left: f64,
    },
    /// What twice the rows would bring.
    MoreRows(&'a Forecast),
    /// The improvement ended.
    Improved {
        /// The last training.
        result: &'a RunResult,
        /// What the improvement came to.
        improvement: &'a ImprovementReport,
        /// Why it ended.
        ended: ImprovementEnd,
    },
    /// The run's configuration was trained, to be compared with itself less one setting.
    Whole {
        /// The run.
        run: &'a Path,
        /// What its error is.
        metric: Metric,
        /// Its dev error over all trainings.
        dev: f64,
        /// Which rows configurations are judged on.
        judged_on: JudgedOn,
    },
    /// The next setting is about to be ablated.
    Ablating {
        /// Settings done.
        done: usize,
        /// All of them.
        of: usize,
        /// Seconds until the last is done, or time is up; `None` before the first is done.
        seconds_left: Option<f64>,
    },
    /// A setting was ablated.
    Ablated(&'a AblationResult),
    /// Settings are judged by so many trainings each.
    Searching {
        /// Number of folds; `None` where they are judged on dev rows under several seeds.
        folds: Option<usize>,
        /// Trainings of each.
        trainings: usize,
    },
    /// The settings given were judged; trials follow.
    Baseline {
        /// The values that the settings given have for what is searched.
        given: &'a Choice,
        /// All settings that will be tried.
        choices: &'a [&'a Choice],
        /// The error of the settings given.
        error: f64,
    },
    /// A setting was tried.
    Trial {
        /// Its number, from 1.
        number: usize,
        /// Its values.
        choice: &'a Choice,
        /// What it came to.
        outcome: TrialScore<'a>,
    },
    /// All trials are over.
    Searched {
        /// What they came to.
        report: &'a TuneReport,
        /// Seconds they took.
        seconds: f64,
    },
    /// What was chosen has been trained in full.
    TrainedInFull(&'a RunResult),
}

/// What a diagnosis in full finds, as soon as it is known.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Diagnosing<'a> {
    /// What is being measured.
    Stage {
        /// In a few words.
        doing: &'static str,
        /// Seconds until all is done, about, or time is up.
        seconds_left: Option<f64>,
    },
    /// The errors from the target to the test set.
    Chain {
        /// The links.
        links: &'a [ErrorLink],
        /// What its error is.
        metric: Metric,
    },
    /// The verdict and all findings.
    Verdict {
        /// The diagnosis.
        diagnosis: &'a DiagnosisReport,
        /// The history of the run's training.
        history: &'a [Record],
    },
    /// Labels that look wrong; `None` where that cannot be estimated.
    LabelNoise(Option<&'a LabelNoiseReport>),
    /// Dev error by rows of train.
    LearningCurve(&'a LearningCurveReport),
}

/// What a trial of a search came to.
#[derive(Clone, Copy, Debug)]
pub enum TrialScore<'a> {
    /// It was judged.
    Judged {
        /// Its error.
        error: f64,
        /// Its gain over the settings given, with its 95% interval.
        gain: Option<Interval>,
    },
    /// It could not be trained.
    Failed(&'a str),
}

/// Something the user should know and need not act on.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Notice<'a> {
    /// How the data were read, split or prepared.
    Data(&'a DataNotice),
    /// The last checkpoint is damaged, so the one before it is used.
    PreviousCheckpoint {
        /// What is wrong with the last one.
        damage: &'a CheckpointError,
    },
    /// A run is resumed with other instructions than those it began with.
    OtherInstructions {
        /// Those it began with.
        then: &'a str,
        /// Those of this machine.
        now: &'a str,
    },
    /// The job takes so many seconds, about.
    TakesSeconds(f64),
    /// Settings are judged on dev under several seeds, since folds are not possible.
    NoFolds(&'a NoFolds),
    /// A model is tested on a file that it was trained on, or chosen by.
    LearnedFrom(&'a Path),
    /// Some lines of a search's journal cannot be read, so their trials are repeated.
    DamagedJournal,
}

/// How training stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Epochs done.
    pub epoch: usize,
    /// Epochs at most.
    pub epochs: usize,
    /// Loss on train.
    pub loss: f64,
    /// The metric on dev, if there is a dev set.
    pub dev: Option<f64>,
    /// The metric on dev at the epoch of the least dev loss so far, and that epoch.
    pub best: Option<(f64, usize)>,
    /// Whether the metric is a share that reads best in percent.
    pub percent: bool,
    /// Seconds since training began.
    pub seconds: f64,
}

/// Observes a job; may ask it to stop.
pub trait Watcher {
    /// Takes note.
    fn event(&mut self, event: Event<'_>);
    /// Whether the job should save and stop.
    fn stop_requested(&self) -> bool;
}

/// Nobody watches: nothing is shown, and nothing asks the job to stop.
impl Watcher for () {
    fn event(&mut self, _event: Event<'_>) {}
    fn stop_requested(&self) -> bool {
        false
    }
}

/// Passes on epochs alone, for a training within another job.
pub(crate) struct EpochsOnly<'a>(pub &'a mut dyn Watcher);

impl Watcher for EpochsOnly<'_> {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Epoch(_) = event {
            self.0.event(event);
        }
    }
    fn stop_requested(&self) -> bool {
        self.0.stop_requested()
    }
}
