//! What encodings make of cells that train did not show.

use super::*;
use crate::data::{Column, ColumnType, Normalize, Values};

#[test]
fn missing_and_unseen_categories_have_their_own_signs() {
    let column = |cells: &[&str]| {
        let mut categories: Vec<String> =
            cells.iter().filter(|cell| !cell.is_empty()).map(|cell| (*cell).to_owned()).collect();
        categories.sort();
        categories.dedup();
        let code = |cell: &&str| categories.binary_search(&(*cell).to_owned()).map_or(u32::MAX, |code| code as u32);
        let codes = cells.iter().map(code).collect();
        let values = Values::Categorical { codes, categories };
        Column { name: "c".into(), kind: ColumnType::Categorical, precise: false, values }
    };
    let write = |train: &[&str], cells: &[&str]| {
        let rows: Vec<u32> = (0..train.len() as u32).collect();
        let encoding = Encoding::fit(&Sample::of(&column(train), &rows), Normalize::Auto).unwrap();
        let width = encoding.encoder().features().iter().map(|(_, width)| width).sum();
        let mut out = vec![9.0; width * cells.len()];
        let rows: Vec<u32> = (0..cells.len() as u32).collect();
        encoding.encoder().write_numbers(&column(cells), &rows, Inputs::new(&mut out, width, 0..width));
        out
    };
    assert_eq!(write(&["a", "b"], &["b", "a", "", "new"]), [1.0, -1.0, 0.0, 0.0]);
    assert_eq!(write(&["a", "b", "c"], &["c", "", "new"]), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(write(&["a", "b", "c", ""], &["", "new"]), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(write(&["a", ""], &["a", ""]), [1.0, 0.0, 0.0, 1.0]);
}
