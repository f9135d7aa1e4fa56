//! Names that may be used once: the `jti` of proofs and assertions, and access tokens that were revoked one by
//! one. A name is kept until what it named would have ended anyway. Knows nothing of what is named.
pub mod entity;
pub mod nonces;
pub mod store;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{clock::Moment, secrets};

/// One name, for one purpose. Only its digest is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    digest: String,
    ends_at: Moment,
}

impl Once {
    /// `parts` name the thing within its purpose; they are told apart wherever one ends.
    pub fn new(purpose: &str, parts: &[&str], ends_at: Moment) -> Self {
        let mut name = purpose.as_bytes().to_vec();
        for part in parts {
            name.extend(part.len().to_be_bytes());
            name.extend(part.as_bytes());
        }
        Self { digest: URL_SAFE_NO_PAD.encode(secrets::digest(&name)), ends_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_different_parts_and_purposes_are_different() {
        let name = |purpose: &str, parts: &[&str]| Once::new(purpose, parts, Moment::default());
        assert_eq!(name("a", &["b", "c"]), name("a", &["b", "c"]));
        assert_ne!(name("a", &["b", "c"]), name("a", &["bc", ""]));
        assert_ne!(name("a", &["b"]), name("ab", &[""]));
        assert_ne!(name("a", &["b"]), name("c", &["b"]));
    }
}
