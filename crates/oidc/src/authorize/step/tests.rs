//! What the person must do, as a table of prompts, ages, hints and consents.

use super::*;
use crate::{
    authorize::{Policy, request},
    client::AuthMethod,
    parameters::Parameters,
};

const NOW: UnixTime = 10_000;

fn asked(prompt: &str, max_age: Option<i64>) -> AuthorizationRequest {
    let client = Client {
        client_id: "web".to_owned(),
        redirect_uris: vec!["https://rp1.test/cb".to_owned()],
        require_pkce: false,
        ..Client::default()
    };
    let form = format!(
        "client_id=web&redirect_uri=https://rp1.test/cb&response_type=code&scope=openid&prompt={prompt}"
    );
    let parameters = Parameters::parse(form.as_bytes()).unwrap();
    let request = request::check(&parameters, &client, &Policy::default(), request::Arrival::PLAIN).unwrap();
    AuthorizationRequest { max_age, ..request }
}

/// Signed in a hundred seconds ago, for some other request.
const EARLIER: SignIn<'static> = SignIn {
    subject: "alice",
    auth_time: NOW - 100,
    level: Level::Password,
    able: Level::Password,
    least: Level::Password,
    for_this_request: false,
    chosen_for_this_request: false,
};
/// Signed in this very second, on a page of this request.
const JUST_NOW: SignIn<'static> =
    SignIn { auth_time: NOW, for_this_request: true, chosen_for_this_request: true, ..EARLIER };

fn trusted() -> Client {
    Client { trusted: true, ..Client::default() }
}

fn step(prompt: &str, max_age: Option<i64>, sign_in: Option<SignIn<'_>>) -> Step {
    let request = asked(prompt, max_age);
    next(&request, (&trusted(), &Policy::default()), sign_in.as_ref(), Consent::Missing, Hint::Absent, NOW)
}

fn sign_in(reasons: &[Reason]) -> Step {
    Step::SignIn { reasons: reasons.to_vec() }
}

#[track_caller]
fn refused(step: Step, code: ErrorCode) {
    match step {
        Step::Refuse(error) => assert_eq!(error.code, code),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_is_signed_in_goes_straight_on_and_who_is_not_signs_in() {
    assert_eq!(step("", None, Some(EARLIER)), Step::Grant);
    assert_eq!(step("", None, None), sign_in(&[Reason::NoSession]));
}

#[test]
fn br_15_prompt_none_never_shows_a_page() {
    refused(step("none", None, None), ErrorCode::LoginRequired);
    refused(step("none", Some(10), Some(EARLIER)), ErrorCode::LoginRequired);
    assert_eq!(step("none", None, Some(EARLIER)), Step::Grant);
    let client = Client::default();
    let missing = next(
        &asked("none", None),
        (&client, &Policy::default()),
        Some(&EARLIER),
        Consent::Missing,
        Hint::Absent,
        NOW,
    );
    refused(missing, ErrorCode::ConsentRequired);
}

#[test]
fn br_16_prompt_login_asks_for_the_password_once_for_every_request() {
    assert_eq!(step("login", None, Some(EARLIER)), sign_in(&[Reason::PromptLogin]));
    assert_eq!(step("login", None, Some(JUST_NOW)), Step::Grant);
    // A sign-in of this second that belongs to another request does not count.
    let elsewhere = SignIn { auth_time: NOW, ..EARLIER };
    assert_eq!(step("login", None, Some(elsewhere)), sign_in(&[Reason::PromptLogin]));
}

#[test]
fn br_16_max_age_counts_from_the_password() {
    assert_eq!(step("", Some(99), Some(EARLIER)), sign_in(&[Reason::MaxAge]));
    assert_eq!(step("", Some(100), Some(EARLIER)), Step::Grant);
    assert_eq!(step("", Some(15_000), Some(EARLIER)), Step::Grant);
}

#[test]
fn br_16_max_age_zero_is_prompt_login() {
    let this_second = SignIn { auth_time: NOW, ..EARLIER };
    assert_eq!(step("", Some(0), Some(this_second)), sign_in(&[Reason::MaxAge]));
    assert_eq!(step("", Some(0), Some(JUST_NOW)), Step::Grant);
}

#[test]
fn ft_10_a_sign_in_from_the_future_is_not_recent() {
    let future = SignIn { auth_time: NOW + 500, ..EARLIER };
    assert_eq!(step("", Some(10), Some(future)), sign_in(&[Reason::MaxAge]));
    let broken = SignIn { auth_time: i64::MIN, ..EARLIER };
    assert_eq!(step("", Some(10), Some(broken)), sign_in(&[Reason::MaxAge]));
}

#[test]
fn picking_an_account_needs_no_password_and_is_asked_once() {
    assert_eq!(step("select_account", None, Some(EARLIER)), sign_in(&[Reason::SelectAccount]));
    assert!(!Reason::SelectAccount.password_needed());
    let chosen = SignIn { chosen_for_this_request: true, ..EARLIER };
    assert_eq!(step("select_account", None, Some(chosen)), Step::Grant);
    assert_eq!(step("select_account login", None, Some(chosen)), sign_in(&[Reason::PromptLogin]));
}

#[test]
fn prompt_create_is_told_to_the_page() {
    assert_eq!(step("create", None, None), sign_in(&[Reason::NoSession, Reason::Create]));
    assert_eq!(step("create", None, Some(EARLIER)), sign_in(&[Reason::Create]));
    assert_eq!(step("create", None, Some(JUST_NOW)), Step::Grant);
}

#[test]
fn several_reasons_are_all_named() {
    let expected = sign_in(&[Reason::SelectAccount, Reason::PromptLogin, Reason::MaxAge]);
    assert_eq!(step("login select_account", Some(5), Some(EARLIER)), expected);
}

#[test]
fn the_hint_must_name_the_person_who_is_here() {
    let with_hint = |prompt, who: SignIn<'_>, hint| {
        next(&asked(prompt, None), (&trusted(), &Policy::default()), Some(&who), Consent::Missing, hint, NOW)
    };
    assert_eq!(with_hint("none", EARLIER, Hint::Subject("alice")), Step::Grant);
    refused(with_hint("none", EARLIER, Hint::Subject("bob")), ErrorCode::LoginRequired);
    assert_eq!(with_hint("", EARLIER, Hint::Subject("bob")), sign_in(&[Reason::OtherPerson]));
    refused(with_hint("", JUST_NOW, Hint::Subject("bob")), ErrorCode::LoginRequired);
}

#[test]
fn jw_01_a_hint_that_is_not_ours_is_refused() {
    for prompt in ["", "none"] {
        let step = next(
            &asked(prompt, None),
            (&trusted(), &Policy::default()),
            Some(&EARLIER),
            Consent::Remembered,
            Hint::Unverifiable,
            NOW,
        );
        refused(step, ErrorCode::InvalidRequest);
    }
}

#[test]
fn br_17_who_is_asked_for_consent() {
    let confidential = Client::default();
    let public = Client { token_endpoint_auth_method: AuthMethod::None, ..Client::default() };
    let trusted_public = Client { trusted: true, ..public.clone() };
    use Consent::{GivenNow, Missing, Remembered};
    let table = [
        (&confidential, "", Missing, true),
        (&confidential, "", Remembered, false),
        (&confidential, "", GivenNow, false),
        (&confidential, "consent", Remembered, true),
        (&confidential, "consent", GivenNow, false),
        (&public, "", Remembered, true),
        (&public, "", GivenNow, false),
        (&trusted(), "", Missing, false),
        (&trusted_public, "", Missing, false),
        (&trusted(), "consent", Missing, true),
    ];
    for (client, prompt, consent, page) in table {
        let step = next(
            &asked(prompt, None),
            (client, &Policy::default()),
            Some(&EARLIER),
            consent,
            Hint::Absent,
            NOW,
        );
        let expected = if page { Step::Consent } else { Step::Grant };
        assert_eq!(step, expected, "{:?} {prompt} {consent:?}", client.token_endpoint_auth_method);
    }
}

#[test]
fn signing_in_comes_before_consent() {
    let step = next(
        &asked("consent", None),
        (&Client::default(), &Policy::default()),
        None,
        Consent::Missing,
        Hint::Absent,
        NOW,
    );
    assert_eq!(step, sign_in(&[Reason::NoSession]));
}

#[test]
fn what_is_missing_of_a_sign_in_is_proven_set_up_or_refused() {
    let mfa = crate::authorize::context::Context::MultiFactor;
    let strict = Client { require_acr: Some(mfa.as_str().to_owned()), ..trusted() };
    let with_app = SignIn { able: Level::TwoFactors, ..EARLIER };
    let ask = |prompt: &str, client: &Client, who: SignIn<'_>| {
        let request = asked(prompt, None);
        next(&request, (client, &Policy::default()), Some(&who), Consent::Missing, Hint::Absent, NOW)
    };
    assert_eq!(ask("", &strict, with_app), Step::ProveMore(Level::TwoFactors));
    assert_eq!(ask("", &strict, EARLIER), Step::SetUp(Level::TwoFactors));
    assert_eq!(ask("", &strict, SignIn { level: Level::TwoFactors, ..EARLIER }), Step::Grant);
    refused(ask("none", &strict, with_app), ErrorCode::LoginRequired);
    refused(ask("none", &strict, EARLIER), ErrorCode::UnmetAuthenticationRequirements);
    let out_of_reach = Client { require_acr: Some("phrh".to_owned()), ..trusted() };
    refused(ask("", &out_of_reach, with_app), ErrorCode::UnmetAuthenticationRequirements);
    let owner = SignIn { least: Level::TwoFactors, ..with_app };
    assert_eq!(ask("", &trusted(), owner), Step::ProveMore(Level::TwoFactors), "the owner wants it so");
    let mut wish = asked("none", None);
    wish.context.contexts = vec![mfa];
    let silent =
        next(&wish, (&trusted(), &Policy::default()), Some(&with_app), Consent::Missing, Hint::Absent, NOW);
    assert_eq!(silent, Step::Grant, "a wish stays a wish where nobody can be asked");
}
