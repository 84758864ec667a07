//! What scripts rely on: exit codes, JSON in success and failure, and what each key of `result.json` means.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{Place, outcome};

/// What every code is for; 1, a failure with no code of its own, is tested beside `main`, 6 in `jobs/check.rs`.
#[test]
fn every_way_to_fail_has_its_code_and_one_json_object() {
    let place = Place::with_table(120);
    place.write("few.csv", "x,y\n1,a\n2,b\n3,a\n");
    place.write("twice.csv", format!("y,y\n{}", "1,a\n2,b\n".repeat(10)));
    place.write("one-class.csv", format!("x,y\n{}", "1,a\n2,a\n".repeat(10)));
    place.run("train data.csv --probes off --target label --epochs 2 --out run").succeeded();
    place.write("run/model.safetensors", "not a model");
    let failures = [
        (2, "train data.csv --target label --epohcs 3"),
        (2, "train data.csv --target label --keep-prob 7"),
        (2, "train data.csv --target nothing --out taken --config missing.toml"),
        (2, "train data.csv --probes off --target label --out run"),
        (2, "nonsense"),
        (2, "compare run"),
        (2, "lr-find data.csv --target label --epohcs 3"),
        (2, "predict run data.csv"),
        (2, "explain nonsense"),
        (3, "train missing.csv --target label"),
        (3, "train data.csv --target nothing"),
        (3, "train few.csv --target y"),
        (3, "train twice.csv --target y"),
        (3, "train one-class.csv --target y"),
        (3, "predict run data.csv --out predictions.csv"),
        (3, "predict nowhere data.csv --out predictions.csv"),
        (3, "test nowhere"),
        (3, "report nowhere"),
        (3, "compare run nowhere"),
        (3, "compare run run"),
        (3, "lr-find nowhere.csv --target y"),
        (3, "check nowhere.csv --target y"),
        (4, "train data.csv --probes off --target amount --optimizer gd --lr 1e9 --epochs 5"),
        (5, "train data.csv --target label --epochs 2 --out data.csv/run"),
    ];
    for (code, command) in failures {
        let failed = place.run(&format!("{command} --json"));
        assert_eq!(failed.code, code, "{command}: {}{}", failed.out, failed.err);
        let answer = failed.json();
        assert_eq!((&answer["schema"], &answer["error"]["code"]), (&json!(1), &json!(code)), "{command}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(
            !message.is_empty() && failed.err.contains(message.lines().next().unwrap()),
            "{command}: {}",
            failed.err
        );
        assert_eq!(answer.as_object().unwrap().len(), 2, "{command}");
        // Without --json there is nothing on standard output but what was done before it failed.
        let plain = place.run(command);
        assert_eq!(plain.code, code, "{command}");
        assert!(!plain.out.contains("error: "), "{command}: {}", plain.out);
        assert!(plain.err.contains("error"), "{command}: {}", plain.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure_of_storage() {
    let place = Place::with_table(120);
    place.run("train data.csv --probes off --target label --epochs 2 --out run").succeeded();
    let full = place.run("predict run data.csv --out /dev/full --json");
    assert_eq!((full.code, &full.json()["error"]["code"]), (5, &json!(5)));
}

#[cfg(unix)]
#[test]
fn an_interrupted_job_answers_in_json_too() {
    let place = Place::with_table(400);
    let mut child = place.start("train data.csv --target label --epochs 100000 --early-stopping off --out run --json");
    while !place.path("run/config.toml").exists() {
        assert!(child.try_wait().unwrap().is_none(), "ended before it could be interrupted");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let stopped = outcome(child);
    assert_eq!((stopped.code, &stopped.json()["error"]["code"]), (130, &json!(130)));
}

#[test]
fn an_exploding_network_is_no_fault_of_the_gradients() {
    let place = Place::with_table(120);
    let hidden = ["64"; 30].join(",");
    let network =
        format!("data.csv --target label --hidden {hidden} --activation tanh --init normal:3 --preset textbook");
    let result = place.run(&format!("train {network} --epochs 1 --out run --json")).succeeded().json();
    let check = &result["gradient_check"];
    let chaotic = check["chaotic"].as_str().unwrap();
    assert_eq!(check["passed"], true);
    assert!(check["relative_error"].as_f64().unwrap() < 1e-5, "{check}");
    assert_eq!(check["blocks"][0]["by_layer"], true, "{check}");
    // A block that the cost could be compared for has the keys of any other network's.
    assert_eq!(check["blocks"][61].as_object().unwrap().len(), 2, "{check}");
    let said = place.run(&format!("train {network} --epochs 1 --out again")).succeeded().out;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(&format!("checked layer by layer: gradients explode from {chaotic} down to the inputs")),
        "{said}"
    );
    // A network that fits has no such key.
    let sound = place
        .run("train data.csv --probes off --target label --hidden 8 --epochs 1 --out sound --json")
        .succeeded()
        .json();
    assert!(sound["gradient_check"].get("chaotic").is_none());
}

#[test]
fn every_command_answers_in_json() {
    let place = Place::with_table(120);
    let answers = [
        ("train data.csv --probes off --target label --epochs 2 --out run", "run"),
        ("check run", "gradient_check"),
        ("compare run run", "runs"),
        ("lr-find data.csv --target label", "lr"),
        ("test run", "opening"),
        ("predict run data.csv --out predictions.csv", "schema"),
        ("report run", "report"),
        ("runs .", "runs"),
        ("demo moons --out demo", "run"),
    ];
    for (command, key) in answers {
        let answer = place.run(&format!("{command} --json")).succeeded().json();
        assert_eq!(answer["schema"], 1, "{command}: {answer}");
        assert!(answer.get(key).is_some(), "{command}: {answer}");
    }
}

#[test]
fn every_key_of_the_result_says_what_it_is_named_for() {
    let place = Place::with_table(400);
    let options = "train data.csv --target label --hidden 6 --batch 32 --epochs 9 --early-stopping off --seed 5 --threads 2 \
                   --target-error 0.01 --split 50/25/25 --preset textbook --drop kind,amount,colour,city";
    let result = place.run(&format!("{options} --out run --json")).succeeded().json();
    assert_eq!(result, place.json("run/result.json"));
    let keys: Vec<&str> = result.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "baseline",
        "best_epoch",
        "data_sha256",
        "dev",
        "diagnosis",
        "epochs",
        "gradient_check",
        "metric",
        "metrics",
        "parameters",
        "prescription",
        "probes",
        "resumed_from_epoch",
        "rows",
        "run",
        "schema",
        "seconds",
        "seed",
        "stopped",
        "task",
        "test",
        "threads",
        "train",
    ];
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    for (key, value) in [
        ("schema", json!(1)),
        ("run", json!("run")),
        ("task", json!("binary")),
        ("metric", json!("error")),
        ("rows", json!({"train": 200, "dev": 100, "test": 100})),
        // x, y and whether y is missing, to 6 units, to one output.
        ("parameters", json!(3 * 6 + 6 + 6 + 1)),
        ("seed", json!(5)),
        ("threads", json!(2)),
        ("epochs", json!(9)),
        ("best_epoch", json!(9)),
        ("resumed_from_epoch", Value::Null),
        ("test", Value::Null),
    ] {
        assert_eq!(result[key], value, "{key}");
    }
    assert_eq!(result["data_sha256"].as_str().unwrap().len(), 64);
    assert!(result["seconds"].as_f64().unwrap() > 0.0);
    assert!(result["stopped"].as_str().unwrap().contains("epochs"));
    assert_eq!(result["gradient_check"]["passed"], true);
    let blocks: Vec<&Value> =
        result["gradient_check"]["blocks"].as_array().unwrap().iter().map(|b| &b["name"]).collect();
    assert_eq!(blocks, ["dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"]);
    assert_eq!(result["baseline"]["naive"]["name"], "majority class");
    for part in ["train", "dev"] {
        assert_interval(&result[part]["error"], part);
        assert!(result[part]["loss"].as_f64().unwrap() > 0.0);
    }
    let number = |pointer: &str| result.pointer(pointer).unwrap().as_f64().unwrap();
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(close(number("/diagnosis/avoidable_bias/value"), number("/train/error/value") - 0.01));
    assert!(close(number("/diagnosis/variance/value"), number("/dev/error/value") - number("/train/error/value")));
    assert_eq!(result["diagnosis"]["target_error"], json!({"value": 0.01, "source": "given"}));
    let confusion = result["metrics"]["confusion"].as_array().unwrap();
    let cells = confusion.iter().flat_map(|row| row.as_array().unwrap()).map(|cell| cell.as_u64().unwrap());
    assert_eq!(cells.sum::<u64>(), 100, "every dev row is in one cell");
    for prescription in result["prescription"].as_array().unwrap() {
        for key in ["remedy", "purpose", "reason", "change"] {
            assert!(prescription[key].as_str().is_some_and(|text| !text.is_empty()), "{prescription}");
        }
    }
    // Opened, the test set stands in the result as `test` printed it.
    let opened = place.run("test run --json").succeeded().json();
    assert_eq!((&opened["run"], &opened["opening"]), (&json!("run"), &json!(1)));
    assert_interval(&opened["test"]["error"], "test");
    assert_eq!(opened["test"], place.json("run/result.json")["test"]);
}

#[test]
fn a_regression_is_judged_in_the_unit_of_its_target() {
    let place = Place::with_table(300);
    let train = "train data.csv --probes off --target amount --epochs 30 --hidden 16 --out run --json";
    let result = place.run(train).succeeded().json();
    assert_eq!((&result["task"], &result["metric"]), (&json!("regression"), &json!("rmse")));
    assert_eq!(result["baseline"]["naive"]["name"], "mean");
    // The amounts spread over some 15 units: an error in the scaled target would be near 1.
    assert!(result["baseline"]["naive"]["dev"].as_f64().unwrap() > 5.0, "{}", result["baseline"]);
    for key in ["r2", "mae"] {
        assert!(result["metrics"][key].as_f64().is_some(), "{key}: {}", result["metrics"]);
    }
}

fn assert_interval(interval: &Value, of: &str) {
    let number = |key: &str| interval[key].as_f64().unwrap_or_else(|| panic!("{of}: {key} is missing in {interval}"));
    let (low, value, high) = (number("low"), number("value"), number("high"));
    assert!(low <= value && value <= high && low < high, "{of}: {interval}");
}
