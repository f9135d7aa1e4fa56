//! A client and the browser of a person, on one connection; it does not know how often it is asked.
use std::fmt::Write as _;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};
use serde_json::Value;

use crate::{
    provider::{Dialect, EMAIL, PASSWORD, Provider, REDIRECT_URI},
    wire::{Answer, Connection},
};

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const SCOPE: &str = "openid email profile offline_access";

/// What one client holds, and one browser.
pub struct Visitor {
    pub provider: Provider,
    connection: Connection,
    cookies: Vec<(String, String)>,
    random: SystemRandom,
    pub email: String,
    pub access: String,
    pub refresh: String,
}

/// What an authorization request will be compared with.
struct Begun {
    verifier: String,
    state: String,
    path: String,
}

/// What came of a try to sign in.
pub enum SignedIn {
    Yes,
    /// Too many wait; come back after so many seconds.
    Later(u64),
}

/// A form as it is sent.
pub fn form(fields: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        let and = if body.is_empty() { "" } else { "&" };
        let _ = write!(body, "{and}{name}={}", utf8_percent_encode(value, PLAIN));
    }
    body
}

/// A parameter of the query of a URL.
fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1.split('#').next()?;
    let value = query.split('&').find_map(|pair| pair.split_once('=').filter(|(found, _)| *found == name))?.1;
    percent_decode_str(value).decode_utf8().ok().map(Into::into)
}

impl Visitor {
    pub fn new(provider: &Provider) -> Self {
        Self {
            connection: Connection::to(provider.address),
            provider: provider.clone(),
            cookies: Vec::new(),
            random: SystemRandom::new(),
            email: EMAIL.to_owned(),
            access: String::new(),
            refresh: String::new(),
        }
    }

    fn token<const N: usize>(&self) -> Result<String> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| anyhow!("no randomness"))?;
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub async fn get(&mut self, path: &str, authorization: Option<&str>) -> Result<Answer> {
        self.send("GET", path, authorization, None, false).await
    }

    /// As a client that says who it is.
    pub async fn post(&mut self, path: &str, body: &str) -> Result<Answer> {
        let basic = self.provider.basic.clone();
        self.send("POST", path, Some(&basic), Some(body), false).await
    }

    /// As the browser of a person: with its cookies.
    pub async fn browse(&mut self, path: &str, body: Option<&str>) -> Result<Answer> {
        self.send(if body.is_some() { "POST" } else { "GET" }, path, None, body, true).await
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        authorization: Option<&str>,
        body: Option<&str>,
        with_cookies: bool,
    ) -> Result<Answer> {
        let path = path.strip_prefix(self.provider.base.as_str()).unwrap_or(path);
        ensure!(path.starts_with('/'), "{path} leads elsewhere");
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nuser-agent: bench/1\r\naccept: */*\r\n",
            self.provider.host()
        );
        if let Some(authorization) = authorization {
            let _ = write!(request, "authorization: {authorization}\r\n");
        }
        if with_cookies && !self.cookies.is_empty() {
            let cookies: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let _ = write!(request, "cookie: {}\r\n", cookies.join("; "));
        }
        match body {
            Some(body) => {
                let kind = "application/x-www-form-urlencoded";
                let _ =
                    write!(request, "content-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            }
            None => request.push_str("\r\n"),
        }
        let answer =
            self.connection.ask(request.as_bytes()).await.with_context(|| format!("{method} {path}"))?;
        if with_cookies {
            self.keep_cookies(&answer);
        }
        Ok(answer)
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for cookie in answer.all("set-cookie") {
            let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            self.cookies.retain(|(known, _)| known != name);
            let attributes = cookie.to_ascii_lowercase();
            let ends = attributes.contains("max-age=0") || attributes.contains("expires=thu, 01 jan 1970");
            if !value.is_empty() && !ends {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn begin(&self) -> Result<Begun> {
        let (verifier, state, nonce) = (self.token::<32>()?, self.token::<12>()?, self.token::<12>()?);
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        let query = form(&[
            ("response_type", "code"),
            ("client_id", self.provider.algorithm.client()),
            ("redirect_uri", REDIRECT_URI),
            ("scope", SCOPE),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let path = format!("{}?{query}", self.provider.authorize());
        Ok(Begun { verifier, state, path })
    }

    /// A code flow of a person who is signed in: authorization, then the tokens.
    pub async fn code_flow(&mut self) -> Result<()> {
        let begun = self.begin()?;
        let answer = self.browse(&begun.path, None).await?;
        self.redeem(&begun, &answer).await
    }

    async fn redeem(&mut self, begun: &Begun, answer: &Answer) -> Result<()> {
        let to = answer.header("location").unwrap_or_default();
        ensure!(to.starts_with(REDIRECT_URI), "no answer to the site: {}", answer.told());
        ensure!(parameter(to, "state").as_ref() == Some(&begun.state), "another state: {to}");
        let code = parameter(to, "code").with_context(|| format!("no code: {to}"))?;
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", &begun.verifier),
        ]);
        let id_token = self.tokens(&body).await?;
        let head = id_token.split('.').next().and_then(|head| URL_SAFE_NO_PAD.decode(head).ok());
        let head = String::from_utf8(head.unwrap_or_default()).unwrap_or_default();
        ensure!(head.contains(self.provider.algorithm.name()), "an ID token of another algorithm: {head}");
        Ok(())
    }

    /// Asks for tokens and keeps them; answers the ID token.
    async fn tokens(&mut self, body: &str) -> Result<String> {
        let answer = self.post(self.provider.token(), body).await?;
        ensure!(answer.status == 200, "no tokens: {}", answer.told());
        let mut told: Value = serde_json::from_slice(&answer.body)?;
        let mut take = |name: &str| match told.get_mut(name).map(Value::take) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(anyhow!("no {name}: {}", answer.told())),
        };
        self.access = take("access_token")?;
        self.refresh = take("refresh_token")?;
        take("id_token")
    }

    /// Uses the refresh token; the next one takes its place.
    pub async fn refresh(&mut self) -> Result<()> {
        let last = std::mem::take(&mut self.refresh);
        self.tokens(&form(&[("grant_type", "refresh_token"), ("refresh_token", &last)])).await?;
        ensure!(self.refresh != last, "the refresh token stayed the same");
        Ok(())
    }

    /// Signs a person in with their password, in a browser that was never used, and gets tokens.
    pub async fn sign_in(&mut self) -> Result<SignedIn> {
        self.cookies.clear();
        let begun = self.begin()?;
        let answer = self.browse(&begun.path, None).await?;
        ensure!((302..=303).contains(&answer.status), "no way to the sign-in page: {}", answer.told());
        let page_at = answer.header("location").unwrap_or_default().to_owned();
        let page = self.browse(&page_at, None).await?;
        ensure!(page.status == 200, "no sign-in page: {}", page.told());
        let (email, field) = match self.provider.dialect {
            Dialect::Passport => ("username", Some(form_token(&page)?)),
            Dialect::NodeOidcProvider => ("email", None),
        };
        let mut fields = vec![(email, self.email.as_str()), ("password", PASSWORD)];
        fields.extend(field.as_deref().map(|token| ("form_token", token)));
        let body = form(&fields);
        let mut answer = self.browse(&page_at, Some(&body)).await?;
        if answer.status == 503 {
            let after = answer.header("retry-after").and_then(|after| after.parse().ok());
            return Ok(SignedIn::Later(after.context("503 without Retry-After")?));
        }
        for _ in 0..3 {
            let to = answer.header("location").unwrap_or_default().to_owned();
            ensure!(!to.is_empty(), "not signed in: {}", answer.told());
            if to.starts_with(REDIRECT_URI) {
                self.redeem(&begun, &answer).await?;
                return Ok(SignedIn::Yes);
            }
            answer = self.browse(&to, None).await?;
        }
        bail!("led around: {}", answer.told())
    }

    /// [`Visitor::sign_in`], and again while it is told to wait.
    pub async fn must_sign_in(&mut self) -> Result<()> {
        for _ in 0..20 {
            match self.sign_in().await? {
                SignedIn::Yes => return Ok(()),
                SignedIn::Later(seconds) => tokio::time::sleep(std::time::Duration::from_secs(seconds)).await,
            }
        }
        bail!("told to wait for ever")
    }

    /// Ends everything of the person, as the button of Account Services does.
    pub async fn sign_out_everywhere(&mut self) -> Result<()> {
        let page = self.browse("/account/sessions", None).await?;
        ensure!(page.status == 200, "no page of sessions: {}", page.told());
        let text = page.text();
        let after = text.split_once("action=\"/account/sessions/everywhere\"").context("no such button")?.1;
        let token = hidden(after).context("the form has no token")?;
        let body = form(&[("form_token", &token)]);
        let answer = self.browse("/account/sessions/everywhere", Some(&body)).await?;
        ensure!(answer.status == 303, "not signed out: {}", answer.told());
        Ok(())
    }
}

fn form_token(page: &Answer) -> Result<String> {
    let text = page.text();
    // The form that asks for the password, not that of the footer.
    let at = text.find("name=\"password\"").context("no password is asked for")?;
    let before = text.get(..at).unwrap_or_default();
    let form = before.rfind("<form").context("a field without a form")?;
    hidden(before.get(form..).unwrap_or_default()).context("the form has no token")
}

/// The value of the first field `form_token`.
fn hidden(html: &str) -> Option<String> {
    let value = html.split_once("name=\"form_token\" value=\"")?.1.split_once('"')?.0;
    Some(value.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_queries_are_written_and_read_alike() {
        let body = form(&[("a", "b c&d"), ("url", REDIRECT_URI)]);
        assert_eq!(body, "a=b%20c%26d&url=http%3A%2F%2Flocalhost%3A9%2Fcallback");
        let url = format!("http://x/?{body}#z");
        assert_eq!(parameter(&url, "a").as_deref(), Some("b c&d"));
        assert_eq!(parameter(&url, "url").as_deref(), Some(REDIRECT_URI));
        assert_eq!(parameter(&url, "z"), None);
    }
}
