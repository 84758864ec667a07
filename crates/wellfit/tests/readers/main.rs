//! Readers meet arbitrary bytes and damaged files: they never panic, and what they say is one line that names the file.

// Helpers of tests fail by panicking.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;
mod typed_tables;

use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use wellfit::data::{DataError, DataRequest, load, panics_are_caught};
use wellfit::experiment::{SpecBuilder, config_toml};
use wellfit::model::read_model;
use wellfit_kernels::random::{Purpose, Stream};

use support::count;
use support::files::{checkpoint, checkpoint_fault, csv, idx, model, parquet};

/// One way to damage a file.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Cut(Index),
    Overwrite(Index, Vec<u8>),
    /// A piece of the file, put in elsewhere so many times.
    Repeat(Index, usize, Index, usize),
    Remove(Index, usize),
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let at = any::<Index>;
    let one = prop_oneof![
        4 => (at(), 0..8u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        1 => at().prop_map(Damage::Cut),
        2 => (at(), prop::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Damage::Overwrite(at, bytes)),
        2 => (at(), 1..200usize, at(), 1..9usize).prop_map(|(from, length, to, times)| Damage::Repeat(from, length, to, times)),
        1 => (at(), 1..50usize).prop_map(|(at, length)| Damage::Remove(at, length)),
    ];
    prop::collection::vec(one, 1..5)
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match damage {
            Damage::Flip(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Damage::Cut(at) => bytes.truncate(at.index(length)),
            Damage::Overwrite(at, with) => {
                let at = at.index(length);
                bytes.iter_mut().skip(at).zip(with).for_each(|(byte, with)| *byte = *with);
            }
            Damage::Repeat(from, piece, to, times) => {
                let (from, to) = (from.index(length), to.index(length));
                let piece = bytes[from..(from + piece).min(length)].repeat(*times);
                bytes.splice(to..to, piece);
            }
            Damage::Remove(at, piece) => {
                let at = at.index(length);
                bytes.drain(at..(at + piece).min(length));
            }
        }
    }
    bytes
}

/// Tries `read` on many damaged copies of `seeds` and on arbitrary bytes; returns how many were refused.
fn try_all(seeds: &[Vec<u8>], cases: usize, read: impl Fn(Vec<u8>) -> bool) -> usize {
    let refused = std::cell::Cell::new(0);
    let config =
        Config { cases: cases as u32, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() };
    let kinds = (prop::bool::weighted(0.8), any::<Index>(), damage(), prop::collection::vec(any::<u8>(), 0..300));
    let outcome = TestRunner::new(config).run(&kinds, |(from_seed, seed, damages, noise)| {
        let bytes = if from_seed { damaged(seed.get(seeds).clone(), &damages) } else { noise };
        refused.set(refused.get() + usize::from(!read(bytes)));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    refused.get()
}

/// Panics unless the error is one line that names the file.
fn is_one_line(path: &Path, error: &dyn Display) {
    let text = error.to_string();
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(text.contains(&*path.file_name().unwrap().to_string_lossy()), "{text:?}");
}

/// Whether a table can be read.
fn reads(path: &Path, target: Option<&str>) -> bool {
    match load(&DataRequest { source: path.into(), target: target.map(str::to_owned), ..DataRequest::default() }) {
        Ok(_) => true,
        Err(DataError::Request(text)) => {
            assert!(!text.is_empty());
            false
        }
        Err(error) => {
            // The labels of images stand in a file of their own.
            let labels = path.with_file_name("x-labels-idx1-ubyte");
            is_one_line(if error.to_string().contains("labels-idx1") { &labels } else { path }, &error);
            false
        }
    }
}

fn proved(reader: &str, cases: usize, refused: usize) {
    println!("proof: {reader} on damaged files and noise: {cases} files, no panic; {refused} refused with one line");
}

#[test]
fn csv_of_any_bytes_is_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let plain = csv(40).into_bytes();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let zstd = zstd::encode_all(&plain[..], 1).unwrap();
    let cases = count(1500, 20_000);
    let refused = try_all(&[plain.clone(), plain, gzip.finish().unwrap(), zstd], cases, |bytes| {
        std::fs::write(&path, bytes).unwrap();
        reads(&path, Some("y"))
    });
    proved("CSV", cases, refused);
}

#[test]
fn idx_of_any_bytes_is_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (images, labels) = idx(20, 4);
    let path = folder.path().join("x-images-idx3-ubyte");
    let beside = folder.path().join("x-labels-idx1-ubyte");
    let cases = count(1500, 20_000);
    let refused = try_all(&[[&images[..], &labels].concat()], cases, |bytes| {
        let (images, labels) = bytes.split_at(images.len().min(bytes.len()));
        std::fs::write(&path, images).unwrap();
        std::fs::write(&beside, labels).unwrap();
        reads(&path, None)
    });
    proved("IDX", cases, refused);
}

/// Says nothing of panics that are caught.
fn quiet() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panics_are_caught() {
            usual(panic);
        }
    }));
}

/// The parts of an archive.
#[cfg(feature = "excel")]
fn unpacked(packed: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(packed)).unwrap();
    let parts = archive.len();
    let part = |index| {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        std::io::copy(&mut entry, &mut content).unwrap();
        (entry.name().unwrap().into_owned(), content)
    };
    (0..parts).map(part).collect()
}

#[cfg(feature = "excel")]
#[test]
fn workbooks_of_any_bytes_are_read_or_refused() {
    quiet();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.xlsx");
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/excel/table.xlsx");
    let whole = std::fs::read(fixture).unwrap();
    let parts = unpacked(&whole);
    let mut cases = count(500, 10_000);
    let mut refused = try_all(&[whole], cases, |bytes| {
        std::fs::write(&path, bytes).unwrap();
        reads(&path, Some("y"))
    });
    // A part that is damaged before it is packed has a checksum that is right.
    for (damaged, content) in &parts {
        let each = count(150, 3000);
        cases += each;
        refused += try_all(std::slice::from_ref(content), each, |bytes| {
            let mut out = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
            for (name, content) in &parts {
                out.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
                out.write_all(if name == damaged { &bytes } else { content }).unwrap();
            }
            out.finish().unwrap();
            reads(&path, Some("y"))
        });
    }
    proved("workbooks", cases, refused);
}

#[test]
fn parquet_of_any_bytes_is_read_or_refused() {
    quiet();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    parquet(&path, 100);
    let seed = std::fs::read(&path).unwrap();
    let cases = count(1500, 20_000);
    let refused = try_all(&[seed], cases, |bytes| {
        std::fs::write(&path, bytes).unwrap();
        reads(&path, Some("y"))
    });
    proved("Parquet", cases, refused);
}

#[test]
fn configs_of_any_bytes_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let complete = config_toml(&SpecBuilder::new().finish().unwrap()).into_bytes();
    let short = b"[network]\nhidden = [64, 32]\nkeep_prob = [0.8, 0.9]\n[data]\ntypes = { a = \"numeric\" }\n".to_vec();
    let cases = count(1000, 20_000);
    let refused = try_all(&[complete, short], cases, |bytes| {
        std::fs::write(&path, bytes).unwrap();
        let mut builder = SpecBuilder::new();
        builder.config_file(&path);
        match builder.finish() {
            Ok(_) => true,
            Err(error) => {
                error.problems.iter().for_each(|problem| is_one_line(&path, problem));
                false
            }
        }
    });
    proved("config", cases, refused);
}

#[test]
fn models_and_checkpoints_of_any_bytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let seeds = [std::fs::read(model(folder.path())).unwrap()];
    let path = folder.path().join("damaged.safetensors");
    let cases = count(1000, 20_000);
    let refused = try_all(&seeds, cases, |bytes| {
        std::fs::write(&path, &bytes).unwrap();
        match read_model(&path) {
            // Pieces of a file can be put in where they stood.
            Ok(_) => bytes == seeds[0] || panic!("a damaged model was read"),
            Err(error) => {
                is_one_line(&path, &error);
                false
            }
        }
    });
    proved("model", cases, refused);
    checkpoint(&path, PARAMETERS);
    let seeds = [std::fs::read(&path).unwrap()];
    let refused = try_all(&seeds, cases, |bytes| {
        std::fs::write(&path, &bytes).unwrap();
        match checkpoint_fault(&path, PARAMETERS) {
            None => bytes == seeds[0] || panic!("a damaged checkpoint was read"),
            Some(error) => {
                is_one_line(&path, &error);
                false
            }
        }
    });
    proved("checkpoint", cases, refused);
}

/// Parameters of the checkpoint.
const PARAMETERS: usize = 300;

#[test]
fn every_flipped_bit_and_every_cut_of_a_model_and_a_checkpoint_is_detected() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(model(folder.path())).unwrap();
    let path = folder.path().join("damaged.safetensors");
    checkpoint(&path, PARAMETERS);
    let saved = std::fs::read(&path).unwrap();
    let cases = count(600, 10_000);
    let stream = Stream::new(5, Purpose::Demo, 0);
    for case in 0..cases as u64 {
        for (file, lane) in [(&whole, 0), (&saved, 1)] {
            let at = stream.below(2 * case + lane, 8 * file.len() as u64) as usize;
            let mut bytes = file.clone();
            // Nine bits are flipped for one file that is cut.
            if case % 10 == 9 {
                bytes.truncate(at / 8)
            } else {
                bytes[at / 8] ^= 1 << (at % 8)
            }
            std::fs::write(&path, bytes).unwrap();
            let refused = if lane == 0 {
                read_model(&path).err().map(|error| error.to_string())
            } else {
                checkpoint_fault(&path, PARAMETERS)
            };
            is_one_line(&path, &refused.unwrap_or_else(|| panic!("file {lane}, bit {at}: not detected")));
        }
    }
    println!("proof: bit flips and cuts: {cases} of a model and {cases} of a checkpoint, all detected");
}
