//! Replacing a file whole: written beside, flushed, renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::StoreError;

/// Ends the name of a file that is still being written.
const PARTIAL: &str = ".partial";

/// Replaces `path` by a file of these bytes, or leaves it as it was. A link is refused: a folder may come from a stranger.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    refuse_link(path).map_err(StoreError::at(path, "write"))?;
    replace_with(path, |file| file.write_all(bytes))
}

/// Refuses what leads somewhere else.
pub(super) fn refuse_link(path: &Path) -> io::Result<()> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let problem = "it is a link, and nothing in a run's folder is written through one; remove it";
    if is_link { Err(io::Error::new(io::ErrorKind::InvalidInput, problem)) } else { Ok(()) }
}

/// Replaces `path` by what `write` writes, or leaves it as it was.
///
/// After a return without error the file is on the disk: it and its folder are synced. On an error, or when `write`
/// panics, nothing is left behind. A link is followed; a device or pipe, which cannot be replaced, is written to.
pub fn replace_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), StoreError> {
    let failed = StoreError::at(path, "write");
    // The file a link points to is replaced, not the link.
    let named = fs::canonicalize(path);
    let target = named.as_deref().unwrap_or(path).to_owned();
    let present = fs::metadata(&target).ok();
    if present.as_ref().is_some_and(|present| present.is_dir()) {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    // A pipe that is handed over open, as after `>(`, has no name of its own; one with a name may have no reader.
    if named.is_ok() && present.as_ref().is_some_and(is_pipe) {
        let problem = "it is a pipe, which would wait for a reader without end";
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, problem)));
    }
    if present.as_ref().is_some_and(|present| !present.is_file()) {
        let device = OpenOptions::new().write(true).open(&target).map_err(&failed)?;
        return write_all(&device, write).map_err(&failed);
    }
    let partial = Partial::create(&target).map_err(&failed)?;
    write_all(&partial.file, write).map_err(&failed)?;
    if let Some(present) = present {
        partial.file.set_permissions(present.permissions()).map_err(&failed)?;
    }
    partial.file.sync_all().map_err(&failed)?;
    partial.publish(&target).map_err(&failed)
}

/// Replaces `path` by a file of these bytes, or leaves it as it was; the file that was there stays as `previous`.
///
/// At every instant at least one of the two is whole, once there has been one.
pub fn replace_keeping(path: &Path, previous: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = StoreError::at(path, "write");
    [path, previous].into_iter().try_for_each(refuse_link).map_err(&failed)?;
    let partial = Partial::create(path).map_err(&failed)?;
    write_all(&partial.file, |file| file.write_all(bytes)).map_err(&failed)?;
    partial.file.sync_all().map_err(&failed)?;
    match fs::rename(path, previous) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    partial.publish(path).map_err(&failed)
}

/// Puts `previous` back in the place of `path`, whose bytes are worth nothing.
///
/// Before anything is written there again: it would make room for itself by moving the worthless bytes over the good.
pub fn put_back(path: &Path, previous: &Path) -> Result<(), StoreError> {
    fs::rename(previous, path).and_then(|()| sync_folder(path)).map_err(StoreError::at(path, "write"))
}

/// Removes what writers that were killed left in `folder`.
///
/// Only for a folder that no other process writes to.
pub fn clear_leftovers(folder: &Path) -> Result<(), StoreError> {
    let failed = StoreError::at(folder, "tidy up");
    for entry in fs::read_dir(folder).map_err(&failed)? {
        let entry = entry.map_err(&failed)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(PARTIAL) {
            fs::remove_file(entry.path()).map_err(&failed)?;
        }
    }
    Ok(())
}

fn is_pipe(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type());
    #[cfg(not(unix))]
    return false;
}

fn write_all(file: &File, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    writer.flush()
}

/// A file being written beside the one it will replace; removed unless published.
struct Partial {
    file: File,
    path: PathBuf,
    published: bool,
}

impl Partial {
    fn create(target: &Path) -> io::Result<Partial> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = target.with_file_name(format!(".{name}.{}-{number}{PARTIAL}", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Partial { file, path, published: false }),
                // Left by a process that was killed and had our number: take the next name.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn publish(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.published = true;
        sync_folder(target)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.published {
            // The write has failed already, and its error is the one to report.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes the entry of `path` in its folder durable.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        replace(&path, b"first").unwrap();
        replace(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["model"]);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        replace(&path, b"old").unwrap();
        let error = replace_with(&path, |file| {
            file.write_all(b"half of the n")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(error.unwrap_err().to_string().ends_with("cannot write: the disk is full"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["model"]);
    }

    #[test]
    fn the_file_before_is_kept_where_that_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let (path, previous) = (folder.path().join("now"), folder.path().join("before"));
        for text in ["first", "second", "third"] {
            replace_keeping(&path, &previous, text.as_bytes()).unwrap();
        }
        assert_eq!((fs::read(&path).unwrap(), fs::read(&previous).unwrap()), (b"third".to_vec(), b"second".to_vec()));
        assert_eq!(names(folder.path()), ["before", "now"]);
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("model");
        let error = replace(&path, b"").unwrap_err();
        assert_eq!(error.path, path);
        assert!(replace(folder.path(), b"").unwrap_err().to_string().ends_with("it is a folder"));
    }

    #[test]
    fn leftovers_of_killed_writers_are_cleared() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".model.17-0.partial"), b"half").unwrap();
        fs::write(folder.path().join("notes.partial"), b"the user's own").unwrap();
        clear_leftovers(folder.path()).unwrap();
        assert_eq!(names(folder.path()), ["notes.partial"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, b"old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let error = replace(&link, b"new").unwrap_err().to_string();
        assert!(
            error.ends_with("it is a link, and nothing in a run's folder is written through one; remove it"),
            "{error}"
        );
        replace_with(&link, |file| file.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        replace(Path::new("/dev/null"), b"gone").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let error = replace(Path::new("/dev/full"), b"lost").unwrap_err();
        assert_eq!(error.to_string(), "/dev/full: cannot write: the disk is full");
    }
}
