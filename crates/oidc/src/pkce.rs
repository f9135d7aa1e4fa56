//! Proof keys for code exchange (RFC 7636) with S256 alone; it does not know which clients need them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use subtle::ConstantTimeEq;

/// The one `code_challenge_method` that is accepted; `plain` never is (RFC 9700 §2.1.1).
pub const METHOD: &str = "S256";

/// Whether the text is a `code_verifier`: 43 to 128 unreserved characters (RFC 7636 §4.1).
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Whether the text can be an S256 `code_challenge`: a SHA-256 digest in unpadded base64url.
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// The S256 challenge of a verifier (RFC 7636 §4.2).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

/// Whether the verifier belongs to the challenge, in time that does not depend on where they differ.
pub fn verify(stored_challenge: &str, verifier: &str) -> bool {
    is_verifier(verifier) && bool::from(challenge(verifier).as_bytes().ct_eq(stored_challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_document_holds() {
        assert_eq!(challenge(VERIFIER), CHALLENGE);
        assert!(is_challenge(CHALLENGE));
        assert!(verify(CHALLENGE, VERIFIER));
    }

    #[test]
    fn pk_04_wrong_short_long_and_foreign_verifiers_do_not_fit() {
        for verifier in ["", CHALLENGE, &"a".repeat(42), &"a".repeat(129), &format!("{VERIFIER}="), "é"] {
            assert!(!verify(CHALLENGE, verifier), "{verifier}");
        }
    }

    #[test]
    fn a_short_verifier_does_not_fit_even_its_own_challenge() {
        let short = "a".repeat(42);
        assert!(!verify(&challenge(&short), &short));
        let enough = "a".repeat(43);
        assert!(verify(&challenge(&enough), &enough));
    }

    #[test]
    fn a_challenge_is_a_sha256_digest_in_base64url() {
        for text in ["", "abc", &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+"), &"!".repeat(43)] {
            assert!(!is_challenge(text), "{text}");
        }
    }
}
