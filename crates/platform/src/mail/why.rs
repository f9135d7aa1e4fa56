//! Why a letter did not arrive, for people who never saw an SMTP reply: read out of what a refusal or a report says.
use super::refusal::enhanced;

/// A reason in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NoMailbox,
    NoDomain,
    Disabled,
    Full,
    /// The other side does not take our mail: somebody here has to mend that.
    Blocked,
    /// Our own mail server does not take it.
    Ours,
    /// They ask us to come again.
    Later,
    /// It was tried until it was too old, or until its link was over.
    TooLate,
    Dropped,
    /// Its link was withdrawn or replaced before it left.
    Unwanted,
    Other,
}

/// How a refusal of our own dialog begins; what others report begins with the reply.
const STAGES: [&str; 8] = ["DNS", "connection", "greeting", "TLS", "AUTH", "MAIL FROM", "RCPT TO", "DATA"];
/// What the outbox says of a letter whose link ended before it could leave.
const OVER: &str = "what it says was over";
/// What is written down when the operator removed a letter.
pub const DROPPED: &str = "dropped by the operator";
/// What is written down when a link was withdrawn or replaced before its letter left.
pub const UNWANTED: &str = "withdrawn or replaced before it left";

impl Why {
    /// What a stored reason means: `RCPT TO: 550 5.1.1 …`, `550 5.1.1 …`, `5.4.7 …`.
    pub fn of(reason: &str) -> Self {
        if reason.starts_with(OVER) {
            return Self::TooLate;
        }
        if reason == DROPPED {
            return Self::Dropped;
        }
        if reason == UNWANTED {
            return Self::Unwanted;
        }
        let (stage, said) =
            reason.split_once(": ").filter(|(stage, _)| STAGES.contains(stage)).unwrap_or(("", reason));
        if matches!(stage, "DNS" | "connection" | "greeting" | "TLS" | "AUTH" | "MAIL FROM") {
            return Self::Ours;
        }
        let first = said.split_whitespace().next().unwrap_or_default();
        let code: Option<u16> = first.parse().ok();
        let text = if code.is_some() { said.split_once(' ').map_or("", |(_, rest)| rest) } else { said };
        let class = text.bytes().next().filter(|_| enhanced(text).is_some());
        let text_low = text.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text_low.contains(word));
        match (enhanced(text), code) {
            (Some((1, 2)) | Some((4, 4)), _) | (None, Some(556)) => Self::NoDomain,
            (Some((1, 10)), _) if has(&["null mx"]) => Self::NoDomain,
            (Some((1, 7 | 8)), _) => Self::Blocked,
            (Some((1, 0)), _) if has(&["sender", "policy", "block"]) => Self::Blocked,
            (Some((1, _)), _) | (Some((4, 1)), _) => Self::NoMailbox,
            (Some((2, 1)), _) => Self::Disabled,
            (Some((2, 2)), _) | (None, Some(552 | 452)) => Self::Full,
            (Some((4, 7)), _) => Self::TooLate,
            (Some((7, _)), _) if class == Some(b'4') => Self::Later,
            (Some((7, _)), _) => Self::Blocked,
            (None, Some(550..=554)) if has(&["spam", "block", "policy", "relay", "listed", "reputation"]) => {
                Self::Blocked
            }
            (None, Some(550 | 551 | 553)) => Self::NoMailbox,
            (_, Some(400..=499)) => Self::Later,
            _ => Self::Other,
        }
    }

    /// The catalogue key of the shared texts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NoMailbox => "mail-why-no-mailbox",
            Self::NoDomain => "mail-why-no-domain",
            Self::Disabled => "mail-why-disabled",
            Self::Full => "mail-why-full",
            Self::Blocked => "mail-why-blocked",
            Self::Ours => "mail-why-ours",
            Self::Later => "mail-why-later",
            Self::TooLate => "mail-why-too-late",
            Self::Dropped => "mail-why-dropped",
            Self::Unwanted => "mail-why-unwanted",
            Self::Other => "mail-why-other",
        }
    }
}

#[cfg(test)]
#[test]
fn a_reason_is_said_in_plain_words() {
    for (reason, why) in [
        ("RCPT TO: 550 5.1.1 User unknown", Why::NoMailbox),
        ("RCPT TO: 550 no such mailbox", Why::NoMailbox),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", Why::NoMailbox),
        ("RCPT TO: 550 5.4.4 Host not found", Why::NoDomain),
        ("550 5.1.1 Recipient address rejected: User unknown", Why::NoMailbox),
        ("5.1.2 Bad destination system", Why::NoDomain),
        ("550 5.2.1 disabled", Why::Disabled),
        ("DATA: 552 5.2.2 Mailbox full", Why::Full),
        ("DATA: 552 Quota exceeded", Why::Full),
        ("RCPT TO: 554 5.7.1 blocked using zen", Why::Blocked),
        ("DATA: 550 Spam", Why::Blocked),
        ("AUTH: 535 5.7.8 Bad credentials", Why::Ours),
        ("MAIL FROM: 550 5.1.8 Sender", Why::Ours),
        ("connection: refused", Why::Ours),
        ("RCPT TO: 450 4.7.1 Greylisted", Why::Later),
        ("4.4.7 delivery time expired", Why::TooLate),
        ("what it says was over before it could leave", Why::TooLate),
        (DROPPED, Why::Dropped),
        (UNWANTED, Why::Unwanted),
        ("took too long", Why::Other),
    ] {
        assert_eq!(Why::of(reason), why, "{reason}");
    }
}
