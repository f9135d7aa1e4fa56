//! What a client says of itself, read under a policy (RFC 7591 §2, OIDC Registration §2), and how its registration
//! is answered. Members of our own are not read, so nobody makes themselves trusted. It knows no token and no row.

mod answer;
mod members;

use serde_json::{Map, Value};
use url::Url;

use super::{ApplicationType, AssertionAlgorithm, AuthMethod, Client, GrantType, Profile, SubjectType};
use crate::{
    error::{ErrorCode, OAuthError},
    jws::SigningAlgorithm,
    plain,
    scope::{OFFLINE_ACCESS, Scopes},
    wire::ResponseType,
};
pub use answer::metadata;
use members::Members;

/// What somebody who registers by themselves may have.
#[derive(Clone, Debug)]
pub struct Policy {
    pub grant_types: Vec<GrantType>,
    pub response_types: Vec<ResponseType>,
    pub scopes: Scopes,
    pub auth_methods: Vec<AuthMethod>,
    pub signing_algs: Vec<SigningAlgorithm>,
    pub subject_types: Vec<SubjectType>,
    /// The security profile that binds every client.
    pub profile: Profile,
}

/// Members that ask for encryption, which is not built: a client that needs it must not think that it gets it.
const ENCRYPTION: [&str; 10] = [
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
];

/// Reads the JSON body of a registration or an update. What is beyond the policy is trimmed where the client can
/// see it in the answer (grant types, scope), and refused where it could not work without. Absent members take the
/// defaults of the documents; unknown ones are dropped (RFC 7591 §2). The result has no `client_id` and was not
/// validated yet: see [`validated`].
///
/// # Errors
/// `invalid_client_metadata`, or `unapproved_software_statement` for any software statement.
pub fn read(body: &[u8], policy: &Policy) -> Result<Client, OAuthError> {
    let body =
        plain::json(body).ok_or_else(|| malformed("The body is not JSON, or holds control characters."))?;
    match body {
        Value::Object(body) => from_members(&body, policy),
        _ => Err(malformed("The body is not a JSON object.")),
    }
}

/// The same for an object that was read already.
///
/// # Errors
/// As [`read`].
pub fn from_members(body: &Map<String, Value>, policy: &Policy) -> Result<Client, OAuthError> {
    let members = Members(body);
    if members.has("software_statement") {
        let text = "Software statements are not accepted here. Send the metadata itself.";
        return Err(OAuthError::new(ErrorCode::UnapprovedSoftwareStatement, text));
    }
    if let Some(name) = ENCRYPTION.iter().find(|name| members.has(name)) {
        return Err(malformed(format!("{name}: encryption is not supported.")));
    }
    let (grant_types, response_types) = flows(&members, policy)?;
    let method = auth_method(&members, policy)?;
    let algorithm = |name: &'static str| -> Result<Option<SigningAlgorithm>, OAuthError> {
        let known =
            |text: &str| SigningAlgorithm::parse(text).filter(|alg| policy.signing_algs.contains(alg));
        members.word(name, known)
    };
    let redirect_uris = members.texts("redirect_uris")?;
    let named = members.text("client_name")?.filter(|name| !name.trim().is_empty());
    let defaults = Client::default();
    Ok(Client {
        client_name: named.or_else(|| host_of(&redirect_uris)).unwrap_or_else(|| "Unnamed".to_owned()),
        application_type: members
            .word("application_type", application_type)?
            .unwrap_or(defaults.application_type),
        redirect_uris,
        post_logout_redirect_uris: members.texts("post_logout_redirect_uris")?,
        backchannel_logout_uri: members.text("backchannel_logout_uri")?,
        backchannel_logout_session_required: members.flag("backchannel_logout_session_required")?,
        frontchannel_logout_uri: members.text("frontchannel_logout_uri")?,
        frontchannel_logout_session_required: members.flag("frontchannel_logout_session_required")?,
        scope: scope(&members, policy, &grant_types)?,
        grant_types,
        response_types,
        token_endpoint_auth_method: method,
        token_endpoint_auth_signing_alg: members
            .word("token_endpoint_auth_signing_alg", AssertionAlgorithm::parse)?,
        id_token_signed_response_alg: algorithm("id_token_signed_response_alg")?
            .unwrap_or(defaults.id_token_signed_response_alg),
        userinfo_signed_response_alg: algorithm("userinfo_signed_response_alg")?,
        authorization_signed_response_alg: algorithm("authorization_signed_response_alg")?
            .unwrap_or(defaults.authorization_signed_response_alg),
        introspection_signed_response_alg: algorithm("introspection_signed_response_alg")?
            .unwrap_or(defaults.introspection_signed_response_alg),
        request_object_signing_alg: members.word("request_object_signing_alg", SigningAlgorithm::parse)?,
        require_signed_request_object: members.flag("require_signed_request_object")?,
        require_pushed_authorization_requests: members.flag("require_pushed_authorization_requests")?,
        request_uris: members.texts("request_uris")?,
        client_uri: members.text("client_uri")?,
        logo_uri: members.text("logo_uri")?,
        policy_uri: members.text("policy_uri")?,
        tos_uri: members.text("tos_uri")?,
        initiate_login_uri: members.text("initiate_login_uri")?,
        contacts: members.texts("contacts")?,
        software_id: members.text("software_id")?,
        software_version: members.text("software_version")?,
        default_max_age: members.seconds("default_max_age")?,
        require_auth_time: members.flag("require_auth_time")?,
        default_acr_values: members.texts("default_acr_values")?,
        subject_type: subject_type(&members, policy)?,
        sector_identifier_uri: members.text("sector_identifier_uri")?,
        jwks: members.object("jwks")?,
        jwks_uri: members.text("jwks_uri")?,
        tls_client_auth_subject_dn: members.text("tls_client_auth_subject_dn")?,
        tls_client_auth_san_dns: members.text("tls_client_auth_san_dns")?,
        tls_client_auth_san_uri: members.text("tls_client_auth_san_uri")?,
        tls_client_auth_san_ip: members.text("tls_client_auth_san_ip")?,
        tls_client_auth_san_email: members.text("tls_client_auth_san_email")?,
        tls_client_certificate_bound_access_tokens: members
            .flag("tls_client_certificate_bound_access_tokens")?,
        dpop_bound_access_tokens: members.flag("dpop_bound_access_tokens")?,
        // A stranger's library is not ours to judge; public clients need PKCE all the same.
        require_pkce: false,
        claims_in_id_token: false,
        trusted: false,
        // Whoever registers it with an operator's token says otherwise.
        vouched: false,
        ..defaults
    })
}

/// The client with its id, if everything that it says may be stored.
///
/// # Errors
/// `invalid_redirect_uri` when only redirect URIs are wrong, else `invalid_client_metadata`; both name the first
/// member that is wrong.
pub fn validated(client: Client, client_id: String, policy: &Policy) -> Result<Client, OAuthError> {
    let client = Client { client_id, ..client };
    let errors = client.validate_under(policy.profile);
    let first = errors.iter().find(|error| error.field != "redirect_uris").or_else(|| errors.first());
    match first {
        None => Ok(client),
        Some(error) => {
            let code = match error.field {
                "redirect_uris" => ErrorCode::InvalidRedirectUri,
                _ => ErrorCode::InvalidClientMetadata,
            };
            Err(OAuthError::new(code, format!("{}: {}.", error.field, error.problem)))
        }
    }
}

fn malformed(text: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClientMetadata, text)
}

fn application_type(name: &str) -> Option<ApplicationType> {
    match name {
        "web" => Some(ApplicationType::Web),
        "native" => Some(ApplicationType::Native),
        _ => None,
    }
}

/// Grant and response types, each derived from the other where only one is said (RFC 7591 §2.1).
fn flows(members: &Members<'_>, policy: &Policy) -> Result<(Vec<GrantType>, Vec<ResponseType>), OAuthError> {
    let kinds = match members.maybe_texts("response_types")? {
        Some(names) => {
            let known = |name: &String| {
                ResponseType::parse(name)
                    .filter(|kind| policy.response_types.contains(kind))
                    .ok_or_else(|| malformed(format!("response_types: {name} is not supported.")))
            };
            Some(names.iter().map(known).collect::<Result<Vec<_>, _>>()?)
        }
        None => None,
    };
    let grants = members.maybe_texts("grant_types")?;
    let mut grants = match (&grants, &kinds) {
        (Some(names), _) => names.iter().filter_map(|name| GrantType::parse(name)).collect(),
        (None, Some(kinds)) => needed(kinds),
        (None, None) => vec![GrantType::AuthorizationCode],
    };
    grants.retain(|grant| policy.grant_types.contains(grant));
    grants.sort();
    grants.dedup();
    if grants.is_empty() {
        return Err(malformed("grant_types: none of them can be had by registering."));
    }
    let default = match grants.contains(&GrantType::AuthorizationCode) {
        true => vec![ResponseType::Code],
        false => vec![],
    };
    Ok((grants, kinds.unwrap_or(default)))
}

fn needed(kinds: &[ResponseType]) -> Vec<GrantType> {
    let any = |word: &str| kinds.iter().any(|kind| kind.as_str().contains(word));
    let wanted = [(GrantType::AuthorizationCode, any("code")), (GrantType::Implicit, any("token"))];
    wanted.into_iter().filter_map(|(grant, wanted)| wanted.then_some(grant)).collect()
}

/// The documents' default is `client_secret_basic`; a client that named nothing may send its secret either way.
fn auth_method(members: &Members<'_>, policy: &Policy) -> Result<AuthMethod, OAuthError> {
    let known = |name: &str| {
        AuthMethod::parse(name)
            .filter(|method| *method != AuthMethod::ClientSecret && policy.auth_methods.contains(method))
    };
    Ok(members.word("token_endpoint_auth_method", known)?.unwrap_or(AuthMethod::ClientSecret))
}

fn subject_type(members: &Members<'_>, policy: &Policy) -> Result<SubjectType, OAuthError> {
    let known = |name: &str| SubjectType::parse(name).filter(|kind| policy.subject_types.contains(kind));
    Ok(members.word("subject_type", known)?.unwrap_or_default())
}

fn scope(members: &Members<'_>, policy: &Policy, grants: &[GrantType]) -> Result<Scopes, OAuthError> {
    let scope = match members.text("scope")? {
        Some(text) => Scopes::parse(&text)
            .map_err(|error| malformed(format!("scope: {error}.")))?
            .intersection(&policy.scopes),
        None => policy.scopes.clone(),
    };
    Ok(match grants.contains(&GrantType::RefreshToken) {
        true => scope,
        false => scope.without(OFFLINE_ACCESS),
    })
}

fn host_of(redirect_uris: &[String]) -> Option<String> {
    redirect_uris.iter().find_map(|uri| Url::parse(uri).ok()?.host_str().map(str::to_owned))
}

#[cfg(test)]
mod tests;
