//! The diagnosis of a run: the verdict and what supports it.

use super::budget::ErrorBudget;
use super::finding::Finding;
use super::findings::find;
use super::input::DiagnosisInput;
use super::verdict::{Verdict, VerdictBasis};
use super::{FindingKind, Interval, RareClass, TargetError};

/// The verdict and what supports it.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// What the network suffers from.
    pub verdict: Verdict,
    /// What train error was judged against.
    pub target_error: TargetError,
    /// Train error less target error.
    pub avoidable_bias: Interval,
    /// Error on new rows less train error.
    pub variance: Interval,
    /// What was found, the verdict with its numbers first.
    pub findings: Vec<Finding>,
    /// The rarer of two classes, where the verdict speaks of its rows that are missed.
    pub rare_class: Option<RareClass>,
}

impl Diagnosis {
    /// Whether a finding of this kind was made.
    pub fn found(&self, kind: FindingKind) -> bool {
        self.findings.iter().any(|finding| finding.kind() == kind)
    }
}

/// The diagnosis of a run; `None` without a dev set, since variance cannot then be known.
pub fn diagnose(input: &DiagnosisInput) -> Option<Diagnosis> {
    diagnose_budget(input, &input.budget())
}

/// As [`diagnose`], with the budget already measured.
pub fn diagnose_budget(input: &DiagnosisInput, budget: &ErrorBudget) -> Option<Diagnosis> {
    let basis = VerdictBasis::of(budget, input.train.rows())?;
    let baselines = &input.baselines;
    let basis = basis.against_constant(baselines.naive_model, baselines.naive, budget.dev);
    let (verdict, variance) = (basis.verdict, basis.variance.interval);
    let mut findings = vec![Finding::Verdict(basis)];
    findings.extend(find(input, budget));
    Some(Diagnosis {
        verdict,
        target_error: budget.target,
        avoidable_bias: budget.avoidable_bias,
        variance,
        findings,
        rare_class: input.rare_class.clone().filter(RareClass::is_told),
    })
}

#[cfg(test)]
mod tests {
    use super::super::TargetRange;
    use super::super::input::tests::healthy;
    use super::*;

    #[test]
    fn of_a_healthy_run_nothing_but_the_verdict_is_found() {
        let diagnosis = diagnose(&healthy()).unwrap();
        assert_eq!(diagnosis.verdict, Verdict::GoodFit);
        assert_eq!(diagnosis.findings.len(), 1, "{:?}", diagnosis.findings);
        assert!(diagnosis.found(FindingKind::Verdict));
    }

    #[test]
    fn a_network_that_may_be_no_better_than_a_constant_answer_is_no_good_fit() {
        let mut input = healthy();
        // Dev error is 20.2% [19.4, 21.0].
        input.baselines.naive = Some(0.205);
        let diagnosis = diagnose(&input).unwrap();
        assert_eq!(diagnosis.verdict, Verdict::Undecided);
        input.baselines.naive = Some(0.22);
        assert_eq!(diagnose(&input).unwrap().verdict, Verdict::GoodFit);
    }

    #[test]
    fn without_dev_there_is_no_diagnosis() {
        assert_eq!(diagnose(&DiagnosisInput { dev: None, ..healthy() }), None);
    }

    #[test]
    fn an_assumed_target_is_a_finding() {
        let range = TargetRange { low: 0.001, high: 0.162, queries: 1_000 };
        let diagnosis =
            diagnose(&DiagnosisInput { target_given: None, target_range: Some(range), ..healthy() }).unwrap();
        assert_eq!(diagnosis.target_error, TargetError::assumed(Some(range), None));
        assert_eq!(diagnosis.target_error.value, 0.162);
        assert!(diagnosis.found(FindingKind::TargetError));
    }
}
