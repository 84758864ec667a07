//! IDX files (MNIST's format): images as rows of pixels, their labels in a file beside them.
//!
//! Format: two zero bytes, a type (8 is unsigned byte), the number of dimensions, each dimension as a big-endian u32, data.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{columns_fit, open};
use crate::data::table::{Column, Table, Values};
use crate::data::{ColumnType, DataError};
use crate::text::{counted, thousands};

const UNSIGNED_BYTE: u8 = 8;

/// Name of the target of IDX files.
pub(crate) const LABEL: &str = "label";

/// Images of one file.
pub(crate) struct Images {
    path: PathBuf,
    /// One column a pixel, `pixel0`, `pixel1`, ...
    pub table: Table,
}

/// Whether a file that starts so is an IDX file of bytes.
pub(super) fn is_idx(start: &[u8]) -> bool {
    matches!(start, [0, 0, UNSIGNED_BYTE, 1..=4, ..])
}

impl Images {
    /// Reads the images; their labels are left alone.
    pub fn read(path: &Path) -> Result<Images, DataError> {
        let (dims, pixels) = read_bytes(path)?;
        let (rows, shape) = dims.split_first().map_or((0, &[][..]), |(&rows, shape)| (rows, shape));
        if shape.is_empty() {
            return Err(DataError::of(path, "these are labels; give the file of images (…-images-idx3-ubyte)"));
        }
        if pixels.is_empty() {
            return Err(DataError::of(path, "the file holds no images"));
        }
        let width = pixels.len() / rows;
        columns_fit(path, width)?;
        let columns = (0..width)
            .map(|pixel| Column {
                name: format!("pixel{pixel}"),
                kind: ColumnType::Numeric,
                precise: false,
                values: Values::Bytes(pixels.iter().skip(pixel).step_by(width).copied().collect()),
            })
            .collect();
        Ok(Images { path: path.into(), table: Table::new(rows, columns) })
    }

    /// Where the images were read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The label of every image, from the file beside it: `labels-idx1` where the images say `images-idx3`.
    pub fn labels(&self) -> Result<Vec<u8>, DataError> {
        let path = self.labels_path()?;
        let (dims, labels) = read_bytes(&path)?;
        if dims != [self.table.rows()] {
            let found = dims.iter().map(|&dim| thousands(dim)).collect::<Vec<_>>().join(" × ");
            let problem = format!("found {found} labels for {}", counted(self.table.rows(), "image"));
            return Err(DataError::of(&path, problem));
        }
        Ok(labels)
    }

    fn labels_path(&self) -> Result<PathBuf, DataError> {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let expected = name.replace("images", "labels").replace("idx3", "idx1");
        if expected == name {
            let problem = "its labels cannot be found: the name needs \"images\" where the labels' file has \"labels\"";
            return Err(DataError::of(&self.path, problem));
        }
        let plain = expected.trim_end_matches(".gz").to_owned();
        let candidates = [expected.clone(), plain.clone(), format!("{plain}.gz")];
        candidates
            .iter()
            .map(|candidate| self.path.with_file_name(candidate))
            .find(|candidate| candidate.is_file())
            .ok_or_else(|| DataError::of(&self.path, format!("its labels are missing: no {expected} beside it")))
    }
}

/// Dimensions and bytes of an IDX file; memory is taken as the content arrives, never because the header asks for it.
fn read_bytes(path: &Path) -> Result<(Vec<usize>, Vec<u8>), DataError> {
    let failed = |error: std::io::Error| DataError::io(path, error);
    let short = || DataError::of(path, "the header of the IDX file is cut short");
    let mut content = open::content(path)?;
    let mut magic = [0; 4];
    content.read_exact(&mut magic).map_err(|_| short())?;
    if !is_idx(&magic) {
        return Err(DataError::of(path, "not an IDX file of bytes (its first bytes should be 0 0 8 and 1 to 4)"));
    }
    let mut dims = Vec::new();
    let [.., count] = magic;
    for _ in 0..count {
        let mut dim = [0; 4];
        content.read_exact(&mut dim).map_err(|_| short())?;
        dims.push(u32::from_be_bytes(dim) as usize);
    }
    let expected = dims
        .iter()
        .try_fold(1u64, |size, &dim| size.checked_mul(dim as u64))
        .filter(|&size| size < 1 << 40)
        .ok_or_else(|| DataError::of(path, format!("the header asks for {dims:?} bytes, which no file holds")))?;
    let mut bytes = Vec::new();
    content.take(expected + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 != expected {
        let relation =
            if (bytes.len() as u64) < expected { "ends early: it has" } else { "is longer: it has more than" };
        let found = thousands(bytes.len().min(expected as usize));
        let problem =
            format!("the header promises {} bytes, but the file {relation} {found}", thousands(expected as usize));
        return Err(DataError::of(path, problem));
    }
    bytes.shrink_to_fit();
    Ok((dims, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dims: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, UNSIGNED_BYTE, dims.len() as u8];
        dims.iter().for_each(|dim| bytes.extend(dim.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    #[test]
    fn images_become_rows_of_pixels_and_find_their_labels() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("train-images-idx3-ubyte");
        std::fs::write(&path, file(&[2, 1, 3], &[1, 2, 3, 4, 5, 6])).unwrap();
        std::fs::write(folder.path().join("train-labels-idx1-ubyte"), file(&[2], &[7, 9])).unwrap();
        let images = Images::read(&path).unwrap();
        assert_eq!(images.table.columns()[1].values, Values::Bytes(vec![2, 5]));
        assert!(images.table.is_pixels());
        assert_eq!(images.labels().unwrap(), [7, 9]);
    }

    #[test]
    fn a_header_that_lies_about_its_size_is_refused_without_taking_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x-images-idx3-ubyte");
        for (dims, data) in [(&[1_000_000, 1000, 1000][..], 6), (&[2, 1, 3], 5), (&[2, 1, 3], 7), (&[u32::MAX; 4], 3)] {
            std::fs::write(&path, file(dims, &vec![0; data])).unwrap();
            assert!(Images::read(&path).err().unwrap().to_string().contains("header"));
        }
    }

    #[test]
    fn missing_labels_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a-images-idx3-ubyte.gz");
        std::fs::write(&path, file(&[1, 1, 1], &[0])).unwrap();
        let message = Images::read(&path).unwrap().labels().unwrap_err().to_string();
        assert!(message.contains("a-labels-idx1-ubyte.gz"), "{message}");
    }
}
