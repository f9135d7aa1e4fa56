//! What happens to a code, as a table of everything that can be wrong with it.

use super::*;
use crate::{client::AuthMethod, error::ErrorCode};

const NOW: UnixTime = 1_000;
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const FOUND: Found<'static> = Found {
    client_id: "web",
    redirect_uri: "https://rp1.test/cb",
    code_challenge: Some(CHALLENGE),
    dpop_jkt: None,
    state: GrantState::Code,
    expires_at: NOW + 60,
};

fn client(id: &str) -> Client {
    Client { client_id: id.to_owned(), ..Client::default() }
}

fn request() -> Request {
    Request {
        code: "c".to_owned(),
        redirect_uri: Some("https://rp1.test/cb".to_owned()),
        code_verifier: Some(VERIFIER.to_owned()),
        resource: vec![],
    }
}

/// Decides for a caller that showed no key.
fn decide(found: Option<&Found<'_>>, request: &Request, client: &Client, now: UnixTime) -> Verdict {
    super::decide(found, request, client, None, now)
}

fn with_verifier(verifier: Option<&str>) -> Request {
    Request { code_verifier: verifier.map(str::to_owned), ..request() }
}

#[track_caller]
fn refused(verdict: Verdict) {
    assert!(
        matches!(&verdict, Verdict::Refuse(error) if error.code == ErrorCode::InvalidGrant),
        "{verdict:?}"
    );
}

#[track_caller]
fn burnt(verdict: Verdict) {
    assert!(
        matches!(&verdict, Verdict::RefuseAndRevoke(error) if error.code == ErrorCode::InvalidGrant),
        "{verdict:?}"
    );
}

#[test]
fn a_fresh_code_with_its_verifier_is_redeemed() {
    assert_eq!(decide(Some(&FOUND), &request(), &client("web"), NOW), Verdict::Redeem);
}

#[test]
fn a_code_that_names_nothing_is_refused() {
    refused(decide(None, &request(), &client("web"), NOW));
}

#[test]
fn pk_02_a_verifier_without_a_challenge_is_refused() {
    let found = Found { code_challenge: None, ..FOUND };
    let legacy = Client { require_pkce: false, ..client("web") };
    burnt(decide(Some(&found), &request(), &legacy, NOW));
    assert_eq!(decide(Some(&found), &with_verifier(None), &legacy, NOW), Verdict::Redeem);
}

#[test]
fn pk_01_a_client_that_needs_pkce_gets_nothing_for_a_code_without_challenge() {
    let found = Found { code_challenge: None, ..FOUND };
    let public =
        Client { token_endpoint_auth_method: AuthMethod::None, require_pkce: false, ..client("web") };
    burnt(decide(Some(&found), &with_verifier(None), &public, NOW));
}

#[test]
fn pk_03_a_missing_verifier_burns_the_code() {
    burnt(decide(Some(&FOUND), &with_verifier(None), &client("web"), NOW));
}

#[test]
fn pk_04_a_wrong_verifier_burns_the_code() {
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    for verifier in [CHALLENGE, &short, &long, "é", &format!("{VERIFIER} "), &"a".repeat(43)] {
        burnt(decide(Some(&FOUND), &with_verifier(Some(verifier)), &client("web"), NOW));
    }
}

#[test]
fn ac_01_a_second_use_revokes_what_the_first_one_got() {
    let used = Found { state: GrantState::Live, ..FOUND };
    burnt(decide(Some(&used), &request(), &client("web"), NOW));
    burnt(decide(Some(&used), &request(), &client("web"), NOW + 86_400));
    burnt(Verdict::replayed());
}

#[test]
fn a_revoked_grant_stays_as_it_is() {
    let revoked = Found { state: GrantState::Revoked, ..FOUND };
    refused(decide(Some(&revoked), &request(), &client("web"), NOW));
    refused(decide(Some(&revoked), &request(), &client("other"), NOW));
}

#[test]
fn ac_03_a_code_of_another_client_is_burnt() {
    burnt(decide(Some(&FOUND), &request(), &client("other"), NOW));
}

#[test]
fn ac_04_a_code_ends_with_its_last_second() {
    assert_eq!(decide(Some(&FOUND), &request(), &client("web"), NOW + 59), Verdict::Redeem);
    refused(decide(Some(&FOUND), &request(), &client("web"), NOW + 60));
    refused(decide(Some(&FOUND), &request(), &client("web"), i64::MAX));
}

#[test]
fn ru_12_another_redirect_uri_or_none_gets_nothing() {
    for uri in [None, Some("https://rp1.test/cb2"), Some("https://rp1.test/cb/"), Some("https://RP1.test/cb")]
    {
        let request = Request { redirect_uri: uri.map(str::to_owned), ..request() };
        burnt(decide(Some(&FOUND), &request, &client("web"), NOW));
    }
}

#[test]
fn dp_04_a_code_requested_for_a_key_is_redeemed_with_that_key_alone() {
    let key = Binding::Key([1; 32]);
    let crate::token::binding::Confirmation::Key(jkt) = key.confirmation() else { panic!("a key") };
    let found = Found { dpop_jkt: Some(&jkt), ..FOUND };
    let with = |binding| super::decide(Some(&found), &request(), &client("web"), binding, NOW);
    assert_eq!(with(Some(key)), Verdict::Redeem);
    for other in [None, Some(Binding::Key([2; 32])), Some(Binding::Certificate([1; 32]))] {
        burnt(with(other));
    }
    assert_eq!(super::decide(Some(&FOUND), &request(), &client("web"), Some(key), NOW), Verdict::Redeem);
}
