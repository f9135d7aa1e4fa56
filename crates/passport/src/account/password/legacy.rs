//! Hashes that other systems made, of imported accounts: verified until the first sign-in, which replaces them.
//! argon2 without our pepper, bcrypt, scrypt, PBKDF2; PHC and modular strings. Makes none.
use std::num::NonZeroU32;

use argon2::{Argon2, Params, password_hash::phc::PasswordHash};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use platform::secrets::same;
use ring::pbkdf2;

/// Dearest cost of each kind that is taken: nobody's sign-in may hold a thread for long.
const MOST_MEMORY_KIB: u32 = 262_144;
const MOST_PASSES: u32 = 20;
const MOST_BCRYPT: u32 = 15;
const MOST_SCRYPT_LOG_N: u8 = 18;
const MOST_ROUNDS: u32 = 5_000_000;

/// Unpadded or padded, as systems differ.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A hash that was understood.
pub struct Legacy(Kind);

enum Kind {
    Argon2 { hash: String },
    Bcrypt { hash: String },
    Scrypt { params: scrypt::Params, salt: Vec<u8>, output: Vec<u8> },
    Pbkdf2 { algorithm: pbkdf2::Algorithm, rounds: NonZeroU32, salt: Vec<u8>, output: Vec<u8> },
}

impl Legacy {
    /// `None`: not of a kind that is known, broken, or too dear.
    pub fn parse(stored: &str) -> Option<Self> {
        let kind = match stored.strip_prefix('$') {
            Some(rest) if rest.starts_with("argon2") => argon2_of(stored)?,
            Some(rest) if rest.starts_with('2') => bcrypt_of(stored)?,
            Some(rest) if rest.starts_with("scrypt$") => scrypt_of(rest)?,
            Some(rest) => pbkdf2_of(rest)?,
            None => django_of(stored)?,
        };
        Some(Self(kind))
    }

    /// Compares; a thread of the pool is the place for it.
    pub fn matches(&self, password: &[u8]) -> bool {
        match &self.0 {
            Kind::Argon2 { hash } => argon2_matches(password, hash).unwrap_or(false),
            Kind::Bcrypt { hash } => bcrypt::verify(password, hash).unwrap_or(false),
            Kind::Scrypt { params, salt, output } => {
                let mut computed = vec![0; output.len()];
                scrypt::scrypt(password, salt, params, &mut computed).is_ok() && same(&computed, output)
            }
            Kind::Pbkdf2 { algorithm, rounds, salt, output } => {
                pbkdf2::verify(*algorithm, *rounds, salt, password, output).is_ok()
            }
        }
    }
}

fn argon2_of(stored: &str) -> Option<Kind> {
    let hash = PasswordHash::new(stored).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let fits = params.m_cost() <= MOST_MEMORY_KIB && params.t_cost() <= MOST_PASSES && params.p_cost() <= 16;
    (fits && params.keyid().is_empty() && hash.salt.is_some() && hash.hash.is_some())
        .then(|| Kind::Argon2 { hash: stored.to_owned() })
}

fn argon2_matches(password: &[u8], stored: &str) -> Option<bool> {
    let hash = PasswordHash::new(stored).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let algorithm = argon2::Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = argon2::Version::try_from(hash.version.unwrap_or(0x13)).ok()?;
    let (salt, expected) = (hash.salt?, hash.hash?);
    let mut output = vec![0; expected.len()];
    Argon2::new(algorithm, version, params).hash_password_into(password, &salt, &mut output).ok()?;
    Some(same(&output, expected.as_bytes()))
}

fn bcrypt_of(stored: &str) -> Option<Kind> {
    let parts: bcrypt::HashParts = stored.parse().ok()?;
    (stored.len() == 60 && parts.get_cost() <= MOST_BCRYPT).then(|| Kind::Bcrypt { hash: stored.to_owned() })
}

/// `scrypt$ln=15,r=8,p=1$SALT$HASH`.
fn scrypt_of(rest: &str) -> Option<Kind> {
    let [_, params, salt, output] = parts(rest)?;
    let (log_n, r, p): (u8, u32, u32) =
        (named(params, "ln")?.try_into().ok()?, named(params, "r")?, named(params, "p")?);
    let fits = log_n <= MOST_SCRYPT_LOG_N && r.saturating_mul(p) <= 64;
    let params = scrypt::Params::new(log_n, r, p).ok().filter(|_| fits)?;
    Some(Kind::Scrypt { params, salt: decoded(salt)?, output: output_of(output)? })
}

/// `pbkdf2-sha256$i=600000,l=32$SALT$HASH` (PHC), or the rounds alone (modular, with `.` for `+`).
fn pbkdf2_of(rest: &str) -> Option<Kind> {
    let [name, rounds, salt, output] = parts(rest)?;
    let algorithm = match name {
        "pbkdf2" | "pbkdf2-sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
        "pbkdf2-sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
        "pbkdf2-sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return None,
    };
    let rounds = match rounds.parse::<u32>() {
        Ok(rounds) => rounds,
        Err(_) => named(rounds, "i")?,
    };
    pbkdf2_kind(algorithm, rounds, decoded(salt)?, output)
}

/// `pbkdf2_sha256$600000$salt$HASH`: the salt is the text itself.
fn django_of(stored: &str) -> Option<Kind> {
    let [name, rounds, salt, output] = parts(stored)?;
    let algorithm = match name {
        "pbkdf2_sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
        "pbkdf2_sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
        _ => return None,
    };
    pbkdf2_kind(algorithm, rounds.parse().ok()?, salt.as_bytes().to_vec(), output)
}

fn pbkdf2_kind(algorithm: pbkdf2::Algorithm, rounds: u32, salt: Vec<u8>, output: &str) -> Option<Kind> {
    let rounds = NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= MOST_ROUNDS)?;
    Some(Kind::Pbkdf2 { algorithm, rounds, salt, output: output_of(output)? })
}

fn parts(text: &str) -> Option<[&str; 4]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}

fn named(params: &str, name: &str) -> Option<u32> {
    let value = |pair: &str| pair.split_once('=').filter(|(known, _)| *known == name)?.1.parse().ok();
    params.split(',').find_map(value)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.replace('.', "+")).ok()
}

/// Shorter ones would match by chance.
fn output_of(text: &str) -> Option<Vec<u8>> {
    decoded(text).filter(|output| (16..=128).contains(&output.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by other programs: OpenSSL, crypt(3), the reference implementation of argon2.
    const KNOWN: [(&str, &str); 7] = [
        (
            "correct horse battery staple",
            "$scrypt$ln=10,r=8,p=1$c2l4dGVlbiBieXRlIHNhbA$fkwR3uWGPzRraH3qW0DU7e/gfwfns+6gVs7PC/51uEA",
        ),
        (
            "correct horse battery staple",
            "$pbkdf2-sha256$i=1000,l=32$c2l4dGVlbiBieXRlIHNhbA$YLxwtZTyajzXVfC/M84LAbZcd133GcmpwHnZkrWBmAo",
        ),
        (
            "correct horse battery staple",
            "$pbkdf2-sha512$1000$c2l4dGVlbiBieXRlIHNhbA$Yap.zHg43MoT6Aovnx0eLwd0TXFYg0nTMon6xsLiI5UfcQFWyGnOyld7BLRRM3dgQN1DX79ugzzjp6FrKmgAag",
        ),
        ("correct horse battery staple", "$pbkdf2$1000$c2l4dGVlbiBieXRlIHNhbA$.vQy0OKq6Ci25kSEKCZjhfZz.68"),
        (
            "correct horse battery staple",
            "pbkdf2_sha256$1000$abcDEF123$CXs63B10YeOClWlLGma9qv4Moe3h2lbzHqQeFrYWQq0=",
        ),
        ("correct horse battery staple", "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"),
        (
            "password",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ),
    ];

    #[test]
    fn hashes_of_other_systems_match_their_password_alone() {
        for (password, stored) in KNOWN {
            let legacy = Legacy::parse(stored).unwrap_or_else(|| panic!("not understood: {stored}"));
            assert!(legacy.matches(password.as_bytes()), "{stored}");
            assert!(!legacy.matches(format!("{password} ").as_bytes()), "{stored}");
            assert!(!legacy.matches(b""), "{stored}");
        }
    }

    #[test]
    fn what_is_broken_unknown_or_too_dear_is_not_taken() {
        for bad in [
            "",
            "plain",
            "$1$salt$hash",
            "$2b$12$short",
            "$2b$31$abcdefghijklmnopqrstuuBYjyfrqFUbAjQR6VPJxb1e2T2LY2dU2",
            "$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$pbkdf2-sha256$0$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$pbkdf2-sha256$600000$c2FsdHNhbHQ$AAAA",
            "$pbkdf2-md5$600000$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "pbkdf2_sha256$99999999$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "$argon2id$v=19$m=4194304,t=3,p=4$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert!(Legacy::parse(bad).is_none(), "{bad}");
        }
    }
}
