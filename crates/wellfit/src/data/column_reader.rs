//! The second pass over a file: cells into typed columns.

use super::cells::{Cells, moment, weight};
use super::labels::Labels;
use super::notice::DataNotice;
use super::read::{Cell, Source};
use super::read_plan::ReadPlan;
use super::required::require_columns;
use super::table::{Column, MISSING, Table};
use super::target_cells::TargetCells;
use super::value::{Missing, Value};
use super::{DataError, Origin};

/// What became of the rows of one file.
#[derive(Debug, Default)]
pub(crate) struct FileRows {
    /// Rows read.
    pub rows: usize,
    /// Rows left out because their target is missing, counted from 0 among all rows of the file.
    pub left_out: Vec<u32>,
    /// Line of the first row left out.
    first_left_out: u64,
    /// The target of the rows read.
    pub target: Option<TargetCells>,
}

impl FileRows {
    /// That rows of `origin` were left out for want of a target.
    pub fn notice(&self, target: &str, origin: &Origin) -> Option<DataNotice> {
        (!self.left_out.is_empty()).then(|| DataNotice::RowsWithoutTarget {
            target: target.to_owned(),
            origin: origin.clone(),
            rows: self.left_out.len(),
            first_line: self.first_left_out,
        })
    }
}

/// Typed columns that grow file by file.
pub(crate) struct ColumnReader<'p> {
    plan: &'p ReadPlan,
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

impl<'p> ColumnReader<'p> {
    /// `rows` is how many the main file has.
    pub fn new(plan: &'p ReadPlan, missing: Missing, rows: usize) -> ColumnReader<'p> {
        let columns = plan.fields.iter().map(|field| Cells::new(field, rows)).collect();
        let (weights, groups, times) = (Vec::new(), Labels::default(), Vec::new());
        ColumnReader { plan, missing, columns, rows: 0, weights, groups, times }
    }

    /// Adds the rows of a file; its columns may stand in another order.
    pub fn file(&mut self, source: &Source) -> Result<FileRows, DataError> {
        let plan = self.plan;
        let origin = source.origin();
        let timed = plan.time.iter().filter(|_| self.rows == 0);
        let wanted: Vec<&str> = plan
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .chain(plan.target.iter().map(|target| target.name.as_str()))
            .chain(plan.weights.iter().chain(&plan.group).chain(timed).map(String::as_str))
            .collect();
        require_columns(origin, source.names(), &wanted)?;
        let find = |name: &str| source.index(name).unwrap_or(usize::MAX);
        let places: Vec<usize> = plan.fields.iter().map(|field| find(&field.name)).collect();
        let target = plan.target.as_ref().map(|field| (find(&field.name), field));
        let weights = plan.weights.as_deref().map(|name| (find(name), name));
        let group = plan.group.as_deref().map(find);
        let time = plan.time.as_deref().filter(|_| self.rows == 0).map(|name| (find(name), name));

        let mut file = FileRows::default();
        let mut cells = target.map(|(_, field)| TargetCells::new(field));
        let mut text = String::new();
        source.each_row(&mut |line, row| {
            let value = |column: usize| self.missing.value(row.get(column).unwrap_or(&Cell::Missing));
            if let (Some((column, field)), Some(cells)) = (target, &mut cells) {
                let found = value(column);
                if matches!(found, Value::Missing { .. }) {
                    if file.left_out.is_empty() {
                        file.first_left_out = line;
                    }
                    file.left_out.push((file.rows + file.left_out.len()) as u32);
                    return Ok(());
                }
                cells
                    .push(field, found, line, &mut text)
                    .map_err(|problem| DataError::cell(origin, line, column, problem))?;
            }
            if let Some((column, name)) = weights {
                let weight =
                    weight(name, value(column)).map_err(|problem| DataError::cell(origin, line, column, problem))?;
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
                    moment(name, value(column)).map_err(|problem| DataError::cell(origin, line, column, problem))?;
                self.times.push(time);
            }
            for ((cells, field), &column) in self.columns.iter_mut().zip(&plan.fields).zip(&places) {
                cells
                    .push(field, value(column), line, &mut text)
                    .map_err(|problem| DataError::cell(origin, line, column, problem))?;
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
            precise: field.precise,
            values: cells.into_values(),
        });
        Table::new(self.rows, columns.collect())
    }
}
