//! Computers on which an account was used: a lasting cookie, known by its digest. Knows no page.
pub mod entity;
pub mod store;

use platform::clock::Moment;

use crate::account::AccountId;

platform::id!(
    /// Names one computer of one account.
    ComputerId
);

/// The cookie's name, after the product's.
pub const COOKIE: &str = "computer";

/// How long browsers keep it, in seconds: the longest that they keep any (RFC 6265bis §5.5).
pub const LASTS: i64 = 400 * 24 * 3600;
pub(crate) const LASTS_FOR: std::time::Duration = std::time::Duration::from_secs(LASTS.unsigned_abs());

/// At most so many accounts are offered on the sign-in page of one computer.
pub const OFFERED: u64 = 10;

/// One account on one computer. Its id is also the handle by which the sign-in page names the account: worth
/// nothing without the computer's cookie (RM-01).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computer {
    pub id: ComputerId,
    pub account: AccountId,
    pub digest: Vec<u8>,
    pub created_at: Moment,
    pub seen_at: Moment,
    /// [`crate::history::agent::summary`].
    pub agent: String,
}

/// What an account said on a computer to the offer of a passkey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    pub asked_at: Option<Moment>,
    /// None is wanted here.
    pub never: bool,
}

impl From<entity::Model> for Computer {
    fn from(row: entity::Model) -> Self {
        Self {
            id: row.id,
            account: row.account_id,
            digest: row.digest,
            created_at: row.created_at,
            seen_at: row.seen_at,
            agent: row.agent,
        }
    }
}

/// The digest of a cookie that has the shape of ours: 256 bits in base64url.
pub fn digest_of(cookie: &str) -> Option<[u8; 32]> {
    let shape =
        cookie.len() == 43 && cookie.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    shape.then(|| platform::secrets::digest(cookie.as_bytes()))
}
