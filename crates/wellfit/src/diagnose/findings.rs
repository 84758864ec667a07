//! What a run shows beside its verdict, in words.

use serde::{Deserialize, Serialize};

use super::budget::ErrorBudget;
use super::course;
use super::layer_course::layer_findings;
use super::verdict::Verdict;
use super::words::percent;
use super::{Evidence, Standing};
use crate::text::counted;

/// Something seen in a run that its owner should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// A short name to group and filter by: `bias`, `leak`, `dead units`, ...
    pub kind: String,
    /// What was seen and what it means, in a sentence or two.
    pub text: String,
}

impl Finding {
    pub(super) fn new(kind: &str, text: String) -> Finding {
        Finding { kind: kind.to_string(), text }
    }
}

// Every finder, the gravest first: a leak makes all other numbers meaningless.
const FINDERS: &[fn(&Evidence, &ErrorBudget) -> Vec<Finding>] = &[
    leak,
    baseline,
    bias,
    variance,
    target,
    dev_too_small,
    rare_class,
    course::early_stopping,
    course::still_improving,
    course::rate_too_high,
    |evidence, _| layer_findings(&evidence.looks),
];

/// Everything the finders see.
pub(super) fn find(evidence: &Evidence, budget: &ErrorBudget) -> Vec<Finding> {
    FINDERS.iter().flat_map(|finder| finder(evidence, budget)).collect()
}

fn leak(evidence: &Evidence, _: &ErrorBudget) -> Vec<Finding> {
    let mut found: Vec<Finding> = evidence.leaks.iter().map(|leak| Finding::new("leak", leak.text.clone())).collect();
    if found.is_empty() && evidence.baselines.linear_r2.is_some_and(|r2| r2 > 0.9999) {
        let text = "a linear model explains the target almost perfectly on dev (R² above 0.9999): some columns together \
                    may hold the target; drop what is not known before it is";
        found.push(Finding::new("leak", text.to_string()));
    }
    found
}

fn baseline(evidence: &Evidence, budget: &ErrorBudget) -> Vec<Finding> {
    let Some(dev) = budget.dev else {
        return Vec::new();
    };
    let unit = evidence.unit();
    let naive = &evidence.baselines.naive_name;
    let rivals = [(naive.as_str(), evidence.baselines.naive), ("linear model", evidence.baselines.linear)];
    let beaten_by = rivals.into_iter().find(|(_, error)| error.is_some_and(|error| error < dev.value));
    beaten_by.map_or(Vec::new(), |(name, error)| {
        let error = error.unwrap_or_default();
        let doubt = if error > dev.low { ", though within the noise of dev" } else { "" };
        let text = format!(
            "the network's dev error of {} is worse than the {} of the {name}{doubt}: it has not earned its complexity",
            unit.error(dev.value),
            unit.error(error)
        );
        vec![Finding::new("baseline", text)]
    })
}

fn bias(evidence: &Evidence, budget: &ErrorBudget) -> Vec<Finding> {
    if budget.bias_standing() != Standing::High {
        return Vec::new();
    }
    let unit = evidence.unit();
    let text = format!(
        "train error {} lies {} above the target error of {}: the network does not yet fit the rows it sees",
        unit.error_with_interval(budget.train),
        unit.difference(budget.avoidable_bias.value),
        unit.error(budget.target.value)
    );
    vec![Finding::new("bias", text)]
}

fn variance(evidence: &Evidence, budget: &ErrorBudget) -> Vec<Finding> {
    let (Some(variance), Some(dev)) = (budget.variance, budget.dev) else {
        return Vec::new();
    };
    if budget.variance_standing() != Some(Standing::High) {
        return Vec::new();
    }
    let unit = evidence.unit();
    let text = format!(
        "dev error {} lies {} above train error {}: what is learned on {} does not carry over to new ones; the gap \
         suggests a remedy, only a trial decides whether it helps",
        unit.error_with_interval(dev),
        unit.difference(variance.value),
        unit.error(budget.train.value),
        counted(evidence.train.rows(), "train row")
    );
    vec![Finding::new("variance", text)]
}

fn target(evidence: &Evidence, budget: &ErrorBudget) -> Vec<Finding> {
    if budget.target.is_given() {
        return Vec::new();
    }
    let unit = evidence.unit();
    let verdict_on_bias = match budget.bias_standing() {
        Standing::High => "calling bias high is provisional until a larger network has been tried",
        _ => "bias may be larger than it looks if a person does better than that",
    };
    let text = format!(
        "no target error was given; {}. Bias is judged against {}, so {verdict_on_bias}; --target-error sets it",
        budget.target.source,
        unit.error(budget.target.value)
    );
    vec![Finding::new("target error", text)]
}

fn dev_too_small(evidence: &Evidence, budget: &ErrorBudget) -> Vec<Finding> {
    let (Some(dev), Some(standing)) = (budget.dev, budget.variance_standing()) else {
        return Vec::new();
    };
    let half_width = (dev.high - dev.low) / 2.0;
    let undecided = Verdict::of(budget.bias_standing(), standing) == Verdict::Undecided;
    if !undecided && half_width <= 2.0 * budget.delta {
        return Vec::new();
    }
    let rows = evidence.dev.as_ref().map_or(0, super::LossRows::rows);
    let text = format!(
        "{} give dev error only to within {}, and the margin to judge by is {}",
        counted(rows, "dev row"),
        evidence.unit().difference(half_width),
        evidence.unit().difference(budget.delta)
    );
    if half_width > budget.delta { vec![Finding::new("dev too small", text)] } else { Vec::new() }
}

fn rare_class(evidence: &Evidence, _: &ErrorBudget) -> Vec<Finding> {
    let rows: u64 = evidence.class_counts.iter().map(|(_, count)| count).sum();
    let rare = evidence.class_counts.iter().filter(|(_, count)| count * 100 < rows);
    let mut named: Vec<String> = rare
        .map(|(name, count)| format!("{name} ({}, {})", counted(*count, "row"), percent(*count as f64 / rows as f64)))
        .collect();
    if named.is_empty() {
        return Vec::new();
    }
    let more = named.len().saturating_sub(5);
    named.truncate(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let look = if evidence.class_counts.len() == 2 { "look at AUC" } else { "look at the confusion table" };
    let text =
        format!("rarer than 1% of train: {}{more}; the error rate hides how they fare: {look}", named.join(", "));
    vec![Finding::new("rare class", text)]
}

#[cfg(test)]
mod tests {
    use super::super::evidence::tests::healthy;
    use super::super::{Leak, LossRows, diagnose};
    use super::*;

    fn text_of(evidence: &Evidence, kind: &str) -> String {
        let diagnosis = diagnose(evidence).unwrap();
        let found = diagnosis.findings.iter().find(|finding| finding.kind == kind);
        found.map_or_else(|| panic!("no {kind} in {:?}", diagnosis.findings), |finding| finding.text.clone())
    }

    #[test]
    fn a_leak_comes_right_after_the_verdict() {
        let leak = Leak { columns: vec!["alive".to_string()], text: "column alive ...".to_string() };
        let diagnosis = diagnose(&Evidence { leaks: vec![leak], ..healthy() }).unwrap();
        assert_eq!(diagnosis.findings[1].kind, "leak");
    }

    #[test]
    fn a_network_worse_than_a_line_is_told_so() {
        let mut evidence = healthy();
        evidence.baselines.linear = Some(0.15);
        assert!(text_of(&evidence, "baseline").contains("20.2% is worse than the 15.0% of the linear model:"));
        evidence.baselines.linear = Some(0.2019);
        assert!(text_of(&evidence, "baseline").contains("within the noise"));
    }

    #[test]
    fn high_bias_and_high_variance_are_explained_in_numbers() {
        let evidence = Evidence { target_given: Some(0.1), ..healthy() };
        assert!(text_of(&evidence, "bias").contains("lies 10.0 points above the target error of 10.0%"));
        let dev = LossRows { losses: (0..10_000).map(|row| f64::from(row < 3_000)).collect(), ..LossRows::default() };
        let evidence = Evidence { dev: Some(dev), ..healthy() };
        assert!(text_of(&evidence, "variance").contains("lies 10.0 points above train error 20.0%"));
    }

    #[test]
    fn a_small_dev_set_is_named() {
        let dev = LossRows { losses: (0..100).map(|row| f64::from(row < 20)).collect(), ..LossRows::default() };
        let text = text_of(&Evidence { dev: Some(dev), ..healthy() }, "dev too small");
        assert!(text.starts_with("100 dev rows give dev error only to within 7."), "{text}");
    }

    #[test]
    fn classes_rarer_than_one_in_a_hundred_are_named() {
        let class_counts = vec![("healthy".to_string(), 9_930), ("ill".to_string(), 70)];
        let text = text_of(&Evidence { class_counts, ..healthy() }, "rare class");
        assert!(text.contains("ill (70 rows, 0.7%)") && text.contains("AUC"), "{text}");
    }
}
