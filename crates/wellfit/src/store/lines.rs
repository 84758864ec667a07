//! Files of lines that only grow, such as the ledger of test openings, shared by any number of processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::error::StoreError;
use super::limited::open_regular;
use super::replace::{refuse_link, sync_folder};

/// More than any ledger holds; a file beyond it is not one.
const MAX_BYTES: u64 = 64 << 20;
/// A line is written in far less.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Appends the line that `line` makes of the lines already there; returns it once it is on the disk.
///
/// The file is locked from the reading to the writing, so two processes that number their lines number them apart.
/// Line breaks in the line become spaces.
pub fn append_line_with(path: &Path, line: impl FnOnce(&[String]) -> String) -> Result<String, StoreError> {
    append(path, line).map_err(StoreError::at(path, "append to"))
}

/// The lines of the file; none if there is no file.
///
/// A last line without its end (its writer lost power) is a line like the others: an opening is never forgotten.
pub fn read_lines(path: &Path) -> Result<Vec<String>, StoreError> {
    let failed = StoreError::at(path, "read");
    match open_regular(path) {
        Ok(mut file) => {
            // What is read while a line is written lacks at most that line.
            let _ = file.try_lock_shared();
            Ok(split(&contents(&mut file).map_err(&failed)?))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(error)),
    }
}

fn append(path: &Path, line: impl FnOnce(&[String]) -> String) -> io::Result<String> {
    refuse_link(path)?;
    if path.exists() {
        open_regular(path)?;
    }
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    // Released when the file is closed, also by a process that is killed.
    lock(&file)?;
    let present = contents(&mut file)?;
    let line = line(&split(&present)).replace(['\n', '\r'], " ");
    let torn = !present.is_empty() && !present.ends_with('\n');
    let before = file.seek(SeekFrom::End(0))?;
    let bytes = format!("{}{line}\n", if torn { "\n" } else { "" });
    if let Err(error) = file.write_all(bytes.as_bytes()).and_then(|()| file.sync_all()) {
        // Half a line would be worse than none; if even this fails, the first error says why.
        let _ = file.set_len(before);
        return Err(error);
    }
    if before == 0 {
        sync_folder(path)?;
    }
    Ok(line)
}

/// Waits for other writers, who take an instant each; longer than that holds only who means something else.
fn lock(file: &File) -> io::Result<()> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if begun.elapsed() > LONGEST_WAIT => {
                let problem =
                    "another program holds a lock on it, which wellfit's own give back at once; end that program";
                return Err(io::Error::new(io::ErrorKind::TimedOut, problem));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn contents(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {MAX_BYTES} bytes")));
    }
    // A line that a power cut tore may end within a character; it must not hide the others.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn split(contents: &str) -> Vec<String> {
    contents.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        assert!(read_lines(&path).unwrap().is_empty());
        append_line_with(&path, |_| "one".to_owned()).unwrap();
        append_line_with(&path, |_| "two\nand a half".to_owned()).unwrap();
        assert_eq!(read_lines(&path).unwrap(), ["one", "two and a half"]);
    }

    #[test]
    fn a_torn_line_is_kept_apart_from_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        std::fs::write(&path, b"one\n{\"half \xc3").unwrap();
        append_line_with(&path, |_| "whole".to_owned()).unwrap();
        assert_eq!(read_lines(&path).unwrap(), ["one", "{\"half \u{fffd}", "whole"]);
    }

    #[test]
    fn writers_at_once_number_their_lines_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        // Locks belong to open files, not to processes: threads that each open the file contend as processes do.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        append_line_with(&path, |lines| format!("opening {}", lines.len() + 1)).unwrap();
                    }
                });
            }
        });
        let expected: Vec<String> = (1..=40).map(|number| format!("opening {number}")).collect();
        assert_eq!(read_lines(&path).unwrap(), expected);
    }
}
