//! Config files, and the config that is written of what was read.

#![no_main]

use wellfit::experiment::{SpecBuilder, config_toml};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = wellfit_fuzz::file("config.toml", bytes);
    let mut builder = SpecBuilder::new();
    builder.config_file(&path);
    match builder.finish() {
        Ok(spec) => {
            let mut again = SpecBuilder::new();
            again.config_text("again", &config_toml(&spec));
            assert_eq!(again.finish().expect("what is written can be read"), spec);
        }
        Err(error) => error.problems.iter().for_each(|problem| wellfit_fuzz::is_one_line(&path, problem)),
    }
});
