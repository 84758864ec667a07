//! What the targets share: bytes as files, and what an error has to look like.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use wellfit::data::{DataRequest, load, panics_are_caught};
use wellfit::store::{Tensor, write_tensors};

/// Writes `bytes` to a file of this process that is called `name`.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("wellfit-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the file");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("room for the file");
    path
}

/// Panics unless the error is one line that names the file.
pub fn is_one_line(path: &Path, error: &impl Display) {
    let text = error.to_string();
    assert!(!text.chars().any(|c| c.is_control()), "{text:?}");
    assert!(text.contains(&*path.file_name().unwrap_or_default().to_string_lossy()), "{text:?}");
}

/// Lets panics pass that the library catches; without it, the fuzzer takes each for a crash.
pub fn allow_caught_panics() {
    let crash = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panics_are_caught() {
            crash(panic);
        }
    }));
}

/// Reads a table whose target is its last column, as the names stand in its first line.
pub fn read_table(path: &Path, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let header = text.lines().next().unwrap_or_default();
    let last = header.rsplit([',', ';', '\t', '|']).next().unwrap_or_default().trim().trim_matches('"');
    for target in ["y", last] {
        let request = DataRequest { source: path.into(), target: Some(target.to_owned()), ..DataRequest::default() };
        if let Err(error) = load(&request) {
            assert!(!error.to_string().chars().any(char::is_control), "{error}");
        }
    }
}

/// A tensor file with a checksum that is right over whatever stands in it: JSON up to the first NUL byte, then numbers,
/// given to the tensors of those names and lengths in turn. `None` where there is no JSON.
pub fn sealed(name: &str, bytes: &[u8], shapes: &[(&str, &[usize])]) -> Option<PathBuf> {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let (json, numbers) = bytes.split_at(end);
    let content: serde_json::Value = serde_json::from_slice(json).ok()?;
    let mut numbers = numbers.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    let tensors: Vec<Tensor> = shapes
        .iter()
        .map(|(name, dims)| Tensor {
            name: (*name).to_owned(),
            dims: dims.to_vec(),
            values: (0..dims.iter().product()).map(|_| numbers.next().unwrap_or(0.5)).collect(),
        })
        .collect();
    let path = file(name, &[]);
    write_tensors(&path, &content, &tensors).expect("JSON and tensors that fit");
    Some(path)
}
