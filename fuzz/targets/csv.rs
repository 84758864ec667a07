//! The CSV layer, gzip and zstd around it, and the typing of columns.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Images and Parquet have targets of their own.
    if !bytes.starts_with(&[0, 0, 8]) && !bytes.starts_with(b"PAR1") {
        wellfit_fuzz::read_table(&wellfit_fuzz::file("table.csv", bytes), bytes);
    }
});
