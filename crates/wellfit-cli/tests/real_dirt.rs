//! Real files as they were found, trained on with no preparation by hand.
//!
//! They stand in the folder that the variable `WELLFIT_DATA` names; without it these tests say so and pass.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::{Place, argument, real_data};

/// What came of one file.
struct Trained {
    /// Everything that was printed.
    told: String,
    result: Value,
}

impl Trained {
    fn says(&self, words: &str) -> &Trained {
        // Lines are wrapped to the terminal.
        let unwrapped = self.told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(words), "{words}\n{}", self.told);
        self
    }

    fn leaks(&self) -> Vec<&str> {
        let findings = self.result["diagnosis"]["findings"].as_array().unwrap();
        findings.iter().filter(|finding| finding["kind"] == "leak").map(|leak| leak["text"].as_str().unwrap()).collect()
    }
}

/// Trains three epochs on a file of the real data; `None` where there is none.
fn trained(file: &str, options: &str) -> Option<Trained> {
    let folder = real_data()?;
    let place = Place::new();
    let data = folder.join(file);
    let options = options.replace("DATA/", &format!("{}/", argument(&folder)));
    let mut arguments = vec!["train", argument(&data), "--epochs", "3", "--out", "run", "--json"];
    arguments.extend(options.split_whitespace());
    let outcome = place.run_all(&arguments).succeeded();
    let result = outcome.json();
    assert_eq!(result["gradient_check"]["passed"], true);
    assert!(outcome.err.lines().count() <= 25, "more than a screen:\n{}", outcome.err);
    for line in outcome.err.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let scored = place.run("test run --json");
    if result["rows"]["test"] != 0 {
        assert!(scored.succeeded().json()["test"]["error"]["value"].is_f64());
    }
    Some(Trained { told: outcome.err, result })
}

#[test]
fn adult_with_its_test_file_whose_labels_end_in_a_full_stop() {
    let options = "--target income --test DATA/adult/adult-test.csv.gz";
    let Some(adult) = trained("adult/adult-train.csv.gz", options) else { return };
    adult.says("full stop").says("missing values: workclass 1,836").says("test 16,281 (held out)");
    assert!(adult.result["dev"]["error"]["value"].as_f64().unwrap() < 0.2);
    assert!(adult.leaks().is_empty(), "{:?}", adult.leaks());
}

#[test]
fn telco_with_an_id_and_blanks_among_numbers() {
    let Some(telco) = trained("telco_churn/Telco-Customer-Churn.csv", "--target Churn") else { return };
    telco.says("11 blank cells in TotalCharges treated as missing").says("not used: customerID (identifier)");
    assert!(telco.leaks().is_empty(), "{:?}", telco.leaks());
}

#[test]
fn titanic_with_names_and_tickets() {
    let Some(titanic) = trained("titanic/train.csv", "--target Survived") else { return };
    titanic.says("not used: PassengerId (it numbers the rows) · Name, Ticket, Cabin (free text)").says("Age 177");
    assert!(titanic.leaks().is_empty(), "{:?}", titanic.leaks());
}

#[test]
fn the_leak_in_titanic_is_found() {
    let Some(titanic) = trained("titanic_leaky/titanic.csv", "--target survived") else { return };
    let leaks = titanic.leaks();
    assert!(leaks.len() == 1 && leaks[0].contains("alive"), "{leaks:?}");
    titanic.says("column alive alone predicts the target");
    assert_eq!(titanic.result["prescription"][0]["change"], "data.drop = [\"alive\"]");
}

#[test]
fn horse_colic_with_a_fifth_of_its_cells_missing() {
    let Some(colic) = trained("horse_colic/horse-colic.csv", "--target surgical_lesion") else { return };
    colic.says("not used: hospital_number (identifier)").says("missing values: surgery 1");
}

#[test]
fn auto_imports_with_question_marks_among_numbers() {
    let Some(autos) = trained("auto_imports/auto_imports.csv", "--target price") else { return };
    autos.says("price: a number").says("normalized-losses 37");
    assert_eq!(autos.result["metric"], "rmse");
}

#[test]
fn mammography_with_quoted_labels_and_one_row_in_43_positive() {
    let Some(mammography) = trained("mammography/mammography.csv", "--target class") else { return };
    mammography.says("class: binary (positive = 1)");
    assert_eq!(mammography.result["task"], "binary");
}

#[test]
fn pima_with_zeros_for_missing() {
    let Some(pima) = trained("pima_diabetes/pima-indians-diabetes.csv", "--target outcome") else { return };
    assert_eq!(pima.result["rows"]["train"], 461);
}

#[test]
fn wine_with_a_class_of_five_rows_in_every_part() {
    let Some(wine) = trained("wine_quality/winequality-white.csv", "--target quality --task multiclass") else {
        return;
    };
    wine.says("quality: 7 classes");
    assert!(!wine.told.contains("no row of class"), "{}", wine.told);
}

#[test]
fn bikes_in_the_order_of_time_with_columns_that_add_up_to_the_target() {
    let Some(bikes) = trained("bike_sharing/hour.csv", "--target cnt --time dteday") else { return };
    bikes.says("not used: instant (it numbers the rows) · dteday (it orders the rows)");
    let leaks = bikes.leaks();
    assert!(leaks.iter().any(|leak| leak.contains("casual") && leak.contains("registered")), "{leaks:?}");
}
