//! Reading files that come after training.

use super::Pipeline;
use crate::data::column_reader::ColumnReader;
use crate::data::labels::Labels;
use crate::data::notice::DataNotice;
use crate::data::read::{self, File, Images, LABEL};
use crate::data::read_plan::{ReadPlan, TargetField};
use crate::data::required::require_columns;
use crate::data::schema::Field;
use crate::data::target::Target;
use crate::data::target_cells::TargetCells;
use crate::data::value::Missing;
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

impl Pipeline {
    /// Reads new data to predict: exactly the used columns by name, in any order, others ignored; every row is kept.
    pub fn read(&self, source: &DataSource) -> Result<Table, DataError> {
        let plan = ReadPlan { fields: self.fields(), ..ReadPlan::default() };
        match read::open(source, &self.reading)? {
            File::Table(source) => {
                let mut reader = ColumnReader::new(&plan, Missing::new(&self.reading.missing), 0);
                let file = reader.file(&source)?;
                match file.rows {
                    0 => Err(DataError::of(source.origin(), source.origin().lacks("row"))),
                    _ => Ok(reader.table()),
                }
            }
            File::Images(images) => self.check_images(images).map(|images| images.table),
        }
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
                };
                let plan = ReadPlan { fields: self.fields(), target: Some(field), ..ReadPlan::default() };
                let mut reader = ColumnReader::new(&plan, Missing::new(&self.reading.missing), 0);
                let file = reader.file(&source)?;
                if file.rows == 0 {
                    return Err(DataError::of(source.origin(), source.origin().lacks("row with a target")));
                }
                let notices = Vec::from_iter(file.notice(&fitted.name, source.origin()));
                (reader.table(), file.target, notices)
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
