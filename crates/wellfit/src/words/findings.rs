//! What was found in a run, in a sentence or two each.

use crate::diagnose::{
    Finding, FindingKind, Interval, JudgedBy, Leak, LeakEvidence, RareClass, SimplerModel, Standing, TargetError,
    is_found,
};
use crate::text::{counted, list, thousands};

use super::{Unit, digits, layers, percent, target, training, verdict};

/// Rare classes that are named.
const MOST_CLASSES: usize = 5;

/// What a finding is about, as a heading.
pub fn label(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Verdict => "verdict",
        FindingKind::Leak => "leak",
        FindingKind::Baseline => "baseline",
        FindingKind::Duplicates => "duplicates",
        FindingKind::Mismatch => "mismatch",
        FindingKind::Symmetry => "symmetry",
        FindingKind::InputScale => "input scale",
        FindingKind::VanishingGradients => "vanishing gradients",
        FindingKind::ExplodingGradients => "exploding gradients",
        FindingKind::DeadUnits => "dead units",
        FindingKind::SaturatedUnits => "saturated units",
        FindingKind::LearningRate => "learning rate",
        FindingKind::BoostedTrees => "boosted trees",
        FindingKind::Bias => "bias",
        FindingKind::Variance => "variance",
        FindingKind::LabelNoise => "label noise",
        FindingKind::TrainingTooShort => "training too short",
        FindingKind::DevTooSmall => "dev too small",
        FindingKind::RareClass => "rare class",
        FindingKind::TargetError => "target error",
        FindingKind::EarlyStopping => "early stopping",
    }
}

/// A finding: what was seen and what it means.
pub fn finding(finding: &Finding, unit: Unit) -> String {
    match finding {
        Finding::Verdict(basis) => verdict::of_basis(basis, unit),
        Finding::Leak(found) => leak(found),
        Finding::LinearLeak => {
            "a linear model explains the target almost perfectly on dev (R² above 0.9999): some columns \
                                together may contain the target; drop those that are not known before it is"
                .to_string()
        }
        Finding::Duplicates { rows, dev_rows, error } => {
            let others = error.map_or(String::new(), |error| {
                format!("; on the others the error is {}", unit.error_with_interval(error))
            });
            format!(
                "{} of {} also stand in train{others}: remove what dev shares with train, or keep copies together with --group",
                thousands(*rows),
                counted(*dev_rows, "dev row")
            )
        }
        Finding::AlikeUnits { layer, units } => format!(
            "all {units} units of {layer} have the same weights and learn the same thing: they must start from different \
             random weights (--init)"
        ),
        Finding::Chaotic(layer) => format!(
            "at the initial weights gradients explode from {layer} down to the inputs, and the cost is chaotic: weights must \
             start smaller (--init)"
        ),
        Finding::InputScale(scale) => format!(
            "inputs differ in size: {} is about {}, {} about {}; networks learn from inputs near 1 (--normalize standard)",
            scale.largest.0,
            digits(scale.largest.1),
            scale.smallest.0,
            digits(scale.smallest.1)
        ),
        Finding::Baseline { dev, model, error, significant } => {
            let (model, error, dev) = (simpler_model(*model), unit.error(*error), unit.error(*dev));
            match *significant {
                true => format!("{model} does better: dev error {error} against the network's {dev}"),
                false => {
                    format!("the network is not significantly better than {model}: dev error {dev} against {error}")
                }
            }
        }
        Finding::TreesDoBetter { dev, trees, gain } => format!(
            "boosted trees do better: dev error {} against the network's {}, a difference of {}; a lower error is reachable with \
             these inputs",
            unit.error(*trees),
            unit.error(*dev),
            unit.difference_with_interval(*gain)
        ),
        Finding::Bias(budget) => format!(
            "train error {} is {} above the target error of {}: the network does not yet fit the rows it was trained on",
            unit.error_with_interval(budget.train),
            unit.difference(budget.avoidable_bias.value),
            unit.error(budget.target.value)
        ),
        Finding::Variance { budget, train_rows } if matches!(budget.variance_by, JudgedBy::Folds(_)) => format!(
            "over the folds, error on rows not seen is {} above error on the rows trained on: what was learned from {} does not \
             generalise; the gap suggests remedies, and only a trial shows whether one helps",
            unit.difference_with_interval(budget.variance.unwrap_or(Interval::exact(0.0))),
            counted(*train_rows, "train row")
        ),
        Finding::Variance { budget, train_rows } => format!(
            "dev error {} is {} above train error {}: what was learned from {} does not generalise; the gap suggests \
             remedies, and only a trial shows whether one helps",
            budget.dev.map_or(String::new(), |dev| unit.error_with_interval(dev)),
            unit.difference(budget.variance.map_or(0.0, |variance| variance.value)),
            unit.error(budget.train.value),
            counted(*train_rows, "train row")
        ),
        Finding::TrainDevVariance(variance) => format!(
            "train-dev error is {} above train error, both of a network trained without the train-dev rows: what was learned \
             does not generalise to new rows of the same kind",
            unit.difference_with_interval(*variance)
        ),
        Finding::Mismatch { difference, standing, delta } => mismatch(*difference, *standing, *delta, unit),
        Finding::AssumedTarget { target, bias } => assumed_target(*target, *bias, unit),
        Finding::DevTooSmall { rows, half_width, delta } => format!(
            "with {} dev error is known only to within {}; the least worth acting on is {}",
            counted(*rows, "dev row"),
            unit.difference(*half_width),
            unit.difference(*delta)
        ),
        Finding::RareClassMissed(rare) => missed(rare),
        Finding::RareClasses { rare, train_rows, classes } => rare_classes(rare, *train_rows, *classes),
        Finding::EarlyStopping { patience, best_epoch, epochs } => format!(
            "patience {patience}, best epoch {best_epoch} of {epochs}; early stopping acts on bias and variance at once; if \
             bias is high, retrain with --early-stopping off to see whether it is the cause"
        ),
        Finding::StillImproving { epochs, fall } => format!(
            "dev loss was still falling when training ended at epoch {epochs} (by {} over the last tenth of training): train \
             longer",
            percent(*fall)
        ),
        Finding::LossRose { first, last } => {
            format!("train loss rose from {first:.4} to {last:.4}: the learning rate is too high")
        }
        Finding::LossOscillates(share) => format!(
            "train loss rose by more than 1% in {} of the epochs: the learning rate is probably too high, or the batch too \
             small for it",
            percent(*share)
        ),
        Finding::RateTooLow { layer, update_ratio, fall } => layers::rate_too_low(layer, *update_ratio, *fall),
        Finding::Layer(found) => layers::finding(found),
        Finding::LabelNoise { listed, low, high } => format!(
            "perhaps {} to {} of the labels are wrong (the lower bound counts only rows of which the network is most \
             confident, the upper bound includes class overlap){}",
            percent(*low),
            percent(*high),
            if *listed { "" } else { "; wellfit diagnose lists the most doubtful rows" }
        ),
        Finding::WiderNetwork { times, train, dev, firm } => wider_network(*times, [*train, *dev], *firm, unit),
    }
}

/// Columns that give the target away.
pub fn leak(leak: &Leak) -> String {
    let columns = leak.columns.join(" and ");
    match alone(leak.evidence) {
        Some(measured) => {
            format!("column {columns} {measured}: is it known before the target is? If not, drop it")
        }
        None => {
            format!("columns {columns} add up to the target in every row; drop them if they are not known before it is")
        }
    }
}

/// Columns that are set aside and give the target away.
pub fn aside_leak(leak: &Leak) -> String {
    let columns = leak.columns.join(" and ");
    match alone(leak.evidence) {
        Some(measured) => format!("column {columns}, set aside, {measured}: are the rows sorted or numbered by it?"),
        None => format!("columns {columns}, set aside, add up to the target in every row"),
    }
}

/// How well one column predicts.
fn alone(evidence: LeakEvidence) -> Option<String> {
    let measured = match evidence {
        LeakEvidence::PredictsClass { error, naive } => {
            format!("{} error, the majority class {}", percent(error), percent(naive))
        }
        LeakEvidence::Explains(r2) => format!("R² {}", digits(r2)),
        LeakEvidence::AddsUp => return None,
    };
    Some(format!("alone predicts the target ({measured})"))
}

fn simpler_model(model: SimplerModel) -> String {
    match model {
        SimplerModel::Naive(model) => format!("predicting the {}", training::naive_model(model)),
        SimplerModel::Linear => "a linear model".to_string(),
    }
}

fn mismatch(difference: Interval, standing: Standing, delta: f64, unit: Unit) -> String {
    let measured = unit.difference_with_interval(difference);
    match standing {
        Standing::High => format!(
            "dev error is {measured} above train-dev error: dev rows are distributed differently from train rows; more train \
             rows like those of dev help, more of the same do not"
        ),
        Standing::Fine if difference.high < 0.0 => {
            format!("none: dev rows are easier than rows held out of train ({measured})")
        }
        Standing::Fine => format!("none worth acting on: dev error less train-dev error is {measured}"),
        Standing::Inconclusive if is_found(difference, delta) => format!(
            "dev error is {measured} above train-dev error: dev rows are probably distributed differently from train rows; \
             train rows like those of dev would help more than others"
        ),
        Standing::Inconclusive => format!(
            "undecided: dev error less train-dev error is {measured}, and {} is the least worth acting on",
            unit.difference(delta)
        ),
    }
}

fn assumed_target(target: TargetError, bias: Standing, unit: Unit) -> String {
    let consequence = match bias {
        Standing::High => "High bias is confirmed only where a larger network lowers both train and dev error",
        _ => "The true bias is larger if a lower error is achievable",
    };
    format!("no --target-error was given; {}. {consequence}", target::source(target.source, unit))
}

fn missed(rare: &RareClass) -> String {
    let (rows, found) = (counted(rare.rows, "dev row"), thousands(rare.found));
    let recall = Unit::Rate.ends(rare.recall());
    format!(
        "class {} is {} of train, and of its {rows} the network finds {found} (recall {} {recall}): the error rate gives them \
         little weight",
        rare.name,
        percent(rare.share),
        percent(rare.recall().value)
    )
}

fn rare_classes(rare: &[(String, u64)], train_rows: u64, classes: usize) -> String {
    let share = |rows: u64| percent(rows as f64 / train_rows as f64);
    let named: Vec<String> = rare
        .iter()
        .map(|(name, rows)| format!("class {name} with {} ({})", counted(*rows, "row"), share(*rows)))
        .collect();
    let look_at = if classes == 2 { "AUC" } else { "the confusion matrix" };
    format!(
        "less than 1% of train: {}; the error rate says little about {}, see {look_at}",
        list(&named, MOST_CLASSES),
        if rare.len() == 1 { "it" } else { "them" }
    )
}

fn wider_network(times: usize, gains: [Interval; 2], firm: bool, unit: Unit) -> String {
    if firm {
        let [train, dev] = gains.map(|gain| unit.difference_with_interval(gain));
        return format!(
            "A network {times} times as wide lowers train error by {train} and dev error by {dev}: the bias is the network's"
        );
    }
    let falls = match gains.map(|gain| gain.low > 0.0) {
        [true, true] => "they do not both fall significantly",
        [true, false] => "only train error falls significantly",
        [false, true] => "only dev error falls significantly",
        [false, false] => "neither falls significantly",
    };
    let [train, dev] = gains.map(|gain| change(gain, unit));
    format!(
        "High bias is not confirmed: a network {times} times as wide changes train error by {train} and dev error by {dev}; \
         {falls}, so width alone is no remedy, or the assumed target error is out of reach"
    )
}

/// A gain as a change of the error, with its sign: `+2.3 points [1.1, 3.5]` where the error rises.
fn change(gain: Interval, unit: Unit) -> String {
    let rise = Interval { value: 0.0 - gain.value, low: 0.0 - gain.high, high: 0.0 - gain.low };
    let sign = if rise.value > 0.0 { "+" } else { "" };
    format!("{sign}{}", unit.difference_with_interval(rise))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{ErrorBudget, LossRows};
    use crate::train::Metric;

    #[test]
    fn a_simpler_model_that_does_better_is_named_with_both_errors() {
        let found = |error, significant| {
            finding(&Finding::Baseline { dev: 0.202, model: SimplerModel::Linear, error, significant }, Unit::Rate)
        };
        assert_eq!(found(0.15, true), "a linear model does better: dev error 15.0% against the network's 20.2%");
        assert_eq!(
            found(0.2, false),
            "the network is not significantly better than a linear model: dev error 20.2% against 20.0%"
        );
    }

    #[test]
    fn boosted_trees_show_that_a_lower_error_is_reachable() {
        let gain = Interval { value: 0.02, low: 0.01, high: 0.03 };
        assert_eq!(
            finding(&Finding::TreesDoBetter { dev: 0.2, trees: 0.18, gain }, Unit::Rate),
            "boosted trees do better: dev error 18.0% against the network's 20.0%, a difference of 2.0 points [1.0, 3.0]; a \
             lower error is reachable with these inputs"
        );
    }

    #[test]
    fn a_wider_network_that_does_not_help_is_told_with_the_change_of_each_error() {
        let gains =
            [Interval { value: -0.023, low: -0.035, high: -0.011 }, Interval { value: 0.01, low: -0.01, high: 0.03 }];
        let said = wider_network(4, gains, false, Unit::Rate);
        assert!(
            said.contains(
                "changes train error by +2.3 points [1.1, 3.5] and dev error by -1.0 points [-3.0, 1.0]; neither falls"
            ),
            "{said}"
        );
    }

    #[test]
    fn high_terms_are_explained_in_numbers() {
        let errors = |wrong: usize| LossRows {
            losses: (0..10_000).map(|row| f64::from(row < wrong)).collect(),
            ..LossRows::default()
        };
        let (target, train, dev) = (TargetError::given(0.1), errors(2_000), errors(3_000));
        let budget = ErrorBudget::measure(Metric::Error, 0.5, target, (&train, Some(&dev)), 0);
        let bias = finding(&Finding::Bias(budget.clone()), Unit::Rate);
        assert!(bias.contains("is 10.0 points above the target error of 10.0%"), "{bias}");
        let variance = finding(&Finding::Variance { budget, train_rows: 10_000 }, Unit::Rate);
        assert!(variance.contains("is 10.0 points above train error 20.0%"), "{variance}");
    }

    #[test]
    fn rare_classes_are_named_with_their_rows() {
        let rare = vec![("ill".to_string(), 70)];
        let said = finding(&Finding::RareClasses { rare, train_rows: 10_000, classes: 2 }, Unit::Rate);
        assert_eq!(
            said,
            "less than 1% of train: class ill with 70 rows (0.7%); the error rate says little about it, see AUC"
        );
    }

    #[test]
    fn a_leak_asks_whether_the_column_is_known_in_time() {
        let evidence = LeakEvidence::PredictsClass { error: 0.0, naive: 0.4 };
        let said = leak(&Leak { columns: vec!["alive".to_string()], evidence });
        assert!(said.starts_with("column alive alone predicts the target (0.0% error, the majority class 40.0%)"));
        let columns = vec!["casual".to_string(), "registered".to_string()];
        let sum = leak(&Leak { columns, evidence: LeakEvidence::AddsUp });
        assert!(sum.starts_with("columns casual and registered add up to the target"));
    }
}
