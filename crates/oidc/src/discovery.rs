//! The metadata document (OIDC Discovery §3, RFC 8414 §2, and the documents that add to it),
//! generated from what is enabled; only registered names. It does not know which routes exist.

use serde::Serialize;
use url::Url;

use crate::{
    authorize::{Policy, Prompt, ResponseMode, ResponseType, context::Context, object},
    claims::BY_SCOPE,
    client::{AssertionAlgorithm, AuthMethod, GrantType, Rules, SubjectType},
    dpop,
    jws::SigningAlgorithm,
    pkce,
    scope::Scopes,
};

/// What the server has enabled. Paths begin with `/` and are put behind the issuer; an endpoint that
/// is `None` is not there.
#[derive(Clone, Debug)]
pub struct Enabled<'a> {
    /// The issuer, byte for byte as in every token.
    pub issuer: &'a str,
    pub authorization_path: &'a str,
    pub token_path: &'a str,
    pub userinfo_path: &'a str,
    pub jwks_path: &'a str,
    pub end_session_path: Option<&'a str>,
    pub pushed_request_path: Option<&'a str>,
    pub device_authorization_path: Option<&'a str>,
    pub introspection_path: Option<&'a str>,
    pub revocation_path: Option<&'a str>,
    /// Client certificates reach us, so that clients can authenticate and bind tokens with them; and the
    /// connection's end verifies their chains.
    pub client_certificates: Option<Certificates>,
    pub policy: &'a Policy,
    pub id_token_signing_algs: &'a [SigningAlgorithm],
    /// Language tags of the pages, in canonical letter case.
    pub ui_locales: &'a [&'a str],
    pub prompts: &'a [Prompt],
    pub backchannel_logout: bool,
    pub frontchannel_logout: bool,
    /// There when clients may register by themselves.
    pub registration_path: Option<&'a str>,
    pub subject_types: &'a [SubjectType],
    pub client_id_metadata_documents: bool,
    /// Where developers read about this provider.
    pub service_documentation: Option<&'a str>,
    pub op_policy_uri: Option<&'a str>,
    pub op_tos_uri: Option<&'a str>,
}

/// What is known of the client certificates that reach us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificates {
    /// Possession is shown, the chain is not: enough for self-signed ones and for binding.
    Unverified,
    /// The chain is verified too.
    Verified,
}

/// The document, to be served as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: String,
    pub jwks_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_authorization_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    pub scopes_supported: Vec<String>,
    pub response_types_supported: Vec<&'static str>,
    pub response_modes_supported: Vec<&'static str>,
    pub grant_types_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acr_values_supported: Vec<String>,
    pub subject_types_supported: Vec<&'static str>,
    pub id_token_signing_alg_values_supported: Vec<&'static str>,
    pub token_endpoint_auth_methods_supported: Vec<&'static str>,
    pub token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    pub userinfo_signing_alg_values_supported: Vec<&'static str>,
    pub dpop_signing_alg_values_supported: Vec<&'static str>,
    pub tls_client_certificate_bound_access_tokens: bool,
    pub claim_types_supported: Vec<&'static str>,
    pub claims_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
    pub claims_parameter_supported: bool,
    pub request_parameter_supported: bool,
    /// Its default is true, so its absence would be a lie.
    pub request_uri_parameter_supported: bool,
    pub require_request_uri_registration: bool,
    pub require_pushed_authorization_requests: bool,
    pub require_signed_request_object: bool,
    pub request_object_signing_alg_values_supported: Vec<&'static str>,
    pub authorization_signing_alg_values_supported: Vec<&'static str>,
    pub display_values_supported: Vec<&'static str>,
    pub code_challenge_methods_supported: Vec<&'static str>,
    pub prompt_values_supported: Vec<&'static str>,
    pub authorization_response_iss_parameter_supported: bool,
    pub backchannel_logout_supported: bool,
    pub backchannel_logout_session_supported: bool,
    pub frontchannel_logout_supported: bool,
    pub frontchannel_logout_session_supported: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id_metadata_document_supported: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_policy_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_tos_uri: Option<String>,
}

/// Claims of the ID token itself that every client can count on.
const TOKEN_CLAIMS: [&str; 10] =
    ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "sid", "acr", "amr"];

/// Writes the document.
pub fn metadata(enabled: &Enabled<'_>) -> Metadata {
    let at = |path: &str| format!("{}{path}", enabled.issuer.trim_end_matches('/'));
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let policy = enabled.policy;
    let rules = policy.profile.rules();
    let signing = names(&enabled_algs(enabled.id_token_signing_algs, &rules));
    let methods = auth_methods(enabled.client_certificates, &rules);
    let assertion_algs = || assertion_algs(&rules);
    let authenticated = methods.clone().into_iter().filter(|method| *method != AuthMethod::None.as_str());
    Metadata {
        issuer: enabled.issuer.to_owned(),
        authorization_endpoint: at(enabled.authorization_path),
        token_endpoint: at(enabled.token_path),
        userinfo_endpoint: at(enabled.userinfo_path),
        jwks_uri: at(enabled.jwks_path),
        end_session_endpoint: enabled.end_session_path.map(at),
        pushed_authorization_request_endpoint: enabled.pushed_request_path.map(at),
        device_authorization_endpoint: enabled.device_authorization_path.map(at),
        introspection_endpoint: enabled.introspection_path.map(at),
        revocation_endpoint: enabled.revocation_path.map(at),
        scopes_supported: policy.scopes.iter().map(str::to_owned).collect(),
        response_types_supported: policy.response_types.iter().copied().map(ResponseType::as_str).collect(),
        response_modes_supported: response_modes(policy),
        grant_types_supported: grant_types(policy),
        acr_values_supported: Context::up_to(policy.highest)
            .map(|context| context.as_str().to_owned())
            .collect(),
        subject_types_supported: enabled.subject_types.iter().copied().map(SubjectType::as_str).collect(),
        id_token_signing_alg_values_supported: signing.clone(),
        token_endpoint_auth_methods_supported: methods.clone(),
        token_endpoint_auth_signing_alg_values_supported: assertion_algs(),
        introspection_endpoint_auth_methods_supported: authenticated
            .clone()
            .filter(|_| enabled.introspection_path.is_some())
            .collect(),
        introspection_endpoint_auth_signing_alg_values_supported: match enabled.introspection_path {
            Some(_) => assertion_algs(),
            None => vec![],
        },
        introspection_signing_alg_values_supported: match enabled.introspection_path {
            Some(_) => signing.clone(),
            None => vec![],
        },
        revocation_endpoint_auth_methods_supported: match enabled.revocation_path {
            Some(_) => methods.clone(),
            None => vec![],
        },
        revocation_endpoint_auth_signing_alg_values_supported: match enabled.revocation_path {
            Some(_) => assertion_algs(),
            None => vec![],
        },
        userinfo_signing_alg_values_supported: signing.clone(),
        dpop_signing_alg_values_supported: dpop::ALGORITHMS.map(SigningAlgorithm::as_str).to_vec(),
        tls_client_certificate_bound_access_tokens: enabled.client_certificates.is_some(),
        claim_types_supported: vec!["normal"],
        claims_supported: claims(&policy.scopes),
        ui_locales_supported: owned(enabled.ui_locales),
        claims_parameter_supported: true,
        request_parameter_supported: true,
        request_uri_parameter_supported: true,
        require_request_uri_registration: true,
        require_pushed_authorization_requests: policy.pushed_requests_only || rules.pushed_requests_only,
        require_signed_request_object: rules.signed_requests_only,
        request_object_signing_alg_values_supported: names(&enabled_algs(&object::ALGORITHMS, &rules)),
        authorization_signing_alg_values_supported: signing,
        display_values_supported: vec!["page"],
        code_challenge_methods_supported: vec![pkce::METHOD],
        prompt_values_supported: enabled.prompts.iter().copied().map(Prompt::as_str).collect(),
        authorization_response_iss_parameter_supported: true,
        backchannel_logout_supported: enabled.backchannel_logout,
        backchannel_logout_session_supported: enabled.backchannel_logout,
        frontchannel_logout_supported: enabled.frontchannel_logout,
        frontchannel_logout_session_supported: enabled.frontchannel_logout,
        registration_endpoint: enabled.registration_path.map(at),
        client_id_metadata_document_supported: enabled.client_id_metadata_documents.then_some(true),
        service_documentation: enabled.service_documentation.map(str::to_owned),
        op_policy_uri: enabled.op_policy_uri.map(str::to_owned),
        op_tos_uri: enabled.op_tos_uri.map(str::to_owned),
    }
}

fn names(algorithms: &[SigningAlgorithm]) -> Vec<&'static str> {
    algorithms.iter().copied().map(SigningAlgorithm::as_str).collect()
}

/// The modes, and the short name for the signed ones (JARM §4).
fn response_modes(policy: &Policy) -> Vec<&'static str> {
    let named = policy.response_modes.iter().map(|mode| mode.as_str());
    named
        .chain(policy.response_modes.iter().any(|mode| mode.is_signed()).then_some(ResponseMode::JWT))
        .collect()
}

/// What the token endpoint redeems, and `implicit` where the authorization endpoint issues tokens.
fn grant_types(policy: &Policy) -> Vec<&'static str> {
    let implicit = policy.allows_implicit().then_some(GrantType::Implicit);
    GrantType::REDEEMED.into_iter().chain(implicit).map(GrantType::as_str).collect()
}

/// What the token endpoint accepts; “either of the two” is our own word and has no registered name.
pub fn enabled_auth_methods(certificates: Option<Certificates>, rules: &Rules) -> Vec<AuthMethod> {
    let works = |method: &AuthMethod| match method {
        method if !rules.auth_methods.contains(method) => false,
        AuthMethod::ClientSecret => false,
        AuthMethod::TlsClientAuth => certificates == Some(Certificates::Verified),
        AuthMethod::SelfSignedTlsClientAuth => certificates.is_some(),
        _ => true,
    };
    AuthMethod::ALL.into_iter().filter(works).collect()
}

/// What of these algorithms the rules leave.
pub fn enabled_algs(algorithms: &[SigningAlgorithm], rules: &Rules) -> Vec<SigningAlgorithm> {
    algorithms.iter().copied().filter(|alg| rules.signing_algs.contains(alg)).collect()
}

fn auth_methods(certificates: Option<Certificates>, rules: &Rules) -> Vec<&'static str> {
    let mut names: Vec<_> =
        enabled_auth_methods(certificates, rules).into_iter().map(AuthMethod::as_str).collect();
    names.sort_unstable();
    names
}

fn assertion_algs(rules: &Rules) -> Vec<&'static str> {
    let enabled = |alg: &AssertionAlgorithm| match alg.asymmetric() {
        Some(alg) => rules.signing_algs.contains(&alg),
        None => rules.auth_methods.contains(&AuthMethod::ClientSecretJwt),
    };
    AssertionAlgorithm::ALL.into_iter().filter(enabled).map(AssertionAlgorithm::as_str).collect()
}

fn claims(scopes: &Scopes) -> Vec<&'static str> {
    let released = BY_SCOPE.into_iter().filter(|(scope, _)| scopes.contains(scope));
    TOKEN_CLAIMS.into_iter().chain(released.flat_map(|(_, claims)| claims.iter().copied())).collect()
}

/// The path under which the issuer's OpenID configuration is served: behind the issuer's own path
/// (OIDC Discovery §4).
pub fn openid_configuration_path(issuer: &Url) -> String {
    format!("{}/.well-known/openid-configuration", own_path(issuer))
}

/// The path under which the same document is served to OAuth clients: before the issuer's own path
/// (RFC 8414 §3).
pub fn authorization_server_path(issuer: &Url) -> String {
    format!("/.well-known/oauth-authorization-server{}", own_path(issuer))
}

fn own_path(issuer: &Url) -> &str {
    issuer.path().trim_end_matches('/')
}

#[cfg(test)]
mod tests;
