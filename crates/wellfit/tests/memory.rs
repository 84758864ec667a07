//! What readers take: at most 64 MB and four times what they read, compressed files counted as what comes out of them.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::path::Path;

use peak_alloc::PeakAlloc;
use wellfit::data::{ColumnType, DataRequest, load};
use wellfit::experiment::SpecBuilder;
use wellfit::model::read_model;
use wellfit::store::{Tensor, read_tensors, write_tensors};

use support::count;
use support::files::{checkpoint, checkpoint_fault, idx, model, parquet};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MEGABYTE: usize = 1 << 20;

/// Runs `read` and returns the bytes it took at its peak.
fn peak(read: impl FnOnce()) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    read();
    MEMORY.peak_usage().saturating_sub(before)
}

/// The readers measured, and those that took too much.
#[derive(Default)]
struct Ledger {
    lines: Vec<String>,
    too_much: Vec<String>,
}

impl Ledger {
    fn measure(&mut self, what: &str, input: usize, read: impl FnOnce()) {
        let taken = peak(read);
        let allowed = 64 * MEGABYTE + 4 * input;
        let line = format!("{what}: {} MB of {} MB", taken / MEGABYTE, input / MEGABYTE);
        if taken > allowed {
            self.too_much.push(format!("{line}, allowed {} MB", allowed / MEGABYTE));
        }
        self.lines.push(line);
    }

    /// Measures a table whose target is `y`.
    fn table(&mut self, what: &str, path: &Path, text: &str, types: Vec<(String, ColumnType)>) {
        std::fs::write(path, text).unwrap();
        let request = DataRequest { source: path.into(), target: Some("y".into()), types, ..DataRequest::default() };
        self.measure(what, text.len(), || drop(load(&request)));
    }
}

/// `header`, then rows up to `bytes`.
fn rows(header: &str, bytes: usize, row: impl Fn(usize) -> String) -> String {
    let mut text = format!("{header}\n");
    for i in 0.. {
        if text.len() >= bytes {
            break;
        }
        text += &row(i);
    }
    text
}

fn text(i: usize, letters: &[u8]) -> String {
    let mut rest = i;
    std::iter::from_fn(|| {
        (rest > 0).then(|| {
            let letter = letters[rest % letters.len()];
            rest /= letters.len();
            char::from(letter)
        })
    })
    .collect()
}

#[test]
fn no_reader_takes_more_than_64_mb_and_four_times_its_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let bytes = count(8, 48) * MEGABYTE;
    let mut ledger = Ledger::default();
    let class = |i: usize| ["a", "b"][i % 2];

    ledger.table(
        "numbers",
        &path("numbers.csv"),
        &rows("x,z,y", bytes, |i| format!("{}.25,{},a{}\n", i % 997, i % 7, i % 2)),
        vec![],
    );
    ledger.table(
        "short cells",
        &path("short.csv"),
        &rows("x,z,y", bytes, |i| format!("{},{},{}\n", i % 9, i % 3, i % 2)),
        vec![],
    );
    let letters = b"abcdefghijklmnopqrstuvwxyz";
    let categories = rows("x,y", bytes, |i| format!("{},{}\n", text(i / 2, letters), class(i / 3)));
    ledger.table("different texts", &path("texts.csv"), &categories, vec![("x".into(), ColumnType::Categorical)]);
    let wide: String = (0..20_000).map(|i| format!("c{i},")).collect();
    let wide = rows(&(wide + "y"), bytes, |i| format!("{}{}\n", format!("{},", i % 8).repeat(20_000), class(i)));
    ledger.table("20,000 columns", &path("wide.csv"), &wide, vec![]);
    let quoted = rows("x,y", bytes, |i| format!("\"{i}{}\",{}\n", "\"\"\n".repeat(2000), class(i)));
    ledger.table("long cells", &path("long.csv"), &quoted, vec![("x".into(), ColumnType::Categorical)]);
    ledger.table("separators", &path("commas.csv"), &",".repeat(bytes), vec![]);
    ledger.table("one line", &path("line.csv"), &"x".repeat(bytes), vec![]);
    drop((categories, wide, quoted));

    let plain = rows("x,z,y", bytes, |i| format!("{}.25,{},a{}\n", i * 7919 % 99_991, i % 7, i % 2));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain.as_bytes()).unwrap();
    std::fs::write(path("x.csv.gz"), gzip.finish().unwrap()).unwrap();
    let table =
        |name: &str| DataRequest { source: path(name).into(), target: Some("y".into()), ..DataRequest::default() };
    ledger.measure("gzip", plain.len(), || drop(load(&table("x.csv.gz")).unwrap()));
    drop(plain);

    let (images, labels) = idx(bytes / 784, 28);
    std::fs::write(path("x-images-idx3-ubyte"), &images).unwrap();
    std::fs::write(path("x-labels-idx1-ubyte"), &labels).unwrap();
    let request = DataRequest { source: path("x-images-idx3-ubyte").into(), ..DataRequest::default() };
    let length = images.len() + labels.len();
    drop((images, labels));
    ledger.measure("IDX", length, || drop(load(&request).unwrap()));

    parquet(&path("x.parquet"), bytes / 8);
    let length = std::fs::metadata(path("x.parquet")).unwrap().len() as usize;
    ledger.measure("Parquet", length, || drop(load(&table("x.parquet")).unwrap()));

    for (what, text) in [
        ("config of empty lists", format!("x = [{}]", "[],".repeat(174_000))),
        ("config of many keys", (0..48_000).map(|i| format!("k{i} = 1\n")).collect()),
        ("config of many sections", "[[a]]\n".repeat(87_000)),
        ("config of broken lines", "]\n".repeat(260_000)),
    ] {
        std::fs::write(path("x.toml"), &text).unwrap();
        ledger.measure(what, text.len(), || {
            let mut builder = SpecBuilder::new();
            builder.config_file(&path("x.toml"));
            drop(builder.finish());
        });
    }

    checkpoint(&path("checkpoint"), bytes / 12);
    let length = std::fs::metadata(path("checkpoint")).unwrap().len() as usize;
    ledger.measure("checkpoint", length, || assert!(checkpoint_fault(&path("checkpoint"), bytes / 12).is_none()));

    let good = model(folder.path());
    let (mut content, tensors): (serde_json::Value, Vec<Tensor>) = read_tensors(&good).unwrap();
    content["members"][0]["pipeline"]["target"]["classes"] = vec![""; 1_100_000].into();
    write_tensors(&path("model"), &content, &tensors).unwrap();
    drop((content, tensors));
    let length = std::fs::metadata(path("model")).unwrap().len() as usize;
    ledger.measure("model of many classes", length, || assert!(read_model(&path("model")).is_err()));

    println!("proof: peak memory of readers (bytes taken of bytes read): {}", ledger.lines.join(" · "));
    assert!(ledger.too_much.is_empty(), "{}", ledger.too_much.join("\n"));
}
