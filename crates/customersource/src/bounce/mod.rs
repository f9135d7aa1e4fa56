//! What comes back: reports that a letter was not delivered (RFC 3464), as mail servers write them. Says which letter
//! they may be about and what became of it; knows no table.
pub mod actions;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use platform::mail::{self, Refusal, Stage};
use uuid::Uuid;

use crate::mailing::MailingId;

/// The largest report that is looked at: they carry the letter, and ours are small.
pub const LARGEST: usize = 512 * 1024;

/// What a report says of its letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It will not arrive, because of its recipient (`is_hard`) or for another reason.
    Returned { is_hard: bool },
    /// They still try.
    Delayed,
    /// It arrived, or was handed on.
    Fine,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The letters that it names, the surest first. What somebody made up names none of ours.
    pub letters: Vec<MailingId>,
    pub fate: Fate,
    /// What the other side said, without addresses.
    pub why: String,
}

/// Reads a message; `None` when it is no report (an answer by a person, a holiday notice).
pub fn read(raw: &[u8]) -> Option<Report> {
    let message = MessageParser::default().parse(raw)?;
    let status = message.parts.iter().find(|part| is_kind(part, "message", "delivery-status"))?;
    let text = match &status.body {
        PartType::Text(text) => text.as_bytes().to_vec(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.to_vec(),
        _ => return None,
    };
    let groups = groups_of(&text);
    let said = groups.iter().find(|group| group.has("action"))?;
    let (fate, why) = judge(said);
    Some(Report { letters: letters(&message), fate, why })
}

fn is_kind(part: &MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case(kind)
            && found.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    })
}

/// The fields of one recipient, or of the whole report (RFC 3464 §2.1).
struct Group(Vec<(String, String)>);

impl Group {
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}

/// So many recipients are looked at; ours have one.
const MOST_GROUPS: usize = 20;

fn groups_of(text: &[u8]) -> Vec<Group> {
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
    let blocks = text.split("\n\n").filter(|block| !block.trim().is_empty()).take(MOST_GROUPS);
    let fields = |block: &str| -> Option<Group> {
        let raw = format!("{}\r\n\r\n", block.trim_matches('\n').replace('\n', "\r\n"));
        let message = MessageParser::default().parse_headers(raw.as_bytes())?;
        let all = message.headers_raw().map(|(name, value)| {
            (name.to_ascii_lowercase(), value.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        Some(Group(all.collect()))
    };
    blocks.filter_map(fields).collect()
}

/// `Diagnostic-Code: smtp; 550 5.1.1 …` without its type; with the status where it does not hold one.
fn said(group: &Group) -> String {
    let status = group.get("status").split_whitespace().next().unwrap_or_default().to_owned();
    let diagnostic = group.get("diagnostic-code");
    let diagnostic = diagnostic.split_once(';').map_or(diagnostic, |(_, rest)| rest).trim();
    // A reply's own code says more than the 5.0.0 of who passes it on.
    let code = diagnostic.get(..3).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
    let is_whole = code || diagnostic.contains(&status);
    let all = if is_whole { diagnostic.to_owned() } else { format!("{status} {diagnostic}") };
    mail::without_addresses(all.trim())
}

fn judge(group: &Group) -> (Fate, String) {
    let why = said(group);
    let fate = match group.get("action").to_ascii_lowercase().as_str() {
        "failed" => Fate::Returned { is_hard: is_hard(group, &why) },
        "delayed" => Fate::Delayed,
        _ => Fate::Fine,
    };
    (fate, why)
}

/// Hard is what will be so for every letter to this address; the same decision as in our own dialog with a server.
fn is_hard(group: &Group, why: &str) -> bool {
    if !group.get("status").starts_with('5') {
        return false;
    }
    let first = why.split_whitespace().next().unwrap_or_default();
    let code = first.parse::<u16>().ok();
    let rest = code.and_then(|_| why.split_once(' ')).map_or(why, |(_, rest)| rest);
    // `550-5.1.1 …`, as some servers write the first of several lines.
    let rest = rest.strip_prefix("550-").unwrap_or(rest);
    let status = group.get("status").split_whitespace().next().unwrap_or_default();
    let text = if rest.starts_with("5.") { rest.to_owned() } else { format!("{status} {rest}") };
    let refusal = Refusal::new(Stage::Recipient, code.unwrap_or(550), &text);
    // 5.0.0 says nothing: then the words of the answer decide.
    match status {
        "5.0.0" | "5.0" => Refusal::new(Stage::Recipient, 550, rest).about() == mail::About::Recipient,
        _ => refusal.about() == mail::About::Recipient,
    }
}

/// The letters that a report may be about: the address that it came to, then the letter that it carries, then what it
/// answers to.
fn letters(message: &Message<'_>) -> Vec<MailingId> {
    let mut found = Vec::new();
    for name in ["To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"] {
        for (header, value) in message.headers_raw() {
            if header.eq_ignore_ascii_case(name) {
                found.extend(value.split(['+', '@', '<', '>', ' ', ',']).filter_map(id_of));
            }
        }
    }
    for part in &message.parts {
        match &part.body {
            PartType::Message(original) => found.extend(original.message_id().and_then(id_of)),
            PartType::Text(text) if is_kind(part, "text", "rfc822-headers") => {
                let raw = format!("{}\r\n\r\n", text.trim_end());
                let original = MessageParser::default().parse_headers(raw.as_bytes());
                found.extend(original.and_then(|original| id_of(original.message_id()?)));
            }
            _ => {}
        }
    }
    for (header, value) in message.headers_raw() {
        if ["in-reply-to", "references"].iter().any(|name| header.eq_ignore_ascii_case(name)) {
            found.extend(value.split_whitespace().filter_map(id_of));
        }
    }
    let mut seen = Vec::new();
    found.retain(|id| !seen.contains(id) && (seen.push(*id), seen.len() <= 10).1);
    found
}

/// Our letters are called by their job's id, in the envelope without hyphens.
fn id_of(text: &str) -> Option<MailingId> {
    let name = text.trim_matches(['<', '>', ' ']).split('@').next()?;
    (name.len() >= 32).then(|| Uuid::try_parse(name).ok()).flatten().map(MailingId)
}

#[cfg(test)]
mod tests;
