//! Trains from an Arrow record batch in memory, and predicts the rows of another one.
//!
//! Run it with `cargo run -p wellfit --features arrow --example 08_from_arrow`.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use wellfit::data::Table;
use wellfit::experiment::Spec;
use wellfit::fit;
use wellfit::train::Predictions;

/// Points of the plane and, where `labelled`, whether each lies in a circle that holds half of them.
fn points(count: usize, turn: f64, labelled: bool) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let place = |i: usize, turn: f64| (i as f64 * turn).sin();
    let (x, y): (Vec<f64>, Vec<f64>) = (0..count).map(|i| (place(i, turn), place(i, 2.7 * turn))).unzip();
    let inside = x.iter().zip(&y).map(|(x, y)| if x * x + y * y < 1.0 { "inside" } else { "outside" });
    let inside: StringArray = inside.map(Some).collect();
    let columns: [(&str, ArrayRef); 3] =
        [("x", Arc::new(Float64Array::from(x))), ("y", Arc::new(Float64Array::from(y))), ("place", Arc::new(inside))];
    RecordBatch::try_from_iter(columns.into_iter().take(if labelled { 3 } else { 2 }))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut spec = Spec::default();
    spec.data.target = Some("place".to_string());
    let mut fitted = fit(Table::try_from(points(1_000, 1.9, true)?)?, &spec)?;

    let new_rows = fitted.pipeline().read(&Table::try_from(points(5, 1.1, false)?)?.into())?.table;
    let Predictions::Probabilities { values, .. } = fitted.predict(&new_rows) else { return Ok(()) };
    println!("{}: {:.3?}", fitted.pipeline().classes().join(", "), values.as_chunks::<2>().0);
    Ok(())
}
