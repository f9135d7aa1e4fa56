//! Requests to the listeners of one house, each sent as it stands: no redirect followed, no cookie kept.
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use platform::clock::Clock;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};
use url::Url;

use crate::Answer;

/// The names that browsers know the house's listeners by. Cheap to clone.
#[derive(Clone)]
pub struct Net(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    clock: Clock,
    /// Public origin, and what snapshots call it.
    origins: Mutex<Vec<(String, &'static str)>>,
}

/// A request before it is sent.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Connect to this port of 127.0.0.1 instead of the URL's: another node behind the same name.
    pub port: Option<u16>,
}

impl Net {
    pub fn new(clock: Clock) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("an HTTP client can be made");
        Self(Arc::new(Inner { http, clock, origins: Mutex::default() }))
    }

    /// `origin` is one of ours, and snapshots call it so.
    pub fn know(&self, origin: &str, called: &'static str) {
        self.0.origins.lock().unwrap().push((origin.to_owned(), called));
    }

    /// True for an address of this house; every other one only stands in answers and is never fetched.
    pub fn serves(&self, url: &Url) -> bool {
        let origin = url.origin().ascii_serialization();
        self.0.origins.lock().unwrap().iter().any(|(known, _)| *known == origin)
    }

    /// `text` with the house's origins, which hold a port of the day, replaced by their names.
    pub fn neutral(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (origin, called) in self.0.origins.lock().unwrap().iter() {
            let encoded =
                |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            text = text.replace(origin, called).replace(&encoded(origin), &encoded(called));
        }
        text
    }

    /// Sends bytes as they are to a port of 127.0.0.1, and reads until the other end closes or is silent for two
    /// seconds. Add `Connection: close` where nothing is wrong.
    pub async fn raw(&self, url: &str, bytes: &[u8]) -> String {
        let url = Url::parse(url).expect("a URL");
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", url.port().expect("a port")))
            .await
            .expect("it listens");
        // The other end may close before it has read everything: that is an answer too.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let mut chunk = [0; 8192];
        while let Ok(Ok(count)) = timeout(Duration::from_secs(2), stream.read(&mut chunk)).await {
            if count == 0 {
                break;
            }
            answer.extend_from_slice(&chunk[..count]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Sends one request.
    pub async fn send(&self, request: Request) -> Answer {
        let mut target = request.url.clone();
        let authority = request.url.host_str().map(|host| match request.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        });
        if let Some(port) = request.port {
            target.set_port(Some(port)).expect("an http URL has a port");
        }
        if target.host_str() == Some("localhost") {
            target.set_host(Some("127.0.0.1")).expect("an http URL has a host");
        }
        let names_its_host = request.headers.contains_key("host");
        let mut sent = self.0.http.request(request.method, target).headers(request.headers);
        if !request.body.is_empty() {
            sent = sent.body(request.body);
        }
        if let Some(authority) = authority.filter(|_| !names_its_host) {
            sent = sent.header("host", authority);
        }
        let answer = sent.send().await.unwrap_or_else(|error| panic!("{}: {error:?}", request.url));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.unwrap_or_else(|error| panic!("{}: {error:?}", request.url));
        Answer { status, headers, body: body.to_vec(), url: request.url, hops: vec![], net: self.clone() }
    }
}

impl Request {
    pub fn get(url: &str) -> Self {
        Self::new(Method::GET, url)
    }

    /// A POST of a form.
    pub fn post(url: &str, form: &Parameters) -> Self {
        let mut request =
            Self::new(Method::POST, url).header("content-type", "application/x-www-form-urlencoded");
        request.body = form.encoded().into_bytes();
        request
    }

    pub fn new(method: Method, url: &str) -> Self {
        let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        Self { method, url, headers: HeaderMap::new(), body: vec![], port: None }
    }

    /// Adds a header; a second one of the same name stands beside the first.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let name = HeaderName::try_from(name).expect("a header name");
        self.headers.append(name, HeaderValue::from_bytes(value.as_ref()).expect("a header value"));
        self
    }
}

/// The fields of a query or a form, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(pub Vec<(String, String)>);

impl Parameters {
    pub fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// Sets `name` to `value`, whatever it was.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => self.0.push((name.to_owned(), value)),
        }
        self
    }

    /// Adds `name` beside one that is there already.
    #[must_use]
    pub fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}
