//! Letters and their delivery over SMTP; knows not why a letter is written.
use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::authentication::Credentials,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{config, outbox};

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
}

impl outbox::Job for Letter {
    const KIND: &'static str = "letter";
}

/// How delivery ended.
#[derive(Debug)]
pub enum Delivery {
    Accepted,
    /// The server may take it later (4xx, or no connection).
    Later(String),
    /// The server will never take it (5xx), or it cannot be written.
    Refused(String),
}

/// A connection pool to the one configured SMTP server.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    domain: String,
}

impl Mailer {
    pub fn new(settings: &config::Mail) -> Result<Self, String> {
        let mut builder = transport(&settings.smtp_url)?.timeout(Some(Duration::from_secs(20)));
        if !settings.password.is_empty() {
            let user =
                Url::parse(&settings.smtp_url).map(|url| url.username().to_owned()).unwrap_or_default();
            builder = builder.credentials(Credentials::new(user, settings.password.expose().to_owned()));
        }
        let from = mailbox(&settings.from)?;
        let reply_to = if settings.reply_to.is_empty() { None } else { Some(mailbox(&settings.reply_to)?) };
        let domain = from.email.domain().to_owned();
        Ok(Self { transport: builder.build(), from, reply_to, domain })
    }

    /// What is wrong with the settings, and with which of them.
    pub fn check(settings: &config::Mail) -> Result<(), (&'static str, String)> {
        transport(&settings.smtp_url).map_err(|error| ("smtp_url", error))?;
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
        match self.transport.send(message).await {
            Ok(_) => Delivery::Accepted,
            Err(error) if error.is_permanent() => Delivery::Refused(error.to_string()),
            Err(error) => Delivery::Later(error.to_string()),
        }
    }

    fn message(&self, id: &str, letter: &Letter) -> Result<Message, String> {
        let to = recipient(&letter.to)?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.clone()])
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
        let parts = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
            .singlepart(part(ContentType::TEXT_HTML, &letter.html));
        builder.multipart(parts).map_err(|error| format!("message: {error}"))
    }

    /// True when the server greets within the time limit.
    pub async fn is_reachable(&self) -> bool {
        self.transport.test_connection().await.unwrap_or(false)
    }
}

fn transport(url: &str) -> Result<lettre::transport::smtp::AsyncSmtpTransportBuilder, String> {
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|error| format!("not smtp://host:port or smtps://host: {error}"))
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|error| format!("not an e-mail address: {error}"))
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

/// A header of fixed name that lettre has no type for.
#[derive(Clone)]
struct Raw<N>(String, std::marker::PhantomData<N>);

impl<N> Raw<N> {
    fn new(value: &str) -> Self {
        Self(one_line(value), std::marker::PhantomData)
    }
}

trait Named {
    const NAME: &'static str;
}

#[derive(Clone)]
struct AutoSubmitted;
#[derive(Clone)]
struct AutoResponse;
#[derive(Clone)]
struct Tongue;
#[derive(Clone)]
struct Unsubscribe;
#[derive(Clone)]
struct UnsubscribePost;

impl Named for AutoSubmitted {
    const NAME: &'static str = "Auto-Submitted";
}
impl Named for AutoResponse {
    const NAME: &'static str = "X-Auto-Response-Suppress";
}
impl Named for Tongue {
    const NAME: &'static str = "Content-Language";
}

impl Named for Unsubscribe {
    const NAME: &'static str = "List-Unsubscribe";
}
impl Named for UnsubscribePost {
    const NAME: &'static str = "List-Unsubscribe-Post";
}

impl<N: Named + Clone> Header for Raw<N> {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str(N::NAME)
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self::new(text))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipients_domain_is_written_as_every_server_takes_it_and_the_rest_stays() {
        for (stored, written) in [
            ("Ann@Contoso.example", "Ann@Contoso.example"),
            ("Mike@k\u{f6}ln.example", "Mike@xn--kln-sna.example"),
            ("Mike@xn--kln-sna.example", "Mike@xn--kln-sna.example"),
            ("jos\u{e9}@example.com", "jos\u{e9}@example.com"),
        ] {
            assert_eq!(recipient(stored).unwrap().to_string(), written);
        }
        assert!(recipient("nobody").is_err() && recipient("a@b@c").is_err());
    }
}
