//! The public keys of a client as its JWK Set names them (RFC 7517 §5). It does not know where the set was found.

use serde_json::Value;

use crate::{
    jwk::{NotAKey, PublicKey},
    jws::SigningAlgorithm,
};

/// The keys of a set that can verify a signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    kid: Option<String>,
    /// The only algorithm that the key is for; any that fits its kind when absent.
    alg: Option<String>,
    key: PublicKey,
}

const MAX_KEYS: usize = 50;

impl KeySet {
    /// Reads a JWK Set. Keys of a kind that is not accepted, and keys for encryption, are passed over
    /// (RFC 7517 §5); a set that holds a secret or a weak key is refused as a whole.
    ///
    /// # Errors
    /// In words, for the person who registers the set.
    pub fn read(set: &Value) -> Result<Self, &'static str> {
        let keys =
            set.get("keys").and_then(Value::as_array).ok_or("must be a JWK Set: an object with keys")?;
        if keys.len() > MAX_KEYS {
            return Err("holds too many keys");
        }
        let mut entries = Vec::new();
        for key in keys {
            let key = key.as_object().ok_or("holds a key that is no object")?;
            let text = |name: &str| key.get(name).and_then(Value::as_str);
            let public = match PublicKey::read(key) {
                Ok(public) => public,
                Err(NotAKey::Private) => return Err("holds a private or a symmetric key"),
                Err(NotAKey::Size) => {
                    return Err("holds an RSA key of fewer than 2048 or more than 8192 bits");
                }
                Err(NotAKey::Member) => return Err("holds a key with a missing or malformed member"),
                Err(NotAKey::Kind) => continue,
            };
            let signs = text("use").is_none_or(|usage| usage == "sig");
            let verifies = key.get("key_ops").and_then(Value::as_array);
            if signs && verifies.is_none_or(|ops| ops.iter().any(|op| op == "verify")) {
                let own = |name| text(name).map(str::to_owned);
                entries.push(Entry { kid: own("kid"), alg: own("alg"), key: public });
            }
        }
        Ok(Self(entries))
    }

    /// Whether a key has this name; a signer that names none may be any.
    pub fn knows(&self, kid: Option<&str>) -> bool {
        match kid {
            Some(kid) => self.0.iter().any(|entry| entry.kid.as_deref() == Some(kid)),
            None => !self.0.is_empty(),
        }
    }

    /// The keys that a signature of this algorithm can be of. With a `kid`, those of that name and those
    /// that have none.
    pub fn fitting(&self, kid: Option<&str>, alg: SigningAlgorithm) -> Vec<&PublicKey> {
        let named = |entry: &&Entry| match (kid, &entry.kid) {
            (Some(wanted), Some(name)) => wanted == name,
            _ => true,
        };
        let fits = |entry: &&Entry| {
            entry.alg.as_deref().is_none_or(|only| only == alg.as_str()) && is_for(&entry.key, alg)
        };
        self.0.iter().filter(named).filter(fits).map(|entry| &entry.key).collect()
    }

    /// Every key.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter().map(|entry| &entry.key)
    }
}

const fn is_for(key: &PublicKey, alg: SigningAlgorithm) -> bool {
    matches!(
        (key, alg),
        (PublicKey::Rsa { .. }, SigningAlgorithm::RS256 | SigningAlgorithm::PS256)
            | (PublicKey::P256 { .. }, SigningAlgorithm::ES256)
            | (PublicKey::Ed25519 { .. }, SigningAlgorithm::EdDSA)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn p256(kid: &str) -> Value {
        json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": X, "y": Y})
    }

    fn with(key: Value, name: &str, value: Value) -> Value {
        let mut key = key;
        key[name] = value;
        key
    }

    fn read(keys: &[Value]) -> Result<KeySet, &'static str> {
        KeySet::read(&json!({ "keys": keys }))
    }

    #[test]
    fn a_key_is_found_by_its_name_and_its_kind() {
        let set = read(&[p256("a"), p256("b"), json!({"kty": "OKP", "crv": "Ed25519", "x": X})]).unwrap();
        assert_eq!(set.fitting(Some("a"), SigningAlgorithm::ES256).len(), 1);
        assert_eq!(set.fitting(None, SigningAlgorithm::ES256).len(), 2);
        assert_eq!(
            set.fitting(Some("a"), SigningAlgorithm::EdDSA).len(),
            1,
            "a key without a name may be it"
        );
        assert_eq!(set.fitting(Some("c"), SigningAlgorithm::ES256).len(), 0);
        assert_eq!(set.fitting(Some("a"), SigningAlgorithm::RS256).len(), 0);
        assert!(set.knows(Some("b")) && !set.knows(Some("c")) && set.knows(None));
        assert!(!KeySet::default().knows(None));
    }

    #[test]
    fn a_key_for_one_algorithm_or_for_encryption_is_nothing_else() {
        let set = read(&[
            with(p256("a"), "alg", json!("ES384")),
            with(p256("b"), "use", json!("enc")),
            with(p256("c"), "key_ops", json!(["deriveKey"])),
            with(p256("d"), "key_ops", json!(["verify"])),
            json!({"kty": "EC", "crv": "P-384", "x": X, "y": Y}),
        ]);
        let set = set.unwrap();
        assert_eq!(set.iter().count(), 2);
        assert_eq!(set.fitting(Some("a"), SigningAlgorithm::ES256).len(), 0);
        assert_eq!(set.fitting(Some("d"), SigningAlgorithm::ES256).len(), 1);
    }

    #[test]
    fn a_set_with_a_secret_or_a_weak_key_is_refused_whole() {
        for (bad, why) in [
            (with(p256("a"), "d", json!("AAAA")), "private"),
            (json!({"kty": "oct", "k": "AAAA"}), "symmetric"),
            (json!({"kty": "RSA", "e": "AQAB", "n": "sXchDaQebHnPiGvyDOAT"}), "2048"),
            (json!({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": Y}), "malformed"),
            (json!("key"), "no object"),
        ] {
            let refusal = read(&[p256("good"), bad]).unwrap_err();
            assert!(refusal.contains(why), "{refusal}");
        }
        assert!(KeySet::read(&json!([])).is_err());
        assert!(read(&vec![p256("a"); MAX_KEYS + 1]).is_err());
        assert_eq!(read(&[]).unwrap(), KeySet::default());
    }

    proptest! {
        #[test]
        fn any_key_is_read_without_a_panic(
            kty in "RSA|EC|OKP|oct|.{0,4}", crv in "P-256|Ed25519|.{0,4}", x in "[A-Za-z0-9_=-]{0,60}", name in "n|e|x|y|d|use|kid",
        ) {
            let key = with(json!({"kty": kty, "crv": crv, "x": x, "y": x, "n": x, "e": "AQAB"}), &name, json!(x));
            if let Ok(set) = read(&[key]) {
                prop_assert!(set.iter().count() <= 1);
                prop_assert!(name != "d");
            }
        }
    }
}
