//! Folders for runs, each made by exactly one process.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::replace::sync_folder;

/// Makes the folder `<root>/<stem>-<n>`, with n above every number in use, and `root` itself where it is missing.
///
/// Two processes that ask at once get two folders.
pub fn create_run_dir(root: &Path, stem: &str) -> Result<PathBuf, StoreError> {
    create_folder(root)?;
    let failed = StoreError::at(root, "create a run in");
    let mut number = 1 + largest_number(root, stem).map_err(&failed)?;
    loop {
        let folder = root.join(format!("{stem}-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => {
                sync_folder(&folder).map_err(&failed)?;
                return Ok(folder);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(StoreError::at(&folder, "create the folder")(error)),
        }
    }
}

/// Makes a folder and those around it, where they are missing; after a return without error they are on the disk.
pub fn create_folder(path: &Path) -> Result<(), StoreError> {
    let failed = StoreError::at(path, "create the folder");
    let missing: Vec<&Path> =
        path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    fs::create_dir_all(path).map_err(&failed)?;
    // What is written in a folder can be no safer than the folder's own entry.
    missing.iter().rev().try_for_each(|folder| sync_folder(folder)).map_err(&failed)
}

/// The name a run takes from its data: the file's name up to its first point, safe on every system.
///
/// A file called `train.csv` says nothing, so its folder's name is taken.
pub fn run_stem(data: &Path) -> String {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let own = plain(name(data).trim_start_matches('.').split('.').next().unwrap_or_default());
    let folder = plain(&data.parent().map(name).unwrap_or_default());
    let says_nothing = matches!(own.as_str(), "train" | "data" | "train-images-idx3-ubyte" | "");
    match (says_nothing && !folder.is_empty(), own.is_empty()) {
        (true, _) => folder,
        (false, true) => "run".to_owned(),
        (false, false) => own,
    }
}

/// Letters, digits, `-` and `_`; at most 60 of them.
fn plain(name: &str) -> String {
    let spelled: String =
        name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).take(60).collect();
    spelled.trim_matches('-').to_owned()
}

fn largest_number(root: &Path, stem: &str) -> io::Result<u64> {
    let mut largest = 0;
    for entry in fs::read_dir(root)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(stem)?.strip_prefix('-')?.parse().ok());
        // A folder that someone numbered near the end of u64 is not ours to count from.
        largest = largest.max(number.filter(|number| *number < u64::from(u32::MAX)).unwrap_or(0));
    }
    Ok(largest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn runs_are_numbered_past_those_that_are_there() {
        let root = tempfile::tempdir().unwrap();
        let runs = root.path().join("runs");
        assert_eq!(create_run_dir(&runs, "telco").unwrap(), runs.join("telco-1"));
        fs::create_dir(runs.join("telco-7")).unwrap();
        fs::create_dir(runs.join("telco-x")).unwrap();
        assert_eq!(create_run_dir(&runs, "telco").unwrap(), runs.join("telco-8"));
        assert_eq!(create_run_dir(&runs, "adult").unwrap(), runs.join("adult-1"));
    }

    #[test]
    fn a_folder_is_made_with_those_around_it() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/./b/../c");
        create_folder(&deep).unwrap();
        create_folder(&deep).unwrap();
        assert!(root.path().join("a/c").is_dir());
        fs::write(root.path().join("file"), "").unwrap();
        let error = create_folder(&root.path().join("file/run")).unwrap_err();
        assert!(error.to_string().contains("file/run: cannot create the folder"), "{error}");
    }

    #[test]
    fn every_process_gets_a_folder_of_its_own() {
        let root = tempfile::tempdir().unwrap();
        let made: Vec<PathBuf> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..16).map(|_| scope.spawn(|| create_run_dir(root.path(), "d").unwrap())).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 16);
    }

    #[test]
    fn a_run_is_called_after_its_data() {
        assert_eq!(run_stem(Path::new("telco.csv")), "telco");
        assert_eq!(run_stem(Path::new("data/adult.data.csv.gz")), "adult");
        assert_eq!(run_stem(Path::new("course_football/train.csv")), "course_football");
        assert_eq!(run_stem(Path::new("train.csv")), "train");
        assert_eq!(run_stem(Path::new("../my table (2).csv")), "my-table--2");
        assert_eq!(run_stem(Path::new("..")), "run");
    }
}
