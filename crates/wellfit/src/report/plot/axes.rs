//! A frame with two axes, shared by the charts, and what is drawn in it.

use super::scale::{Scale, tick_labels};
use super::svg::{Drawing, clipped};

const WIDTH: f64 = 380.0;
const HEIGHT: f64 = 256.0;
/// Where a frame begins whose labels are short.
const LEFT: f64 = 50.0;
const RIGHT: f64 = 362.0;
/// Width of a digit of a tick label.
const LETTER: f64 = 7.0;
/// Half the width of the widest tick label.
const HALF_LABEL: f64 = 16.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 210.0;
/// Room at the right for the names of lines.
const NAMES: f64 = 60.0;
/// Height of a name.
const NAME: f64 = 14.0;
/// Lines that have a colour of their own; more share a ramp from the first colour to the second.
const COLOURS: usize = 6;

/// An axis: what it measures, and from where to where.
pub struct Axis<'a> {
    /// What it measures.
    pub name: &'a str,
    /// The values that must be visible; those that are not finite are left out.
    pub values: Vec<f64>,
    /// How they are spread over it.
    pub spread: Spread,
    /// Whether ticks are shares, written as percentages.
    pub percent: bool,
}

/// How values are spread over an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// From round number to round number.
    Round,
    /// From the least value to the largest.
    Exact,
    /// By powers of ten; zeros are not shown.
    Log,
    /// By powers of ten where values are far apart, else as `Round`.
    Fitting,
}

impl<'a> Axis<'a> {
    /// From round number to round number.
    pub fn round(name: &'a str, values: impl IntoIterator<Item = f64>) -> Axis<'a> {
        Axis::of(name, values, Spread::Round)
    }

    /// From the least value to the largest.
    pub fn exact(name: &'a str, values: impl IntoIterator<Item = f64>) -> Axis<'a> {
        Axis::of(name, values, Spread::Exact)
    }

    /// By powers of ten.
    pub fn log(name: &'a str, values: impl IntoIterator<Item = f64>) -> Axis<'a> {
        Axis::of(name, values, Spread::Log)
    }

    /// By powers of ten where values are far apart.
    pub fn fitting(name: &'a str, values: impl IntoIterator<Item = f64>) -> Axis<'a> {
        Axis::of(name, values, Spread::Fitting)
    }

    /// The same with ticks as percentages.
    pub fn in_percent(self, percent: bool) -> Axis<'a> {
        Axis { percent, ..self }
    }

    fn of(name: &'a str, values: impl IntoIterator<Item = f64>, spread: Spread) -> Axis<'a> {
        // The ends of an interval without ends are no place to draw to.
        let shown = |value: &f64| value.abs() < f64::MAX / 4.0 && (spread != Spread::Log || *value > 0.0);
        Axis { name, values: values.into_iter().filter(shown).collect(), spread, percent: false }
    }

    fn scale(&self, from: f64, to: f64) -> Scale {
        let low = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        match self.spread {
            Spread::Round => Scale::linear(low, high, from, to, 4),
            Spread::Exact => Scale::exact(low, high, from, to, 5),
            Spread::Log => Scale::log(low, high, from, to),
            Spread::Fitting => Scale::fitting(self.values.iter().copied(), from, to),
        }
    }

    fn labels(&self, scale: &Scale) -> Vec<String> {
        let (times, sign) = if self.percent { (100.0, "%") } else { (1.0, "") };
        let shown: Vec<f64> = scale.ticks.iter().map(|tick| tick * times).collect();
        tick_labels(&shown).into_iter().map(|label| label + sign).collect()
    }
}

/// A name in the legend and the class of its line.
pub struct Key<'a> {
    /// What the line is called.
    pub name: &'a str,
    /// Its class in the page's styles.
    pub class: &'a str,
}

/// One of several lines that are named at their ends.
pub struct Series {
    /// What the line is called.
    pub name: String,
    /// Its points, in the values of the axes.
    pub points: Vec<(f64, f64)>,
}

/// A frame with two axes, and what is drawn in it in the values of the axes.
pub struct Plot {
    drawing: Drawing,
    left: f64,
    x: Scale,
    y: Scale,
}

impl Plot {
    /// An empty frame.
    pub fn new(title: &str, description: &str, x: Axis<'_>, y: Axis<'_>) -> Plot {
        Plot::up_to(RIGHT, title, description, x, y)
    }

    /// The same with room at the right for the names of lines.
    pub fn with_names(title: &str, description: &str, x: Axis<'_>, y: Axis<'_>) -> Plot {
        Plot::up_to(RIGHT - NAMES, title, description, x, y)
    }

    fn up_to(right: f64, title: &str, description: &str, x_axis: Axis<'_>, y_axis: Axis<'_>) -> Plot {
        let mut drawing = Drawing::new(WIDTH, HEIGHT, title, description);
        let y = y_axis.scale(BOTTOM, TOP);
        let labels = y_axis.labels(&y);
        let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        let left = LEFT.max(10.0 + LETTER * longest as f64);
        let x = x_axis.scale(left, right);
        for (&tick, label) in y.ticks.iter().zip(labels) {
            let at = y.at(tick);
            drawing.line((left, at), (right, at), "grid");
            drawing.text(left - 8.0, at + 4.0, "end", "tick", &label);
        }
        for (&tick, label) in x.ticks.iter().zip(x_axis.labels(&x)) {
            let at = x.at(tick);
            drawing.line((at, BOTTOM), (at, BOTTOM + 5.0), "axis");
            drawing.text(at.min(WIDTH - HALF_LABEL), BOTTOM + 19.0, "middle", "tick", &label);
        }
        drawing.line((left, BOTTOM), (right, BOTTOM), "axis");
        let named = |axis: &Axis<'_>, scale: &Scale| match scale.is_log() {
            true => format!("{} (log axis)", axis.name),
            false => axis.name.to_string(),
        };
        drawing.text((left + right) / 2.0, BOTTOM + 40.0, "middle", "label", &named(&x_axis, &x));
        drawing.text(6.0, 16.0, "start", "label", &named(&y_axis, &y));
        Plot { drawing, left, x, y }
    }

    /// The legend, right-aligned above the frame.
    pub fn legend(&mut self, keys: &[Key<'_>]) {
        // 7.4 units a letter at the size of labels, a little more than they take.
        let width = |key: &Key<'_>| 26.0 + 7.4 * key.name.chars().count() as f64;
        let mut left = RIGHT - keys.iter().map(width).sum::<f64>() - 16.0 * (keys.len() as f64 - 1.0);
        for key in keys {
            self.drawing.line((left, 12.0), (left + 18.0, 12.0), &format!("line {}", key.class));
            self.drawing.text(left + 24.0, 16.0, "start", "label", key.name);
            left += width(key) + 16.0;
        }
    }

    /// A line through the points that the axes can show.
    pub fn line(&mut self, points: impl IntoIterator<Item = (f64, f64)>, class: &str) {
        let points = self.shown(points);
        self.drawing.polyline(&points, &format!("line {class}"), "");
    }

    /// A dot.
    pub fn dot(&mut self, (x, y): (f64, f64), radius: f64, class: &str) {
        if let [(x, y)] = self.shown([(x, y)])[..] {
            self.drawing.dot(x, y, radius, class);
        }
    }

    /// The interval of a value, upright.
    pub fn interval(&mut self, x: f64, (low, high): (f64, f64), class: &str) {
        if let [low, high] = self.shown([(x, low), (x, high)])[..] {
            self.drawing.line(low, high, class);
        }
    }

    /// A rectangle between two corners.
    pub fn rect(&mut self, from: (f64, f64), to: (f64, f64), class: &str, style: &str) {
        if let [(x1, y1), (x2, y2)] = self.shown([from, to])[..] {
            // Rounded as they are written, or neighbours would overlap by a tenth.
            let tenth = |at: f64| (at * 10.0).round() / 10.0;
            let ([x1, x2], [y1, y2]) = ([x1, x2].map(tenth), [y1, y2].map(tenth));
            let size = ((x2 - x1).abs(), (y2 - y1).abs());
            self.drawing.rect((x1.min(x2), y1.min(y2)), size, class, style);
        }
    }

    /// A shaded band over the whole width.
    pub fn band(&mut self, (low, high): (f64, f64), class: &str) {
        let (top, bottom) = (self.y.at(high), self.y.at(low));
        self.drawing.rect((self.left, top), (self.x.end() - self.left, bottom - top), class, "");
    }

    /// A dashed line between two points.
    pub fn dashed(&mut self, from: (f64, f64), to: (f64, f64)) {
        if let [from, to] = self.shown([from, to])[..] {
            self.drawing.line(from, to, "mark");
        }
    }

    /// A dashed upright line with a remark.
    pub fn mark(&mut self, x: f64, remark: &str) {
        let at = self.x.at(x);
        self.drawing.line((at, TOP), (at, BOTTOM), "mark");
        let (anchor, aside) = if at > (LEFT + RIGHT) / 2.0 { ("end", -6.0) } else { ("start", 6.0) };
        self.drawing.text(at + aside, TOP + 12.0, anchor, "tick halo", remark);
    }

    /// A remark beside a point, on the side that has room.
    pub fn remark(&mut self, (x, y): (f64, f64), remark: &str) {
        if let [(x, y)] = self.shown([(x, y)])[..] {
            let (anchor, aside) = if x > (LEFT + RIGHT) / 2.0 { ("end", -9.0) } else { ("start", 9.0) };
            let down = if y < (TOP + BOTTOM) / 2.0 { 18.0 } else { -10.0 };
            self.drawing.text(x + aside, y + down, anchor, "tick halo", remark);
        }
    }

    /// Lines with their names at their ends; of many, the first, the middle and the last are named.
    pub fn named_lines(&mut self, all: &[Series]) {
        let last = all.len().saturating_sub(1);
        let mut ends: Vec<(usize, &str, f64)> = Vec::new();
        for (place, series) in all.iter().enumerate() {
            let points = self.shown(series.points.iter().copied());
            let style = colour(place, all.len(), "stroke");
            self.drawing.polyline(&points, "line", &style);
            if all.len() <= COLOURS || [0, last / 2, last].contains(&place) {
                ends.extend(points.last().map(|&(_, y)| (place, series.name.as_str(), y)));
            }
        }
        // Names keep a line's height apart, pushed down in order of their lines, and all of them up where they run out of room.
        ends.sort_by(|a, b| a.2.total_cmp(&b.2));
        let mut free = TOP;
        for (_, _, at) in &mut ends {
            *at = at.max(free);
            free = *at + NAME;
        }
        let over = (free - NAME - BOTTOM).max(0.0);
        for (place, name, at) in ends {
            let style = colour(place, all.len(), "fill");
            self.drawing.styled_text((self.x.end() + 6.0, at - over + 4.0), "tick", &style, &clipped(name, 9));
        }
    }

    /// The finished markup.
    pub fn finish(self) -> String {
        self.drawing.finish()
    }

    fn shown(&self, points: impl IntoIterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
        let visible = |(x, y): &(f64, f64)| self.x.shows(*x) && self.y.shows(*y);
        points.into_iter().filter(visible).map(|(x, y)| (self.x.at(x), self.y.at(y))).collect()
    }
}

// The colour of one of several lines: its own, or its place on a ramp.
fn colour(place: usize, lines: usize, property: &str) -> String {
    let own = ["train", "dev", "target", "test", "soft", "ink"];
    match own.get(place).filter(|_| lines <= COLOURS) {
        Some(name) => format!("{property}:var(--{name})"),
        None => {
            let share = 100 * place / lines.saturating_sub(1).max(1);
            format!("{property}:color-mix(in oklab,var(--dev) {share}%,var(--train))")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(y: Axis<'_>) -> Plot {
        Plot::with_names("Title", "Description", Axis::exact("epoch", [0.0, 10.0]), y)
    }

    #[test]
    fn what_an_axis_cannot_show_is_left_out() {
        let mut plot = plot(Axis::log("norm", [0.0, 1e-3, f64::NAN, 10.0]));
        plot.line([(0.0, 0.0), (1.0, 1e-3), (2.0, f64::NAN), (f64::INFINITY, 1.0), (4.0, 10.0)], "train");
        let drawn = plot.finish();
        let points = drawn.split("points=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        assert_eq!(points.split(' ').count(), 2, "{points}");
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"));
    }

    #[test]
    fn of_many_lines_three_are_named_and_none_below_the_frame() {
        let series = |place: usize| Series { name: format!("dense{place}"), points: vec![(0.0, 1.0), (10.0, 1.0)] };
        let mut many = plot(Axis::round("norm", [0.0, 1.0]));
        many.named_lines(&(1..=30).map(series).collect::<Vec<_>>());
        let drawn = many.finish();
        assert_eq!(drawn.matches("dense").count(), 3);
        let mut few = plot(Axis::round("norm", [1.0, 9.0]));
        few.named_lines(&(1..=6).map(series).collect::<Vec<_>>());
        let drawn = few.finish();
        let heights = drawn.split("<text ").filter(|text| text.contains("dense"));
        let lowest = heights.filter_map(|text| text.split("y=\"").nth(1)?.split('"').next()?.parse::<f64>().ok());
        assert!(lowest.fold(0.0, f64::max) <= BOTTOM + 4.0);
    }
}
