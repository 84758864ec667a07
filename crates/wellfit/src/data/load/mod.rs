//! From a request to a data set.

mod checks;
mod images;
mod suspicious;
mod table;

use super::read::{self, File, Reading};
use super::{DataError, DataRequest, Dataset};

/// Reads the files or tables of a request.
///
/// Column types are decided over the whole main file; dev and test files are read the same way.
pub fn load(request: &DataRequest) -> Result<Dataset, DataError> {
    let reading = Reading { separator: request.separator, header: request.header, missing: request.missing.clone() };
    match read::open(&request.source, &reading)? {
        File::Table(source) => table::load(request, reading, &source),
        File::Images(images) => images::load(request, reading, images),
    }
}

/// The first `count` of `codes`: those of the main file's rows.
fn first(codes: &[u32], count: usize) -> &[u32] {
    codes.get(..count).unwrap_or(codes)
}
