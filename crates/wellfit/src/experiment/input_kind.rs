//! What a command was pointed at: data, or the settings of an experiment.

use std::path::{Path, PathBuf};

/// What a command was pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A table.
    Data(PathBuf),
    /// A config file: named `.toml`, or the one in a run's folder.
    Config(PathBuf),
}

/// Distinguishes data, a config and a run, by name and by what lies in the folder.
pub fn input_kind(path: &Path) -> InputKind {
    let in_run = path.join("config.toml");
    if in_run.is_file() {
        InputKind::Config(in_run)
    } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml")) {
        InputKind::Config(path.to_owned())
    } else {
        InputKind::Data(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_folder_and_a_toml_file_are_configs_and_the_rest_is_data() {
        let run = tempfile::tempdir().unwrap();
        std::fs::write(run.path().join("config.toml"), "").unwrap();
        assert_eq!(input_kind(run.path()), InputKind::Config(run.path().join("config.toml")));
        assert_eq!(input_kind(Path::new("a.toml")), InputKind::Config(PathBuf::from("a.toml")));
        assert_eq!(input_kind(Path::new("a.csv")), InputKind::Data(PathBuf::from("a.csv")));
    }
}
