//! What is taken apart and what is refused, shape by shape.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn token(header: &str, payload: &str) -> String {
    format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
}

fn refused(token: &str) -> NotAToken {
    split(token).expect_err(token)
}

#[test]
fn what_is_put_together_comes_apart_again() {
    let claims = json!({"iss": "https://op.test", "sub": "alice"});
    let input = signing_input(SigningAlgorithm::ES256, "k1", "logout+jwt", &claims).unwrap();
    let token = append_signature(input.clone(), &[1, 2, 3]);
    let apart = split(&token).unwrap();
    assert_eq!(
        apart.header,
        Header {
            alg: SigningAlgorithm::ES256,
            kid: Some("k1".to_owned()),
            typ: Some("logout+jwt".to_owned())
        }
    );
    assert_eq!(Value::Object(apart.payload), claims);
    assert_eq!(apart.signing_input, input);
    assert_eq!(apart.signature, [1, 2, 3]);
}

#[test]
fn jw_01_no_spelling_of_none_is_an_algorithm() {
    for alg in ["none", "None", "nOnE", "NONE", ""] {
        assert_eq!(refused(&token(&json!({"alg": alg}).to_string(), "{}")), NotAToken::Algorithm, "{alg}");
    }
    let unsigned = token(r#"{"alg":"RS256"}"#, "{}").replace(".AAAA", ".");
    assert_eq!(refused(&unsigned), NotAToken::Parts);
}

#[test]
fn jw_02_symmetric_and_unknown_algorithms_are_refused() {
    for alg in [json!("HS256"), json!("rs256"), json!("RS512"), json!(["RS256"]), json!(null), json!(1)] {
        assert_eq!(refused(&token(&json!({"alg": alg}).to_string(), "{}")), NotAToken::Algorithm, "{alg}");
    }
    assert_eq!(refused(&token("{}", "{}")), NotAToken::Algorithm);
}

#[test]
fn jw_03_a_kid_is_a_short_text_or_absent() {
    for kid in [json!(null), json!(7), json!({"a": 1}), json!("k".repeat(10_000))] {
        let header = json!({"alg": "RS256", "kid": kid}).to_string();
        assert_eq!(refused(&token(&header, "{}")), NotAToken::Header, "{kid}");
    }
    let odd = json!({"alg": "RS256", "kid": "../../../dev/null"}).to_string();
    assert_eq!(split(&token(&odd, "{}")).unwrap().header.kid.as_deref(), Some("../../../dev/null"));
}

#[test]
fn jw_06_repeated_members_and_crit_are_refused() {
    assert_eq!(refused(&token(r#"{"alg":"RS256","alg":"RS256"}"#, "{}")), NotAToken::Json);
    assert_eq!(refused(&token(r#"{"alg":"RS256"}"#, r#"{"sub":"a","sub":"b"}"#)), NotAToken::Json);
    assert_eq!(refused(&token(r#"{"alg":"RS256","crit":["exp"]}"#, "{}")), NotAToken::Header);
    assert_eq!(refused(&token(r#"{"alg":"RS256"}"#, "[]")), NotAToken::Json);
}

#[test]
fn jw_06_other_numbers_of_parts_padding_and_blanks_are_refused() {
    let good = token(r#"{"alg":"RS256"}"#, "{}");
    assert!(split(&good).is_ok());
    for bad in [
        format!("{good}.AAAA"),
        format!("{good}="),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}\n"),
        good.replace(".AAAA", ""),
        good.replacen('.', "..", 1),
        "..".to_owned(),
        String::new(),
    ] {
        assert!(split(&bad).is_err(), "{bad:?}");
    }
    assert_eq!(refused(&format!("{good}.AAAA")), NotAToken::Parts);
    // Two bits that no encoder sets: the same bytes, written as another text.
    assert_eq!(refused(&good.replace(".AAAA", ".AB")), NotAToken::Base64);
    assert_eq!(refused(&"a".repeat(MAX_TOKEN + 1)), NotAToken::TooLong);
}

#[test]
fn ht_01_deep_nesting_is_refused_and_not_followed() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(4000), "]".repeat(4000));
    assert_eq!(refused(&token(r#"{"alg":"RS256"}"#, &deep)), NotAToken::Json);
}

proptest! {
    #[test]
    fn any_text_is_taken_apart_without_a_panic(text in "[ -~]{0,200}|.{0,60}") {
        let _ = split(&text);
    }
}
