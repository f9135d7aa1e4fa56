//! Files: whole or in part, so that a broken download goes on where it stopped (RFC 9110 §14), with what proves
//! them complete.
use std::ops::RangeInclusive;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::stream;
use platform::{
    Fault,
    web::{Trouble, streamed},
};

use super::item::find;
use crate::{
    Portal,
    resource::{self, File, Section, file_name_of, store::PIECE},
    visitor::reading::Reading,
};

pub async fn of_section(
    State(portal): State<Portal>,
    reading: Reading,
    headers: HeaderMap,
    Path((section, slug, name)): Path<(String, String, String)>,
) -> Result<Response, Trouble> {
    let section = Section::of_path(&section).ok_or_else(Trouble::not_found)?;
    send(portal, reading, &headers, section, &slug, &name).await
}

pub async fn of_issue(
    State(portal): State<Portal>,
    reading: Reading,
    headers: HeaderMap,
    Path((_, slug, name)): Path<(String, String, String)>,
) -> Result<Response, Trouble> {
    send(portal, reading, &headers, Section::Newsletters, &slug, &name).await
}

async fn send(
    portal: Portal,
    reading: Reading,
    headers: &HeaderMap,
    section: Section,
    slug: &str,
    name: &str,
) -> Result<Response, Trouble> {
    let resource = find(&portal, &reading, section, slug).await?;
    let name = file_name_of(name).ok_or_else(Trouble::not_found)?;
    let file = resource::store::find_file(portal.db.reader(), resource.id, &name).await?;
    answer(portal, headers, &file.ok_or_else(Trouble::not_found)?)
}

/// What a request wants of a file.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// First and last byte.
    Part(RangeInclusive<u64>),
    /// It has it.
    Nothing,
    /// There are no such bytes.
    Unsatisfiable,
}

/// Decides by `If-None-Match`, `If-Range` and `Range`. Several ranges, and what cannot be read, mean the whole
/// (RFC 9110 §14.2 allows it).
fn wanted(headers: &HeaderMap, etag: &str, size: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    let names =
        |list: &str| list == "*" || list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag);
    if text(header::IF_NONE_MATCH).is_some_and(names) {
        return Wanted::Nothing;
    }
    // A date, a weak tag and another file's tag alike: begin again.
    if text(header::IF_RANGE).is_some_and(|tag| tag != etag) {
        return Wanted::Whole;
    }
    let Some(spec) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let Some((from, until)) = spec.split_once('-').filter(|_| !spec.contains(',')) else {
        return Wanted::Whole;
    };
    let number = |text: &str| text.trim().parse::<u64>();
    match (number(from), number(until), from.trim().is_empty(), until.trim().is_empty()) {
        (Ok(from), Ok(until), ..) if from <= until && from < size => Wanted::Part(from..=until.min(size - 1)),
        (Ok(from), _, _, true) if from < size => Wanted::Part(from..=size - 1),
        (_, Ok(last), true, _) if last > 0 && size > 0 => Wanted::Part(size.saturating_sub(last)..=size - 1),
        (Ok(from), Ok(until), ..) if from > until => Wanted::Whole,
        (Ok(_), Ok(_), ..) | (Ok(_), _, _, true) | (_, Ok(_), true, _) => Wanted::Unsatisfiable,
        _ => Wanted::Whole,
    }
}

/// The file as the request wants it. It can never act as a page of ours: no type but raster pictures, no sniffing,
/// and whoever opens it by itself opens it in a sandbox (BR-13).
pub fn answer(portal: Portal, asked: &HeaderMap, file: &File) -> Result<Response, Trouble> {
    let size = u64::try_from(file.size).unwrap_or(0);
    let etag = format!("\"{}\"", file.sha256);
    let (status, range) = match wanted(asked, &etag, size) {
        Wanted::Whole => (StatusCode::OK, (size > 0).then(|| 0..=size - 1)),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Wanted::Nothing => (StatusCode::NOT_MODIFIED, None),
        Wanted::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, None),
    };
    let mut headers = Vec::from([
        (header::ETAG, etag),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        // Asked for again each time: a plan may end.
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::CONTENT_TYPE, file.media_type.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'".to_owned()),
    ]);
    if !file.is_picture() {
        headers.push((header::CONTENT_DISPOSITION, resource::attachment(&file.name)));
        let digest = HeaderName::from_static("repr-digest");
        headers.push((digest, format!("sha-256=:{}:", STANDARD.encode(bytes_of(&file.sha256)))));
    }
    match (status, &range) {
        (StatusCode::PARTIAL_CONTENT, Some(range)) => {
            headers.push((header::CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start(), range.end())));
        }
        (StatusCode::RANGE_NOT_SATISFIABLE, _) => {
            headers.push((header::CONTENT_RANGE, format!("bytes */{size}")));
        }
        _ => {}
    }
    let length = range.as_ref().map_or(0, |range| range.end() - range.start() + 1);
    if status != StatusCode::NOT_MODIFIED {
        headers.push((header::CONTENT_LENGTH, length.to_string()));
    }
    let body = match range {
        Some(range) => streamed(pieces(portal, file.sha256.clone(), range)),
        None => Body::empty(),
    };
    let mut response = (status, body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_str(&value).map_err(Trouble::bug)?);
    }
    Ok(response)
}

/// The bytes of a range, piece by piece, as the reader takes them.
fn pieces(
    portal: Portal,
    sha256: String,
    range: RangeInclusive<u64>,
) -> impl futures_util::Stream<Item = Result<Vec<u8>, Fault>> + Send {
    let (first, last) = (*range.start(), *range.end());
    stream::unfold(Some(first), move |at| {
        let (portal, sha256) = (portal.clone(), sha256.clone());
        async move {
            let at = at.filter(|at| *at <= last)?;
            let seq = at / PIECE as u64;
            let piece = resource::store::read_piece(
                portal.db.reader(),
                &sha256,
                i64::try_from(seq).unwrap_or(i64::MAX),
            );
            let begin = usize::try_from(at % PIECE as u64).unwrap_or(0);
            let left = usize::try_from(last - at).unwrap_or(usize::MAX).saturating_add(1);
            let part = match piece.await {
                Ok(Some(piece)) => piece.into_iter().skip(begin).take(left).collect::<Vec<u8>>(),
                Ok(None) => return Some((Err(Fault::bug("a piece of a file is missing")), None)),
                Err(fault) => return Some((Err(fault), None)),
            };
            let next = at + part.len() as u64;
            (!part.is_empty()).then_some((Ok(part), Some(next)))
        }
    })
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().filter_map(|c| c.to_digit(16)).filter_map(|d| u8::try_from(d).ok()).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[(HeaderName, &'static str)], size: u64) -> Wanted {
        let headers =
            fields.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        wanted(&headers, "\"abc\"", size)
    }

    #[test]
    fn a_range_is_what_the_rfc_says() {
        let range = |value, size| of(&[(header::RANGE, value)], size);
        assert_eq!(of(&[], 10), Wanted::Whole);
        assert_eq!(range("bytes=0-4", 10), Wanted::Part(0..=4));
        assert_eq!(range("bytes=4-", 10), Wanted::Part(4..=9));
        assert_eq!(range("bytes=-3", 10), Wanted::Part(7..=9));
        assert_eq!(range("bytes=-30", 10), Wanted::Part(0..=9));
        assert_eq!(range("bytes=5-99", 10), Wanted::Part(5..=9));
        for out in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(range(out, 10), Wanted::Unsatisfiable, "{out}");
        }
        assert_eq!(range("bytes=0-", 0), Wanted::Unsatisfiable);
        for whole in ["bytes=4-2", "bytes=a-b", "bytes=0-1,3-4", "items=0-1", "bytes=-", "bytes", "bytes=1"] {
            assert_eq!(range(whole, 10), Wanted::Whole, "{whole}");
        }
    }

    #[test]
    fn a_part_is_of_the_file_that_was_begun_or_it_begins_again() {
        let range = (header::RANGE, "bytes=4-");
        assert_eq!(of(&[range.clone(), (header::IF_RANGE, "\"abc\"")], 10), Wanted::Part(4..=9));
        for other in ["\"abd\"", "W/\"abc\"", "Sun, 22 Nov 2026 10:00:00 GMT"] {
            assert_eq!(of(&[range.clone(), (header::IF_RANGE, other)], 10), Wanted::Whole, "{other}");
        }
        for same in ["\"abc\"", "*", "\"x\", W/\"abc\""] {
            assert_eq!(of(&[range.clone(), (header::IF_NONE_MATCH, same)], 10), Wanted::Nothing, "{same}");
        }
    }

    #[test]
    fn a_digest_is_read_out_of_its_digits() {
        assert_eq!(bytes_of("00ff1a"), [0, 255, 26]);
    }
}
