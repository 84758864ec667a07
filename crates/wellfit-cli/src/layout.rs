//! The shape of what a person reads: a label, its text, wrapped with a hanging indent.

use std::time::Duration;

use wellfit::runs::Epoch;
use wellfit::text::thousands;

/// Columns the label and the space around it take.
const INDENT: usize = 10;
/// Wrapping below this many columns of text would only shred it.
const NARROWEST_TEXT: usize = 20;

/// Columns of text beside a label on a screen of `width` columns.
pub fn room(width: usize) -> usize {
    width.saturating_sub(INDENT).max(NARROWEST_TEXT)
}

/// ` label    text`, wrapped to `width` columns; the text's own line breaks are kept.
pub fn labelled(label: &str, text: &str, width: usize) -> String {
    let room = room(width);
    let mut out = format!(" {label:<8} ");
    for (number, line) in text.lines().flat_map(|line| wrapped(line, room)).enumerate() {
        if number > 0 {
            out.push('\n');
            out.push_str(&" ".repeat(INDENT));
        }
        out.push_str(&line);
    }
    out.trim_end().to_owned()
}

/// Breaks at spaces so that no line is longer than `room`; a longer word stands alone. Spaces within a line are kept.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in text.split_inclusive(' ') {
        let word_length = piece.trim_end().chars().count();
        if !line.trim().is_empty() && line.chars().count() + word_length > room {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        // A wide gap between two parts of a line is no indent of the next.
        if !(line.is_empty() && piece == " " && !lines.is_empty()) {
            line.push_str(piece);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// A bar of `cells` cells, filled by the share of epochs done.
fn bar(epoch: &Epoch, cells: usize) -> String {
    let filled = (cells * epoch.epoch.min(epoch.epochs)).checked_div(epoch.epochs).unwrap_or(cells);
    format!("{}{}", "━".repeat(filled), "╌".repeat(cells - filled))
}

/// `41/60  loss 0.402  dev 19.6%  best epoch 33 (19.4%)`: of the epoch of the least dev loss the weights are kept, whatever is measured.
fn state(epoch: &Epoch) -> String {
    let metric = |value: f64| if epoch.percent { format!("{:.1}%", 100.0 * value) } else { significant(value) };
    let mut out = format!("{}/{}  loss {}", epoch.epoch, epoch.epochs, significant(epoch.loss));
    if let Some(dev) = epoch.dev {
        out.push_str(&format!("  dev {}", metric(dev)));
    }
    if let Some((best, at)) = epoch.best {
        out.push_str(&format!("  best epoch {at} ({})", metric(best)));
    }
    out
}

/// The state of training, and the time it has taken.
pub fn with_time_taken(epoch: &Epoch) -> String {
    format!("{}  {}", state(epoch), time(epoch.seconds))
}

/// The state of training, and the time that is left if epochs go on taking as long as they have.
pub fn with_time_left(epoch: &Epoch) -> String {
    let epochs_left = epoch.epochs.saturating_sub(epoch.epoch);
    if epoch.epoch == 0 {
        return state(epoch);
    }
    format!("{}  {} left", state(epoch), time(epoch.seconds / epoch.epoch as f64 * epochs_left as f64))
}

/// The text behind a bar as long as `width` allows; none where there is no room for one.
pub fn with_bar(epoch: &Epoch, text: &str, width: usize) -> String {
    const LONGEST: usize = 20;
    const SHORTEST: usize = 4;
    match width.saturating_sub(INDENT + text.chars().count() + 1).min(LONGEST) {
        0..SHORTEST => text.to_owned(),
        cells => format!("{} {text}", bar(epoch, cells)),
    }
}

/// The first `width` characters.
pub fn cut(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}

/// Three significant digits; large numbers whole, with commas.
pub fn significant(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if !value.is_finite() => value.to_string(),
        0.0 => "0".to_owned(),
        _ if !(1e-4..1e9).contains(&size) => format!("{value:.2e}"),
        _ if size >= 1000.0 => {
            let sign = if value < 0.0 { "-" } else { "" };
            format!("{sign}{}", thousands(size.round() as u64))
        }
        _ => {
            let digits_before_point = size.log10().floor() as i32 + 1;
            format!("{value:.*}", usize::try_from(3 - digits_before_point).unwrap_or(0))
        }
    }
}

/// `0.9 s`, `42 s`, `3 min 10 s`, `2 h 5 min`.
pub fn time(seconds: f64) -> String {
    // Not a number or out of range: there is nothing sensible to show.
    let Ok(duration) = Duration::try_from_secs_f64(seconds) else { return "?".to_owned() };
    match duration.as_secs() {
        0..10 => format!("{seconds:.1} s"),
        whole @ 10..60 => format!("{whole} s"),
        whole @ 60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        whole => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch() -> Epoch {
        Epoch {
            epoch: 41,
            epochs: 60,
            loss: 0.4021,
            dev: Some(0.196),
            best: Some((0.194, 33)),
            percent: true,
            seconds: 0.9,
        }
    }

    #[test]
    fn a_long_text_hangs_under_its_label() {
        let line = labelled("data", "7,043 rows, 19 of 20 columns (customerID set aside: an id)", 40);
        assert_eq!(line, " data     7,043 rows, 19 of 20 columns\n          (customerID set aside: an id)");
        assert!(line.lines().all(|line| line.chars().count() <= 40));
    }

    #[test]
    fn gaps_between_parts_are_kept_and_do_not_indent_the_next_line() {
        assert_eq!(labelled("errors", "target 18%   train 17%", 80), " errors   target 18%   train 17%");
        assert_eq!(
            labelled("x", "aaaaaaaaaaaaaaaaaa   bbbbbbb", 30),
            " x        aaaaaaaaaaaaaaaaaa\n          bbbbbbb"
        );
    }

    #[test]
    fn a_word_longer_than_the_line_stands_alone() {
        let text = labelled("saved", &"x".repeat(50), 20);
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn training_is_shown_in_one_line() {
        assert_eq!(with_time_taken(&epoch()), "41/60  loss 0.402  dev 19.6%  best epoch 33 (19.4%)  0.9 s");
        assert_eq!(with_time_left(&epoch()), "41/60  loss 0.402  dev 19.6%  best epoch 33 (19.4%)  0.4 s left");
    }

    #[test]
    fn the_bar_takes_what_room_there_is() {
        assert_eq!(with_bar(&epoch(), "text", 80), "━━━━━━━━━━━━━╌╌╌╌╌╌╌ text");
        assert_eq!(with_bar(&epoch(), "text", 25), "━━━━━━╌╌╌╌ text");
        assert_eq!(with_bar(&epoch(), "text", 18), "text");
    }

    #[test]
    fn numbers_have_three_digits_that_matter() {
        let shown: Vec<String> = [0.0, 0.4021, 12.345, 1234.5, 0.00001234, 5e9, f64::NAN].map(significant).to_vec();
        assert_eq!(shown, ["0", "0.402", "12.3", "1,235", "1.23e-5", "5.00e9", "NaN"]);
    }

    #[test]
    fn times_have_the_unit_that_suits_them() {
        assert_eq!([0.94, 42.3, 190.0, 7500.0, -1.0].map(time), ["0.9 s", "42 s", "3 min 10 s", "2 h 5 min", "?"]);
    }
}
