//! Reading files that come after training.

use std::path::Path;

use super::Pipeline;
use crate::data::dataset::shown;
use crate::data::gather::{Gather, Plan, TargetCells, TargetField, missing_columns};
use crate::data::images::labels;
use crate::data::read::{self, File, Images, LABEL};
use crate::data::schema::Field;
use crate::data::target::{self, Target};
use crate::data::value::Missing;
use crate::data::{ColumnType, DataError, Table, Task};

impl Pipeline {
    /// Reads new data to predict: exactly the used columns by name, in any order, others ignored; every row is kept.
    pub fn read(&self, path: &Path) -> Result<Table, DataError> {
        let plan = Plan { fields: self.fields(), ..Plan::default() };
        match read::open_file(path, &self.reading)? {
            File::Table(source) => {
                let mut gather = Gather::new(&plan, Missing::new(&self.reading.missing), 0);
                let file = gather.file(&source)?;
                match file.rows {
                    0 => Err(DataError::file(path, "a header and no row")),
                    _ => Ok(gather.table()),
                }
            }
            File::Images(images) => self.check_images(images).map(|images| images.table),
        }
    }

    /// Reads another file with answers, to score it; rows without an answer are left out, with a remark on the table.
    pub fn read_labelled(&self, path: &Path) -> Result<(Table, Target), DataError> {
        let fitted = &self.target;
        let (table, cells, mut remarks) = match read::open_file(path, &self.reading)? {
            File::Table(source) => {
                let field = TargetField {
                    name: fitted.name.clone(),
                    regression: fitted.task == Task::Regression,
                    numeric: fitted.numeric,
                };
                let plan = Plan { fields: self.fields(), target: Some(field), ..Plan::default() };
                let mut gather = Gather::new(&plan, Missing::new(&self.reading.missing), 0);
                let file = gather.file(&source)?;
                let left_out = (file.left_out > 0)
                    .then(|| target::left_out(&fitted.name, &shown(path), file.left_out, file.first_left_out));
                if file.rows == 0 {
                    return Err(DataError::file(path, "a header and no row with a target"));
                }
                (gather.table(), file.target, Vec::from_iter(left_out))
            }
            File::Images(images) => {
                let images = self.check_images(images)?;
                if fitted.name != LABEL {
                    return Err(DataError::file(path, format!("images have no column {}", fitted.name)));
                }
                let cells = TargetCells::Labels(labels(&images)?);
                (images.table, Some(cells), Vec::new())
            }
        };
        let files = cells.map(|cells| (path.to_path_buf(), cells)).into_iter().collect();
        let (target, more) = Target::assemble(&fitted.name, fitted.task, None, Some(&fitted.classes), files)?;
        remarks.extend(more);
        Ok((table.with_remarks(remarks), target))
    }

    fn fields(&self) -> Vec<Field> {
        self.inputs.iter().map(|input| input.field.clone()).collect()
    }

    fn check_images(&self, images: Images) -> Result<Images, DataError> {
        let names: Vec<String> = images.table.columns().iter().map(|column| column.name.clone()).collect();
        missing_columns(images.path(), &names, &self.columns())?;
        let holds_categories = |kind| matches!(kind, ColumnType::Categorical | ColumnType::Boolean);
        match self.inputs.iter().find(|input| holds_categories(input.field.kind)) {
            Some(input) => {
                let problem = format!("images hold numbers, but {} was a column of categories", input.field.name);
                Err(DataError::file(images.path(), problem))
            }
            None => Ok(images),
        }
    }
}
