//! The error budget: a chain of bars from target over train to dev, with intervals.

use std::fmt::Write;

use crate::diagnose::Interval;
use crate::words::Unit;

use super::super::diagnosis::TargetErrorReport;
use super::super::plot::{Drawing, Scale, escape, short, tick_labels};

// One row of the chain: its label lines and its bar.
struct Row<'a> {
    name: &'a str,
    class: &'a str,
    error: String,
    from: f64,
    to: Interval,
    step: String,
    // Where the error and the step stand in `result.json`.
    keys: [&'a str; 2],
}

const ROW: f64 = 70.0;

/// The chain as a drawing whose horizontal positions are percents, so that it reads as well on a phone as on a desk.
pub fn budget(
    unit: Unit,
    target: &TargetErrorReport,
    train: Interval,
    dev: Interval,
    terms: [(&str, &Interval); 2],
    [target_key, bias_key, variance_key]: &[String; 3],
) -> String {
    let signed = |(name, term): (&str, &Interval)| {
        let sign = if term.value >= 0.0 { '+' } else { '−' };
        format!("{name} {sign}{}", unit.difference(term.value.abs()))
    };
    let rows = [
        Row {
            name: "target error",
            class: "target",
            error: unit.error(target.value),
            from: 0.0,
            to: Interval::exact(target.value),
            step: if target.assumption().is_some() { "assumed".to_string() } else { "given".to_string() },
            keys: [target_key, ""],
        },
        Row {
            name: "train",
            class: "train",
            error: unit.error_with_interval(train),
            from: target.value,
            to: train,
            step: signed(terms[0]),
            keys: ["/train/error", bias_key],
        },
        Row {
            name: "dev",
            class: "dev",
            error: unit.error_with_interval(dev),
            from: train.value,
            to: dev,
            step: signed(terms[1]),
            keys: ["/dev/error", variance_key],
        },
    ];
    let most = target.value.max(train.high).max(dev.high).max(f64::MIN_POSITIVE);
    let scale = Scale::linear(0.0, most, 0.0, 99.0, 5);
    let height = ROW * rows.len() as f64 + 26.0;
    let description = rows.iter().map(|row| format!("{} {} ({})", row.name, row.error, row.step)).collect::<Vec<_>>();
    let mut drawing = Drawing::stretching(height, "Error budget", &description.join("; "));
    let bottom = ROW * rows.len() as f64;
    let (times, sign) = if unit == Unit::Rate { (100.0, "%") } else { (1.0, "") };
    let shown: Vec<f64> = scale.ticks.iter().map(|tick| tick * times).collect();
    for (place, (label, tick)) in tick_labels(&shown).into_iter().zip(&scale.ticks).enumerate() {
        let at = scale.at(*tick);
        let anchor = if place == 0 {
            "start"
        } else if place + 1 == scale.ticks.len() {
            "end"
        } else {
            "middle"
        };
        drawing.add(&vertical(at, 0.0, bottom, "grid"));
        drawing.add(&format!(
            "<text x=\"{}%\" y=\"{}\" text-anchor=\"{anchor}\" class=\"tick\">{label}{sign}</text>",
            short(at),
            short(bottom + 18.0)
        ));
    }
    for (place, row) in rows.iter().enumerate() {
        draw_row(&mut drawing, &scale, row, ROW * place as f64, place + 1 < rows.len());
    }
    drawing.finish()
}

fn draw_row(drawing: &mut Drawing, scale: &Scale, row: &Row<'_>, top: f64, continues: bool) {
    let (bar, high) = (top + 26.0, 20.0);
    let mut piece = String::new();
    let (up, down) = (short(top + 18.0), short(bar + high + 15.0));
    let text = |(x, y): (&str, &str), anchor: &str, class: &str, key: &str, text: &str| {
        let key = if key.is_empty() { String::new() } else { format!(" data-key=\"{key}\"") };
        format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" class=\"{class}\"{key}>{}</text>", escape(text))
    };
    let error = format!("{} {}", row.name, row.error);
    piece.push_str(&text(("0", &up), "start", "value", row.keys[0], &error));
    let (a, b) = (scale.at(row.from), scale.at(row.to.value));
    let (left, width) = (a.min(b), (a - b).abs());
    // Where no connector passes: to its right, or under the bar's beginning.
    let at = if b < 50.0 { format!("{:.2}%", b + 2.0) } else { "0".to_string() };
    piece.push_str(&text((&at, &down), "start", "label", row.keys[1], &row.step));
    // What the row stands on, pale; what it adds, solid, a hair's width where it adds nothing; what it takes off, an outline.
    let rect = |x: f64, width: f64, class: &str| {
        format!(
            "<rect x=\"{x:.2}%\" y=\"{}\" width=\"{width:.2}%\" height=\"{}\" rx=\"2\" class=\"{class}\"/>",
            short(bar),
            short(high)
        )
    };
    piece.push_str(&rect(0.0, left, "stands-on"));
    let added = if b < a { "taken" } else { "fill" };
    piece.push_str(&rect(left, width.max(0.4), &format!("{added} {}", row.class)));
    if row.to.high > row.to.low {
        let (low, end, middle) = (scale.at(row.to.low), scale.at(row.to.high), bar + high / 2.0);
        // Drawn twice, pale and wide first: a bar is no ground that ink stands out from.
        for class in ["halo", "whisker"] {
            let _ = write!(
                piece,
                "<line x1=\"{low:.2}%\" y1=\"{m}\" x2=\"{end:.2}%\" y2=\"{m}\" class=\"{class}\"/>",
                m = short(middle)
            );
            piece.push_str(&vertical(low, middle - 5.0, middle + 5.0, class));
            piece.push_str(&vertical(end, middle - 5.0, middle + 5.0, class));
        }
    }
    if continues {
        // It ends above the next row's name.
        piece.push_str(&vertical(b, bar + high, bar + high + 22.0, "connector"));
    }
    drawing.add(&piece);
}

fn vertical(at: f64, top: f64, bottom: f64, class: &str) -> String {
    format!("<line x1=\"{at:.2}%\" y1=\"{}\" x2=\"{at:.2}%\" y2=\"{}\" class=\"{class}\"/>", short(top), short(bottom))
}
