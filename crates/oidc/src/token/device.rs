//! The device grant (RFC 8628): what a device asks for, the code that a person types, and what a poll is
//! answered. It does not know how a device code names its row, nor when it was polled last.

use std::fmt;

use super::invalid_grant;
use crate::{
    UnixTime,
    client::Client,
    error::{ErrorCode, OAuthError},
    parameters::Parameters,
    scope::Scopes,
};

/// The fields of this grant at the token endpoint (§3.4).
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub device_code: String,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("device::Request(…)")
    }
}

pub(super) fn parse(form: &Parameters) -> Result<Request, OAuthError> {
    Ok(Request { device_code: form.required("device_code")?.to_owned() })
}

/// What a device asks for (§3.1), after [`crate::authorize::request::check_device`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub scope: Scopes,
    pub resource: Vec<String>,
}

/// Where a device's request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Pending,
    Approved,
    Denied,
    Spent,
}

/// The request that a device code names, as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    pub client_id: &'a str,
    pub state: State,
    pub ends_at: UnixTime,
}

/// What to do with a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody has answered yet: [`pending`] or [`slow_down`], as the time since the last poll says.
    Wait,
    /// Spend it through the gate, then mint.
    Redeem,
    Refuse(OAuthError),
}

/// Judges a poll (§3.5).
pub fn decide(found: Option<&Found<'_>>, client: &Client, now: UnixTime) -> Verdict {
    // One that another client was given is none: who holds it learns nothing from us.
    let Some(found) = found.filter(|found| found.client_id == client.client_id) else {
        return Verdict::Refuse(invalid_grant("The device code is not known."));
    };
    match found.state {
        State::Spent => Verdict::Refuse(spent()),
        _ if now >= found.ends_at => Verdict::Refuse(OAuthError::new(
            ErrorCode::ExpiredToken,
            "The device code has expired; begin anew.",
        )),
        State::Denied => {
            Verdict::Refuse(OAuthError::new(ErrorCode::AccessDenied, "The person did not want to go on."))
        }
        State::Pending => Verdict::Wait,
        State::Approved => Verdict::Redeem,
    }
}

/// A code whose tokens somebody has already.
pub fn spent() -> OAuthError {
    invalid_grant("The device code was already used.")
}

pub fn pending() -> OAuthError {
    OAuthError::new(
        ErrorCode::AuthorizationPending,
        "The person has not answered yet; ask again after the interval.",
    )
}

pub fn slow_down() -> OAuthError {
    OAuthError::new(
        ErrorCode::SlowDown,
        "Asked too soon; wait five seconds more between two polls from now on.",
    )
}

/// Twenty consonants: no word can be spelt with them, and none looks like another or like a digit (§6.1).
pub const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Eight of them are 34 bits.
pub const USER_CODE_LENGTH: usize = 8;

/// A user code out of random bytes; none when too many of them had to be left out to keep every letter equally
/// likely, which a caller meets with new ones.
pub fn user_code(random: &[u8]) -> Option<String> {
    let fair = random.iter().filter(|byte| **byte < 240);
    let letters = fair.filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len()));
    let code: String = letters.take(USER_CODE_LENGTH).map(|letter| char::from(*letter)).collect();
    (code.len() == USER_CODE_LENGTH).then_some(code)
}

/// What a person typed, as a user code: in any letter case, blanks and dashes where they like; none when it
/// cannot be one.
pub fn typed(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let letters = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '_' | '–' | '—'));
    let code: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    let lawful = code.len() == USER_CODE_LENGTH && code.bytes().all(|letter| ALPHABET.contains(&letter));
    lawful.then_some(code)
}

/// A user code as it is shown: two groups of four.
pub fn shown(code: &str) -> String {
    match code.split_at_checked(USER_CODE_LENGTH / 2) {
        Some((first, second)) => format!("{first}-{second}"),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        authorize::{Policy, request::check_device},
        client::GrantType,
    };

    fn client() -> Client {
        Client {
            client_id: "tv".to_owned(),
            grant_types: vec![GrantType::DeviceCode],
            scope: Scopes::parse("openid profile").unwrap(),
            ..Client::default()
        }
    }

    fn asked(form: &str) -> Result<String, ErrorCode> {
        let form = Parameters::parse(form.as_bytes()).unwrap();
        let ask = check_device(&form, &client(), &Policy::default());
        ask.map(|ask| ask.scope.to_string()).map_err(|error| error.code)
    }

    #[test]
    fn a_device_asks_within_its_registration() {
        assert_eq!(asked("").as_deref(), Ok("openid profile"));
        assert_eq!(asked("scope=openid").as_deref(), Ok("openid"));
        assert_eq!(
            asked("scope=openid+email").as_deref(),
            Ok("openid"),
            "the rest is dropped, as everywhere"
        );
        assert_eq!(asked("scope=email"), Err(ErrorCode::InvalidScope));
        assert_eq!(asked("scope=openid&scope=profile"), Err(ErrorCode::InvalidRequest));
        assert_eq!(asked("scope=%22"), Err(ErrorCode::InvalidScope));
        assert_eq!(asked("resource=https://foreign.test"), Err(ErrorCode::InvalidTarget));
        let refused =
            check_device(&Parameters::default(), &Client::default(), &Policy::default()).unwrap_err();
        assert_eq!(refused.code, ErrorCode::UnauthorizedClient);
    }

    fn polled(client_id: &str, state: State, now: UnixTime) -> Verdict {
        decide(Some(&Found { client_id, state, ends_at: 1_000 }), &client(), now)
    }

    #[test]
    fn dv_03_a_poll_is_answered_by_what_the_person_did_and_when() {
        let code = |verdict| match verdict {
            Verdict::Refuse(error) => error.code,
            verdict => panic!("{verdict:?}"),
        };
        assert_eq!(polled("tv", State::Pending, 999), Verdict::Wait);
        assert_eq!(polled("tv", State::Approved, 999), Verdict::Redeem);
        assert_eq!(code(polled("tv", State::Denied, 999)), ErrorCode::AccessDenied);
        for late in [State::Pending, State::Approved, State::Denied] {
            assert_eq!(code(polled("tv", late, 1_000)), ErrorCode::ExpiredToken);
        }
        for at in [999, 1_000] {
            assert_eq!(code(polled("tv", State::Spent, at)), ErrorCode::InvalidGrant);
            assert_eq!(code(polled("other", State::Approved, at)), ErrorCode::InvalidGrant);
        }
        assert_eq!(code(decide(None, &client(), 0)), ErrorCode::InvalidGrant);
        assert_eq!(
            (pending().code, slow_down().code),
            (ErrorCode::AuthorizationPending, ErrorCode::SlowDown)
        );
    }

    #[test]
    fn dv_01_a_user_code_has_more_than_twenty_bits_and_no_lookalikes() {
        let bits = f64::from(u8::try_from(USER_CODE_LENGTH).unwrap()) * (ALPHABET.len() as f64).log2();
        assert!(bits > 34.0);
        for lookalike in b"01OI25SZ".iter().filter(|letter| !b"SZ".contains(letter)) {
            assert!(!ALPHABET.contains(lookalike));
        }
        assert_eq!(user_code(&[0, 1, 2, 255, 240, 3, 19, 20, 239, 5, 6]).as_deref(), Some("BCDFZBZH"));
        assert_eq!(user_code(&[255; 40]), None);
    }

    #[test]
    fn dv_01_letter_case_and_separators_do_not_matter() {
        for text in ["BCDF-GHJK", "bcdf-ghjk", " bcdf ghjk ", "BcDfGhJk", "b.c_d-f—ghjk"] {
            assert_eq!(typed(text).as_deref(), Some("BCDFGHJK"), "{text}");
        }
        for text in ["", "BCDF-GHJ", "BCDF-GHJKL", "BCDF-GHJ0", "BCDF-GHJA", "ﬀﬀﬀ", &"B".repeat(100)] {
            assert_eq!(typed(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_made_is_read_back_as_it_is_shown(random: [u8; 32]) {
            if let Some(code) = user_code(&random) {
                prop_assert_eq!(typed(&shown(&code)), Some(code));
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,80}") {
            let _ = (typed(&text), shown(&text));
        }
    }
}
