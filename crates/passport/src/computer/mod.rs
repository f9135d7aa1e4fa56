//! Computers on which an account was used: a lasting cookie, known by its digest. Knows no page.
pub mod entity;
pub mod store;

platform::id!(
    /// Names one computer of one account.
    ComputerId
);

/// The cookie's name, after the product's: `__Host-passport-computer`.
pub const COOKIE: &str = "computer";

/// How long browsers keep it, in seconds: the longest that they keep any (RFC 6265bis §5.5).
pub const LASTS: i64 = 400 * 24 * 3600;
