//! One received message, taken apart once on arrival; knows nothing of how it came or who looks at it.

use mail_parser::{
    Addr, MessageParser, MessagePart, MimeHeaders as _, PartType, decoders::html::html_to_text,
};

use super::links::{self, Piece};

/// Who a message was handed over from and to (RFC 5321 section 2.3.1), byte for byte as the client said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The reverse path without its angle brackets; empty for the null path.
    pub from: String,
    /// The accepted recipients, in the order given.
    pub to: Vec<String>,
}

/// A name and an address from a header; the name is empty when there was none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// The display name, decoded.
    pub name: String,
    /// The address as the header has it.
    pub address: String,
}

/// One header field, unfolded and with its encoded words decoded (RFC 2047).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The field's name as sent; the capitals of well-known names are the standard ones.
    pub name: String,
    /// The field's value.
    pub value: String,
}

/// What is known of a part that is not the message's text: an attachment or an inline picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The part's place in the message, counted from 0 at the whole.
    pub part: u32,
    /// The file name, empty when none was given.
    pub file_name: String,
    /// The media type, such as `image/png`.
    pub content_type: String,
    /// The content id without its angle brackets, empty when none was given.
    pub content_id: String,
    /// Size in bytes, decoded.
    pub size: usize,
}

/// A received message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Its name in this mailbox: the count of arrivals, in decimal.
    pub id: String,
    /// The envelope's sender, byte for byte; empty for the null path.
    pub envelope_from: String,
    /// The envelope's recipients, byte for byte.
    pub envelope_to: Vec<String>,
    /// When it arrived, in Unix seconds.
    pub received_at: i64,
    /// When its `Date` header says it was written, in Unix seconds; the arrival when it says nothing readable.
    pub date: i64,
    /// Every header field of the message itself, in order.
    pub headers: Vec<Header>,
    /// The `Message-ID` without its angle brackets, empty when there is none.
    pub message_id: String,
    /// The `From` header.
    pub from: Vec<Address>,
    /// The `To` header.
    pub to: Vec<Address>,
    /// The `Cc` header.
    pub cc: Vec<Address>,
    /// The `Bcc` header.
    pub bcc: Vec<Address>,
    /// The `Reply-To` header.
    pub reply_to: Vec<Address>,
    /// The subject, decoded; empty when there is none.
    pub subject: String,
    /// The plain-text part, decoded, its lines ending in LF; empty when the message has none.
    pub text: String,
    /// The HTML part, decoded, its lines ending in LF; empty when the message has none.
    pub html: String,
    /// Parts shown within the HTML.
    pub inline: Vec<Attachment>,
    /// Parts to be saved as files.
    pub attachments: Vec<Attachment>,
    /// The message as it was sent, dots unstuffed, without the line that ended it.
    pub raw: Vec<u8>,
}

impl Message {
    /// Takes `raw` apart as far as that goes; where no header is found, all of it is text.
    pub(super) fn parse(id: String, envelope: Envelope, raw: Vec<u8>, received_at: i64) -> Self {
        let parsed = MessageParser::default().parse(&raw).filter(|parsed| !parsed.parts.is_empty());
        let Some(parsed) = parsed else {
            return Self {
                id,
                envelope_from: envelope.from,
                envelope_to: envelope.to,
                received_at,
                date: received_at,
                text: with_plain_line_ends(&String::from_utf8_lossy(&raw)),
                raw,
                ..Self::default()
            };
        };
        let addresses = |header: Option<&mail_parser::Address<'_>>| {
            header.map(|found| found.iter().map(address).collect()).unwrap_or_default()
        };
        let (mut inline, mut attachments) = (Vec::new(), Vec::new());
        for &part in &parsed.attachments {
            if let Some(found) = parsed.part(part) {
                let list = if is_inline(found) { &mut inline } else { &mut attachments };
                list.push(attachment(part, found));
            }
        }
        Self {
            id,
            envelope_from: envelope.from,
            envelope_to: envelope.to,
            received_at,
            date: parsed
                .date()
                .filter(|date| date.is_valid())
                .map_or(received_at, |date| date.to_timestamp()),
            headers: headers(&raw),
            message_id: parsed.message_id().unwrap_or_default().to_owned(),
            from: addresses(parsed.from()),
            to: addresses(parsed.to()),
            cc: addresses(parsed.cc()),
            bcc: addresses(parsed.bcc()),
            reply_to: addresses(parsed.reply_to()),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            // The parser lists an HTML part as text, and a text part as HTML, where the other one is missing.
            text: parsed.text_bodies().filter_map(plain).map(with_plain_line_ends).collect(),
            html: parsed.html_bodies().filter_map(markup).map(with_plain_line_ends).collect(),
            inline,
            attachments,
            raw,
        }
    }

    /// The web addresses in the text part, in order, duplicates included.
    #[must_use]
    pub fn links(&self) -> Vec<&str> {
        links::pieces(&self.text)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Link(link) => Some(link),
                Piece::Words(_) => None,
            })
            .collect()
    }

    /// The first value of a header, its name in any capitals.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// The message's first words on one line, at most 250 characters.
    #[must_use]
    pub fn snippet(&self) -> String {
        let text = if self.text.trim().is_empty() { html_to_text(&self.html) } else { self.text.clone() };
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(250) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
            None => line,
        }
    }
}

fn headers(raw: &[u8]) -> Vec<Header> {
    // A parser with a table of its own reads every field the same way: as text.
    let parser = MessageParser::new().header_text(mail_parser::HeaderName::Subject).default_header_text();
    let Some(parsed) = parser.parse_headers(raw).filter(|parsed| !parsed.parts.is_empty()) else {
        return Vec::new();
    };
    parsed
        .headers()
        .iter()
        .map(|header| Header {
            name: header.name().to_owned(),
            value: header.value().as_text().unwrap_or_default().to_owned(),
        })
        .collect()
}

fn address(found: &Addr<'_>) -> Address {
    Address {
        name: found.name().unwrap_or_default().to_owned(),
        address: found.address().unwrap_or_default().to_owned(),
    }
}

fn plain<'a>(part: &'a MessagePart<'_>) -> Option<&'a str> {
    match &part.body {
        PartType::Text(text) => Some(text),
        _ => None,
    }
}

fn markup<'a>(part: &'a MessagePart<'_>) -> Option<&'a str> {
    match &part.body {
        PartType::Html(html) => Some(html),
        _ => None,
    }
}

fn with_plain_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn is_inline(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::InlineBinary(_))
        || part
            .content_disposition()
            .is_some_and(|disposition| disposition.ctype().eq_ignore_ascii_case("inline"))
}

fn attachment(place: u32, part: &MessagePart<'_>) -> Attachment {
    let content_type = part.content_type().map_or_else(
        || "text/plain".to_owned(),
        |found| match found.subtype() {
            Some(subtype) => format!("{}/{subtype}", found.ctype()),
            None => found.ctype().to_owned(),
        },
    );
    Attachment {
        part: place,
        file_name: part.attachment_name().unwrap_or_default().to_owned(),
        content_type,
        content_id: part.content_id().unwrap_or_default().to_owned(),
        size: part.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Envelope, Message};

    fn parse(raw: &[u8]) -> Message {
        let envelope = Envelope { from: String::new(), to: Vec::new() };
        Message::parse("1".to_owned(), envelope, raw.to_vec(), 0)
    }

    #[test]
    fn a_snippet_is_one_short_line() {
        assert_eq!(parse(b"Subject: s\r\n\r\n one\r\n\r\n two \r\n").snippet(), "one two");
        let long = parse(format!("Subject: s\r\n\r\n{}", "é".repeat(300)).as_bytes()).snippet();
        assert_eq!(long, format!("{}…", "é".repeat(250)));
    }

    #[test]
    fn a_folded_header_is_one_value() {
        let message = parse(b"Subject: one\r\n two\r\nX-Own: a\r\n\tb\r\n\r\nx");
        assert_eq!((message.subject.as_str(), message.header("x-own")), ("one two", Some("a b")));
    }

    proptest! {
        #[test]
        fn anything_like_mail_can_be_taken_apart(
            pieces in proptest::collection::vec(
                prop::sample::select(vec![
                    "\r\n", "--b", "--", ": ", "Content-Type: multipart/mixed; boundary=b", "Content-Type: message/rfc822",
                    "Content-Type: text/html", "Date: ", "=", "Content-Transfer-Encoding: base64", "=?utf-8?q?=C3?=",
                    "Subject: ", "To: <a@b", "99 Foo 99999 99:99:99 +9999", "é", "\n", " ", "<p>x", "Message-ID: <",
                ]),
                0..24,
            ),
        ) {
            let raw = pieces.concat();
            let message = parse(raw.as_bytes());
            prop_assert!(message.snippet().chars().count() <= 251);
            prop_assert_eq!(message.raw, raw.as_bytes());
        }

        #[test]
        fn any_bytes_can_be_taken_apart(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(parse(&raw).raw, raw);
        }
    }
}
