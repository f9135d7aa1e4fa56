//! Which objects speak for a client, and whose word counts.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::authorize::Policy;

const NOW: UnixTime = 100_000;
const ISSUER: &str = "https://op.test";

fn web() -> Client {
    Client {
        client_id: "web".to_owned(),
        request_uris: vec!["https://rp1.test/r".to_owned()],
        ..Client::default()
    }
}

fn strict() -> Client {
    Client { require_signed_request_object: true, ..web() }
}

fn accepted(client: &Client, payload: &Value) -> Result<Parameters, OAuthError> {
    accept(payload.as_object().unwrap(), client, &Policy::default().demands(client), ISSUER, NOW)
}

fn refused(client: &Client, change: impl Fn(&mut Value)) {
    let mut payload = good();
    assert!(accepted(client, &payload).is_ok());
    change(&mut payload);
    let error = accepted(client, &payload).expect_err(&payload.to_string());
    assert_eq!(error.code, ErrorCode::InvalidRequestObject, "{payload}");
}

fn good() -> Value {
    json!({"iss": "web", "aud": ISSUER, "exp": NOW + 300, "nbf": NOW, "iat": NOW, "client_id": "web",
        "response_type": "code", "scope": "openid", "max_age": 10, "claims": {"userinfo": null},
        "resource": ["https://a.test", "https://b.test"], "unknown": {"a": 1}, "state": "S"})
}

fn token(header: &Value) -> String {
    format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode("{}"))
}

fn parameters(form: &str) -> Parameters {
    Parameters::parse(form.as_bytes()).unwrap()
}

#[test]
fn a_good_object_gives_its_parameters() {
    let inside = accepted(&strict(), &good()).unwrap();
    assert_eq!(inside.one("scope"), Ok(Some("openid")));
    assert_eq!(inside.one("max_age"), Ok(Some("10")));
    assert_eq!(inside.one("claims"), Ok(Some("{\"userinfo\":null}")));
    assert_eq!(inside.all("resource").collect::<Vec<_>>(), ["https://a.test", "https://b.test"]);
    assert!(!inside.has("unknown") && !inside.has("iss") && !inside.has("exp"));
}

#[test]
fn an_object_is_of_its_client_for_its_issuer() {
    for client in [web(), strict()] {
        for iss in [json!("other"), json!(null), json!(["web"])] {
            refused(&client, |payload| payload["iss"] = iss.clone());
        }
        for aud in
            [json!("https://other.test"), json!(null), json!([]), json!(["https://other.test"]), json!(1)]
        {
            refused(&client, |payload| payload["aud"] = aud.clone());
        }
        refused(&client, |payload| payload["sub"] = json!("web"));
    }
    let mut several = good();
    several["aud"] = json!(["https://other.test", ISSUER]);
    assert!(accepted(&web(), &several).is_ok());
}

#[test]
fn an_object_has_its_time() {
    for client in [web(), strict()] {
        refused(&client, |payload| payload["exp"] = json!(NOW));
        refused(&client, |payload| payload["nbf"] = json!(NOW + 61));
        refused(&client, |payload| payload["iat"] = json!(NOW + 61));
        for name in ["exp", "nbf", "iat"] {
            for value in [json!("1"), json!(null), json!([1]), json!(-1), json!(1e300), json!(true)] {
                refused(&client, |payload| payload[name] = value.clone());
            }
        }
    }
    let mut ahead = good();
    ahead["nbf"] = json!(NOW + 8);
    ahead["iat"] = json!(NOW + 8);
    assert!(accepted(&strict(), &ahead).is_ok(), "the client's clock may be a little fast");
}

#[test]
fn where_signed_requests_are_demanded_they_live_an_hour_at_most() {
    refused(&strict(), |payload| payload["exp"] = json!(NOW + 3601));
    refused(&strict(), |payload| {
        payload["nbf"] = json!(NOW - 3601);
        payload["exp"] = json!(NOW + 1);
    });
    for name in ["exp", "nbf"] {
        refused(&strict(), |payload| drop(payload.as_object_mut().unwrap().remove(name)));
        let mut without = good();
        without.as_object_mut().unwrap().remove(name);
        assert!(accepted(&web(), &without).is_ok(), "OIDC Core does not ask for {name}");
    }
}

#[test]
fn an_object_holds_no_other_and_nothing_of_a_wrong_type() {
    refused(&web(), |payload| payload["request"] = json!("x"));
    refused(&web(), |payload| payload["request_uri"] = json!("https://rp1.test/r"));
    for (name, value) in [
        ("scope", json!(["openid"])),
        ("redirect_uri", json!({"a": 1})),
        ("state", json!(7)),
        ("prompt", json!(true)),
        ("resource", json!([1])),
        ("max_age", json!([10])),
        ("nonce", json!("a\0b")),
    ] {
        refused(&web(), |payload| payload[name] = value.clone());
    }
}

#[test]
fn jw_01_and_jw_02_the_header_names_an_algorithm_of_ours() {
    let alg_of = |client: &Client, header: Value| {
        let token = token(&header);
        read(&token, client, &Policy::default().demands(client))
            .map(|taken| taken.header.alg)
            .map_err(|error| error.code)
    };
    let refused = Err(ErrorCode::InvalidRequestObject);
    for alg in ["none", "None", "HS256", "RS512", ""] {
        assert_eq!(alg_of(&web(), json!({"alg": alg})), refused, "{alg}");
    }
    for alg in ALGORITHMS {
        assert_eq!(alg_of(&web(), json!({"alg": alg})), Ok(alg));
        let registered = Client { request_object_signing_alg: Some(SigningAlgorithm::ES256), ..web() };
        let expected = if alg == SigningAlgorithm::ES256 { Ok(alg) } else { refused };
        assert_eq!(alg_of(&registered, json!({"alg": alg})), expected);
        let fapi = Client { profile: crate::client::Profile::Fapi2, ..web() };
        let expected = if alg == SigningAlgorithm::RS256 { refused } else { Ok(alg) };
        assert_eq!(alg_of(&fapi, json!({"alg": alg})), expected);
    }
    for typ in ["JWT", "oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "OAuth-Authz-Req+JWT"] {
        assert!(alg_of(&web(), json!({"alg": "ES256", "typ": typ})).is_ok(), "{typ}");
    }
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt", ""] {
        assert_eq!(alg_of(&web(), json!({"alg": "ES256", "typ": typ})), refused, "{typ}");
    }
    for broken in ["x", "a.b.c", "...", &"a".repeat(20_000)] {
        assert!(read(broken, &web(), &Policy::default().demands(&web())).is_err());
    }
}

#[test]
fn parameters_stand_in_one_place() {
    let of = |form: &str, endpoint| {
        source(&parameters(form), &web(), endpoint)
            .map(|source| format!("{source:?}"))
            .map_err(|error| error.code)
    };
    use Endpoint::{Authorize, Pushed};
    assert_eq!(of("a=b", Authorize).unwrap(), "Plain");
    assert_eq!(of("request=x", Pushed).unwrap(), "Object(\"x\")");
    assert_eq!(of("request=x&request_uri=y", Authorize), Err(ErrorCode::InvalidRequest));
    assert_eq!(of("request=x&request=x", Authorize), Err(ErrorCode::InvalidRequest));
    assert_eq!(
        of("request_uri=urn:ietf:params:oauth:request_uri:abc", Authorize).unwrap(),
        "Pushed(\"abc\")"
    );
    for nested in ["https://rp1.test/r", "urn:ietf:params:oauth:request_uri:abc"] {
        assert_eq!(of(&format!("request_uri={nested}"), Pushed), Err(ErrorCode::InvalidRequest), "PA-03");
    }
}

#[test]
fn rq_01_only_a_registered_address_is_ever_fetched() {
    let of = |uri: &str| {
        let mut parameters = Parameters::default();
        parameters.push("request_uri", uri.to_owned()).unwrap();
        source(&parameters, &web(), Endpoint::Authorize).map(|source| matches!(source, Source::Reference(_)))
    };
    let digest = crate::pkce::challenge(&"v".repeat(43));
    assert_eq!(of("https://rp1.test/r"), Ok(true));
    assert_eq!(of(&format!("https://rp1.test/r#{digest}")), Ok(true));
    for uri in [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "gopher://x/",
        "https://rp1.test/r/",
        "https://rp1.test/r?x",
        "https://rp1.test@evil.test/r",
        "HTTPS://rp1.test/r",
    ] {
        assert_eq!(of(uri).map_err(|error| error.code), Err(ErrorCode::InvalidRequestUri), "{uri}");
    }
    assert_eq!(content_digest("https://rp1.test/r"), None);
    assert_eq!(content_digest(&format!("https://rp1.test/r#{digest}")), Some(&*digest));
    assert_eq!(content_digest("https://rp1.test/r#short"), None);
}

#[test]
fn what_stands_inside_wins_and_where_signing_is_demanded_it_stands_alone() {
    let outside = parameters("client_id=web&state=out&nonce=out&ui_locales=en&client_secret=hush&request=x");
    let inside = || parameters("client_id=web&state=in&resource=a&resource=b");
    let lenient = combine(&outside, inside(), &Policy::default().demands(&web())).unwrap();
    assert_eq!(lenient.one("state"), Ok(Some("in")));
    assert_eq!(lenient.one("nonce"), Ok(Some("out")));
    assert!(!lenient.has("client_secret") && !lenient.has("request"));
    let alone = combine(&outside, inside(), &Policy::default().demands(&strict())).unwrap();
    assert_eq!(alone.one("state"), Ok(Some("in")));
    assert_eq!((alone.one("nonce"), alone.one("ui_locales")), (Ok(None), Ok(None)));
    assert_eq!(alone.all("resource").count(), 2);
    assert!(combine(&outside, parameters("state=in"), &Policy::default().demands(&strict())).is_err());
}

#[test]
fn rq_02_inside_and_outside_do_not_contradict_one_another() {
    let demands = Policy::default().demands(&web());
    for (outside, inside) in [
        ("client_id=web", "client_id=other"),
        ("client_id=web&redirect_uri=https://rp1.test/cb", "redirect_uri=https://rp1.test/cb2"),
        ("client_id=web&response_type=code", "response_type=token"),
        ("client_id=web&code_challenge=a", "code_challenge=b"),
        ("client_id=web&code_challenge_method=S256", "code_challenge_method=plain"),
        ("client_id=web&dpop_jkt=a", "dpop_jkt=b"),
    ] {
        let error = combine(&parameters(outside), parameters(inside), &demands).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidRequestObject, "{inside}");
    }
}

#[test]
fn fx_13_nothing_that_binds_the_code_is_lost() {
    for outside in ["code_challenge=a", "code_challenge_method=S256", "dpop_jkt=a"] {
        let (name, value) = outside.split_once('=').unwrap();
        let outside = parameters(&format!("client_id=web&{outside}"));
        let lenient =
            combine(&outside, parameters("client_id=web"), &Policy::default().demands(&web())).unwrap();
        assert_eq!(lenient.one(name), Ok(Some(value)));
        let alone = combine(&outside, parameters("client_id=web"), &Policy::default().demands(&strict()));
        assert_eq!(alone.unwrap_err().code, ErrorCode::InvalidRequestObject, "{name}");
    }
}

proptest! {
    #[test]
    fn any_payload_is_read_without_a_panic(
        name in "iss|aud|exp|nbf|iat|sub|scope|claims|resource|max_age|[a-z]{1,8}",
        text in "\\PC{0,30}", number in any::<f64>(), list in any::<bool>(),
    ) {
        let mut payload = good();
        for value in [json!(text), json!(number), json!({"a": [number]})] {
            payload[&name] = if list { json!([value]) } else { value };
            let _ = accepted(&strict(), &payload);
        }
    }
}
