//! A disk in the strict reading of POSIX: what a power cut may leave of calls that were made.
//!
//! The bytes of a file are safe once the file is synced, an entry of a folder once the folder is. Until then, bytes may
//! be missing, half there or zeros, and every change of an entry may have reached the disk or not, whatever became of
//! the others. One thing is kept: a rename happens whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::changes::Kind;

/// The bytes of a file.
pub type Content = Rc<Vec<u8>>;
/// The files that a power cut leaves, by their paths.
pub type State = BTreeMap<String, Content>;

/// A file or folder, whatever its name.
#[derive(Clone, Default)]
struct Inode {
    is_folder: bool,
    durable: Vec<u8>,
    now: Vec<u8>,
}

/// A change of an entry of a folder that is not safe yet.
#[derive(Clone)]
struct Pending {
    path: String,
    /// The inode of that name from now on; `None` takes the name away.
    inode: Option<usize>,
    /// The other half of a rename: with the change before this one, which gave the new name.
    with_the_one_before: bool,
}

/// The disk under a folder that is safe itself.
#[derive(Default)]
pub struct Disk {
    inodes: Vec<Inode>,
    /// Names as programs see them.
    seen: BTreeMap<String, usize>,
    /// Names that are safe.
    durable: BTreeMap<String, usize>,
    pending: Vec<Pending>,
    /// What each name stood for.
    names: BTreeMap<String, Name>,
}

/// What a name stood for, one after the other; for nothing at times.
struct Name {
    contents: Vec<Option<Content>>,
    /// Which of them is safe.
    safe: usize,
}

impl Disk {
    /// A disk that has held these files for long.
    pub fn holding(files: &State) -> Disk {
        let mut disk = Disk::default();
        for (path, content) in files {
            for (end, _) in
                path.match_indices('/').filter(|(end, _)| !disk.seen.contains_key(&path[..*end])).collect::<Vec<_>>()
            {
                disk.apply(&Kind::MakeFolder(path[..end].to_string()));
            }
            disk.apply(&Kind::Create(path.clone()));
            disk.apply(&Kind::Write { path: path.clone(), at: 0, bytes: content.to_vec() });
            disk.apply(&Kind::Sync(path.clone()));
            disk.names.insert(path.clone(), Name { contents: vec![Some(content.clone())], safe: 0 });
        }
        disk.durable = disk.seen.clone();
        disk.pending.clear();
        disk
    }

    /// Makes a call.
    pub fn apply(&mut self, kind: &Kind) {
        match kind {
            Kind::Create(path) => self.add(path, Inode::default()),
            Kind::MakeFolder(path) => self.add(path, Inode { is_folder: true, ..Inode::default() }),
            Kind::Write { path, at, bytes } => {
                let now = &mut self.inodes[self.seen[path]].now;
                now.resize(now.len().max(at + bytes.len()), 0);
                now[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Kind::Truncate { path, length } => self.inodes[self.seen[path]].now.resize(*length, 0),
            Kind::Sync(path) => self.sync(path),
            Kind::Rename { from, to } => {
                let inode = self.seen[from];
                self.enter(to, Some(inode), false);
                self.enter(from, None, true);
            }
            Kind::Unlink(path) => self.enter(path, None, false),
            Kind::Harmless(_) => {}
        }
    }

    /// Every state that a power cut may leave now.
    pub fn states(&self) -> Vec<State> {
        assert!(self.pending.len() <= 12, "{} changes of folders wait to be synced", self.pending.len());
        let mut states = BTreeSet::new();
        for choice in 0..1_u32 << self.pending.len() {
            let made = |i: usize| choice >> i & 1 == 1;
            if (1..self.pending.len()).any(|i| self.pending[i].with_the_one_before && made(i) != made(i - 1)) {
                continue;
            }
            let mut names = self.durable.clone();
            for (_, change) in self.pending.iter().enumerate().filter(|(i, _)| made(*i)) {
                match change.inode {
                    Some(inode) => names.insert(change.path.clone(), inode),
                    None => names.remove(&change.path),
                };
            }
            self.with_contents(&names, &mut states);
        }
        states.into_iter().collect()
    }

    /// What is wrong with a state: a file that is neither what was safe nor what came after it, whole.
    ///
    /// `is_partial` names files that promise nothing.
    pub fn fault(&self, state: &State, is_partial: impl Fn(&str) -> bool) -> Option<String> {
        for (path, name) in self.names.iter().filter(|(path, _)| !is_partial(path)) {
            let found = state.get(path);
            if !name.contents[name.safe..].iter().any(|content| content.as_ref() == found) {
                let bytes = found.map_or("missing".to_string(), |bytes| format!("{} bytes", bytes.len()));
                return Some(format!("{path}: {bytes}, neither the old file nor the new one"));
            }
        }
        None
    }

    /// The bytes that are safe under this name.
    pub fn safe(&self, path: &str) -> Option<&[u8]> {
        Some(&self.inodes[*self.durable.get(path)?].durable)
    }

    fn add(&mut self, path: &str, inode: Inode) {
        self.inodes.push(inode);
        self.enter(path, Some(self.inodes.len() - 1), false);
    }

    fn enter(&mut self, path: &str, inode: Option<usize>, with_the_one_before: bool) {
        match inode {
            Some(inode) => self.seen.insert(path.to_string(), inode),
            None => self.seen.remove(path),
        };
        self.pending.push(Pending { path: path.to_string(), inode, with_the_one_before });
        if inode.is_none_or(|inode| !self.inodes[inode].is_folder) {
            let content = inode.map(|inode| Rc::new(self.inodes[inode].now.clone()));
            let unheard_of = || Name { contents: vec![None], safe: 0 };
            self.names.entry(path.to_string()).or_insert_with(unheard_of).contents.push(content);
        }
    }

    fn sync(&mut self, path: &str) {
        if let Some(inode) = self.seen.get(path).map(|inode| &mut self.inodes[*inode]).filter(|inode| !inode.is_folder)
        {
            inode.durable = inode.now.clone();
            return;
        }
        let (safe, waiting): (Vec<_>, Vec<_>) =
            self.pending.drain(..).partition(|change| folder_of(&change.path) == path);
        self.pending = waiting;
        for change in safe {
            match change.inode {
                Some(inode) => self.durable.insert(change.path.clone(), inode),
                None => self.durable.remove(&change.path),
            };
            if let Some(name) = self.names.get_mut(&change.path) {
                name.safe = name.contents.len() - 1;
            }
        }
    }

    /// Adds every state with these names: each file that is not synced in each way it may be.
    fn with_contents(&self, names: &BTreeMap<String, usize>, states: &mut BTreeSet<State>) {
        let reachable = |path: &str| {
            let folder = folder_of(path);
            folder.is_empty() || names.contains_key(folder)
        };
        let files = names.iter().filter(|(path, inode)| !self.inodes[**inode].is_folder && reachable(path));
        let mut made = vec![State::new()];
        for (path, inode) in files {
            let contents = self.inodes[*inode].after_power_cut();
            let with = |content: &Content| {
                let with = |state: &State| {
                    let mut state = state.clone();
                    state.insert(path.clone(), content.clone());
                    state
                };
                made.iter().map(with).collect::<Vec<_>>()
            };
            made = contents.iter().flat_map(with).collect();
        }
        states.extend(made);
    }
}

impl Inode {
    /// The contents that a power cut may leave: what was synced, all, half of what came after, or zeros in its place.
    fn after_power_cut(&self) -> Vec<Content> {
        let mut contents = vec![Rc::new(self.durable.clone())];
        if self.now != self.durable {
            let kept = self.durable.iter().zip(&self.now).take_while(|(a, b)| a == b).count();
            let half = self.now[..kept + (self.now.len() - kept) / 2].to_vec();
            let mut zeros = self.now.clone();
            zeros[kept..].fill(0);
            contents.extend([half, zeros, self.now.clone()].map(Rc::new));
        }
        contents
    }
}

/// The folder that holds the entry; empty for the one that is watched.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
