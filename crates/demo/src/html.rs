//! Writing HTML.

use crate::article::Piece;

/// Returns `text` with what means something in HTML escaped.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// Returns `text` as a JSON string within a script element.
pub(crate) fn json_string(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('<', "\\u003c");
    format!("\"{escaped}\"")
}

/// Returns a link.
pub(crate) fn link(to: &str, text: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(to), escape(text))
}

/// Returns a list of links, each an item.
pub(crate) fn link_items<'a>(links: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    links
        .into_iter()
        .map(|(to, text)| format!("<li>{}</li>\n", link(to, text)))
        .collect()
}

/// Returns the running text: paragraphs, headings, lists and quotes; downloads are the theme's matter.
pub(crate) fn body(pieces: &[Piece]) -> String {
    pieces.iter().map(block).collect()
}

fn block(piece: &Piece) -> String {
    match piece {
        Piece::Paragraph(text) => format!("<p>{}</p>\n", escape(text)),
        Piece::Heading(text) => format!("<h2>{}</h2>\n", escape(text)),
        Piece::Items(items) => {
            let items: String = items
                .iter()
                .map(|item| format!("<li>{}</li>\n", escape(item)))
                .collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Piece::Quote { text, speaker } => format!(
            "<blockquote class=\"pullquote\"><p>{}</p><cite>{}</cite></blockquote>\n",
            escape(text),
            escape(speaker)
        ),
        Piece::Attachment { .. } | Piece::Citation { .. } => String::new(),
    }
}

/// Returns a day as people write it in English, `14 March 2024`.
pub(crate) fn long_date(date: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = date
        .split('-')
        .map(|part| part.parse::<usize>().unwrap_or(0));
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month
        .and_then(|m| MONTHS.get(m.wrapping_sub(1)))
        .copied()
        .unwrap_or_default();
    format!("{} {month} {}", day.unwrap_or(0), year.unwrap_or(0))
}
