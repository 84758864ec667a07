//! `wellfit data` as a user runs it: on tables made here, and on real files as they were found.
//!
//! Real files stand in the folder that the variable `WELLFIT_DATA` names; without it those tests say so and pass.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Read;
use std::path::Path;

use serde_json::Value;
use support::{Outcome, Place, argument, numbers, real_data, table};

/// What `wellfit data` found in a file.
struct Found {
    /// Everything that was printed for a person.
    told: String,
    result: Value,
}

impl Found {
    fn of(outcome: Outcome) -> Found {
        let outcome = outcome.succeeded();
        let result = outcome.json();
        assert!(outcome.err.lines().count() <= 25, "more than a screen:\n{}", outcome.err);
        for line in outcome.err.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        Found { told: outcome.err, result }
    }

    fn says(&self, words: &str) -> &Found {
        // Lines are wrapped to the terminal.
        let unwrapped = self.told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(words), "{words}\n{}", self.told);
        self
    }

    /// Whether train and `part` differ, and the columns that say so.
    fn drift(&self, part: &str) -> (bool, Vec<&str>) {
        let drift = self.result["drift"].as_array().unwrap();
        let compared = drift.iter().find(|drift| drift["parts"][1] == part).unwrap();
        let columns = compared["columns"].as_array().unwrap();
        (compared["drifts"].as_bool().unwrap(), columns.iter().map(|column| column["name"].as_str().unwrap()).collect())
    }

    /// The columns of each leak.
    fn leaks(&self) -> Vec<Vec<&str>> {
        let leaks = self.result["leaks"].as_array().unwrap().iter();
        let columns = leaks.map(|leak| leak["columns"].as_array().unwrap().iter());
        columns.map(|names| names.map(|name| name.as_str().unwrap()).collect()).collect()
    }

    fn copies(&self, parts: &str) -> u64 {
        self.result["duplicates"][parts]["rows"].as_u64().unwrap()
    }
}

fn found(file: &str, options: &str) -> Option<Found> {
    let folder = real_data()?;
    let data = folder.join(file);
    let mut arguments = vec!["data", argument(&data), "--json"];
    arguments.extend(options.split_whitespace());
    Some(Found::of(Place::new().run_all(&arguments)))
}

#[test]
fn a_table_is_told_in_a_screen_and_nothing_is_written() {
    let place = Place::with_table(400);
    let found = Found::of(place.run("data data.csv --target label --drop kind,amount --json"));
    found
        .says("400 rows, 4 of 5 columns · label: binary (positive = yes)")
        .says("categorical 24")
        .says("not used: row_id (identifier)");
    for key in ["schema", "rows", "columns", "target", "parts", "duplicates", "leaks", "drift", "detectable"] {
        assert!(found.result.get(key).is_some(), "{key} is missing: {:#}", found.result);
    }
    assert_eq!(found.result["parts"]["train"], 240);
    let y = found.result["columns"].as_array().unwrap().iter().find(|column| column["name"] == "y").unwrap();
    assert!(y["type"] == "numeric" && (0.02..0.1).contains(&y["missing"].as_f64().unwrap()), "{y}");
    assert_eq!((found.drift("dev").0, found.drift("test").0), (false, false), "{}", found.told);
    assert_eq!(std::fs::read_dir(place.root()).unwrap().count(), 1, "only data.csv is there");
}

#[test]
fn any_number_of_threads_gives_the_same_answer() {
    let place = Place::with_table(300);
    let one = place.run("data data.csv --target amount --json --threads 1").succeeded();
    let three = place.run("data data.csv --target amount --json --threads 3").succeeded();
    assert_eq!(one.out, three.out);
}

#[test]
fn a_column_that_has_one_value_in_each_file_is_a_drift() {
    let place = Place::new();
    let rows = |sex: &str, seed: u64| {
        let mut next = numbers(seed);
        let row = |_| format!("{sex},{:.3},{}\n", next(), usize::from(next() < 0.5));
        let rows: String = (0..200).map(row).collect();
        format!("sex,x,y\n{rows}")
    };
    place.write("men.csv", rows("m", 1));
    place.write("women.csv", rows("w", 2));
    let found = Found::of(place.run("data men.csv --dev women.csv --target y --json"));
    assert_eq!(found.drift("dev"), (true, vec!["sex"]), "{}", found.told);
    assert_eq!(found.result["set_aside"][0]["name"], "sex");
    // A dev file without that column is read as training reads it.
    place.write("others.csv", rows("w", 3).replace("w,", "").replace("sex,", ""));
    let found = Found::of(place.run("data men.csv --dev others.csv --target y --json"));
    assert_eq!(found.drift("dev"), (false, vec![]), "{}", found.told);
}

#[test]
fn quiet_says_the_last_line_alone_and_mistakes_have_their_codes() {
    let place = Place::with_table(100);
    let quiet = place.run("data data.csv --target label --quiet").succeeded();
    assert!(quiet.out.lines().all(|line| line.starts_with(" next") || line.starts_with("   ")), "{}", quiet.out);
    let absent = place.run("data data.csv --target lable");
    assert_eq!((absent.code, absent.err.lines().count()), (3, 1), "{}", absent.err);
    assert!(absent.err.contains("no column lable (did you mean label?)"), "{}", absent.err);
    let nameless = place.run("data data.csv");
    assert_eq!((nameless.code, nameless.err.lines().count()), (3, 1), "{}", nameless.err);
    assert_eq!(place.run("data data.csv --target label --epochs 3").code, 2);
    place.run("data data.csv --target label --split 100/0/0").succeeded();
    assert_eq!(table(100, 1), place.text("data.csv"));
}

#[test]
fn the_leak_in_titanic_is_named() {
    let Some(titanic) = found("titanic_leaky/titanic.csv", "--target survived") else { return };
    assert_eq!(titanic.leaks(), [["alive"]]);
    titanic.says("deck categorical 7 77.2%");
}

#[test]
fn the_columns_of_bike_sharing_that_add_up_are_named_and_so_is_the_course_of_time() {
    let Some(bikes) = found("bike_sharing/hour.csv", "--target cnt") else { return };
    assert!(bikes.leaks().contains(&vec!["casual", "registered"]), "{:?}", bikes.leaks());
    assert_eq!((bikes.drift("dev").0, bikes.drift("test").0), (false, false), "{}", bikes.told);
    let Some(bikes) = found("bike_sharing/hour.csv", "--target cnt --time dteday") else { return };
    for part in ["dev", "test"] {
        let (drifts, columns) = bikes.drift(part);
        assert!(drifts && columns.contains(&"yr") && columns.contains(&"mnth"), "{}", bikes.told);
        assert!(!columns.contains(&"hr") && !columns.contains(&"weekday"), "{columns:?}");
    }
}

#[test]
fn adult_trained_on_one_sex_and_judged_on_the_other_drifts() {
    let Some(folder) = real_data() else { return };
    let place = Place::new();
    for (name, sex) in [("men.csv", " Male"), ("women.csv", " Female")] {
        let text = unpacked(&folder.join("adult/adult-train.csv.gz"));
        let (header, rows) = text.split_once('\n').unwrap();
        let of_sex = rows.lines().filter(|row| row.split(',').any(|cell| cell == sex));
        place.write(name, format!("{header}\n{}\n", of_sex.collect::<Vec<_>>().join("\n")));
    }
    let found = Found::of(place.run("data men.csv --dev women.csv --target income --json"));
    let (drifts, columns) = found.drift("dev");
    assert!(drifts && columns.first() == Some(&"sex") && columns.contains(&"relationship"), "{}", found.told);
}

#[test]
fn parts_split_at_random_do_not_drift() {
    let cases = [
        ("adult/adult-train.csv.gz", "--target income"),
        ("telco_churn/Telco-Customer-Churn.csv", "--target Churn"),
        ("california_housing/housing.csv", "--target median_house_value"),
    ];
    for (file, options) in cases {
        let Some(found) = found(file, options) else { return };
        assert_eq!((found.drift("dev").0, found.drift("test").0), (false, false), "{file}\n{}", found.told);
        found.says("none between train and dev");
        assert!(found.leaks().is_empty(), "{file}: {:?}", found.leaks());
    }
}

#[test]
fn the_copies_in_mammography_and_diamonds_are_counted() {
    let Some(mammography) = found("mammography/mammography.csv", "--target class") else { return };
    assert!(mammography.copies("train") > 1_000 && mammography.copies("train_dev") > 100, "{}", mammography.told);
    let Some(diamonds) = found("diamonds/diamonds.csv", "--target price") else { return };
    assert!(diamonds.copies("train") > 50 && diamonds.copies("train_test") > 10, "{}", diamonds.told);
    assert!(diamonds.result["duplicates"]["train_test"]["conflicting"].is_null());
}

fn unpacked(path: &Path) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}
