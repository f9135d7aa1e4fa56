//! Distinguished names as text (RFC 4514), and when two texts name the same; it knows no certificate.

use x509_parser::{
    asn1_rs::Tag,
    x509::{AttributeTypeAndValue, X509Name},
};

use super::NotACertificate;

/// Names of attribute types that people write instead of numbers (RFC 4514 §3, RFC 4519, RFC 5280 A.1).
const SHORT: [(&str, &str); 13] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.97", "ORGANIZATIONIDENTIFIER"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "EMAILADDRESS"),
];

/// The name, its last part first, as RFC 4514 §2.1 orders it.
pub fn in_words(name: &X509Name<'_>) -> Result<String, NotACertificate> {
    let mut parts = Vec::new();
    for part in name.iter_rdn() {
        parts.push(part.iter().map(attribute).collect::<Result<Vec<_>, _>>()?.join("+"));
    }
    parts.reverse();
    Ok(parts.join(","))
}

fn attribute(pair: &AttributeTypeAndValue<'_>) -> Result<String, NotACertificate> {
    let number = pair.attr_type().to_id_string();
    let kind = SHORT.iter().find(|(known, _)| *known == number).map_or(number.as_str(), |(_, short)| short);
    let content = pair.as_slice();
    let text = match pair.attr_value().tag() {
        // Two bytes a character.
        Tag::BmpString => {
            let units =
                content.chunks(2).map(|pair| pair.iter().fold(0, |sum, byte| (sum << 8) | u16::from(*byte)));
            String::from_utf16(&units.collect::<Vec<_>>()).map_err(|_| NotACertificate)?
        }
        // The last only where it is ASCII.
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::T61String => {
            str::from_utf8(content).map_err(|_| NotACertificate)?.to_owned()
        }
        _ => return Err(NotACertificate),
    };
    Ok(format!("{kind}={}", escaped(&text)))
}

/// RFC 4514 §2.4.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    let last = text.chars().count().saturating_sub(1);
    for (place, c) in text.chars().enumerate() {
        let at_edge = (c == ' ' && (place == 0 || place == last)) || (c == '#' && place == 0);
        if at_edge || "\"+,;<>\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// One part of a name: the sign before it, its type in upper case, its value without escapes.
pub type Part = (char, String, String);

/// The parts of a name; none for a text that is no name. Blanks around the signs do not count, nor does the
/// letter case of types.
pub fn normalised(text: &str) -> Option<Vec<Part>> {
    split(text)
        .into_iter()
        .map(|(sign, part)| {
            let (kind, value) = part.split_once('=')?;
            let kind = kind.trim_matches(' ').to_ascii_uppercase();
            let short =
                SHORT.iter().find(|(number, _)| *number == kind).map(|(_, short)| (*short).to_owned());
            Some((sign, short.unwrap_or(kind), unescaped(value.trim_start_matches(' '))?))
        })
        .collect()
}

/// Splits where an unescaped sign stands.
fn split(text: &str) -> Vec<(char, String)> {
    let (mut parts, mut part, mut sign, mut after_backslash) = (Vec::new(), String::new(), ',', false);
    for c in text.chars() {
        if !after_backslash && matches!(c, ',' | ';' | '+') {
            parts.push((sign, std::mem::take(&mut part)));
            sign = if c == '+' { '+' } else { ',' };
            continue;
        }
        after_backslash = !after_backslash && c == '\\';
        part.push(c);
    }
    parts.push((sign, part));
    parts
}

/// Undoes backslashes, before signs and as pairs of hexadecimal digits; trailing blanks go unless escaped.
fn unescaped(value: &str) -> Option<String> {
    let (mut bytes, mut kept) = (Vec::new(), 0);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            let next = chars.next()?;
            match (next.to_digit(16), chars.clone().next().and_then(|low| low.to_digit(16))) {
                (Some(high), Some(low)) => {
                    chars.next();
                    bytes.push(u8::try_from(high * 16 + low).ok()?);
                }
                _ => bytes.extend(next.to_string().as_bytes()),
            }
            kept = bytes.len();
        } else {
            bytes.extend(c.to_string().as_bytes());
            if c != ' ' {
                kept = bytes.len();
            }
        }
    }
    bytes.truncate(kept);
    String::from_utf8(bytes).ok()
}
