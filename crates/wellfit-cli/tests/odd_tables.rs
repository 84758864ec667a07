//! Tables as people have them: each trains or is refused with a line that is true, and none ends in a panic.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use support::{Place, numbers};

/// 60 rows of `row`, under a header.
fn sixty(header: &str, row: impl Fn(usize, f64) -> String) -> String {
    let mut next = numbers(4);
    let rows: String = (0..60).map(|i| row(i, next()) + "\n").collect();
    format!("{header}\n{rows}")
}

fn class(row: usize) -> &'static str {
    if row.is_multiple_of(2) { "a" } else { "b" }
}

#[test]
fn tables_from_all_over_the_world_train() {
    let plain = sixty("x,z,y", |i, x| format!("{x:.3},{},{}", i % 7, class(i)));
    let cases = [
        ("windows line ends", plain.replace('\n', "\r\n"), "--target y"),
        ("a byte-order mark", format!("\u{feff}{plain}"), "--target y"),
        ("semicolons", plain.replace(',', ";"), "--target y"),
        ("semicolons, asked for", plain.replace(',', ";"), "--target y --sep ;"),
        ("no header", plain.split_once('\n').unwrap().1.to_string(), "--no-header --target c3"),
        (
            "names in other alphabets",
            sixty("größe,日本,ключ", |i, x| format!("{x:.3},{},{}", i % 5, ["да", "нет"][i % 2])),
            "--target ключ",
        ),
        ("a column without values", sixty("x,z,y", |i, x| format!("{x:.3},,{}", class(i))), "--target y"),
        ("line breaks in cells", sixty("x,t,y", |i, x| format!("{x:.3},\"a\nb{}\",{}", i % 3, class(i))), "--target y"),
        ("two different rows", sixty("x,y", |i, _| format!("{},{}", i % 2, class(i))), "--target y"),
        (
            "a class of three rows",
            sixty("x,y", |i, x| format!("{x:.3},{}", if i < 3 { "a" } else { "b" })),
            "--target y",
        ),
        ("thirty classes", sixty("x,y", |i, x| format!("{x:.3},class{}", i % 30)), "--target y"),
        ("more columns than rows", wide(300), "--target y"),
    ];
    for (what, table, options) in cases {
        let place = Place::new();
        place.write("data.csv", table);
        let trained = place.run(&format!("train data.csv --probes off {options} --epochs 3 --out run"));
        assert_eq!(trained.code, 0, "{what}: {}\n{}", trained.out, trained.err);
        assert_eq!(place.run("predict run data.csv --out p.csv").code, 0, "{what}");
    }
}

fn wide(columns: usize) -> String {
    let header: Vec<String> = (0..columns).map(|i| format!("c{i}")).chain(["y".to_string()]).collect();
    let mut next = numbers(5);
    let mut rows = sixty(&header.join(","), |_, _| String::from("row"));
    for i in 0..60 {
        let cells: Vec<String> = (0..columns).map(|_| format!("{:.2}", next())).collect();
        rows = rows.replacen("row", &format!("{},{}", cells.join(","), class(i)), 1);
    }
    rows
}

#[test]
fn numbers_that_cannot_be_held_are_named_with_their_place() {
    let place = Place::new();
    place.write("x.csv", sixty("x,y", |i, _| format!("{},{}", if i == 4 { "1e300" } else { "1.5" }, class(i))));
    place.write("y.csv", sixty("x,y", |_, x| format!("{x:.3},1e300")));
    let refused = place.run("train x.csv --target y");
    assert_eq!(refused.code, 3);
    assert!(refused.err.contains("x.csv:6:1: column x: a number that is infinite or too large"), "{}", refused.err);
    let refused = place.run("train y.csv --target y");
    assert_eq!(refused.code, 3);
    assert!(refused.err.contains("y.csv:2:2: target y: a number that is infinite or too large"), "{}", refused.err);
}

#[test]
fn a_huge_target_is_shown_with_an_exponent() {
    let place = Place::new();
    place.write("data.csv", sixty("x,y", |_, x| format!("{x:.3},{:e}", x * 1e30)));
    let trained = place.run("train data.csv --probes off --target y --epochs 5 --out run").succeeded();
    assert!(trained.out.contains("e28 ["), "{}", trained.out);
    assert!(!trained.out.contains("18,446,744"), "{}", trained.out);
}

#[test]
fn numbers_in_other_clothes_are_pointed_out() {
    let place = Place::new();
    place.write("comma.csv", sixty("x;z;y", |i, x| format!("{x:.3};{};{}", i % 7, class(i)).replace('.', ",")));
    let trained = place.run("train comma.csv --probes off --target y --epochs 3 --out run").succeeded();
    assert!(trained.out.contains("converted: x \"0,"), "{}", trained.out);
    place.write("money.csv", sixty("x,y", |i, x| format!("\"${:.2}\",{}", 100.0 * x, class(i))));
    let trained = place.run("train money.csv --probes off --target y --epochs 3 --out run2").succeeded();
    assert!(trained.out.contains("converted: x \"$"), "{}", trained.out);
    let kept = place.run("train money.csv --probes off --target y --epochs 3 --decimal comma --out run3");
    assert!(!kept.out.contains("converted"), "{}{}", kept.out, kept.err);
}

#[test]
fn hostile_labels_do_not_become_formulas() {
    let place = Place::new();
    place.write("data.csv", sixty("x,y", |i, x| format!("{x:.3},=cmd|{}", i % 2)));
    place.run("train data.csv --probes off --target y --epochs 3 --out run").succeeded();
    place.run("predict run data.csv --out p.csv").succeeded();
    assert!(place.text("p.csv").lines().skip(1).all(|line| line.starts_with("'=cmd")), "{}", place.text("p.csv"));
}

#[test]
fn linear_baselines_are_trained_to_rest_on_the_smallest_tables() {
    let place = Place::new();
    place.write("data.csv", sixty("x,z,y", |i, _| format!("{},{},{}", i % 2, 2 * (i % 2) + 1, class(i))));
    let result = place.run("train data.csv --probes off --target y --epochs 3 --out run --json").succeeded().json();
    assert_eq!(result["baseline"]["linear"]["dev"], 0.0, "one line divides the two classes");
}

#[test]
fn categories_that_no_model_file_can_hold_are_refused_before_training() {
    let place = Place::new();
    let long = "x".repeat(1_800_000);
    let rows: String = (0..80).map(|row| format!("{}{long},{}\n", row % 60, ["yes", "no"][row % 2])).collect();
    place.write("data.csv", format!("name,y\n{rows}"));
    let refused = place.run("train data.csv --probes off --target y --types name=categorical --out run");
    assert_eq!(refused.code, 3, "{}", refused.err);
    assert!(refused.err.contains("more than 67108864") && refused.err.contains("--drop"), "{}", refused.err);
    assert!(!place.path("run").exists());
}
