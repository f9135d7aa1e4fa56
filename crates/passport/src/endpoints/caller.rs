//! Who calls an endpoint for machines: the client that proves itself, in whichever of its ways.
use std::time::Duration;

use oidc::{
    certificate::AlternativeName,
    client::{
        AuthMethod, Client, Rules,
        assertion::{self, Accepted},
        authentication::{self, Refusal, credentials, decide, unknown_client},
    },
    error::{ErrorCode, OAuthError},
    jws,
    parameters::Parameters,
};
use platform::{Fault, clock::Moment, db::Tx, once::Once, web::Visit};
use ring::hmac;
use serde_json::Value;

use super::{
    authorization,
    certificate::{self, client_certificate},
};

use crate::{
    client::{self, Registered},
    paths::TOKEN,
    response::Refused,
    state::Passport,
};

/// A client that proved itself, or a public one that gave its name.
pub struct Caller {
    pub client: Client,
    /// The epoch in which the client proved itself; a newer one ends what was given for this proof.
    pub epoch: i32,
    /// What the profiles of client and server force.
    pub rules: Rules,
    /// SHA-256 of the connection's certificate.
    pub certificate: Option<[u8; 32]>,
    /// The assertion, which serves once.
    pub(super) once: Option<Once>,
}

impl Caller {
    /// Uses the assertion up, in the transaction of what it was sent for.
    ///
    /// # Errors
    /// `invalid_client` when it was used before.
    pub async fn spend(&self, tx: &Tx) -> Result<(), Refused> {
        let Some(name) = &self.once else { return Ok(()) };
        match name.spend(tx).await? {
            true => Ok(()),
            false => Err(OAuthError::new(
                ErrorCode::InvalidClient,
                "The client assertion was used before; sign a new one for each request.",
            )
            .into()),
        }
    }
}

/// The caller of an endpoint that does no more with it than to know it; its assertion is used up.
///
/// # Errors
/// `invalid_client`, or `invalid_request` for more than one way at once.
pub async fn authenticate(
    passport: &Passport,
    visit: &Visit,
    form: &Parameters,
    path: &str,
) -> Result<Caller, Refused> {
    let caller = identify(passport, visit, form, path).await?;
    if caller.once.is_some() {
        let tx = passport.db.begin().await?;
        caller.spend(&tx).await?;
        tx.commit().await?;
    }
    Ok(caller)
}

/// As [`authenticate`], but whoever calls this must [`Caller::spend`] in a transaction of its own. `path` is that
/// of the endpoint.
///
/// # Errors
/// As [`authenticate`].
pub async fn identify(
    passport: &Passport,
    visit: &Visit,
    form: &Parameters,
    path: &str,
) -> Result<Caller, Refused> {
    let presented = credentials(&authorization(&visit.headers), form)?;
    let registered = client::serving::find(&passport.clients, &presented.client_id).await?;
    let registered = registered.ok_or_else(|| unknown_client(&presented))?;
    let rules = registered.client.rules(passport.settings.protocol.profile);
    let shown = client_certificate(passport, visit);
    let mut once = None;
    let proven = if let Some(statement) = presented.assertion() {
        let endpoints = [TOKEN, path].map(|path| format!("{}{path}", passport.issuer()));
        let endpoints = endpoints.each_ref().map(String::as_str);
        let expected =
            assertion::Expected { issuer: passport.issuer(), endpoints: &endpoints, rules: &rules };
        let accepted = verified(passport, &registered.client, statement, &expected, visit.now).await?;
        once = Some(accepted.map_err(|text| Refusal::of(&presented, text))?);
        true
    } else {
        proves(passport, &registered, &presented, shown.as_ref()).await?
    };
    decide(&registered.client, &presented, &rules, proven)?;
    let certificate = shown.map(|shown| shown.certificate.digest());
    Ok(Caller { client: registered.client, epoch: registered.epoch, rules, certificate, once })
}

/// Whether the secret is the stored one, or the certificate the registered one.
async fn proves(
    passport: &Passport,
    registered: &Registered,
    presented: &authentication::Presented,
    shown: Option<&certificate::Presented>,
) -> Result<bool, Fault> {
    let client = &registered.client;
    Ok(match (client.token_endpoint_auth_method, shown) {
        (AuthMethod::TlsClientAuth, Some(shown)) => shown.verified && is_named(client, shown),
        (AuthMethod::SelfSignedTlsClientAuth, Some(shown)) => is_registered(passport, client, shown).await?,
        (AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth, None) => false,
        _ => registered.secret_matches(presented.secret().map(|secret| secret.as_str())),
    })
}

/// The one name that the client registered stands in the certificate (RFC 8705 §2.1.2).
fn is_named(client: &Client, shown: &certificate::Presented) -> bool {
    let certificate = &shown.certificate;
    let has = |wanted: &AlternativeName| certificate.names.contains(wanted);
    if let Some(subject) = &client.tls_client_auth_subject_dn {
        return certificate.has_subject(subject);
    }
    if let Some(dns) = &client.tls_client_auth_san_dns {
        let is_dns = |name: &AlternativeName| matches!(name, AlternativeName::Dns(found) if found.eq_ignore_ascii_case(dns));
        return certificate.names.iter().any(is_dns);
    }
    if let Some(uri) = &client.tls_client_auth_san_uri {
        return has(&AlternativeName::Uri(uri.clone()));
    }
    if let Some(ip) = &client.tls_client_auth_san_ip {
        return ip.parse().is_ok_and(|ip| has(&AlternativeName::Ip(ip)));
    }
    client.tls_client_auth_san_email.as_ref().is_some_and(|email| has(&AlternativeName::Email(email.clone())))
}

/// The certificate's key stands in the client's JWK Set (RFC 8705 §2.2.2).
async fn is_registered(
    passport: &Passport,
    client: &Client,
    shown: &certificate::Presented,
) -> Result<bool, Fault> {
    let Some(key) = shown.certificate.public_key() else { return Ok(false) };
    Ok(client::keys::list(&passport.clients, client).await?.contains(&key))
}

/// The name of an assertion whose signature and claims are good; else what is wrong with it, in words.
async fn verified(
    passport: &Passport,
    client: &Client,
    statement: &str,
    expected: &assertion::Expected<'_>,
    now: Moment,
) -> Result<Result<Once, &'static str>, Fault> {
    let claims = match client.token_endpoint_auth_method {
        AuthMethod::ClientSecretJwt => by_secret(passport, client, statement, expected).await?,
        AuthMethod::PrivateKeyJwt => by_key(passport, client, statement, expected).await?,
        _ => Err(NOT_REGISTERED),
    };
    let claims = match claims {
        Ok(claims) => claims,
        Err(text) => return Ok(Err(text)),
    };
    let accepted = assertion::check(&claims, client, expected, now.unix_seconds());
    Ok(accepted.map(|Accepted { jti, ends_at }| {
        let ends_at = Moment::from_unix_seconds(ends_at) + Duration::from_secs(1);
        Once::new("client assertion", &[&client.client_id, &jti], ends_at)
    }))
}

type Claims = serde_json::Map<String, Value>;

const NOT_REGISTERED: &str = "This client is not registered for client assertions.";
const BAD_SIGNATURE: &str =
    "The client assertion is not signed with a key of this client, or not as it registered.";

async fn by_secret(
    passport: &Passport,
    client: &Client,
    statement: &str,
    expected: &assertion::Expected<'_>,
) -> Result<Result<Claims, &'static str>, Fault> {
    let Ok(taken) = jws::split_hs256(statement) else { return Ok(Err(BAD_SIGNATURE)) };
    if !assertion::allows(client, expected.rules, "HS256") {
        return Ok(Err(BAD_SIGNATURE));
    }
    let Some(secret) = client::serving::find_secret(&passport.clients, &client.client_id).await? else {
        return Ok(Err(BAD_SIGNATURE));
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let good = hmac::verify(&key, taken.signing_input.as_bytes(), &taken.tag).is_ok();
    Ok(if good { Ok(taken.payload) } else { Err(BAD_SIGNATURE) })
}

async fn by_key(
    passport: &Passport,
    client: &Client,
    statement: &str,
    expected: &assertion::Expected<'_>,
) -> Result<Result<Claims, &'static str>, Fault> {
    let Ok(taken) = jws::split(statement) else { return Ok(Err(BAD_SIGNATURE)) };
    let header = &taken.header;
    if !assertion::allows(client, expected.rules, header.alg.as_str())
        || !assertion::is_assertion_type(header.typ.as_deref())
    {
        return Ok(Err(BAD_SIGNATURE));
    }
    let keys =
        client::keys::find_public(&passport.clients, client, header.kid.as_deref(), header.alg).await?;
    let message = taken.signing_input.as_bytes();
    let good = keys.iter().any(|key| key.verify(header.alg, message, &taken.signature));
    Ok(if good { Ok(taken.payload) } else { Err(BAD_SIGNATURE) })
}
