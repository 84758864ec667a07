//! Tensors with a description: safetensors files with one metadata key, sorted JSON, and a checksum over everything.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::error::StoreError;
use super::hex::hex;
use super::limited::open_regular;
use super::replace::replace;

/// The one metadata key: several would be written in random order, and the same model would not be the same bytes.
const KEY: &str = "wellfit";
/// Most bytes of a file: 2^29 parameters and their copies in a checkpoint.
const MAX_BYTES: u64 = 1 << 34;
/// Most bytes of a file's header: the pipeline of 65,536 columns takes half of it.
const MAX_HEADER_BYTES: usize = 1 << 25;
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
    #[error("{path}: {what}; the file is damaged or was not written by this version of wellfit")]
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
    let damaged = |what: String| TensorError::Damaged { path: path.display().to_string(), what };
    // By way of a value, whose keys are sorted.
    let content = serde_json::to_value(content).and_then(|content| serde_json::value::to_raw_value(&content));
    let content = content.map_err(|error| damaged(error.to_string()))?;
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
    Ok(replace(path, &file)?)
}

/// Reads what [`write_tensors`] wrote, and checks that no bit of it changed. Tensors come sorted by name.
pub fn read_tensors<C: DeserializeOwned>(path: &Path) -> Result<(C, Vec<Tensor>), TensorError> {
    let damaged = |what: String| TensorError::Damaged { path: path.display().to_string(), what };
    let bytes = read_whole(path)?;
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| damaged(error.to_string()))?;
    let text = header.metadata().as_ref().and_then(|metadata| metadata.get(KEY));
    let text = text.ok_or_else(|| damaged(format!("its metadata has no key `{KEY}`")))?;
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| damaged(error.to_string()))?;
    let mut views: Vec<_> = file.iter().collect();
    views.sort_by(|a, b| a.0.cmp(b.0));
    if let Some((name, _)) = views.iter().find(|(_, view)| view.dtype() != Dtype::F32) {
        return Err(damaged(format!("tensor {name} is not F32")));
    }
    let parts = views.iter().map(|(name, view)| (*name, view.shape(), view.data()));
    if checksum(envelope.content.get(), parts) != envelope.checksum {
        return Err(damaged("its checksum does not match".to_string()));
    }
    let content = serde_json::from_str(envelope.content.get()).map_err(|error| damaged(error.to_string()))?;
    let tensors = views.iter().map(|(name, view)| Tensor {
        name: (*name).to_string(),
        dims: view.shape().to_vec(),
        values: view.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
    });
    Ok((content, tensors.collect()))
}

/// The bytes of a file whose header has a length that can be; the rest is read only then.
fn read_whole(path: &Path) -> Result<Vec<u8>, TensorError> {
    let failed = StoreError::at(path, "read");
    let damaged = |what: String| TensorError::Damaged { path: path.display().to_string(), what };
    let mut file = open_regular(path).map_err(&failed)?;
    let length = file.metadata().map_err(&failed)?.len();
    if length > MAX_BYTES {
        return Err(damaged(format!("it is larger than {MAX_BYTES} bytes")));
    }
    let mut bytes = Vec::new();
    file.by_ref().take(LENGTH_BYTES as u64).read_to_end(&mut bytes).map_err(&failed)?;
    let header = header_bytes(&bytes).map_err(damaged)?;
    if header as u64 > length {
        return Err(damaged(format!("it ends within its header of {header} bytes")));
    }
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(&failed)?;
    Ok(bytes)
}

/// How long the header of a file that starts with `bytes` is, or why there is none.
fn header_bytes(bytes: &[u8]) -> Result<usize, String> {
    let Some(length) = bytes.first_chunk::<LENGTH_BYTES>() else { return Err("it ends within its first bytes".into()) };
    match usize::try_from(u64::from_le_bytes(*length)) {
        Ok(length) if length <= MAX_HEADER_BYTES => Ok(length),
        _ => Err(format!(
            "its header would take {} bytes; at most {MAX_HEADER_BYTES} are taken",
            u64::from_le_bytes(*length)
        )),
    }
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
