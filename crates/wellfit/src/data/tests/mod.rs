//! Files as people have them: what is read, what is said.

mod columns;
mod doubt;
mod everyday;
mod formats;
mod memory;
mod mistakes;
mod targets;

use std::path::PathBuf;

use super::*;

/// A folder with files; paths end with it.
struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Files {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        Files(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn request(&self, name: &str) -> DataRequest {
        DataRequest { source: self.path(name).into(), target: Some("y".into()), ..DataRequest::default() }
    }

    /// The message for a request, without the folder.
    fn message(&self, request: &DataRequest) -> String {
        load(request).unwrap_err().to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(|i| row(i) + "\n").collect()
}

/// 40 rows of a, b (categories) and y (0 or 1).
fn plain() -> String {
    format!("a,b,y\n{}", rows(40, |i| format!("{}.5,{},{}", i * i % 17, ["u", "v", "w"][i % 3], i % 2)))
}

/// A column x of these cells beside a target that alternates.
fn with_x(cells: impl IntoIterator<Item = String>) -> Files {
    let quoted = |cell: String| if cell.contains(',') { format!("\"{cell}\"") } else { cell };
    let rows: String =
        cells.into_iter().enumerate().map(|(i, cell)| format!("{},{}\n", quoted(cell), ["no", "yes"][i % 2])).collect();
    Files::new(&[("x.csv", &format!("x,y\n{rows}"))])
}

/// What x is read as, and what is said of it.
fn x(files: &Files) -> (Column, Vec<String>) {
    let mut data = load(&files.request("x.csv"))
        .unwrap_or_else(|error| panic!("{error}: {}", std::fs::read_to_string(files.path("x.csv")).unwrap()));
    let told = data.notices.iter().map(ToString::to_string).collect();
    let mut columns = std::mem::take(&mut data.table).into_columns();
    assert!(!columns.is_empty(), "{told:?}");
    (columns.remove(0), told)
}

fn numbers(files: &Files) -> Vec<f64> {
    let (column, told) = x(files);
    assert_eq!(column.kind, ColumnType::Numeric, "{told:?}");
    (0..column.values.len() as u32).map(|row| column.number(row)).collect()
}
