//! Tables that are cut off, ragged, of another kind than they seem, or lie about their size.

use std::fs::File;
#[cfg(feature = "excel")]
use std::io::Write;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::bombs::{gzip, zstd};
use crate::support::Place;
use crate::{Case, INPUT, case};

pub fn cases(place: &Place) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |what: &str, name: &str, content: Vec<u8>| {
        place.write(name, content);
        cases.push(case(what, format!("train {name} --target label --epochs 2"), INPUT));
    };
    std::fs::create_dir(place.path("folder")).unwrap();
    let plain = place.read("data.csv");
    for (kind, whole) in [("gz", gzip(&plain)), ("zst", zstd(&plain)), ("parquet", parquet_file(place))] {
        for (i, cut) in [5, whole.len() / 9, whole.len() / 2, whole.len() - 9, whole.len() - 1].into_iter().enumerate()
        {
            add(&format!("{kind} cut at byte {cut}"), &format!("cut{i}.{kind}"), whole[..cut].to_vec());
        }
    }
    text_cases(&plain, &mut add);
    #[cfg(feature = "excel")]
    workbook_cases(&mut add);
    parquet_cases(place, &mut add);
    idx_cases(place, &mut cases);
    for (what, path) in [("a device", "/dev/zero"), ("a folder", "folder"), ("nothing there", "nowhere.csv")] {
        cases.push(case(what, format!("train {path} --target label --epochs 2"), &[2, 3]));
        cases.push(case(format!("{what}, as dev"), format!("train data.csv --target label --dev {path}"), INPUT));
        cases.push(case(format!("{what}, to predict"), format!("predict run {path} --out p.csv"), INPUT));
    }
    cases.push(case("ragged rows to predict", "predict run ragged.csv --out p.csv", INPUT));
    cases.push(case("an open quote to test on", "test run --data open.csv", INPUT));
    cases.push(case("a parquet file that is none, to check", "check cut2.parquet --target label", INPUT));
    cases
}

fn text_cases(plain: &[u8], add: &mut impl FnMut(&str, &str, Vec<u8>)) {
    let text = String::from_utf8(plain.to_vec()).unwrap();
    let units = || text.encode_utf16();
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    add("UTF-16, little end first", "le.csv", [&[0xff, 0xfe][..], &little].concat());
    add("UTF-16, big end first", "be.csv", [&[0xfe, 0xff][..], &big].concat());
    add("UTF-16 without a mark", "le_bare.csv", little);
    add("UTF-16 without a mark, big end first", "be_bare.csv", big);
    add("NULs", "nul.csv", vec![0; 1 << 20]);
    add("NULs in the header", "nul_header.csv", [b"a\0b,label\n", plain].concat());
    add("Latin-1", "latin.csv", [plain, b"1,2,3,\xe9,c,yes,low,1\n"].concat());
    add("a quote never closed", "open.csv", text.replacen("city", "\"city", 9).into_bytes());
    add("a quote never closed in the header", "open_header.csv", format!("\"{text}").into_bytes());
    let long = format!("x,label\n1,\"{}", "and so on\n".repeat(2_000_000));
    add("a quote never closed in 20 MB", "open_long.csv", long.into_bytes());
    add("a row with more cells", "ragged.csv", [plain, b"1,2,3,4,5,6,7,8,9\n"].concat());
    add("a row with fewer cells", "fewer.csv", [plain, b"1,2\n"].concat());
    add("names twice", "twice.csv", text.replacen("colour", "label", 1).into_bytes());
    add("names with line breaks twice", "broken.csv", b"\"a\nb\x1b[2J\",\"a\nb\x1b[2J\",label\n1,2,yes\n".to_vec());
    add("nothing", "empty.csv", Vec::new());
    add("a byte-order mark", "mark.csv", b"\xef\xbb\xbf".to_vec());
    add("line ends", "line_ends.csv", b"\r\n\n\r".repeat(1000));
    add("separators", "separators.csv", b",,,,,,,\n".repeat(100));
    add("eight million separators", "commas.csv", b",".repeat(8_000_000));
    add("spaces", "spaces.csv", b" ".repeat(1000));
    add("a header alone", "header.csv", b"x,label\n".to_vec());
    add("no names", "numbers.csv", b"1,2\n".repeat(100));
    add("a cell of 5 MB that is no number", "cell.csv", {
        let rows: String = (0..200).map(|i| format!("{i}.5,{}\n", ["yes", "no"][i % 2])).collect();
        format!("x,label\n{rows}{},yes\n{rows}", "9x".repeat(2_500_000)).replace("label", "other").into_bytes()
    });
    add("a gzip of a gzip", "twice.csv.gz", gzip(&gzip(plain)));
    add("a zip", "archive.csv", b"PK\x03\x04 and so on".to_vec());
    add("random bytes", "random.csv", noise(1 << 20));
}

/// Bytes without meaning.
fn noise(length: usize) -> Vec<u8> {
    let mut next = crate::support::numbers(3);
    (0..length).map(|_| (256.0 * next()) as u8).collect()
}

/// A good Parquet file of 1,000 rows.
fn parquet_file(place: &Place) -> Vec<u8> {
    let schema = parse_message_type("message table { required double x; required binary label (STRING); }").unwrap();
    let file = File::create(place.path("good.parquet")).unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let x: Vec<f64> = (0..1000).map(|i| f64::from(i) * 0.37).collect();
    let label: Vec<ByteArray> = (0..1000).map(|i| ["yes", "no"][i % 2].into()).collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&x, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&label, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    place.read("good.parquet")
}

fn parquet_cases(place: &Place, add: &mut impl FnMut(&str, &str, Vec<u8>)) {
    let whole = parquet_file(place);
    // A field of 1,000 and one of 10^9, each the first number after an i64 field in Thrift's compact protocol.
    let (thousand, billion) = ([0x16, 0xd0, 0x0f], [0x16, 0x80, 0xa8, 0xd6, 0xb9, 0x07]);
    let footer = whole.len() - 8 - u32::from_le_bytes(whole[whole.len() - 8..][..4].try_into().unwrap()) as usize;
    let places: Vec<usize> = (footer..whole.len() - 8).filter(|&at| whole[at..].starts_with(&thousand)).collect();
    assert!(places.len() >= 3, "values of two columns, rows of a group, rows of the file");
    let lie = |lies: &[usize]| {
        let mut end = Vec::new();
        let mut at = footer;
        while at < whole.len() - 8 {
            if lies.contains(&at) {
                end.extend(billion);
                at += thousand.len();
            } else {
                end.push(whole[at]);
                at += 1;
            }
        }
        let length = (end.len() as u32).to_le_bytes();
        [&whole[..footer], &end, &length, b"PAR1"].concat()
    };
    add("a Parquet file that declares 10^9 values and rows", "lies.parquet", lie(&places));
    let rows = *places.iter().max_by_key(|&&at| at).unwrap();
    add("a Parquet group that declares 10^9 rows", "lies_rows.parquet", lie(&[rows]));
    add("a Parquet footer longer than its file", "footer.parquet", {
        let mut bytes = whole.clone();
        let at = bytes.len() - 8;
        bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        bytes
    });
    add("a Parquet file of noise", "noise.parquet", [b"PAR1", &noise(5000)[..], &[0xff, 0, 0, 0], b"PAR1"].concat());
}

/// A workbook whose only sheet has this content, so many times, with these texts.
#[cfg(feature = "excel")]
fn workbook(sheet: &[u8], times: usize, texts: &str) -> Vec<u8> {
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"r\" Type=\"/relationships/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml").as_bytes()),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "sheet.xml").as_bytes()),
        ("xl/workbook.xml", b"<workbook><sheets><sheet name=\"one\" r:id=\"r\"/></sheets></workbook>"),
        ("xl/sharedStrings.xml", texts.as_bytes()),
        ("xl/sheet.xml", &[]),
    ] {
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(content).unwrap();
    }
    for _ in 0..times {
        out.write_all(sheet).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[cfg(feature = "excel")]
fn workbook_cases(add: &mut impl FnMut(&str, &str, Vec<u8>)) {
    let names = "<sst><si><t>x</t></si><si><t>label</t></si></sst>";
    let rows: String = (2..202)
        .map(|i| {
            format!("<row r=\"{i}\"><c r=\"A{i}\"><v>{}</v></c><c r=\"B{i}\"><v>{}</v></c></row>", i * 37 % 101, i % 2)
        })
        .collect();
    let header = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>";
    let sheet = |rows: &str| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let good = sheet(&format!("{header}{rows}"));
    let whole = workbook(good.as_bytes(), 1, names);
    for (i, cut) in [5, whole.len() / 9, whole.len() / 2, whole.len() - 9, whole.len() - 1].into_iter().enumerate() {
        add(&format!("a workbook cut at byte {cut}"), &format!("cut{i}.xlsx"), whole[..cut].to_vec());
    }
    add("a workbook of 256 MB of spaces", "spaces.xlsx", workbook(&[b' '; 1 << 16], 1 << 12, names));
    add("a workbook that declares 10^12 texts", "texts.xlsx", {
        workbook(good.as_bytes(), 1, &names.replace("<sst>", "<sst uniqueCount=\"1000000000000\">"))
    });
    let far = format!("{header}{rows}<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>");
    add("a cell in the last row and column of a sheet", "far.xlsx", workbook(sheet(&far).as_bytes(), 1, names));
    let again = format!("{header}{rows}{rows}");
    add("rows that come twice", "again.xlsx", workbook(sheet(&again).as_bytes(), 1, names));
    add("a workbook without texts", "no_texts.xlsx", workbook(good.as_bytes(), 1, "<sst></sst>"));
    add("a sheet that does not end", "endless.xlsx", workbook(&good.as_bytes()[..good.len() - 30], 1, names));
    add("an empty workbook", "nothing.xlsx", workbook(b"<worksheet><sheetData></sheetData></worksheet>", 1, names));
}

fn idx_cases(place: &Place, cases: &mut Vec<Case>) {
    let header = |dims: &[u32]| {
        let mut bytes = vec![0, 0, 8, dims.len() as u8];
        dims.iter().for_each(|dim| bytes.extend(dim.to_be_bytes()));
        bytes
    };
    let mut add = |what: &str, dims: &[u32], pixels: usize| {
        let name = format!("{}-images-idx3-ubyte", cases.len());
        place.write(&name, [header(dims), vec![7; pixels]].concat());
        cases.push(case(format!("IDX: {what}"), format!("train {name}"), INPUT));
    };
    add("10^9 images promised", &[1_000_000_000, 28, 28], 100);
    add("2^96 pixels promised", &[u32::MAX, u32::MAX, u32::MAX], 100);
    add("no images of 2^96 pixels", &[0, u32::MAX, u32::MAX, u32::MAX], 0);
    add("one byte too few", &[20, 2, 2], 79);
    add("one byte too many", &[20, 2, 2], 81);
    add("images too large", &[1, 1000, 1000], 1_000_000);
    add("labels for images", &[20], 20);
    add("no labels beside it", &[20, 2, 2], 80);
    add("a header cut short", &[20], 0);
}
