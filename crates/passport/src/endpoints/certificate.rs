//! The client certificate that a connection was made with: our own TLS saw it, or a trusted proxy passes it on
//! (RFC 8705 §6.5).
use oidc::certificate::Certificate;
use platform::web::Visit;

use crate::state::Passport;

/// A certificate whose key the other end of the connection holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    pub certificate: Certificate,
    /// Its chain was verified too.
    pub verified: bool,
}

/// The certificate of this request's connection; none without one, and none that cannot be read.
pub fn client_certificate(passport: &Passport, visit: &Visit) -> Option<Presented> {
    if let Some(seen) = &visit.client_certificate {
        let Ok(certificate) = Certificate::read(&seen.der) else {
            tracing::warn!("A client certificate was shown that cannot be read");
            return None;
        };
        return Some(Presented { certificate, verified: seen.is_vouched_for });
    }
    let settings = &passport.settings.client_certificates;
    let value = (!settings.header.is_empty()).then(|| visit.proxy_header(&settings.header)).flatten()?;
    let Ok(certificate) = Certificate::read_header(value) else {
        tracing::warn!("The proxy passed on a client certificate that cannot be read");
        return None;
    };
    let verified = !settings.verified_header.is_empty()
        && visit.proxy_header(&settings.verified_header) == Some("SUCCESS");
    Some(Presented { certificate, verified })
}
