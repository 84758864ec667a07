//! Which columns are features, which are set aside, and what a person should know about it.

use std::collections::HashSet;
use std::path::Path;

use super::dataset::shown;
use super::gather::{Plan, TargetField};
use super::profile::Profile;
use super::read::Source;
use super::schema::{self, Fate, Reason};
use super::{ColumnType, DataError, DataRequest};
use crate::text::{counted, list, thousands};

/// How the notice about missing values begins.
pub(crate) const MISSING_NOTICE: &str = "missing values: ";

/// What was decided about the columns of the main file.
pub(super) struct Planned {
    pub plan: Plan,
    /// Columns set aside, each with the reason.
    pub aside: Vec<(String, String)>,
    pub notices: Vec<String>,
}

/// Decides about every column but the target. Columns of one value are kept if they stand in `keep_constant`.
pub(super) fn plan(
    request: &DataRequest,
    source: &Source,
    profiles: &[Profile],
    target: TargetField,
    keep_constant: &HashSet<String>,
) -> Result<Planned, DataError> {
    let (path, names) = (source.path(), source.names());
    let target_at = source.index(&target.name);
    let mut notices = Vec::new();
    let role = |role: &Option<String>, name: &str| role.as_deref() == Some(name);
    let mut plan = Plan {
        target: Some(target),
        weights: request.weights.clone(),
        group: request.group.clone(),
        time: request.time.clone(),
        ..Plan::default()
    };
    let mut aside = Aside::default();
    for (i, (name, profile)) in names.iter().zip(profiles).enumerate() {
        let typed = request.type_of(name);
        if Some(i) == target_at
            || request.drop.contains(name)
            || role(&request.weights, name)
            || role(&request.group, name)
        {
            continue;
        }
        if role(&request.time, name) && typed.is_none() {
            aside.because(name, "it orders the rows", None, None);
            continue;
        }
        if let (Some(stray), true) = (profile.strays.first(), profile.dressed * 2 > profile.present) {
            notices.push(format!(
                "{}:{}:{}: numbers of {name} are read as text: write \"{}\" with a decimal point and no sign",
                shown(path),
                stray.line,
                i + 1,
                stray.text
            ));
        }
        let at = |line: u64, problem: String| DataError::cell(path, line, i, problem);
        match schema::decide(name, profile, typed, &at)? {
            Fate::Feature(field) => {
                notices.extend(reading_notices(path, i, name, profile, field.kind));
                plan.fields.push(field);
            }
            Fate::Aside(Reason::Because { kind, figures, keep }) => aside.because(name, kind, figures, Some(keep)),
            Fate::Aside(Reason::Asked(kind)) => {
                aside.because(name, &format!("--types says {kind}"), None, None);
            }
            Fate::Aside(Reason::Constant) => {
                aside.because(name, "the same value in every row", None, None);
                if keep_constant.contains(name) {
                    plan.fields.push(schema::constant(name, profile));
                }
            }
            Fate::Aside(Reason::Empty) => aside.because(name, "no value in any row", None, None),
        }
    }
    let (aside, aside_notice) = aside.finish();
    notices.extend(aside_notice);
    if plan.fields.is_empty() {
        // The notices say why, and how to keep a column.
        let why = match notices.join("; ") {
            why if why.is_empty() && request.drop.is_empty() => "there is none beside the target".to_owned(),
            why if why.is_empty() => "--drop leaves none beside the target".to_owned(),
            why => why,
        };
        return Err(DataError::file(path, format!("no column is left to learn from: {why}")));
    }
    notices.extend(missing_notice(names, profiles, &plan));
    Ok(Planned { plan, aside, notices })
}

/// What a person should know about how a column was read.
fn reading_notices(path: &Path, at: usize, name: &str, profile: &Profile, kind: ColumnType) -> Vec<String> {
    let mut notices = Vec::new();
    if profile.blanks > 0 {
        notices.push(format!("{} in {name} read as missing", counted(profile.blanks as usize, "blank")));
    }
    if let Some(stray) = profile.strays.first().filter(|_| kind == ColumnType::Numeric) {
        notices.push(format!(
            "{}:{}:{}: \"{}\" in {name} is not a number; {} read as missing (--types {name}=categorical keeps {})",
            shown(path),
            stray.line,
            at + 1,
            stray.text,
            counted(profile.texts() as usize, "such cell"),
            if profile.texts() == 1 { "it" } else { "them" },
        ));
    }
    notices
}

fn missing_notice(names: &[String], profiles: &[Profile], plan: &Plan) -> Option<String> {
    let used: HashSet<&str> = plan.fields.iter().map(|field| field.name.as_str()).collect();
    let columns: Vec<String> = names
        .iter()
        .zip(profiles)
        .filter(|(name, _)| used.contains(name.as_str()))
        .filter(|(_, profile)| profile.missing > profile.blanks)
        .map(|(name, profile)| format!("{name} {}", thousands(profile.missing as usize)))
        .collect();
    (!columns.is_empty()).then(|| format!("{MISSING_NOTICE}{}", list(&columns, 5)))
}

/// Columns set aside for one reason.
struct Kind {
    reason: String,
    /// The type that would keep them.
    keep: Option<ColumnType>,
    names: Vec<String>,
}

/// Columns that are no feature, while they are found.
#[derive(Default)]
struct Aside {
    columns: Vec<(String, String)>,
    kinds: Vec<Kind>,
}

impl Aside {
    fn because(&mut self, name: &str, reason: &str, figures: Option<String>, keep: Option<ColumnType>) {
        let figures = figures.map_or(String::new(), |figures| format!(": {figures}"));
        self.columns.push((name.to_owned(), format!("{reason}{figures}")));
        match self.kinds.iter_mut().find(|kind| kind.reason == reason && kind.keep == keep) {
            Some(kind) => kind.names.push(name.to_owned()),
            None => self.kinds.push(Kind { reason: reason.to_owned(), keep, names: vec![name.to_owned()] }),
        }
    }

    /// The columns, each with its reason, and one notice about all of them.
    fn finish(self) -> (Vec<(String, String)>, Option<String>) {
        let mut parts: Vec<String> =
            self.kinds.iter().map(|kind| format!("{} ({})", list(&kind.names, 5), kind.reason)).collect();
        let example = self.kinds.iter().find_map(|kind| Some((kind.names.first()?, kind.keep?)));
        if let Some((name, keep)) = example {
            let which = if self.columns.len() == 1 { "it" } else { "that one" };
            parts.push(format!("--types {name}={keep} keeps {which}"));
        }
        let notice = (!self.columns.is_empty()).then(|| format!("set aside: {}", parts.join(" · ")));
        (self.columns, notice)
    }
}
