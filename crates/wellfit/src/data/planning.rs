//! Which columns are features, which are set aside, and what a person should know about it.

use std::path::Path;

use super::dataset::shown;
use super::gather::{Plan, TargetField};
use super::profile::Profile;
use super::read::Source;
use super::schema::{self, Fate, Reason};
use super::words::{count, list, thousands};
use super::{ColumnType, DataError, DataRequest};

/// What was decided about the columns of the main file.
pub(super) struct Planned {
    pub plan: Plan,
    /// Columns set aside, each with the reason.
    pub aside: Vec<(String, String)>,
    pub notices: Vec<String>,
}

/// Decides about every column but the target.
pub(super) fn plan(
    request: &DataRequest,
    source: &Source,
    profiles: &[Profile],
    target: TargetField,
) -> Result<Planned, DataError> {
    let (path, names) = (source.path(), source.names());
    let target_at = source.index(&target.name);
    let mut notices = Vec::new();
    let role = |name: &Option<String>, i: usize| name.as_deref() == Some(names[i].as_str());
    let mut plan = Plan {
        target: Some(target),
        weights: request.weights.clone(),
        group: request.group.clone(),
        time: request.time.clone(),
        ..Plan::default()
    };
    let mut aside = Aside::default();
    for (i, name) in names.iter().enumerate() {
        let typed = request.type_of(name);
        if Some(i) == target_at || request.drop.contains(name) || role(&request.weights, i) || role(&request.group, i) {
            continue;
        }
        if role(&request.time, i) && typed.is_none() {
            aside.because(name, "it orders the rows".into(), None);
            continue;
        }
        let at = |line: u64, problem: String| DataError::cell(path, line, i, problem);
        match schema::decide(name, &profiles[i], typed, &at)? {
            Fate::Feature(field) => {
                notices.extend(reading_notices(path, i, name, &profiles[i], field.kind));
                plan.fields.push(field);
            }
            Fate::Aside(Reason::Because(reason, keep)) => aside.because(name, reason, Some(keep)),
            Fate::Aside(Reason::Asked(kind)) => aside.because(name, format!("--types says {kind}"), None),
            Fate::Aside(Reason::Constant) => aside.constant.push(name.clone()),
            Fate::Aside(Reason::Empty) => aside.empty.push(name.clone()),
        }
    }
    let (aside, aside_notices) = aside.finish();
    notices.extend(aside_notices);
    if plan.fields.is_empty() {
        let problem = "no column is left to learn from; keep one with --types NAME=categorical or numeric";
        return Err(DataError::file(path, problem));
    }
    notices.extend(missing_notice(names, profiles, &plan));
    Ok(Planned { plan, aside, notices })
}

/// What a person should know about how a column was read.
fn reading_notices(path: &Path, at: usize, name: &str, profile: &Profile, kind: ColumnType) -> Vec<String> {
    let mut notices = Vec::new();
    if profile.blanks > 0 {
        notices.push(format!("{} in {name} read as missing", count(profile.blanks as usize, "blank")));
    }
    if let Some(stray) = profile.strays.first().filter(|_| kind == ColumnType::Numeric) {
        notices.push(format!(
            "{}:{}:{}: \"{}\" in {name} is not a number; {} such read as missing (--types {name}=categorical keeps them)",
            shown(path),
            stray.line,
            at + 1,
            stray.text,
            count(profile.texts() as usize, "cell"),
        ));
    }
    notices
}

fn missing_notice(names: &[String], profiles: &[Profile], plan: &Plan) -> Option<String> {
    let columns: Vec<String> = names
        .iter()
        .zip(profiles)
        .filter(|(name, _)| plan.fields.iter().any(|field| &field.name == *name))
        .filter(|(_, profile)| profile.missing > profile.blanks)
        .map(|(name, profile)| format!("{name} {}", thousands(profile.missing as usize)))
        .collect();
    (!columns.is_empty()).then(|| format!("missing values: {}", list(&columns, 8)))
}

/// Columns that are no feature, while they are found.
#[derive(Default)]
struct Aside {
    columns: Vec<(String, String)>,
    notices: Vec<String>,
    constant: Vec<String>,
    empty: Vec<String>,
}

impl Aside {
    fn because(&mut self, name: &str, reason: String, keep: Option<ColumnType>) {
        let how = keep.map_or(String::new(), |kind| format!("; --types {name}={kind} keeps it"));
        self.notices.push(format!("{name} set aside: {reason}{how}"));
        self.columns.push((name.to_owned(), reason));
    }

    fn finish(mut self) -> (Vec<(String, String)>, Vec<String>) {
        for (names, reason) in [(&self.constant, "the same value in every row"), (&self.empty, "no value in any row")] {
            match names.as_slice() {
                [] => {}
                [name] => self.notices.push(format!("{name} set aside: {reason}")),
                names => {
                    let columns = count(names.len(), "column");
                    self.notices.push(format!("{columns} set aside: {reason} ({})", list(names, 5)));
                }
            }
            self.columns.extend(names.iter().map(|name| (name.clone(), reason.to_owned())));
        }
        (self.columns, self.notices)
    }
}
