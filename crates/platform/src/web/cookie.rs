//! Cookies: how they are named, written and read; knows not what they hold.
use std::fmt;

use axum::http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

const GUARD: &str = "__Host-";

/// A cookie's whole name, made here alone. It begins with `__Host-`, so that no other host can set it (RFC 6265bis
/// §4.1.3.2), but for plain HTTP on this machine: Safari takes no secure cookie there, and nobody else is on the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// Both halves may share a host (localhost, in the demo), so each name carries its product's.
    pub fn of(public_url: &Url, product: &str, name: &str) -> Self {
        let guard = if is_on_this_machine(public_url) { "" } else { GUARD };
        Self(format!("{guard}{product}-{name}"))
    }

    fn is_guarded(&self) -> bool {
        self.0.starts_with(GUARD)
    }

    /// Whether a `Set-Cookie` line is about this one.
    pub fn is_set_by(&self, line: &HeaderValue) -> bool {
        line.as_bytes().strip_prefix(self.0.as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Plain HTTP to the loopback interface. Settings allow plain HTTP nowhere else.
fn is_on_this_machine(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && is_loopback
}

/// A cookie of this site: HttpOnly, SameSite=Lax, Path=/, no Domain; Secure as its name says.
#[derive(Clone, Debug)]
pub struct Cookie {
    name: Name,
    value: String,
    max_age: Option<i64>,
}

impl Cookie {
    /// Ends with the browser session. `value` must be token characters.
    pub fn session(name: Name, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), max_age: None }
    }

    /// Stays for `seconds`.
    pub fn lasting(name: Name, value: impl Into<String>, seconds: i64) -> Self {
        Self { name, value: value.into(), max_age: Some(seconds) }
    }

    /// Takes the cookie away.
    pub const fn gone(name: Name) -> Self {
        Self { name, value: String::new(), max_age: Some(0) }
    }

    /// Adds `Set-Cookie` to an answer.
    pub fn set(&self, headers: &mut HeaderMap) {
        let age = self.max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
        let secure = if self.name.is_guarded() { "; Secure" } else { "" };
        let text = format!("{}={}; Path=/{secure}; HttpOnly; SameSite=Lax{age}", self.name, self.value);
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.append(header::SET_COOKIE, value);
        } else {
            tracing::error!(cookie = %self.name, "A cookie could not be written");
        }
    }
}

/// Every cookie that a browser sent.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The value of a cookie; the first one when a browser sends several.
pub fn read<'a>(headers: &'a HeaderMap, name: &Name) -> Option<&'a str> {
    pairs(headers).find_map(|(found, value)| (found == name.0).then_some(value))
}

/// The names of all our cookies that begin like `prefix`.
pub fn names(headers: &HeaderMap, prefix: &Name) -> impl Iterator<Item = Name> {
    pairs(headers).filter(|(name, _)| name.starts_with(&prefix.0)).map(|(name, _)| Name(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(url: &str) -> Name {
        Name::of(&url.parse().unwrap(), "passport", "x")
    }

    fn set(url: &str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        Cookie::session(name(url), "v").set(&mut headers);
        Cookie::gone(name(url)).set(&mut headers);
        headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn br_05_every_cookie_is_host_only_secure_and_lax() {
        for url in ["https://passport.example", "https://localhost", "https://127.0.0.1:8443"] {
            let guarded = [
                "__Host-passport-x=v; Path=/; Secure; HttpOnly; SameSite=Lax",
                "__Host-passport-x=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
            ];
            assert_eq!(set(url), guarded, "{url}");
        }
    }

    #[test]
    fn plain_http_on_this_machine_gets_plain_cookies_and_nothing_else_does() {
        for url in
            ["http://localhost:8081", "http://passport.localhost", "http://127.0.0.1", "http://[::1]:1"]
        {
            assert_eq!(set(url)[0], "passport-x=v; Path=/; HttpOnly; SameSite=Lax", "{url}");
        }
        for url in ["http://localhost.example", "http://notlocalhost", "http://192.0.2.1", "http://[::2]"] {
            assert!(name(url).is_guarded(), "{url}");
        }
    }

    #[test]
    fn a_cookie_without_the_prefix_is_a_strangers() {
        let mut headers = HeaderMap::new();
        let line = "passport-x=evil; __Host-passport-x=ours; __Host-passport-xy=1; a";
        headers.insert(header::COOKIE, HeaderValue::from_static(line));
        let own = name("https://passport.example");
        assert_eq!(read(&headers, &own), Some("ours"));
        assert_eq!(read(&headers, &Name("__Host-passport-".into())), None);
        assert_eq!(names(&headers, &own).count(), 2);
        // And where there is no prefix, one with it is nobody's.
        assert_eq!(read(&headers, &name("http://localhost")), Some("evil"));
        assert!(own.is_set_by(&HeaderValue::from_static("__Host-passport-x=; Path=/")));
        assert!(!own.is_set_by(&HeaderValue::from_static("__Host-passport-xy=; Path=/")));
    }
}
