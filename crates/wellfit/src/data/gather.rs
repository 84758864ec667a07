//! The second pass over a file: cells into typed columns.

use std::collections::HashSet;
use std::path::Path;

use super::DataError;
use super::cells::{Cells, moment, push_target, weight};
use super::labels::Labels;
use super::read::{Cell, Source};
use super::schema::Field;
use super::table::{Column, MISSING, Table};
use super::value::{Missing, Value};
use crate::text::{did_you_mean, list};

/// Missing columns named in one message; a likely name is looked for among all that there are.
const MOST_NAMED: usize = 20;

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

/// What became of the rows of one file.
#[derive(Debug, Default)]
pub(crate) struct FileRows {
    /// Rows gathered.
    pub rows: usize,
    /// Rows left out because their target is missing, and the line of the first.
    pub left_out: usize,
    /// Line of the first row left out.
    pub first_left_out: u64,
    /// Rows left out, counted from 0 among all rows of the file.
    pub left_out_rows: Vec<u32>,
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
        let columns = plan.fields.iter().map(|field| Cells::new(field, rows)).collect();
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
            let value = |column: usize| self.missing.value(row.get(column).unwrap_or(&Cell::Missing));
            if let (Some((column, field)), Some(cells)) = (target, &mut cells) {
                let found = value(column);
                if matches!(found, Value::Missing { .. }) {
                    file.left_out_rows.push((file.rows + file.left_out) as u32);
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
            values: cells.into_values(),
        });
        Table::new(self.rows, columns.collect())
    }
}

/// Checks that a file has all columns that are needed; the error names them all.
pub(crate) fn require(source: &Source, wanted: &[&str]) -> Result<(), DataError> {
    missing_columns(source.path(), source.names(), wanted)
}

pub(crate) fn missing_columns(path: &Path, names: &[String], wanted: &[&str]) -> Result<(), DataError> {
    let known: HashSet<&str> = names.iter().map(String::as_str).collect();
    let lacking: Vec<String> = wanted
        .iter()
        .filter(|wanted| !known.contains(**wanted))
        .take(MOST_NAMED)
        .map(|wanted| format!("{wanted}{}", did_you_mean(wanted, names)))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let columns = if lacking.len() == 1 { "column" } else { "columns" };
    let problem = format!("{columns} missing: {}; the file has {}", lacking.join(", "), list(names, 12));
    Err(DataError::file(path, problem))
}
