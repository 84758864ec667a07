//! Reading files that come after training.

use super::Pipeline;
use crate::data::column_reader::ColumnReader;
use crate::data::labels::Labels;
use crate::data::notation::Missing;
use crate::data::notice::DataNotice;
use crate::data::read::{self, Cell, File, Images, LABEL};
use crate::data::read_plan::{ReadPlan, TargetField};
use crate::data::required::require_columns;
use crate::data::schema::Field;
use crate::data::target::Target;
use crate::data::target_cells::TargetCells;
use crate::data::{ColumnType, DataError, DataSource, Table, Task};

/// New rows with their answers, to score.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LabelledTable {
    /// The columns the pipeline uses.
    pub table: Table,
    /// The answers, one a row of the table.
    pub target: Target,
    /// What is worth knowing, such as rows that are left out because they have no answer.
    pub notices: Vec<DataNotice>,
}

/// New rows, to predict.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NewTable {
    /// The columns the pipeline uses.
    pub table: Table,
    /// What is worth knowing, such as categories that train did not have.
    pub notices: Vec<DataNotice>,
}

impl Pipeline {
    /// Reads new data to predict: exactly the used columns by name, in any order, others ignored; every row is kept.
    pub fn read(&self, source: &DataSource) -> Result<NewTable, DataError> {
        let plan = ReadPlan { fields: self.fields(), ..ReadPlan::default() };
        match read::open(source, &self.reading)? {
            File::Table(source) => {
                let mut reader = ColumnReader::of_new_data(&plan, Missing::new(&self.reading.missing));
                let file = reader.file(&source)?;
                if file.rows == 0 {
                    return Err(DataError::of(source.origin(), source.origin().lacks("row")));
                }
                let mut notices = source.notices();
                notices.append(&mut reader.notices);
                let table = reader.table();
                notices.extend(self.unlike_train(&table, &Vec::from_iter(0..table.rows() as u32)));
                Ok(NewTable { table, notices })
            }
            File::Images(images) => {
                self.check_images(images).map(|images| NewTable { table: images.table, notices: Vec::new() })
            }
        }
    }

    /// Cells of some columns as they are written, row by row of [`Pipeline::read`]; missing ones are empty.
    ///
    /// Errors if the data have no such columns.
    pub fn texts(&self, source: &DataSource, columns: &[String]) -> Result<Vec<Vec<String>>, DataError> {
        let File::Table(source) = read::open(source, &self.reading)? else {
            return Err(DataError::of(source.origin(), "images have no columns to keep"));
        };
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        require_columns(source.origin(), source.names(), &names)?;
        let places: Vec<usize> = names.iter().filter_map(|name| source.index(name)).collect();
        let mut rows = Vec::new();
        source.each_row(&mut |_, cells| {
            rows.push(places.iter().map(|place| cells.get(*place).map_or(String::new(), Cell::written)).collect());
            Ok(())
        })?;
        Ok(rows)
    }

    /// Reads another file with answers, to score it; rows without an answer are left out.
    pub fn read_labelled(&self, source: &DataSource) -> Result<LabelledTable, DataError> {
        let fitted = &self.target;
        let (table, cells, mut notices) = match read::open(source, &self.reading)? {
            File::Table(source) => {
                let field = TargetField {
                    name: fitted.name.clone(),
                    regression: fitted.task == Task::Regression,
                    numeric: fitted.numeric,
                    notation: fitted.notation,
                    is_new: true,
                };
                let plan = ReadPlan { fields: self.fields(), target: Some(field), ..ReadPlan::default() };
                let mut reader = ColumnReader::of_new_data(&plan, Missing::new(&self.reading.missing));
                let file = reader.file(&source)?;
                if file.rows == 0 {
                    return Err(DataError::of(source.origin(), source.origin().lacks("row with a target")));
                }
                let mut notices = source.notices();
                notices.extend(file.notice(&fitted.name, source.origin()));
                notices.append(&mut reader.notices);
                let table = reader.table();
                notices.extend(self.unlike_train(&table, &Vec::from_iter(0..table.rows() as u32)));
                (table, file.target, notices)
            }
            File::Images(images) => {
                let images = self.check_images(images)?;
                if fitted.name != LABEL {
                    return Err(DataError::of(images.path(), format!("images have no column {}", fitted.name)));
                }
                let cells = TargetCells::Labels(Labels::of_images(&images)?);
                (images.table, Some(cells), Vec::new())
            }
        };
        let files = cells.map(|cells| (source.origin(), cells)).into_iter().collect();
        let (target, more) = Target::assemble(&fitted.name, fitted.task, None, Some(&fitted.classes), files)?;
        notices.extend(more);
        Ok(LabelledTable { table, target, notices })
    }

    fn fields(&self) -> Vec<Field> {
        self.inputs.iter().map(|input| input.field.clone()).collect()
    }

    fn check_images(&self, images: Images) -> Result<Images, DataError> {
        let names: Vec<String> = images.table.columns().iter().map(|column| column.name.clone()).collect();
        require_columns(&images.path().into(), &names, &self.columns())?;
        let holds_categories = |kind| matches!(kind, ColumnType::Categorical | ColumnType::Boolean);
        match self.inputs.iter().find(|input| holds_categories(input.field.kind)) {
            Some(input) => {
                let problem = format!("images hold numbers, but {} was a column of categories", input.field.name);
                Err(DataError::of(images.path(), problem))
            }
            None => Ok(images),
        }
    }
}
