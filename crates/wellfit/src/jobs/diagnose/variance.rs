//! The verdict by more than the run's dev rows: by rows held out of train where dev rows may be distributed differently, or by
//! all rows of train and dev in folds.

use crate::compare::{CrossValidated, TrainDev};
use crate::diagnose::{ErrorBudget, Finding, FindingKind, JudgedBy, Standing, VerdictBasis, margin};
use crate::report::{CrossValidation, DiagnosisReport, FindingReport};
use crate::runs::JobError;
use crate::words::Unit;

use super::Run;

/// Puts the variance found there in the place of dev error less train error, and says what is mismatch.
pub(super) fn by_train_dev(found: &TrainDev, diagnosis: &mut DiagnosisReport, run: &Run, unit: Unit) {
    let findings = found.measured.findings(&budget(diagnosis, run), run.result.rows.train);
    replace(diagnosis, &findings, &[FindingKind::Verdict, FindingKind::Variance, FindingKind::Mismatch], unit);
}

/// Puts the variance over folds in the place of dev error less train error, and gives it; `None` where there are no folds, or the run
/// was judged by some already.
pub(super) fn by_folds(
    trained: &CrossValidated,
    diagnosis: &mut DiagnosisReport,
    run: &Run,
    unit: Unit,
) -> Result<Option<CrossValidation>, JobError> {
    let validated = trained.own.cross_validation(&trained.splits)?;
    let Some(validated) = validated.filter(|_| run.result.cross_validation.is_none()) else { return Ok(None) };
    let budget = validated.errors(trained.splits.rows()).refined(budget(diagnosis, run));
    let (train_rows, naive) = (run.result.rows.train, &run.result.baseline.naive);
    let Some(basis) = VerdictBasis::of(&budget, train_rows) else { return Ok(None) };
    let basis = basis.against_constant(naive.name, naive.dev, budget.dev);
    let high = basis.variance.standing == Standing::High;
    let variance = high.then_some(Finding::Variance { budget, train_rows });
    let findings: Vec<Finding> = [Finding::Verdict(basis)].into_iter().chain(variance).collect();
    replace(diagnosis, &findings, &[FindingKind::Verdict, FindingKind::Variance, FindingKind::DevTooSmall], unit);
    Ok(Some(validated))
}

/// The error budget of the run as its result has it.
fn budget(diagnosis: &DiagnosisReport, run: &Run) -> ErrorBudget {
    let (result, metric) = (&run.result, run.result.metric);
    let dev = result.dev.as_ref().map(|dev| dev.error);
    ErrorBudget {
        metric,
        target: run.target,
        train: result.train.error,
        dev,
        avoidable_bias: diagnosis.avoidable_bias,
        variance: Some(diagnosis.variance),
        variance_by: JudgedBy::Dev,
        variance_rows: result.rows.dev,
        delta: margin(metric, run.prepared.rarer_share(), dev.unwrap_or(result.train.error).value),
    }
}

/// Puts findings in the place of those of these kinds.
fn replace(diagnosis: &mut DiagnosisReport, findings: &[Finding], kinds: &[FindingKind], unit: Unit) {
    for finding in findings {
        if let Finding::Verdict(basis) = finding {
            (diagnosis.verdict, diagnosis.variance) = (basis.verdict, basis.variance.interval);
        }
    }
    diagnosis.findings.retain(|finding| !kinds.contains(&finding.kind));
    diagnosis.findings.extend(findings.iter().map(|finding| FindingReport::of(finding, unit)));
}
