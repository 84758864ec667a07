//! What is refused or remarked on before and after the rows are read.

use crate::data::notice::DataNotice;
use crate::data::required::require_columns;
use crate::data::split::{Part, Split};
use crate::data::target::Target;
use crate::data::{DataError, DataRequest, KeepWords, Origin};
use crate::text::counted;

/// Fewer rows than this are no data set.
const MIN_ROWS: usize = 10;

/// Refuses files that are too small to learn from; `noun` is what is counted.
pub(super) fn enough_rows(origin: &Origin, rows: usize, noun: &str) -> Result<(), DataError> {
    match rows {
        0 => Err(DataError::of(origin, origin.lacks(noun))),
        rows if rows < MIN_ROWS => {
            Err(DataError::of(origin, format!("only {}; at least {MIN_ROWS} are needed", counted(rows, noun))))
        }
        _ => Ok(()),
    }
}

/// Reports every name of the request that the file does not have, at once. `is_twice`: whether two columns have a name.
pub(super) fn check_names(
    request: &DataRequest,
    origin: &Origin,
    names: &[String],
    is_twice: &dyn Fn(&str) -> bool,
) -> Result<(), DataError> {
    let mut wanted: Vec<&str> = request.drop.iter().map(String::as_str).collect();
    wanted.extend(request.types.iter().map(|(name, _)| name.as_str()));
    let roles = [("--weights", &request.weights), ("--group", &request.group), ("--time", &request.time)];
    wanted.extend(roles.iter().filter_map(|(_, name)| name.as_deref()));
    if let KeepWords::Columns(columns) = &request.keep_words {
        wanted.extend(columns.iter().map(String::as_str));
    }
    require_columns(origin, names, &wanted)?;
    let target = request.target.as_deref();
    if let Some(twice) = wanted.iter().copied().chain(target).find(|name| is_twice(name)) {
        return Err(DataError::of(origin, format!("two columns have the name {twice}; give each its own")));
    }
    if target.is_some_and(|target| request.drop.iter().any(|name| name == target)) {
        return Err(DataError::Request(format!(
            "column {} is the target and cannot be dropped",
            target.unwrap_or_default()
        )));
    }
    if request.group.is_some() && request.time.is_some() {
        return Err(DataError::Request("--group and --time each rule the split; pass one of them".into()));
    }
    match roles.iter().find(|(_, name)| name.is_some() && name.as_deref() == target) {
        Some((flag, _)) => Err(DataError::Request(format!(
            "column {} is the target and cannot be {flag} too",
            target.unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

/// Classes that parts lack; train with fewer than two classes is an error.
pub(super) fn absent_classes(target: &Target, split: &Split) -> Result<Vec<DataNotice>, DataError> {
    let absent = |rows: &[u32]| {
        let counts = target.class_counts(rows);
        let names = target.classes.iter().zip(counts).filter(|(_, count)| *count == 0).map(|(name, _)| name.clone());
        names.collect::<Vec<String>>()
    };
    let train = split.train.as_slice();
    if !target.classes.is_empty() && absent(train).len() + 1 >= target.classes.len() {
        let problem =
            format!("train has rows of one class only ({}); choose another --split, --group or --time", split.method);
        return Err(DataError::Request(problem));
    }
    let mut found: Vec<(Vec<String>, Vec<Part>)> = Vec::new();
    for (part, rows) in [(Part::Train, train), (Part::Dev, &split.dev), (Part::Test, &split.test)] {
        let absent = if rows.is_empty() { Vec::new() } else { absent(rows) };
        match found.iter_mut().find(|(classes, _)| *classes == absent) {
            _ if absent.is_empty() => {}
            Some((_, parts)) => parts.push(part),
            None => found.push((absent, vec![part])),
        }
    }
    Ok(found.into_iter().map(|(classes, parts)| DataNotice::AbsentClasses { classes, parts }).collect())
}
