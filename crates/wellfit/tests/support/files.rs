//! Valid files to start from.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use wellfit::experiment::SpecBuilder;
use wellfit::jobs::train;
use wellfit::optim::Optimizer;
use wellfit::runs::RunOptions;
use wellfit::train::{Checkpoint, Progress as Training, latest_checkpoint, write_checkpoint};

/// A table with numbers, dates, categories, quotes and gaps; the target is `y`.
pub fn csv(rows: usize) -> String {
    let row = |i: usize| {
        let (x, day, colour) = (i * 7919 % 1000, 1 + i % 28, ["red", "\"a, \"\"b\"\"\"", "", "blue"][i % 4]);
        format!("{}.{x:03},2024-02-{day:02},{colour},{}\n", i % 17, ["yes", "no"][i % 2])
    };
    (0..rows).fold("x,day,colour,y\n".to_string(), |text, i| text + &row(i))
}

/// Images and their labels, as IDX.
pub fn idx(images: usize, side: usize) -> (Vec<u8>, Vec<u8>) {
    let header = |dims: &[usize]| {
        let mut bytes = vec![0, 0, 8, dims.len() as u8];
        dims.iter().for_each(|&dim| bytes.extend((dim as u32).to_be_bytes()));
        bytes
    };
    let pixels = (0..images * side * side).map(|i| (i * 31 % 251) as u8);
    let labels = (0..images).map(|i| (i % 3) as u8);
    let pictures = header(&[images, side, side]).into_iter().chain(pixels).collect();
    (pictures, header(&[images]).into_iter().chain(labels).collect())
}

/// A Parquet file with a column of numbers and `y`.
pub fn parquet(path: &Path, rows: usize) {
    let schema = parse_message_type("message table { optional double x; required binary y (STRING); }").unwrap();
    let mut writer = SerializedFileWriter::new(File::create(path).unwrap(), Arc::new(schema), Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let here: Vec<i16> = (0..rows).map(|i| i16::from(i % 9 > 0)).collect();
    let x: Vec<f64> = (0..rows).filter(|i| i % 9 > 0).map(|i| i as f64 * 0.37).collect();
    let y: Vec<ByteArray> = (0..rows).map(|i| ["yes", "no"][i % 2].into()).collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&x, Some(&here), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&y, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
}

/// A run of so many parameters before its first step.
fn start(parameters: usize) -> Training {
    let theta: Vec<f32> = (0..parameters).map(|i| i as f32 * 0.01).collect();
    Training::start(theta.into(), Optimizer::Adam)
}

/// The first checkpoint of a run called `run`, whose network has so many parameters.
pub fn checkpoint(path: &Path, parameters: usize) {
    let checkpoint = Checkpoint { progress: start(parameters), history: Vec::new(), isa: "portable".to_string() };
    write_checkpoint(path, "run", &checkpoint).unwrap();
}

/// What is wrong with a checkpoint that [`checkpoint`] wrote, if anything is.
pub fn checkpoint_fault(path: &Path, parameters: usize) -> Option<String> {
    latest_checkpoint(path, "run", &start(parameters)).err().map(|error| error.to_string())
}

/// The model file of a run trained on [`csv`], in `folder`.
pub fn model(folder: &Path) -> PathBuf {
    let data = folder.join("data.csv");
    std::fs::write(&data, csv(60)).unwrap();
    let mut builder = SpecBuilder::new();
    builder.data_path(&data).assignment("target=y").assignment("epochs=1");
    let options = RunOptions { out: Some(folder.join("run")), ..RunOptions::default() };
    train(&builder.finish().unwrap(), &options, &mut ()).unwrap();
    folder.join("run").join("model.safetensors")
}
