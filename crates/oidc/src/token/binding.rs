//! To whom a token is bound: a DPoP key (RFC 9449) or a client certificate (RFC 8705). It sees thumbprints
//! only; that the caller holds the key was shown before.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use crate::{
    bearer::Scheme,
    client::{Client, profile::Rules},
    error::{ErrorCode, OAuthError},
};

/// SHA-256 of what the holder must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The thumbprint of a DPoP key.
    Key([u8; 32]),
    /// The digest of a certificate.
    Certificate([u8; 32]),
}

/// The `cnf` claim (RFC 7800, RFC 9449 §6.1, RFC 8705 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Confirmation {
    #[serde(rename = "jkt")]
    Key(String),
    #[serde(rename = "x5t#S256")]
    Certificate(String),
}

const KEY: &str = "jkt:";
const CERTIFICATE: &str = "x5t:";

impl Binding {
    /// Of a thumbprint in base64url; none for another text.
    pub fn key(jkt: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(jkt).ok()?.try_into().ok().map(Self::Key)
    }

    pub fn confirmation(&self) -> Confirmation {
        match self {
            Self::Key(digest) => Confirmation::Key(URL_SAFE_NO_PAD.encode(digest)),
            Self::Certificate(digest) => Confirmation::Certificate(URL_SAFE_NO_PAD.encode(digest)),
        }
    }

    /// One text that [`Binding::parse`] reads back, for storage.
    pub fn as_text(&self) -> String {
        match self {
            Self::Key(digest) => format!("{KEY}{}", URL_SAFE_NO_PAD.encode(digest)),
            Self::Certificate(digest) => format!("{CERTIFICATE}{}", URL_SAFE_NO_PAD.encode(digest)),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        if let Some(jkt) = text.strip_prefix(KEY) {
            return Self::key(jkt);
        }
        let digest = text.strip_prefix(CERTIFICATE)?;
        URL_SAFE_NO_PAD.decode(digest).ok()?.try_into().ok().map(Self::Certificate)
    }

    /// Whether this is the DPoP key of that thumbprint.
    pub fn is_key(&self, jkt: &str) -> bool {
        matches!(self, Self::Key(_)) && Some(*self) == Self::key(jkt)
    }
}

/// What the tokens of a request are bound to: the key of its proof, or the certificate of its connection for a
/// client registered so.
///
/// # Errors
/// `invalid_dpop_proof` or `invalid_request` when client or profile demand what was not shown.
pub fn decide(
    client: &Client,
    rules: &Rules,
    key: Option<Binding>,
    certificate: Option<[u8; 32]>,
) -> Result<Option<Binding>, OAuthError> {
    if key.is_some() {
        return Ok(key);
    }
    if client.dpop_bound_access_tokens {
        return Err(OAuthError::new(
            ErrorCode::InvalidDpopProof,
            "This client must send a DPoP proof with every token request.",
        ));
    }
    let by_certificate = client.tls_client_certificate_bound_access_tokens;
    match certificate.filter(|_| by_certificate) {
        Some(digest) => Ok(Some(Binding::Certificate(digest))),
        None if by_certificate => {
            Err(OAuthError::invalid_request("This client must call with its TLS client certificate."))
        }
        None if rules.sender_constrained => Err(OAuthError::invalid_request(
            "Access tokens must be bound: send a DPoP proof, or call with a TLS client certificate.",
        )),
        None => Ok(None),
    }
}

/// Whether a token bound like this may be used in this way: with a proof of its key under the scheme DPoP,
/// over its certificate's connection, or by whoever bears it if it is not bound (RFC 9449 §7.1, RFC 8705 §3).
pub fn fits(
    bound: Option<Binding>,
    scheme: Scheme,
    key: Option<Binding>,
    certificate: Option<[u8; 32]>,
) -> bool {
    match (bound, scheme) {
        (None, Scheme::Bearer) => true,
        (Some(Binding::Key(_)), Scheme::Dpop) => key == bound,
        (Some(Binding::Certificate(digest)), Scheme::Bearer) => certificate == Some(digest),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Profile;

    const KEY_1: Binding = Binding::Key([1; 32]);
    const CERTIFICATE_1: Binding = Binding::Certificate([1; 32]);

    fn asked(
        change: impl FnOnce(&mut Client),
        key: Option<Binding>,
        certificate: Option<[u8; 32]>,
    ) -> Result<Option<Binding>, ErrorCode> {
        let mut client = Client::default();
        change(&mut client);
        decide(&client, &client.rules(Profile::Default), key, certificate).map_err(|error| error.code)
    }

    #[test]
    fn a_proof_binds_and_a_certificate_binds_where_it_is_registered() {
        assert_eq!(asked(|_| {}, None, None), Ok(None));
        assert_eq!(asked(|_| {}, Some(KEY_1), None), Ok(Some(KEY_1)));
        assert_eq!(asked(|_| {}, None, Some([1; 32])), Ok(None), "not registered for it");
        let by_certificate = |client: &mut Client| client.tls_client_certificate_bound_access_tokens = true;
        assert_eq!(asked(by_certificate, None, Some([1; 32])), Ok(Some(CERTIFICATE_1)));
        assert_eq!(asked(by_certificate, None, None), Err(ErrorCode::InvalidRequest));
    }

    #[test]
    fn who_must_bind_is_refused_without_proof() {
        assert_eq!(
            asked(|client| client.dpop_bound_access_tokens = true, None, Some([1; 32])),
            Err(ErrorCode::InvalidDpopProof)
        );
        assert_eq!(
            asked(|client| client.profile = Profile::Fapi2, None, None),
            Err(ErrorCode::InvalidRequest)
        );
        assert_eq!(asked(|client| client.profile = Profile::Fapi2, Some(KEY_1), None), Ok(Some(KEY_1)));
    }

    #[test]
    fn dp_04_a_bound_token_serves_only_its_holder() {
        let other = Some(Binding::Key([2; 32]));
        assert!(fits(None, Scheme::Bearer, None, None));
        assert!(!fits(None, Scheme::Dpop, Some(KEY_1), None), "not bound to the key that was shown");
        assert!(fits(Some(KEY_1), Scheme::Dpop, Some(KEY_1), None));
        assert!(
            !fits(Some(KEY_1), Scheme::Dpop, other, None) && !fits(Some(KEY_1), Scheme::Dpop, None, None)
        );
        assert!(!fits(Some(KEY_1), Scheme::Bearer, Some(KEY_1), None), "sent as a bearer token");
        assert!(fits(Some(CERTIFICATE_1), Scheme::Bearer, None, Some([1; 32])));
        assert!(!fits(Some(CERTIFICATE_1), Scheme::Bearer, None, Some([2; 32])));
        assert!(!fits(Some(CERTIFICATE_1), Scheme::Bearer, None, None));
        assert!(!fits(Some(CERTIFICATE_1), Scheme::Dpop, Some(Binding::Key([1; 32])), None));
    }

    #[test]
    fn a_binding_is_stored_as_text_and_shown_as_cnf() {
        for binding in [KEY_1, CERTIFICATE_1] {
            assert_eq!(Binding::parse(&binding.as_text()), Some(binding));
        }
        for text in ["", "jkt:", "x5t:AAAA", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"] {
            assert_eq!(Binding::parse(text), None, "{text}");
        }
        let shown = serde_json::to_string(&[KEY_1.confirmation(), CERTIFICATE_1.confirmation()]).unwrap();
        insta::assert_snapshot!(shown, @r#"[{"jkt":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"},{"x5t#S256":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}]"#);
        assert!(KEY_1.is_key("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"));
        assert!(!CERTIFICATE_1.is_key("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"));
    }
}
