//! The second pass over a file: cells into typed columns.

use std::collections::HashMap;
use std::path::Path;

use super::dates;
use super::read::Source;
use super::schema::{Field, not_a_number};
use super::table::{Column, MISSING, Table, Values};
use super::value::{Missing, Value};
use super::words::{did_you_mean, list};
use super::{ColumnType, DataError};

/// Which columns to gather from a file, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// The features.
    pub fields: Vec<Field>,
    /// The target; rows without it are left out.
    pub target: Option<TargetField>,
    /// Column of row weights.
    pub weights: Option<String>,
    /// Column of groups.
    pub group: Option<String>,
    /// Column that orders the rows, read from the main file only.
    pub time: Option<String>,
}

/// How the target is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TargetField {
    pub name: String,
    /// Numbers are wanted, not classes.
    pub regression: bool,
    /// Classes are numbers: `1`, `01` and `1.0` are one class.
    pub numeric: bool,
}

/// Cells of the target in one file.
#[derive(Debug)]
pub(crate) enum TargetCells {
    Numbers(Vec<f32>),
    Labels(Labels),
}

/// Texts as codes, in order of appearance.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    /// One a row; `MISSING` is missing.
    pub codes: Vec<u32>,
    /// The different texts and the line each was first seen on.
    pub names: Vec<(String, u64)>,
    index: HashMap<String, u32>,
}

impl Labels {
    pub fn push(&mut self, text: &str, line: u64) {
        let code = match self.index.get(text) {
            Some(&code) => code,
            None => {
                let code = self.names.len() as u32;
                self.index.insert(text.to_owned(), code);
                self.names.push((text.to_owned(), line));
                code
            }
        };
        self.codes.push(code);
    }

    /// Codes over sorted texts, so that the order of rows leaves no trace in them.
    fn sorted(self) -> Values {
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        order.sort_by(|&a, &b| self.names[a as usize].0.cmp(&self.names[b as usize].0));
        let mut rank = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            rank[old as usize] = new as u32;
        }
        let mut codes = self.codes;
        for code in codes.iter_mut().filter(|code| **code != MISSING) {
            *code = rank[*code as usize];
        }
        let categories = order.iter().map(|&old| self.names[old as usize].0.clone()).collect();
        Values::Categorical { codes, categories }
    }
}

/// Cells of a column while it grows.
enum Cells {
    Numeric(Vec<f32>),
    Precise(Vec<f64>),
    Categorical(Labels),
}

/// What became of the rows of one file.
#[derive(Debug, Default)]
pub(crate) struct FileRows {
    /// Rows gathered.
    pub rows: usize,
    /// Rows left out because their target is missing, and the line of the first.
    pub left_out: usize,
    /// Line of the first row left out.
    pub first_left_out: u64,
    /// The target of the gathered rows.
    pub target: Option<TargetCells>,
}

/// Typed columns that grow file by file.
pub(crate) struct Gather<'p> {
    plan: &'p Plan,
    missing: Missing,
    columns: Vec<Cells>,
    rows: usize,
    /// (rows,) if the plan has weights.
    pub weights: Vec<f32>,
    /// (rows,) if the plan has groups; rows without a group have `MISSING`.
    pub groups: Labels,
    /// (rows of the main file,) if the plan has a time.
    pub times: Vec<f64>,
}

impl<'p> Gather<'p> {
    /// `rows` is how many the main file has.
    pub fn new(plan: &'p Plan, missing: Missing, rows: usize) -> Gather<'p> {
        let columns = plan
            .fields
            .iter()
            .map(|field| match field.kind {
                ColumnType::Numeric if !field.precise => Cells::Numeric(Vec::with_capacity(rows)),
                ColumnType::Numeric | ColumnType::Datetime => Cells::Precise(Vec::with_capacity(rows)),
                _ => Cells::Categorical(Labels { codes: Vec::with_capacity(rows), ..Labels::default() }),
            })
            .collect();
        let (weights, groups, times) = (Vec::new(), Labels::default(), Vec::new());
        Gather { plan, missing, columns, rows: 0, weights, groups, times }
    }

    /// Adds the rows of a file; its columns may stand in another order.
    pub fn file(&mut self, source: &Source) -> Result<FileRows, DataError> {
        let plan = self.plan;
        let path = source.path();
        let timed = plan.time.iter().filter(|_| self.rows == 0);
        let wanted: Vec<&str> = plan
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .chain(plan.target.iter().map(|target| target.name.as_str()))
            .chain(plan.weights.iter().chain(&plan.group).chain(timed).map(String::as_str))
            .collect();
        require(source, &wanted)?;
        let find = |name: &str| source.index(name).unwrap_or(usize::MAX);
        let places: Vec<usize> = plan.fields.iter().map(|field| find(&field.name)).collect();
        let target = plan.target.as_ref().map(|field| (find(&field.name), field));
        let weights = plan.weights.as_deref().map(|name| (find(name), name));
        let group = plan.group.as_deref().map(find);
        let time = plan.time.as_deref().filter(|_| self.rows == 0).map(|name| (find(name), name));

        let mut file = FileRows::default();
        let mut cells = target.map(|(_, field)| match field.regression {
            true => TargetCells::Numbers(Vec::new()),
            false => TargetCells::Labels(Labels::default()),
        });
        let mut text = String::new();
        source.each_row(&mut |line, row| {
            let value = |column: usize| self.missing.value(&row[column]);
            if let (Some((column, field)), Some(cells)) = (target, &mut cells) {
                let found = value(column);
                if matches!(found, Value::Missing { .. }) {
                    file.left_out += 1;
                    if file.left_out == 1 {
                        file.first_left_out = line;
                    }
                    return Ok(());
                }
                push_target(cells, field, found, line, &mut text)
                    .map_err(|problem| DataError::cell(path, line, column, problem))?;
            }
            if let Some((column, name)) = weights {
                let weight =
                    weight(name, value(column)).map_err(|problem| DataError::cell(path, line, column, problem))?;
                self.weights.push(weight);
            }
            if let Some(column) = group {
                match value(column).category(&mut text) {
                    true => self.groups.push(&text, line),
                    false => self.groups.codes.push(MISSING),
                }
            }
            if let Some((column, name)) = time {
                let time =
                    moment(name, value(column)).map_err(|problem| DataError::cell(path, line, column, problem))?;
                self.times.push(time);
            }
            for ((cells, field), &column) in self.columns.iter_mut().zip(&plan.fields).zip(&places) {
                cells
                    .push(field, value(column), line, &mut text)
                    .map_err(|problem| DataError::cell(path, line, column, problem))?;
            }
            file.rows += 1;
            Ok(())
        })?;
        self.rows += file.rows;
        file.target = cells;
        Ok(file)
    }

    /// The table of all files.
    pub fn table(&mut self) -> Table {
        let cells = std::mem::take(&mut self.columns);
        let columns = cells.into_iter().zip(&self.plan.fields).map(|(cells, field)| Column {
            name: field.name.clone(),
            kind: field.kind,
            values: match cells {
                Cells::Numeric(numbers) => Values::Numeric(numbers),
                Cells::Precise(numbers) => Values::Precise(numbers),
                Cells::Categorical(labels) => labels.sorted(),
            },
        });
        Table::new(self.rows, columns.collect())
    }
}

impl Cells {
    fn push(&mut self, field: &Field, value: Value<'_>, line: u64, text: &mut String) -> Result<(), String> {
        let number = match self {
            Cells::Categorical(labels) => {
                match value.category(text) {
                    true => labels.push(text, line),
                    false => labels.codes.push(MISSING),
                }
                return Ok(());
            }
            _ if field.kind == ColumnType::Datetime => date(&field.name, value)?,
            _ => number(field, value)?,
        };
        match self {
            // A new file may hold numbers beyond f32; its edge keeps them finite.
            Cells::Numeric(cells) => cells.push((number as f32).clamp(f32::MIN, f32::MAX)),
            Cells::Precise(cells) => cells.push(number),
            Cells::Categorical(_) => {}
        }
        Ok(())
    }
}

fn number(field: &Field, value: Value<'_>) -> Result<f64, String> {
    match value {
        Value::Missing { .. } => Ok(f64::NAN),
        Value::Number { number, .. } if number.is_finite() => Ok(number),
        Value::Number { .. } => Err(format!("column {}: an infinite number; write it as missing", field.name)),
        Value::Moment { seconds, .. } => Ok(seconds),
        Value::Text(text) if field.strays.iter().any(|stray| stray == text) => Ok(f64::NAN),
        Value::Text(text) => Err(not_a_number(&field.name, text, 1)),
    }
}

fn date(name: &str, value: Value<'_>) -> Result<f64, String> {
    let text = match value {
        Value::Missing { .. } => return Ok(f64::NAN),
        Value::Moment { seconds, .. } => return Ok(seconds),
        Value::Text(text) | Value::Number { text, .. } => text,
    };
    dates::parse(text, true).map(|moment| moment.seconds).ok_or_else(|| {
        format!("column {name}: \"{text}\" is not a date; write it as 2024-12-31, optionally with 23:59:59")
    })
}

/// A time to order rows by: a date, or a number such as a year.
fn moment(name: &str, value: Value<'_>) -> Result<f64, String> {
    match value {
        Value::Missing { .. } => Err(format!("column {name}: missing, but every row needs a time to be ordered by")),
        Value::Number { number, .. } => Ok(number),
        _ => date(name, value),
    }
}

fn weight(name: &str, value: Value<'_>) -> Result<f32, String> {
    match value {
        Value::Number { number, .. } if number >= 0.0 && number <= f64::from(f32::MAX) => Ok(number as f32),
        Value::Number { number, .. } => {
            Err(format!("column {name}: weight {number} is not a finite number of 0 or more"))
        }
        Value::Missing { .. } => Err(format!("column {name}: the weight is missing; write 0 or more")),
        Value::Text(text) => Err(format!("column {name}: weight \"{text}\" is not a number")),
        Value::Moment { .. } => Err(format!("column {name}: a date cannot be a weight")),
    }
}

fn push_target(
    cells: &mut TargetCells,
    field: &TargetField,
    value: Value<'_>,
    line: u64,
    text: &mut String,
) -> Result<(), String> {
    match cells {
        TargetCells::Numbers(numbers) => match value {
            Value::Number { number, .. } if number.abs() <= f64::from(f32::MAX) => numbers.push(number as f32),
            Value::Number { number, .. } => {
                return Err(format!("target {}: {number} is too large", field.name));
            }
            _ => {
                value.category(text);
                return Err(format!(
                    "target {}: \"{text}\" is not a number; --na \"{text}\" leaves such rows out, --task multiclass predicts classes",
                    field.name
                ));
            }
        },
        TargetCells::Labels(labels) => {
            match value {
                // + 0.0 makes -0 and 0 one class.
                Value::Number { number, .. } if field.numeric => *text = (number + 0.0).to_string(),
                _ => _ = value.category(text),
            }
            labels.push(text, line);
        }
    }
    Ok(())
}

/// Checks that a file has all columns that are needed; the error names them all.
pub(crate) fn require(source: &Source, wanted: &[&str]) -> Result<(), DataError> {
    missing_columns(source.path(), source.names(), wanted)
}

pub(crate) fn missing_columns(path: &Path, names: &[String], wanted: &[&str]) -> Result<(), DataError> {
    let lacking: Vec<String> = wanted
        .iter()
        .filter(|wanted| !names.iter().any(|name| name == *wanted))
        .map(|wanted| format!("{wanted}{}", did_you_mean(wanted, names)))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let columns = if lacking.len() == 1 { "column" } else { "columns" };
    let problem = format!("{columns} missing: {}; the file has {}", lacking.join(", "), list(names, 12));
    Err(DataError::file(path, problem))
}
