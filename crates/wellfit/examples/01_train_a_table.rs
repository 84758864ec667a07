//! Trains on a table, from file to verdict: what `wellfit train` does, from a program.
//!
//! Run it with `cargo run -p wellfit --example 01_train_a_table`.

use wellfit::data::demo::demo;
use wellfit::experiment::Spec;
use wellfit::experiment::settings::Auto;
use wellfit::jobs::train;
use wellfit::runs::{Event, RunOptions, Watcher};

/// Prints what it is told. A watcher of yours may log it or draw it; it cannot change what is computed.
struct Printer;

impl Watcher for Printer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Data(data) => println!("{} rows, {} columns, target {}", data.rows, data.columns, data.target),
            Event::GradientCheck(check) => println!("gradients agree to {:.1e}", check.relative_error),
            Event::Epoch(epoch) => println!("epoch {:>2}  loss {:.3}", epoch.epoch, epoch.loss),
            _ => {}
        }
    }

    // True would save a checkpoint and end the run; `RunOptions::resume` goes on from there.
    fn stop_requested(&self) -> bool {
        false
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let moons = demo("moons", 0).ok_or("there is no such demo")?;
    let file = folder.path().join("moons.csv");
    std::fs::write(&file, &moons.csv)?;

    // What is not set stays `auto`: rows, columns and task decide it, and config.toml keeps what was chosen.
    let mut spec = Spec::default();
    spec.data.path = Some(file);
    spec.data.target = Some(moons.target.to_string());
    spec.training.epochs = Auto::Given(30);
    // Here the best possible error is known; of your own data it may be what people reach. Without one, a range that the
    // data suggest takes its place.
    spec.training.target_error = Some(moons.irreducible);

    let options = RunOptions { root: Some(folder.path().join("runs")), ..RunOptions::default() };
    let report = train(&spec, &options, &mut Printer)?;
    if let Some(result) = report.result {
        println!("\n{}", result.diagnosis.map_or_else(String::new, |diagnosis| diagnosis.headline().to_string()));
    }
    Ok(())
}
