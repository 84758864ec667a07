//! All findings in one list, the gravest first.

use crate::diagnose::{Finding, FindingKind};
use crate::report::{DiagnosisReport, FindingReport, LabelNoiseReport, WiderNetwork};
use crate::words::Unit;

/// From here on the surest rows show enough wrong labels to act on.
const MUCH_NOISE: f64 = 0.01;

/// Adds what the labels and a wider network show, and puts the gravest first.
pub(super) fn complete(
    diagnosis: &mut DiagnosisReport,
    labels: Option<&LabelNoiseReport>,
    wider: Option<&WiderNetwork>,
    unit: Unit,
) {
    if let Some(wider) = wider {
        let found = FindingReport::of(&wider.finding(), unit);
        match diagnosis.findings.iter_mut().find(|finding| finding.kind == found.kind) {
            Some(bias) => bias.text = format!("{}. {}", bias.text.trim_end_matches('.'), found.text),
            None => diagnosis.findings.push(found),
        }
    }
    // Networks that have seen none of the rows judge more of them than dev holds.
    diagnosis.findings.retain(|finding| labels.is_none() || finding.kind != FindingKind::LabelNoise);
    let learns = !diagnosis.findings.iter().any(|finding| finding.kind.keeps_from_judging());
    let noise = labels.filter(|noise| learns && noise.low > MUCH_NOISE);
    let noise = noise.map(|noise| Finding::LabelNoise { listed: true, low: noise.low, high: noise.high });
    diagnosis.findings.extend(noise.map(|noise| FindingReport::of(&noise, unit)));
    diagnosis.findings.sort_by_key(|finding| finding.kind);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Interval, Verdict};
    use crate::report::{SourceReport, TargetErrorReport};
    use FindingKind::{Bias, EarlyStopping, LabelNoise, Leak};

    fn diagnosis(kinds: &[FindingKind]) -> DiagnosisReport {
        let finding = |kind: &FindingKind| FindingReport { kind: *kind, text: "above the target.".to_string() };
        DiagnosisReport {
            verdict: Verdict::GoodFit,
            target_error: TargetErrorReport { value: 0.1, source: SourceReport::Given },
            avoidable_bias: Interval::exact(0.0),
            variance: Interval::exact(0.0),
            findings: kinds.iter().map(finding).collect(),
        }
    }

    fn kinds(diagnosis: &DiagnosisReport) -> Vec<FindingKind> {
        diagnosis.findings.iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn the_gravest_comes_first_whatever_the_order_it_was_found_in() {
        let mut found = diagnosis(&[EarlyStopping, Bias, FindingKind::Verdict, Leak]);
        complete(&mut found, None, None, Unit::Rate);
        assert_eq!(kinds(&found), [FindingKind::Verdict, Leak, Bias, EarlyStopping]);
    }

    #[test]
    fn labels_are_a_finding_only_where_the_surest_rows_doubt_them() {
        let noise = |low| LabelNoiseReport { low, high: 0.2, judged: 100, doubted: 9, rows: Vec::new() };
        let mut found = diagnosis(&[FindingKind::Verdict]);
        complete(&mut found, Some(&noise(0.0)), None, Unit::Rate);
        assert_eq!(kinds(&found), [FindingKind::Verdict]);
        complete(&mut found, Some(&noise(0.08)), None, Unit::Rate);
        assert_eq!(kinds(&found), [FindingKind::Verdict, LabelNoise]);
    }

    #[test]
    fn a_wider_network_confirms_bias_or_not() {
        let interval = |value: f64| Interval { value, low: value - 0.01, high: value + 0.01 };
        let wider = |dev: f64| WiderNetwork {
            times: 4,
            hidden: vec![128],
            train: interval(0.05),
            dev: interval(dev),
            firm: dev > 0.01,
        };
        let text = |dev: f64| {
            let mut found = diagnosis(&[FindingKind::Verdict, Bias]);
            complete(&mut found, None, Some(&wider(dev)), Unit::Rate);
            found.findings[1].text.clone()
        };
        assert!(text(0.03).contains("target. A network 4 times as wide lowers train error by 5.0 points [4.0, 6.0]"));
        assert!(text(0.03).ends_with("the bias is the network's"));
        assert!(text(0.0).contains("not confirmed"));
    }
}
