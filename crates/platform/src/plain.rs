//! Control characters in what comes in: refused once, at the door, on both engines alike (FX-14). Knows no field.
//!
//! PostgreSQL cannot store NUL, SQLite can, terminals obey others, and no honest person or site sends any.
//! Tabs and line breaks are text where text may have lines.

/// True when a text holds none but tabs and line breaks.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// [`is_plain`] for every name and text of a JSON value.
pub fn is_plain_json(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::String(text) => is_plain(text),
        Value::Array(all) => all.iter().all(is_plain_json),
        Value::Object(members) => members.iter().all(|(name, value)| is_plain(name) && is_plain_json(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// True when a path, encoded, holds none at all once it is decoded.
pub fn is_plain_path(encoded: &str) -> bool {
    !percent_encoding::percent_decode_str(encoded).decode_utf8_lossy().chars().any(char::is_control)
}

/// True when a form or a query, encoded, holds none but tabs and line breaks once it is decoded.
pub fn is_plain_form(encoded: &[u8]) -> bool {
    is_plain(&percent_encoding::percent_decode(encoded).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fx_14_control_characters_are_found_however_they_are_written() {
        for form in ["a=%00", "%1B=a", "a=b&c=%7f", "a=%c2%85", "a=\u{1}"] {
            assert!(!is_plain_form(form.as_bytes()), "{form}");
        }
        assert!(is_plain_form(b"a=%0D%0A%09&b=%e2%80%a8&c=%ff&d=%2500"));
        assert!(!is_plain_path("/a/%0a") && !is_plain_path("/%00") && is_plain_path("/a/%C3%A9"));
        assert!(!is_plain_json(&serde_json::json!({ "a": [{ "b\0": 1 }] })));
        assert!(is_plain_json(&serde_json::json!({ "a": ["b\n", 1, null] })));
    }
}
