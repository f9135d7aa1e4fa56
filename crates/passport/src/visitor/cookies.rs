//! The cookies that say who a browser is: sessions, automatic sign-ins, the computer. Knows no row.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::web::{Cookie, Visit, visit::cookie_name};

use crate::{
    automatic, computer,
    session::{self, SessionId},
};

/// A session as a browser names it: id and secret.
pub type Named = (SessionId, String);

const BETWEEN: char = '~';

/// The sessions that the browser names, the current one first.
pub fn sessions(visit: &Visit) -> Vec<Named> {
    let entries = visit.cookie(session::COOKIE).unwrap_or_default().split(BETWEEN);
    entries.take(session::MOST).filter_map(parse).collect()
}

fn parse(entry: &str) -> Option<Named> {
    let (id, secret) = entry.split_once('.')?;
    let bytes = URL_SAFE_NO_PAD.decode(id).ok()?;
    Some((SessionId(uuid::Uuid::from_slice(&bytes).ok()?), secret.to_owned()))
}

/// Goes when the browser closes (PP-20).
pub fn of_sessions(visit: &Visit, named: &[Named]) -> Cookie {
    let name = cookie_name(&visit.site, session::COOKIE);
    if named.is_empty() {
        return Cookie::gone(name);
    }
    let entries = named.iter().take(session::MOST);
    let entries = entries.map(|(id, secret)| format!("{}.{secret}", URL_SAFE_NO_PAD.encode(id.0.as_bytes())));
    Cookie::session(name, entries.collect::<Vec<_>>().join(&BETWEEN.to_string()))
}

/// The tokens of automatic sign-ins that the browser holds.
pub fn tokens(visit: &Visit) -> Vec<String> {
    let entries = visit.cookie(automatic::COOKIE).unwrap_or_default().split(BETWEEN);
    entries.filter(|entry| !entry.is_empty()).take(session::MOST).map(str::to_owned).collect()
}

/// Stays when the browser closes (PP-18).
pub fn of_tokens(visit: &Visit, tokens: &[String], days: u32) -> Cookie {
    let name = cookie_name(&visit.site, automatic::COOKIE);
    if tokens.is_empty() {
        return Cookie::gone(name);
    }
    let entries: Vec<&str> = tokens.iter().take(session::MOST).map(String::as_str).collect();
    Cookie::lasting(name, entries.join(&BETWEEN.to_string()), i64::from(days) * 24 * 3600)
}

pub fn of_computer(visit: &Visit, secret: &str) -> Cookie {
    Cookie::lasting(cookie_name(&visit.site, computer::COOKIE), secret, computer::LASTS)
}
