//! Workbooks that people have, and some that are made to harm. `scripts/workbooks.py` wrote the files.

use std::io::Write;
use std::path::PathBuf;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::data::{Column, DataRequest, Dataset, Values, load};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/excel").join(name)
}

fn request(path: &Path) -> DataRequest {
    DataRequest { source: path.into(), target: Some("y".into()), ..DataRequest::default() }
}

fn read(name: &str) -> Dataset {
    load(&request(&fixture(name))).unwrap()
}

fn column<'d>(data: &'d Dataset, name: &str) -> &'d Column {
    data.table.columns().iter().find(|column| column.name == name).unwrap()
}

fn numbers(data: &Dataset, name: &str) -> Vec<f64> {
    match &column(data, name).values {
        Values::Numbers(numbers) => (0..numbers.len()).map(|row| numbers.get(row).unwrap()).collect(),
        other => panic!("{name}: {other:?}"),
    }
}

fn notices(data: &Dataset) -> String {
    data.notices.iter().map(|notice| format!("{notice}\n")).collect()
}

#[test]
fn a_workbook_is_the_table_that_its_csv_is() {
    let expected = read("table.csv");
    for name in ["table.xlsx", "since_1904.xlsx", "elsewhere.xlsx"] {
        let data = read(name);
        assert_eq!(data.table, expected.table, "{name}");
        assert_eq!(data.target.values, expected.target.values, "{name}");
        assert_eq!(data.split, expected.split, "{name}");
    }
    assert_eq!(numbers(&expected, "day")[1], 1_704_672_000.0);
    assert_eq!(numbers(&expected, "typed").iter().filter(|number| number.is_nan()).count(), 4);
}

#[test]
fn the_first_sheet_that_holds_cells_is_read_and_the_others_are_named() {
    let said = notices(&read("elsewhere.xlsx"));
    assert!(said.contains("sheet data is read; sheets notes, old hold cells too: passed over\n"), "{said}");
    assert!(!notices(&read("table.xlsx")).contains("sheet"));
}

#[test]
fn rows_are_numbered_as_the_sheet_numbers_them() {
    let reading = Reading { separator: None, header: true, missing: Vec::new() };
    let (book, names) = Workbook::open(&fixture("elsewhere.xlsx"), &reading).unwrap().unwrap();
    assert_eq!(names[0], "number");
    for _ in 0..2 {
        let mut lines = Vec::new();
        book.each_row(&mut |line, cells| {
            assert_eq!(cells.len(), 9);
            lines.push(line);
            Ok(())
        })
        .unwrap();
        assert_eq!(lines, (5..24).chain(26..47).collect::<Vec<u64>>());
    }
}

#[test]
fn names_may_be_numbers_and_errors_are_missing() {
    let data = read("odd.xlsx");
    let missing = |name: &str| numbers(&data, name).iter().filter(|number| number.is_nan()).count();
    assert_eq!((missing("2020"), missing("2021.5"), missing("gaps")), (0, 8, 8));
    assert!(notices(&data).contains("c1 (it numbers the rows)"), "{}", notices(&data));
}

/// An archive of these parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

const PACKAGE: &str = r#"<Relationships><Relationship Id="r" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships><Relationship Id="s" Type="http://x/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const BOOK: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="one" sheetId="1" r:id="s"/></sheets></workbook>"#;

/// A workbook of one sheet with these rows, and more parts.
fn workbook(rows: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let parts: [(&str, &[u8]); 4] = [
        ("_rels/.rels", PACKAGE.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    archive(&[&parts, more].concat())
}

/// A cell with a text in it.
fn text(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// A table of x and y, from A1 on.
fn table() -> String {
    let row = |i: usize| {
        let y = text(&format!("B{i}"), ["a", "b"][i % 2]);
        format!(r#"<row r="{i}"><c r="A{i}"><v>{}</v></c>{y}</row>"#, i * i % 11)
    };
    format!("<row>{}{}</row>", text("A1", "x"), text("B1", "y")) + &(2..42).map(row).collect::<String>()
}

/// What reading these bytes says.
fn outcome(bytes: &[u8]) -> Result<Dataset, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.xlsx");
    std::fs::write(&path, bytes).unwrap();
    load(&request(&path)).map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

fn refused(bytes: &[u8], because: &str) {
    let problem = outcome(bytes).unwrap_err();
    assert!(problem.starts_with("x.xlsx:"), "{problem}");
    assert!(problem.contains(because), "{problem}");
    assert!(!problem.contains(char::is_control), "{problem}");
}

#[test]
fn a_title_above_the_table_is_found() {
    let good = outcome(&workbook(&table(), &[])).unwrap();
    assert_eq!(good.table.rows(), 40);
    let lower = |text: &str| {
        (1..42).rev().fold(text.to_owned(), |text, i| {
            text.replace(&format!("A{i}\""), &format!("A{}\"", i + 2))
                .replace(&format!("B{i}\""), &format!("B{}\"", i + 2))
                .replace(&format!("row r=\"{i}\""), &format!("row r=\"{}\"", i + 2))
        })
    };
    let wide = lower(&table()).replace("<row r=\"10\">", &format!("<row r=\"10\">{}", text("C10", "z")));
    let titled = format!("<row r=\"1\">{}</row>{}", text("A1", "Sales"), wide);
    refused(
        &workbook(&titled, &[]),
        "x.xlsx:3: the first row that holds something names 1 of 3 columns (row 1), and B3",
    );
}

#[test]
fn a_cell_far_away_takes_no_memory_and_is_named() {
    let far = format!("{}<row r=\"1048576\">{}</row>", table(), text("XFD1048576", "here"));
    refused(&workbook(&far, &[]), "x.xlsx:1048576: the first row that holds something names 2 of 16384 columns");
    let below = format!("{}<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c>{}</row>", table(), text("B1048576", "a"));
    assert_eq!(outcome(&workbook(&below, &[])).unwrap().table.rows(), 41);
    let beyond = table().replace("A7\"", "A1048577\"");
    refused(&workbook(&beyond, &[]), "sheet one, at or below row 6: a cell lies beyond the last row");
    refused(&workbook(&table().replace("7\"", "3\""), &[]), "row 3 comes once more");
    refused(&workbook(&table().replace("A7\"", "A99999999999999999999\""), &[]), "x.xlsx: cannot be read: ");
}

#[test]
fn bombs_are_refused_before_they_are_read() {
    let zeros = vec![b' '; 100 << 20];
    refused(&workbook(&table(), &[("xl/media/image1.png", &zeros)]), "as from a decompression bomb");
    // Parts that are held as a whole.
    let spaces = &zeros[..17 << 20];
    let mut state = 1u32;
    let mut next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise: Vec<u8> = (0..200_000).map(&mut next).collect();
    let padding: (&str, &[u8]) = ("xl/media/noise.png", &noise);
    refused(&workbook(&table(), &[padding, ("xl/styles.xml", spaces)]), "xl/styles.xml: more than 16,777,216 bytes");
    // Texts that are only announced, and formats with copies of a long name.
    for count in ["99999999999", "999999999999999999999999", "100"] {
        let texts = format!("<sst uniqueCount=\"{count}\"><si><t>a</t></si></sst>");
        refused(&workbook(&table(), &[("xl/sharedStrings.xml", texts.as_bytes())]), "texts; it is damaged");
    }
    let empty = format!("<sst>{}</sst>", "<si/>".repeat(1 << 20));
    refused(&workbook(&table(), &[("XL\\sharedStrings.xml", empty.as_bytes())]), "as from a decompression bomb");
    let styles = format!(
        "<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"{}\"/></numFmts><cellXfs>{}</cellXfs></styleSheet>",
        "0".repeat(1 << 20),
        "<xf numFmtId=\"200\"/>".repeat(10_000)
    );
    refused(&workbook(&table(), &[("xl/styles.xml", styles.as_bytes())]), "10,000 formats of cells");
}

#[test]
fn a_workbook_that_names_one_sheet_again_and_again_is_refused() {
    let noise: String = (0..60_000u64).map(|i| format!("<c r=\"A1\" s=\"{}\"/>", i * i % 99_991)).collect();
    let sheets: String = (0..1000).map(|i| format!(r#"<sheet name="s{i}" r:id="s"/>"#)).collect();
    let sheet = format!("<worksheet><sheetData><row>{noise}</row></sheetData></worksheet>");
    let bytes = archive(&[
        ("_rels/.rels", PACKAGE.as_bytes()),
        ("xl/workbook.xml", format!("<workbook>{sheets}</workbook>").as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ]);
    refused(&bytes, "again and again");
}

#[test]
fn damaged_files_and_other_archives_are_named() {
    let whole = workbook(&table(), &[]);
    for cut in [5, whole.len() / 2, whole.len() - 1] {
        refused(&whole[..cut], "x.xlsx: cannot be read: a zip archive, and damaged: ");
    }
    refused(&archive(&[("a.csv", b"x,y\n1,2\n")]), "a zip archive without a workbook of Excel");
    refused(&archive(&[("_rels/.rels", PACKAGE.as_bytes())]), "a zip archive without a workbook of Excel");
    let binary = PACKAGE.replace("workbook.xml", "workbook.bin");
    refused(&archive(&[("_rels/.rels", binary.as_bytes()), ("xl/workbook.bin", b"")]), "save the sheet as CSV");
    let long = format!("{PACKAGE}{}", " ".repeat(1 << 20));
    refused(&archive(&[("_rels/.rels", long.as_bytes()), ("xl/workbook.xml", b"")]), "_rels/.rels: more than");
    refused(&workbook("", &[]), "a workbook whose sheets are all empty");
    refused(&workbook("<row><c r=\"A1\"><v>1</v>", &[]), "x.xlsx: cannot be read: ");
    refused(&workbook("<row><c r=\"A1\" t=\"s\"><v>7</v></c></row>", &[]), "shared strings");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&whole).unwrap();
    refused(&gzip.finish().unwrap(), "decompress it first");
}
