//! Files that are replaced whole or not at all, lines that are never lost, folders that are nobody else's.

mod error;
mod folder;
mod hex;
mod limited;
mod lines;
mod replace;
mod tensors;

pub use error::StoreError;
pub use folder::{create_folder, create_run_dir, run_stem};
pub(crate) use hex::hex;
pub(crate) use limited::open_regular;
pub use limited::read_limited;
pub use lines::{append_line_with, read_lines};
pub use replace::{clear_leftovers, put_back, replace, replace_keeping, replace_with};
pub use tensors::{Tensor, TensorError, read_tensors, tensor_file, write_tensors};
