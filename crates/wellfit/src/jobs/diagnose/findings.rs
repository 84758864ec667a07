//! All findings in one list, the gravest first.

use crate::compare::Wider;
use crate::diagnose::words::{Unit, percent};
use crate::diagnose::{Diagnosis, Finding};
use crate::text::counted;

use super::labels::LabelNoiseFound;

/// Kinds from the gravest to the mildest. A leak makes all other numbers meaningless; what is ill in the layers comes before
/// what follows from it; what merely limits the verdict comes last.
const GRAVITY: &[&str] = &[
    "verdict",
    "leak",
    "baseline",
    "mismatch",
    "vanishing gradients",
    "exploding gradients",
    "dead units",
    "saturated units",
    "learning rate",
    "bias",
    "variance",
    "label noise",
    "training too short",
    "dev too small",
    "rare class",
    "target error",
    "early stopping",
];

/// From here on the surest rows show enough wrong labels to act on.
const MUCH_NOISE: f64 = 0.01;

/// Adds what the labels and a wider network show, and puts the gravest first.
pub(super) fn complete(diagnosis: &mut Diagnosis, labels: Option<&LabelNoiseFound>, wider: Option<&Wider>, unit: Unit) {
    if let Some(wider) = wider {
        let text = wider.in_words(unit);
        match diagnosis.findings.iter_mut().find(|finding| finding.kind == "bias") {
            Some(bias) => bias.text = format!("{}. {text}", bias.text.trim_end_matches('.')),
            None => diagnosis.findings.push(Finding { kind: "bias".to_string(), text }),
        }
    }
    diagnosis.findings.extend(labels.filter(|noise| noise.low > MUCH_NOISE).map(|noise| Finding {
        kind: "label noise".to_string(),
        text: format!(
            "between {} and {} of the labels look wrong; where the network is surest its label and the file's still differ: \
             look at the rows named",
            percent(noise.low),
            percent(noise.high)
        ),
    }));
    diagnosis.findings.sort_by_key(|finding| gravity(&finding.kind));
}

fn gravity(kind: &str) -> usize {
    GRAVITY.iter().position(|known| *known == kind).unwrap_or(GRAVITY.len())
}

/// The findings that are shown, and how many more there are: the verdict has a line of its own.
pub(super) fn shown(diagnosis: &Diagnosis, most: usize) -> (Vec<&Finding>, Option<String>) {
    let all: Vec<&Finding> = diagnosis.findings.iter().filter(|finding| finding.kind != "verdict").collect();
    let more = all.len().saturating_sub(most);
    let rest = (more > 0).then(|| format!("and {}: --json", counted(more as u64, "more finding")));
    (all.into_iter().take(most).collect(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Interval, TargetError, Verdict};

    fn diagnosis(kinds: &[(&str, &str)]) -> Diagnosis {
        let finding = |(kind, text): &(&str, &str)| Finding { kind: kind.to_string(), text: text.to_string() };
        Diagnosis {
            verdict: Verdict::GoodFit,
            target_error: TargetError::given(0.1),
            avoidable_bias: Interval::exact(0.0),
            variance: Interval::exact(0.0),
            findings: kinds.iter().map(finding).collect(),
        }
    }

    fn kinds(diagnosis: &Diagnosis) -> Vec<&str> {
        diagnosis.findings.iter().map(|finding| finding.kind.as_str()).collect()
    }

    #[test]
    fn the_gravest_comes_first_whatever_the_order_it_was_found_in() {
        let mut found = diagnosis(&[("early stopping", ""), ("odd", ""), ("bias", ""), ("verdict", ""), ("leak", "")]);
        complete(&mut found, None, None, Unit::Rate);
        assert_eq!(kinds(&found), ["verdict", "leak", "bias", "early stopping", "odd"]);
    }

    #[test]
    fn labels_are_a_finding_only_where_the_surest_rows_doubt_them() {
        let noise = |low| LabelNoiseFound { low, high: 0.2, judged: 100, doubted: 9, rows: Vec::new() };
        let mut found = diagnosis(&[("verdict", "")]);
        complete(&mut found, Some(&noise(0.0)), None, Unit::Rate);
        assert_eq!(kinds(&found), ["verdict"]);
        complete(&mut found, Some(&noise(0.08)), None, Unit::Rate);
        assert_eq!(kinds(&found), ["verdict", "label noise"]);
    }

    #[test]
    fn a_wider_network_makes_bias_firm_or_not() {
        let interval = |value: f64| Interval { value, low: value - 0.01, high: value + 0.01 };
        let wider = |dev: f64| Wider { hidden: vec![128], train: interval(0.05), dev: interval(dev), firm: dev > 0.01 };
        let text = |dev: f64| {
            let mut found = diagnosis(&[("verdict", ""), ("bias", "train error lies above the target.")]);
            complete(&mut found, None, Some(&wider(dev)), Unit::Rate);
            found.findings[1].text.clone()
        };
        assert!(text(0.03).contains("target. A network 4 times as wide takes 5.0 points [4.0, 6.0] off train error"));
        assert!(text(0.03).ends_with("the bias is the network's"));
        assert!(text(0.0).contains("Not firmly"));
    }

    #[test]
    fn a_long_list_says_how_much_more_there_is() {
        let found = diagnosis(&[("verdict", ""), ("leak", ""), ("bias", ""), ("variance", "")]);
        let (shown, rest) = shown(&found, 2);
        assert_eq!(shown.len(), 2);
        assert_eq!(rest.as_deref(), Some("and 1 more finding: --json"));
    }
}
