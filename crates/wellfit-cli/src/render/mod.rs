//! What a person reads of each command, written from its typed report and events.

pub mod ablate;
pub mod bench;
pub mod check;
mod columns;
pub mod compare;
pub mod config;
pub mod data;
pub mod diagnose;
mod drift;
pub mod explain;
pub mod improve;
pub mod lr_find;
pub mod notice;
mod range_table;
pub mod runs;
pub mod saved;
mod target;
pub mod train;
pub mod tune;

use wellfit::improve::JudgedOn;
use wellfit::runs::{Comparing, Diagnosing, Event};
use wellfit::train::Metric;
use wellfit::words::Unit;

use tune::Table;

/// A label and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The first word; empty where the line continues the one before.
    pub label: &'static str,
    /// The rest.
    pub text: String,
}

impl Line {
    /// A line with a label.
    pub fn new(label: &'static str, text: impl Into<String>) -> Line {
        Line { label, text: text.into() }
    }

    /// A line that continues the one before.
    pub fn more(text: impl Into<String>) -> Line {
        Line::new("", text)
    }
}

/// Writes the lines of events, and keeps what later events of the same job are written by.
#[derive(Debug, Default)]
pub struct Renderer {
    unit: Option<Unit>,
    judged_on: Option<JudgedOn>,
    trials: Option<Table>,
}

impl Renderer {
    /// The lines of an event; none where there is nothing to say of it, or it is shown in another way.
    pub fn lines(&mut self, event: &Event<'_>) -> Vec<Line> {
        match event {
            Event::Data(data) => {
                self.unit = Some(Unit::of_metric(Metric::of_task(data.task)));
                vec![train::data(data)]
            }
            Event::Demo { file, description } => {
                vec![Line::new("demo", format!("{} · {description}", file.display()))]
            }
            Event::Split(split) => vec![train::split(split)],
            Event::Plan { plan, parameters } => {
                self.unit = Some(Unit::of_metric(plan.recipe.metric));
                train::plan(plan, *parameters)
            }
            Event::GradientCheck(report) => vec![train::check(report)],
            Event::Resumed(epoch) => vec![Line::new("resume", format!("from epoch {epoch}"))],
            Event::AlreadyFinished => vec![Line::new("resume", "already finished; nothing to do")],
            Event::Trained { ended, epochs, .. } => vec![train::trained(*ended, *epochs)],
            Event::Others { networks, kept } => vec![train::others(*networks, *kept)],
            Event::Profile { profile, seconds } => vec![train::profile(profile, *seconds)],
            Event::Tested { score, metric, rows, opening, ledger, other_file } => {
                let rows_of = if *other_file { "this file" } else { "this test set" };
                improve::tested(score, Unit::of_metric(*metric), (*rows, rows_of), (*opening, ledger))
            }
            Event::Comparing(comparing) => self.comparing(comparing),
            Event::Diagnosing(found) => self.diagnosing(found),
            _ => Vec::new(),
        }
    }

    fn diagnosing(&mut self, found: &Diagnosing<'_>) -> Vec<Line> {
        if let Diagnosing::Chain { metric, .. } = found {
            self.unit = Some(Unit::of_metric(*metric));
        }
        let unit = self.unit.unwrap_or(Unit::Target);
        match found {
            Diagnosing::Chain { links, .. } => diagnose::chain(links, unit),
            Diagnosing::Verdict { diagnosis, history } => diagnose::verdict(diagnosis, history),
            Diagnosing::LabelNoise(noise) => diagnose::label_noise(*noise),
            Diagnosing::LearningCurve(curve) => diagnose::learning_curve(curve, unit),
            _ => Vec::new(),
        }
    }

    fn comparing(&mut self, comparing: &Comparing<'_>) -> Vec<Line> {
        match comparing {
            Comparing::Whole { metric, .. } => self.unit = Some(Unit::of_metric(*metric)),
            Comparing::Before { case, .. } => self.unit = Some(Unit::of_metric(case.budget.metric)),
            _ => {}
        }
        let unit = self.unit.unwrap_or(Unit::Target);
        match comparing {
            Comparing::JudgedOn(rows) => {
                self.judged_on = Some(*rows);
                vec![improve::judged_on(*rows)]
            }
            Comparing::Before { case, error } => {
                improve::before(case, *error, self.judged_on.unwrap_or(JudgedOn::Dev), unit)
            }
            Comparing::Step(step) => vec![improve::step(step, unit)],
            Comparing::MoreRows(twice) => vec![improve::more_rows(twice, unit)],
            Comparing::Improved { result, improvement, ended } => improve::improved(result, improvement, *ended, unit),
            Comparing::Whole { run, dev, judged_on, .. } => ablate::whole(run, unit.error(*dev), *judged_on),
            Comparing::Ablated(result) => vec![ablate::ablated(result, unit)],
            Comparing::Searching { folds, trainings } => vec![tune::judged(*folds, *trainings)],
            Comparing::Baseline { given, choices, error } => {
                let table = Table::of(choices, given, unit);
                let lines = table.beginning(given, *error);
                self.trials = Some(table);
                lines
            }
            Comparing::Trial { number, choice, outcome } => {
                self.trials.iter().map(|table| table.trial(*number, choice, outcome)).collect()
            }
            Comparing::Searched { report, seconds } => {
                self.trials.iter().flat_map(|table| table.searched(report, *seconds)).collect()
            }
            Comparing::TrainedInFull(result) => vec![train::errors(result)],
            _ => Vec::new(),
        }
    }
}
