//! Tensors with a description: safetensors files with one metadata key, sorted JSON, and a checksum over everything.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorView};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::error::StoreError;
use super::hex::hex;
use super::limited::open_regular;
use super::replace::replace;
use crate::text::one_line;

/// The one metadata key: several would be written in random order, and the same model would not be the same bytes.
const KEY: &str = "wellfit";
/// Most bytes of a file: 2^29 parameters and their copies in a checkpoint.
const MAX_BYTES: u64 = 1 << 34;
/// Most bytes of a file's header: the pipeline of 65,536 columns takes a quarter of it.
const MAX_HEADER_BYTES: usize = 1 << 26;
/// Most values of a description, besides one for each 32 bytes of it: each takes memory however short it is written.
const MAX_VALUES: usize = 1 << 20;
/// Bytes that say how long the header is.
const LENGTH_BYTES: usize = 8;

/// An array of `f32` and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its name, such as `dense1.weight`.
    pub name: String,
    /// Its dimensions, row-major.
    pub dims: Vec<usize>,
    /// Its numbers.
    pub values: Vec<f32>,
}

/// A tensor file that cannot be used.
#[derive(Debug, Error)]
pub enum TensorError {
    /// The file cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes are not what wellfit writes.
    #[error("{}: {}; the file is damaged or was not written by this version of wellfit", one_line(.path), one_line(.what))]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        what: String,
    },
}

/// The description with its checksum; the text that was hashed is the text that is kept.
#[derive(Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    checksum: String,
    #[serde(borrow)]
    content: &'a RawValue,
}

/// Writes `tensors` and their description, whole or not at all. The same input gives the same bytes.
pub fn write_tensors(path: &Path, content: &impl Serialize, tensors: &[Tensor]) -> Result<(), TensorError> {
    Ok(replace(path, &tensor_file(path, content, tensors)?)?)
}

/// The bytes of a file of `tensors` and their description; `path` is what an error names.
pub fn tensor_file(path: &Path, content: &impl Serialize, tensors: &[Tensor]) -> Result<Vec<u8>, TensorError> {
    let damaged = |what: String| TensorError::Damaged { path: path.display().to_string(), what };
    // By way of a value, whose keys are sorted.
    let content = serde_json::to_value(content).and_then(|content| serde_json::value::to_raw_value(&content));
    let content = content.map_err(|error| damaged(error.to_string()))?;
    few_values(content.get()).map_err(&damaged)?;
    let bytes: Vec<Vec<u8>> = tensors.iter().map(|t| t.values.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let parts = tensors.iter().zip(&bytes).map(|(t, b)| (t.name.as_str(), &t.dims[..], &b[..]));
    let envelope = Envelope { checksum: checksum(content.get(), parts), content: &content };
    let text = serde_json::to_string(&envelope).map_err(|error| damaged(error.to_string()))?;
    let views: Result<Vec<_>, _> = tensors
        .iter()
        .zip(&bytes)
        .map(|(t, b)| Ok((t.name.as_str(), TensorView::new(Dtype::F32, t.dims.clone(), b)?)))
        .collect();
    let views = views.map_err(|error: safetensors::SafeTensorError| damaged(error.to_string()))?;
    let metadata = HashMap::from([(KEY.to_string(), text)]);
    let file = safetensors::serialize(views, Some(metadata)).map_err(|error| damaged(error.to_string()))?;
    header_bytes(&file).map_err(|what| StoreError::at(path, "write")(io::Error::other(what)))?;
    Ok(file)
}

/// Reads what [`write_tensors`] wrote, and checks that no bit of it changed. Tensors come sorted by name.
pub fn read_tensors<C: DeserializeOwned>(path: &Path) -> Result<(C, Vec<Tensor>), TensorError> {
    let damaged = |what: String| TensorError::Damaged { path: path.display().to_string(), what };
    let (header, body) = read_parts(path)?;
    let text = header.metadata().as_ref().and_then(|metadata| metadata.get(KEY));
    let text = text.ok_or_else(|| damaged(format!("its metadata has no key `{KEY}`")))?;
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    few_values(envelope.content.get()).map_err(damaged)?;
    let mut parts = Vec::new();
    for (name, info) in header.tensors() {
        let (from, to) = info.data_offsets;
        match body.get(from..to) {
            Some(data) if info.dtype == Dtype::F32 => parts.push((name, &info.shape[..], data)),
            _ => return Err(damaged(format!("tensor {name} is not F32"))),
        }
    }
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    let hashed = parts.iter().map(|(name, dims, data)| (name.as_str(), *dims, *data));
    if checksum(envelope.content.get(), hashed) != envelope.checksum {
        return Err(damaged("its checksum does not match".to_string()));
    }
    let content = serde_json::from_str(envelope.content.get()).map_err(|error| damaged(error.to_string()))?;
    let tensors = parts.into_iter().map(|(name, dims, data)| Tensor {
        name,
        dims: dims.to_vec(),
        values: data.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
    });
    Ok((content, tensors.collect()))
}

/// Header and numbers of a file. Each part is read only once what stands before it says that it can be right.
fn read_parts(path: &Path) -> Result<(Metadata, Vec<u8>), TensorError> {
    let failed = StoreError::at(path, "read");
    let damaged = |what: String| TensorError::Damaged { path: path.display().to_string(), what };
    let mut file = open_regular(path).map_err(&failed)?;
    let length = file.metadata().map_err(&failed)?.len();
    let mut start = Vec::new();
    file.by_ref().take(LENGTH_BYTES as u64).read_to_end(&mut start).map_err(&failed)?;
    let header_length = header_bytes(&start).map_err(damaged)? as u64;
    let mut header = Vec::new();
    file.by_ref().take(header_length).read_to_end(&mut header).map_err(&failed)?;
    let header: Metadata = serde_json::from_slice(&header).map_err(|error| damaged(error.to_string()))?;
    let expected = (header.data_len() as u64).saturating_add(LENGTH_BYTES as u64 + header_length);
    if expected != length || length > MAX_BYTES {
        return Err(damaged(format!(
            "it has {length} bytes, its header describes {expected}; at most {MAX_BYTES} are taken"
        )));
    }
    let mut body = Vec::new();
    file.take(length).read_to_end(&mut body).map_err(&failed)?;
    Ok((header, body))
}

/// How long the header of a file that starts with `bytes` is, or why there is none.
fn header_bytes(bytes: &[u8]) -> Result<usize, String> {
    let Some(length) = bytes.first_chunk::<LENGTH_BYTES>() else { return Err("it ends within its first bytes".into()) };
    match usize::try_from(u64::from_le_bytes(*length)) {
        Ok(length) if length <= MAX_HEADER_BYTES => Ok(length),
        _ => Err(format!("its first bytes announce a header of more than {MAX_HEADER_BYTES} bytes")),
    }
}

/// Refuses descriptions of more values than there is memory for; commas divide them.
fn few_values(content: &str) -> Result<(), String> {
    let most = MAX_VALUES + content.len() / 32;
    let values = content.bytes().filter(|&byte| byte == b',').count();
    if values > most { Err(format!("its description has {values} values; at most {most} are taken")) } else { Ok(()) }
}

/// SHA-256 over the description and every tensor's name, dimensions and bytes, in the order of names.
fn checksum<'a>(content: &str, tensors: impl Iterator<Item = (&'a str, &'a [usize], &'a [u8])>) -> String {
    let mut hash = Sha256::new();
    hash.update(content);
    let mut tensors: Vec<_> = tensors.collect();
    tensors.sort_by(|a, b| a.0.cmp(b.0));
    for (name, dims, bytes) in tensors {
        hash.update(format!("\n{name} {dims:?}\n"));
        hash.update(bytes);
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensors() -> Vec<Tensor> {
        vec![
            Tensor { name: "b".into(), dims: vec![2], values: vec![1.5, -2.0] },
            Tensor { name: "a".into(), dims: vec![1, 2], values: vec![0.1, f32::MIN_POSITIVE] },
        ]
    }

    #[test]
    fn what_is_written_is_read_and_is_the_same_bytes_again() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let content = serde_json::json!({"z": [1, 2], "a": {"d": 0.1, "c": null}});
        write_tensors(&one, &content, &tensors()).unwrap();
        write_tensors(&two, &content, &tensors()).unwrap();
        assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
        let (read, mut back): (serde_json::Value, _) = read_tensors(&one).unwrap();
        back.reverse();
        assert_eq!((read, back), (content, tensors()));
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        write_tensors(&path, &serde_json::json!({"k": 1}), &tensors()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &flipped).unwrap();
            assert!(read_tensors::<serde_json::Value>(&path).is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            std::fs::write(&path, &bytes[..length]).unwrap();
            assert!(read_tensors::<serde_json::Value>(&path).is_err(), "length {length}");
        }
    }
}
