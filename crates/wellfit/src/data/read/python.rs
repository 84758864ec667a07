//! The proof that CSV is read as Python's `csv` module reads it, or refused with the line and column.

use std::path::Path;
use std::process::Command;

use wellfit_kernels::random::{Purpose, Stream};

use super::text::TextFile;
use super::{Cell, Reading, Rows};
use crate::data::DataError;

/// Prints, as JSON, the rows of every file that is named in `list.json` with its separator.
const SCRIPT: &str = r#"
import csv, json
out = []
for name, separator in json.load(open("list.json")):
    rows, line = [], 0
    with open(name, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, delimiter=separator)
        for cells in reader:
            # Blank lines are no rows.
            if cells:
                rows.append([line + 1, cells])
            line = reader.line_num
    out.append(rows)
print(json.dumps(out))
"#;

/// Line and cells of each row.
type Records = Vec<(u64, Vec<String>)>;

/// Numbers below a bound, one after the other.
struct Dice {
    stream: Stream,
    thrown: u64,
}

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.thrown += 1;
        self.stream.below(self.thrown, bound)
    }

    fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// A file as some program or person might write it, and its separator.
fn write(dice: &mut Dice) -> (String, char) {
    let separator = dice.of(&[",", ";", "\t", "|"]);
    let end = dice.of(&["\n", "\r\n", "\r"]);
    let (width, rows) = (1 + dice.below(5), dice.below(9));
    let trailing = dice.one_in(5);
    // Every tenth file is the work of no program.
    let wild = dice.one_in(10);
    let mut text = if dice.one_in(4) { "\u{feff}".to_string() } else { String::new() };
    for row in 0..=rows {
        while dice.one_in(8) {
            text += end;
        }
        let width = if wild && dice.one_in(10) { 1 + dice.below(7) } else { width };
        for column in 0..width {
            if column > 0 {
                text += separator;
            }
            text += &cell(dice, separator, end, wild);
        }
        if trailing {
            text += separator;
        }
        if row < rows || !dice.one_in(3) {
            text += end;
        }
    }
    (text, separator.chars().next().unwrap())
}

fn cell(dice: &mut Dice, separator: &str, end: &str, wild: bool) -> String {
    const PIECES: [&str; 16] =
        ["a", "b c", "é", "日本", "🦀", "'", " ", "1", "-2.5", "NA", "\"", "#", "\\", "\u{a0}", "x=y", "0"];
    let mut content = String::new();
    for _ in 0..dice.below(5) {
        content += match dice.below(12) {
            0 => separator,
            1 => end,
            2 => dice.of(&["\n", "\r\n"]),
            _ => dice.of(&PIECES),
        };
    }
    if wild && dice.one_in(6) {
        return dice.of(&["a\"b", "\"a\"b", " \"a\"", "\"a\" ", "\"\"", "\"\"\"", "\"", "\"a\"\"", "a\""]).to_string();
    }
    let needs_quotes = content.contains(['"', '\n', '\r']) || content.contains(separator);
    if needs_quotes || dice.one_in(4) { format!("\"{}\"", content.replace('"', "\"\"")) } else { content }
}

fn read(path: &Path, separator: char) -> Result<Records, DataError> {
    let reading = Reading { separator: Some(separator), header: false, missing: Vec::new() };
    let (file, _) = TextFile::open(path, &reading)?;
    let mut rows = Vec::new();
    file.each_row(&mut |line, cells| {
        let text = |cell: &Cell<'_>| if let Cell::Text(text) = cell { (*text).to_owned() } else { String::new() };
        rows.push((line, cells.iter().map(text).collect()));
        Ok(())
    })?;
    Ok(rows)
}

/// What Python read, with our one way to end a line; rows of spaces alone are blank lines, and in a table of one column blank
/// lines are rows.
fn ours(rows: &Records) -> Records {
    let width = rows.first().map_or(0, |(_, cells)| cells.len());
    let unified = rows.iter().map(|(line, cells)| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace("\r\n", "\n").replace('\r', "\n")).collect();
        (*line, cells)
    });
    if width != 1 {
        return unified.filter(|(_, cells)| cells.len() > 1 || !cells.concat().trim_ascii().is_empty()).collect();
    }
    let (mut all, mut next) = (Records::new(), None);
    for (line, cells) in unified {
        all.extend((next.unwrap_or(line)..line).map(|blank| (blank, vec![String::new()])));
        next = Some(line + 1 + cells.concat().matches('\n').count() as u64);
        all.push((line, cells));
    }
    all
}

#[test]
fn text_is_read_as_python_reads_it_or_the_line_and_column_are_named() {
    let files = crate::proof::count(200, 1000);
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice { stream: Stream::new(7, Purpose::Demo, 0), thrown: 0 };
    let mut listed = Vec::new();
    for number in 0..files {
        let (text, separator) = write(&mut dice);
        let name = format!("{number}.csv");
        std::fs::write(folder.path().join(&name), text).unwrap();
        listed.push((name, separator));
    }
    std::fs::write(folder.path().join("list.json"), serde_json::to_vec(&listed).unwrap()).unwrap();
    let output = match Command::new("python3").args(["-c", SCRIPT]).current_dir(folder.path()).output() {
        Ok(output) => output,
        Err(error) => {
            println!("skipped: python3 cannot be started: {error}");
            return;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let python: Vec<Records> = serde_json::from_slice(&output.stdout).unwrap();
    let (mut cells, mut refused) = (0, 0);
    for ((name, separator), expected) in listed.iter().zip(&python) {
        let path = folder.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        let expected = ours(expected);
        let ragged = expected.iter().find(|(_, cells)| cells.len() != expected[0].1.len());
        match read(&path, *separator) {
            Ok(found) => {
                assert_eq!(found, expected, "{name}: {text:?}");
                cells += found.iter().map(|(_, cells)| cells.len()).sum::<usize>();
            }
            Err(error) => {
                refused += 1;
                let message = error.to_string();
                let place = |line: u64| format!("{name}:{line}:");
                let last = expected.last().map_or(1, |(line, _)| *line);
                let known = match ragged {
                    // A quote left open swallows the rest: the row it stands in, or one before it, is the ragged one.
                    Some((line, _)) => message.contains(&place(*line)) || message.contains(&place(last)),
                    None if expected.is_empty() => message.contains("blank lines only") || message.contains("empty"),
                    None => message.contains(&place(last)) && message.contains("never closed"),
                };
                assert!(known, "{message}\n{expected:?}\n{text:?}");
            }
        }
    }
    println!(
        "proof: CSV as Python reads it: {files} files, {cells} cells agree, {refused} files refused with line and column"
    );
}
