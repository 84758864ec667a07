//! Trains on an Arrow record batch and predicts the rows of another, without a file.
//!
//! Run it with `cargo run --features arrow -p wellfit --example 08_from_arrow`.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use wellfit::data::{DataRequest, Table, load};
use wellfit::experiment::{Plan, Spec, data_request, engine, prepare_dataset, starting_member, train_silently};
use wellfit::fitted::Fitted;
use wellfit::model::Model;
use wellfit::train::Predictions;

/// Points in a square, with a colour; those inside a circle have the answer true.
fn points(count: usize, step: f64) -> Result<RecordBatch, ArrowError> {
    let place = |i: usize| ((i as f64 * step).fract(), (i as f64 * 0.755).fract());
    let x: ArrayRef = Arc::new(Float64Array::from_iter_values((0..count).map(|i| place(i).0)));
    let y: ArrayRef = Arc::new(Float64Array::from_iter_values((0..count).map(|i| place(i).1)));
    let colour: ArrayRef = Arc::new(StringArray::from_iter_values((0..count).map(|i| ["red", "blue"][i % 2])));
    let inside = (0..count).map(|i| Some((place(i).0 - 0.5).hypot(place(i).1 - 0.5) < 0.4));
    let inside: ArrayRef = Arc::new(BooleanArray::from_iter(inside));
    RecordBatch::try_from_iter([("x", x), ("y", y), ("colour", colour), ("inside", inside)])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut spec = Spec::default();
    spec.data.target = Some("inside".to_string());
    // Doubles without nulls are shared with the batch. What a column is follows from its cells, as in a file.
    let table = Table::try_from(points(1000, 0.57)?)?;
    let request = DataRequest { source: table.into(), ..data_request(&spec) };
    let data = prepare_dataset(load(&request)?, &spec)?;
    let plan = Plan::new(&spec, &data.summary())?;

    let mut engine = engine(&plan.network, &plan.recipe, plan.threads)?;
    let start = starting_member(&plan, engine.network())?;
    let parts = (&data.train, data.dev.as_ref());
    let members = vec![train_silently(&mut engine, &plan.recipe, start, &data.head, parts)?];
    let (network, metric) = (plan.network, plan.recipe.metric);
    let mut fitted = Fitted::new(Model { pipeline: data.pipeline, network, head: data.head, metric, members }, 1)?;

    let new_rows = fitted.pipeline().read(&Table::try_from(points(5, 0.31)?)?.into())?;
    if let Predictions::Probabilities { classes, values } = fitted.predict(&new_rows) {
        for (row, probabilities) in values.chunks_exact(classes).enumerate() {
            println!("row {}: {:.3} {}", row + 1, probabilities[1], fitted.pipeline().classes()[1]);
        }
    }
    Ok(())
}
