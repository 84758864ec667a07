use super::*;
use crate::diagnose::Interval;
use crate::experiment::Spec;
use crate::report::{
    ColumnImportance, Conditioning, Diagnosed, Miss, PageEvidence, RunResult, SourceReport, WorstRow, calibration_bins,
    layer_histogram, scatter_points, thresholds,
};
use crate::train::{LayerHealth, Record};
use wellfit_kernels::random::{Purpose, Stream};

fn record(epoch: u64, draws: &dyn Fn(u64) -> Stream) -> Record {
    let e = epoch as f64;
    let noise = |lane: u64| 0.004 * draws(lane).normal(epoch);
    let layer = |(place, name): (usize, &&str)| LayerHealth {
        name: name.to_string(),
        activation_sd: 0.8 - 0.1 * place as f64,
        gradient_norm: 0.02 * (place + 1) as f64,
        update_ratio: 1.2e-3,
        saturated: 0.01 * place as f64,
        dead: 0.03 * place as f64,
        linear: 0.48,
        weight_norm: 9.0 - 3.0 * place as f64 + 2.0 * (1.0 - (-e / 12.0).exp()),
    };
    Record {
        epoch: epoch as usize,
        step: 33 * epoch,
        rate: 0.002,
        running_loss: 0.5,
        train_loss: 0.385 + 0.3 / (1.0 + 0.5 * e) + noise(0) / 2.0,
        train_error: 0.18 + 0.08 / (1.0 + 0.4 * e) + noise(3),
        dev_loss: Some(0.402 + 0.29 / (1.0 + 0.5 * e) + 0.0006 * (e - 33.0).max(0.0) + noise(1)),
        dev_error: Some(0.192 + 0.07 / (1.0 + 0.4 * e) + noise(2)),
        seconds: 0.02 * e,
        layers: ["dense1", "dense2", "dense3"].iter().enumerate().map(layer).collect(),
    }
}

fn telco() -> PageInput {
    let result: RunResult = serde_json::from_str(include_str!("example_binary.json")).unwrap();
    let draws = |lane| Stream::new(4, Purpose::Demo, lane);
    let probabilities: Vec<f32> = (0..1409).map(|row| draws(5).uniform(row).powi(2) as f32).collect();
    let truth: Vec<u32> =
        (0..1409).map(|row| u32::from(draws(6).uniform(row) < f64::from(probabilities[row as usize]))).collect();
    let outputs: Vec<f32> = (0..4096).map(|unit| draws(7).normal(unit).max(0.0) as f32).collect();
    let importance = |(column, value): (&str, f64)| ColumnImportance {
        column: column.to_string(),
        rise: Interval { value, low: value - 0.01, high: value + 0.01 },
    };
    let miss = Miss::Class { actual: 1, given: 0, probability: 0.012 };
    let evidence = PageEvidence {
        data: "telco.csv".to_string(),
        target: "Churn".to_string(),
        classes: vec!["No".to_string(), "Yes".to_string()],
        network: "45 inputs → 64 → 32 → 1, ReLU".to_string(),
        training: "Adam 0.002, batch 128, L2 0.5, keep_prob 0.9".to_string(),
        notices: vec![
            "customerID set aside: an id, 7,043 values in 7,043 rows".to_string(),
            "TotalCharges: 11 blanks read as missing (first at telco.csv:489)".to_string(),
        ],
        conditioning: Some(Conditioning { before: 48_210.0, after: 31.4 }),
        calibration: calibration_bins(&probabilities, &truth),
        thresholds: thresholds(&probabilities, &truth, &[]),
        worst: vec![WorstRow { row: 1207, file: None, miss }],
        importance: [("tenure", 0.051), ("Contract", 0.032), ("gender", -0.002)].map(importance).to_vec(),
        activations: ["dense1", "dense2"].iter().filter_map(|name| layer_histogram(name, &outputs)).collect(),
        ..PageEvidence::default()
    };
    PageInput {
        result,
        evidence,
        history: (1..=41).map(|epoch| record(epoch, &draws)).collect(),
        spec: Spec::default(),
        ablation: Vec::new(),
        diagnosed: None,
        search: None,
        test_openings: 0,
        version: "0.1.0".to_string(),
    }
}

fn houses() -> PageInput {
    let mut input = telco();
    input.result = serde_json::from_str(include_str!("example_regression.json")).unwrap();
    let draws = |lane| Stream::new(4, Purpose::Demo, lane);
    let actual: Vec<f64> = (0..1000).map(|row| (11.8 + 0.4 * draws(0).normal(row)).exp()).collect();
    let predicted: Vec<f64> = (0..1000).map(|row| actual[row as usize] * (0.12 * draws(1).normal(row)).exp()).collect();
    for record in &mut input.history {
        record.train_loss = 2.0 * (-(record.epoch as f64) / 6.0).exp() + 0.02;
        record.dev_loss = Some(record.train_loss * 1.2);
        record.train_error = 60_000.0 * record.train_loss.sqrt() + 8_000.0;
        record.dev_error = Some(record.train_error + 2_000.0);
    }
    let miss = Miss::Value { actual: 500_001.0, predicted: 120_000.0 };
    input.evidence = PageEvidence {
        data: "houses.csv".to_string(),
        target: "price".to_string(),
        scatter: scatter_points(&predicted, &actual),
        worst: vec![WorstRow { row: 7, file: None, miss }],
        importance: Vec::new(),
        calibration: Vec::new(),
        thresholds: None,
        classes: Vec::new(),
        ..input.evidence
    };
    input
}

fn tags_are_balanced(html: &str) {
    let void = ["meta", "link", "br", "line", "rect", "circle", "polyline", "!doctype", "hr"];
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once('<') {
        let (inner, after) = tag.split_once('>').expect("a tag that ends");
        rest = after;
        if let Some(name) = inner.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closing {name}");
            continue;
        }
        let name = inner.split([' ', '\n', '/']).next().unwrap_or_default().to_lowercase();
        if !inner.ends_with('/') && !void.contains(&name.as_str()) {
            open.push(name.clone());
        }
        if name == "style" {
            let close = rest.find("</style>").expect("a style that ends");
            rest = rest.split_at(close).1;
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn every_tag_that_opens_closes() {
    for input in [telco(), houses()] {
        tags_are_balanced(&page(&input).unwrap());
    }
}

#[test]
fn the_page_runs_nothing_and_fetches_nothing() {
    let html = page(&telco()).unwrap();
    assert!(html.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
    for forbidden in
        ["http://", "https://", "<script", "<link", "<img", "<iframe", "@import", "url(", "javascript:", " src="]
    {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}";
    let mut input = telco();
    input.evidence.target = hostile.to_string();
    input.evidence.data = hostile.to_string();
    input.evidence.network = hostile.to_string();
    input.evidence.classes = vec![hostile.to_string(), hostile.to_string()];
    input.evidence.importance[0].column = hostile.to_string();
    input.evidence.activations[0].layer = hostile.to_string();
    input.evidence.notices = vec![hostile.to_string()];
    input.result.run = hostile.to_string();
    input.result.stopped = hostile.to_string();
    input.result.gradient_check.blocks[0].name = hostile.to_string();
    input.result.prescription[0].reason = hostile.to_string();
    if let Some(diagnosis) = &mut input.result.diagnosis {
        diagnosis.findings[0].text = hostile.to_string();
        diagnosis.findings[1].text = hostile.to_string();
        diagnosis.target_error.source = SourceReport::Assumed(hostile.to_string());
    }
    for layer in input.history.iter_mut().flat_map(|record| &mut record.layers) {
        layer.name = hostile.to_string();
    }
    let html = page(&input).unwrap();
    assert!(!html.contains("<script") && !html.contains("<img"));
    assert!(html.contains("{{ 7*7 }}"), "a name was taken for a template");
    tags_are_balanced(&html);
    let mut numbers = houses();
    numbers.evidence.target = hostile.to_string();
    assert!(!page(&numbers).unwrap().contains("<script"));
}

#[test]
fn each_topic_of_the_course_has_its_place_with_the_runs_own_numbers() {
    let html = page(&telco()).unwrap();
    for topic in &crate::words::topics::TOPICS {
        let place = format!("<summary>Why: {}</summary><p class=\"here\">", topic.title);
        assert_eq!(html.matches(&place).count(), 1, "{}", topic.name);
    }
    assert!(html.contains("bias is negative because train error lies below the target"));
}

#[test]
fn what_diagnose_added_is_on_the_page() {
    let mut input = telco();
    let mut diagnosis = input.result.diagnosis.clone().unwrap();
    diagnosis.variance = Interval { value: 0.0321, low: 0.02, high: 0.05 };
    let found = serde_json::json!({
        "diagnosis": diagnosis,
        "cross_validation": { "folds": 5, "error": { "value": 0.21, "low": 0.2, "high": 0.22 }, "train_error": 0.1779,
            "per_fold": [0.21, 0.21, 0.21, 0.21, 0.21] },
        "label_noise": { "low": 0.01, "high": 0.2, "judged": 5635, "doubted": 31,
            "rows": [{ "row": 4711, "given": "No", "suggested": "Yes" }] },
        "learning_curve": {
            "points": [{ "rows": 528, "error": 0.22, "spread": 0.01 }, { "rows": 4226, "error": 0.2, "spread": 0.004 }],
            "fit": { "alpha": 0.5, "beta": -0.4, "gamma": 0.18 }, "useful": true, "note": "more rows are worth collecting",
            "forecast": [{ "times": 2, "rows": 8452, "error": { "value": 0.195, "low": 0.19, "high": 0.2 },
                "gain": { "value": 0.005, "low": 0.001, "high": 0.01 } }] }
    });
    input.diagnosed = Some(serde_json::from_value::<Diagnosed>(found).unwrap());
    let html = page(&input).unwrap();
    assert!(html.contains("4,711") && html.contains("More rows are worth collecting."));
    // Its verdict takes the place of the run's own.
    assert!(html.contains("variance over folds +3.2 points"));
    assert!(html.contains("data-key=\"diagnosis.json#/diagnosis/variance/value\""));
    tags_are_balanced(&html);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    assert_eq!(page(&telco()).unwrap(), page(&telco()).unwrap());
}

#[test]
fn a_run_without_dev_has_a_page_too() {
    let mut input = telco();
    (input.result.dev, input.result.diagnosis) = (None, None);
    input.result.prescription.clear();
    for record in &mut input.history {
        (record.dev_loss, record.dev_error) = (None, None);
    }
    let html = page(&input).unwrap();
    assert!(html.contains("no verdict"));
    tags_are_balanced(&html);
}

#[test]
fn numbers_that_are_not_finite_break_no_picture() {
    let mut input = telco();
    input.history[3].train_loss = f64::NAN;
    input.history[4].dev_loss = Some(f64::INFINITY);
    let html = page(&input).unwrap();
    for figure in html.split("<svg").skip(1) {
        let figure = figure.split("</svg>").next().unwrap_or_default();
        assert!(!figure.contains("NaN") && !figure.contains("inf"));
    }
}

#[test]
fn every_picture_says_what_it_shows() {
    let html = page(&telco()).unwrap();
    let pictures = html.matches("<svg").count();
    assert!(pictures >= 12, "{pictures}");
    assert_eq!(html.matches("role=\"img\"><title>").count(), pictures);
    assert_eq!(html.matches("</title><desc>").count(), pictures);
}

#[test]
fn the_examples_are_written_where_they_can_be_looked_at() {
    let Some(folder) = std::env::var_os("WELLFIT_PAGES") else {
        eprintln!("skipped: WELLFIT_PAGES names no folder to write the pages to");
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    std::fs::write(folder.join("binary.html"), page(&telco()).unwrap()).unwrap();
    std::fs::write(folder.join("regression.html"), page(&houses()).unwrap()).unwrap();
}
