//! Files that are no table of ours, known by their first bytes.

/// First bytes and what they begin.
const KINDS: [(&[u8], &str); 9] = [
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet; save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet; save the sheet as CSV"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database; export the table as CSV"),
    (b"\x89HDF", "an HDF5 file; save the table as CSV or Parquet"),
    (b"ARROW1", "an Arrow file; save the table as Parquet"),
];

/// What a file that starts with `start` is, if it is no text; UTF-16 is text.
pub(super) fn kind(start: &[u8]) -> Option<&'static str> {
    let known = KINDS.iter().find(|(bytes, _)| start.starts_with(bytes)).map(|(_, kind)| *kind);
    let utf16 = start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]);
    known.or((start.contains(&0) && !utf16).then_some("binary"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_named_and_text_is_not() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), Some("a PNG image"));
        assert_eq!(kind(b"\x01\x00\x02"), Some("binary"));
        assert_eq!(kind(b"x,y\n1,2\n"), None);
        assert_eq!(kind(&[0xff, 0xfe, b'a', 0]), None);
    }
}
