//! Standard output and standard error, written without panics, and failures with their exit codes.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::Value;
use wellfit::text::{steers, visible_lines};

/// Anything that has no code of its own.
pub const FAILED: u8 = 1;
/// Arguments or config wrong.
pub const USAGE: u8 = 2;
/// Training diverged.
pub const DIVERGED: u8 = 4;
/// Writing failed.
pub const STORAGE: u8 = 5;
/// Stopped by the user, after saving.
pub const INTERRUPTED: u8 = 130;

/// A command that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The process's exit code.
    pub code: u8,
    /// What went wrong; several problems stand on lines of their own.
    pub message: String,
    /// What to print instead of the message, where there is more to say, such as a usage line.
    pub rendered: Option<String>,
}

impl Failure {
    /// A failure with a plain message.
    pub fn new(code: u8, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into(), rendered: None }
    }
}

/// Prints text and a line break on standard output.
///
/// A reader that has gone away (`| head`) is no failure; a full disk is.
pub fn print(text: &str) -> Result<(), Failure> {
    print_on(&mut io::stdout().lock(), text)
}

/// [`print()`], on any stream. What would steer the terminal is escaped: names and labels come from files.
pub fn print_on(stream: &mut dyn Write, text: &str) -> Result<(), Failure> {
    written(write_line(stream, &visible_lines(text)))
}

fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(STORAGE, format!("cannot write the output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints text and a line break on standard error; where that fails there is nowhere left to say so.
pub fn print_error(text: &str) {
    let _ = write_line(&mut io::stderr().lock(), &visible_lines(text));
}

/// Prints one JSON value on standard output.
pub fn print_json(value: &Value) -> Result<(), Failure> {
    print_json_text(&value.to_string())
}

/// Prints JSON. What would steer a terminal stands in its strings alone, and is escaped as JSON escapes.
fn print_json_text(json: &str) -> Result<(), Failure> {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        match steers(letter) {
            true => _ = write!(text, "\\u{:04x}", u32::from(letter)),
            false => text.push(letter),
        }
    }
    written(write_line(&mut io::stdout().lock(), &text))
}

/// Says what went wrong, on standard error and, where JSON was asked for, also as JSON; returns the exit code.
pub fn report_failure(failure: &Failure, json: bool) -> u8 {
    match &failure.rendered {
        Some(rendered) => print_error(rendered.trim_end()),
        None => failure.message.lines().for_each(|line| print_error(&format!("error: {line}"))),
    }
    if json {
        let message = Value::from(failure.message.as_str());
        // The failure that is being reported keeps its code, even if this cannot be printed.
        let _ = print_json_text(&format!(r#"{{"schema":1,"error":{{"code":{},"message":{message}}}}}"#, failure.code));
    }
    failure.code
}

fn write_line(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.write_all(b"\n")?;
    stream.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is() {
        assert_eq!(print_on(&mut Broken(io::ErrorKind::BrokenPipe), "text"), Ok(()));
        let failure = print_on(&mut Broken(io::ErrorKind::StorageFull), "text").unwrap_err();
        assert_eq!(failure.code, STORAGE);
    }
}
