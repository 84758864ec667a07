//! Real files as they were found: read, split and prepared with no work by hand.
//!
//! They stand in the folder that the variable `WELLFIT_DATA` names; without it these tests say so and pass.

use std::path::PathBuf;

use wellfit::data::{DataRequest, Dataset, Normalize, Pipeline, Targets, Task, load};
use wellfit::net::layers::EmbedSpec;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("WELLFIT_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: WELLFIT_DATA is not set");
    }
    folder
}

fn request(folder: &std::path::Path, file: &str, target: &str) -> DataRequest {
    DataRequest { source: folder.join(file).into(), target: Some(target.into()), ..DataRequest::default() }
}

/// Loads, fits and prepares; checks what holds for every data set.
fn prepared(request: &DataRequest) -> (Dataset, Pipeline) {
    let file = request.source.origin();
    let dataset = load(request).unwrap_or_else(|error| panic!("{error}"));
    let (pipeline, _) =
        Pipeline::fit(&dataset, &dataset.split.train, Normalize::Auto).unwrap_or_else(|error| panic!("{error}"));
    let split = &dataset.split;
    let parts = [split.train.as_slice(), &split.dev, &split.test];
    assert_eq!(parts.iter().map(|part| part.len()).sum::<usize>(), dataset.table.rows(), "{file}");
    for part in parts {
        let examples = pipeline.examples(&dataset, part);
        assert_eq!(examples.source.numbers().len(), part.len() * pipeline.features().numbers());
        assert!(examples.source.numbers().iter().all(|number| number.is_finite() && number.abs() <= 1e6), "{file}");
        match examples.targets {
            Targets::Classes(classes) => {
                assert!(classes.iter().all(|&class| (class as usize) < pipeline.classes().len()))
            }
            Targets::Values(values) => assert!(values.iter().all(|value| value.is_finite())),
            Targets::Absent => panic!("{file}: no targets"),
        }
    }
    (dataset, pipeline)
}

fn has_notice(dataset: &Dataset, words: &str) -> bool {
    dataset.notices.iter().any(|notice| notice.to_string().contains(words))
}

fn aside(dataset: &Dataset) -> Vec<&str> {
    dataset.aside.iter().map(|aside| aside.column.as_str()).collect()
}

/// File, target, task, rows, columns used, inputs, columns set aside.
type Case = (&'static str, &'static str, Task, usize, usize, usize, &'static [&'static str]);

#[test]
fn every_table_is_read_with_the_task_and_width_a_person_would_choose() {
    let Some(folder) = folder() else { return };
    let cases: [Case; 17] = [
        ("telco_churn/Telco-Customer-Churn.csv", "Churn", Task::Binary, 7043, 19, 41, &["customerID"]),
        ("titanic/train.csv", "Survived", Task::Binary, 891, 7, 11, &["PassengerId", "Name", "Ticket", "Cabin"]),
        ("titanic_leaky/titanic.csv", "survived", Task::Binary, 891, 14, 32, &[]),
        ("pima_diabetes/pima-indians-diabetes.csv", "outcome", Task::Binary, 768, 8, 8, &[]),
        ("sonar/sonar.csv", "label", Task::Binary, 208, 60, 60, &[]),
        ("breast_cancer_original/breast-cancer-wisconsin.csv", "class", Task::Binary, 699, 9, 10, &["id"]),
        ("breast_cancer_diagnostic/wdbc.csv", "diagnosis", Task::Binary, 569, 30, 30, &[]),
        ("mammography/mammography.csv", "class", Task::Binary, 11183, 6, 6, &[]),
        ("higgs_small/train.csv", "label", Task::Binary, 5000, 28, 28, &[]),
        ("california_housing/housing.csv", "median_house_value", Task::Regression, 20640, 9, 14, &[]),
        ("bike_sharing/hour.csv", "cnt", Task::Regression, 17379, 15, 19, &["instant"]),
        ("diamonds/diamonds.csv", "price", Task::Regression, 53940, 9, 26, &[]),
        ("abalone/abalone.csv", "rings", Task::Regression, 4177, 8, 10, &[]),
        ("wine_quality/winequality-red.csv", "quality", Task::Regression, 1599, 11, 11, &[]),
        ("wine_quality/winequality-white.csv", "quality", Task::Regression, 4898, 11, 11, &[]),
        ("course_circles/train.csv", "label", Task::Binary, 300, 2, 2, &[]),
        ("course_moons/train.csv", "label", Task::Binary, 300, 2, 2, &[]),
    ];
    for (file, target, task, rows, columns, inputs, set_aside) in cases {
        let (dataset, pipeline) = prepared(&request(&folder, file, target));
        assert_eq!(dataset.target.task, task, "{file}");
        assert_eq!((dataset.table.rows(), dataset.table.columns().len()), (rows, columns), "{file}");
        assert_eq!(width(&pipeline), inputs, "{file}");
        assert_eq!(aside(&dataset), set_aside, "{file}");
    }
}

#[test]
fn adult_reads_its_test_file_whose_labels_end_in_a_full_stop() {
    let Some(folder) = folder() else { return };
    let mut request = request(&folder, "adult/adult-train.csv.gz", "income");
    request.test = Some(folder.join("adult/adult-test.csv.gz").into());
    let (dataset, pipeline) = prepared(&request);
    assert_eq!(dataset.target.classes, ["<=50K", ">50K"]);
    assert_eq!(dataset.split.test.len(), 16_281);
    assert_eq!(dataset.target.class_counts(&dataset.split.test), [12_435, 3_846]);
    assert!(has_notice(&dataset, "labels of adult-test.csv.gz end in a full stop"));
    // native-country has 41 values and becomes an embedding.
    assert_eq!(pipeline.features().codes(), 1);
    let target = pipeline.read_labelled(&folder.join("adult/adult-test.csv.gz").into()).unwrap().target;
    assert_eq!(target.len(), 16_281);
}

#[test]
fn telco_says_what_the_blanks_are() {
    let Some(folder) = folder() else { return };
    let (dataset, _) = prepared(&request(&folder, "telco_churn/Telco-Customer-Churn.csv", "Churn"));
    assert!(has_notice(&dataset, "11 blank cells in TotalCharges treated as missing"), "{:?}", dataset.notices);
    assert_eq!(dataset.target.classes, ["No", "Yes"]);
}

#[test]
fn mammography_loses_its_quotes() {
    let Some(folder) = folder() else { return };
    let (dataset, _) = prepared(&request(&folder, "mammography/mammography.csv", "class"));
    assert_eq!(dataset.target.classes, ["-1", "1"]);
    let parts = [dataset.split.train.as_slice(), &dataset.split.dev, &dataset.split.test];
    assert!(parts.iter().all(|part| dataset.target.class_counts(part)[1] >= 50));
}

#[test]
fn horse_colic_serves_two_targets() {
    let Some(folder) = folder() else { return };
    let file = "horse_colic/horse-colic.csv";
    let (dataset, _) = prepared(&request(&folder, file, "surgical_lesion"));
    assert_eq!(dataset.target.classes, ["2", "1"]);
    assert_eq!(aside(&dataset), ["hospital_number"]);
    let (dataset, _) = prepared(&request(&folder, file, "outcome"));
    assert_eq!((dataset.target.task, dataset.table.rows()), (Task::Multiclass, 299));
    assert!(has_notice(&dataset, "1 row of horse-colic.csv left out: outcome is missing (first: line 134)"));
}

#[test]
fn auto_imports_reads_numbers_among_question_marks() {
    let Some(folder) = folder() else { return };
    let (dataset, _) = prepared(&request(&folder, "auto_imports/auto_imports.csv", "price"));
    assert_eq!(dataset.target.task, Task::Regression);
    assert!(has_notice(&dataset, "normalized-losses 37"), "{:?}", dataset.notices);
    for name in ["normalized-losses", "bore", "stroke", "horsepower", "peak-rpm"] {
        assert_eq!(dataset.table.column(name).unwrap().kind.to_string(), "numeric", "{name}");
    }
}

#[test]
fn bike_sharing_is_split_by_time() {
    let Some(folder) = folder() else { return };
    let mut request = request(&folder, "bike_sharing/hour.csv", "cnt");
    request.time = Some("dteday".into());
    request.drop = vec!["casual".into(), "registered".into()];
    let (dataset, _) = prepared(&request);
    // The file is ordered by time already.
    let split = &dataset.split;
    assert!(split.train.as_slice().last() < split.dev.first() && split.dev.last() < split.test.first());
    let hour = dataset.table.column("hr").unwrap();
    // No day is cut in two.
    assert!(hour.number(split.dev[0]) < hour.number(split.dev[0] - 1));
    assert_eq!(aside(&dataset), ["instant", "dteday"]);
}

#[test]
fn wine_grades_as_classes_have_their_rare_ones_in_every_part() {
    let Some(folder) = folder() else { return };
    let mut request = request(&folder, "wine_quality/winequality-white.csv", "quality");
    request.task = Some(Task::Multiclass);
    let (dataset, _) = prepared(&request);
    let split = &dataset.split;
    for part in [split.train.as_slice(), &split.dev, &split.test] {
        assert!(dataset.target.class_counts(part).iter().all(|&count| count > 0));
    }
    // Grade 9 has 5 rows.
    assert_eq!(dataset.target.class_counts(split.train.as_slice())[6], 3);
}

#[test]
fn mnist_finds_its_labels_and_leaves_the_test_images_alone() {
    let Some(folder) = folder() else { return };
    let mut request = request(&folder, "mnist/t10k-images-idx3-ubyte.gz", "label");
    request.target = None;
    let dataset = load(&request).unwrap();
    assert_eq!((dataset.table.rows(), dataset.table.columns().len()), (10_000, 784));
    assert_eq!(dataset.target.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let (pipeline, _) = Pipeline::fit(&dataset, &dataset.split.train, Normalize::Auto).unwrap();
    let examples = pipeline.examples(&dataset, &dataset.split.dev);
    // One mean and deviation for all pixels: a white pixel is a little under 3 deviations bright.
    assert!(examples.source.numbers().iter().all(|pixel| pixel.abs() < 3.0));
    assert!((600..784).contains(&width(&pipeline)));
}

#[test]
fn course_files_stay_raw_when_normalisation_is_off() {
    let Some(folder) = folder() else { return };
    let mut request = request(&folder, "course_football/train.csv", "label");
    request.test = Some(folder.join("course_football/test.csv").into());
    request.split = "100/0/0".parse().unwrap();
    let dataset = load(&request).unwrap();
    let (pipeline, _) = Pipeline::fit(&dataset, &dataset.split.train, Normalize::Off).unwrap();
    let split = &dataset.split;
    assert_eq!((split.train.as_slice().len(), split.dev.len(), split.test.len()), (211, 0, 200));
    let examples = pipeline.examples(&dataset, split.train.as_slice());
    assert_eq!(&examples.source.numbers()[..2], &[-0.158986, 0.423977]);
}

/// Numbers in a row behind the embeddings.
fn width(pipeline: &Pipeline) -> usize {
    let features = pipeline.features();
    EmbedSpec::by_rule(&features).width(&features)
}
