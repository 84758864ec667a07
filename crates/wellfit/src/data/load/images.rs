//! A data set of images: pixels as columns, labels from the file beside them.

use super::checks::{absent_classes, check_names, enough_rows};
use super::first;
use crate::data::labels::Labels;
use crate::data::read::{self, File, Images, LABEL, Reading};
use crate::data::read_plan::ReadPlan;
use crate::data::split::{self, Given, Order};
use crate::data::table::{Table, Values};
use crate::data::target::{Target, TargetValues};
use crate::data::target_cells::TargetCells;
use crate::data::{DataError, DataRequest, DataSource, Dataset, Origin, Task};
use crate::text::thousands;

/// Reads images, and those of dev and test files, into one table.
pub(super) fn load(request: &DataRequest, reading: Reading, images: Images) -> Result<Dataset, DataError> {
    let origin = Origin::from(images.path());
    if let Some(name) = request.target.as_deref().filter(|name| *name != LABEL) {
        return Err(DataError::of(&origin, format!("no column {name}; images have one target, {LABEL}")));
    }
    if !request.types.is_empty() || request.weights.is_some() || request.group.is_some() || request.time.is_some() {
        let problem = "images have pixels and labels only; --types, --weights, --group and --time do not apply";
        return Err(DataError::of(&origin, problem));
    }
    enough_rows(&origin, images.table.rows(), "image")?;
    let names: Vec<String> = images.table.columns().iter().map(|column| column.name.clone()).collect();
    check_names(request, &origin, &names, &|_| false)?;
    let mut files = vec![(origin.clone(), TargetCells::Labels(Labels::of_images(&images)?))];
    let main_rows = images.table.rows();
    let mut rows = main_rows;
    let mut columns = images.table.into_columns();
    let mut other = |source: &Option<DataSource>| -> Result<Option<usize>, DataError> {
        let Some(source) = source else { return Ok(None) };
        let origin = source.origin();
        let File::Images(images) = read::open(source, &reading)? else {
            return Err(DataError::of(&origin, "this is a table; the main file holds images"));
        };
        if images.table.columns().len() != columns.len() {
            let found = thousands(images.table.columns().len());
            let problem = format!("images of {found} pixels; the main file's have {}", thousands(columns.len()));
            return Err(DataError::of(&origin, problem));
        }
        files.push((origin, TargetCells::Labels(Labels::of_images(&images)?)));
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
    let Some((_, TargetCells::Labels(main))) = files.first() else {
        return Err(DataError::of(&origin, "images have classes"));
    };
    let task = match (request.task, main.names().len()) {
        (_, 0 | 1) => {
            return Err(DataError::of(&origin, "all labels are the same; there is nothing to learn"));
        }
        (Some(Task::Regression), _) => {
            return Err(DataError::of(&origin, "labels of images are classes; --task regression does not apply"));
        }
        (_, 2) => Task::Binary,
        _ => Task::Multiclass,
    };
    let (target, mut notices) = Target::assemble(LABEL, task, request.positive.as_deref(), None, files)?;
    let order = match &target.values {
        TargetValues::Classes(classes) => Order::Classes(first(classes, main_rows)),
        TargetValues::Numbers(_) => Order::Random,
    };
    let (split, more) = split::split_rows(main_rows, request.split, &order, given, request.seed);
    notices.extend(more);
    notices.extend(absent_classes(&target, &split)?);
    Ok(Dataset {
        table: Table::new(rows, columns),
        target,
        split,
        weights: None,
        groups: None,
        aside: Vec::new(),
        notices,
        plan: ReadPlan::default(),
        reading,
        left_out: [Some(main_rows), given.dev, given.test]
            .into_iter()
            .flatten()
            .map(|rows| (rows, Vec::new()))
            .collect(),
    })
}
