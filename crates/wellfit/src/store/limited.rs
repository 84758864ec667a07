//! Reading files of a bounded size, and nothing but files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::error::StoreError;

/// Opens a file to read.
///
/// Pipes and devices are refused before they are opened: a pipe without a writer would be waited for, `/dev/zero` never
/// ends, and what is read twice (data are) has to be there twice.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !found.is_file() {
        let problem = "it is a pipe or a device; save what it gives in a file, and read that";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
    }
    File::open(path)
}

/// The bytes of a file that may hold at most `limit` of them.
///
/// The limit counts the bytes read, not the size the file claims: files grow, and those of `/proc` claim none.
pub fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, StoreError> {
    let failed = StoreError::at(path, "read");
    let file = open_regular(path).map_err(&failed)?;
    let claimed = file.metadata().map_err(&failed)?.len();
    let mut bytes = Vec::new();
    if claimed <= limit {
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(&failed)?;
    }
    if claimed > limit || bytes.len() as u64 > limit {
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

    #[cfg(unix)]
    #[test]
    fn a_device_is_refused_before_it_is_opened() {
        let error = read_limited(Path::new("/dev/zero"), 3).unwrap_err();
        assert!(error.to_string().contains("a pipe or a device"), "{error}");
    }
}
