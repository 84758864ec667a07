//! A data set of images: pixels as columns, labels from the file beside them.

use std::path::PathBuf;

use super::dataset::{check_names, class_warning, enough_rows, first};
use super::gather::{Plan, TargetCells};
use super::labels::Labels;
use super::read::{self, File, Images, LABEL, Reading};
use super::split::{self, Given, Order};
use super::table::{Table, Values};
use super::target::{Target, TargetValues};
use super::{DataError, DataRequest, Dataset, Task};
use crate::text::thousands;

/// Reads images, and those of dev and test files, into one table.
pub(super) fn load_images(request: &DataRequest, reading: Reading, images: Images) -> Result<Dataset, DataError> {
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
    let Some((_, TargetCells::Labels(main))) = files.first() else {
        return Err(DataError::file(&path, "images have classes"));
    };
    let task = match (request.task, main.names().len()) {
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
        TargetValues::Classes(classes) => Order::Classes(first(classes, main_rows)),
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
        left_out: [Some(main_rows), given.dev, given.test]
            .into_iter()
            .flatten()
            .map(|rows| (rows, Vec::new()))
            .collect(),
    })
}

/// The labels of images, as texts.
pub(super) fn labels(images: &Images) -> Result<Labels, DataError> {
    let mut labels = Labels::default();
    for (row, label) in images.labels()?.iter().enumerate() {
        labels.push(&label.to_string(), row as u64 + 1);
    }
    Ok(labels)
}
