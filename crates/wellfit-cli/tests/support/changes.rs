//! The calls with which a process changed files, as the shim wrote them down.

use std::path::Path;

/// One call that changed something. Paths start from the folder that was watched; its own is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number among the calls.
    pub number: usize,
    /// What it did.
    pub kind: Kind,
}

/// What a call did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A new, empty file.
    Create(String),
    /// A new folder.
    MakeFolder(String),
    /// Bytes from a place in a file on.
    Write { path: String, at: usize, bytes: Vec<u8> },
    /// A file cut, or grown by zeros.
    Truncate { path: String, length: usize },
    /// A file or a folder made durable.
    Sync(String),
    /// An entry moved, over one that may be there.
    Rename { from: String, to: String },
    /// An entry taken away.
    Unlink(String),
    /// Nothing that a power cut could spoil: permissions, opening what is there, removing what is not.
    Harmless(String),
}

impl Kind {
    /// The file or folder the call was about; for a rename, the new name.
    pub fn path(&self) -> &str {
        match self {
            Kind::Create(path) | Kind::MakeFolder(path) | Kind::Sync(path) | Kind::Unlink(path) => path,
            Kind::Harmless(path) | Kind::Write { path, .. } | Kind::Truncate { path, .. } => path,
            Kind::Rename { to, .. } => to,
        }
    }
}

/// The calls in `log`, in their order. `folder`: the one that was watched.
pub fn read_changes(log: &Path, folder: &Path) -> Vec<Change> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let within = |path: &str| Path::new(path).strip_prefix(folder).unwrap().display().to_string();
    // A process that is writing its last line has not ended it yet.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let &[number, name, path, detail, bytes] = &fields[..] else { panic!("the log has a line {line:?}") };
            let path = within(path);
            let kind = match name {
                "create" => Kind::Create(path),
                "mkdir" => Kind::MakeFolder(path),
                "write" => Kind::Write { path, at: detail.parse().unwrap(), bytes: unhex(bytes) },
                "ftruncate" => Kind::Truncate { path, length: detail.parse().unwrap() },
                "fsync" | "fdatasync" => Kind::Sync(path),
                "rename" => Kind::Rename { from: path, to: within(detail) },
                "unlink" => Kind::Unlink(path),
                "open" | "fchmod" | "missed" => Kind::Harmless(path),
                other => panic!("the log has a call {other:?}"),
            };
            Change { number: number.parse().unwrap(), kind }
        })
        .collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |c: u8| (c as char).to_digit(16).unwrap() as u8;
    text.as_bytes().chunks_exact(2).map(|pair| 16 * digit(pair[0]) + digit(pair[1])).collect()
}
