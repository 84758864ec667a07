//! The verdict where dev rows may be distributed differently, with what rows held out of train say.

use crate::compare::TrainDev;
use crate::diagnose::{ErrorBudget, Finding, FindingKind, JudgedBy, margin};
use crate::report::{DiagnosisReport, FindingReport};
use crate::words::Unit;

use super::Run;

/// Puts the variance found there in the place of dev error less train error, and says what is mismatch.
pub(super) fn refine(found: &TrainDev, diagnosis: &mut DiagnosisReport, run: &Run, unit: Unit) {
    let (result, metric) = (&run.result, run.result.metric);
    let dev = result.dev.as_ref().map(|dev| dev.error);
    let budget = ErrorBudget {
        metric,
        target: run.target,
        train: result.train.error,
        dev,
        avoidable_bias: diagnosis.avoidable_bias,
        variance: Some(diagnosis.variance),
        variance_by: JudgedBy::Dev,
        variance_rows: result.rows.dev,
        delta: margin(metric, run.prepared.rarer_share(), dev.unwrap_or(result.train.error).value),
    };
    let findings = found.measured.findings(&budget, result.rows.train);
    for finding in &findings {
        if let Finding::Verdict(basis) = finding {
            (diagnosis.verdict, diagnosis.variance) = (basis.verdict, basis.variance.interval);
        }
    }
    let replaced = [FindingKind::Verdict, FindingKind::Variance, FindingKind::Mismatch];
    diagnosis.findings.retain(|finding| !replaced.contains(&finding.kind));
    diagnosis.findings.extend(findings.iter().map(|finding| FindingReport::of(finding, unit)));
}
