//! A diagnosis as results hold it: numbers for scripts, sentences for people.

use serde::{Deserialize, Serialize};

use crate::diagnose::{
    CurvePoint, Diagnosis, Finding, FindingKind, Forecast, Interval, Leak, LearningCurve, PowerLaw, TargetError,
    TargetSource, Verdict,
};
use crate::improve::Reason;
use crate::words::{Unit, findings, forecast, target, verdict};

/// The verdict and what supports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiagnosisReport {
    /// What the network suffers from.
    pub verdict: Verdict,
    /// What train error was judged against.
    pub target_error: TargetErrorReport,
    /// Train error less target error.
    pub avoidable_bias: Interval,
    /// Dev error less train error.
    pub variance: Interval,
    /// What was found, the verdict in a sentence first.
    pub findings: Vec<FindingReport>,
}

/// Something found in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingReport {
    /// What it is about, to group and filter by.
    pub kind: FindingKind,
    /// What was seen and what it means, in a sentence or two.
    pub text: String,
}

/// What train error was judged against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetErrorReport {
    /// The error, as a rate or in the target's unit.
    pub value: f64,
    /// Where it comes from.
    pub source: SourceReport,
}

/// Where a target error comes from: `given` in results, or a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum SourceReport {
    /// The user named it.
    Given,
    /// It was assumed: what from, in words.
    Assumed(String),
}

const GIVEN: &str = "given";

impl From<String> for SourceReport {
    fn from(text: String) -> SourceReport {
        if text == GIVEN { SourceReport::Given } else { SourceReport::Assumed(text) }
    }
}

impl From<SourceReport> for String {
    fn from(source: SourceReport) -> String {
        match source {
            SourceReport::Given => GIVEN.to_string(),
            SourceReport::Assumed(text) => text,
        }
    }
}

impl DiagnosisReport {
    /// The diagnosis with its sentences.
    pub fn of(diagnosis: &Diagnosis, unit: Unit) -> DiagnosisReport {
        let told = |finding: &Finding| match finding {
            Finding::Verdict(_) => {
                FindingReport { kind: FindingKind::Verdict, text: verdict::headline(diagnosis, unit) }
            }
            finding => FindingReport::of(finding, unit),
        };
        DiagnosisReport {
            verdict: diagnosis.verdict,
            target_error: TargetErrorReport::of(diagnosis.target_error, unit),
            avoidable_bias: diagnosis.avoidable_bias,
            variance: diagnosis.variance,
            findings: diagnosis.findings.iter().map(told).collect(),
        }
    }

    /// The same with a cause of the verdict, told before its numbers.
    pub fn because(mut self, cause: &Reason) -> DiagnosisReport {
        let said = self.findings.iter_mut().find(|finding| finding.kind == FindingKind::Verdict);
        if let Some(finding) = said {
            finding.text = verdict::because(&finding.text, cause);
        }
        self
    }

    /// The verdict in a sentence, numbers included.
    pub fn headline(&self) -> &str {
        let said = self.findings.iter().find(|finding| finding.kind == FindingKind::Verdict);
        said.map_or(self.verdict.name(), |finding| &finding.text)
    }
}

impl FindingReport {
    /// The finding with its sentence.
    pub fn of(finding: &Finding, unit: Unit) -> FindingReport {
        FindingReport { kind: finding.kind(), text: findings::finding(finding, unit) }
    }
}

impl TargetErrorReport {
    /// The target error with its source in words.
    pub fn of(error: TargetError, unit: Unit) -> TargetErrorReport {
        let source = match error.source {
            TargetSource::Given => SourceReport::Given,
            assumed => SourceReport::Assumed(target::source(assumed, unit)),
        };
        TargetErrorReport { value: error.value, source }
    }

    /// What it was assumed from, where nobody named it.
    pub fn assumption(&self) -> Option<&str> {
        match &self.source {
            SourceReport::Given => None,
            SourceReport::Assumed(text) => Some(text),
        }
    }
}

/// Columns that give the target away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeakReport {
    /// The columns: one, or two that add up to the target.
    pub columns: Vec<String>,
    /// What was found, in words.
    pub text: String,
}

impl LeakReport {
    /// The leak with its sentence.
    pub fn of(leak: &Leak) -> LeakReport {
        LeakReport { columns: leak.columns.clone(), text: findings::leak(leak) }
    }

    /// One of columns that are set aside.
    pub fn of_aside(leak: &Leak) -> LeakReport {
        LeakReport { columns: leak.columns.clone(), text: findings::aside_leak(leak) }
    }
}

/// A learning curve, and what it forecasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningCurveReport {
    /// The sizes measured, ascending.
    pub points: Vec<CurvePoint>,
    /// The law fitted to them; null where the best one does not fall.
    pub fit: Option<PowerLaw>,
    /// Dev error with more rows; empty where fewer than three sizes were measured.
    pub forecast: Vec<Forecast>,
    /// Whether the forecast is one to decide by.
    pub useful: bool,
    /// What it comes to, in words.
    pub note: String,
}

impl LearningCurveReport {
    /// A curve that was not measured, and why.
    pub fn unmeasured(why: &str) -> LearningCurveReport {
        let (points, forecast) = (Vec::new(), Vec::new());
        LearningCurveReport { points, fit: None, forecast, useful: false, note: why.to_string() }
    }

    /// The curve with its sentence.
    pub fn of(curve: &LearningCurve, unit: Unit) -> LearningCurveReport {
        LearningCurveReport {
            points: curve.points.clone(),
            fit: curve.fit,
            forecast: curve.forecast.clone(),
            useful: curve.useful(),
            note: forecast::outlook(curve, unit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnosis_has_the_keys_of_the_contract_and_reads_back() {
        let diagnosis = Diagnosis {
            verdict: Verdict::GoodFit,
            target_error: TargetError::given(0.199),
            avoidable_bias: Interval::exact(0.001),
            variance: Interval::exact(0.002),
            findings: vec![Finding::LinearLeak],
            rare_class: None,
        };
        let report = DiagnosisReport::of(&diagnosis, Unit::Rate);
        let json = serde_json::to_value(&report).unwrap();
        let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let mut found = keys(&json);
        found.sort();
        assert_eq!(found, ["avoidable_bias", "findings", "target_error", "variance", "verdict"]);
        assert_eq!(json["verdict"], "good fit");
        assert_eq!(json["target_error"], serde_json::json!({"value": 0.199, "source": "given"}));
        assert_eq!(json["variance"].as_object().unwrap().len(), 3);
        assert_eq!(json["findings"][0]["kind"], "leak");
        let mut finding = keys(&json["findings"][0]);
        finding.sort();
        assert_eq!(finding, ["kind", "text"]);
        assert_eq!(serde_json::from_value::<DiagnosisReport>(json).unwrap(), report);
        let assumed = TargetErrorReport::of(TargetError::assumed(None, None), Unit::Rate);
        let json = serde_json::to_string(&assumed).unwrap();
        assert_eq!(serde_json::from_str::<TargetErrorReport>(&json).unwrap(), assumed);
    }
}
