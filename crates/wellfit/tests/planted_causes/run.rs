//! One training: its true error, and what is said of it.

use std::ops::RangeInclusive;
use std::path::Path;

use wellfit::diagnose::{FindingKind, Verdict};
use wellfit::experiment::settings::{Auto, Switch};
use wellfit::experiment::spec::find;
use wellfit::experiment::{Assignment, Spec};
use wellfit::fitted::Fitted;
use wellfit::jobs::{diagnose, train};
use wellfit::report::{FindingReport, RunResult};
use wellfit::runs::{ErrorKind, JobError, RunOptions};
use wellfit::train::Predictions;

use crate::generators::Answer;
use crate::plant::Setup;
use crate::rows::{Files, class_name, error};

/// What is said of a run.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// None where it failed.
    pub verdict: Option<Verdict>,
    /// Train error.
    pub train: f64,
    /// The gravest first.
    pub kinds: Vec<FindingKind>,
    pub advice: Option<Advice>,
    /// The range of the share of wrong labels, where there is one.
    pub wrong_labels: Option<RangeInclusive<f64>>,
    /// Everything, for a person to read.
    pub text: String,
}

/// The first advice.
#[derive(Clone, Debug)]
pub struct Advice {
    pub remedy: String,
    /// As it is printed.
    pub text: String,
    /// The one setting that it changes, if it changes one.
    pub change: Option<Assignment>,
}

/// A training: the error of its network on fresh rows, and what is said of it.
pub struct Run {
    pub error: f64,
    pub said: Said,
}

impl Advice {
    fn of(remedy: String, text: String) -> Advice {
        let change = text.parse().ok().or_else(|| flag_in(&text));
        Advice { remedy, text, change }
    }
}

/// The first flag with a value in a sentence or command, as a change.
fn flag_in(text: &str) -> Option<Assignment> {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(['`', '"', '(', ')', ';', ','])).collect();
    let changes = words.windows(2).filter_map(|pair| {
        let name = pair[0].strip_prefix("--")?.replace('-', "_");
        let value = pair[1].trim_end_matches('.');
        find(&name).and_then(|_| format!("{name} = {value}").parse().ok())
    });
    changes.map(|change: Assignment| change).find(|change| Spec::default().with_change(change).is_ok())
}

impl Setup {
    /// The configuration for the files.
    fn spec(&self, files: &Files) -> Spec {
        let mut spec = Spec::default();
        (spec.data.path, spec.data.dev) = (Some(files.data.clone()), files.dev.clone());
        let target = self.names_target.then(|| ("training.target_error", format!("{:?}", files.best_error)));
        for (key, value) in self.settings.iter().chain(&target) {
            let change = format!("{key} = {value}").parse().unwrap_or_else(|why| panic!("{key} = {value}: {why}"));
            spec = spec.with_change(&change).unwrap_or_else(|why| panic!("{change}: {why}"));
        }
        spec
    }

    /// Trains in `folder`, with one setting changed if there is a change. A change that cannot be made is an error.
    /// `asks`: whether its advice is read.
    pub fn run(&self, files: &Files, change: Option<&Assignment>, folder: &Path, asks: bool) -> Result<Run, String> {
        let mut spec = self.spec(files);
        if let Some(change) = change {
            spec = spec.with_change(change).map_err(|why| why.to_string())?;
        }
        if !asks {
            // Nobody reads what would be advised.
            spec.training.probes = Auto::Given(Switch::Off);
        }
        let options = RunOptions { out: Some(folder.to_owned()), ..RunOptions::default() };
        match train(&spec, &options, &mut ()) {
            Ok(report) => {
                let error = true_error(folder, files);
                Ok(Run { error, said: Said::of(&report.result.unwrap()) })
            }
            // Nobody can use its network.
            Err(why) if matches!(why.kind(), ErrorKind::Diverged | ErrorKind::Gradient) => {
                Ok(Run { error: files.constant_error, said: Said::of_failure(&why) })
            }
            Err(why) => Err(why.to_string()),
        }
    }
}

fn true_error(folder: &Path, files: &Files) -> f64 {
    let mut fitted = Fitted::open(&folder.join("model.safetensors"), 1).unwrap();
    let table = fitted.pipeline().read(&files.fresh.as_path().into()).unwrap().table;
    let answers = match fitted.predict(&table) {
        Predictions::Values(values) => values.into_iter().map(Answer::Value).collect(),
        Predictions::Probabilities { classes, values, decision } => {
            let names = fitted.pipeline().classes();
            let known = |name: &String| (0..classes.max(5)).find(|&class| class_name(class) == *name).unwrap();
            let named: Vec<usize> = names.iter().map(known).collect();
            values.chunks_exact(classes).map(|row| Answer::Class(named[decision.class_of(row)])).collect::<Vec<_>>()
        }
    };
    error(&answers, &files.truth)
}

impl Said {
    fn of(result: &RunResult) -> Said {
        let Some(diagnosis) = &result.diagnosis else { return Said::default() };
        let advice = result.prescription.first();
        let findings = diagnosis.findings.iter().map(|finding| format!("    {}", finding.text));
        let moves = result.prescription.iter().map(|advice| format!("    {}: {}", advice.change, advice.reason));
        Said {
            verdict: Some(diagnosis.verdict),
            train: result.train.error.value,
            kinds: kinds(&diagnosis.findings),
            advice: advice.map(|advice| Advice::of(advice.remedy.clone(), advice.change.clone())),
            wrong_labels: None,
            text: findings.chain(moves).collect::<Vec<_>>().join("\n"),
        }
    }

    fn of_failure(why: &JobError) -> Said {
        let text = why.to_string();
        let advice = text.rsplit("; ").next().unwrap_or(&text).to_string();
        let change = flag_in(&text);
        let remedy =
            change.as_ref().map_or("of a failure".to_string(), |change| format!("of a failure: {}", change.key));
        Said { advice: Some(Advice { remedy, text: advice, change }), text, ..Said::default() }
    }

    /// What `diagnose` says of the finished run, which takes trainings of its own.
    pub fn in_full(run: &Path) -> Said {
        let answer = diagnose(run, &Spec::default(), &mut ()).unwrap().unwrap();
        let findings = answer.diagnosis.findings;
        Said {
            verdict: Some(answer.diagnosis.verdict),
            kinds: kinds(&findings),
            wrong_labels: answer.label_noise.map(|labels| labels.low..=labels.high),
            ..Said::default()
        }
    }

    pub fn finds(&self, kind: FindingKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// What is gravest beside the verdict and another model that does as well, which is a symptom.
    pub fn gravest(&self) -> Option<FindingKind> {
        let symptoms = [FindingKind::Verdict, FindingKind::Baseline, FindingKind::BoostedTrees];
        self.kinds.iter().copied().find(|kind| !symptoms.contains(kind))
    }

    /// The setting that the first advice changes.
    pub fn advised_key(&self) -> Option<&str> {
        Some(self.advice.as_ref()?.change.as_ref()?.key.as_str())
    }
}

/// `diagnose` says of every dev file whether it is distributed differently; only where it is, that is a finding.
fn kinds(findings: &[FindingReport]) -> Vec<FindingKind> {
    let found = |finding: &&FindingReport| {
        finding.kind != FindingKind::Mismatch || finding.text.contains("distributed differently")
    };
    findings.iter().filter(found).map(|finding| finding.kind).collect()
}
