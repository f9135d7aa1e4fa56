//! A browser's cookies (RFC 6265bis): by host, whatever the port; knows no page.
use platform::clock::Moment;
use url::Url;

/// What a browser was given to keep.
#[derive(Clone, Debug, Default)]
pub struct Jar(Vec<Cookie>);

/// One cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    host: String,
    path: String,
    pub name: String,
    pub value: String,
    /// None: it goes when the browser closes.
    pub until: Option<Moment>,
}

impl Jar {
    /// Takes one `Set-Cookie` line that came from `url`. Fails the test when a real browser would refuse it.
    pub fn take(&mut self, url: &Url, line: &str, now: Moment) {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie has a name");
        let attributes: Vec<(String, &str)> = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        let find = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
        let host = url.host_str().unwrap_or_default().to_owned();
        let trustworthy = url.scheme() == "https" || matches!(host.as_str(), "localhost" | "127.0.0.1");
        if find("secure").is_some() {
            assert!(trustworthy, "a browser refuses a Secure cookie from {url}: {line}");
        }
        if name.starts_with("__Host-") {
            let kept = find("secure").is_some() && find("path") == Some("/") && find("domain").is_none();
            assert!(kept, "a browser refuses this __Host- cookie: {line}");
        }
        assert!(find("domain").is_none(), "no cookie of ours names a domain: {line}");
        assert!(line.len() <= 4096, "a browser refuses a cookie of {} bytes", line.len());
        let path = find("path").unwrap_or("/").to_owned();
        self.0.retain(|known| (&known.host, &known.path, known.name.as_str()) != (&host, &path, name));
        let age = find("max-age").map(|age| age.parse::<i64>().expect("Max-Age is a number"));
        if age.is_some_and(|age| age <= 0) {
            return;
        }
        let until = age.map(|age| Moment::from_unix_seconds(now.unix_seconds() + age));
        self.0.push(Cookie { host, path, name: name.to_owned(), value: value.to_owned(), until });
    }

    /// The `Cookie` header for `url`, if there is one.
    pub fn header(&self, url: &Url, now: Moment) -> Option<String> {
        let fits = |cookie: &&Cookie| {
            Some(cookie.host.as_str()) == url.host_str()
                && url.path().starts_with(cookie.path.as_str())
                && cookie.until.is_none_or(|until| now < until)
        };
        let pairs: Vec<_> =
            self.0.iter().filter(fits).map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// What closing the browser leaves.
    pub fn close(&mut self) {
        self.0.retain(|cookie| cookie.until.is_some());
    }

    pub fn all(&self) -> &[Cookie] {
        &self.0
    }

    /// The value of the cookie whose name ends in `name`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|cookie| cookie.name.ends_with(name)).map(|cookie| cookie.value.as_str())
    }

    /// Puts a cookie in by hand, until the browser closes.
    pub fn put(&mut self, host: &str, name: &str, value: &str) {
        self.0.retain(|known| (known.host.as_str(), known.name.as_str()) != (host, name));
        let (host, path) = (host.to_owned(), "/".to_owned());
        self.0.push(Cookie { host, path, name: name.to_owned(), value: value.to_owned(), until: None });
    }

    /// Puts another value into the cookie whose name ends in `name`.
    pub fn forge(&mut self, name: &str, value: &str) {
        let cookie =
            self.0.iter_mut().find(|cookie| cookie.name.ends_with(name)).expect("there is such a cookie");
        value.clone_into(&mut cookie.value);
    }

    /// Takes the cookies away whose names end in `name`.
    pub fn forget(&mut self, name: &str) {
        self.0.retain(|cookie| !cookie.name.ends_with(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Url {
        Url::parse("http://localhost:8081/a/b").unwrap()
    }

    fn now() -> Moment {
        Moment::from_unix_seconds(1_000)
    }

    #[test]
    fn a_cookie_is_the_hosts_on_every_port_until_it_is_over() {
        let mut jar = Jar::default();
        jar.take(&url(), "__Host-s=1; Path=/; Secure; HttpOnly", now());
        jar.take(&url(), "l=2; Path=/; Max-Age=60", now());
        let other_port = Url::parse("http://localhost:1/").unwrap();
        assert_eq!(jar.header(&other_port, now()).as_deref(), Some("__Host-s=1; l=2"));
        assert_eq!(jar.header(&Url::parse("http://127.0.0.1/").unwrap(), now()), None);
        let later = now() + std::time::Duration::from_secs(60);
        assert_eq!(jar.header(&url(), later).as_deref(), Some("__Host-s=1"));
        jar.close();
        assert_eq!(jar.header(&url(), now()).as_deref(), Some("l=2"));
        jar.take(&url(), "l=; Path=/; Max-Age=0", now());
        assert_eq!(jar.header(&url(), now()), None);
    }

    #[test]
    #[should_panic(expected = "a browser refuses this __Host- cookie")]
    fn a_host_cookie_with_a_path_of_its_own_is_refused() {
        Jar::default().take(&url(), "__Host-s=1; Path=/a; Secure", now());
    }

    #[test]
    #[should_panic(expected = "a browser refuses a Secure cookie")]
    fn a_secure_cookie_over_plain_http_is_refused() {
        Jar::default().take(&Url::parse("http://a.example/").unwrap(), "s=1; Secure", now());
    }
}
