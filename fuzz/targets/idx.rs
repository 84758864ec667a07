//! IDX images and their labels: the first byte says how many of the others are the labels' file.

#![no_main]

use wellfit::data::{DataRequest, load};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&share, bytes)) = bytes.split_first() else { return };
    let (labels, images) = bytes.split_at(usize::from(share).min(bytes.len()));
    wellfit_fuzz::file("x-labels-idx1-ubyte", labels);
    let path = wellfit_fuzz::file("x-images-idx3-ubyte", images);
    if let Err(error) = load(&DataRequest { source: path.into(), ..DataRequest::default() }) {
        assert!(!error.to_string().chars().any(char::is_control), "{error}");
    }
});
