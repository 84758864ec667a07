//! Everyday files through the program: what is predicted, on which line, and what is said on the way.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod integrity;
mod kept_whole;
#[path = "../support/mod.rs"]
mod support;

use support::Place;

/// Sixty rows of x, a truth value, and a class that follows x.
fn table(flag: impl Fn(usize) -> &'static str) -> String {
    let row =
        |i: usize| format!("{},{},{}\n", (i * 37 % 60) as f64 / 30.0 - 1.0, flag(i), ["no", "yes"][i * 37 % 60 / 30]);
    format!("x,flag,y\n{}", (0..60).map(row).collect::<String>())
}

fn trained(place: &Place, table: &str) {
    place.write("data.csv", table);
    place.run("train data.csv --target y --probes off --epochs 5 --hidden 8 --out run").succeeded();
}

#[test]
fn columns_are_carried_over_beside_the_predictions() {
    let place = Place::new();
    trained(&place, &table(|i| ["true", "false"][i % 2]));
    place.run("predict run data.csv --out p.csv --keep x,flag").succeeded();
    let (data, predicted) = (place.text("data.csv"), place.text("p.csv"));
    assert!(predicted.starts_with("x,flag,y,probability_no,probability_yes\n"), "{predicted}");
    assert_eq!(predicted.lines().count(), data.lines().count());
    let start = |line: &str| line.split(',').take(2).map(str::to_owned).collect::<Vec<_>>();
    assert!(data.lines().zip(predicted.lines()).all(|(row, kept)| start(row) == start(kept)), "{predicted}");
    let refused = place.run("predict run data.csv --out p.csv --keep y");
    assert!(refused.code == 2 && refused.err.contains("that is the name of the prediction"), "{}", refused.err);
    let unknown = place.run("predict run data.csv --out p.csv --keep flags");
    assert!(unknown.code == 3 && unknown.err.contains("flag"), "{}", unknown.err);
}

#[test]
fn a_truth_value_is_the_same_in_every_spelling_and_what_is_unseen_is_said() {
    let place = Place::new();
    trained(&place, &table(|i| ["True", "False"][i % 2]));
    let predicted = |flag: &dyn Fn(usize) -> &'static str| {
        place.write("new.csv", table(flag));
        let told = place.run("predict run new.csv --out p.csv").succeeded().out;
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        (place.text("p.csv"), told)
    };
    let (known, _) = predicted(&|i| ["True", "False"][i % 2]);
    assert_eq!(predicted(&|i| ["1", "0"][i % 2]).0, known);
    assert_eq!(predicted(&|i| ["TRUE", "false"][i % 2]).0, known);
    let (_, told) = predicted(&|i| ["maybe", "False"][i % 2]);
    assert!(told.contains("flag: 50% of its cells hold categories that train did not have"), "{told}");
}

#[test]
fn a_cell_that_does_not_fit_is_missing_and_a_column_that_does_not_is_an_error() {
    let place = Place::new();
    trained(&place, &table(|i| ["a", "b"][i % 2]));
    place.write("stray.csv", "x,flag\n0.5,a\nunknown,b\n\"0,25\",a\n");
    let told = place.run("predict run stray.csv --out p.csv").succeeded().out;
    assert!(!told.contains("--na"), "{told}");
    place.write("words.csv", "x,flag\nlow,a\nhigh,b\n0.5,a\n");
    let refused = place.run("predict run words.csv --out p.csv");
    assert!(
        refused.code == 3 && refused.err.contains("2 of 3 cells are no numbers, such as \"low\""),
        "{}",
        refused.err
    );
}

#[test]
fn options_that_are_called_otherwise_elsewhere_are_named_and_the_last_of_two_counts() {
    let place = Place::new();
    place.write("data.csv", table(|i| ["a", "b"][i % 2]));
    let refused = place.run("train data.csv --target y --dropout 0.2 --patience 5");
    assert!(refused.err.contains("--keep-prob") && refused.err.contains("--early-stopping"), "{}", refused.err);
    let refused = place.run("train data.csv --target y --optimizer sgd");
    assert!(refused.code == 2 && refused.err.contains("here that is `gd`"), "{}", refused.err);
    let options = "--target y --probes off --hidden 4 --early-stopping off --out run --json";
    let twice = place.run(&format!("train data.csv --epochs 9 --epochs 3 {options}")).succeeded().json();
    assert_eq!(twice["epochs"], 3);
    let finished = place.run("train --out run --resume").succeeded();
    assert!(finished.out.contains("saved"), "{}", finished.out);
    let much = place.run("train data.csv --target y --target-error 12 --out much");
    assert!(much.code == 2 && much.err.contains("it is a share of rows"), "{}", much.err);
    // Settings beyond what numbers hold are refused, before anything is read.
    for beyond in ["--lr 1e-46", "--epochs 9223372036854775808", "--epochs 4611686018427387904", "--target-error 1e308"]
    {
        let refused = place.run(&format!("train data.csv --target y {beyond} --out beyond"));
        assert!(refused.code == 2 && !place.path("beyond").exists(), "{beyond}: {}", refused.err);
    }
}

#[test]
fn what_is_suggested_runs_nothing_when_it_is_pasted() {
    let place = Place::new();
    let row = |i: usize| format!("{},{},{}\n", i * 37 % 60, 7 * i % 60, ["no", "yes"][i * 37 % 60 / 30]);
    place.write(
        "data.csv",
        format!("\"$(touch pwned)\",\"`touch pwned`; x\",y\n{}", (0..60).map(row).collect::<String>()),
    );
    // Both number the rows, and the program says how to keep them.
    let told = place.run("data data.csv --target y").err;
    assert!(told.contains("--types '$(touch pwned)=numeric' keeps"), "{told}");
}

#[cfg(unix)]
#[test]
fn nothing_in_a_run_is_written_through_a_link_and_names_steer_nothing() {
    let place = Place::new();
    let text = table(|i| ["a", "b"][i % 2]).replacen("flag", "\"fl\u{1b}[2Jag\n test     0.1%\"", 1);
    trained(&place, &text);
    let told = place.run("data data.csv --target y").succeeded().out;
    assert!(!told.contains('\u{1b}') && told.contains("fl\\u{1b}[2Jag\\n"), "{told}");
    assert!(!place.text("run/report.html").contains('\u{1b}'));
    place.write("notes", "precious");
    std::fs::remove_file(place.path("run/report.html")).unwrap();
    std::os::unix::fs::symlink(place.path("notes"), place.path("run/report.html")).unwrap();
    assert_eq!(place.run("report run").code, 5);
    assert_eq!(place.text("notes"), "precious");
}

#[test]
fn a_column_that_is_set_aside_and_knows_the_target_gets_a_line() {
    let place = Place::new();
    let row = |i: usize| format!("{},{}.5,{}\n", 1_000 + 3 * i, i * 37 % 101, if i < 150 { "low" } else { "high" });
    place.write("data.csv", format!("record_no,x,y\n{}", (0..300).map(row).collect::<String>()));
    let told = place.run("data data.csv --target y").succeeded().out.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "column record_no, set aside, alone predicts the target (0.0% error, the majority class 50.0%)";
    assert!(told.contains("no single column gives the target away") && told.contains(expected), "{told}");
}

#[test]
fn dates_in_another_order_than_in_training_are_not_guessed() {
    let place = Place::new();
    let row = |month_first: bool, i: usize| {
        let (day, month) = (1 + i * 7 % 28, 1 + i * 5 % 12);
        let (one, two) = if month_first { (month, day) } else { (day, month) };
        format!("{one:02}/{two:02}/2023,{}.5,{}\n", i * 37 % 60, ["no", "yes"][i % 2])
    };
    let table = |month_first| format!("d,x,y\n{}", (0..80).map(|i| row(month_first, i)).collect::<String>());
    trained(&place, &table(true));
    place.write("new.csv", table(false));
    let told = place.run("predict run new.csv --out p.csv").succeeded().out;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("in d is no date as the others are; 40 such cells") && told.contains("d: 50% missing"),
        "{told}"
    );
}
