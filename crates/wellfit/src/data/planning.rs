//! Which columns are features and which are set aside.

use std::collections::HashSet;

use super::aside::{Aside, Reason};
use super::notice::DataNotice;
use super::profile::{Profile, Stray};
use super::read::Source;
use super::read_plan::{ReadPlan, TargetField};
use super::schema::{self, Decision};
use super::{ColumnType, DataError, DataRequest, Place};

/// What was decided about the columns of the main file.
pub(super) struct Planned {
    pub plan: ReadPlan,
    pub aside: Vec<Aside>,
    pub notices: Vec<DataNotice>,
}

/// Decides about every column but the target. Columns of one value are kept if they stand in `keep_constant`.
pub(super) fn plan(
    request: &DataRequest,
    source: &Source,
    profiles: &[Profile],
    target: TargetField,
    keep_constant: &HashSet<String>,
) -> Result<Planned, DataError> {
    let (origin, names) = (source.origin(), source.names());
    let target_at = source.index(&target.name);
    let mut notices = Vec::new();
    let role = |role: &Option<String>, name: &str| role.as_deref() == Some(name);
    let mut plan = ReadPlan {
        target: Some(target),
        weights: request.weights.clone(),
        group: request.group.clone(),
        time: request.time.clone(),
        ..ReadPlan::default()
    };
    let mut aside = Vec::new();
    for (i, (name, profile)) in names.iter().zip(profiles).enumerate() {
        let typed = request.type_of(name);
        if Some(i) == target_at
            || request.drop.contains(name)
            || role(&request.weights, name)
            || role(&request.group, name)
        {
            continue;
        }
        let mut set_aside = |reason| aside.push(Aside { column: name.clone(), reason });
        if role(&request.time, name) && typed.is_none() {
            set_aside(Reason::OrdersRows);
            continue;
        }
        let place = |stray: &Stray| Place { origin: origin.clone(), line: Some(stray.line), column: Some(i + 1) };
        if let (Some(stray), true) = (profile.strays.first(), profile.decorated * 2 > profile.present) {
            let (at, text) = (place(stray), stray.text.clone());
            notices.push(DataNotice::DecoratedNumbers { column: name.clone(), at, text });
        }
        let error_at = |line: u64, problem: String| DataError::cell(origin, line, i, problem);
        match schema::decide(name, profile, typed, &error_at)? {
            Decision::Feature(field) => {
                if profile.blanks > 0 {
                    notices.push(DataNotice::Blanks { column: name.clone(), count: profile.blanks });
                }
                if let Some(stray) = profile.strays.first().filter(|_| field.kind == ColumnType::Numeric) {
                    let (at, text, count) = (place(stray), stray.text.clone(), profile.texts());
                    notices.push(DataNotice::StrayTexts { column: name.clone(), at, text, count });
                }
                plan.fields.push(field);
            }
            Decision::Aside(reason) => {
                set_aside(reason);
                if reason == Reason::Constant && keep_constant.contains(name) {
                    plan.fields.push(schema::constant(name, profile));
                }
            }
        }
    }
    if !aside.is_empty() {
        notices.push(DataNotice::SetAside(aside.clone()));
    }
    if plan.fields.is_empty() {
        // The notices say why, and how to keep a column.
        let why = match notices.iter().map(DataNotice::to_string).collect::<Vec<_>>().join("; ") {
            why if why.is_empty() && request.drop.is_empty() => "there is none beside the target".to_owned(),
            why if why.is_empty() => "--drop leaves none beside the target".to_owned(),
            why => why,
        };
        return Err(DataError::of(origin, format!("no column is left to learn from: {why}")));
    }
    notices.extend(missing_values(names, profiles, &plan));
    Ok(Planned { plan, aside, notices })
}

/// The columns with missing cells that are no blanks: those have a notice of their own.
fn missing_values(names: &[String], profiles: &[Profile], plan: &ReadPlan) -> Option<DataNotice> {
    let used: HashSet<&str> = plan.fields.iter().map(|field| field.name.as_str()).collect();
    let used = || names.iter().zip(profiles).filter(|(name, _)| used.contains(name.as_str()));
    let columns: Vec<(String, u64)> = used()
        .filter(|(_, profile)| profile.missing > profile.blanks)
        .map(|(name, profile)| (name.clone(), profile.missing - profile.blanks))
        .collect();
    let besides_blanks = used().any(|(_, profile)| profile.blanks > 0);
    (!columns.is_empty()).then_some(DataNotice::MissingValues { columns, besides_blanks })
}
