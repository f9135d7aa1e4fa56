//! Which addresses may stand in a client's metadata, and why others may not. It does not know whose they are.

use url::{Host, Url};

use super::ApplicationType;

const MAX_URI: usize = 2048;

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

/// A place to send a browser to with an answer: redirect and post-logout URIs.
pub(super) fn redirect(uri: &str, application_type: ApplicationType) -> Result<(), &'static str> {
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
pub(super) fn web_address(uri: &str) -> Result<(), &'static str> {
    let url = plain(uri)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err("must be an https address");
    }
    web(uri, &url)
}

/// The same, and nothing but https: where a stranger's browser is sent.
pub(super) fn secure_web_address(uri: &str) -> Result<(), &'static str> {
    web_address(uri)?;
    if uri.starts_with("https://") { Ok(()) } else { Err("must be an https address") }
}

/// Where a request object may be fetched: its fragment is the digest of its content (OIDC Core §6.2).
pub(super) fn request_address(uri: &str) -> Result<(), &'static str> {
    web_address(uri.split_once('#').map_or(uri, |(address, _)| address))
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
