//! The same table in every format, and whatever it is named.

use super::*;

#[test]
fn the_same_table_is_read_from_every_wrapping() {
    let files = Files::new(&[("x.csv", &plain())]);
    let expected = load(&files.request("x.csv")).unwrap();
    let crlf = plain().replace('\n', "\r\n");
    std::fs::write(files.path("crlf.csv"), format!("\u{feff}{crlf}")).unwrap();
    std::fs::write(files.path("tab.tsv"), plain().replace(',', "\t")).unwrap();
    std::fs::write(files.path("x.csv.zst"), zstd::encode_all(plain().as_bytes(), 1).unwrap()).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, plain().replace(',', ";").as_bytes()).unwrap();
    std::fs::write(files.path("x.csv.gz"), gzip.finish().unwrap()).unwrap();
    for name in ["crlf.csv", "tab.tsv", "x.csv.zst", "x.csv.gz"] {
        let dataset = load(&files.request(name)).unwrap();
        assert_eq!(dataset.table, expected.table, "{name}");
        assert_eq!(dataset.split, expected.split);
    }
    let bare: String = plain().lines().skip(1).map(|line| format!("{line}\n")).collect();
    std::fs::write(files.path("bare.csv"), bare).unwrap();
    let request = DataRequest { header: false, target: Some("c3".into()), ..files.request("bare.csv") };
    let dataset = load(&request).unwrap();
    assert_eq!(dataset.table.columns()[1].name, "c2");
    assert_eq!(dataset.target.values, expected.target.values);
}

#[test]
fn rows_are_known_again_whatever_columns_are_used_and_in_another_file() {
    let header = "x,r,k,y\n";
    let row = |i: usize| format!("{}.5,{}.25,{},{}\n", i, i * i, i % 5, ["a", "b"][i % 2]);
    let whole: String = (0..100).map(row).collect();
    let most: String = (5..100).rev().map(row).collect();
    let renamed = whole.replace(",a\n", ",no\n").replace(",b\n", ",yes\n");
    let files = Files::new(&[
        ("x.csv", &format!("{header}{whole}")),
        ("most.csv", &format!("{header}{most}")),
        ("renamed.csv", &format!("{header}{renamed}")),
    ]);
    let of = |request: &DataRequest, rows: std::ops::Range<u32>| {
        let name = format!("{:?}", request.source);
        load(request).unwrap().fingerprint(&rows.collect::<Vec<u32>>(), &name)
    };
    let all = of(&files.request("x.csv"), 0..100);
    let without = DataRequest { drop: vec!["k".into()], ..files.request("x.csv") };
    let retyped = DataRequest { types: vec![("k".into(), ColumnType::Categorical)], seed: 9, ..files.request("x.csv") };
    assert!(all.is_mostly(&of(&without, 0..100)) && all.is_mostly(&of(&retyped, 0..100)));
    assert!(all.is_mostly(&of(&files.request("most.csv"), 0..95)));
    assert!(all.is_mostly(&of(&files.request("renamed.csv"), 0..100)));
    let (half, other) = (of(&files.request("x.csv"), 0..50), of(&without, 50..100));
    assert!(!half.is_mostly(&other) && !half.is_mostly(&of(&files.request("renamed.csv"), 50..100)));
    // Rows that repeat are in every sample of them.
    let grid = |seed: usize| -> String {
        (0..80).map(|i| format!("{},{}\n", (i * seed) % 7 % 3, ["a", "b"][i * seed % 5 % 2])).collect()
    };
    let files = Files::new(&[("x.csv", &format!("k,y\n{}", grid(1))), ("new.csv", &format!("k,y\n{}", grid(3)))]);
    let (known, new) = (of(&files.request("x.csv"), 0..80), of(&files.request("new.csv"), 0..80));
    assert!(known.is_mostly(&known) && !known.is_mostly(&new));
}

#[test]
fn json_lines_are_a_table() {
    let row = |i: usize| {
        let gap = if i.is_multiple_of(5) { "null".to_owned() } else { format!("{i}.25") };
        let late = if i > 2 { format!(", \"late\": \"w{}\"", i % 3) } else { String::new() };
        let truth = i.is_multiple_of(3);
        format!(
            "{{\"x\": {gap}, \"id\": {}, \"is\": {truth}, \"tags\": [1, {{}}], \"y\": \"caf\\u00e9 {}\"{late}}}\n",
            9_007_199_254_740_993_u64 + (i % 4) as u64,
            i % 2
        )
    };
    let text: String = (0..40).map(row).collect::<String>().replacen("null", "NaN", 5);
    let files =
        Files::new(&[("x.jsonl", &format!("\u{feff}{text}\n")), ("bad.jsonl", &format!("{text}{{\"x\": 1, }}\n"))]);
    let data = load(&files.request("x.jsonl")).unwrap();
    let kinds: Vec<(&str, ColumnType)> =
        data.table.columns().iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("x", ColumnType::Numeric),
            ("id", ColumnType::Categorical),
            ("is", ColumnType::Boolean),
            ("late", ColumnType::Categorical)
        ]
    );
    let (x, id, late) = (&data.table.columns()[0], &data.table.columns()[1], &data.table.columns()[3]);
    assert!(x.is_missing(0) && x.number(1) == 1.25 && late.is_missing(2));
    assert_eq!((id.category(1), late.category(3)), (Some("9007199254740994"), Some("w0")));
    assert_eq!(data.target.classes, ["café 0", "café 1"]);
    assert!(data.aside.iter().any(|aside| aside.column == "tags"));
    let problem = load(&files.request("bad.jsonl")).unwrap_err().to_string();
    assert!(problem.contains("bad.jsonl:41: no object of JSON"), "{problem}");
    for (name, text) in [
        ("pretty.json", "{\n  \"x\": 1\n}\n"),
        ("nested.json", "{\"data\": [[1, 2]]}\n"),
        ("list.json", "[{\"x\": 1}]"),
    ] {
        let files = Files::new(&[(name, text)]);
        let problem = load(&files.request(name)).unwrap_err().to_string();
        assert!(problem.contains("JSON") && !problem.contains('\n'), "{problem}");
    }
}
