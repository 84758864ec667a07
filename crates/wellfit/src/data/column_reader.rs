//! The second pass over a file: cells into typed columns.

use super::cells::{Cells, moment, plain_in_clothes, weight};
use super::labels::Labels;
use super::notation::{Decimal, Missing, Notation, Says, Style, Value, says};
use super::notice::DataNotice;
use super::read::{Cell, Source};
use super::read_plan::{ReadPlan, RoleField, TargetField};
use super::required::require_columns;
use super::schema::Field;
use super::table::{Column, MISSING, Table};
use super::target_cells::TargetCells;
use super::{ColumnType, DataError, Origin, Place};
use crate::text::thousands;

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
    /// Cells that were read as missing because they do not fit their column.
    unread: Vec<Unread>,
    /// Of each field with decimal commas in training: a cell with a decimal point for sure, and one that may have either, with its line.
    points: Vec<[Option<(String, u64)>; 2]>,
}

/// Cells of a column that do not fit it.
#[derive(Debug)]
struct Unread {
    column: usize,
    count: usize,
    /// The first of them.
    line: u64,
    text: String,
    kind: ColumnType,
}

impl FileRows {
    fn note_unread(&mut self, column: usize, line: u64, text: &str, kind: ColumnType) {
        match self.unread.iter_mut().find(|unread| unread.column == column) {
            Some(unread) => unread.count += 1,
            None => self.unread.push(Unread { column, count: 1, line, text: text.to_owned(), kind }),
        }
    }

    /// Takes note of a number of a column that had decimal commas in training.
    fn note_point(&mut self, field: usize, text: &str, line: u64) {
        let place = match says(text) {
            Some(Says::Only(Decimal::Point)) => 0,
            Some(Says::Either) => 1,
            _ => return,
        };
        let cells = self.points.iter_mut().skip(field).take(1).flatten().skip(place).take(1);
        cells.for_each(|cell| _ = cell.get_or_insert_with(|| (text.to_owned(), line)));
    }

    /// An error where a column had decimal commas in training, has points now, and so leaves open what `1.234` is.
    fn check_points(&self, origin: &Origin, fields: &[Field], places: &[usize]) -> Result<(), DataError> {
        for ((cells, field), &column) in self.points.iter().zip(fields).zip(places) {
            let [Some((point, _)), Some((open, line))] = cells else { continue };
            let problem = format!(
                "column {}: \"{point}\" has a decimal point, training had decimal commas, and \"{open}\" may be either; write it as in training",
                field.name
            );
            return Err(DataError::cell(origin, *line, column, problem));
        }
        Ok(())
    }

    /// That rows of `origin` were left out for want of a target.
    pub fn notice(&self, target: &str, origin: &Origin) -> Option<DataNotice> {
        (!self.left_out.is_empty()).then(|| DataNotice::RowsWithoutTarget {
            target: target.to_owned(),
            origin: origin.clone(),
            rows: self.left_out.len(),
            first_line: self.first_left_out,
        })
    }

    /// That cells were read as missing because they do not fit their column; an error where most of a column's do not.
    fn unread(&mut self, origin: &Origin, names: &[String]) -> Result<Vec<DataNotice>, DataError> {
        let unread = std::mem::take(&mut self.unread);
        let told = unread.into_iter().map(|Unread { column, count, line, text, kind }| {
            let name = names.get(column).cloned().unwrap_or_default();
            if 2 * count > self.rows {
                let (of, rows) = (thousands(count), thousands(self.rows));
                let noun = if kind == ColumnType::Datetime { "dates" } else { "numbers" };
                let problem = format!(
                    "column {name}: {of} of {rows} cells are no {noun}, such as \"{text}\"; is it the same column?"
                );
                return Err(DataError::cell(origin, line, column, problem));
            }
            let at = Place { origin: origin.clone(), line: Some(line), column: Some(column + 1) };
            Ok(DataNotice::UnreadCells { column: name, at, text, count: count as u64, kind })
        });
        told.collect()
    }
}

/// A target of new data; a number is read in other clothes than it had in training, where they are plain.
fn plainly<'t>(value: Value<'t>, field: &TargetField) -> Value<'t> {
    match value {
        Value::Text(text) if field.regression => match plain_in_clothes(text) {
            Some(number) => Value::Number { number, text },
            None => value,
        },
        _ => value,
    }
}

/// Typed columns that grow file by file.
pub(crate) struct ColumnReader<'p> {
    plan: &'p ReadPlan,
    missing: Missing,
    columns: Vec<Cells>,
    rows: usize,
    /// Whether the first file is the one to learn from.
    learns: bool,
    /// What is worth knowing of the cells that were read.
    pub notices: Vec<DataNotice>,
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
        let (learns, notices) = (true, Vec::new());
        ColumnReader { plan, missing, columns, rows: 0, learns, notices, weights, groups, times }
    }

    /// A reader of new data, for a pipeline that has learned.
    pub fn of_new_data(plan: &'p ReadPlan, missing: Missing) -> ColumnReader<'p> {
        ColumnReader { learns: false, ..ColumnReader::new(plan, missing, 0) }
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
            .chain(plan.weights.iter().chain(&plan.group).chain(timed).map(|role| role.name.as_str()))
            .collect();
        require_columns(origin, source.names(), &wanted)?;
        for name in &wanted {
            if let Some(held) = source.index(name).and_then(|place| source.odd(place)) {
                return Err(DataError::of(
                    origin,
                    format!("column {name} holds {held}, which have no place in a table"),
                ));
            }
        }
        let find = |name: &str| source.index(name).unwrap_or(usize::MAX);
        let places: Vec<usize> = plan.fields.iter().map(|field| find(&field.name)).collect();
        // Built-in words have no meaning where cells have types.
        let in_file = |notation: &Notation| notation.in_file(source.is_typed());
        let target = plan.target.as_ref().map(|field| (find(&field.name), field, in_file(&field.notation)));
        let place = |role: &'p RoleField| (find(&role.name), role.name.as_str(), in_file(&role.notation));
        let weights = plan.weights.as_ref().map(place);
        let group = plan.group.as_ref().map(place);
        let time = plan.time.as_ref().filter(|_| self.rows == 0).map(place);
        let notations: Vec<Notation> = plan.fields.iter().map(|field| in_file(&field.notation)).collect();

        let is_main = self.learns && self.rows == 0;
        let mut file = FileRows { points: vec![[None, None]; plan.fields.len()], ..FileRows::default() };
        let mut cells = target.map(|(_, field, _)| TargetCells::new(field));
        let mut text = String::new();
        source.each_row(&mut |line, row| {
            let value = |column: usize, notation: &Notation| {
                self.missing.value(row.get(column).unwrap_or(&Cell::Missing), notation)
            };
            if let (Some((column, field, notation)), Some(cells)) = (target, &mut cells) {
                let found = value(column, &notation);
                if matches!(found, Value::Missing { .. }) {
                    if file.left_out.is_empty() {
                        file.first_left_out = line;
                    }
                    file.left_out.push((file.rows + file.left_out.len()) as u32);
                    return Ok(());
                }
                let found = if self.learns { found } else { plainly(found, field) };
                cells
                    .push(field, found, line, &mut text)
                    .map_err(|problem| DataError::cell(origin, line, column, problem))?;
            }
            if let Some((column, name, notation)) = weights {
                let weight = weight(name, value(column, &notation))
                    .map_err(|problem| DataError::cell(origin, line, column, problem))?;
                self.weights.push(weight);
            }
            if let Some((column, _, notation)) = group {
                match value(column, &notation).category(&mut text) {
                    true => self.groups.push(&text, line),
                    false => self.groups.codes.push(MISSING),
                }
            }
            if let Some((column, name, notation)) = time {
                let time = moment(name, value(column, &notation))
                    .map_err(|problem| DataError::cell(origin, line, column, problem))?;
                self.times.push(time);
            }
            for (at, (((cells, field), &column), notation)) in
                self.columns.iter_mut().zip(&plan.fields).zip(&places).zip(&notations).enumerate()
            {
                let value = value(column, notation);
                if let (false, Value::Number { text, .. }) = (is_main, value)
                    && matches!(notation.style, Style::Numbers { decimal: Decimal::Comma, forced: false })
                {
                    file.note_point(at, text, line);
                }
                match (cells.push(field, value, line, &mut text), value) {
                    (Ok(()), _) => {}
                    // In training a few such cells are missing too, as its first look has found them.
                    (Err(_), Value::Text(text)) if !is_main => {
                        file.note_unread(column, line, text, field.kind);
                        cells.push_missing();
                    }
                    (Err(problem), _) => return Err(DataError::cell(origin, line, column, problem)),
                }
            }
            file.rows += 1;
            Ok(())
        })?;
        file.check_points(origin, &plan.fields, &places)?;
        self.rows += file.rows;
        file.target = cells;
        self.notices.extend(file.unread(origin, source.names())?);
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
