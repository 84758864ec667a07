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
            aside.plainly(name, "it orders the rows".into());
            continue;
        }
        let at = |line: u64, problem: String| DataError::cell(path, line, i, problem);
        match schema::decide(name, &profiles[i], typed, &at)? {
            Fate::Feature(field) => {
                notices.extend(reading_notices(path, i, name, &profiles[i], field.kind));
                plan.fields.push(field);
            }
            Fate::Aside(Reason::Because { kind, figures, keep }) => aside.because(name, kind, figures, keep),
            Fate::Aside(Reason::Asked(kind)) => aside.plainly(name, format!("--types says {kind}")),
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

/// Columns of one kind that says nothing.
struct Kind {
    reason: &'static str,
    keep: ColumnType,
    names: Vec<String>,
}

/// Columns that are no feature, while they are found.
#[derive(Default)]
struct Aside {
    columns: Vec<(String, String)>,
    notices: Vec<String>,
    /// Columns set aside for one reason that one type would keep.
    kinds: Vec<Kind>,
    constant: Vec<String>,
    empty: Vec<String>,
}

impl Aside {
    fn because(&mut self, name: &str, reason: &'static str, figures: Option<String>, keep: ColumnType) {
        let figures = figures.map_or(String::new(), |figures| format!(": {figures}"));
        self.columns.push((name.to_owned(), format!("{reason}{figures}")));
        match self.kinds.iter_mut().find(|kind| (kind.reason, kind.keep) == (reason, keep)) {
            Some(kind) => kind.names.push(name.to_owned()),
            None => self.kinds.push(Kind { reason, keep, names: vec![name.to_owned()] }),
        }
    }

    fn plainly(&mut self, name: &str, reason: String) {
        self.notices.push(format!("{name} set aside: {reason}"));
        self.columns.push((name.to_owned(), reason));
    }

    fn finish(mut self) -> (Vec<(String, String)>, Vec<String>) {
        for Kind { reason, keep, names } in &self.kinds {
            let which = if names.len() == 1 { "it" } else { "one" };
            let example = &names[0];
            let names = list(names, 5);
            self.notices.push(format!("{names} set aside: {reason} (--types {example}={keep} keeps {which})"));
        }
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
