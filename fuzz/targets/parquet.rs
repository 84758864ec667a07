//! Parquet files whose target is called `y`.

#![no_main]

libfuzzer_sys::fuzz_target!(init: wellfit_fuzz::allow_caught_panics(), |bytes: &[u8]| {
    wellfit_fuzz::read_table(&wellfit_fuzz::file("table.parquet", bytes), b"");
});
