//! Opening a file whatever it is wrapped in: gzip, zstd, byte-order mark, CRLF.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use crate::data::DataError;
use crate::store::open_regular;
use crate::text::thousands;

const BUFFER: usize = 1 << 16;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Content that grew to more than this many times its compressed size counts as a decompression bomb ...
pub(super) const MAX_RATIO: u64 = 200;
/// ... from this many bytes of content on. Tables shrink 3 to 20 times.
pub(super) const BOMB_BYTES: u64 = 1 << 24;
/// Most bytes from the start of a row to its end.
pub(super) const MAX_ROW_BYTES: u64 = 1 << 21;

/// The content of a file, decompressed; gzip and zstd are known by their first bytes, not by name.
pub(super) fn content(path: &Path) -> Result<Box<dyn BufRead>, DataError> {
    let failed = |error: io::Error| DataError::io(path, error);
    let taken = Rc::new(Cell::new(0));
    let counted = Counted { file: open_regular(path).map_err(failed)?, taken: taken.clone() };
    let mut file = BufReader::with_capacity(BUFFER, counted);
    let start = file.fill_buf().map_err(failed)?;
    Ok(if start.starts_with(&GZIP) {
        let inner = flate2::bufread::MultiGzDecoder::new(file);
        Box::new(BufReader::with_capacity(BUFFER, Decompressed { inner, taken, given: 0 }))
    } else if start.starts_with(&ZSTD) {
        zstd_content(path, file, taken)?
    } else {
        Box::new(file)
    })
}

#[cfg(feature = "zstd")]
fn zstd_content(path: &Path, file: BufReader<Counted>, taken: Rc<Cell<u64>>) -> Result<Box<dyn BufRead>, DataError> {
    let inner = zstd::stream::read::Decoder::with_buffer(file).map_err(|error| DataError::io(path, error))?;
    Ok(Box::new(BufReader::with_capacity(BUFFER, Decompressed { inner, taken, given: 0 })))
}

#[cfg(not(feature = "zstd"))]
fn zstd_content(path: &Path, _: BufReader<Counted>, _: Rc<Cell<u64>>) -> Result<Box<dyn BufRead>, DataError> {
    let problem = "compressed with zstd, and this program was built without it: decompress the file, or build with `--features zstd`";
    Err(DataError::of(path, problem))
}

/// A file that counts what is taken from it.
struct Counted {
    file: File,
    taken: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(out)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}

/// A decompressor that stops where its content outgrows what is plausible.
struct Decompressed<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
    given: u64,
}

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.given += count as u64;
        if self.given > BOMB_BYTES && self.given / MAX_RATIO > self.taken.get() {
            return Err(io::Error::other(format!(
                "{} bytes came out of {}, more than {MAX_RATIO} times as many, as from a decompression bomb; if the file is \
                 right, decompress it first",
                thousands(self.given as usize),
                thousands(self.taken.get() as usize)
            )));
        }
        Ok(count)
    }
}

/// The first bytes of the content, at most 64.
pub(super) fn start(path: &Path) -> Result<Vec<u8>, DataError> {
    let mut start = Vec::with_capacity(64);
    content(path)?.take(64).read_to_end(&mut start).map_err(|error| DataError::io(path, error))?;
    Ok(start)
}

/// The content as lines that end in `\n`, the last one too, without a byte-order mark.
pub(super) fn lines(path: &Path) -> Result<Lines, DataError> {
    let mut inner = content(path)?;
    let start = inner.fill_buf().map_err(|error| DataError::io(path, error))?;
    if start.is_empty() {
        return Err(DataError::of(path, "the file is empty"));
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(DataError::line(path, 1, "the text is UTF-16 (by its byte-order mark); save it as UTF-8"));
    }
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        inner.consume(3);
    }
    Ok(Lines { inner, last: b'\n', visible: 0, ended: false, since_row: 0 })
}

/// Text whose `\r\n` and `\r` have become `\n` and whose last line ends in one.
///
/// A reader that counts `\n` then counts lines, whatever wrote the file.
pub(super) struct Lines {
    inner: Box<dyn BufRead>,
    /// The last byte of the original that was passed on.
    last: u8,
    /// The last byte that does not end a line.
    visible: u8,
    ended: bool,
    /// Bytes read since a row ended.
    since_row: u64,
}

impl Lines {
    /// Passes over so many lines.
    pub fn skip_lines(&mut self, lines: usize) -> io::Result<()> {
        let mut skipped = Vec::new();
        for _ in 0..lines {
            skipped.clear();
            self.inner.read_until(b'\n', &mut skipped)?;
        }
        Ok(())
    }

    /// Says that a row has ended.
    pub fn row_ended(&mut self) {
        self.since_row = 0;
    }

    /// Whether the text has ended and its last record holds the end of the last line: a quote was left open.
    pub fn ended_inside(&self, last: &csv::ByteRecord) -> bool {
        self.ended && self.visible != b'"' && last.iter().next_back().is_some_and(|cell| cell.ends_with(b"\n"))
    }
}

impl Read for Lines {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if self.since_row > MAX_ROW_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        loop {
            let chunk = self.inner.fill_buf()?;
            let chunk = chunk.get(..out.len()).unwrap_or(chunk);
            let Some(&last) = chunk.last() else {
                self.ended = true;
                let whole = matches!(self.last, b'\n' | b'\r');
                self.last = b'\n';
                return Ok(if whole { 0 } else { fill(out, [b'\n'].into_iter()) });
            };
            let written = if self.last != b'\r' && !chunk.contains(&b'\r') {
                fill(out, chunk.iter().copied())
            } else {
                let mut previous = self.last;
                let unified = chunk.iter().filter_map(|&byte| {
                    let second_half = byte == b'\n' && previous == b'\r';
                    previous = byte;
                    (!second_half).then_some(if byte == b'\r' { b'\n' } else { byte })
                });
                fill(out, unified)
            };
            self.last = last;
            if let Some(&visible) = chunk.iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r')) {
                self.visible = visible;
            }
            let taken = chunk.len();
            self.since_row += taken as u64;
            self.inner.consume(taken);
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

/// Writes bytes from the start of `out` on; returns how many.
fn fill(out: &mut [u8], bytes: impl Iterator<Item = u8>) -> usize {
    out.iter_mut().zip(bytes).fold(0, |count, (place, byte)| {
        *place = byte;
        count + 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unified(text: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, text).unwrap();
        let mut out = String::new();
        lines(&path).unwrap().read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn every_way_to_end_a_line_becomes_one() {
        assert_eq!(unified(b"a\r\nb\rc\nd"), "a\nb\nc\nd\n");
        assert_eq!(unified(b"a\r\n\r\nb\r"), "a\n\nb\n");
        assert_eq!(unified(b"\xef\xbb\xbfa\n"), "a\n");
    }

    #[test]
    fn compressed_content_is_known_by_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no-extension");
        std::fs::write(&path, zstd::encode_all(&b"a,b\n"[..], 1).unwrap()).unwrap();
        assert_eq!(start(&path).unwrap(), b"a,b\n");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gzip, b"c,d\n").unwrap();
        std::fs::write(&path, gzip.finish().unwrap()).unwrap();
        assert_eq!(start(&path).unwrap(), b"c,d\n");
    }

    #[test]
    fn utf_16_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, [0xff, 0xfe, b'a', 0]).unwrap();
        assert!(lines(&path).err().unwrap().to_string().contains("UTF-16"));
    }
}
