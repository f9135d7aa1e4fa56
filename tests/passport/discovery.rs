//! What clients read before they ask: metadata that is true, keys that are public and nothing more.
use testkit::{Engine, House, net::Request, on_both_engines};

on_both_engines![
    the_metadata_is_this,
    every_endpoint_in_the_metadata_is_there,
    the_keys_are_public_and_named,
    who_has_the_documents_is_told_so,
    the_documents_are_for_every_origin_and_nothing_else_is,
    the_endpoints_are_described_only_where_that_is_switched_on,
];

async fn the_metadata_is_this(house: House) {
    let answer = house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await;
    assert_eq!(answer.header("content-type"), "application/json");
    let pretty = serde_json::to_string_pretty(&answer.json()).unwrap();
    insta::allow_duplicates! {
        insta::assert_snapshot!(house.net.neutral(&pretty), @r#"
        {
          "issuer": "https://passport.test",
          "authorization_endpoint": "https://passport.test/oauth2/authorize",
          "token_endpoint": "https://passport.test/oauth2/token",
          "userinfo_endpoint": "https://passport.test/oauth2/userinfo",
          "jwks_uri": "https://passport.test/oauth2/jwks",
          "end_session_endpoint": "https://passport.test/oauth2/end-session",
          "pushed_authorization_request_endpoint": "https://passport.test/oauth2/par",
          "device_authorization_endpoint": "https://passport.test/oauth2/device_authorization",
          "introspection_endpoint": "https://passport.test/oauth2/introspect",
          "revocation_endpoint": "https://passport.test/oauth2/revoke",
          "scopes_supported": [
            "address",
            "email",
            "offline_access",
            "openid",
            "phone",
            "profile"
          ],
          "response_types_supported": [
            "code"
          ],
          "response_modes_supported": [
            "query",
            "fragment",
            "form_post",
            "query.jwt",
            "fragment.jwt",
            "form_post.jwt",
            "jwt"
          ],
          "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange"
          ],
          "acr_values_supported": [
            "phr",
            "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
            "https://refeds.org/profile/mfa",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
          ],
          "subject_types_supported": [
            "public",
            "pairwise"
          ],
          "id_token_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_jwt",
            "client_secret_post",
            "none",
            "private_key_jwt"
          ],
          "token_endpoint_auth_signing_alg_values_supported": [
            "HS256",
            "RS256",
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "introspection_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_jwt",
            "client_secret_post",
            "private_key_jwt"
          ],
          "introspection_endpoint_auth_signing_alg_values_supported": [
            "HS256",
            "RS256",
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "introspection_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "revocation_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_jwt",
            "client_secret_post",
            "none",
            "private_key_jwt"
          ],
          "revocation_endpoint_auth_signing_alg_values_supported": [
            "HS256",
            "RS256",
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "userinfo_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "dpop_signing_alg_values_supported": [
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "tls_client_certificate_bound_access_tokens": false,
          "claim_types_supported": [
            "normal"
          ],
          "claims_supported": [
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "nonce",
            "sid",
            "acr",
            "amr",
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
            "email",
            "email_verified",
            "phone_number",
            "phone_number_verified",
            "address"
          ],
          "ui_locales_supported": [
            "en-US",
            "pt-BR"
          ],
          "claims_parameter_supported": true,
          "request_parameter_supported": true,
          "request_uri_parameter_supported": true,
          "require_request_uri_registration": true,
          "require_pushed_authorization_requests": false,
          "require_signed_request_object": false,
          "request_object_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "authorization_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA"
          ],
          "display_values_supported": [
            "page"
          ],
          "code_challenge_methods_supported": [
            "S256"
          ],
          "prompt_values_supported": [
            "none",
            "login",
            "consent",
            "select_account",
            "create"
          ],
          "authorization_response_iss_parameter_supported": true,
          "backchannel_logout_supported": true,
          "backchannel_logout_session_supported": true,
          "frontchannel_logout_supported": true,
          "frontchannel_logout_session_supported": true
        }
        "#);
    }
    let same = house.net.send(Request::get(&house.url("/.well-known/oauth-authorization-server"))).await;
    assert_eq!(same.json(), answer.json());
}

async fn every_endpoint_in_the_metadata_is_there(house: House) {
    let metadata = house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await.json();
    let addresses = metadata.as_object().unwrap().iter();
    let endpoints = addresses.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    let mut count = 0;
    for (name, url) in endpoints {
        let answer = house.net.send(Request::get(url.as_str().unwrap())).await;
        assert_ne!(answer.status, 404, "{name}");
        count += 1;
    }
    assert_eq!(count, 9);
}

async fn the_keys_are_public_and_named(house: House) {
    let answer = house.net.send(Request::get(&house.url("/oauth2/jwks"))).await;
    let set = answer.assert_status(200).json();
    let keys = set["keys"].as_array().unwrap();
    let mut names: Vec<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    let mut algorithms: Vec<_> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    algorithms.sort_unstable();
    assert_eq!(
        algorithms,
        ["ES256", "ES256", "EdDSA", "EdDSA", "PS256", "PS256", "RS256", "RS256"],
        "one that signs and the next one"
    );
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 8);
    for key in keys {
        let members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        let public = ["alg", "crv", "e", "kid", "kty", "n", "use", "x", "y"];
        assert!(members.iter().all(|member| public.contains(member)), "{members:?}");
        assert_eq!(key["use"], "sig");
    }
}

async fn who_has_the_documents_is_told_so(house: House) {
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks"] {
        let first = house.net.send(Request::get(&house.url(path))).await;
        let tag = first.header("etag").to_owned();
        assert_eq!(first.header("cache-control"), "public, max-age=300", "{path}");
        for condition in [tag.as_str(), &format!("W/{tag}"), &format!("\"x\", {tag}")] {
            let again =
                house.net.send(Request::get(&house.url(path)).header("if-none-match", condition)).await;
            assert!(again.status == 304 && again.body.is_empty(), "{condition}: {again:?}");
        }
        house
            .net
            .send(Request::get(&house.url(path)).header("if-none-match", "\"x\""))
            .await
            .assert_status(200);
    }
}

async fn the_documents_are_for_every_origin_and_nothing_else_is(house: House) {
    let origin = "https://evil.test";
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks"] {
        let answer = house.net.send(Request::get(&house.url(path)).header("origin", origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    for path in [
        "/",
        "/sign-in",
        "/sign-up",
        "/oauth2/authorize",
        "/oauth2/token",
        "/oauth2/userinfo",
        "/account",
        "/nowhere",
    ] {
        for origin in [origin, "null", "https://localhost.evil.test"] {
            for method in ["GET", "POST", "OPTIONS"] {
                let request =
                    Request::new(method.parse().unwrap(), &house.url(path)).header("origin", origin);
                let answer = house.net.send(request).await;
                assert_eq!(answer.header("access-control-allow-origin"), "", "BR-01: {method} {path}");
            }
        }
    }
}

async fn the_endpoints_are_described_only_where_that_is_switched_on(engine: Engine) {
    let house = House::open(engine).await;
    house.net.send(Request::get(&house.url("/openapi.json"))).await.assert_status(404);
    let house = House::with(engine, |settings| settings.passport.server.openapi = true).await;
    let described = house.net.send(Request::get(&house.url("/openapi.json"))).await.assert_status(200).json();
    assert_eq!(described["servers"][0]["url"], house.passport.issuer());
    assert_eq!(described["paths"].get("/sign-in"), None, "pages are for people");
    assert!(
        described["paths"]["/healthz"].is_object() && described["paths"]["/oauth2/register/{id}"].is_object()
    );
    // What the metadata name is described.
    let metadata = house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await.json();
    for name in ["token_endpoint", "userinfo_endpoint", "introspection_endpoint", "jwks_uri"] {
        let path = metadata[name].as_str().unwrap().strip_prefix(house.passport.issuer()).unwrap();
        assert!(described["paths"][path].is_object(), "{path}");
    }
}
