//! What a request to sign out leads to, row by row of the table of the decision.

use super::*;
use crate::error::ErrorCode;

const CURRENT: CurrentSession<'static> = CurrentSession { sid: "sid1", subject: "alice" };
const OURS: Hint<'static> = Hint::Verified { audience: "web", subject: "alice", sid: Some("sid1") };
const BYE: &str = "https://rp1.test/bye";

fn client() -> Client {
    Client {
        client_id: "web".to_owned(),
        post_logout_redirect_uris: vec![BYE.to_owned(), "https://rp1.test/bye?a=b".to_owned()],
        ..Client::default()
    }
}

fn request(form: &str) -> LogoutRequest {
    parse(&Parameters::parse(form.as_bytes()).unwrap()).unwrap()
}

fn answer(form: &str, hint: Hint<'_>, current: Option<CurrentSession<'_>>) -> Answer {
    let request = request(form);
    let found = match client_of(&request, hint) {
        Ok(Some("web")) => Some(client()),
        _ => None,
    };
    decide(&request, hint, found.as_ref(), current)
}

fn back(uri: &str) -> Then {
    Then::Redirect(uri.to_owned())
}

const WITH_URI: &str = "post_logout_redirect_uri=https://rp1.test/bye&state=a%20b";

#[test]
fn a_hint_of_this_session_signs_out_and_goes_back_with_the_state() {
    let expected = back("https://rp1.test/bye?state=a%20b");
    assert_eq!(answer(WITH_URI, OURS, Some(CURRENT)), Answer::SignOut(expected));
    let no_state = answer("post_logout_redirect_uri=https://rp1.test/bye", OURS, Some(CURRENT));
    assert_eq!(no_state, Answer::SignOut(back(BYE)));
    let own_query =
        answer("post_logout_redirect_uri=https://rp1.test/bye?a=b%26state=s", OURS, Some(CURRENT));
    assert!(matches!(own_query, Answer::Confirm(Then::SignedOutPage)), "another query is another URI");
    let own_query = answer("post_logout_redirect_uri=https://rp1.test/bye?a=b&state=s", OURS, Some(CURRENT));
    assert_eq!(own_query, Answer::SignOut(back("https://rp1.test/bye?a=b&state=s")));
}

#[test]
fn a_hint_without_uri_signs_out_and_stays_here() {
    assert_eq!(answer("", OURS, Some(CURRENT)), Answer::SignOut(Then::SignedOutPage));
    assert_eq!(answer("state=s", OURS, Some(CURRENT)), Answer::SignOut(Then::SignedOutPage));
}

#[test]
fn br_07_an_unregistered_uri_is_never_followed() {
    for uri in ["https://evil.test/", "https://rp1.test/bye/", "https://rp1.test/bye?x=1", "javascript:x"] {
        let form = format!("post_logout_redirect_uri={uri}&client_id=web");
        for hint in [OURS, Hint::Absent, Hint::Unverifiable] {
            assert_eq!(answer(&form, hint, Some(CURRENT)), Answer::Confirm(Then::SignedOutPage), "{uri}");
            assert_eq!(answer(&form, hint, None), Answer::NoSession(Then::SignedOutPage), "{uri}");
        }
    }
}

#[test]
fn br_07_without_hint_or_client_the_person_is_asked_and_stays_here() {
    for form in ["", "state=s", WITH_URI] {
        assert_eq!(answer(form, Hint::Absent, Some(CURRENT)), Answer::Confirm(Then::SignedOutPage), "{form}");
        assert_eq!(answer(form, Hint::Absent, None), Answer::NoSession(Then::SignedOutPage), "{form}");
    }
}

#[test]
fn a_client_id_alone_is_asked_about_and_may_lead_back() {
    let form = format!("client_id=web&{WITH_URI}");
    let expected = back("https://rp1.test/bye?state=a%20b");
    assert_eq!(answer(&form, Hint::Absent, Some(CURRENT)), Answer::Confirm(expected));
    assert_eq!(answer(&form, Hint::Absent, None), Answer::NoSession(Then::SignedOutPage));
    let unknown = format!("client_id=nobody&{WITH_URI}");
    assert_eq!(answer(&unknown, Hint::Absent, Some(CURRENT)), Answer::Confirm(Then::SignedOutPage));
}

#[test]
fn br_08_a_hint_of_another_session_or_person_is_asked_about() {
    for hint in [
        Hint::Verified { audience: "web", subject: "alice", sid: Some("sid2") },
        Hint::Verified { audience: "web", subject: "bob", sid: Some("sid1") },
        Hint::Verified { audience: "web", subject: "bob", sid: None },
    ] {
        assert!(matches!(answer(WITH_URI, hint, Some(CURRENT)), Answer::Confirm(_)), "{hint:?}");
    }
    let no_sid = Hint::Verified { audience: "web", subject: "alice", sid: None };
    assert!(matches!(answer(WITH_URI, no_sid, Some(CURRENT)), Answer::SignOut(_)));
}

#[test]
fn br_08_a_hint_that_is_not_ours_never_leads_back() {
    let form = format!("client_id=web&{WITH_URI}");
    assert_eq!(answer(&form, Hint::Unverifiable, Some(CURRENT)), Answer::Confirm(Then::SignedOutPage));
    assert_eq!(answer(&form, Hint::Unverifiable, None), Answer::NoSession(Then::SignedOutPage));
}

#[test]
fn who_is_signed_out_already_is_sent_on() {
    let expected = back("https://rp1.test/bye?state=a%20b");
    assert_eq!(answer(WITH_URI, OURS, None), Answer::NoSession(expected));
}

#[test]
fn a_client_id_that_is_not_the_hints_is_refused() {
    let answer = answer("client_id=other", OURS, Some(CURRENT));
    assert!(matches!(answer, Answer::Refuse(error) if error.code == ErrorCode::InvalidRequest));
}

#[test]
fn a_parameter_given_twice_is_refused() {
    let form = Parameters::parse(b"post_logout_redirect_uri=a&post_logout_redirect_uri=b").unwrap();
    assert!(parse(&form).is_err());
}
