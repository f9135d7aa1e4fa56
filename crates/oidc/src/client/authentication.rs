//! Who calls the token endpoint: the credentials as sent (RFC 6749 §2.3, RFC 7523, RFC 8705), and whether
//! they are the ones this client uses. It never sees the right secret or key; the caller compares.

use std::fmt;

use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{AuthMethod, Client, assertion, profile::Rules};
use crate::{
    error::{ErrorCode, OAuthError},
    parameters::{Parameters, decode},
};

/// The credentials of a request, not yet believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    pub client_id: String,
    pub proof: Proof,
    /// An `Authorization: Basic` header was sent, so a refusal carries a challenge.
    pub basic_tried: bool,
}

/// How the caller says that it is this client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By name alone.
    None,
    ClientSecretBasic(PresentedSecret),
    ClientSecretPost(PresentedSecret),
    /// A signed statement (RFC 7523); the method of the client says with what it must be signed.
    Assertion(PresentedSecret),
}

/// A secret as it was typed. Its Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PresentedSecret(String);

impl PresentedSecret {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PresentedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentedSecret(…)")
    }
}

impl Presented {
    /// The secret to compare with the stored digest, when one was sent.
    pub fn secret(&self) -> Option<&PresentedSecret> {
        match &self.proof {
            Proof::None | Proof::Assertion(_) => None,
            Proof::ClientSecretBasic(secret) | Proof::ClientSecretPost(secret) => Some(secret),
        }
    }

    /// The client assertion, when one was sent.
    pub fn assertion(&self) -> Option<&str> {
        match &self.proof {
            Proof::Assertion(assertion) => Some(assertion.as_str()),
            _ => None,
        }
    }
}

/// A refusal at the token endpoint. `invalid_client` is answered with 401, and with a
/// `WWW-Authenticate: Basic` challenge when `challenge` is set (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refusal {
    pub error: OAuthError,
    pub challenge: bool,
}

impl Refusal {
    /// `invalid_client` for whoever presented this.
    pub fn of(presented: &Presented, description: &'static str) -> Self {
        Self::invalid_client(presented.basic_tried, description)
    }

    fn invalid_client(challenge: bool, description: &'static str) -> Self {
        Self { error: OAuthError::new(ErrorCode::InvalidClient, description), challenge }
    }
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self { error, challenge: false }
    }
}

const MAX_HEADER: usize = 8 * 1024;
const WRONG: &str = "The client is unknown or its credentials are wrong.";

/// Padding may be there or not: several clients leave it out, and nothing hangs on it.
const BASIC: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads the credentials out of every `Authorization` header value and the form body.
///
/// # Errors
/// `invalid_request` for two ways at once, a parameter given twice or two headers;
/// `invalid_client` for none at all or an unreadable header.
pub fn credentials(authorization: &[&[u8]], form: &Parameters) -> Result<Presented, Refusal> {
    let client_id = form.one("client_id")?;
    let secret = form.one("client_secret")?;
    let (statement, kind) = (form.one("client_assertion")?, form.one("client_assertion_type")?);
    let header = match authorization {
        [] => None,
        [header] => Some(*header),
        _ => {
            return Err(OAuthError::invalid_request("There is more than one Authorization header.").into());
        }
    };
    if [header.is_some(), secret.is_some(), statement.or(kind).is_some()]
        .into_iter()
        .filter(|used| *used)
        .count()
        > 1
    {
        return Err(OAuthError::invalid_request("The client authenticates in more than one way.").into());
    }
    if let Some(kind) = kind.or(statement) {
        return asserted(client_id, statement, kind);
    }
    if let Some(header) = header {
        let presented = basic(header).ok_or_else(|| {
            Refusal::invalid_client(true, "The Authorization header is not a readable Basic one.")
        })?;
        if client_id.is_some_and(|client_id| client_id != presented.client_id) {
            return Err(OAuthError::invalid_request("The header and the body name different clients.").into());
        }
        return Ok(presented);
    }
    let client_id =
        client_id.ok_or_else(|| Refusal::invalid_client(false, "The client does not say who it is."))?;
    let proof =
        secret.map_or(Proof::None, |secret| Proof::ClientSecretPost(PresentedSecret(secret.to_owned())));
    Ok(Presented { client_id: client_id.to_owned(), proof, basic_tried: false })
}

/// The client is the one that the assertion speaks for; a client_id beside it must be the same.
fn asserted(client_id: Option<&str>, statement: Option<&str>, kind: &str) -> Result<Presented, Refusal> {
    let refuse = |text| Err(Refusal::invalid_client(false, text));
    let Some(statement) = statement.filter(|_| kind == assertion::TYPE) else {
        return refuse(
            "A client assertion needs client_assertion and a client_assertion_type of jwt-bearer.",
        );
    };
    match assertion::subject_of(statement) {
        None => refuse("The client assertion cannot be read."),
        Some(subject) if client_id.is_some_and(|client_id| client_id != subject) => {
            refuse("The client assertion is not one of this client.")
        }
        Some(subject) => {
            let proof = Proof::Assertion(PresentedSecret(statement.to_owned()));
            Ok(Presented { client_id: subject, proof, basic_tried: false })
        }
    }
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined. An empty secret is none.
fn basic(header: &[u8]) -> Option<Presented> {
    if header.len() > MAX_HEADER {
        return None;
    }
    let (scheme, encoded) = str::from_utf8(header).ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = BASIC.decode(encoded.trim_matches(' ')).ok()?;
    let colon = joined.iter().position(|byte| *byte == b':')?;
    let (client_id, secret) = joined.split_at_checked(colon)?;
    let client_id = decode(client_id).ok().filter(|client_id| !client_id.is_empty())?;
    let secret = decode(secret.get(1..)?).ok()?;
    let proof =
        if secret.is_empty() { Proof::None } else { Proof::ClientSecretBasic(PresentedSecret(secret)) };
    Some(Presented { client_id, proof, basic_tried: true })
}

/// The answer for a client that does not exist: the same as for a wrong secret.
pub fn unknown_client(presented: &Presented) -> Refusal {
    Refusal::invalid_client(presented.basic_tried, WRONG)
}

/// Whether these credentials make the caller this client. `proven` is what the caller found: that the secret
/// is the stored one, that the assertion is signed and new, or that the connection's certificate is the
/// registered one; false when there is nothing to prove it with.
///
/// # Errors
/// `invalid_client`; that the method is the wrong one is said only to who knows the secret.
pub fn decide(client: &Client, presented: &Presented, rules: &Rules, proven: bool) -> Result<(), Refusal> {
    let refuse = |text| Err(Refusal::invalid_client(presented.basic_tried, text));
    let method = client.token_endpoint_auth_method;
    if presented.client_id != client.client_id {
        return refuse(WRONG);
    }
    if !rules.auth_methods.contains(&method) {
        return refuse("The profile that is in force does not accept this client's way to authenticate.");
    }
    match (&presented.proof, method) {
        (Proof::None, AuthMethod::None) => Ok(()),
        (_, AuthMethod::None) => refuse("This client is a public one and has no secret."),
        (Proof::None, AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth) => match proven {
            true => Ok(()),
            false => refuse("The connection was not made with the certificate that this client registered."),
        },
        (Proof::None, AuthMethod::PrivateKeyJwt | AuthMethod::ClientSecretJwt) => {
            refuse("This client must authenticate with a client assertion.")
        }
        (Proof::None, _) => refuse("This client must authenticate with its secret."),
        (Proof::ClientSecretBasic(_), AuthMethod::ClientSecret | AuthMethod::ClientSecretBasic)
        | (Proof::ClientSecretPost(_), AuthMethod::ClientSecret | AuthMethod::ClientSecretPost)
        | (Proof::Assertion(_), AuthMethod::PrivateKeyJwt | AuthMethod::ClientSecretJwt)
            if proven =>
        {
            Ok(())
        }
        (Proof::ClientSecretBasic(_), AuthMethod::ClientSecretPost)
        | (Proof::ClientSecretPost(_), AuthMethod::ClientSecretBasic)
            if proven =>
        {
            refuse("This client must send its secret in the other way it registered.")
        }
        _ => refuse(WRONG),
    }
}

#[cfg(test)]
mod tests;
