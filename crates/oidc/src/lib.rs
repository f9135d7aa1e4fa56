//! What the OpenID Connect and OAuth documents decide: values in, values out.
//!
//! Nothing here waits, reads a clock, touches a database, speaks HTTP or makes randomness. A door
//! loads what a decision needs, calls it, and carries the verdict out; so every rule of the
//! documents can be read, and tested, as a table.
//!
//! # The map
//!
//! | where | what it decides |
//! |---|---|
//! | [`parameters`] | what a query or a form body says, and that nothing is said twice |
//! | [`plain`] | that no text that others wrote holds control characters |
//! | [`wire`], [`scope`], [`error`], [`pkce`], [`jws`], [`bearer`] | the vocabulary: response, grant and token types, scopes, error codes, proof keys, compact JWS, bearer tokens |
//! | [`jwk`], [`dpop`], [`certificate`] | keys and certificates that callers show, and what they prove |
//! | [`resource`] | whom an access token is for |
//! | [`client`] | what a client is; what may be registered; which redirect URI is its own; who is calling |
//! | [`assurance`] | what a person was proven by, and how much that is worth |
//! | [`authorize`] | `request`: is this request one we may answer, and where; `step`: sign in, consent, grant or refuse; `response`: the URL to send the browser to |
//! | [`token`] | `request`: which grant, with exactly its own fields; `code` and `refresh`: one file per grant, each ending in a verdict; `claims`: the ID token; `response`: the JSON |
//! | [`introspection`] | what a token that is looked at says of itself |
//! | [`claims`] | the standard claims of a person, and which of them a scope releases |
//! | [`logout`] | what an RP-initiated sign-out leads to; what a back-channel logout token says |
//! | [`security_event`] | what other sites are told when an account is closed, disabled or enabled |
//! | [`discovery`] | the metadata document, generated from what is enabled |
//!
//! # One exchange, in the order of the calls
//!
//! 1. [`authorize::request::identify`] names the client; the door loads it.
//! 2. [`authorize::request::check`] runs the ordered checks: a request, a page or a redirect.
//! 3. [`authorize::step::next`] says what the person must do; it is asked again after every page.
//! 4. [`authorize::response::success`] builds the way back.
//! 5. [`client::authentication::credentials`] and [`client::authentication::decide`] settle who redeems.
//! 6. [`token::request::parse`], then [`token::code::decide`] or [`token::refresh::decide`].
//! 7. [`token::claims::id_token`] and [`jws::signing_input`] make what a key will sign.
//!
//! # Rules of the house
//!
//! An expected refusal is a value ([`error::OAuthError`] or a verdict around it), never a panic. A
//! refusal that has a consequence says so in its type (`RefuseAndRevoke`). Secrets are compared by
//! the caller, through a digest; here only their presence and place are judged.

pub mod assurance;
pub mod authorize;
pub mod bearer;
pub mod certificate;
pub mod claims;
pub mod client;
pub mod discovery;
pub mod dpop;
pub mod error;
pub mod introspection;
pub mod jwk;
pub mod jws;
pub mod logout;
pub mod parameters;
pub mod pkce;
pub mod plain;
pub mod resource;
pub mod scope;
pub mod security_event;
pub mod token;
pub mod wire;

/// Seconds since 1970-01-01T00:00:00Z, as `NumericDate` of RFC 7519 §2 without its fraction.
pub type UnixTime = i64;
