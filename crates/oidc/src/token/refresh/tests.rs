//! What happens to a refresh token, generation by generation.

use super::*;
use crate::client::{AuthMethod, Profile};

const NOW: UnixTime = 1_000;
const GRACE: i64 = 10;

fn granted() -> Scopes {
    Scopes::parse("openid email offline_access").unwrap()
}

fn confidential() -> Client {
    Client {
        client_id: "web".to_owned(),
        grant_types: GrantType::ALL.to_vec(),
        scope: granted(),
        ..Client::default()
    }
}

fn public() -> Client {
    Client { token_endpoint_auth_method: AuthMethod::None, ..confidential() }
}

/// The newest token is of generation 5, rotated four seconds ago.
fn found(scope: &Scopes) -> Found<'_> {
    Found {
        client_id: "web",
        scope,
        brought: None,
        state: GrantState::Live,
        generation: 5,
        rotated_at: NOW - 4,
        ends_at: NOW + 100,
        bound_to: None,
    }
}

fn request(scope: Option<&str>) -> Request {
    let scope = scope.map(|scope| Scopes::parse(scope).unwrap());
    Request { refresh_token: "r".to_owned(), scope, resource: vec![] }
}

/// Decides by the rules of no profile, for a caller that showed no key.
fn decide(
    found: Option<&Found<'_>>,
    generation: i64,
    request: &Request,
    client: &Client,
    grace: i64,
    now: UnixTime,
) -> Verdict {
    let rules = Profile::Default.rules();
    let presented = Presented { generation, client, rules: &rules, binding: None, grace };
    super::decide(found, &presented, request, now)
}

fn present(generation: i64, client: &Client) -> Verdict {
    decide(Some(&found(&granted())), generation, &request(None), client, GRACE, NOW)
}

fn rotated(scope: &str) -> Verdict {
    Verdict::Rotate { scope: Scopes::parse(scope).unwrap() }
}

#[track_caller]
fn refused(verdict: Verdict, code: ErrorCode) {
    assert!(matches!(&verdict, Verdict::Refuse(error) if error.code == code), "{verdict:?}");
}

#[track_caller]
fn family_dies(verdict: Verdict) {
    assert!(
        matches!(&verdict, Verdict::RefuseAndRevoke(error) if error.code == ErrorCode::InvalidGrant),
        "{verdict:?}"
    );
}

#[test]
fn the_newest_token_is_rotated() {
    assert_eq!(present(5, &confidential()), rotated("openid email offline_access"));
    assert_eq!(present(5, &public()), rotated("openid email offline_access"));
}

#[test]
fn a_token_that_names_nothing_is_refused() {
    let verdict = decide(None, 1, &request(None), &confidential(), GRACE, NOW);
    refused(verdict, ErrorCode::InvalidGrant);
}

#[test]
fn rt_01_an_older_token_kills_the_family() {
    for generation in [3, 0, -1, i64::MIN] {
        family_dies(present(generation, &confidential()));
        family_dies(present(generation, &public()));
    }
    let without_grace = Client { refresh_grace: false, ..confidential() };
    family_dies(present(4, &without_grace));
}

#[test]
fn a_generation_that_was_never_issued_kills_the_family() {
    for generation in [6, i64::MAX] {
        family_dies(present(generation, &confidential()));
        family_dies(present(generation, &public()));
    }
}

#[test]
fn rt_02_within_the_grace_a_client_gets_the_same_family_again() {
    assert_eq!(present(4, &public()), Verdict::Repeat { scope: granted() });
    assert_eq!(present(4, &confidential()), Verdict::Repeat { scope: granted() });
    let scope = granted();
    let at = |now| decide(Some(&found(&scope)), 4, &request(None), &public(), GRACE, now);
    assert!(matches!(at(NOW + 5), Verdict::Repeat { .. }));
    family_dies(at(NOW + 6));
}

#[test]
fn fx_11_a_negative_age_is_no_grace() {
    let scope = granted();
    let at = |ahead| {
        let before = Found { rotated_at: NOW + ahead, ..found(&scope) };
        decide(Some(&before), 4, &request(None), &public(), GRACE, NOW)
    };
    for ahead in [3, 300, 48 * 3600] {
        family_dies(at(ahead));
    }
    // Two nodes are never quite in step: that is no theft.
    refused(at(1), ErrorCode::InvalidGrant);
    refused(at(2), ErrorCode::InvalidGrant);
}

#[test]
fn rt_03_with_no_grace_the_second_of_two_kills_the_family() {
    let scope = granted();
    let just_rotated = Found { rotated_at: NOW, ..found(&scope) };
    family_dies(decide(Some(&just_rotated), 4, &request(None), &public(), 0, NOW));
    family_dies(decide(Some(&just_rotated), 4, &request(None), &confidential(), 0, NOW));
}

#[test]
fn rt_04_another_clients_token_is_refused_and_its_family_unharmed() {
    let other = Client { client_id: "other".to_owned(), ..confidential() };
    for generation in [5, 4, 0] {
        refused(present(generation, &other), ErrorCode::InvalidGrant);
    }
}

#[test]
fn rt_05_the_scope_may_be_narrowed_and_not_widened() {
    let scope = granted();
    let ask = |wish, generation| {
        decide(Some(&found(&scope)), generation, &request(Some(wish)), &confidential(), GRACE, NOW)
    };
    assert_eq!(ask("openid", 5), rotated("openid"));
    refused(ask("openid profile", 5), ErrorCode::InvalidScope);
    family_dies(ask("openid profile", 3));
}

#[test]
fn rt_06_a_grant_that_is_not_live_is_refused() {
    let scope = granted();
    for state in [GrantState::Revoked, GrantState::Code] {
        let dead = Found { state, ..found(&scope) };
        let verdict = decide(Some(&dead), 5, &request(None), &confidential(), GRACE, NOW);
        refused(verdict, ErrorCode::InvalidGrant);
    }
}

#[test]
fn rt_07_the_absolute_end_holds_for_the_newest_token_too() {
    let scope = granted();
    let at = |now| decide(Some(&found(&scope)), 5, &request(None), &confidential(), GRACE, now);
    assert!(matches!(at(NOW + 99), Verdict::Rotate { .. }));
    refused(at(NOW + 100), ErrorCode::InvalidGrant);
    assert_eq!(crate::token::expiry(NOW, 60, NOW + 100), NOW + 60);
    assert_eq!(crate::token::expiry(NOW + 70, 60, NOW + 100), NOW + 100);
}

#[test]
fn rt_08_a_right_taken_from_the_client_ends_its_offline_sessions() {
    let no_grant = Client { grant_types: vec![GrantType::AuthorizationCode], ..confidential() };
    family_dies(present(5, &no_grant));
    let no_scope = Client { scope: Scopes::parse("openid email").unwrap(), ..confidential() };
    family_dies(present(5, &no_scope));
    let no_email = Client { scope: Scopes::parse("openid offline_access").unwrap(), ..confidential() };
    assert_eq!(present(5, &no_email), rotated("openid offline_access"));
}

#[test]
fn rt_08_a_refresh_token_is_due_only_where_it_was_asked_for_and_allowed() {
    let due =
        |client: &Client, scope| crate::token::refresh_token_due(client, &Scopes::parse(scope).unwrap());
    assert!(due(&confidential(), "openid offline_access"));
    assert!(!due(&confidential(), "openid"));
    assert!(due(&confidential(), "api"), "plain OAuth");
    assert!(!due(&Client::default(), "openid offline_access"));
}

#[test]
fn rt_09_a_bound_token_of_a_public_client_needs_its_key() {
    let (scope, key) = (granted(), Some(Binding::Key([1; 32])));
    let bound = Found { bound_to: key, ..found(&scope) };
    let with = |client: &Client, binding| {
        let rules = Profile::Default.rules();
        let presented = Presented { generation: 5, client, rules: &rules, binding, grace: GRACE };
        super::decide(Some(&bound), &presented, &request(None), NOW)
    };
    assert!(matches!(with(&public(), key), Verdict::Rotate { .. }));
    for other in [None, Some(Binding::Key([2; 32])), Some(Binding::Certificate([1; 32]))] {
        refused(with(&public(), other), ErrorCode::InvalidGrant);
        assert!(matches!(with(&confidential(), other), Verdict::Rotate { .. }), "it authenticates anyway");
    }
}

#[test]
fn fapi_2_a_refresh_token_is_kept_and_an_older_one_still_kills_the_family() {
    let scope = granted();
    let with = |generation| {
        let (client, rules) = (confidential(), Profile::Fapi2.rules());
        let presented = Presented { generation, client: &client, rules: &rules, binding: None, grace: GRACE };
        super::decide(Some(&found(&scope)), &presented, &request(None), NOW)
    };
    assert_eq!(with(5), Verdict::Keep { scope: granted() });
    family_dies(with(3));
}

#[test]
fn what_a_resource_brings_lasts_as_long_as_the_operator_says() {
    let scope = granted().union(&Scopes::parse("orders").unwrap());
    let orders = Scopes::parse("orders").unwrap();
    let with = |brought| Found { brought, ..found(&scope) };
    let decided = |found: &Found<'_>| decide(Some(found), 5, &request(None), &confidential(), GRACE, NOW);
    assert_eq!(decided(&with(Some(&orders))), Verdict::Rotate { scope: scope.clone() });
    assert_eq!(decided(&with(None)), Verdict::Rotate { scope: granted() });
}
