//! Small files that become large: lines without end, and compressed content a thousand times its size.

use std::fs::File;
use std::io::Write;

use crate::support::Place;
use crate::{Case, INPUT, case};

/// Bytes of a piece; a bomb is the same compressed piece again and again.
const PIECE: usize = 16 << 20;
/// Pieces of 10 GB.
const PIECES: usize = 640;

/// `content`, compressed.
pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

/// `content`, compressed.
pub fn zstd(content: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(content, 3).unwrap()
}

pub fn cases(place: &Place) -> Vec<Case> {
    let mut cases = Vec::new();
    let pieces = [
        ("zeros", vec![0; PIECE]),
        ("one line", b"x".repeat(PIECE)),
        ("blank lines", b"\n".repeat(PIECE)),
        ("short rows", b"1,yes\n0,no\n".repeat(PIECE / 11)),
        ("line breaks in quotes", [b"1,\"", &b"\n".repeat(PIECE - 3)[..]].concat()),
    ];
    for (what, piece) in pieces {
        let (zipped, squeezed) = (gzip(&piece), zstd(&piece));
        drop(piece);
        let name = what.replace(' ', "_");
        let (gz, zst) = (format!("{name}.csv.gz"), format!("{name}.csv.zst"));
        place.write(&gz, [gzip(b"x,label\n"), zipped.repeat(PIECES)].concat());
        place.write(&zst, [zstd(b"x,label\n"), squeezed.repeat(PIECES)].concat());
        cases.push(case(format!("10 GB of {what} in gzip"), format!("train {gz} --target label"), INPUT));
        cases.push(case(format!("10 GB of {what} in zstd"), format!("train {zst} --target label"), INPUT));
    }
    place.write("pixels-images-idx3-ubyte", {
        let header = [0, 0, 8, 3, 0, 0x98, 0x96, 0x80, 0, 0, 0, 28, 0, 0, 0, 28];
        [gzip(&header), gzip(&vec![7; PIECE]).repeat(PIECES)].concat()
    });
    cases.push(case("10 GB of pixels in gzip", "train pixels-images-idx3-ubyte", INPUT));
    // Sparse: a gigabyte that takes no place on the disk.
    for (what, start) in [("line", "x,label\n1,"), ("cell in quotes", "x,label\n1,\"")] {
        let name = format!("gigabyte_{}.csv", what.replace(' ', "_"));
        place.write(&name, start);
        File::options().write(true).open(place.path(&name)).unwrap().set_len(1 << 30).unwrap();
        cases.push(case(format!("a {what} of 1 GB"), format!("train {name} --target label"), INPUT));
    }
    cases.push(case("a bomb to predict", "predict run short_rows.csv.gz --out p.csv", INPUT));
    cases
}
