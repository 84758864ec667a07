//! Tables without lines, as wide as the terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use console::Term;

/// A table as wide as the terminal, or as `plain_width` where there is none.
pub fn of_width<const COLUMNS: usize>(header: [&str; COLUMNS], plain_width: u16) -> Table {
    let mut table = Table::new();
    let width = Term::stdout().size_checked().map_or(plain_width, |(_, columns)| columns);
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width).set_header(header);
    table
}

/// The table without the spaces that fill its last column.
pub fn finished(table: &Table) -> String {
    table.trim_fmt()
}
