//! The one configured SMTP server: where it is, how we sign in, and the dialog step by step; knows no letter.
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use lettre::{
    Address, Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use percent_encoding::percent_decode_str;
use tokio::{sync::Mutex, time::Instant};
use url::{Host, Url};

use super::refusal::{Refusal, Stage};
use crate::config;

/// How long one step may take, and the last one, in which the server stores the letter.
const STEP: Duration = Duration::from_secs(15);
const LAST_STEP: Duration = Duration::from_secs(30);
/// Open connections are kept for the next letter for so long, and so many.
const IDLE: Duration = Duration::from_secs(20);
const MOST_IDLE: usize = 4;

#[derive(Clone)]
pub(super) struct Server(Arc<Inner>);

struct Inner {
    host: String,
    port: u16,
    tls: Option<Tls>,
    credentials: Option<Credentials>,
    hello: ClientId,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

enum Tls {
    /// From the first byte.
    Wrapped(TlsParameters),
    /// By STARTTLS, or not at all.
    Required(TlsParameters),
    /// By STARTTLS where the server offers it.
    Offered(TlsParameters),
}

/// What `[mail]` says, read and found safe.
struct Place {
    url: Url,
    user: String,
    password: String,
}

type Wrong = (&'static str, String);

/// What is wrong with the server's settings, and with which of them.
pub(super) fn check(settings: &config::Mail) -> Result<(), Wrong> {
    place(settings).map(|_| ())
}

fn place(settings: &config::Mail) -> Result<Place, Wrong> {
    let wrong = |text: String| ("smtp_url", text);
    let url = Url::parse(&settings.smtp_url)
        .map_err(|error| wrong(format!("not smtp://host:port or smtps://host: {error}")))?;
    if !matches!(url.scheme(), "smtp" | "smtps") || url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("not smtp://host:port or smtps://host".into()));
    }
    let tls = asked_tls(&url);
    if !matches!(tls.as_deref(), None | Some("required" | "opportunistic")) {
        return Err(wrong("tls= must be required or opportunistic".into()));
    }
    // RFC 3986 §2.4: what is encoded in a part of a URL is decoded when the part is used.
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(|text| text.into_owned()).map_err(|_| wrong("the user is not UTF-8".into()))
    };
    let user = decoded(url.username())?;
    let password = match settings.password.expose() {
        "" => decoded(url.password().unwrap_or_default())?,
        set => set.to_owned(),
    };
    if user.is_empty() && !password.is_empty() {
        return Err(wrong(
            "names no user for the password: smtp://user@host (an @ in it is written %40)".into(),
        ));
    }
    if password.is_empty() && !user.is_empty() {
        return Err(("password", "must be set for the user that smtp_url names".into()));
    }
    let in_clear = url.scheme() == "smtp" && tls.as_deref() != Some("required");
    if !user.is_empty() && in_clear && !is_loopback(&url) {
        let text = "would send the password in clear: add ?tls=required (STARTTLS), or write smtps://";
        return Err(wrong(text.into()));
    }
    Ok(Place { url, user, password })
}

fn asked_tls(url: &Url) -> Option<String> {
    url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned())
}

/// A URL of an unknown scheme keeps its host as text, an address too.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Server {
    pub fn new(
        settings: &config::Mail,
        outbound: &config::Outbound,
        public_url: &str,
    ) -> Result<Self, Wrong> {
        let Place { url, user, password } = place(settings)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let tls = match (url.scheme(), asked_tls(&url).as_deref()) {
            ("smtps", _) => Some(Tls::Wrapped(parameters(&host, outbound)?)),
            (_, Some("required")) => Some(Tls::Required(parameters(&host, outbound)?)),
            (_, Some(_)) => Some(Tls::Offered(parameters(&host, outbound)?)),
            (_, None) => None,
        };
        let usual = match &tls {
            Some(Tls::Wrapped(_)) => 465,
            Some(_) => 587,
            None => 25,
        };
        Ok(Self(Arc::new(Inner {
            port: url.port().unwrap_or(usual),
            host,
            tls,
            credentials: (!user.is_empty()).then(|| Credentials::new(user, password)),
            hello: hello(public_url),
            idle: Mutex::default(),
        })))
    }

    /// Hands one message over.
    pub async fn send(&self, message: &Message) -> Result<(), Refusal> {
        if let Some(mut kept) = self.take_idle().await {
            match dialog(&mut kept, message).await {
                // An old connection that ended says nothing about the letter.
                Err(refusal) if refusal.stage == Stage::Sender && refusal.code < 500 => {}
                ended => return self.keep(kept, ended).await,
            }
        }
        let mut fresh = self.connect().await?;
        let ended = dialog(&mut fresh, message).await;
        self.keep(fresh, ended).await
    }

    /// As far as naming `from`; then the server is told to forget it.
    pub async fn probe(&self, from: &Address) -> Result<(), Refusal> {
        let mut connection = self.connect().await?;
        step(Stage::Sender, STEP, connection.command(Mail::new(Some(from.clone()), vec![]))).await?;
        step(Stage::Sender, STEP, connection.command(Rset)).await?;
        Ok(())
    }

    async fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut kept, since) = self.0.idle.lock().await.pop()?;
            let lives = tokio::time::timeout(STEP / 3, kept.test_connected()).await == Ok(true);
            if since.elapsed() < IDLE && lives {
                return Some(kept);
            }
        }
    }

    async fn keep(&self, connection: AsyncSmtpConnection, ended: Result<(), Refusal>) -> Result<(), Refusal> {
        if ended.is_ok() {
            let mut idle = self.0.idle.lock().await;
            if idle.len() < MOST_IDLE {
                idle.push((connection, Instant::now()));
            }
        }
        ended
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let inner = &self.0;
        let found = tokio::net::lookup_host((inner.host.as_str(), inner.port));
        let found: Vec<SocketAddr> = match tokio::time::timeout(STEP, found).await {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(error)) => return Err(Refusal::new(Stage::Name, 0, &format!("{}: {error}", inner.host))),
            Err(_) => return Err(late(Stage::Name)),
        };
        let wrapped = match &inner.tls {
            Some(Tls::Wrapped(parameters)) => Some(parameters.clone()),
            _ => None,
        };
        let opening =
            AsyncSmtpConnection::connect_tokio1(found.as_slice(), Some(STEP), &inner.hello, wrapped, None);
        let mut connection = step(Stage::Greeting, STEP, opening).await?;
        match &inner.tls {
            Some(Tls::Required(tls)) => {
                step(Stage::Tls, STEP, connection.starttls(tls.clone(), &inner.hello)).await?;
            }
            Some(Tls::Offered(tls)) if connection.can_starttls() => {
                step(Stage::Tls, STEP, connection.starttls(tls.clone(), &inner.hello)).await?;
            }
            _ => {}
        }
        if let Some(credentials) = &inner.credentials {
            step(Stage::SignIn, STEP, connection.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }
}

/// MAIL, RCPT, DATA (RFC 5321 §3.3); each step's refusal says which it was.
async fn dialog(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Refusal> {
    let (envelope, bytes) = (message.envelope(), message.formatted());
    let mut options = Vec::new();
    let is_wide = |address: &Address| !AsRef::<str>::as_ref(address).is_ascii();
    if envelope.from().is_some_and(is_wide) || envelope.to().iter().any(is_wide) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Refusal::new(Stage::Recipient, 553, "5.6.7 the server lacks SMTPUTF8"));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    step(Stage::Sender, STEP, connection.command(Mail::new(envelope.from().cloned(), options))).await?;
    for to in envelope.to() {
        step(Stage::Recipient, STEP, connection.command(Rcpt::new(to.clone(), vec![]))).await?;
    }
    step(Stage::Content, STEP, connection.command(Data)).await?;
    step(Stage::Content, LAST_STEP, connection.message(&bytes)).await?;
    Ok(())
}

async fn step<T>(
    stage: Stage,
    most: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Refusal> {
    match tokio::time::timeout(most, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(refusal(stage, &error)),
        Err(_) => Err(late(stage)),
    }
}

fn late(stage: Stage) -> Refusal {
    Refusal::new(stage, 0, "no answer in time")
}

fn refusal(stage: Stage, error: &Error) -> Refusal {
    let said = std::error::Error::source(error).map(ToString::to_string);
    let Some(code) = error.status() else {
        // The opening step connects, encrypts and greets at once.
        let stage = match stage {
            _ if error.is_tls() || is_of_tls(error) => Stage::Tls,
            Stage::Greeting if !error.is_response() => Stage::Connection,
            other => other,
        };
        return Refusal::new(stage, 0, &error.to_string());
    };
    Refusal::new(stage, code.into(), &said.unwrap_or_default())
}

/// A handshake that failed comes as a broken connection with its reason inside.
fn is_of_tls(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(this) = cause {
        let inside = this.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if this.is::<rustls::Error>() || inside.is_some_and(|inside| inside.is::<rustls::Error>()) {
            return true;
        }
        cause = this.source();
    }
    false
}

/// Who greets: the name that the world knows us by (RFC 5321 §4.1.1.1).
fn hello(public_url: &str) -> ClientId {
    let url = Url::parse(public_url).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => ClientId::Domain(name.to_owned()),
        Some(Host::Ipv4(address)) => ClientId::Ipv4(address),
        Some(Host::Ipv6(address)) => ClientId::Ipv6(address),
        None => ClientId::default(),
    }
}

fn parameters(host: &str, outbound: &config::Outbound) -> Result<TlsParameters, Wrong> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if !outbound.extra_root.is_empty() {
        let path = &outbound.extra_root;
        let wrong = |error: String| ("smtp_url", format!("[outbound] extra_root: {path}: {error}"));
        let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let root = Certificate::from_pem(&pem).map_err(|error| wrong(error.to_string()))?;
        builder = builder.add_root_certificate(root);
    }
    builder.build().map_err(|error| ("smtp_url", format!("TLS to {host}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Secret;

    fn settings(url: &str, password: &str) -> config::Mail {
        config::Mail { smtp_url: url.into(), password: Secret::new(password), ..Default::default() }
    }

    #[test]
    fn a_user_that_is_an_address_signs_in_as_that_address() {
        for (url, password) in [
            ("smtps://mailer%40contoso.com@mail.example", "p%40ss"),
            ("smtp://mailer%40contoso.com:p%2540ss@mail.example?tls=required", ""),
        ] {
            let place = place(&settings(url, password)).unwrap();
            assert_eq!((place.user.as_str(), place.password.as_str()), ("mailer@contoso.com", "p%40ss"));
        }
    }

    #[test]
    fn no_password_leaves_in_clear_but_to_this_machine() {
        for url in
            ["smtp://ann@mail.example", "smtp://ann@mail.example?tls=opportunistic", "smtp://ann@10.0.0.9"]
        {
            let (key, text) = check(&settings(url, "secret")).unwrap_err();
            assert!(key == "smtp_url" && text.contains("?tls=required"), "{url} {text}");
        }
        for url in [
            "smtp://ann@127.0.0.1:25",
            "smtp://ann@[::1]",
            "smtp://ann@localhost",
            "smtp://ann@m.test?tls=required",
        ] {
            assert_eq!(check(&settings(url, "secret")), Ok(()), "{url}");
        }
    }

    #[test]
    fn settings_that_cannot_send_are_refused_in_words() {
        for (url, password, key) in [
            ("http://mail.example", "", "smtp_url"),
            ("smtp://", "", "smtp_url"),
            ("smtp://m.test?tls=maybe", "", "smtp_url"),
            ("smtps://m.test", "secret", "smtp_url"),
            ("smtps://ann@m.test", "", "password"),
            ("smtps://%ff@m.test", "x", "smtp_url"),
        ] {
            assert_eq!(check(&settings(url, password)).unwrap_err().0, key, "{url}");
        }
    }

    #[test]
    fn the_name_that_greets_is_the_public_one() {
        assert_eq!(hello("https://login.example").to_string(), "login.example");
        assert_eq!(hello("http://127.0.0.1:8081").to_string(), "[127.0.0.1]");
        assert_eq!(hello("http://[::1]:8081").to_string(), "[IPv6:::1]");
    }
}
