//! Text without control characters: what no honest request holds and not every database can keep (FX-14). It does
//! not know what the text means.

use serde_json::Value;

/// True without control characters; what has lines may have tabs and line breaks.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// JSON that others wrote, and every name and text in it plain.
/// `None` when it is not JSON, or holds what nobody writes.
pub fn json(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().filter(is_plain_json)
}

/// [`is_plain`] for every name and text in it.
pub fn is_plain_json(value: &Value) -> bool {
    match value {
        Value::String(text) => is_plain(text),
        Value::Array(all) => all.iter().all(is_plain_json),
        Value::Object(members) => members.iter().all(|(name, value)| is_plain(name) && is_plain_json(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fx_14_control_characters_are_found_wherever_json_hides_them() {
        for hidden in [r#""a\u0000""#, r#"{"a\u0001": 1}"#, r#"[{"a": ["\u001b"]}]"#, r#""\u0085""#, "{"] {
            assert_eq!(json(hidden.as_bytes()), None, "{hidden}");
        }
        assert!(json("{\"a\": [\"é\\n\\t\", 1, null]}".as_bytes()).is_some());
    }
}
