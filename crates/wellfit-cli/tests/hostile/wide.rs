//! Very many columns and very many classes: trained, or refused with the limit named.

use crate::measured::{MEGABYTE, run};
use crate::support::{Place, count, numbers};

/// What a table within the limits may take.
const MOST_MEMORY: u64 = 2048 * MEGABYTE;

/// 30 rows of `columns` columns and a target.
fn table(columns: usize, cell: &dyn Fn(f64) -> String) -> String {
    let mut next = numbers(11);
    let header: Vec<String> = (0..columns).map(|i| format!("c{i}")).collect();
    let rows = (0..30).map(|row| {
        let cells: Vec<String> = (0..columns).map(|_| cell(next())).collect();
        format!("{},{}\n", cells.join(","), ["yes", "no"][row % 2])
    });
    format!("{},y\n{}", header.join(","), rows.collect::<String>())
}

#[test]
fn very_many_columns_are_trained_or_refused_with_the_limit() {
    let number = |x: f64| format!("{x:.2}");
    let text = |x: f64| ["red", "green", "blue"][(3.0 * x) as usize].to_string();
    let place = Place::new();
    for (what, columns, cell) in [("numbers", 100_000, &number as &dyn Fn(f64) -> String), ("texts", 100_000, &text)] {
        place.write("wide.csv", table(columns, cell));
        let refused = run(&place, "train wide.csv --target y");
        assert_eq!(refused.code, 3, "{}", refused.err);
        assert!(refused.err.contains("at most 65,536"), "{}", refused.err);
        assert!(refused.memory < 256 * MEGABYTE, "{what}: {} MB", refused.memory / MEGABYTE);
    }
    let within = count(2_000, 60_000);
    for (what, cell) in [("numbers", &number as &dyn Fn(f64) -> String), ("texts", &text)] {
        place.write("wide.csv", table(within, cell));
        let _ = std::fs::remove_dir_all(place.path("wide"));
        let trained = run(&place, "train wide.csv --target y --epochs 2 --hidden 8 --out wide");
        assert_eq!(trained.code, 0, "{}", trained.err);
        assert!(trained.memory < MOST_MEMORY, "{what}: {} MB", trained.memory / MEGABYTE);
        println!(
            "proof: columns of {what}: 100,000 refused with the limit named, {within} trained in {:.1} s and {} MB",
            trained.seconds,
            trained.memory / MEGABYTE
        );
    }
}

#[test]
fn a_thousand_classes_are_trained() {
    let place = Place::new();
    let classes = 1000;
    let mut next = numbers(12);
    let rows: String = (0..count(2, 20) * classes)
        .map(|row| format!("{:.3},{:.3},class{}\n", next(), next(), row % classes))
        .collect();
    place.write("data.csv", format!("x,z,y\n{rows}"));
    let trained = run(&place, "train data.csv --target y --epochs 2 --out run");
    assert_eq!(trained.code, 0, "{}", trained.err);
    assert!(trained.memory < MOST_MEMORY);
    let predicted = run(&place, "predict run data.csv --out p.csv");
    assert_eq!(predicted.code, 0, "{}", predicted.err);
    println!(
        "proof: 1,000 classes: trained in {:.1} s and {} MB, report of {} KB",
        trained.seconds,
        trained.memory / MEGABYTE,
        place.read("run/report.html").len() / 1024
    );
}
