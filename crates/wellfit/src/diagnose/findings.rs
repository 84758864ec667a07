//! The finders: what a run shows beside its verdict.

use super::budget::{ErrorBudget, JudgedBy};
use super::course;
use super::finding::{Finding, SimplerModel};
use super::input::DiagnosisInput;
use super::layer_course::layer_findings;
use super::verdict::Verdict;
use super::{FindingKind, Preference, ReachedBy, Standing, compare};

/// A linear model that explains more than this share of the variance on dev has probably seen the target.
const R2_OF_LEAK: f64 = 0.9999;

/// Dev rows that do not stand in train, for an error on new rows to be told.
const FEWEST_NEW_ROWS: u64 = 20;
/// Fewer copies of a row than this are no chance.
const BY_CHANCE: f64 = 1e-3;

// Every finder.
const FINDERS: &[fn(&DiagnosisInput, &ErrorBudget) -> Vec<Finding>] = &[
    leak,
    |input, budget| duplicates(input, budget).into_iter().collect(),
    |input, _| input.seen.clone(),
    |input, budget| baseline(input, budget).into_iter().collect(),
    |input, budget| trees(input, budget).into_iter().collect(),
    |_, budget| bias(budget).into_iter().collect(),
    |input, budget| variance(input, budget).into_iter().collect(),
    |_, budget| target(budget).into_iter().collect(),
    |_, budget| dev_too_small(budget).into_iter().collect(),
    |input, _| rare_classes(input).into_iter().collect(),
    |input, _| course::early_stopping(input).into_iter().collect(),
    |input, _| course::still_improving(input).into_iter().collect(),
    |input, budget| course::rate_too_high(input, budget).into_iter().collect(),
    |input, _| layer_findings(&input.evaluations),
];

/// Everything the finders see, the gravest first.
pub(super) fn find(input: &DiagnosisInput, budget: &ErrorBudget) -> Vec<Finding> {
    let mut found: Vec<Finding> = FINDERS.iter().flat_map(|finder| finder(input, budget)).collect();
    if found.iter().any(|finding| finding.kind().keeps_from_judging()) {
        found.retain(|finding| finding.kind() != FindingKind::LabelNoise);
    }
    // Units that are all alike are dead or saturated together, and no other activation sets them apart.
    if found.iter().any(|finding| finding.kind() == FindingKind::Symmetry) {
        found.retain(|finding| !matches!(finding.kind(), FindingKind::DeadUnits | FindingKind::SaturatedUnits));
    }
    found.sort_by_key(Finding::kind);
    found
}

fn leak(input: &DiagnosisInput, _: &ErrorBudget) -> Vec<Finding> {
    let found: Vec<Finding> = input.leaks.iter().cloned().map(Finding::Leak).collect();
    if found.is_empty() && input.baselines.linear_r2.is_some_and(|r2| r2 > R2_OF_LEAK) {
        return vec![Finding::LinearLeak];
    }
    found
}

/// Rows of dev that the network was trained on: most of them, where chance makes no copies, or such as make dev error too good: by more than they do for a linear model, which
/// remembers no single row, so that copies that are merely easy rows are none of it.
fn duplicates(input: &DiagnosisInput, budget: &ErrorBudget) -> Option<Finding> {
    let dev = input.dev.as_ref().filter(|dev| dev.losses.len() == input.copies.len())?;
    let (copies, new) = (dev.of_rows(|row| input.copies[row]), dev.of_rows(|row| !input.copies[row]));
    let error = (new.rows() >= FEWEST_NEW_ROWS).then(|| new.interval(input.metric, input.seed));
    let found = Finding::Duplicates { rows: copies.rows(), dev_rows: dev.rows(), error };
    if input.copies_by_chance.is_some_and(|rows| rows < BY_CHANCE) {
        return Some(found);
    }
    let error = error.filter(|_| copies.rows() > 0)?;
    let linear = input.references.iter().find(|reference| reference.model == ReachedBy::Linear);
    let easy = linear.filter(|linear| linear.dev.losses.len() == input.copies.len()).map_or(0.0, |linear| {
        linear.dev.of_rows(|row| !input.copies[row]).error(input.metric) - linear.dev.error(input.metric)
    });
    let too_good = error.value - budget.dev?.value - easy.max(0.0) > budget.delta;
    let significant = new.gap_above(&copies, input.metric, input.seed).low > 0.0;
    (too_good && significant).then_some(found)
}

fn baseline(input: &DiagnosisInput, budget: &ErrorBudget) -> Option<Finding> {
    let (dev, baselines) = (budget.dev?, &input.baselines);
    let models =
        [(SimplerModel::Naive(baselines.naive_model), baselines.naive), (SimplerModel::Linear, baselines.linear)];
    // Nobody trains a network to answer as a constant does; a linear model may be no worse.
    let is_better = |model, error| error < dev.value || matches!(model, SimplerModel::Naive(_)) && error == dev.value;
    let better =
        |(model, error): (SimplerModel, Option<f64>)| Some((model, error.filter(|error| is_better(model, *error))?));
    let (model, error) = models.into_iter().find_map(better)?;
    Some(Finding::Baseline { dev: dev.value, model, error, significant: error <= dev.low })
}

/// Boosted trees are not simpler, so it takes a significant gain: a tie says nothing of the network.
fn trees(input: &DiagnosisInput, budget: &ErrorBudget) -> Option<Finding> {
    let (network, dev) = (input.dev.as_ref()?, budget.dev?);
    let trees = &input.references.iter().find(|reference| reference.model == ReachedBy::Trees)?.dev;
    // Judged by cross-validation, a network's rows are others.
    let found = (trees.rows() == network.rows()).then(|| compare(network, trees, input.metric, input.seed, 1))?;
    let better = found.verdict == Preference::Better;
    better.then(|| Finding::TreesDoBetter { dev: dev.value, trees: trees.error(input.metric), gain: found.gain })
}

fn bias(budget: &ErrorBudget) -> Option<Finding> {
    (budget.bias_standing() == Standing::High).then(|| Finding::Bias(budget.clone()))
}

fn variance(input: &DiagnosisInput, budget: &ErrorBudget) -> Option<Finding> {
    let high = budget.variance_standing()? == Standing::High;
    high.then(|| Finding::Variance { budget: budget.clone(), train_rows: input.train.rows() })
}

fn target(budget: &ErrorBudget) -> Option<Finding> {
    let assumed = !budget.target.is_given();
    assumed.then(|| Finding::AssumedTarget { target: budget.target, bias: budget.bias_standing() })
}

fn dev_too_small(budget: &ErrorBudget) -> Option<Finding> {
    let (variance, standing) = (budget.variance?, budget.variance_standing()?);
    let half_width = (variance.high - variance.low) / 2.0;
    let undecided = Verdict::of(budget.bias_standing(), standing) == Verdict::Undecided;
    let wide = if undecided { budget.delta } else { 2.0 * budget.delta };
    let is_dev = budget.variance_by == JudgedBy::Dev;
    let (rows, delta) = (budget.variance_rows, budget.delta);
    (is_dev && half_width > wide).then_some(Finding::DevTooSmall { rows, half_width, delta })
}

fn rare_classes(input: &DiagnosisInput) -> Option<Finding> {
    if let Some(missed) = input.rare_class.as_ref().filter(|rare| rare.is_missed()) {
        return Some(Finding::RareClassMissed(missed.clone()));
    }
    // Of two classes the recall says whether the rare one is missed.
    if input.rare_class.is_some() {
        return None;
    }
    let train_rows: u64 = input.class_counts.iter().map(|(_, count)| count).sum();
    let rare: Vec<_> = input.class_counts.iter().filter(|(_, count)| count * 100 < train_rows).cloned().collect();
    (!rare.is_empty()).then_some(Finding::RareClasses { rare, train_rows, classes: input.class_counts.len() })
}

#[cfg(test)]
mod tests {
    use super::super::input::tests::healthy;
    use super::super::leaks::{Leak, LeakEvidence};
    use super::super::{LossRows, NaiveModel, RareClass, Reference, diagnose};
    use super::*;

    fn finding(input: &DiagnosisInput, kind: FindingKind) -> Finding {
        let diagnosis = diagnose(input).unwrap();
        let found = diagnosis.findings.iter().find(|finding| finding.kind() == kind);
        found.unwrap_or_else(|| panic!("no {kind:?} in {:?}", diagnosis.findings)).clone()
    }

    fn errors(wrong: usize, rows: usize) -> LossRows {
        LossRows { losses: (0..rows).map(|row| f64::from(row < wrong)).collect(), ..LossRows::default() }
    }

    #[test]
    fn a_leak_comes_right_after_the_verdict() {
        let leak = Leak { columns: vec!["alive".to_string()], evidence: LeakEvidence::AddsUp };
        let diagnosis = diagnose(&DiagnosisInput { leaks: vec![leak.clone()], ..healthy() }).unwrap();
        assert_eq!(diagnosis.findings[1], Finding::Leak(leak));
    }

    #[test]
    fn a_simpler_model_that_does_better_is_found_and_whether_by_more_than_chance() {
        let mut input = healthy();
        input.baselines.linear = Some(0.15);
        let Finding::Baseline { model, significant, .. } = finding(&input, FindingKind::Baseline) else { panic!() };
        assert_eq!((model, significant), (SimplerModel::Linear, true));
        input.baselines.linear = Some(0.2019);
        let Finding::Baseline { significant, .. } = finding(&input, FindingKind::Baseline) else { panic!() };
        assert!(!significant);
        input.baselines.naive = Some(0.1);
        let Finding::Baseline { model, .. } = finding(&input, FindingKind::Baseline) else { panic!() };
        assert_eq!(model, SimplerModel::Naive(NaiveModel::MajorityClass));
    }

    #[test]
    fn boosted_trees_that_do_significantly_better_are_found() {
        let with = |wrong| {
            let references = vec![Reference { model: ReachedBy::Trees, dev: errors(wrong, 10_000) }];
            diagnose(&DiagnosisInput { references, ..healthy() }).unwrap()
        };
        assert!(!with(2_015).found(FindingKind::BoostedTrees));
        assert!(!with(2_500).found(FindingKind::BoostedTrees));
        let found = with(1_800).findings.into_iter().find(|finding| finding.kind() == FindingKind::BoostedTrees);
        let Some(Finding::TreesDoBetter { dev: 0.202, trees: 0.18, gain }) = found else { panic!("{found:?}") };
        assert!((gain.value - 0.022).abs() < 1e-12 && gain.low > 0.0, "{gain:?}");
    }

    #[test]
    fn high_terms_are_found() {
        finding(&DiagnosisInput { target_given: Some(0.1), ..healthy() }, FindingKind::Bias);
        let found = finding(&DiagnosisInput { dev: Some(errors(3_000, 10_000)), ..healthy() }, FindingKind::Variance);
        assert!(matches!(found, Finding::Variance { train_rows: 20_000, .. }), "{found:?}");
    }

    #[test]
    fn a_small_dev_set_is_found() {
        let found = finding(&DiagnosisInput { dev: Some(errors(20, 100)), ..healthy() }, FindingKind::DevTooSmall);
        let Finding::DevTooSmall { rows, half_width, .. } = found else { panic!("{found:?}") };
        assert!(rows == 100 && (half_width - 0.078).abs() < 0.002, "{half_width}");
    }

    #[test]
    fn a_rare_class_that_is_missed_stands_above_bias_and_one_that_is_found_is_no_finding() {
        let rare = |found| RareClass { name: "ill".to_string(), share: 0.01, rows: 100, found };
        let missed = DiagnosisInput { rare_class: Some(rare(10)), target_given: Some(0.1), ..healthy() };
        let kinds: Vec<_> = diagnose(&missed).unwrap().findings.iter().map(Finding::kind).collect();
        assert_eq!(kinds[..3], [FindingKind::Verdict, FindingKind::RareClass, FindingKind::Bias]);
        let fine = DiagnosisInput { rare_class: Some(rare(80)), ..healthy() };
        assert!(!diagnose(&fine).unwrap().found(FindingKind::RareClass));
    }

    #[test]
    fn classes_rarer_than_one_in_a_hundred_are_found() {
        let class_counts = vec![("healthy".to_string(), 9_930), ("ill".to_string(), 70)];
        let found = finding(&DiagnosisInput { class_counts, ..healthy() }, FindingKind::RareClass);
        let rare = vec![("ill".to_string(), 70)];
        assert_eq!(found, Finding::RareClasses { rare, train_rows: 10_000, classes: 2 });
    }
}
