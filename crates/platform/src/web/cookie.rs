//! Cookies: read by exact name, written only with the `__Host-` prefix; knows not what they hold.
use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of this site: `__Host-`, Secure, HttpOnly, SameSite=Lax, Path=/, no Domain (RFC 6265bis §4.1.3).
/// Browsers treat http://localhost as secure, so the demo needs no weaker form.
#[derive(Clone, Debug)]
pub struct Cookie {
    name: String,
    value: String,
    max_age: Option<i64>,
}

impl Cookie {
    /// Ends with the browser session. `name` is without the prefix; `value` must be token characters.
    pub fn session(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), max_age: None }
    }

    /// Stays for `seconds`.
    pub fn lasting(name: &str, value: impl Into<String>, seconds: i64) -> Self {
        Self { name: name.into(), value: value.into(), max_age: Some(seconds) }
    }

    /// Takes the cookie away.
    pub fn gone(name: &str) -> Self {
        Self { name: name.into(), value: String::new(), max_age: Some(0) }
    }

    /// Adds `Set-Cookie` to an answer.
    pub fn set(&self, headers: &mut HeaderMap) {
        let age = self.max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
        let text =
            format!("__Host-{}={}; Path=/; Secure; HttpOnly; SameSite=Lax{age}", self.name, self.value);
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.append(header::SET_COOKIE, value);
        } else {
            tracing::error!(cookie = self.name, "A cookie could not be written");
        }
    }
}

/// The value of `__Host-{name}`; the first one when a browser sends several.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix("__Host-")?.split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// The names of all our cookies that begin with `prefix`, without `__Host-`.
pub fn names<'a>(headers: &'a HeaderMap, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix("__Host-")?.split_once('=').map(|(name, _)| name))
        .filter(move |name| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn br_05_every_cookie_is_host_only_secure_and_lax() {
        let mut headers = HeaderMap::new();
        Cookie::session("passport", "v").set(&mut headers);
        Cookie::gone("passport").set(&mut headers);
        let all: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(all[0], "__Host-passport=v; Path=/; Secure; HttpOnly; SameSite=Lax");
        assert_eq!(all[1], "__Host-passport=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn a_cookie_without_the_prefix_is_a_strangers() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("passport=evil; __Host-passport=ours; a"));
        assert_eq!(read(&headers, "passport"), Some("ours"));
        assert_eq!(read(&headers, "passpor"), None);
        assert_eq!(names(&headers, "pass").collect::<Vec<_>>(), ["passport"]);
    }
}
