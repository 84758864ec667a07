//! Runs the binary as a user would and compares what it prints, for every case in `tests/cmd`.
//!
//! A case file holds one subject; commands run in this package, so the files they name lie in `tests/fixtures`.
//! `TRYCMD=overwrite cargo test -p wellfit-cli --test cmd` accepts what is printed now.

#[test]
fn the_command_line_prints_what_the_cases_say() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
