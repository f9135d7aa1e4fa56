//! A key pair in memory: generating, signing, verifying, and its public half as a JWK. Knows no table.
use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair,
        KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256,
        UnparsedPublicKey,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::jws::SigningAlgorithm;
use platform::{Fault, random::Random, secrets::digest};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// A parsed key pair: parsing RSA keys costs as much as half a signature, so it is done once.
pub enum Pair {
    /// RS256.
    Rsa(RsaKeyPair),
    /// PS256: a key of its own, so that the published `alg` is the only one it is used with.
    RsaPss(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

fn failed(what: &str) -> Fault {
    Fault::bug(format!("a signing key could not be {what}"))
}

impl Pair {
    /// Makes a key: RSA of 2048 bits, P-256 or Ed25519. Answers it with its PKCS #8 form.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<(Self, Zeroizing<Vec<u8>>), Fault> {
        let der = match algorithm {
            SigningAlgorithm::RS256 | SigningAlgorithm::PS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| failed("made"))?;
                let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> =
                    pair.as_der().map_err(|_| failed("written"))?;
                der.as_ref().to_vec()
            }
            SigningAlgorithm::ES256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                    .map_err(|_| failed("made"))?
                    .as_ref()
                    .to_vec()
            }
            SigningAlgorithm::EdDSA => Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                .map_err(|_| failed("made"))?
                .as_ref()
                .to_vec(),
        };
        let der = Zeroizing::new(der);
        Ok((Self::from_der(algorithm, &der)?, der))
    }

    pub fn from_der(algorithm: SigningAlgorithm, der: &[u8]) -> Result<Self, Fault> {
        let rejected = |_| failed("read");
        Ok(match algorithm {
            SigningAlgorithm::RS256 => Self::Rsa(RsaKeyPair::from_pkcs8(der).map_err(rejected)?),
            SigningAlgorithm::PS256 => Self::RsaPss(RsaKeyPair::from_pkcs8(der).map_err(rejected)?),
            SigningAlgorithm::ES256 => {
                Self::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map_err(rejected)?)
            }
            SigningAlgorithm::EdDSA => Self::Ed25519(Ed25519KeyPair::from_pkcs8(der).map_err(rejected)?),
        })
    }

    /// The signature over `message`, in the form of RFC 7518 §3 and RFC 8037 §3.1.
    pub fn sign(&self, _: &Random, message: &[u8]) -> Result<Vec<u8>, Fault> {
        let failed = |_| failed("used");
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            Self::RsaPss(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Self::P256(pair) => {
                Ok(pair.sign(&SystemRandom::new(), message).map_err(failed)?.as_ref().to_vec())
            }
            Self::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
    }

    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(pair) => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key())
                .verify(message, signature)
                .is_ok(),
            Self::RsaPss(pair) => UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, pair.public_key())
                .verify(message, signature)
                .is_ok(),
            Self::P256(pair) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key())
                .verify(message, signature)
                .is_ok(),
            Self::Ed25519(pair) => {
                UnparsedPublicKey::new(&ED25519, pair.public_key()).verify(message, signature).is_ok()
            }
        }
    }

    /// The public key as a JWK (RFC 7517), and its `kid`: the thumbprint of RFC 7638.
    pub fn public_jwk(&self) -> Result<(String, Value), Fault> {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        // Members in the order that RFC 7638 §3.2 hashes them in; serde_json keeps names sorted.
        let (algorithm, key) = match self {
            Self::Rsa(pair) | Self::RsaPss(pair) => {
                let public = pair.public_key();
                let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
                let exponent = public.exponent().big_endian_without_leading_zero().to_vec();
                let algorithm = if matches!(self, Self::Rsa(_)) { "RS256" } else { "PS256" };
                (algorithm, json!({ "e": text(&exponent), "kty": "RSA", "n": text(&modulus) }))
            }
            Self::P256(pair) => {
                let point = pair.public_key().as_ref().strip_prefix(&[4]).ok_or_else(|| failed("written"))?;
                let (x, y) = point.split_at_checked(32).ok_or_else(|| failed("written"))?;
                ("ES256", json!({ "crv": "P-256", "kty": "EC", "x": text(x), "y": text(y) }))
            }
            Self::Ed25519(pair) => {
                ("EdDSA", json!({ "crv": "Ed25519", "kty": "OKP", "x": text(pair.public_key().as_ref()) }))
            }
        };
        let kid = text(&digest(key.to_string().as_bytes()));
        let mut jwk = key;
        if let Some(members) = jwk.as_object_mut() {
            members.insert("kid".into(), kid.clone().into());
            members.insert("use".into(), "sig".into());
            members.insert("alg".into(), algorithm.into());
        }
        Ok((kid, jwk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_signs_what_its_public_half_verifies() {
        let random = Random::seeded(1);
        for algorithm in super::super::ALGORITHMS {
            let (pair, der) = Pair::generate(algorithm).unwrap();
            let again = Pair::from_der(algorithm, &der).unwrap();
            let signature = again.sign(&random, b"message").unwrap();
            assert!(pair.verify(b"message", &signature), "{algorithm}");
            assert!(!pair.verify(b"other message", &signature), "{algorithm}");
        }
    }

    #[test]
    fn the_published_half_holds_nothing_private() {
        for algorithm in super::super::ALGORITHMS {
            let (pair, _) = Pair::generate(algorithm).unwrap();
            let (kid, jwk) = pair.public_jwk().unwrap();
            assert_eq!(jwk["kid"], kid.as_str());
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(jwk.get(private).is_none(), "{algorithm} {private}");
            }
        }
    }
}
