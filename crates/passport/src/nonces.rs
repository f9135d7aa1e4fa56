//! Nonces that a DPoP proof may have to carry (RFC 9449 §8): made and known without storing any. Knows no proof.
use std::time::Duration;

use platform::{
    clock::Moment,
    secrets::{Keyring, Named},
};

/// The header that tells one.
pub const NONCE_HEADER: &str = "dpop-nonce";

/// Makes and knows nonces without storing any: a time and its MAC.
#[derive(Clone)]
pub struct Nonces(Named<Moment>);

/// How long a nonce is good. A client is given a fresh one with every answer.
const LIFETIME: Duration = Duration::from_secs(300);

impl Nonces {
    pub fn new(keyring: &Keyring) -> Self {
        Self(Named::new(keyring, "DPoP nonce"))
    }

    pub fn issue(&self, now: Moment) -> String {
        self.0.name(&now)
    }

    pub fn is_good(&self, nonce: &str, now: Moment) -> bool {
        self.0.read(nonce).is_some_and(|issued| issued <= now && now.since(issued) < LIFETIME)
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
