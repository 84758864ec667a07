//! From a request to typed rows, a target and a split.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::gather::{FileRows, Gather, Plan, TargetField, missing_columns};
use super::images::load_images;
use super::infer::infer;
use super::planning::{self, Planned};
use super::profile;
use super::read::{self, File, Reading, Source};
use super::split::{self, Given, Order, Split};
use super::table::{Column, Table};
use super::target::{self, Target, TargetValues};
use super::value::Missing;
use super::{ColumnType, DataError, DataRequest, Task};
use crate::text::{counted, did_you_mean, list};

/// Fewer rows than this are no data set.
const MIN_ROWS: usize = 10;

/// Everything read: typed rows of all files, what to predict, and which rows are for what.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// The features: the main file's rows, then the dev file's, then the test file's.
    pub table: Table,
    /// The answers, one a row of the table.
    pub target: Target,
    /// Which rows are train, dev and test.
    pub split: Split,
    /// (rows,): weight of each row as in the file.
    pub weights: Option<Vec<f32>>,
    /// (rows,): group of each row.
    pub groups: Option<Vec<u32>>,
    /// Columns that are no feature, each with the reason in words. Those of one value may stand in the table all the
    /// same ([`DataRequest::keep_constant`]).
    pub aside: Vec<(String, String)>,
    /// What a person should know, a sentence each.
    pub notices: Vec<String>,
    pub(crate) plan: Plan,
    pub(crate) reading: Reading,
    /// For each file, in their order: its rows in the table, and those without a target, which are not.
    pub(super) left_out: Vec<(usize, Vec<u32>)>,
}

impl Dataset {
    /// The columns of the table that are features: those that are not set aside.
    pub fn used_columns(&self) -> impl Iterator<Item = &Column> {
        let aside: HashSet<&str> = self.aside.iter().map(|(name, _)| name.as_str()).collect();
        self.table.columns().iter().filter(move |column| !aside.contains(column.name.as_str()))
    }
}

/// Reads the files of a request.
///
/// Column types are decided over the whole main file; dev and test files are read alike.
pub fn load(request: &DataRequest) -> Result<Dataset, DataError> {
    let reading = Reading { separator: request.separator, header: request.header, missing: request.missing.clone() };
    match read::open_file(&request.path, &reading)? {
        File::Table(source) => load_table(request, reading, &source),
        File::Images(images) => load_images(request, reading, images),
    }
}

fn load_table(request: &DataRequest, reading: Reading, source: &Source) -> Result<Dataset, DataError> {
    let path = source.path();
    let names = source.names();
    let Some(target_name) = request.target.as_deref() else {
        let problem = format!("which column is the target? --target NAME; the file has {}", list(names, 30));
        return Err(DataError::file(path, problem));
    };
    let Some(target_at) = source.index(target_name) else {
        let meant = did_you_mean(target_name, names);
        let alone = if names.len() == 1 { " alone: is --sep right?" } else { "" };
        let problem = format!("no column {target_name}{meant}; the file has {}{alone}", list(names, 30));
        return Err(DataError::file(path, problem));
    };
    check_names(request, path, names)?;
    let missing = Missing::new(&request.missing);
    let (profiles, rows) = profile::profile(source, &missing)?;
    enough_rows(path, rows as usize, "row")?;
    let mut notices = Vec::new();
    let Some(target_profile) = profiles.get(target_at) else {
        return Err(DataError::file(path, format!("no column {target_name}")));
    };
    let infinite = |line: u64| {
        let problem = format!("target {target_name}: a number that is infinite or too large; write it as missing");
        DataError::cell(path, line, target_at, problem)
    };
    if let (Some(line), true) = (target_profile.infinite, target_profile.distinct.count() < 2) {
        return Err(infinite(line));
    }
    let (task, notice) = infer(target_name, target_profile, request.task, request.type_of(target_name))
        .map_err(|problem| DataError::file(path, problem))?;
    notices.extend(notice);
    enough_rows(path, target_profile.present as usize, "row with a target")?;
    if let Some(line) = target_profile.infinite.filter(|_| task == Task::Regression) {
        return Err(infinite(line));
    }

    let target = TargetField {
        name: target_name.to_owned(),
        regression: task == Task::Regression,
        numeric: target_profile.texts() == 0 && request.type_of(target_name) != Some(ColumnType::Categorical),
    };
    let keep_constant = if request.keep_constant { shared_columns(request, &reading)? } else { HashSet::new() };
    let Planned { plan, aside, notices: more } = planning::plan(request, source, &profiles, target, &keep_constant)?;
    notices.extend(more);

    let mut gather = Gather::new(&plan, missing, rows as usize);
    let (mut files, mut all_left_out) = (Vec::new(), Vec::new());
    let mut add = |source: &Source, notices: &mut Vec<String>| -> Result<usize, DataError> {
        let FileRows { rows, left_out, first_left_out, left_out_rows, target } = gather.file(source)?;
        let file = shown(source.path());
        if left_out > 0 {
            notices.push(target::left_out(target_name, &file, left_out, first_left_out));
        }
        if rows == 0 {
            return Err(DataError::file(source.path(), "a header and no row with a target"));
        }
        all_left_out.push((rows, left_out_rows));
        files.extend(target.map(|cells| (source.path().to_path_buf(), cells)));
        Ok(rows)
    };
    let main_rows = add(source, &mut notices)?;
    let mut other = |path: &Option<PathBuf>, notices: &mut Vec<String>| -> Result<Option<usize>, DataError> {
        let Some(path) = path else { return Ok(None) };
        match read::open_file(path, &reading)? {
            File::Table(source) => add(&source, notices).map(Some),
            File::Images(_) => Err(DataError::file(path, "these are images; the main file is a table")),
        }
    };
    let given = Given { dev: other(&request.dev, &mut notices)?, test: other(&request.test, &mut notices)? };
    let (target, more) = Target::assemble(target_name, task, request.positive.as_deref(), None, files)?;
    notices.extend(more);
    if let (Task::Binary, None, [_, positive]) = (task, &request.positive, target.classes.as_slice())
        && !target::is_positive(positive)
    {
        notices.push(format!("{positive} is the positive class of {target_name}; --positive changes it"));
    }
    let table = gather.table();
    let weights = plan.weights.is_some().then_some(std::mem::take(&mut gather.weights));
    let groups = plan.group.is_some().then_some(std::mem::take(&mut gather.groups.codes));
    let times = std::mem::take(&mut gather.times);
    drop(gather);

    let order = match (&groups, &target.values) {
        _ if plan.time.is_some() => Order::Time(&times),
        (Some(groups), _) => Order::Groups(first(groups, main_rows)),
        (None, TargetValues::Classes(classes)) => Order::Classes(first(classes, main_rows)),
        (None, TargetValues::Numbers(_)) => Order::Chance,
    };
    let (split, warnings) = split::deal(main_rows, request.split, &order, given, request.seed);
    notices.extend(warnings);
    notices.extend(class_warning(&target, &split)?);
    let weighs = |weights: &Vec<f32>| {
        split.train.as_slice().iter().any(|&row| weights.get(row as usize).is_some_and(|&weight| weight > 0.0))
    };
    if !weights.as_ref().is_none_or(weighs) {
        return Err(DataError::Request("every row of train has weight 0; there is nothing to learn from".into()));
    }
    let left_out = all_left_out;
    Ok(Dataset { table, target, split, weights, groups, aside, notices, plan, reading, left_out })
}

impl Dataset {
    /// Where a row of the table stands in its file: the file (0 the main one, then those given for dev and test) and its number among
    /// the file's rows, from 1, the header not counted.
    pub fn place_in_file(&self, row: u32) -> (usize, u64) {
        let mut row = row as usize;
        let last = self.left_out.len().saturating_sub(1);
        for (file, (rows, left_out)) in self.left_out.iter().enumerate() {
            if row < *rows || file == last {
                // Each row left out before it moves it one further.
                let place =
                    left_out.iter().fold(row, |place, &out| if out as usize <= place { place + 1 } else { place });
                return (file, place as u64 + 1);
            }
            row -= rows;
        }
        (0, row as u64 + 1)
    }
}

/// The columns that the dev and test files have, both where both are given.
fn shared_columns(request: &DataRequest, reading: &Reading) -> Result<HashSet<String>, DataError> {
    let mut shared: Option<HashSet<String>> = None;
    for path in [&request.dev, &request.test].into_iter().flatten() {
        // That these are images is told where their rows are read.
        let File::Table(source) = read::open_file(path, reading)? else { continue };
        let names: HashSet<String> = source.names().iter().cloned().collect();
        shared = Some(match shared {
            Some(shared) => shared.intersection(&names).cloned().collect(),
            None => names,
        });
    }
    Ok(shared.unwrap_or_default())
}

/// The first `count` of `codes`: those of the main file's rows.
pub(super) fn first(codes: &[u32], count: usize) -> &[u32] {
    codes.get(..count).unwrap_or(codes)
}

/// Refuses files that are too small to learn from; `noun` is what is counted.
pub(super) fn enough_rows(path: &Path, rows: usize, noun: &str) -> Result<(), DataError> {
    match rows {
        0 => Err(DataError::file(path, format!("a header and no {noun}"))),
        rows if rows < MIN_ROWS => {
            Err(DataError::file(path, format!("only {}; at least {MIN_ROWS} are needed", counted(rows, noun))))
        }
        _ => Ok(()),
    }
}

/// Reports every name of the request that the file does not have, at once.
pub(super) fn check_names(request: &DataRequest, path: &Path, names: &[String]) -> Result<(), DataError> {
    let mut wanted: Vec<&str> = request.drop.iter().map(String::as_str).collect();
    wanted.extend(request.types.iter().map(|(name, _)| name.as_str()));
    let roles = [("--weights", &request.weights), ("--group", &request.group), ("--time", &request.time)];
    wanted.extend(roles.iter().filter_map(|(_, name)| name.as_deref()));
    missing_columns(path, names, &wanted)?;
    let target = request.target.as_deref();
    if target.is_some_and(|target| request.drop.iter().any(|name| name == target)) {
        return Err(DataError::Request(format!(
            "column {} is the target and cannot be dropped",
            target.unwrap_or_default()
        )));
    }
    if request.group.is_some() && request.time.is_some() {
        return Err(DataError::Request("--group and --time each rule the split; pass one of them".into()));
    }
    match roles.iter().find(|(_, name)| name.is_some() && name.as_deref() == target) {
        Some((flag, _)) => Err(DataError::Request(format!(
            "column {} is the target and cannot be {flag} too",
            target.unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

/// Classes that a part lacks; train with fewer than two classes is an error.
pub(super) fn class_warning(target: &Target, split: &Split) -> Result<Vec<String>, DataError> {
    let mut warnings = Vec::new();
    let lacking = |rows: &[u32]| {
        let counts = target.class_counts(rows);
        let names = target.classes.iter().zip(counts).filter(|(_, count)| *count == 0).map(|(name, _)| name.clone());
        names.collect::<Vec<String>>()
    };
    let train = split.train.as_slice();
    if !target.classes.is_empty() && lacking(train).len() + 1 >= target.classes.len() {
        let problem =
            format!("train has rows of one class only ({}); choose another --split, --group or --time", split.rule);
        return Err(DataError::Request(problem));
    }
    let mut found: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for (part, rows) in [("train", train), ("dev", &split.dev), ("test", &split.test)] {
        let lacking = if rows.is_empty() { Vec::new() } else { lacking(rows) };
        match found.iter_mut().find(|(classes, _)| *classes == lacking) {
            _ if lacking.is_empty() => {}
            Some((_, parts)) => parts.push(part),
            None => found.push((lacking, vec![part])),
        }
    }
    for (classes, parts) in found {
        warnings.push(format!("no row of class {} is in {}", list(&classes, 5), parts.join(" or ")));
    }
    Ok(warnings)
}

/// The name of a file without its folders, for notices.
pub(crate) fn shown(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
