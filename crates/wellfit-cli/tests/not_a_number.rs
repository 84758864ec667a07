//! Numbers that are not finite, as a user meets them: exit codes, one line that names the place, a model that predicts.

#![allow(clippy::unwrap_used)] // the helpers are part of the tests: what cannot be built fails them

mod support;

use support::{Outcome, Place, table};

/// The table of the tests with one number of column `x` (the second) or `amount` (the last) replaced.
fn with_cell(place: &Place, line: usize, column: usize, cell: &str) {
    let mut lines: Vec<String> = table(300, 1).lines().map(str::to_string).collect();
    let mut cells: Vec<&str> = lines[line - 1].split(',').collect();
    cells[column] = cell;
    lines[line - 1] = cells.join(",");
    place.write("data.csv", lines.join("\n"));
}

/// The one line that a failed command leaves.
fn error_line(outcome: &Outcome, code: i32) -> String {
    assert_eq!(outcome.code, code, "{}\n{}", outcome.out, outcome.err);
    let lines: Vec<&str> = outcome.err.lines().collect();
    assert_eq!(lines.len(), 1, "{}", outcome.err);
    lines[0].to_string()
}

/// The epoch that an error names.
fn epoch_of(line: &str) -> usize {
    let (_, after) = line.split_once("in epoch ").or_else(|| line.split_once("loss of epoch ")).unwrap();
    after.split([',', ' ']).next().unwrap().parse().unwrap()
}

/// The change that an error suggests, as it is typed.
fn suggested(line: &str) -> String {
    let from = line.rfind(": --").unwrap_or_else(|| panic!("{line}")) + 2;
    line[from..].split(" (tried").next().unwrap().to_string()
}

#[test]
fn an_infinite_cell_is_an_input_error_with_its_place() {
    let place = Place::new();
    for cell in ["inf", "-inf", "1e400", "1e200"] {
        with_cell(&place, 42, 1, cell);
        let line = error_line(&place.run("train data.csv --target label --quiet"), 3);
        assert!(line.contains("data.csv:42:2: column x: a number that is infinite or too large"), "{line}");
    }
    with_cell(&place, 42, 7, "inf");
    let line = error_line(&place.run("train data.csv --target amount --quiet"), 3);
    assert!(line.contains("data.csv:42:8: target amount: a number that is infinite"), "{line}");
}

#[test]
fn a_huge_cell_is_scaled_like_any_other() {
    let place = Place::new();
    for cell in ["1e30", "-1e38", "1e150"] {
        for normalize in ["auto", "standard"] {
            with_cell(&place, 42, 1, cell);
            let options = "--target label --drop kind,amount --epochs 2 --early-stopping off --json --quiet";
            let done =
                place.run(&format!("train data.csv --probes off {options} --normalize {normalize}")).succeeded().json();
            assert!(done["train"]["loss"].as_f64().unwrap().is_finite(), "{cell} {normalize}");
        }
    }
}

#[test]
fn a_huge_cell_left_as_it_is_diverges_and_the_starting_weights_stay() {
    let place = Place::new();
    with_cell(&place, 42, 1, "1e38");
    let options = "--target amount --drop label,kind --normalize off --split 100/0/0 --epochs 3 --quiet --out run";
    let line = error_line(&place.run(&format!("train data.csv {options}")), 4);
    assert!(line.contains("in epoch 1, step ") && line.contains(" of dense"), "{line}");
    assert!(line.contains("the initial weights are kept") && line.contains("--normalize"), "{line}");
    place.write("sound.csv", table(20, 2));
    place.run("predict run sound.csv --out p.csv").succeeded();
}

#[test]
fn dev_rows_far_outside_train_are_named_as_such() {
    let place = Place::with_table(200);
    let mut dev = table(50, 2);
    dev += "1,0.5,0.5,red,city1,yes,high,1e30\n";
    place.write("dev.csv", dev);
    let options = "--target amount --drop label,kind --dev dev.csv --epochs 3 --quiet";
    let line = error_line(&place.run(&format!("train data.csv {options}")), 4);
    assert!(
        line.contains("on dev: the loss over the outputs of dense") && line.contains("outside those of train"),
        "{line}"
    );
    assert!(!line.contains("--lr"), "{line}");
}

#[test]
fn starting_weights_that_are_not_finite_are_an_input_error() {
    let place = Place::with_table(100);
    // y, a number with blanks, is two inputs; colour is three.
    let options = "--target label --drop x,city,kind,amount,row_id --types y=numeric --hidden 3 --quiet --epochs 1";
    let header = place.run(&format!("train data.csv --probes off {options} --out first"));
    assert_eq!(header.code, 0, "{}", header.err);
    let mut bytes = place.read("first/model.safetensors");
    let end = bytes.len();
    bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    place.write("start.safetensors", bytes);
    let line = error_line(
        &place.run(&format!("train data.csv --probes off {options} --init-from start.safetensors --out second")),
        3,
    );
    assert!(line.contains("start.safetensors: ") && line.contains("NaN"), "{line}");
}

#[test]
fn after_divergence_the_model_is_that_of_the_last_whole_epoch_and_the_suggested_rate_trains() {
    let place = Place::with_table(150);
    let common =
        "train data.csv --target amount --drop label,kind --hidden 8 --schedule constant --early-stopping off --quiet";
    let mut later_epochs = 0;
    for (optimizer, rate, batch) in [
        ("gd", "3", "full"),
        ("gd", "30", "16"),
        ("momentum", "100", "full"),
        ("nesterov", "1e30", "32"),
        ("rmsprop", "1e20", "16"),
        ("adam", "1e38", "16"),
        ("adamw", "1e300", "32"),
    ] {
        let run = format!("{common} --optimizer {optimizer} --batch {batch}");
        let name = format!("{optimizer}{rate}");
        let line = error_line(&place.run(&format!("{run} --lr {rate} --epochs 60 --out {name}")), 4);
        let epoch = epoch_of(&line);
        let kept = if epoch == 1 { "initial weights".to_owned() } else { format!("weights of epoch {}", epoch - 1) };
        assert!(line.contains(&format!("the {kept} are kept")), "{line}");
        assert_eq!(place.text(&format!("{name}/history.jsonl")).lines().count(), epoch - 1, "{line}");
        place.run(&format!("predict {name} data.csv --out p.csv")).succeeded();
        if epoch > 1 {
            later_epochs += 1;
            let until = epoch - 1;
            place.run(&format!("{run} --probes off --lr {rate} --epochs {until} --out whole{name}")).succeeded();
            let model = |run: &str| place.read(&format!("{run}/model.safetensors"));
            assert_eq!(model(&name), model(&format!("whole{name}")), "{line}");
        }
        let change = suggested(&line);
        let rate = if change.starts_with("--lr") { String::new() } else { format!("--lr {rate}") };
        place.run(&format!("{run} --probes off {rate} {change} --epochs 60 --out again{name}")).succeeded();
    }
    assert!(later_epochs >= 2, "{later_epochs}");
}
