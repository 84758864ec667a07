//! Tables in memory are read as files are.

use super::*;

/// The columns of [`plain`], and a date.
fn columns() -> Vec<Column> {
    let numbers = (0..40_u32).map(|i| f64::from(i * i % 17) + 0.5);
    let days = (0..40_u32).map(|i| if i == 7 { f64::NAN } else { f64::from(i * i) * 86_400.0 });
    vec![
        Column::of_numbers("a", numbers),
        Column::of_texts("b", (0..40).map(|i| (i != 3).then_some(["u", "v", "w"][i % 3]))),
        Column { kind: ColumnType::Datetime, ..Column::of_numbers("d", days) },
        Column::of_numbers("y", (0..40_u32).map(|i| f64::from(i % 2))),
    ]
}

fn request(columns: Vec<Column>) -> DataRequest {
    let source = Table::new(columns[0].values.len(), columns).into();
    DataRequest { source, target: Some("y".into()), ..DataRequest::default() }
}

#[test]
fn a_table_in_memory_gives_the_same_data_set_as_a_file() {
    let day = |i: usize| match i {
        7 => String::new(),
        _ => chrono::DateTime::from_timestamp((i * i * 86_400) as i64, 0).unwrap().format("%Y-%m-%d").to_string(),
    };
    let b = |i: usize| if i == 3 { "" } else { ["u", "v", "w"][i % 3] };
    let text = rows(40, |i| format!("{}.5,{},{},{}", i * i % 17, b(i), day(i), i % 2));
    let files = Files::new(&[("x.csv", &format!("a,b,d,y\n{text}"))]);
    let file = load(&files.request("x.csv")).unwrap();
    let memory = load(&request(columns())).unwrap();
    assert_eq!(memory.table, file.table);
    assert_eq!(memory.target, file.target);
    assert_eq!(memory.split, file.split);
    assert_eq!(memory.notices, file.notices);
    let (pipeline, _) = Pipeline::fit(&memory, &memory.split.train, Normalize::Auto).unwrap();
    // New rows need no answers, and may come from either.
    let new: Vec<Column> = columns().into_iter().take(3).collect();
    let read = pipeline.read(&Table::new(40, new).into()).unwrap();
    assert_eq!(read, pipeline.read(&files.path("x.csv").into()).unwrap());
}

#[test]
fn mistakes_in_a_table_name_its_rows_and_columns() {
    let message = |request: &DataRequest| load(request).unwrap_err().to_string();
    let mut with_infinity = columns();
    with_infinity[0] = Column::of_numbers("a", (0..40).map(|i| if i == 4 { f64::INFINITY } else { f64::from(i) }));
    assert!(message(&request(with_infinity)).starts_with("row 5, column 1: column a: "));
    let mut twice = columns();
    twice[1].name = "y".into();
    assert_eq!(message(&request(twice)), "the table: two columns have the name y; give each its own");
    let unknown = DataRequest { target: Some("z".into()), ..request(columns()) };
    assert_eq!(message(&unknown), "the table: no column z; the table has a, b, d, y");
    let none = columns().iter().map(|column| Column::of_numbers(&column.name, [])).collect();
    assert_eq!(message(&request(none)), "the table: no row");
}
