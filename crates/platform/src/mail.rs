//! Letters and their delivery over SMTP; knows not why a letter is written.
use lettre::{
    Message,
    address::Envelope,
    message::{Mailbox, MultiPart, header::ContentType},
};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Moment,
    config,
    email::EmailAddress,
    outbox::{self, Class, Outcome},
};

mod headers;
mod refusal;
mod server;
mod why;

use headers::{AutoResponse, AutoSubmitted, ListId, Raw, Tongue, Unsubscribe, UnsubscribePost};
pub use refusal::{About, Refusal, Stage, without_addresses};
use server::Server;
pub use why::{DROPPED, UNWANTED, Why};

/// A letter: plain and HTML parts that say the same. It waits in the outbox, sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letter {
    /// The recipient, byte for byte as stored.
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// BCP 47 tag of both parts.
    pub language: String,
    /// For letters that people subscribed to: where one request without a sign-in stops them (RFC 8058).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
    /// For mails of a discussion: which, and what they answer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
    /// When what it says is over (its link no longer serves): it is not sent after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
}

/// Where a mail belongs: the list (RFC 2919), and the messages before it in its thread (RFC 5322 §3.6.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Such as `general.portal.example`.
    pub id: String,
    /// Message ids, the first one first.
    pub references: String,
    pub in_reply_to: String,
}

impl Letter {
    /// The same, not to be sent after `end`: what it says is over then.
    #[must_use]
    pub fn until(mut self, end: Moment) -> Self {
        self.expires_at = Some(end);
        self
    }
}

/// The lane of mail that many people are sent at once: no link waits behind it.
pub const BULK: &str = "bulk";

impl outbox::Job for Letter {
    const KIND: &'static str = "letter";
    const CLASS: Class = Class::Mail;

    fn lane(&self) -> String {
        if self.unsubscribe.is_some() { BULK.to_owned() } else { String::new() }
    }

    fn expires_at(&self) -> Option<Moment> {
        self.expires_at
    }
}

/// How delivery ended.
#[derive(Debug)]
pub enum Delivery {
    Accepted,
    /// Not now, and nobody's fault that we know of.
    Later(String),
    /// Not until somebody changes something about us: the sign-in, the sender, our standing. The letter waits.
    Trouble(String),
    /// Never: it is about the recipient, or the letter cannot be written.
    Refused(String),
}

impl From<Delivery> for Outcome {
    fn from(delivery: Delivery) -> Self {
        match delivery {
            Delivery::Accepted => Self::Done,
            Delivery::Later(why) => Self::Retry(why),
            Delivery::Trouble(why) => Self::Trouble(why),
            Delivery::Refused(why) => Self::GiveUp(why),
        }
    }
}

/// Writes letters and hands them to the one configured SMTP server.
#[derive(Clone)]
pub struct Mailer {
    server: Server,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    domain: String,
    return_path: Option<EmailAddress>,
}

impl Mailer {
    /// `public_url` says who greets the server, `outbound` which further roots are trusted.
    pub fn new(
        settings: &config::Mail,
        outbound: &config::Outbound,
        public_url: &str,
    ) -> Result<Self, String> {
        let from = mailbox(&settings.from)?;
        let reply_to = if settings.reply_to.is_empty() { None } else { Some(mailbox(&settings.reply_to)?) };
        let domain = from.email.domain().to_owned();
        let server = Server::new(settings, outbound, public_url).map_err(|(_, text)| text)?;
        Ok(Self { server, from, reply_to, domain, return_path: None })
    }

    /// Where what cannot be delivered comes back to: each letter with its own name behind a `+`, so that an answer of
    /// whatever shape says which letter it is about.
    #[must_use]
    pub fn returning_to(mut self, address: Option<EmailAddress>) -> Self {
        self.return_path = address;
        self
    }

    /// Whom the envelope names as the sender.
    fn sender(&self, id: &str) -> Result<lettre::Address, String> {
        let own = self.return_path.as_ref().and_then(|own| own.as_str().rsplit_once('@'));
        match own {
            Some((local, domain)) => recipient(&format!("{local}+{}@{domain}", id.replace('-', ""))),
            None => Ok(self.from.email.clone()),
        }
    }

    /// What is wrong with the settings, and with which of them.
    pub fn check(settings: &config::Mail) -> Result<(), (&'static str, String)> {
        server::check(settings)?;
        mailbox(&settings.from).map_err(|error| ("from", error))?;
        if !settings.reply_to.is_empty() {
            mailbox(&settings.reply_to).map_err(|error| ("reply_to", error))?;
        }
        Ok(())
    }

    /// Sends one letter; `id` makes the Message-ID, which stays the same when a delivery is repeated.
    pub async fn send(&self, id: &str, letter: &Letter) -> Delivery {
        let message = match self.message(id, letter) {
            Ok(message) => message,
            Err(error) => return Delivery::Refused(error),
        };
        match self.server.send(&message).await {
            Ok(()) => Delivery::Accepted,
            Err(refusal) => match refusal.about() {
                About::Recipient => Delivery::Refused(refusal.to_string()),
                About::Us => Delivery::Trouble(refusal.to_string()),
                About::Now => Delivery::Later(refusal.to_string()),
            },
        }
    }

    /// Greets, signs in and names the sender, as a letter would, and says where that ended. Nothing is sent.
    pub async fn probe(&self) -> Result<(), Refusal> {
        self.server.probe(&self.from.email).await
    }

    fn message(&self, id: &str, letter: &Letter) -> Result<Message, String> {
        let to = recipient(&letter.to)?;
        let envelope = Envelope::new(Some(self.sender(id)?), vec![to.clone()])
            .map_err(|error| format!("envelope: {error}"))?;
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&letter.subject))
            .message_id(Some(format!("<{id}@{}>", self.domain)))
            .date_now()
            .header(Raw::<AutoSubmitted>::new("auto-generated"))
            .header(Raw::<AutoResponse>::new("All"))
            .header(Raw::<Tongue>::new(&letter.language))
            .envelope(envelope);
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        if let Some(url) = &letter.unsubscribe {
            builder =
                builder
                    .header(Raw::<Unsubscribe>::new(&format!("<{url}>")))
                    .header(Raw::<UnsubscribePost>::new("List-Unsubscribe=One-Click"));
        }
        if let Some(list) = &letter.list {
            builder = builder
                .header(Raw::<ListId>::new(&format!("<{}>", list.id)))
                .in_reply_to(one_line(&list.in_reply_to))
                .references(one_line(&list.references));
        }
        let parts = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
            .singlepart(part(ContentType::TEXT_HTML, &letter.html));
        builder.multipart(parts).map_err(|error| format!("message: {error}"))
    }
}

/// A sender: its domain in A-labels, as every server takes it.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    let mailbox: Mailbox = text.parse().map_err(|error| format!("not an e-mail address: {error}"))?;
    let address: &str = mailbox.email.as_ref();
    Ok(Mailbox::new(mailbox.name.clone(), recipient(address)?))
}

/// The address as servers without SMTPUTF8 (RFC 6531) take it: a domain in its A-labels, the rest byte for byte.
fn recipient(text: &str) -> Result<lettre::Address, String> {
    let ascii = match text.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => {
            let domain = idna::domain_to_ascii_strict(domain);
            format!("{local}@{}", domain.map_err(|error| format!("recipient: {error}"))?)
        }
        _ => text.to_owned(),
    };
    ascii.parse().map_err(|error| format!("recipient: {error}"))
}

fn part(kind: ContentType, body: &str) -> lettre::message::SinglePart {
    lettre::message::SinglePart::builder().header(kind).body(body.to_owned())
}

/// Names and companies come into subjects: whatever they hold, a subject is one line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests;
