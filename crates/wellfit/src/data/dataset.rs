//! From a request to typed rows, a target and a split.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::gather::{FileRows, Gather, Labels, Plan, TargetCells, TargetField, missing_columns};
use super::profile::{self, Profile};
use super::read::{self, File, Images, LABEL, Reading, Source};
use super::schema::{self, Fate, Reason};
use super::split::{self, Given, Order, Split};
use super::table::{Column, Table, Values};
use super::target::{self, Target, TargetValues};
use super::value::Missing;
use super::words::{count, did_you_mean, list, thousands};
use super::{ColumnType, DataError, DataRequest, Task};

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
    /// Columns that are no feature, each with the reason in words.
    pub aside: Vec<(String, String)>,
    /// What a person should know, a sentence each.
    pub notices: Vec<String>,
    pub(crate) plan: Plan,
    pub(crate) reading: Reading,
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
        let problem = format!("no column {target_name}{meant}; the file has {}", list(names, 30));
        return Err(DataError::file(path, problem));
    };
    check_names(request, path, names)?;
    let missing = Missing::new(&request.missing);
    let (profiles, rows) = profile::profile(source, &missing)?;
    enough_rows(path, rows as usize, "row")?;
    let asked = |name: &str| request.types.iter().rev().find(|(known, _)| known == name).map(|(_, kind)| *kind);

    let mut notices = Vec::new();
    let target_profile = &profiles[target_at];
    let (task, notice) = target::infer(target_name, target_profile, request.task, asked(target_name))
        .map_err(|problem| DataError::file(path, problem))?;
    notices.extend(notice);
    enough_rows(path, target_profile.present as usize, "row with a target")?;
    if let Some(line) = target_profile.infinite.filter(|_| task == Task::Regression) {
        return Err(DataError::cell(path, line, target_at, format!("target {target_name}: an infinite number")));
    }

    let role = |name: &Option<String>, i: usize| name.as_deref() == Some(names[i].as_str());
    let mut plan = Plan {
        target: Some(TargetField {
            name: target_name.to_owned(),
            regression: task == Task::Regression,
            numeric: target_profile.texts() == 0,
        }),
        weights: request.weights.clone(),
        group: request.group.clone(),
        time: request.time.clone(),
        ..Plan::default()
    };
    let mut aside = Aside::default();
    for (i, name) in names.iter().enumerate() {
        let typed = asked(name);
        if i == target_at || request.drop.contains(name) || role(&request.weights, i) || role(&request.group, i) {
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
    notices.extend(missing_notice(names, &profiles, &plan));

    let mut gather = Gather::new(&plan, missing, rows as usize);
    let mut files = Vec::new();
    let mut add = |source: &Source, notices: &mut Vec<String>| -> Result<usize, DataError> {
        let FileRows { rows, left_out, first_left_out, target } = gather.file(source)?;
        let file = shown(source.path());
        if left_out > 0 {
            notices.push(target::left_out(target_name, &file, left_out, first_left_out));
        }
        if rows == 0 {
            return Err(DataError::file(source.path(), "a header and no row with a target"));
        }
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
    if task == Task::Binary && request.positive.is_none() && !target::is_positive(&target.classes[1]) {
        notices.push(format!("{} is the positive class of {target_name}; --positive changes it", target.classes[1]));
    }
    let table = gather.table();
    let weights = plan.weights.is_some().then_some(std::mem::take(&mut gather.weights));
    let groups = plan.group.is_some().then_some(std::mem::take(&mut gather.groups.codes));
    let times = std::mem::take(&mut gather.times);
    drop(gather);

    let order = match (&groups, &target.values) {
        _ if plan.time.is_some() => Order::Time(&times),
        (Some(groups), _) => Order::Groups(&groups[..main_rows]),
        (None, TargetValues::Classes(classes)) => Order::Classes(&classes[..main_rows]),
        (None, TargetValues::Numbers(_)) => Order::Chance,
    };
    let (split, warnings) = split::deal(main_rows, request.split, &order, given, request.seed);
    notices.extend(warnings);
    notices.extend(class_warning(&target, &split)?);
    Ok(Dataset { table, target, split, weights, groups, aside, notices, plan, reading })
}

fn load_images(request: &DataRequest, reading: Reading, images: Images) -> Result<Dataset, DataError> {
    let path = images.path().to_path_buf();
    if let Some(name) = request.target.as_deref().filter(|name| *name != LABEL) {
        return Err(DataError::file(&path, format!("no column {name}; images have one target, {LABEL}")));
    }
    if !request.types.is_empty() || request.weights.is_some() || request.group.is_some() || request.time.is_some() {
        let problem = "images have pixels and labels only; --types, --weights, --group and --time do not apply";
        return Err(DataError::file(&path, problem));
    }
    enough_rows(&path, images.table.rows(), "image")?;
    let names: Vec<String> = images.table.columns().iter().map(|column| column.name.clone()).collect();
    check_names(request, &path, &names)?;
    let mut files = vec![(path.clone(), TargetCells::Labels(labels(&images)?))];
    let main_rows = images.table.rows();
    let mut rows = main_rows;
    let mut columns = images.table.into_columns();
    let mut other = |path: &Option<PathBuf>| -> Result<Option<usize>, DataError> {
        let Some(path) = path else { return Ok(None) };
        let File::Images(images) = read::open_file(path, &reading)? else {
            return Err(DataError::file(path, "this is a table; the main file holds images"));
        };
        if images.table.columns().len() != columns.len() {
            let found = thousands(images.table.columns().len());
            let problem = format!("images of {found} pixels; the main file's have {}", thousands(columns.len()));
            return Err(DataError::file(path, problem));
        }
        files.push((path.clone(), TargetCells::Labels(labels(&images)?)));
        for (column, more) in columns.iter_mut().zip(images.table.columns()) {
            if let (Values::Bytes(cells), Values::Bytes(more)) = (&mut column.values, &more.values) {
                cells.extend_from_slice(more);
            }
        }
        rows += images.table.rows();
        Ok(Some(images.table.rows()))
    };
    let given = Given { dev: other(&request.dev)?, test: other(&request.test)? };
    columns.retain(|column| !request.drop.contains(&column.name));
    let TargetCells::Labels(main) = &files[0].1 else {
        return Err(DataError::file(&path, "images have classes"));
    };
    let task = match (request.task, main.names.len()) {
        (_, 0 | 1) => {
            return Err(DataError::file(&path, "all labels are the same; there is nothing to learn"));
        }
        (Some(Task::Regression), _) => {
            return Err(DataError::file(&path, "labels of images are classes; --task regression does not apply"));
        }
        (_, 2) => Task::Binary,
        _ => Task::Multiclass,
    };
    let (target, mut notices) = Target::assemble(LABEL, task, request.positive.as_deref(), None, files)?;
    let order = match &target.values {
        TargetValues::Classes(classes) => Order::Classes(&classes[..main_rows]),
        TargetValues::Numbers(_) => Order::Chance,
    };
    let (split, warnings) = split::deal(main_rows, request.split, &order, given, request.seed);
    notices.extend(warnings);
    notices.extend(class_warning(&target, &split)?);
    Ok(Dataset {
        table: Table::new(rows, columns),
        target,
        split,
        weights: None,
        groups: None,
        aside: Vec::new(),
        notices,
        plan: Plan::default(),
        reading,
    })
}

pub(crate) fn labels(images: &Images) -> Result<Labels, DataError> {
    let mut labels = Labels::default();
    for (row, label) in images.labels()?.iter().enumerate() {
        labels.push(&label.to_string(), row as u64 + 1);
    }
    Ok(labels)
}

fn enough_rows(path: &Path, rows: usize, noun: &str) -> Result<(), DataError> {
    match rows {
        0 => Err(DataError::file(path, format!("a header and no {noun}"))),
        rows if rows < MIN_ROWS => {
            Err(DataError::file(path, format!("only {}; at least {MIN_ROWS} are needed", count(rows, noun))))
        }
        _ => Ok(()),
    }
}

/// Reports every name of the request that the file does not have, at once.
fn check_names(request: &DataRequest, path: &Path, names: &[String]) -> Result<(), DataError> {
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
    match roles.iter().find(|(_, name)| name.is_some() && name.as_deref() == target) {
        Some((flag, _)) => Err(DataError::Request(format!(
            "column {} is the target and cannot be {flag} too",
            target.unwrap_or_default()
        ))),
        None => Ok(()),
    }
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

/// Classes that a part lacks; train with fewer than two classes is an error.
fn class_warning(target: &Target, split: &Split) -> Result<Vec<String>, DataError> {
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
    for (part, rows) in [("train", train), ("dev", &split.dev), ("test", &split.test)] {
        let lacking = lacking(rows);
        if !rows.is_empty() && !lacking.is_empty() {
            warnings.push(format!("no row of class {} is in {part}", list(&lacking, 5)));
        }
    }
    Ok(warnings)
}

/// The name of a file without its folders, for notices.
pub(crate) fn shown(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
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

impl Dataset {
    /// [`fingerprint`] of rows of this data set.
    pub fn fingerprint(&self, rows: &[u32]) -> String {
        fingerprint(&self.table, &self.target, rows)
    }
}

/// SHA-256 in hex over the cells and answers of rows, whatever their order, the file's path and the seed.
pub fn fingerprint(table: &Table, target: &Target, rows: &[u32]) -> String {
    let mut columns: Vec<&Column> = table.columns().iter().collect();
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    let mut digests: Vec<[u8; 32]> = rows
        .iter()
        .map(|&row| {
            let mut hash = Sha256::new();
            for column in &columns {
                match column.category(row) {
                    Some(text) => add_text(&mut hash, text),
                    // f32, so that a column does not change with what other rows need; + 0.0 joins -0 and 0.
                    None if !column.is_missing(row) => add_number(&mut hash, column.number(row) as f32 + 0.0),
                    None => hash.update([0]),
                }
            }
            match &target.values {
                TargetValues::Numbers(numbers) => add_number(&mut hash, numbers[row as usize]),
                TargetValues::Classes(codes) => {
                    let class = &target.classes[codes[row as usize] as usize];
                    // A number is the same answer whether it is read as a class or not.
                    match class.parse::<f32>() {
                        Ok(number) => add_number(&mut hash, number),
                        Err(_) => add_text(&mut hash, class),
                    }
                }
            }
            hash.finalize().into()
        })
        .collect();
    digests.sort_unstable();
    let mut hash = Sha256::new();
    digests.iter().for_each(|digest| hash.update(digest));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn add_number(hash: &mut Sha256, number: f32) {
    hash.update([1]);
    hash.update(number.to_bits().to_le_bytes());
}

fn add_text(hash: &mut Sha256, text: &str) {
    hash.update([2]);
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}
