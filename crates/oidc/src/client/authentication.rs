//! Who calls the token endpoint: the credentials as sent (RFC 6749 §2.3), and whether they are the
//! ones this client uses. It never sees the right secret; the caller compares through a digest.

use std::fmt;

use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{AuthMethod, Client};
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
            Proof::None => None,
            Proof::ClientSecretBasic(secret) | Proof::ClientSecretPost(secret) => Some(secret),
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
    let assertion = form.one("client_assertion")?.or(form.one("client_assertion_type")?);
    let header = match authorization {
        [] => None,
        [header] => Some(*header),
        _ => {
            return Err(OAuthError::invalid_request("There is more than one Authorization header.").into());
        }
    };
    if [header.is_some(), secret.is_some(), assertion.is_some()].into_iter().filter(|used| *used).count() > 1
    {
        return Err(OAuthError::invalid_request("The client authenticates in more than one way.").into());
    }
    if assertion.is_some() {
        return Err(Refusal::invalid_client(false, "Client assertions are not accepted here."));
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

/// Whether these credentials make the caller this client. `secret_matches` is what the caller found
/// when it compared [`Presented::secret`] with the stored digest; false when either is absent.
///
/// # Errors
/// `invalid_client`; that the method is the wrong one is said only to who knows the secret.
pub fn decide(client: &Client, presented: &Presented, secret_matches: bool) -> Result<(), Refusal> {
    let refuse = |text| Err(Refusal::invalid_client(presented.basic_tried, text));
    if presented.client_id != client.client_id {
        return refuse(WRONG);
    }
    let allowed = match (&presented.proof, client.token_endpoint_auth_method) {
        (Proof::None, AuthMethod::None) => return Ok(()),
        (Proof::None, _) => return refuse("This client must authenticate with its secret."),
        (_, AuthMethod::None) => return refuse("This client is a public one and has no secret."),
        (Proof::ClientSecretBasic(_), method) => {
            matches!(method, AuthMethod::ClientSecret | AuthMethod::ClientSecretBasic)
        }
        (Proof::ClientSecretPost(_), method) => {
            matches!(method, AuthMethod::ClientSecret | AuthMethod::ClientSecretPost)
        }
    };
    match (secret_matches, allowed) {
        (false, _) => refuse(WRONG),
        (true, false) => refuse("This client must send its secret in the other way it registered."),
        (true, true) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
