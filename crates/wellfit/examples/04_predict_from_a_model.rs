//! Predicts new rows from a model file, which holds the preprocessing with the weights.
//!
//! Run it with `cargo run -p wellfit --example 04_predict_from_a_model`.

use wellfit::data::demo::demo;
use wellfit::experiment::Spec;
use wellfit::experiment::settings::Auto;
use wellfit::fitted::Fitted;
use wellfit::jobs::train;
use wellfit::runs::RunOptions;
use wellfit::train::Predictions;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let churn = demo("churn", 0).ok_or("there is no such demo")?;
    let file = folder.path().join("churn.csv");
    std::fs::write(&file, &churn.csv)?;
    let mut spec = Spec::default();
    spec.data.path = Some(file);
    spec.data.target = Some(churn.target.to_string());
    spec.training.epochs = Auto::Given(5);
    let options = RunOptions { out: Some(folder.path().join("run")), ..RunOptions::default() };
    let run = train(&spec, &options, &mut ())?.run;

    // From here on the model file is all there is: no config, no training data.
    let mut fitted = Fitted::open(&run.join("model.safetensors"), 1)?;
    println!("{} from {}", fitted.pipeline().target_name(), fitted.pipeline().columns().join(", "));

    // Columns are found by name, others are passed over; a column that is missing is an error that names it.
    let new_rows = folder.path().join("new.csv");
    let first_lines: Vec<&str> = churn.csv.lines().take(6).collect();
    std::fs::write(&new_rows, first_lines.join("\n"))?;
    let table = fitted.pipeline().read(&new_rows.into())?.table;
    if let Predictions::Probabilities { classes, values, .. } = fitted.predict(&table) {
        for (row, probabilities) in values.chunks_exact(classes).enumerate() {
            let named = fitted.pipeline().classes().iter().zip(probabilities);
            let shown: Vec<String> = named.map(|(class, p)| format!("{class} {p:.3}")).collect();
            println!("row {}: {}", row + 1, shown.join("  "));
        }
    }
    Ok(())
}
