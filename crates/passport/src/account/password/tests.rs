//! Hashing under one key and then another; the decoy; what a stored hash looks like.
use platform::{
    random::Random,
    secrets::{Keyring, Secret},
};

use super::{Hasher, Verified};
use crate::config;

fn settings(memory_kib: u32) -> config::Password {
    config::Password { memory_kib, passes: 1, parallel: 1, waiting: 8, ..Default::default() }
}

fn hasher(keyring: &Keyring) -> Hasher {
    Hasher::new(&settings(64), keyring, Random::seeded(7))
}

fn password() -> Secret {
    Secret::new("correct horse battery staple")
}

const GOOD: Verified = Verified { matches: true, needs_rehash: false };

#[tokio::test]
async fn a_password_matches_its_own_hash_alone() {
    let hasher = hasher(&Keyring::from_bytes([1; 32]));
    let stored = hasher.hash(password()).await.unwrap();
    assert_eq!(hasher.verify(hasher.place().unwrap(), password(), Some(&stored)).await.unwrap(), GOOD);
    let other = Secret::new("correct horse battery staple ");
    assert!(!hasher.verify(hasher.place().unwrap(), other, Some(&stored)).await.unwrap().matches);
    assert_ne!(stored, hasher.hash(password()).await.unwrap(), "each hash has its own salt");
}

#[tokio::test]
async fn what_is_stored_is_a_phc_string_that_names_its_key() {
    let stored = hasher(&Keyring::from_bytes([1; 32])).hash(password()).await.unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1,keyid="), "{stored}");
    assert_eq!(stored.split('$').count(), 6, "{stored}");
}

#[tokio::test]
async fn pw_01_passwords_that_begin_alike_for_72_bytes_differ() {
    let hasher = hasher(&Keyring::from_bytes([1; 32]));
    let stored = hasher.hash(Secret::new("a".repeat(72) + "b")).await.unwrap();
    let verified = hasher
        .verify(hasher.place().unwrap(), Secret::new("a".repeat(72) + "c"), Some(&stored))
        .await
        .unwrap();
    assert!(!verified.matches);
}

#[tokio::test]
async fn en_01_an_unknown_account_is_hashed_for_and_never_matches() {
    let hasher = hasher(&Keyring::from_bytes([1; 32]));
    let verified = hasher.verify(hasher.place().unwrap(), password(), None).await.unwrap();
    assert_eq!(verified, Verified { matches: false, needs_rehash: false });
}

#[tokio::test]
async fn a_stolen_database_is_worth_nothing_without_the_key_file() {
    let stored = hasher(&Keyring::from_bytes([1; 32])).hash(password()).await.unwrap();
    let thief = hasher(&Keyring::from_bytes([2; 32]));
    let refused = thief.verify(thief.place().unwrap(), password(), Some(&stored)).await.unwrap_err();
    assert!(matches!(refused, platform::Fault::Unavailable(_)), "away, never wrong: {refused}");
}

#[tokio::test]
async fn a_hash_survives_the_rotation_of_the_key_file_and_asks_to_be_renewed() {
    let (older, newer) = ("A".repeat(42) + "E", "B".repeat(42) + "E");
    let stored = hasher(&Keyring::parse(&older).unwrap()).hash(password()).await.unwrap();
    let rotated = hasher(&Keyring::parse(&format!("{newer}\n{older}\n")).unwrap());
    let found = rotated.verify(rotated.place().unwrap(), password(), Some(&stored)).await.unwrap();
    assert_eq!(found, Verified { matches: true, needs_rehash: true });
    let wrong =
        rotated.verify(rotated.place().unwrap(), Secret::new("wrong horse"), Some(&stored)).await.unwrap();
    assert!(!wrong.matches);
    let renewed = rotated.hash(password()).await.unwrap();
    assert_eq!(rotated.verify(rotated.place().unwrap(), password(), Some(&renewed)).await.unwrap(), GOOD);
}

#[tokio::test]
async fn a_hash_of_other_parameters_asks_to_be_renewed() {
    let keyring = Keyring::from_bytes([1; 32]);
    let stored = hasher(&keyring).hash(password()).await.unwrap();
    let stronger = Hasher::new(&settings(128), &keyring, Random::seeded(8));
    let found = stronger.verify(stronger.place().unwrap(), password(), Some(&stored)).await.unwrap();
    assert_eq!(found, Verified { matches: true, needs_rehash: true });
}

#[tokio::test]
async fn a_stored_text_that_is_no_hash_is_a_fault_and_no_answer() {
    let hasher = hasher(&Keyring::from_bytes([1; 32]));
    for broken in ["", "plain", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA"] {
        assert!(
            hasher.verify(hasher.place().unwrap(), password(), Some(broken)).await.is_err(),
            "{broken:?}"
        );
    }
}

#[tokio::test]
async fn bf_05_an_answer_is_verified_without_case_and_spare_blanks() {
    let hasher = hasher(&Keyring::from_bytes([1; 32]));
    let stored = hasher.hash_answer(&Secret::new(" Dona  Benta ")).await.unwrap();
    assert!(
        hasher
            .verify_answer(hasher.place().unwrap(), &Secret::new("dona benta"), Some(&stored))
            .await
            .unwrap()
            .matches
    );
    assert!(
        !hasher
            .verify_answer(hasher.place().unwrap(), &Secret::new("donabenta"), Some(&stored))
            .await
            .unwrap()
            .matches
    );
}

/// The one that computes is young (decision 0074); hashes outlive implementations.
#[test]
fn an_implementation_by_others_computes_the_same() {
    let mut memory = None;
    for (kib, passes) in [(8, 1), (64, 3), (19_456, 2), (65, 1)] {
        let params = argon2::Params::new(kib, passes, 1, Some(super::OUTPUT)).unwrap();
        let ours = super::compute(&[3; 32], &[7; 16], &params, &mut memory).unwrap();
        let mut theirs = [0; super::OUTPUT];
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_into(&[3; 32], &[7; 16], &mut theirs)
            .unwrap();
        assert_eq!(ours, theirs, "{kib} KiB, {passes} passes");
    }
}
