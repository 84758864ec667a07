//! One typed table, as pandas, polars, DuckDB and pyarrow write it in their dialects, is read as the same table.
//!
//! `scripts/typed_table.py` makes the files and says what each holds; a few of them stand in `tests/fixtures/typed_table`. The whole
//! set is read too where `WELLFIT_TYPED_TABLES` names its folder. Every difference is written into the file that
//! `WELLFIT_TYPED_REPORT` names.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use wellfit::data::{Column, ColumnType, DataRequest, Dataset, TargetValues, load};

/// What `truth.json` says.
#[derive(Deserialize)]
struct Truth {
    target: String,
    /// Every column that some file holds.
    columns: Vec<Expected>,
    files: Vec<Written>,
}

/// A file, its columns by their places in [`Truth::columns`].
#[derive(Deserialize)]
struct Written {
    file: String,
    writer: String,
    settings: String,
    columns: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct Expected {
    kind: Kind,
    /// A cell for each row, null where it is missing.
    values: Vec<Value>,
    #[serde(default)]
    precision: Precision,
    /// Why it holds that, where the table alone does not say so.
    reason: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Precision {
    F32,
    #[default]
    F64,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Numeric,
    Datetime,
    Boolean,
    Categorical,
    /// Categories in the spelling of the writer: the same where these are the same.
    Labels,
    /// No feature.
    Aside,
    /// Something that has to be refused in a line that names the column.
    Refused,
    Target,
}

impl Kind {
    fn column_type(self) -> Option<ColumnType> {
        match self {
            Kind::Numeric => Some(ColumnType::Numeric),
            Kind::Datetime => Some(ColumnType::Datetime),
            Kind::Boolean => Some(ColumnType::Boolean),
            Kind::Categorical | Kind::Labels => Some(ColumnType::Categorical),
            Kind::Aside | Kind::Refused | Kind::Target => None,
        }
    }
}

/// What is not as it should be, and in which row, counted from 1.
struct Difference {
    column: String,
    row: Option<usize>,
    expected: String,
    found: String,
}

impl Difference {
    fn of(column: &str, expected: impl ToString, found: impl ToString) -> Difference {
        Difference { column: column.to_owned(), row: None, expected: expected.to_string(), found: found.to_string() }
    }
}

enum Outcome {
    Equal,
    /// Refused with a line that names a column.
    Stopped,
    Different(Vec<Difference>),
}

/// Whether a text holds a name as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + name.len()..).and_then(|behind| behind.chars().next());
        !before.is_some_and(is_part) && !behind.is_some_and(is_part)
    })
}

fn outcome(folder: &Path, truth: &Truth, written: &Written) -> Outcome {
    let columns: BTreeMap<&str, &Expected> =
        written.columns.iter().map(|(name, place)| (name.as_str(), truth.columns.get(*place).unwrap())).collect();
    let refused = columns.iter().find(|(_, expected)| expected.kind == Kind::Refused).map(|(name, _)| *name);
    let path = folder.join(&written.file);
    let request = DataRequest { source: path.into(), target: Some(truth.target.clone()), ..DataRequest::default() };
    match (load(&request), refused) {
        (Err(error), _) => {
            let line = error.to_string().replace(&*folder.to_string_lossy(), "");
            let named = |name: &str| refused.is_none_or(|refused| refused == name) && names(&line, name);
            match !line.contains('\n') && columns.keys().any(|name| named(name)) {
                true => Outcome::Stopped,
                false => Outcome::Different(vec![Difference::of("", "a line that names a column", line)]),
            }
        }
        (Ok(_), Some(refused)) => Outcome::Different(vec![Difference::of(refused, "refused", "read")]),
        (Ok(data), None) => match differences(&data, &columns) {
            none if none.is_empty() => Outcome::Equal,
            some => Outcome::Different(some),
        },
    }
}

/// What differs between what was read and what the file holds.
fn differences(data: &Dataset, columns: &BTreeMap<&str, &Expected>) -> Vec<Difference> {
    let unexpected = data.used_columns().filter(|column| !columns.contains_key(column.name.as_str()));
    let mut found: Vec<Difference> =
        unexpected.map(|column| Difference::of(&column.name, "no such column", column.kind)).collect();
    // Rows without a target are left out.
    let target = columns.values().find(|expected| expected.kind == Kind::Target);
    let rows = target.map_or(Vec::new(), |target| {
        (0..target.values.len()).filter(|&row| target.values.get(row).is_some_and(|value| !value.is_null())).collect()
    });
    if rows.len() != data.table.rows() {
        found.push(Difference::of("", format!("{} rows", rows.len()), format!("{} rows", data.table.rows())));
        return found;
    }
    for (name, expected) in columns {
        let column = data.used_columns().find(|column| column.name == *name);
        let aside = data.aside.iter().find(|aside| aside.column == *name);
        match (expected.kind, column, aside) {
            (Kind::Target, ..) => found.extend(target_difference(data, name, expected, &rows)),
            (Kind::Aside, None, Some(_)) => {}
            (kind, Some(column), _) if kind.column_type() == Some(column.kind) => {
                found.extend(column_difference(column, expected, &rows))
            }
            (kind, column, aside) => {
                let held = match (column, aside) {
                    (Some(column), _) => column.kind.to_string(),
                    (None, Some(aside)) => format!("set aside: {}", aside.reason),
                    (None, None) => "no such column".to_owned(),
                };
                let why = expected.reason.as_deref().map_or(String::new(), |reason| format!(" ({reason})"));
                found.push(Difference::of(name, format!("{kind:?}{why}"), held));
            }
        }
    }
    found
}

/// The first row whose class is another one.
fn target_difference(data: &Dataset, name: &str, expected: &Expected, rows: &[usize]) -> Option<Difference> {
    let TargetValues::Classes(codes) = &data.target.values else {
        return Some(Difference::of(name, "classes", "numbers"));
    };
    let class = |place: usize| data.target.classes.get(*codes.get(place)? as usize).map(String::as_str);
    first_difference(name, expected, rows, |place, value| {
        let found = class(place);
        (found != value.as_str()).then(|| format!("{found:?}"))
    })
}

/// The first row whose cell is another one.
fn column_difference(column: &Column, expected: &Expected, rows: &[usize]) -> Option<Difference> {
    let mut labels: HashMap<&str, &str> = HashMap::new();
    let mut spellings: HashMap<&str, &str> = HashMap::new();
    first_difference(&column.name, expected, rows, |place, value| {
        let row = place as u32;
        let is_same = match (value, expected.kind) {
            (Value::Null, _) => column.is_missing(row),
            (value, Kind::Numeric | Kind::Datetime) => {
                let (expected_number, found) = (value.as_f64().unwrap(), column.number(row));
                match expected.precision {
                    Precision::F64 => expected_number == found,
                    Precision::F32 => expected_number as f32 == found as f32,
                }
            }
            (value, Kind::Labels) => match (value.as_str(), column.category(row)) {
                (Some(label), Some(spelling)) => {
                    *labels.entry(spelling).or_insert(label) == label
                        && *spellings.entry(label).or_insert(spelling) == spelling
                }
                _ => false,
            },
            (value, _) => value.as_str() == column.category(row),
        };
        (!is_same).then(|| match column.category(row) {
            Some(category) => format!("{category:?}"),
            None if column.is_missing(row) => "missing".to_owned(),
            None => format!("{:?}", column.number(row)),
        })
    })
}

/// `found` returns what stands at a place instead of the value expected there.
fn first_difference<'v>(
    name: &str,
    expected: &'v Expected,
    rows: &[usize],
    mut found: impl FnMut(usize, &'v Value) -> Option<String>,
) -> Option<Difference> {
    rows.iter().enumerate().find_map(|(place, &row)| {
        let value = expected.values.get(row)?;
        let difference = |found| Difference { row: Some(row + 1), ..Difference::of(name, value, found) };
        found(place, value).map(difference)
    })
}

#[test]
fn one_table_is_read_as_the_same_table_whoever_wrote_it() {
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/typed_table");
    let whole = std::env::var_os("WELLFIT_TYPED_TABLES").map(PathBuf::from);
    let (mut files, mut equal, mut stopped, mut told) = (0, 0, 0, Vec::new());
    for folder in [Some(fixture), whole].into_iter().flatten() {
        let truth = std::fs::read_to_string(folder.join("truth.json"))
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let truth: Truth = serde_json::from_str(&truth).unwrap();
        assert!(!truth.files.is_empty(), "{}", folder.display());
        files += truth.files.len();
        for written in &truth.files {
            match outcome(&folder, &truth, written) {
                Outcome::Equal => equal += 1,
                Outcome::Stopped => stopped += 1,
                Outcome::Different(differences) => told.extend(differences.into_iter().map(|difference| {
                    let Difference { column, row, expected, found } = difference;
                    let row = row.map_or(String::new(), |row| format!(", row {row}"));
                    let Written { file, writer, settings, .. } = written;
                    format!("{file}: {column}{row}: expected {expected}, found {found} ({writer}, {settings})")
                })),
            }
        }
    }
    println!(
        "proof: one typed table in {files} files of pandas, polars, DuckDB and pyarrow: {equal} equal, {stopped} stopped with a line that names a column"
    );
    if let Some(report) = std::env::var_os("WELLFIT_TYPED_REPORT") {
        std::fs::write(report, told.join("\n")).unwrap();
    }
    let shown = told.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(
        told.is_empty(),
        "{} differences in {} files, the first of them:\n{shown}",
        told.len(),
        files - equal - stopped
    );
}
