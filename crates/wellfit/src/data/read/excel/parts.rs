//! The parts of a workbook that are held as a whole when it is read, and what they may hold.

use std::io::{BufReader, Read, Seek};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use crate::text::thousands;

/// Names every part of a package by what it is to the others.
const PACKAGE: &str = "_rels/.rels";
/// Most bytes of that part.
const MAX_PACKAGE: u64 = 1 << 20;
/// Most elements of the part of styles. Excel has at most 65,490 formats of cells.
const MAX_STYLES: u64 = 1 << 20;
/// Most bytes that formats of cells may take, each with a copy of the longest text among them.
const MAX_STYLE_BYTES: u64 = 1 << 29;
/// Fewest bytes of a text in the part of texts: `<si/>`.
const TEXT: u64 = 5;

/// A part that is held as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The texts of all sheets.
    Texts,
    /// The formats of cells.
    Styles,
    /// What lists sheets, parts, and colours.
    Small,
}

/// Names of such parts, in small letters.
pub(super) struct Names {
    folder: String,
    workbook: String,
}

impl Names {
    /// What a part of the archive is; whether letters are small or large makes no difference.
    pub fn part(&self, name: &str) -> Option<Part> {
        let name = normal(name);
        if name == PACKAGE {
            return Some(Part::Small);
        }
        let inside = name.strip_prefix(&self.folder)?;
        match inside {
            "sharedstrings.xml" => Some(Part::Texts),
            "styles.xml" => Some(Part::Styles),
            "theme/theme1.xml" => Some(Part::Small),
            _ if inside == self.workbook => Some(Part::Small),
            _ => {
                let listed = inside.strip_prefix("_rels/")?.strip_suffix(".rels")?;
                (listed == self.workbook).then_some(Part::Small)
            }
        }
    }
}

fn normal(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

/// The names of a workbook's parts; `None` where the archive holds none that is written in XML.
pub(super) fn names<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Option<Names>, String> {
    let Some(index) = (0..archive.len()).rfind(|&index| {
        archive.name_for_index(index).and_then(Result::ok).is_some_and(|name| normal(&name) == PACKAGE)
    }) else {
        return Ok(None);
    };
    let entry = archive.by_index(index).map_err(|error| format!("{PACKAGE}: {error}"))?;
    let target = workbook(entry).map_err(|problem| format!("{PACKAGE}: {problem}"))?;
    let target = target.strip_prefix('/').unwrap_or(&target);
    let is_workbook = target.starts_with("xl/") && target.ends_with(".xml") && !target.contains('&');
    let is_there = archive.file_names().any(|name| name.is_ok_and(|name| normal(&name) == target)) && is_workbook;
    let split = target.rsplit_once('/').filter(|_| is_there);
    Ok(split.map(|(folder, workbook)| Names { folder: format!("{folder}/"), workbook: workbook.to_owned() }))
}

/// Where a package has its workbook, in small letters; empty where it has none.
fn workbook(package: impl Read) -> Result<String, String> {
    let mut xml = parser(package.take(MAX_PACKAGE));
    let mut buffer = Vec::new();
    let mut found = String::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let (mut is_workbook, mut target) = (false, String::new());
                for attribute in element.attributes() {
                    let attribute = attribute.map_err(|error| error.to_string())?;
                    match attribute.key.as_ref() {
                        "Type" => is_workbook = attribute.value.ends_with("/relationships/officeDocument"),
                        "Target" => target = normal(&attribute.value),
                        _ => {}
                    }
                }
                if is_workbook {
                    found = target;
                }
            }
            // What stands behind the end would be read later, and may name another workbook.
            Event::Eof if xml.get_ref().get_ref().limit() == 0 => {
                return Err(format!("more than {} bytes", thousands(MAX_PACKAGE as usize)));
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// A parser that is set as that of the library which reads workbooks.
fn parser<R: Read>(part: R) -> Reader<BufReader<R>> {
    let mut xml = Reader::from_reader(BufReader::new(part));
    let config = xml.config_mut();
    config.check_end_names = false;
    config.trim_text(false);
    config.check_comments = false;
    config.expand_empty_elements = true;
    xml
}

/// Refuses a part of texts that says it holds more of them than its bytes can: memory is taken for as many as it says.
pub(super) fn plausible_texts(part: impl Read, size: u64) -> Result<(), String> {
    let mut xml = parser(part);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) if element.local_name().as_ref() == "sst" => {
                for attribute in element.attributes().with_checks(false).flatten() {
                    let count = attribute.value.trim();
                    let is_count = attribute.key.as_ref() == "uniqueCount" && !count.is_empty();
                    if is_count && !count.starts_with('-') && !count.parse::<u64>().is_ok_and(|n| n <= size / TEXT) {
                        let size = thousands(size as usize);
                        return Err(format!("it says that its {size} bytes of texts are {count} texts; it is damaged"));
                    }
                }
                return Ok(());
            }
            // What is wrong with the part is said when it is read.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

/// Refuses formats of cells that would take far more memory than they are long: each has copies of what it names.
pub(super) fn plausible_styles(part: impl Read) -> Result<(), String> {
    let mut xml = parser(part);
    let mut buffer = Vec::new();
    let (mut elements, mut formats, mut longest, mut position) = (0u64, 0u64, 0, 0);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(element)) => {
                elements += 1;
                formats += u64::from(element.local_name().as_ref() == "xf");
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
        let next = xml.buffer_position();
        longest = longest.max(next - position);
        position = next;
    }
    if elements > MAX_STYLES || formats.saturating_mul(longest) > MAX_STYLE_BYTES {
        let formats = thousands(formats as usize);
        return Err(format!("{formats} formats of cells are more than Excel has; save the sheet as CSV"));
    }
    Ok(())
}
