//! Whether the first advice for a planted cause was right: it is followed alone, and the true errors say.

use std::ops::RangeInclusive;
use std::path::Path;

use wellfit::diagnose::margin;
use wellfit::experiment::Assignment;

use crate::causes::Cause;
use crate::plant::{Case, Setup};
use crate::run::{Run, Said};

/// What came of the first advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// It removed half of the excess error, or named the fault of the data; or a healthy run was left alone.
    Right,
    /// It did not.
    Wrong,
    /// It made the network worse.
    Harmful,
    /// The plant did no harm, or the run without one is not healthy.
    NotCounted,
}

/// A case that was tried.
pub struct Judged {
    pub cause: Cause,
    pub judgement: Judgement,
    /// Whether the findings name the cause.
    pub named: bool,
    /// The first advice.
    pub remedy: String,
    /// All that one needs to look into it.
    pub line: String,
    /// What was said, in full.
    pub text: String,
}

/// True errors of the planted run, the same after its first advice, and what could have been.
struct Errors {
    before: f64,
    after: Option<f64>,
    healthy: f64,
    margin: f64,
}

impl Errors {
    fn excess(&self) -> f64 {
        self.before - self.healthy
    }

    fn judge(&self, case: &Case, said: &Said) -> Judgement {
        let harms = self.excess() > self.margin;
        if case.cause == Cause::Healthy {
            let doubts = said.doubts_labels() && !case.generator.flips_labels();
            // By its definition, variance is the gap to train error, which is about twice what new rows suffer from it.
            let has_variance = self.before - said.train > self.margin;
            return match (harms || has_variance, said.alarms() || said.meddles() || doubts) {
                (true, _) => Judgement::NotCounted,
                (false, true) => Judgement::Wrong,
                (false, false) => Judgement::Right,
            };
        }
        if !harms && !case.cause.is_about_judging() {
            return Judgement::NotCounted;
        }
        let gain = self.after.map_or(0.0, |after| self.before - after);
        // A fault of the data that is named is the whole of good advice: other rows are another problem, with errors of its own.
        if said.names_fault_of_data(case.cause) || (harms && gain >= 0.5 * self.excess()) {
            Judgement::Right
        } else if gain < -self.margin {
            Judgement::Harmful
        } else {
            Judgement::Wrong
        }
    }
}

impl Case {
    /// Trains the planted run, its healthy twin, and the planted run after its first advice, in `folder`.
    ///
    /// `in_full` asks `diagnose` for its findings too.
    pub fn judge(&self, folder: &Path, in_full: bool) -> Judged {
        let at = |name: &str| folder.join(name);
        let files = |name: &str| {
            std::fs::create_dir_all(at(name)).unwrap();
            if name == "planted" { &self.planted } else { &self.healthy }.rows.write(&at(name))
        };
        let planted_files = files("planted");
        let run = |change: Option<&Assignment>, name: &str| {
            self.planted.run(&planted_files, change, &at("planted").join(name), change.is_none())
        };
        let failed = |why: String| -> Run { panic!("{}: {why}", self.label()) };
        let planted = run(None, "run").unwrap_or_else(failed);
        let (healthy, after) = if self.cause == Cause::Healthy {
            (planted_files.best_error, None)
        } else {
            let twin =
                self.healthy.run(&files("healthy"), None, &at("healthy").join("run"), false).unwrap_or_else(failed);
            let change = planted.said.advice.as_ref().and_then(|advice| advice.change.as_ref());
            // A change that cannot be made, to a file that is not there, changes nothing.
            let advised = change.and_then(|change| run(Some(change), "advised").ok());
            (twin.error, advised.map(|run| run.error))
        };
        let margin =
            margin(wellfit::train::Metric::of_task(self.generator.task()), self.planted.rows.rarer(), planted.error);
        let errors = Errors { before: planted.error, after, healthy, margin };
        let full = (in_full && planted.said.verdict.is_some()).then(|| Said::in_full(&at("planted").join("run")));
        self.judged(&planted.said, full.as_ref(), &errors)
    }

    fn judged(&self, said: &Said, full: Option<&Said>, errors: &Errors) -> Judged {
        let judgement = errors.judge(self, said);
        let kinds = said.kinds.iter().skip(1).take(4).map(|kind| format!("{kind:?}")).collect::<Vec<_>>().join(" ");
        let verdict = said.verdict.map_or("failed", |verdict| verdict.name());
        let advice = said.advice.as_ref();
        let (remedy, change) = advice.map_or(("none", ""), |advice| (advice.remedy.as_str(), advice.text.as_str()));
        let after = errors.after.map_or("-".to_string(), |after| format!("{after:.4}"));
        let Errors { before, healthy, margin, .. } = errors;
        let line = format!(
            "{judgement:?} {}: {verdict} [{kinds}] -> {remedy} ({change}); error {before:.4} -> {after}, healthy \
             {healthy:.4}, margin {margin:.4}",
            self.label()
        );
        let settings = |setup: &Setup| {
            let settings = setup.settings.iter().map(|(key, value)| format!("    {key} = {value}"));
            format!("{:?}\n{}", setup.rows, settings.collect::<Vec<_>>().join("\n"))
        };
        let text = format!(
            "planted: {}\n\nhealthy: {}\n\nsaid:\n{}",
            settings(&self.planted),
            settings(&self.healthy),
            said.text
        );
        let named = full.unwrap_or(said).names(self.cause)
            && full.is_none_or(|full| self.share_may_be_in(full, errors.healthy));
        Judged { cause: self.cause, judgement, named, remedy: remedy.to_string(), line, text }
    }

    /// Whether the range of wrong labels, if one was given, may hold the share that was planted, where `overlap` of the labels
    /// differ from the likeliest without it.
    fn share_may_be_in(&self, said: &Said, overlap: f64) -> bool {
        let wrong = self.planted.rows.mislabelled;
        let holds = |range: &RangeInclusive<f64>| *range.start() <= wrong + overlap && wrong <= *range.end();
        wrong == 0.0 || said.wrong_labels.as_ref().is_none_or(holds)
    }

    /// By which it can be run alone.
    pub fn label(&self) -> String {
        format!("{}:{}:{}", self.cause.name(), self.generator.name(), self.seed)
    }
}
