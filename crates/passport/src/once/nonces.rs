//! Nonces that a DPoP proof may have to carry (RFC 9449 §8): made and known without storing any. Knows no proof.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    clock::Moment,
    secrets::{Keyring, Mac},
};

/// The header that tells one.
pub const NONCE_HEADER: &str = "dpop-nonce";

/// Makes and knows nonces without storing any: a time and its MAC.
#[derive(Clone)]
pub struct Nonces(Mac);

/// How long a nonce is good. A client is given a fresh one with every answer.
const LIFETIME: Duration = Duration::from_secs(300);

impl Nonces {
    pub fn new(keyring: &Keyring) -> Self {
        Self(keyring.mac("DPoP nonce"))
    }

    pub fn issue(&self, now: Moment) -> String {
        let at = now.unix_millis().to_be_bytes();
        URL_SAFE_NO_PAD.encode([at.as_slice(), self.0.sign(&at).split_at(16).0].concat())
    }

    pub fn is_good(&self, nonce: &str, now: Moment) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(nonce) else { return false };
        let Some((at, tag)) = bytes.split_first_chunk::<8>() else { return false };
        let issued = Moment::from_unix_millis(i64::from_be_bytes(*at));
        tag.len() == 16 && self.0.verify(at, tag) && issued <= now && now.since(issued) < LIFETIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_for_five_minutes_and_only_if_it_is_ours() {
        let nonces = Nonces::new(&Keyring::from_bytes([1; 32]));
        let now = Moment::from_unix_seconds(1_000);
        let nonce = nonces.issue(now);
        assert!(nonces.is_good(&nonce, now) && nonces.is_good(&nonce, now + Duration::from_secs(299)));
        assert!(!nonces.is_good(&nonce, now + LIFETIME));
        assert!(!nonces.is_good(&nonce, now - Duration::from_secs(1)), "from the future");
        assert!(!Nonces::new(&Keyring::from_bytes([2; 32])).is_good(&nonce, now));
        for other in ["", "AAAA", nonce.split_at(1).1, &format!("{nonce}A")] {
            assert!(!nonces.is_good(other, now), "{other}");
        }
    }
}
