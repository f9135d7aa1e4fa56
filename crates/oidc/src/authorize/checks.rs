//! The single checks of an authorization request, each one rule of the documents. Their order is
//! [`super::request`]'s.

use super::{
    Arrival, AuthorizationRequest, Demands, Display, Policy, Prompts, ResponseMode, ResponseType,
    context::Wanted, request::allows,
};
use crate::{
    claims::wishes::ClaimsRequest,
    client::{Client, GrantType},
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    pkce, resource,
    scope::{OFFLINE_ACCESS, OPENID, Scopes},
};

/// What a check may look at.
pub(super) struct Asked<'a> {
    pub parameters: &'a Parameters,
    pub client: &'a Client,
    pub policy: &'a Policy,
    pub demands: Demands,
    pub arrival: Arrival,
}

pub(super) type Check = fn(&Asked<'_>, &mut AuthorizationRequest) -> Result<(), OAuthError>;

/// Every name with a meaning at this endpoint that may stand there once (RFC 6749 §3.1).
pub(super) const KNOWN: [&str; 22] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "ui_locales",
    "claims_locales",
    "acr_values",
    "display",
    "claims",
    "request",
    "request_uri",
    "registration",
    "dpop_jkt",
];

const MAX_NONCE: usize = 1024;
const MAX_HINT: usize = 512;
const MAX_ID_TOKEN_HINT: usize = 8 * 1024;
const MAX_WORDS: usize = 20;

pub(super) fn nothing_known_is_given_twice(
    asked: &Asked<'_>,
    _: &mut AuthorizationRequest,
) -> Result<(), OAuthError> {
    KNOWN.iter().try_for_each(|name| asked.parameters.one(name).map(|_| ()))
}

/// First of all, for it says how every refusal travels: the default of the response type, be it one that is refused
/// (Multiple Response Types §5: what asked for tokens reads the fragment), until the request names a mode that fits (Multiple Response Types §2.1, §5).
pub(super) fn response_mode(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let named = asked.parameters.one("response_type").ok().flatten().and_then(ResponseType::parse);
    let response_type = named.unwrap_or(ResponseType::Code);
    request.response_mode = ResponseMode::default_of(response_type);
    if let Some(name) = asked.parameters.one("response_mode")? {
        request.response_mode = ResponseMode::parse(name, response_type)
            .filter(|mode| asked.policy.response_modes.contains(mode))
            .filter(|mode| !(mode.is_in_query() && response_type.is_front_channel()))
            .ok_or_else(|| {
                OAuthError::invalid_request("The response_mode is not supported for this response_type.")
            })?;
    }
    if asked.demands.signed_response && !request.response_mode.is_signed() {
        return Err(OAuthError::invalid_request("This client must ask for response_mode=jwt."));
    }
    Ok(())
}

/// What must have been read before comes here no more; what is not built is named, never overlooked, for
/// the request might mean something else inside (OIDC Core §7.2.1).
pub(super) fn nothing_is_left_unread(
    asked: &Asked<'_>,
    _: &mut AuthorizationRequest,
) -> Result<(), OAuthError> {
    for (name, code) in [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ] {
        if asked.parameters.one(name)?.is_some() {
            return Err(OAuthError::new(code, format!("The parameter {name} is not supported here.")));
        }
    }
    Ok(())
}

/// RFC 9126 §6.
pub(super) fn is_pushed_where_it_must_be(
    asked: &Asked<'_>,
    _: &mut AuthorizationRequest,
) -> Result<(), OAuthError> {
    match asked.demands.pushed {
        true => Err(OAuthError::invalid_request("Requests of this client must be pushed.")),
        false => Ok(()),
    }
}

/// RFC 9101 §10.5.
pub(super) fn is_signed_where_it_must_be(
    asked: &Asked<'_>,
    _: &mut AuthorizationRequest,
) -> Result<(), OAuthError> {
    match asked.demands.signed && !asked.arrival.signed {
        true => Err(OAuthError::invalid_request("Requests of this client must be signed request objects.")),
        false => Ok(()),
    }
}

pub(super) fn response_type(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let text = asked.parameters.required("response_type")?;
    let may = |known: &ResponseType| {
        asked.policy.response_types.contains(known)
            && !(asked.demands.code_only && *known != ResponseType::Code)
    };
    request.response_type = ResponseType::parse(text).filter(may).ok_or_else(|| {
        OAuthError::new(ErrorCode::UnsupportedResponseType, "The response_type is not supported.")
    })?;
    Ok(())
}

pub(super) fn client_may_use_the_flow(
    asked: &Asked<'_>,
    request: &mut AuthorizationRequest,
) -> Result<(), OAuthError> {
    if allows(asked.client, request.response_type) {
        return Ok(());
    }
    Err(OAuthError::new(
        ErrorCode::UnauthorizedClient,
        "The client is not registered for this response_type.",
    ))
}

pub(super) fn client_may_use_devices(
    asked: &Asked<'_>,
    _: &mut AuthorizationRequest,
) -> Result<(), OAuthError> {
    match asked.client.may_use(GrantType::DeviceCode) {
        true => Ok(()),
        false => {
            Err(OAuthError::new(ErrorCode::UnauthorizedClient, "The client is not registered for devices."))
        }
    }
}

/// RFC 6749 §3.3: what the client is not registered for is dropped, and no scope is its registered one.
/// `offline_access` is dropped where it could not be used (OIDC Core §11). An ID token is for the scope
/// `openid` alone.
pub(super) fn scope(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let invalid = |text| OAuthError::new(ErrorCode::InvalidScope, text);
    let wished = match asked.parameters.one("scope")? {
        Some(text) => Scopes::parse(text)
            .map_err(|error| OAuthError::new(ErrorCode::InvalidScope, error.to_string()))?,
        // What it registered is what it means (RFC 6749 §3.3, RFC 8628 §3.1).
        None => asked.client.scope.clone(),
    };
    // A resource brings scopes of its own; they are had with it alone.
    let mut scope = match request.resource.is_empty() {
        true => wished.intersection(&asked.client.scope),
        false => {
            let brought = resource::brought(&request.resource, asked.client, asked.policy);
            wished.intersection(&asked.client.scope.union(&brought))
        }
    };
    if !asked.client.may_use(GrantType::RefreshToken) || !request.response_type.has_code() {
        scope = scope.without(OFFLINE_ACCESS);
    }
    if scope.is_empty() {
        return Err(invalid("None of the scopes can be granted to this client."));
    }
    if request.response_type.has_id_token() && !scope.contains(OPENID) {
        return Err(invalid("This response_type needs the scope openid."));
    }
    request.scope = scope;
    Ok(())
}

/// RFC 7636 §4.3 with S256 alone: no method would mean `plain`, which is refused. Where no code comes
/// back there is nothing to prove.
pub(super) fn code_challenge(
    asked: &Asked<'_>,
    request: &mut AuthorizationRequest,
) -> Result<(), OAuthError> {
    let challenge = asked.parameters.one("code_challenge")?;
    let method = asked.parameters.one("code_challenge_method")?;
    match (challenge, method) {
        (None, None) if asked.demands.pkce && request.response_type.has_code() => {
            Err(OAuthError::invalid_request("This client must send a code_challenge."))
        }
        (None, None) => Ok(()),
        (None, Some(_)) => Err(OAuthError::invalid_request("The parameter code_challenge is missing.")),
        (Some(_), method) if method != Some(pkce::METHOD) => {
            Err(OAuthError::invalid_request("The code_challenge_method must be S256."))
        }
        (Some(challenge), _) if !pkce::is_challenge(challenge) => {
            Err(OAuthError::invalid_request("The code_challenge is not a SHA-256 digest in base64url."))
        }
        (Some(challenge), _) => {
            request.code_challenge = Some(challenge.to_owned());
            Ok(())
        }
    }
}

/// Optional in the code flow, where many clients send none; what binds an ID token to its request
/// where it comes by the browser (OIDC Core §3.2.2.1, §3.3.2.11).
pub(super) fn nonce(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    request.nonce = bounded(asked.parameters.one("nonce")?, "nonce", MAX_NONCE)?;
    if request.nonce.is_none() && request.response_type.has_id_token() {
        return Err(OAuthError::invalid_request("The parameter nonce is missing."));
    }
    Ok(())
}

pub(super) fn prompt(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    if let Some(text) = asked.parameters.one("prompt")? {
        request.prompt = Prompts::parse(text)?;
    }
    Ok(())
}

pub(super) fn max_age(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let Some(text) = asked.parameters.one("max_age")? else {
        request.max_age = asked.client.default_max_age;
        return Ok(());
    };
    let seconds = text.parse::<i64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    request.max_age = Some(
        seconds
            .ok_or_else(|| OAuthError::invalid_request("The max_age must be a whole number of seconds."))?,
    );
    Ok(())
}

/// A wish: an overlong one is dropped, never refused.
pub(super) fn login_hint(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let hint = asked.parameters.one("login_hint")?;
    request.login_hint = hint.filter(|hint| hint.len() <= MAX_HINT).map(str::to_owned);
    Ok(())
}

pub(super) fn id_token_hint(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    request.id_token_hint =
        bounded(asked.parameters.one("id_token_hint")?, "id_token_hint", MAX_ID_TOKEN_HINT)?;
    Ok(())
}

/// Wishes (OIDC Core §3.1.2.1, §5.2): what is no language tag is dropped, never refused.
pub(super) fn locales(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let tags = |text: Option<&str>| {
        words(text, |tag| {
            tag.len() <= 35 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    request.ui_locales = tags(asked.parameters.one("ui_locales")?);
    request.claims_locales = tags(asked.parameters.one("claims_locales")?);
    Ok(())
}

pub(super) fn display(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    request.display = asked.parameters.one("display")?.map(Display::parse).unwrap_or_default();
    Ok(())
}

/// OIDC Core §5.5.
pub(super) fn claims(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    if let Some(text) = asked.parameters.one("claims")? {
        request.claims = ClaimsRequest::parse(text)?.within(&asked.client.scope);
    }
    Ok(())
}

/// `acr_values` are wishes by preference (OIDC Core §3.1.2.1); an essential `acr` is more.
pub(super) fn authentication_context(
    asked: &Asked<'_>,
    request: &mut AuthorizationRequest,
) -> Result<(), OAuthError> {
    let acr_values = asked.parameters.one("acr_values")?;
    request.acr_values =
        words(acr_values, |value| value.len() <= 200 && value.bytes().all(|byte| byte.is_ascii_graphic()));
    let defaults = &asked.client.default_acr_values;
    request.context = Wanted::of(&request.claims, &request.acr_values, defaults, asked.policy.highest)?;
    Ok(())
}

/// RFC 8707 §2: what the client is registered for, as often as it likes.
pub(super) fn resource(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    request.resource = resource::asked(asked.parameters)?;
    resource::permitted(&request.resource, asked.client, asked.policy)
}

/// RFC 9449 §10: the thumbprint of a key, a SHA-256 digest like a code challenge.
pub(super) fn dpop_jkt(asked: &Asked<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    request.dpop_jkt = asked.parameters.one("dpop_jkt")?.map(str::to_owned);
    match request.dpop_jkt.as_deref().is_none_or(pkce::is_challenge) {
        true => Ok(()),
        false => Err(OAuthError::invalid_request("The dpop_jkt is not a SHA-256 thumbprint in base64url.")),
    }
}

fn bounded(value: Option<&str>, name: &'static str, longest: usize) -> Result<Option<String>, OAuthError> {
    match value {
        Some(value) if value.len() > longest => {
            Err(OAuthError::invalid_request(format!("The parameter {name} is too long.")))
        }
        value => Ok(value.map(str::to_owned)),
    }
}

fn words(text: Option<&str>, lawful: impl Fn(&str) -> bool) -> Vec<String> {
    text.unwrap_or_default()
        .split(' ')
        .filter(|word| !word.is_empty() && lawful(word))
        .take(MAX_WORDS)
        .map(str::to_owned)
        .collect()
}
