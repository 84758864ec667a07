//! Which columns are features and which are set aside.

use std::collections::HashSet;

use super::aside::{Aside, Reason};
use super::notation::{Decimal, Notation, Style, dates, number, words};
use super::notice::{AsWritten, DataNotice, Gaps, Meaning};
use super::profile::{Profile, Stray};
use super::read::Source;
use super::read_plan::{ReadPlan, RoleField, TargetField};
use super::recognition::Recognised;
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
    columns: &[Recognised],
    target: TargetField,
    keep_constant: &HashSet<String>,
) -> Result<Planned, DataError> {
    let (origin, names) = (source.origin(), source.names());
    let target_at = source.index(&target.name);
    let mut notices = Vec::new();
    let role = |role: &Option<String>, name: &str| role.as_deref() == Some(name);
    let field = |role: &Option<String>, is_identity: bool| {
        let name = role.clone()?;
        let notation = columns.get(source.index(&name)?).map_or(Notation::default(), |column| column.notation);
        // Identities are compared as they are spelled.
        let style = if is_identity { Style::Plain } else { notation.style };
        Some(RoleField { name, notation: Notation { style, ..notation } })
    };
    let mut plan = ReadPlan {
        target: Some(target),
        weights: field(&request.weights, false),
        group: field(&request.group, true),
        time: field(&request.time, false),
        ..ReadPlan::default()
    };
    let (mut written, mut padded, mut long) = (Vec::new(), Vec::new(), Vec::new());
    let mut aside = Vec::new();
    for (i, (name, column)) in names.iter().zip(columns).enumerate() {
        let profile = &column.profile;
        let typed = request.type_of(name);
        if Some(i) == target_at
            || request.drop.contains(name)
            || role(&request.weights, name)
            || role(&request.group, name)
        {
            continue;
        }
        let mut set_aside = |reason| aside.push(Aside { column: name.clone(), reason });
        if let Some(held) = source.odd(i).filter(|_| typed.is_none()) {
            set_aside(Reason::Odd(held));
            continue;
        }
        if role(&request.time, name) && typed.is_none() {
            set_aside(Reason::OrdersRows);
            continue;
        }
        let place = |stray: &Stray| Place { origin: origin.clone(), line: Some(stray.line), column: Some(i + 1) };
        let error_at = |line: u64, problem: String| DataError::cell(origin, line, i, problem);
        let is_index = source.is_nameless(i) || schema::is_index_name(name);
        match schema::decide(name, is_index, column, typed, &error_at)? {
            Decision::Feature(field) => {
                if profile.blanks > 0 {
                    notices.push(DataNotice::Blanks { column: name.clone(), count: profile.blanks });
                }
                let strays = match field.kind {
                    ColumnType::Numeric => profile.texts(),
                    ColumnType::Datetime => profile.present - profile.dates,
                    _ => 0,
                };
                if let Some(stray) = profile.strays.iter().find(|_| strays > 0) {
                    let (at, text, kind) = (place(stray), stray.text.clone(), field.kind);
                    notices.push(DataNotice::StrayTexts { column: name.clone(), at, text, count: strays, kind });
                }
                if field.kind == ColumnType::Categorical && typed.is_none() && profile.holds_codes() {
                    if profile.is_long() { &mut long } else { &mut padded }.push(name.clone());
                }
                written.extend(as_written(name, column));
                notices.extend(some_units(name, column));
                notices.extend(dates_of_unknown_order(name, column, &place));
                plan.fields.push(field);
            }
            Decision::Aside(reason) => {
                set_aside(reason);
                notices.extend(dates_of_unknown_order(name, column, &place));
                if reason == Reason::Constant && keep_constant.contains(name) {
                    plan.fields.push(schema::constant(name, column));
                }
            }
        }
    }
    if !written.is_empty() {
        notices.push(DataNotice::AsWritten(written));
    }
    for (columns, zeros) in [(padded, true), (long, false)] {
        notices.extend((!columns.is_empty()).then_some(DataNotice::Codes { columns, zeros }));
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
    notices.extend(missing_values(names, columns, &plan));
    Ok(Planned { plan, aside, notices })
}

/// How the texts of a column are read, where that is not plain.
pub(super) fn as_written(name: &str, column: &Recognised) -> Option<AsWritten> {
    let Some(plain) = &column.plain else {
        let text = &column.profile.short_date.as_ref().filter(|_| column.profile.is_dates())?.text;
        let meaning = Meaning::Date(dates::parse(text, None)?.seconds);
        return Some(AsWritten { column: name.to_owned(), text: text.clone(), meaning });
    };
    let (text, meaning) = match column.notation.style {
        Style::Plain => return None,
        Style::Numbers { decimal, forced } => {
            let open = plain.dressed.first_open.as_ref().filter(|_| !forced && !plain.dressed.is_settled());
            let text = &open.or(plain.dressed.first.as_ref())?.text;
            let other = if decimal == Decimal::Comma { Decimal::Point } else { Decimal::Comma };
            let otherwise = open.and_then(|open| Some((other, number(&open.text, other, false)?)));
            (text.clone(), Meaning::Number { value: number(text, decimal, forced)?, otherwise })
        }
        Style::Dates { count: Some(count), .. } => (plain.min.to_string(), Meaning::Date(count.seconds(plain.min)?)),
        Style::Dates { order, .. } => {
            let text = &plain.ordered.first.as_ref().or(plain.short_date.as_ref())?.text;
            (text.clone(), Meaning::Date(dates::parse(text, order)?.seconds))
        }
    };
    Some(AsWritten { column: name.to_owned(), text, meaning })
}

/// That only some numbers of a column have a percent sign, or that they have different currencies.
pub(super) fn some_units(name: &str, column: &Recognised) -> Option<DataNotice> {
    let plain = column.plain.as_ref()?;
    let currencies = &plain.dressed.currencies;
    if currencies.len() > 1 && matches!(column.notation.style, Style::Numbers { .. }) {
        let currencies = currencies.iter().map(|sign| sign.to_string()).collect();
        return Some(DataNotice::SomeCurrencies { column: name.to_owned(), currencies });
    }
    let (with, all) = (plain.dressed.percent, plain.numbers + plain.dressed.count);
    // A few may be a slip; they are counted all the same where the others are not many.
    let is_mixed = matches!(column.notation.style, Style::Numbers { .. }) && with > 0 && with < all;
    is_mixed.then(|| DataNotice::SomePercent { column: name.to_owned(), with, without: all - with })
}

/// Dates of a column that are none because nothing says which number is the day.
fn dates_of_unknown_order(name: &str, column: &Recognised, place: &dyn Fn(&Stray) -> Place) -> Option<DataNotice> {
    let ordered = &column.profile.ordered;
    let first = ordered.first.as_ref().filter(|_| ordered.count() * 2 > column.profile.present)?;
    let (column, at, text) = (name.to_owned(), place(first), first.text.clone());
    Some(DataNotice::DatesOfUnknownOrder { column, at, text, disagree: ordered.disagree() })
}

/// The columns with missing cells that are no blanks: those have a notice of their own.
fn missing_values(names: &[String], columns: &[Recognised], plan: &ReadPlan) -> Option<DataNotice> {
    let used: HashSet<&str> = plan.fields.iter().map(|field| field.name.as_str()).collect();
    let profiles = columns.iter().map(|column| &column.profile);
    let used = || names.iter().zip(profiles.clone()).filter(|(name, _)| used.contains(name.as_str()));
    let of_column = |(name, profile): (&String, &Profile)| Gaps {
        column: name.clone(),
        count: profile.missing - profile.blanks,
        word: profile.gaps.first().map(|word| word.text.clone()).filter(|word| !words::means_missing(word)),
    };
    let columns: Vec<Gaps> = used().filter(|(_, profile)| profile.missing > profile.blanks).map(of_column).collect();
    let besides_blanks = used().any(|(_, profile)| profile.blanks > 0);
    (!columns.is_empty()).then_some(DataNotice::MissingValues { columns, besides_blanks })
}
