//! What may be registered: each field of a client's metadata judged by itself and with its
//! neighbours. It does not know who registers.

use url::Url;

use super::{
    ApplicationType, AssertionAlgorithm, AuthMethod, Client, GrantType, Profile, SubjectType,
    address::{redirect, request_address, secure_web_address, web_address},
    key_set::KeySet,
    profile,
};
use crate::{authorize::context::Context, resource, wire::ResponseType};

/// One field that cannot be accepted, in words for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The name of the metadata member.
    pub field: &'static str,
    /// The value that is wrong, where the field holds several.
    pub value: Option<String>,
    pub problem: &'static str,
}

const MAX_URIS: usize = 100;
const MAX_NAME: usize = 200;
const MAX_ID: usize = 200;
const MAX_TEXT: usize = 200;

impl Client {
    /// Everything that is wrong with this metadata; empty when it may be stored where no profile binds everybody.
    pub fn validate(&self) -> Vec<FieldError> {
        self.validate_under(Profile::Default)
    }

    /// The same on a server whose own profile is `server`: a client that could do nothing there is not stored.
    pub fn validate_under(&self, server: Profile) -> Vec<FieldError> {
        let mut errors = Errors(Vec::new());
        self.validate_names(&mut errors);
        self.validate_flow(&mut errors);
        errors.uris("redirect_uris", &self.redirect_uris, |uri| redirect(uri, self.application_type));
        errors.uris("post_logout_redirect_uris", &self.post_logout_redirect_uris, |uri| {
            redirect(uri, self.application_type)
        });
        for (field, uri) in [
            ("backchannel_logout_uri", &self.backchannel_logout_uri),
            ("security_events_uri", &self.security_events_uri),
            ("frontchannel_logout_uri", &self.frontchannel_logout_uri),
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
            ("jwks_uri", &self.jwks_uri),
            ("sector_identifier_uri", &self.sector_identifier_uri),
        ] {
            if let Some(problem) = uri.as_deref().and_then(|uri| web_address(uri).err()) {
                errors.add(field, uri.clone(), problem);
            }
        }
        errors.uris("request_uris", &self.request_uris, request_address);
        errors.uris("resources", &self.resources, resource::is_lawful);
        errors.uris("serves", &self.serves, resource::is_lawful);
        if let Some(problem) =
            self.initiate_login_uri.as_deref().and_then(|uri| secure_web_address(uri).err())
        {
            errors.add("initiate_login_uri", self.initiate_login_uri.clone(), problem);
        }
        if self.require_acr.as_deref().is_some_and(|name| Context::parse(name).is_none()) {
            let problem = "must be one of the acr_values_supported";
            errors.add("require_acr", self.require_acr.clone(), problem);
        }
        self.validate_origins(&mut errors);
        self.validate_proof(&mut errors);
        self.validate_texts(&mut errors);
        errors.0.extend(profile::contradictions(self, self.profile.max(server)));
        errors.0
    }

    fn validate_names(&self, errors: &mut Errors) {
        let id = &self.client_id;
        if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            errors.add("client_id", None, "must be 1 to 200 printable ASCII characters without spaces");
        }
        let name = &self.client_name;
        if name.trim().is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            errors.add("client_name", None, "must be 1 to 200 characters without control characters");
        }
    }

    /// What must lie on the same site as something else.
    fn validate_origins(&self, errors: &mut Errors) {
        let origin = |uri: &String| Url::parse(uri).ok().map(|url| url.origin().ascii_serialization());
        let own: Vec<_> = self.redirect_uris.iter().filter_map(origin).collect();
        if let Some(uri) = &self.frontchannel_logout_uri
            && !origin(uri).is_some_and(|origin| own.contains(&origin))
        {
            let problem = "must have scheme, host and port of a redirect URI";
            errors.add("frontchannel_logout_uri", Some(uri.clone()), problem);
        }
        if self.subject_type == SubjectType::Pairwise && self.sector().is_none() {
            let problem = "must be given when the redirect URIs of a pairwise client have several hosts";
            errors.add("sector_identifier_uri", None, problem);
        }
        // What comes in a fragment, or is readable on the way, stays off plain http.
        if self.application_type == ApplicationType::Web && self.may_use(GrantType::Implicit) {
            for (field, uris) in [
                ("redirect_uris", &self.redirect_uris),
                ("post_logout_redirect_uris", &self.post_logout_redirect_uris),
            ] {
                for uri in uris.iter().filter(|uri| uri.starts_with("http://")) {
                    errors.add(
                        field,
                        Some(uri.clone()),
                        "must be https for a web client with the implicit grant",
                    );
                }
            }
        }
    }

    /// Whether the client can prove itself the way that it says (OIDC Registration §2, RFC 8705 §2).
    fn validate_proof(&self, errors: &mut Errors) {
        let method = self.token_endpoint_auth_method;
        match (&self.jwks, &self.jwks_uri) {
            (Some(_), Some(_)) => errors.add("jwks", None, "must not stand beside jwks_uri"),
            (Some(set), None) => {
                if let Err(problem) = KeySet::read(set) {
                    errors.add("jwks", None, problem);
                }
            }
            (None, None) if method.uses_jwks() => {
                errors.add("jwks", None, "must be given, or jwks_uri, for this token_endpoint_auth_method");
            }
            (None, _) => {}
        }
        let fits = match (method, self.token_endpoint_auth_signing_alg) {
            (_, None) => true,
            (AuthMethod::ClientSecretJwt, Some(alg)) => alg == AssertionAlgorithm::HS256,
            (AuthMethod::PrivateKeyJwt, Some(alg)) => alg.asymmetric().is_some(),
            (_, Some(_)) => true,
        };
        if !fits {
            errors.add(
                "token_endpoint_auth_signing_alg",
                None,
                "does not fit the token_endpoint_auth_method",
            );
        }
        let names = [
            &self.tls_client_auth_subject_dn,
            &self.tls_client_auth_san_dns,
            &self.tls_client_auth_san_uri,
            &self.tls_client_auth_san_ip,
            &self.tls_client_auth_san_email,
        ];
        let named = names.iter().filter(|name| name.is_some()).count();
        if named != usize::from(method == AuthMethod::TlsClientAuth) {
            let problem =
                "exactly one tls_client_auth member belongs to tls_client_auth, and none to other methods";
            errors.add("tls_client_auth_subject_dn", None, problem);
        }
    }

    fn validate_texts(&self, errors: &mut Errors) {
        let lawful = |text: &String| {
            !text.trim().is_empty() && text.len() <= MAX_TEXT && !text.chars().any(char::is_control)
        };
        let one = |text: &Option<String>| text.as_ref().is_none_or(lawful);
        let many = |texts: &[String]| texts.len() <= MAX_URIS && texts.iter().all(lawful);
        let table = [
            ("contacts", many(&self.contacts)),
            ("default_acr_values", many(&self.default_acr_values)),
            ("software_id", one(&self.software_id)),
            ("software_version", one(&self.software_version)),
            ("tls_client_auth_subject_dn", one(&self.tls_client_auth_subject_dn)),
            ("tls_client_auth_san_dns", one(&self.tls_client_auth_san_dns)),
            ("tls_client_auth_san_uri", one(&self.tls_client_auth_san_uri)),
            ("tls_client_auth_san_ip", one(&self.tls_client_auth_san_ip)),
            ("tls_client_auth_san_email", one(&self.tls_client_auth_san_email)),
        ];
        for (field, _) in table.into_iter().filter(|(_, lawful)| !lawful) {
            errors.add(field, None, "must be texts of 1 to 200 bytes without control characters");
        }
    }

    fn validate_flow(&self, errors: &mut Errors) {
        if self.grant_types.is_empty() {
            errors.add("grant_types", None, "must name at least one grant type");
        }
        if !self.response_types.is_empty() && self.redirect_uris.is_empty() {
            errors.add("redirect_uris", None, "must name at least one redirect URI");
        }
        let by_code = self.may_use(GrantType::AuthorizationCode);
        if by_code != self.response_types.iter().any(|kind| kind.as_str().contains("code")) {
            errors.add(
                "response_types",
                None,
                "must hold code exactly when grant_types holds authorization_code",
            );
        }
        let at_once = |kind: &ResponseType| kind.as_str().contains("token");
        if self.may_use(GrantType::Implicit) != self.response_types.iter().any(at_once) {
            errors.add(
                "response_types",
                None,
                "must hold id_token or token exactly when grant_types holds implicit",
            );
        }
        if self.may_use(GrantType::RefreshToken) && !by_code && !self.may_use(GrantType::DeviceCode) {
            errors.add("grant_types", None, "refresh_token is of no use without authorization_code");
        }
        if self.may_use(GrantType::ClientCredentials) && self.is_public() {
            errors.add("grant_types", None, "client_credentials is for clients that authenticate");
        }
        if self.default_max_age.is_some_and(|seconds| seconds < 0) {
            errors.add("default_max_age", None, "must not be negative");
        }
    }
}

struct Errors(Vec<FieldError>);

impl Errors {
    fn add(&mut self, field: &'static str, value: Option<String>, problem: &'static str) {
        self.0.push(FieldError { field, value, problem });
    }

    fn uris(
        &mut self,
        field: &'static str,
        uris: &[String],
        judge: impl Fn(&str) -> Result<(), &'static str>,
    ) {
        if uris.len() > MAX_URIS {
            self.add(field, None, "holds too many URIs");
        }
        for (position, uri) in uris.iter().enumerate() {
            if let Err(problem) = judge(uri) {
                self.add(field, Some(uri.clone()), problem);
            } else if uris.iter().take(position).any(|earlier| earlier == uri) {
                self.add(field, Some(uri.clone()), "is named twice");
            }
        }
    }
}
