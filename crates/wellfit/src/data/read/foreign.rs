//! Files that are no table of ours, known by how they begin.

/// First bytes and what they begin.
const KINDS: [(&[u8], &str); 9] = [
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", ZIP),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet, or one with a password; save the sheet as CSV"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database; export the table as CSV"),
    (b"\x89HDF", "an HDF5 file; save the table as CSV or Parquet"),
    (b"ARROW1", "an Arrow file; save the table as Parquet"),
];

/// Workbooks are known before files are looked up here.
#[cfg(feature = "excel")]
const ZIP: &str = "a zip archive without a workbook of Excel (.xlsx) in it; unpack it, or save the sheet as CSV";
#[cfg(not(feature = "excel"))]
const ZIP: &str = "a zip archive or a spreadsheet, and this program was built without Excel: save the sheet as CSV, or build with \
                   `--features excel`";

/// How texts begin that are no table, in any case, behind spaces.
const TEXTS: [(&str, &str); 7] = [
    ("<!doctype", "a web page, perhaps one that says why the file was not given; fetch the file itself"),
    ("<html", "a web page, perhaps one that says why the file was not given; fetch the file itself"),
    ("<?xml", "an XML file; save the table as CSV"),
    ("version https://git-lfs", "a pointer of Git LFS and not the file it stands for; `git lfs pull` fetches that"),
    ("@relation", "an ARFF file; save the table as CSV"),
    ("[{", "JSON; save it as JSON lines, an object a line, or as CSV"),
    ("[[", "JSON; save it as JSON lines, an object a line, or as CSV"),
];

/// What a file that starts with `start` is, if it is no text; UTF-16 is text.
pub(super) fn kind(start: &[u8]) -> Option<&'static str> {
    let known = KINDS.iter().find(|(bytes, _)| start.starts_with(bytes)).map(|(_, kind)| *kind);
    let utf16 = start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]);
    let text = String::from_utf8_lossy(start).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let of_text = || TEXTS.iter().find(|(beginning, _)| text.starts_with(beginning)).map(|(_, kind)| *kind);
    known.or_else(of_text).or((start.contains(&0) && !utf16).then_some("binary"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_named_and_text_is_not() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), Some("a PNG image"));
        assert_eq!(kind(b"\x01\x00\x02"), Some("binary"));
        assert!(kind(b"<!DOCTYPE html>\n<html>").unwrap().starts_with("a web page"));
        assert!(kind(b"version https://git-lfs.github.com/spec/v1\noid").unwrap().contains("git lfs pull"));
        assert!(kind(b"\n@RELATION iris\n").unwrap().starts_with("an ARFF file"));
        assert!(kind(b"[{\"x\": 1, \"y\": 2}]\n").unwrap().starts_with("JSON"));
        assert_eq!(kind(b"x,y\n1,2\n"), None);
        assert_eq!(kind(b"[x],{y}\n1,2\n"), None);
        assert_eq!(kind(&[0xff, 0xfe, b'a', 0]), None);
    }
}
