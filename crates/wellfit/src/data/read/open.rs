//! Opening a file whatever it is wrapped in: gzip, zstd, byte-order mark, CRLF.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::data::DataError;

const BUFFER: usize = 1 << 16;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The content of a file, decompressed; gzip and zstd are known by their first bytes, not by name.
pub(super) fn content(path: &Path) -> Result<Box<dyn BufRead>, DataError> {
    let failed = |error: io::Error| DataError::io(path, &error);
    let mut file = BufReader::with_capacity(BUFFER, File::open(path).map_err(failed)?);
    let start = file.fill_buf().map_err(failed)?;
    Ok(if start.starts_with(&GZIP) {
        Box::new(BufReader::with_capacity(BUFFER, flate2::bufread::MultiGzDecoder::new(file)))
    } else if start.starts_with(&ZSTD) {
        let decoder = zstd::stream::read::Decoder::with_buffer(file).map_err(failed)?;
        Box::new(BufReader::with_capacity(BUFFER, decoder))
    } else {
        Box::new(file)
    })
}

/// The first bytes of the content, at most 64.
pub(super) fn start(path: &Path) -> Result<Vec<u8>, DataError> {
    let mut start = Vec::with_capacity(64);
    content(path)?.take(64).read_to_end(&mut start).map_err(|error| DataError::io(path, &error))?;
    Ok(start)
}

/// The content as lines that end in `\n`, the last one too, without a byte-order mark.
pub(super) fn lines(path: &Path) -> Result<Lines, DataError> {
    let mut inner = content(path)?;
    let start = inner.fill_buf().map_err(|error| DataError::io(path, &error))?;
    if start.is_empty() {
        return Err(DataError::file(path, "the file is empty"));
    }
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(DataError::line(path, 1, "the text is UTF-16 (by its byte-order mark); save it as UTF-8"));
    }
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        inner.consume(3);
    }
    Ok(Lines { inner, last: b'\n', visible: 0, ended: false })
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
}

impl Lines {
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
        loop {
            let chunk = self.inner.fill_buf()?;
            if chunk.is_empty() {
                self.ended = true;
                if matches!(self.last, b'\n' | b'\r') {
                    return Ok(0);
                }
                self.last = b'\n';
                out[0] = b'\n';
                return Ok(1);
            }
            let taken = chunk.len().min(out.len());
            let chunk = &chunk[..taken];
            let mut written = 0;
            if self.last != b'\r' && !chunk.contains(&b'\r') {
                out[..taken].copy_from_slice(chunk);
                written = taken;
            } else {
                let mut previous = self.last;
                for &byte in chunk {
                    if !(byte == b'\n' && previous == b'\r') {
                        out[written] = if byte == b'\r' { b'\n' } else { byte };
                        written += 1;
                    }
                    previous = byte;
                }
            }
            self.last = chunk[taken - 1];
            if let Some(&visible) = chunk.iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r')) {
                self.visible = visible;
            }
            self.inner.consume(taken);
            if written > 0 {
                return Ok(written);
            }
        }
    }
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
