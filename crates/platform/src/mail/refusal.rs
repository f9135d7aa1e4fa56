//! Why a letter was not taken, and whom that is about (RFC 5321 §4.2, RFC 3463): us, the recipient, or only now.
use std::fmt;

/// How far the dialog had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Looking up the server's name.
    Name,
    Connection,
    Greeting,
    Tls,
    SignIn,
    Sender,
    Recipient,
    Content,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "DNS",
            Self::Connection => "connection",
            Self::Greeting => "greeting",
            Self::Tls => "TLS",
            Self::SignIn => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Content => "DATA",
        }
    }
}

/// Whom a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// No letter to this address will ever be taken.
    Recipient,
    /// Somebody must change something about us. Every letter fares so.
    Us,
    /// It may go better later.
    Now,
}

/// What the server said, or what kept us from hearing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub stage: Stage,
    /// The reply's code; 0 when there was none.
    pub code: u16,
    /// Without addresses: it goes to logs and plain columns.
    pub text: String,
}

impl Refusal {
    pub fn new(stage: Stage, code: u16, text: &str) -> Self {
        Self { stage, code, text: without_addresses(text) }
    }

    /// The decision. What is not surely about the recipient is about us: a letter that waits is mended, one that
    /// was given up is lost.
    pub fn about(&self) -> About {
        if !matches!(self.stage, Stage::Recipient | Stage::Content) {
            return About::Us;
        }
        if self.code < 500 {
            // 4.7.x: greylisting mostly. It passes, or the letter is overdue and is seen as that.
            return About::Now;
        }
        let text = self.text.to_ascii_lowercase();
        let status = enhanced(&self.text);
        let judges_us = OURS.iter().any(|word| text.contains(word));
        match (self.code, status) {
            // 5.1.7 and 5.1.8 are about the sender's address.
            (_, Some((1, 7 | 8))) => About::Us,
            (_, Some((1, 0))) if judges_us => About::Us,
            (_, Some((1, _))) => About::Recipient,
            // 5.2.1 disabled; 5.2.2 full: that passes.
            (_, Some((2, 1))) => About::Recipient,
            (_, Some((2, 2))) => About::Now,
            // The recipient's domain has no server; Exchange Online says 5.4.1 of an unknown recipient.
            (_, Some((4, 1 | 4))) if self.stage == Stage::Recipient && !judges_us => About::Recipient,
            // The address needs SMTPUTF8, which the way to it lacks (RFC 6531 §3.5).
            (_, Some((6, 7 | 9))) => About::Recipient,
            (552, None) => About::Now,
            (_, Some(_)) => About::Us,
            // The domain takes no mail at all (RFC 7504).
            (556, None) => About::Recipient,
            (501 | 550 | 551 | 553, None) if self.stage == Stage::Recipient && !judges_us => About::Recipient,
            _ => About::Us,
        }
    }
}

/// Words of replies that judge the sending host or what it sends, not the address.
const OURS: [&str; 22] = [
    "spam",
    "block",
    "blacklist",
    "listed",
    "reputation",
    "policy",
    "policies",
    "relay",
    "denied by",
    "dmarc",
    "spf",
    "dkim",
    "authenticat",
    "rate limit",
    "too many",
    "client host",
    "your ip",
    "ptr",
    "reverse dns",
    "helo",
    "ehlo",
    "sender",
];

/// Subject and detail of an enhanced status code at the beginning of a reply (RFC 2034 §4).
pub(super) fn enhanced(text: &str) -> Option<(u16, u16)> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let class = parts.next()?;
    let (subject, detail) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (matches!(class, "2" | "4" | "5") && parts.next().is_none()).then_some((subject, detail))
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.stage.as_str())?;
        if self.code > 0 {
            write!(f, "{} ", self.code)?;
        }
        f.write_str(&self.text)
    }
}

/// One line of at most 300 characters in which no word is an address: servers repeat the recipient.
pub fn without_addresses(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        if !word.contains('@') {
            return word;
        }
        "…@…"
    });
    words.collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stage: Stage, reply: &str, about: About) {
        let (code, text) = reply.split_once(' ').unwrap();
        assert_eq!(Refusal::new(stage, code.parse().unwrap(), text).about(), about, "{stage:?} {reply}");
    }

    #[test]
    fn fx_09_what_is_about_us_waits_whatever_its_code() {
        for stage in [Stage::Connection, Stage::Greeting, Stage::Tls, Stage::SignIn, Stage::Sender] {
            check(stage, "550 5.1.1 No such user", About::Us);
            check(stage, "421 4.3.2 Later", About::Us);
        }
        for reply in [
            "550 5.7.1 Message rejected due to content restrictions",
            "554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using zen.spamhaus.org",
            "554 Service unavailable",
            "550 Blocked, see https://postmaster.example/blocklist",
            "550 policy violation",
            "550 relay not permitted",
            "550 5.1.0 Sender rejected for policy reasons",
            "550 5.1.8 Sender domain does not exist",
            "530 Authentication required",
            "503 5.5.1 Bad sequence",
        ] {
            check(Stage::Recipient, reply, About::Us);
            check(Stage::Content, reply, About::Us);
        }
        check(Stage::Content, "550 No such user here", About::Us);
    }

    #[test]
    fn fx_09_what_is_about_the_recipient_ends() {
        for reply in [
            "550 5.1.1 <ann@acme.test>: Recipient address rejected: User unknown",
            "550 5.1.10 The domain has a null MX",
            "550 5.2.1 The mailbox is disabled",
            "553 5.6.7 An address beyond ASCII needs SMTPUTF8",
            "550 5.4.1 Recipient address rejected: Access denied",
            "550 5.4.4 Host not found",
            "550 No such user here",
            "551 User not local",
            "556 Domain takes no mail",
        ] {
            check(Stage::Recipient, reply, About::Recipient);
        }
    }

    #[test]
    fn a_full_mailbox_and_a_greylist_pass() {
        for reply in
            ["552 5.2.2 Mailbox full", "552 Quota exceeded", "450 4.7.1 Greylisted", "452 4.2.2 Full"]
        {
            check(Stage::Recipient, reply, About::Now);
            check(Stage::Content, reply, About::Now);
        }
    }

    #[test]
    fn a_reason_names_no_address() {
        let refusal = Refusal::new(Stage::Recipient, 550, "5.1.1 <ann@acme.test>:\r\nunknown ann@acme.test");
        assert_eq!(refusal.to_string(), "RCPT TO: 550 5.1.1 …@… unknown …@…");
    }
}
