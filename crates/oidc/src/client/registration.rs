//! What may be registered: each field of a client's metadata judged by itself and with its
//! neighbours. It does not know who registers.

use url::{Host, Url};

use super::{ApplicationType, Client, GrantType, profile};
use crate::authorize::ResponseType;

/// One field that cannot be accepted, in words for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The name of the metadata member.
    pub field: &'static str,
    /// The value that is wrong, where the field holds several.
    pub value: Option<String>,
    pub problem: &'static str,
}

const MAX_URI: usize = 2048;
const MAX_URIS: usize = 100;
const MAX_NAME: usize = 200;
const MAX_ID: usize = 200;

/// Schemes that run or read something instead of going somewhere.
const DENIED_SCHEMES: [&str; 12] = [
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "about",
    "filesystem",
    "view-source",
    "jar",
    "ws",
    "wss",
    "ftp",
];

/// Names that the answer itself writes into the query; a registered URI that already has one would
/// let its owner forge part of an answer.
const RESPONSE_PARAMETERS: [&str; 12] = [
    "code",
    "state",
    "iss",
    "error",
    "error_description",
    "error_uri",
    "response",
    "id_token",
    "access_token",
    "token_type",
    "expires_in",
    "session_state",
];

impl Client {
    /// Everything that is wrong with this metadata; empty when it may be stored.
    pub fn validate(&self) -> Vec<FieldError> {
        let mut errors = Errors(Vec::new());
        self.validate_names(&mut errors);
        self.validate_flow(&mut errors);
        errors.uris("redirect_uris", &self.redirect_uris, |uri| redirect(uri, self.application_type));
        errors.uris("post_logout_redirect_uris", &self.post_logout_redirect_uris, |uri| {
            redirect(uri, self.application_type)
        });
        for (field, uri) in [
            ("backchannel_logout_uri", &self.backchannel_logout_uri),
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
        ] {
            if let Some(problem) = uri.as_deref().and_then(|uri| web_address(uri).err()) {
                errors.add(field, uri.clone(), problem);
            }
        }
        errors.0.extend(profile::contradictions(self, self.profile));
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

/// A place to send a browser to with an answer: redirect and post-logout URIs.
fn redirect(uri: &str, application_type: ApplicationType) -> Result<(), &'static str> {
    let url = plain(uri)?;
    match url.scheme() {
        "https" | "http" => web(uri, &url)?,
        scheme => private_use(uri, scheme, application_type)?,
    }
    if url.query_pairs().any(|(name, _)| RESPONSE_PARAMETERS.contains(&name.as_ref())) {
        return Err("must not have a query parameter that the answer itself carries, such as code or state");
    }
    Ok(())
}

/// A page, a picture or an endpoint of the client's own site.
fn web_address(uri: &str) -> Result<(), &'static str> {
    let url = plain(uri)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err("must be an https address");
    }
    web(uri, &url)
}

/// What holds for every URI: absolute, written as RFC 3986 demands, no fragment, no userinfo.
/// The raw text is judged first, for a URL parser silently repairs blanks, tabs and backslashes.
fn plain(uri: &str) -> Result<Url, &'static str> {
    if uri.is_empty() || uri.len() > MAX_URI {
        return Err("must be 1 to 2048 characters long");
    }
    if !uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)) {
        return Err("must not have blanks, control characters or characters that a URI cannot hold");
    }
    if uri.contains('#') {
        return Err("must not have a fragment");
    }
    let (scheme, _) = uri.split_once(':').ok_or("must be absolute, beginning with https://")?;
    if DENIED_SCHEMES.iter().any(|denied| scheme.eq_ignore_ascii_case(denied)) {
        return Err("must not use this scheme");
    }
    if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err("must write the scheme in lower case");
    }
    let url = Url::parse(uri).map_err(|_| "must be an absolute URI")?;
    let authority = uri.split_once("://").map_or("", |(_, rest)| rest);
    let authority = authority.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("must not have a user name or password");
    }
    Ok(url)
}

/// `https` anywhere, `http` on this computer alone.
fn web(uri: &str, url: &Url) -> Result<(), &'static str> {
    let after = uri.strip_prefix(url.scheme()).and_then(|rest| rest.strip_prefix("://"));
    if after.is_none_or(|rest| rest.is_empty() || rest.starts_with(['/', '?', ':'])) {
        return Err("must name a host after https://");
    }
    if url.host_str().is_some_and(|host| host.contains('*')) {
        return Err("must not have a wildcard");
    }
    if url.scheme() == "http" && !is_loopback(url) {
        return Err("must use https; http is for loopback addresses only");
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// `com.example.app:/callback` (RFC 8252 §7.1): a reversed domain, so that two makers cannot both
/// claim it by accident.
fn private_use(uri: &str, scheme: &str, application_type: ApplicationType) -> Result<(), &'static str> {
    if application_type != ApplicationType::Native {
        return Err("must use https; other schemes are for native applications only");
    }
    let labels_stand = scheme.split('.').all(|label| !label.is_empty());
    if !scheme.contains('.') || !labels_stand {
        return Err("must use a scheme made of a reversed domain name, such as com.example.app:/callback");
    }
    let path = uri.strip_prefix(scheme).and_then(|rest| rest.strip_prefix(':'));
    if !path.is_some_and(|path| path.starts_with('/')) {
        return Err("must have a path beginning with / after the scheme");
    }
    Ok(())
}
