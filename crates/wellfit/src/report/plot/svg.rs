//! Small pieces of SVG: text that is escaped, lines, dots.

use std::fmt::Write;

/// A drawing with a title and a description for screen readers; its styles are the page's.
pub struct Drawing {
    body: String,
    open: String,
}

impl Drawing {
    /// A drawing of fixed proportions that fills the width it is given.
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Drawing {
        Drawing::open(format!("viewBox=\"0 0 {} {}\"", short(width), short(height)), title, description)
    }

    /// A drawing as wide as its place and of a fixed height, with horizontal positions in percent.
    pub fn stretching(height: f64, title: &str, description: &str) -> Drawing {
        Drawing::open(format!("width=\"100%\" height=\"{}\"", short(height)), title, description)
    }

    fn open(size: String, title: &str, description: &str) -> Drawing {
        let (title, description) = (escape(title), escape(description));
        let open = format!("<svg {size} role=\"img\"><title>{title}</title><desc>{description}</desc>");
        Drawing { body: String::new(), open }
    }

    /// Adds a finished piece.
    pub fn add(&mut self, piece: &str) {
        self.body.push_str(piece);
    }

    /// Text at a position; `anchor` is start, middle or end.
    pub fn text(&mut self, x: f64, y: f64, anchor: &str, class: &str, text: &str) {
        let _ = write!(
            self.body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" class=\"{class}\">{}</text>",
            short(x),
            short(y),
            escape(text)
        );
    }

    /// A straight line.
    pub fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str) {
        let _ = write!(
            self.body,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"{class}\"/>",
            short(x1),
            short(y1),
            short(x2),
            short(y2)
        );
    }

    /// Text with a style of its own.
    pub fn styled_text(&mut self, (x, y): (f64, f64), class: &str, style: &str, text: &str) {
        let _ = write!(
            self.body,
            "<text x=\"{}\" y=\"{}\" class=\"{class}\" style=\"{style}\">{}</text>",
            short(x),
            short(y),
            escape(text)
        );
    }

    /// A line through points; `style` may be empty.
    pub fn polyline(&mut self, points: &[(f64, f64)], class: &str, style: &str) {
        let mut path = String::new();
        for (x, y) in points {
            let _ = write!(path, "{},{} ", short(*x), short(*y));
        }
        let style = styled(style);
        let _ = write!(self.body, "<polyline points=\"{}\" class=\"{class}\"{style}/>", path.trim_end());
    }

    /// A dot.
    pub fn dot(&mut self, x: f64, y: f64, radius: f64, class: &str) {
        let _ = write!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"{class}\"/>",
            short(x),
            short(y),
            short(radius)
        );
    }

    /// A filled rectangle; `style` may be empty.
    pub fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), class: &str, style: &str) {
        let style = styled(style);
        let _ = write!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"{class}\"{style}/>",
            short(x),
            short(y),
            short(width),
            short(height)
        );
    }

    /// The finished markup.
    pub fn finish(self) -> String {
        format!("{}{}</svg>", self.open, self.body)
    }
}

fn styled(style: &str) -> String {
    if style.is_empty() { String::new() } else { format!(" style=\"{style}\"") }
}

/// Text as it may stand between tags and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters have no place in XML.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// Text cut to a length that fits beside an axis, with an ellipsis where something is missing.
pub fn clipped(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_string();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

/// A coordinate to a tenth: finer cannot be seen.
pub fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_between_letters() {
        assert_eq!(clipped("größe", 5), "größe");
        assert_eq!(clipped("größer", 5), "größ…");
    }

    #[test]
    fn hostile_text_becomes_text() {
        assert_eq!(escape("<b onload='x'>&\"\u{0}"), "&lt;b onload=&#39;x&#39;&gt;&amp;&quot;\u{FFFD}");
    }
}
