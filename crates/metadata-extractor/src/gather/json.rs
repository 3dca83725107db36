//! Reads the JSON of scripts, repairing what page generators commonly break.

use serde_json::{Deserializer, Value};

/// Longer scripts are data, not a description of the page.
const MAX_BYTES: usize = 2_000_000;

/// Returns the values in `script`: as they stand if they parse, else after a light repair.
pub(super) fn values(script: &str) -> Vec<Value> {
    let script = stripped(script);
    if script.len() > MAX_BYTES {
        return Vec::new();
    }
    match read_all(script) {
        Ok(values) => values,
        Err(_) => read_all(&repaired(script)).unwrap_or_else(|readable| readable),
    }
}

/// Returns every value in sequence; on failure those that could be read.
fn read_all(text: &str) -> Result<Vec<Value>, Vec<Value>> {
    let mut values = Vec::new();
    for value in Deserializer::from_str(text).into_iter::<Value>() {
        match value {
            Ok(value) => values.push(value),
            Err(_) => return Err(values),
        }
    }
    Ok(values)
}

/// Drops what some templates wrap around JSON: comments, CDATA marks, a final semicolon.
fn stripped(script: &str) -> &str {
    let mut text = script.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == ';');
    for (open, close) in [
        ("<!--", "-->"),
        ("//<![CDATA[", "//]]>"),
        ("/*<![CDATA[*/", "/*]]>*/"),
        ("<![CDATA[", "]]>"),
    ] {
        if let Some(inner) = text.strip_prefix(open) {
            text = inner.strip_suffix(close).unwrap_or(inner).trim();
        }
    }
    text.trim_matches(|c: char| c.is_whitespace() || c == ';')
}

/// Returns `text` with control characters in strings escaped, wrong escapes undone, commas before a
/// closing bracket dropped, and what is open at the end closed.
fn repaired(text: &str) -> String {
    let mut repair = Repair::default();
    for c in text.chars() {
        repair.take(c);
    }
    repair.finish()
}

#[derive(Default)]
struct Repair {
    out: String,
    open: Vec<char>,
    in_string: bool,
    escaped: bool,
    /// A comma that waits for what comes next.
    comma: bool,
}

impl Repair {
    fn take(&mut self, c: char) {
        if self.in_string {
            self.in_string(c);
        } else {
            self.outside(c);
        }
    }

    fn in_string(&mut self, c: char) {
        if self.escaped {
            self.escaped = false;
            match c {
                '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u' => self.out.extend(['\\', c]),
                _ if c.is_control() => self.out.push(' '),
                _ => self.out.push(c),
            }
            return;
        }
        match c {
            '\\' => self.escaped = true,
            '"' => {
                self.in_string = false;
                self.out.push('"');
            }
            _ if c.is_control() => self.out.push(' '),
            _ => self.out.push(c),
        }
    }

    fn outside(&mut self, c: char) {
        match c {
            ',' => self.comma = true,
            _ if c.is_whitespace() => self.out.push(' '),
            '}' | ']' => {
                self.comma = false;
                self.close(c);
            }
            _ => self.value(c),
        }
    }

    fn value(&mut self, c: char) {
        if std::mem::take(&mut self.comma) {
            self.out.push(',');
        }
        match c {
            '{' => self.open.push('}'),
            '[' => self.open.push(']'),
            '"' => self.in_string = true,
            _ => {}
        }
        self.out.push(c);
    }

    fn close(&mut self, c: char) {
        if self.open.last() == Some(&c) {
            self.open.pop();
            self.out.push(c);
        }
    }

    fn finish(mut self) -> String {
        if self.in_string {
            self.out.push('"');
        }
        while let Some(c) = self.open.pop() {
            self.out.push(c);
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn common_breakage_is_repaired() {
        let cases = [
            ("{\"a\": \"two\nlines\",}", json!({"a": "two lines"})),
            ("{\"a\": \"it\\'s\"};", json!({"a": "it's"})),
            ("<!-- {\"a\": [1, 2,]} -->", json!({"a": [1, 2]})),
            ("//<![CDATA[\n{\"a\": 1}\n//]]>", json!({"a": 1})),
            (
                "{\"a\": [{\"b\": \"cut off",
                json!({"a": [{"b": "cut off"}]}),
            ),
        ];
        for (text, value) in cases {
            assert_eq!(values(text), [value], "{text}");
        }
        assert_eq!(
            values("{\"a\":1}{\"b\":2}"),
            [json!({"a": 1}), json!({"b": 2})]
        );
        assert!(values("not json").is_empty());
    }

    proptest! {
        #[test]
        fn any_script_is_taken(text in "[\\[\\]{}\",:\\\\a1 \n]{0,60}", other in "\\PC{0,60}") {
            let _ = (values(&text), values(&other));
        }

        #[test]
        fn whole_json_stays_as_it_is(text in "[^\\pC\"\\\\]{0,20}", number in 0u32..9) {
            let value = json!({"a": text, "b": [number, null, {"c": true}]});
            prop_assert_eq!(values(&repaired(&value.to_string())), vec![value]);
        }
    }
}
