//! Client assertions (RFC 7523 §3, OIDC Core §9): what the claims must say once somebody verified the
//! signature. Keys and secrets are not seen here, and single use is a gate of the caller's.

use serde_json::{Map, Value};

use super::{
    AuthMethod, Client,
    profile::{AssertionAudience, Rules},
};
use crate::{UnixTime, jws};

/// The only `client_assertion_type` (RFC 7523 §2.2).
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Longest time that an assertion may be good for, in seconds.
pub const LONGEST_LIFE: i64 = 3600;
const MAX_JTI: usize = 256;

/// Whom an assertion may be addressed to, and by whose rules.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    /// The token endpoint, and the endpoint that is called.
    pub endpoints: &'a [&'a str],
    pub rules: &'a Rules,
}

/// What makes a good assertion unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// To be accepted once per client, until `ends_at`.
    pub jti: String,
    pub ends_at: UnixTime,
}

/// The client that an assertion speaks for, before anything of it is believed.
pub fn subject_of(assertion: &str) -> Option<String> {
    let payload = match jws::split(assertion) {
        Ok(taken) => taken.payload,
        Err(_) => jws::split_hs256(assertion).ok()?.payload,
    };
    payload.get("sub").and_then(Value::as_str).filter(|sub| !sub.is_empty()).map(str::to_owned)
}

/// Whether this client may sign assertions with the algorithm of that name.
pub fn allows(client: &Client, rules: &Rules, algorithm: &str) -> bool {
    let fits_method = match client.token_endpoint_auth_method {
        AuthMethod::ClientSecretJwt => algorithm == "HS256",
        AuthMethod::PrivateKeyJwt => rules.signing_algs.iter().any(|known| known.as_str() == algorithm),
        _ => false,
    };
    fits_method
        && client.token_endpoint_auth_signing_alg.is_none_or(|registered| registered.as_str() == algorithm)
}

/// Whether a token of that `typ` may be an assertion at all, and not something made for another purpose.
pub fn is_assertion_type(typ: Option<&str>) -> bool {
    typ.is_none_or(|typ| {
        typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("client-authentication+jwt")
    })
}

/// The claims of an assertion whose signature was found good.
///
/// # Errors
/// In words for the client's developer: the first claim that is wrong.
pub fn check(
    claims: &Map<String, Value>,
    client: &Client,
    expected: &Expected<'_>,
    now: UnixTime,
) -> Result<Accepted, &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(&client.client_id) || text("sub") != Some(&client.client_id) {
        return Err("The iss and the sub of the client assertion must both be the client_id.");
    }
    if !is_for_us(claims.get("aud"), expected) {
        return Err(match expected.rules.assertion_audience {
            AssertionAudience::IssuerOnly => {
                "The aud of the client assertion must be the issuer, as one string."
            }
            AssertionAudience::IssuerOrTokenEndpoint => {
                "The aud of the client assertion must be the issuer or the address of the token endpoint."
            }
        });
    }
    let skew = i64::from(expected.rules.longest_clock_skew_seconds);
    let ends_at = time(claims, "exp")?.ok_or("The client assertion has no exp.")?;
    if ends_at <= now {
        return Err("The client assertion has expired.");
    }
    if ends_at > now.saturating_add(LONGEST_LIFE + skew) {
        return Err("The client assertion is good for more than an hour.");
    }
    for name in ["iat", "nbf"] {
        if time(claims, name)?.is_some_and(|at| at > now.saturating_add(skew)) {
            return Err("The iat or the nbf of the client assertion is in the future.");
        }
    }
    let jti = text("jti").filter(|jti| !jti.is_empty() && jti.len() <= MAX_JTI);
    let jti = jti.ok_or("The client assertion has no jti of 1 to 256 characters.")?.to_owned();
    Ok(Accepted { jti, ends_at })
}

/// A NumericDate (RFC 7519 §2), its fraction dropped; anything else under that name is refused.
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<UnixTime>, &'static str> {
    const WRONG: &str = "A time of the client assertion is not a number of seconds.";
    let Some(value) = claims.get(name) else { return Ok(None) };
    if let Some(whole) = value.as_i64() {
        return if whole >= 0 { Ok(Some(whole)) } else { Err(WRONG) };
    }
    // Up to 2^53 every whole number is exact.
    let fraction = value.as_f64().filter(|at| (0.0..9_007_199_254_740_992.0).contains(at)).ok_or(WRONG)?;
    Ok(Some(fraction as i64))
}

/// An array serves only where the profile takes one, and only if every value in it is ours.
fn is_for_us(aud: Option<&Value>, expected: &Expected<'_>) -> bool {
    let ours = |value: &Value| {
        value.as_str().is_some_and(|aud| aud == expected.issuer || expected.endpoints.contains(&aud))
    };
    match (aud, expected.rules.assertion_audience) {
        (Some(Value::String(aud)), AssertionAudience::IssuerOnly) => aud == expected.issuer,
        (Some(Value::Array(all)), AssertionAudience::IssuerOrTokenEndpoint) => {
            !all.is_empty() && all.iter().all(ours)
        }
        (Some(one), AssertionAudience::IssuerOrTokenEndpoint) => ours(one),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::{AssertionAlgorithm, Profile};

    const NOW: UnixTime = 1_000_000;
    const ENDPOINTS: &[&str] = &["https://op.test/oauth2/token", "https://op.test/oauth2/par"];

    fn client(method: AuthMethod) -> Client {
        Client { client_id: "pk".to_owned(), token_endpoint_auth_method: method, ..Client::default() }
    }

    fn judged(profile: Profile, change: impl FnOnce(&mut Value)) -> Result<Accepted, &'static str> {
        let mut claims = json!({"iss": "pk", "sub": "pk", "aud": "https://op.test", "jti": "j", "exp": NOW + 60, "iat": NOW});
        change(&mut claims);
        let expected = Expected { issuer: "https://op.test", endpoints: ENDPOINTS, rules: &profile.rules() };
        check(claims.as_object().unwrap(), &client(AuthMethod::PrivateKeyJwt), &expected, NOW)
    }

    fn good(profile: Profile, change: impl FnOnce(&mut Value)) -> bool {
        judged(profile, change).is_ok()
    }

    #[test]
    fn a_good_assertion_names_itself_and_its_end() {
        let accepted = Accepted { jti: "j".to_owned(), ends_at: NOW + 60 };
        assert_eq!(judged(Profile::Default, |_| {}), Ok(accepted.clone()));
        assert_eq!(judged(Profile::Fapi2, |_| {}), Ok(accepted));
    }

    #[test]
    fn ca_05_the_audience_is_a_policy_of_the_profile() {
        let aud = |profile, aud: Value| good(profile, |claims| claims["aud"] = aud);
        for ours in [
            json!("https://op.test/oauth2/token"),
            json!("https://op.test/oauth2/par"),
            json!(["https://op.test"]),
            json!(["https://op.test", "https://op.test/oauth2/token"]),
        ] {
            assert!(aud(Profile::Default, ours.clone()), "{ours}");
            assert!(!aud(Profile::Fapi2, ours.clone()), "{ours}");
        }
        for foreign in [
            json!("https://other.test"),
            json!("https://op.test/"),
            json!(["https://op.test", "https://other.test"]),
            json!([]),
            json!(null),
            json!(5),
        ] {
            assert!(!aud(Profile::Default, foreign.clone()), "{foreign}");
            assert!(!aud(Profile::Fapi2, foreign.clone()), "{foreign}");
        }
    }

    #[test]
    fn ca_06_jti_and_exp_are_needed_and_times_are_near() {
        for name in ["jti", "exp", "iss", "sub", "aud"] {
            assert!(
                !good(Profile::Default, |claims| drop(claims.as_object_mut().unwrap().remove(name))),
                "{name}"
            );
        }
        let with = |name: &str, value: Value| good(Profile::Fapi2, |claims| claims[name] = value);
        assert!(with("exp", json!(NOW + 3600)) && !with("exp", json!(NOW + 3700)));
        assert!(with("exp", json!(NOW + 1)) && !with("exp", json!(NOW)));
        for name in ["iat", "nbf"] {
            assert!(with(name, json!(NOW + 8)), "{name} 8 s ahead");
            assert!(!with(name, json!(NOW + 61)), "{name} 61 s ahead");
        }
        assert!(good(Profile::Default, |claims| claims["iat"] = json!(NOW + 59)));
        assert!(!with("jti", json!("")) && !with("jti", json!("j".repeat(257))));
    }

    #[test]
    fn jw_05_mistyped_times_are_refused() {
        for odd in
            [json!("1000060"), json!(null), json!(-1), json!(1e300), json!([NOW]), json!({}), json!(true)]
        {
            for name in ["exp", "nbf", "iat"] {
                assert!(!good(Profile::Default, |claims| claims[name] = odd.clone()), "{name} {odd}");
            }
        }
        assert!(good(Profile::Default, |claims| claims["exp"] = json!(NOW as f64 + 60.5)));
    }

    #[test]
    fn ca_07_issuer_and_subject_are_the_client() {
        for name in ["iss", "sub"] {
            assert!(!good(Profile::Default, |claims| claims[name] = json!("other")), "{name}");
        }
    }

    #[test]
    fn ca_04_the_algorithm_is_the_clients_own() {
        let rules = Profile::Default.rules();
        let (mac, key) = (client(AuthMethod::ClientSecretJwt), client(AuthMethod::PrivateKeyJwt));
        assert!(allows(&mac, &rules, "HS256") && !allows(&mac, &rules, "RS256"));
        assert!(
            allows(&key, &rules, "RS256") && allows(&key, &rules, "ES256") && !allows(&key, &rules, "HS256")
        );
        assert!(!allows(&key, &Profile::Fapi2.rules(), "RS256"), "FAPI");
        let es256 = Client { token_endpoint_auth_signing_alg: Some(AssertionAlgorithm::ES256), ..key };
        assert!(allows(&es256, &rules, "ES256") && !allows(&es256, &rules, "RS256"));
        assert!(!allows(&client(AuthMethod::ClientSecret), &rules, "HS256"));
        for none in ["none", "", "hs256"] {
            assert!(!allows(&mac, &rules, none) && !allows(&es256, &rules, none));
        }
    }

    #[test]
    fn jw_07_tokens_of_another_type_are_no_assertions() {
        assert!(
            [None, Some("JWT"), Some("jwt"), Some("client-authentication+jwt")]
                .into_iter()
                .all(is_assertion_type)
        );
        for typ in ["at+jwt", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt", ""] {
            assert!(!is_assertion_type(Some(typ)), "{typ}");
        }
    }

    #[test]
    fn the_client_is_named_by_the_assertion_itself() {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let made = |alg: &str, claims: Value| {
            let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.AAAA", encode(json!({ "alg": alg })), encode(claims))
        };
        assert_eq!(subject_of(&made("ES256", json!({"sub": "a"}))).as_deref(), Some("a"));
        assert_eq!(subject_of(&made("HS256", json!({"sub": "a"}))).as_deref(), Some("a"));
        assert_eq!(subject_of(&made("none", json!({"sub": "a"}))), None);
        assert_eq!(subject_of(&made("ES256", json!({"sub": 5}))), None);
        assert_eq!(subject_of("junk"), None);
    }
}
