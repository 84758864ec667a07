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
fn a_fingerprint_ignores_order_path_and_seed_and_sees_every_cell() {
    let files = Files::new(&[("x.csv", &plain()), ("moved.csv", &plain())]);
    let dataset = load(&files.request("x.csv")).unwrap();
    let moved = load(&DataRequest { seed: 9, ..files.request("moved.csv") }).unwrap();
    assert_eq!(dataset.fingerprint(&[3, 1, 2]), moved.fingerprint(&[1, 2, 3]));
    assert_ne!(dataset.fingerprint(&[1, 2]), dataset.fingerprint(&[1, 2, 3]));
    let changed = plain().replacen("1.5,v", "1.25,v", 1);
    std::fs::write(files.path("changed.csv"), changed).unwrap();
    let changed = load(&files.request("changed.csv")).unwrap();
    let all: Vec<u32> = (0..40).collect();
    assert_ne!(dataset.fingerprint(&all), changed.fingerprint(&all));
    assert_eq!(dataset.fingerprint(&all).len(), 64);
}
