//! Reading files of a bounded size.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::error::StoreError;

/// The bytes of a file that may hold at most `limit` of them.
///
/// The limit counts the bytes read, not the size the file claims: pipes claim none.
pub fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, StoreError> {
    let failed = StoreError::at(path, "read");
    let file = File::open(path).map_err(&failed)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(&failed)?;
    if bytes.len() as u64 > limit {
        return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {limit} bytes"))));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_limit_is_read_and_one_byte_more_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"four").unwrap();
        assert_eq!(read_limited(&path, 4).unwrap(), b"four");
        let error = read_limited(&path, 3).unwrap_err();
        assert!(error.to_string().ends_with("cannot read: larger than 3 bytes"), "{error}");
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read_limited(Path::new("nowhere.toml"), 3).unwrap_err();
        assert_eq!(error.to_string(), "nowhere.toml: cannot read: no such file or folder");
    }
}
