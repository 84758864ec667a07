//! A data set of one table, or of tables for train, dev and test.

use std::collections::HashSet;

use super::checks::{
    absent_classes, check_names, classes_fit, enough_rows, group_notices, other_files_are_others, target_varies,
    time_notices, uneven_parts,
};
use super::first;
use super::suspicious::suspicious;
use crate::data::column_reader::ColumnReader;
use crate::data::infer::infer;
use crate::data::notation::{Missing, Notation, Style};
use crate::data::notice::DataNotice;
use crate::data::planning::{self, Planned};
use crate::data::profile::Profile;
use crate::data::read::{self, File, Reading, Source};
use crate::data::read_plan::TargetField;
use crate::data::recognition::{Recognised, recognise};
use crate::data::split::{self, Given, Order, Split};
use crate::data::target::{Target, TargetValues, alike, is_positive};
use crate::data::target_cells::TargetCells;
use crate::data::{ColumnType, DataError, DataRequest, DataSource, Dataset, MISSING, Origin, Task};
use crate::text::{did_you_mean, list};

/// A word for missing cells that stands in more than one of so many rows may be a class.
const FREQUENT_WORD: u64 = 33;

/// Reads `source`, the main file, and those of dev and test.
pub(super) fn load(request: &DataRequest, reading: Reading, source: &Source) -> Result<Dataset, DataError> {
    let origin = source.origin();
    other_files_are_others(request)?;
    let target_at = find_target(request, source)?;
    check_names(request, origin, source.names(), &|name| source.is_twice(name))?;
    let missing = Missing::new(&request.missing);
    let (columns, rows) = recognise(request, source, &missing)?;
    enough_rows(origin, rows as usize, "row")?;
    let (target, task, notice) = plan_target(request, source, target_at, &columns)?;
    let mut notices = source.notices();
    notices.extend(notice);
    let keep_constant = if request.keep_constant { shared_columns(request, &reading)? } else { HashSet::new() };
    let Planned { plan, aside, notices: more } = planning::plan(request, source, &columns, target, &keep_constant)?;
    notices.extend(more);

    let name = request.target.as_deref().unwrap_or_default();
    let reader = ColumnReader::new(&plan, missing, rows as usize);
    let mut files = Files { target: name, reader, cells: Vec::new(), left_out: Vec::new(), notices };
    let main_rows = files.add(source)?;
    let given = Given { dev: files.other(&request.dev, &reading)?, test: files.other(&request.test, &reading)? };
    let Files { mut reader, cells, left_out, mut notices, .. } = files;
    let (target, more) = Target::assemble(name, task, request.positive.as_deref(), None, cells)?;
    notices.extend(more);
    notices.extend(chosen_positive(request, &target));
    let alike = alike(&target.classes);
    notices.extend((!alike.is_empty()).then(|| DataNotice::ClassesAlike { target: target.name.clone(), alike }));
    notices.append(&mut reader.notices);
    let table = reader.table();
    notices.extend(suspicious(&table, &target));
    let weights = plan.weights.is_some().then(|| std::mem::take(&mut reader.weights));
    let groups = plan.group.is_some().then(|| std::mem::take(&mut reader.groups.codes));
    let without_group = groups.iter().flatten().filter(|code| **code == MISSING).count();
    let groups = groups.map(alone_where_missing);
    let times = std::mem::take(&mut reader.times);
    drop(reader);

    let order = match (&groups, &target.values) {
        _ if plan.time.is_some() => Order::Time(&times),
        (Some(groups), _) => Order::Groups(first(groups, main_rows)),
        (None, TargetValues::Classes(classes)) => Order::Classes(first(classes, main_rows)),
        (None, TargetValues::Numbers(_)) => Order::Random,
    };
    let (split, more) = split::split_rows(main_rows, request.split, &order, given, request.seed);
    notices.extend(more);
    notices.extend(absent_classes(&target, &split)?);
    classes_fit(&target, &split)?;
    target_varies(&target, &split)?;
    notices.extend(uneven_parts(&split));
    if let (Some(group), Some(groups)) = (&request.group, &groups) {
        notices.extend(group_notices(group, groups, without_group, &split));
    }
    if let Some(time) = &request.time {
        notices.extend(time_notices(time, &times, &split)?);
    }
    if weights.as_ref().is_some_and(|weights| !train_weighs(weights, &split)) {
        return Err(DataError::Request("every row of train has weight 0; there is nothing to learn from".into()));
    }
    Ok(Dataset { table, target, split, weights, groups, aside, notices, plan, reading, left_out })
}

/// Where the target stands among the columns.
fn find_target(request: &DataRequest, source: &Source) -> Result<usize, DataError> {
    let (origin, names) = (source.origin(), source.names());
    let Some(target) = request.target.as_deref() else {
        let problem =
            format!("which column is the target? --target NAME; the {} has {}", origin.noun(), list(names, 30));
        return Err(DataError::of(origin, problem));
    };
    source.index(target).ok_or_else(|| {
        if names.len() > 1 && names.iter().all(|name| name.parse::<f64>().is_ok()) {
            return DataError::line(
                origin,
                1,
                "every column name is a number; add a line of names, or pass --no-header",
            );
        }
        let meant = did_you_mean(target, names);
        let alone =
            if names.len() == 1 { " alone: is --sep right? (lines above the header have to begin with #)" } else { "" };
        let problem = format!("no column {target}{meant}; the {} has {}{alone}", origin.noun(), list(names, 30));
        DataError::of(origin, problem)
    })
}

/// How the target is read and which task it asks for, with a notice where that is not obvious.
fn plan_target(
    request: &DataRequest,
    source: &Source,
    at: usize,
    columns: &[Recognised],
) -> Result<(TargetField, Task, Vec<DataNotice>), DataError> {
    let origin = source.origin();
    let name = request.target.as_deref().unwrap_or_default();
    let Some(column) = columns.get(at) else {
        return Err(DataError::of(origin, format!("no column {name}")));
    };
    let (profile, notation) = target_as_written(column, request.task);
    let infinite = |line: u64| {
        let problem = format!("target {name}: a number that is infinite or too large; write it as missing");
        DataError::cell(origin, line, at, problem)
    };
    let first_infinite = profile.infinite.as_ref().map(|stray| stray.line);
    if let (Some(line), true) = (first_infinite, profile.distinct.count() < 2) {
        return Err(infinite(line));
    }
    let kind = request.type_of(name);
    let (task, notice) = infer(name, profile, request.task, kind).map_err(|problem| DataError::of(origin, problem))?;
    let mut notices = Vec::from_iter(notice);
    notices.extend(target_notices(name, column, (profile, notation), task));
    enough_rows(origin, profile.present as usize, "row with a target")?;
    if let Some(line) = first_infinite.filter(|_| task == Task::Regression) {
        return Err(infinite(line));
    }
    let field = TargetField {
        name: name.to_owned(),
        regression: task == Task::Regression,
        numeric: profile.texts() == 0 && kind != Some(ColumnType::Categorical) && !profile.holds_codes(),
        notation,
        is_new: false,
    };
    Ok((field, task, notices))
}

/// What a target holds, and how it is written: dates and, where classes are asked for, numbers in clothes are names of classes.
fn target_as_written(column: &Recognised, asked: Option<Task>) -> (&Profile, Notation) {
    let is_read =
        matches!(column.notation.style, Style::Numbers { .. }) && asked.is_none_or(|task| task == Task::Regression);
    match &column.plain {
        Some(plain) if !is_read => (plain, Notation { style: Style::Plain, ..column.notation }),
        _ if !is_read => (&column.profile, Notation { style: Style::Plain, ..column.notation }),
        _ => (&column.profile, column.notation),
    }
}

/// What is worth knowing of how the cells of the target are read.
fn target_notices(
    name: &str,
    column: &Recognised,
    (profile, notation): (&Profile, Notation),
    task: Task,
) -> Vec<DataNotice> {
    let mut notices = Vec::new();
    if notation.style != Style::Plain {
        let written = planning::as_written(name, column);
        notices.extend(written.map(|written| DataNotice::AsWritten(vec![written])));
        notices.extend(planning::some_units(name, column));
    }
    let all = profile.present + profile.missing;
    if let Some(word) = profile.gaps.first().filter(|word| word.count * FREQUENT_WORD > all && task.is_classification())
    {
        let (word, rows) = (word.text.clone(), word.count);
        notices.push(DataNotice::WordInTarget { target: name.to_owned(), word, rows, share: rows as f64 / all as f64 });
    }
    notices
}

/// Which class is the positive one, where nobody asked for it and its name does not say so.
fn chosen_positive(request: &DataRequest, target: &Target) -> Option<DataNotice> {
    match (target.task, &request.positive, target.classes.as_slice()) {
        (Task::Binary, None, [_, positive]) if !is_positive(positive) => {
            Some(DataNotice::PositiveClass { target: target.name.clone(), class: positive.clone() })
        }
        _ => None,
    }
}

/// Groups in which each row without one is one of its own.
fn alone_where_missing(mut groups: Vec<u32>) -> Vec<u32> {
    let free = groups.iter().copied().filter(|code| *code != MISSING).max().map_or(0, |last| last + 1)..;
    for (code, own) in groups.iter_mut().filter(|code| **code == MISSING).zip(free) {
        *code = own;
    }
    groups
}

fn train_weighs(weights: &[f32], split: &Split) -> bool {
    split.train.as_slice().iter().any(|&row| weights.get(row as usize).is_some_and(|&weight| weight > 0.0))
}

/// The rows of several files, read one after the other.
struct Files<'p> {
    /// Name of the target.
    target: &'p str,
    reader: ColumnReader<'p>,
    /// The target's cells in each file.
    cells: Vec<(Origin, TargetCells)>,
    /// For each file its rows, and those that were left out.
    left_out: Vec<(usize, Vec<u32>)>,
    notices: Vec<DataNotice>,
}

impl Files<'_> {
    /// Reads a file; returns how many rows it has.
    fn add(&mut self, source: &Source) -> Result<usize, DataError> {
        let origin = source.origin();
        let file = self.reader.file(source)?;
        self.notices.extend(file.notice(self.target, origin));
        if file.rows == 0 {
            return Err(DataError::of(origin, origin.lacks("row with a target")));
        }
        self.left_out.push((file.rows, file.left_out));
        self.cells.extend(file.target.map(|cells| (origin.clone(), cells)));
        Ok(file.rows)
    }

    /// Reads the file of another part, if there is one.
    fn other(&mut self, source: &Option<DataSource>, reading: &Reading) -> Result<Option<usize>, DataError> {
        let Some(source) = source else { return Ok(None) };
        match read::open(source, reading)? {
            File::Table(source) => self.add(&source).map(Some),
            File::Images(_) => Err(DataError::of(source.origin(), "these are images; the main file is a table")),
        }
    }
}

/// The columns that the dev and test files have, both where both are given.
fn shared_columns(request: &DataRequest, reading: &Reading) -> Result<HashSet<String>, DataError> {
    let mut shared: Option<HashSet<String>> = None;
    for other in [&request.dev, &request.test].into_iter().flatten() {
        // That these are images is an error where their rows are read.
        let File::Table(source) = read::open(other, reading)? else { continue };
        let names: HashSet<String> = source.names().iter().cloned().collect();
        shared = Some(match shared {
            Some(shared) => shared.intersection(&names).cloned().collect(),
            None => names,
        });
    }
    Ok(shared.unwrap_or_default())
}
