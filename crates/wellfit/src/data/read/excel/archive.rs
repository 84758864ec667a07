//! The archive that a workbook is: what it holds is looked over before it is read.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::parts::{self, Part};
use crate::data::read::open::{BOMB_BYTES, MAX_RATIO};
use crate::text::thousands;

/// Most bytes of content of a workbook.
const MAX_CONTENT: u64 = 1 << 30;
/// Most bytes of a part that is held as a whole, but for texts.
const MAX_PART: u64 = BOMB_BYTES;
/// What an element of the part of texts takes at most in memory, besides its letters.
const TEXT_BYTES: u64 = 32;

/// A file of which only so much is read: one reading of all it holds is little more than its length.
pub(super) struct Metered {
    file: BufReader<File>,
    left: Rc<Cell<u64>>,
}

/// What may still be read of a metered file.
pub(super) struct Meter {
    left: Rc<Cell<u64>>,
    length: u64,
}

impl Meter {
    /// Allows to read all of the file once more, and its directory.
    pub fn renew(&self) {
        self.left.set(self.length.saturating_mul(4).saturating_add(BOMB_BYTES / 16));
    }
}

impl Metered {
    pub fn new(file: File, length: u64) -> (Metered, Meter) {
        let left = Rc::new(Cell::new(0));
        let meter = Meter { left: left.clone(), length };
        meter.renew();
        (Metered { file: BufReader::new(file), left }, meter)
    }
}

impl Read for Metered {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::other("it names the same content again and again"));
        }
        let count = self.file.read(out)?;
        self.left.set(self.left.get().saturating_sub(count as u64));
        Ok(count)
    }
}

impl Seek for Metered {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Reads all content of an archive once, without keeping it; `false` if it is no workbook.
///
/// What headers say of sizes counts for nothing, and the library that reads the content later takes the same bytes.
pub(super) fn is_sound_workbook(archive: &mut ZipArchive<Metered>, length: u64) -> Result<bool, String> {
    let Some(names) = parts::names(archive)? else { return Ok(false) };
    let mut total = 0;
    for index in 0..archive.len() {
        let name = archive.name_for_index(index).and_then(Result::ok).unwrap_or_default().into_owned();
        let part = names.part(&name);
        let within = |problem: String| format!("{name}: {problem}");
        let opened = |error: ZipError| within(error.to_string());
        let mut entry = archive.by_index(index).map_err(opened)?;
        let size = inflated(&mut entry, part, &mut total, length).map_err(within)?;
        drop(entry);
        match part {
            Some(Part::Texts) => {
                parts::plausible_texts(archive.by_index(index).map_err(opened)?, size).map_err(within)?
            }
            Some(Part::Styles) => parts::plausible_styles(archive.by_index(index).map_err(opened)?).map_err(within)?,
            Some(Part::Small) | None => {}
        }
    }
    Ok(true)
}

/// Bytes of an entry, which are added to those of the archive.
fn inflated(entry: &mut impl Read, part: Option<Part>, total: &mut u64, length: u64) -> Result<u64, String> {
    let mut chunk = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let count = match entry.read(&mut chunk) {
            Ok(0) => return Ok(size),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.to_string()),
        };
        size += count as u64;
        *total += count as u64;
        if part == Some(Part::Texts) {
            let elements = chunk.iter().take(count).filter(|&&byte| byte == b'<').count() as u64;
            *total += TEXT_BYTES * elements;
        }
        if matches!(part, Some(Part::Small | Part::Styles)) && size > MAX_PART {
            return Err(format!("more than {} bytes", thousands(MAX_PART as usize)));
        }
        if *total > MAX_CONTENT {
            let most = thousands(MAX_CONTENT as usize);
            return Err(format!("the workbook holds more than {most} bytes; save the sheet as CSV"));
        }
        if *total > BOMB_BYTES && *total / MAX_RATIO > length {
            return Err(format!(
                "{} bytes came out of {}, more than {MAX_RATIO} times as many, as from a decompression bomb; if the file is \
                 right, save the sheet as CSV",
                thousands(*total as usize),
                thousands(length as usize)
            ));
        }
    }
}
