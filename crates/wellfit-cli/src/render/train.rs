//! `wellfit train` and what other commands share with it: data, split, network, training, and the result.

use wellfit::diagnose::{FindingKind, Interval};
use wellfit::experiment::{Assignment, Plan};
use wellfit::net::CheckReport;
use wellfit::report::{CrossValidation, DiagnosisReport, EnsembleReport, RunResult};
use wellfit::runs::{DataOverview, SplitOverview};
use wellfit::text::{counted, thousands};
use wellfit::train::{DevChoice, Ended, Metrics, Profile};
use wellfit::words::check::gradients_agree;
use wellfit::words::plan::{network_summary, training_summary};
use wellfit::words::training::{answer as answer_of, ended, naive_model};
use wellfit::words::{Unit, scores};

use super::Line;

/// Rows, columns and the target.
pub fn data(data: &DataOverview) -> Line {
    let columns = match data.set_aside {
        0 => counted(data.columns as u64, "column"),
        aside => format!("{} of {} columns", thousands(data.columns as u64), thousands((data.columns + aside) as u64)),
    };
    let target = match data.classes.as_slice() {
        [] => "a number".to_owned(),
        [_, positive] => format!("binary (positive = {positive})"),
        classes => format!("{} classes", classes.len()),
    };
    Line::new("data", format!("{}, {columns} · {}: {target}", counted(data.rows as u64, "row"), data.target))
}

/// Rows of each part, and what dev can detect.
pub fn split(split: &SplitOverview) -> Line {
    let mut text = format!("train {}", thousands(split.train as u64));
    text += &match split.dev {
        0 => " · no dev rows, so no verdict".to_owned(),
        rows => format!(" · dev {}", thousands(rows as u64)),
    };
    if split.test > 0 {
        text += &format!(" · test {} (held out)", thousands(split.test as u64));
    }
    if let Some(difference) = split.detectable {
        text += &format!(" · dev can detect differences in error of {:.1} points or more", 100.0 * difference);
    }
    Line::new("split", text)
}

/// The network, and how it is trained.
pub fn plan(plan: &Plan, parameters: usize) -> Vec<Line> {
    let network = format!("{}, {}", network_summary(plan), counted(parameters as u64, "parameter"));
    vec![Line::new("network", network), Line::more(training_summary(plan))]
}

/// What the gradient check found.
pub fn check(report: &CheckReport) -> Line {
    Line::new("check", gradients_agree(report))
}

/// Why training ended.
pub fn trained(why: Ended, epochs: usize) -> Line {
    Line::new("train", ended(why, epochs))
}

/// Networks that are trained beside the run's own.
pub fn others(networks: usize, kept: usize) -> Line {
    let more = counted(networks, "more network");
    let purpose = match kept {
        0 => "to judge rows that the first one has seen".to_owned(),
        kept if kept == networks => format!("{} answer together", kept + 1),
        kept => format!("{} answer together, the others judge", kept + 1),
    };
    Line::new("networks", format!("training {more}, each without another fold; {purpose}"))
}

/// Why training ended, beside the state of its last epoch; and the epoch whose weights are kept, where it is not the best.
pub fn why_trained_no_longer(why: Ended, kept_epoch: usize, best_epoch: Option<usize>) -> String {
    let why = if why == Ended::Epochs { "done".to_owned() } else { ended(why, kept_epoch) };
    match best_epoch {
        Some(best) if best != kept_epoch => format!("{why}; the weights of epoch {kept_epoch} are kept"),
        _ => why,
    }
}

/// Where the time of training went; `seconds` is all of it, evaluations included.
pub fn profile(profile: &Profile, seconds: f64) -> Line {
    let all = (profile.seconds * profile.threads as f64).max(f64::MIN_POSITIVE);
    let share = |part: f64| format!("{:.0}%", 100.0 * part / all);
    let average = 1e3 * profile.seconds / profile.steps.max(1) as f64;
    let text = format!(
        "{} steps took {:.2} s, {average:.3} ms each; with evaluations on train and dev {seconds:.2} s\nof the time of {}: \
         gathering rows {}, forward and backward passes {}, weight gradients and updates {}, waiting {}",
        thousands(profile.steps),
        profile.seconds,
        counted(profile.threads, "thread"),
        share(profile.data),
        share(profile.rows),
        share(profile.parameters),
        share(profile.waiting()),
    );
    Line::new("profile", text)
}

/// The result of a run: errors, verdict, the next moves, and where it was saved.
pub fn result(result: &RunResult) -> Vec<Line> {
    let mut lines = vec![errors(result)];
    if let Some(validated) = &result.cross_validation {
        lines.push(cross_validation(validated, Unit::of_metric(result.metric)));
    }
    lines.extend(result.ensemble.as_ref().map(|ensemble| answer(ensemble, Unit::of_metric(result.metric))));
    lines.extend(classes(result));
    if let Some(diagnosis) = &result.diagnosis {
        lines.extend(target(diagnosis));
        lines.push(Line::new("verdict", diagnosis.headline().to_owned()));
        let of_data = diagnosis.findings.iter().filter_map(|finding| match finding.kind {
            FindingKind::Leak => Some(Line::new("leak", finding.text.clone())),
            FindingKind::Duplicates => Some(Line::new("copies", finding.text.clone())),
            _ => None,
        });
        lines.extend(of_data);
        lines.push(next(result));
    }
    lines.push(saved(&result.run));
    lines
}

/// Where a run was saved.
pub fn saved(run: &str) -> Line {
    Line::new("saved", format!("{run} (model, config, history, report.html)"))
}

/// Errors with intervals, and the baselines.
pub fn errors(result: &RunResult) -> Line {
    let unit = Unit::of_metric(result.metric);
    let mut parts = Vec::new();
    if let Some(diagnosis) = &result.diagnosis {
        let target = &diagnosis.target_error;
        // What nobody gave is no fact; the line below says where it comes from.
        let assumed = if target.assumption().is_some() { " (assumed)" } else { "" };
        parts.push(format!("target error {}{assumed}", unit.error(target.value)));
    }
    parts.push(format!("train {}", unit.error_with_interval(result.train.error)));
    if let Some(dev) = &result.dev {
        parts.push(format!("dev {}", unit.error_with_interval(dev.error)));
    }
    let naive = &result.baseline.naive;
    // A line has no room for the class it is.
    let constant = naive_model(naive.name).trim_end_matches(" class");
    let baselines = &result.baseline;
    let others = [("boosted trees", baselines.trees.dev), ("linear", baselines.linear.dev), (constant, naive.dev)];
    let others: Vec<_> =
        others.iter().filter_map(|(name, dev)| Some(format!("{name} {}", unit.error((*dev)?)))).collect();
    if !others.is_empty() {
        parts.push(format!("({})", others.join(", ")));
    }
    Line::new("errors", format!("{}{}", measure(unit), parts.join("   ")))
}

/// What errors are called, before them; nothing for error rates.
pub fn measure(unit: Unit) -> String {
    match unit.measure() {
        "" => String::new(),
        name => format!("{name}: "),
    }
}

/// A gain with a sign and without its unit: `+0.8 [+0.2, +1.4]`.
pub fn gain(gain: Interval, unit: Unit) -> String {
    let most = gain.value.abs().max(gain.low.abs()).max(gain.high.abs());
    // Two digits that matter: the rest is noise. Nothing has none.
    let (scale, decimals) = match unit {
        Unit::Rate => (100.0, 1),
        _ if most == 0.0 => (1.0, 0),
        _ => (1.0, (1.0 - most.max(1e-9).log10().floor()).clamp(0.0, 9.0) as usize),
    };
    let signed = |value: f64| format!("{:+.decimals$}", value * scale);
    format!("{} [{}, {}]", signed(gain.value), signed(gain.low), signed(gain.high))
}

/// The scores beside the error.
pub fn metrics(metrics: &Metrics) -> String {
    named(scores::all(metrics))
}

/// What becomes of the positive class, where the error rate says too little of it.
fn classes(result: &RunResult) -> Option<Line> {
    if !scores::are_needed(&result.metrics) {
        return None;
    }
    let chosen = if result.chosen_on_dev.contains(&DevChoice::Threshold) { ", chosen on dev" } else { "" };
    Some(Line::new("positive", format!("{}{chosen}", named(scores::of_classes(&result.metrics)))))
}

fn named(scores: Vec<(&str, String)>) -> String {
    scores.into_iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(" · ")
}

/// A cross-validation: the error over all rows, and that of each fold.
fn cross_validation(validated: &CrossValidation, unit: Unit) -> Line {
    let each: Vec<_> = validated.per_fold.iter().map(|error| unit.error(*error)).collect();
    let error = unit.error_with_interval(validated.error);
    let (folds, train) = (validated.folds, unit.error(validated.train_error));
    Line::new("folds", format!("{error} over {folds} folds of train and dev: {}; train {train}", each.join(" ")))
}

/// Who answers, and how well.
fn answer(ensemble: &EnsembleReport, unit: Unit) -> Line {
    let error = ensemble.error.map(|error| unit.error_with_interval(error));
    Line::new("answer", answer_of(ensemble.networks, ensemble.linear_share, error))
}

/// Where a target error comes from that nobody gave.
fn target(diagnosis: &DiagnosisReport) -> Option<Line> {
    let assumption = diagnosis.target_error.assumption()?;
    // The line of errors says that it is assumed.
    let assumption = assumption.strip_prefix("assumed: ").unwrap_or(assumption);
    Some(Line::new("assumed", format!("{assumption}; --target-error sets it")))
}

/// The next moves, numbered, one a line.
fn next(result: &RunResult) -> Line {
    let unit = Unit::of_metric(result.metric);
    let moves = result.prescription.iter().enumerate().map(|(i, p)| {
        let tried = p.trial.map_or(String::new(), |trial| {
            format!("; gain {}", unit.difference_with_interval(trial.gain).replace(" points", ""))
        });
        let expected = p.expected_gain.map_or(String::new(), |gain| {
            format!("; twice as many: gain {}", unit.difference(gain).replace(" points", ""))
        });
        format!("{} {} ({}): {}{tried}{expected}", i + 1, p.remedy, p.purpose.name(), as_typed(&p.change))
    });
    Line::new("next", moves.collect::<Vec<_>>().join("\n"))
}

/// The change of a prescription as it is typed: `data.split = "40/40/20"` as `--split 40/40/20`.
///
/// What is no setting (a command to give) is left as it is.
fn as_typed(change: &str) -> String {
    change.parse::<Assignment>().map_or_else(|_| change.to_owned(), |assignment| assignment.as_flag())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_as_it_is_typed() {
        assert_eq!(as_typed("data.split = \"40/40/20\""), "--split 40/40/20");
        assert_eq!(as_typed("network.hidden = [128, 64]"), "--hidden 128,64");
        assert_eq!(as_typed("network.keep_prob = [0.75, 0.75]"), "--keep-prob 0.75,0.75");
        assert_eq!(as_typed("data.drop = [\"marital status\"]"), "--drop 'marital status'");
        assert_eq!(as_typed("wellfit test runs/telco-1"), "wellfit test runs/telco-1");
    }
}
