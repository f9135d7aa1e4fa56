//! The letters of a file: bytes into text, refused where they do not fit.
use encoding_rs::{Encoding, UTF_8};

use super::Unfit;

/// The text of a file: a byte order mark decides, then what the mapping declares, then UTF-8. What does not
/// fit is refused: guessed letters would become people's names.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Result<String, Unfit> {
    let (encoding, body) = match (Encoding::for_bom(bytes), declared) {
        (Some((encoding, mark)), _) => (encoding, bytes.get(mark..).unwrap_or_default()),
        (None, Some(label)) => match Encoding::for_label(label.as_bytes()) {
            Some(encoding) => (encoding, bytes),
            None => return decode_dos(bytes, label),
        },
        (None, None) => (UTF_8, bytes),
    };
    let (text, is_broken) = encoding.decode_without_bom_handling(body);
    if is_broken || text.contains('\0') { Err(not(encoding.name())) } else { Ok(text.into_owned()) }
}

/// A code page of DOS, such as `ibm850` or `cp850`: Navision exports in these.
fn decode_dos(bytes: &[u8], label: &str) -> Result<String, Unfit> {
    let small = label.trim().to_ascii_lowercase();
    let number = small.strip_prefix("ibm").or_else(|| small.strip_prefix("cp"));
    let table =
        number.and_then(|number| oem_cp::code_table::DECODING_TABLE_CP_MAP.get(&number.parse().ok()?));
    let table = table.ok_or_else(|| Unfit::File(format!("encoding: there is no {label}")))?;
    table.decode_string_checked(bytes).filter(|text| !text.contains('\0')).ok_or_else(|| not(label))
}

fn not(encoding: &str) -> Unfit {
    let ask = "declare another encoding, like windows-1252 or ibm850, or export the file anew";
    Unfit::File(format!("the file is not {encoding}: {ask}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_older_exports_are_read() {
        let text = "José;Ltda\n";
        let utf16 = |little: bool| {
            let units = text.encode_utf16();
            let mark: &[u8] = if little { &[0xff, 0xfe] } else { &[0xfe, 0xff] };
            let bytes = units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
            mark.iter().copied().chain(bytes).collect::<Vec<u8>>()
        };
        assert_eq!(decode(&utf16(true), None).unwrap(), text);
        assert_eq!(decode(&utf16(false), Some("windows-1252")).unwrap(), text, "the mark decides");
        assert_eq!(decode(&[b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(), None).unwrap(), text);
        assert_eq!(decode(b"Jos\xe9;Ltda\n", Some("Windows-1252")).unwrap(), text);
        for dos in ["ibm850", "IBM437", "cp858", "cp860"] {
            assert_eq!(decode(b"Jos\x82;Ltda\n", Some(dos)).unwrap(), text, "{dos}");
        }
        for (bytes, declared) in [
            (b"Jos\xe9".as_slice(), None),
            (b"J\0o\0".as_slice(), None),
            (b"x", Some("klingon")),
            (b"x", Some("ibm1")),
            (b"x", Some("cp")),
            (b"x\0", Some("ibm850")),
            (b"\xa6", Some("ibm864")),
            (b"\xff\xfeJ", None),
        ] {
            assert!(matches!(decode(bytes, declared), Err(Unfit::File(_))), "{bytes:?}");
        }
    }
}
