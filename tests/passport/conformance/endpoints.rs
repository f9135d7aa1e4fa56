//! Requests of programs that others wrote, answered as the documents want it.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::{
    client::{AuthMethod, Client, GrantType},
    jws::SigningAlgorithm,
    scope::Scopes,
};
use passport::config::RegistrationMode;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    Browser, Engine, House, Kind, Parameters, Signer,
    house::seconds,
    net::Request,
    on_both_engines,
    rp::{self, Listener, Reply},
    signer::mac_assertion,
};

on_both_engines![
    oidcc_request_uri_signed_rs256_with_a_fragment_of_something_else,
    a_client_that_registered_itself_signs_with_its_secret,
    a_client_of_one_resource_need_not_name_it,
    a_resource_is_an_absolute_uri_or_refused_at_once,
    a_response_type_with_tokens_is_refused_in_the_fragment,
    an_unknown_grant_type_is_told_before_who_asks,
    a_device_is_forgiven_a_second,
];

async fn signed_in(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

async fn oidcc_request_uri_signed_rs256_with_a_fragment_of_something_else(house: House) {
    let (signer, host) = (Signer::new(SigningAlgorithm::RS256), Listener::open().await);
    let digest = |text: &str| URL_SAFE_NO_PAD.encode(platform::secrets::digest(text.as_bytes()));
    let uris = [format!("{}#{}", host.url, digest("something else")), format!("{}#short", host.url)];
    let registered = uris.clone();
    let web = house
        .client_with(Kind::Web, |client| {
            client.jwks = Some(signer.jwks());
            client.request_uris = registered.to_vec();
            client.request_object_signing_alg = Some(SigningAlgorithm::RS256);
        })
        .await;
    let now = house.clock.now().unix_seconds();
    let object = |state: &str| {
        json!({
            "response_type": "code", "client_id": web.id, "redirect_uri": web.redirect_uri, "scope": "openid",
            "state": state, "nonce": "N", "code_challenge": rp::challenge(rp::VERIFIER),
            "code_challenge_method": "S256", "iss": web.id, "aud": house.passport.issuer(), "exp": now + 300,
        })
    };
    let browser = signed_in(&house).await;
    for uri in uris {
        for state in ["one", "two"] {
            let header = json!({"alg": "RS256", "kid": signer.jwk["kid"]});
            host.answers(Reply::Text(signer.sign(&header, &object(state))));
            let answer = web.ask(&browser, |asked| asked.with("request_uri", &uri)).await;
            assert_eq!(answer.told("state").as_deref(), Some(state), "fetched each time: {answer:?}");
            assert!(answer.told("code").is_some(), "{answer:?}");
        }
        let stranger = Signer::new(SigningAlgorithm::RS256);
        let header = json!({"alg": "RS256", "kid": signer.jwk["kid"]});
        host.answers(Reply::Text(stranger.sign(&header, &object("one"))));
        let answer = web.ask(&browser, |asked| asked.with("request_uri", &uri)).await;
        web.assert_told(&answer, "invalid_request_object");
    }
}

async fn a_client_that_registered_itself_signs_with_its_secret(engine: Engine) {
    let house =
        House::with(engine, |settings| settings.passport.registration.mode = RegistrationMode::Open).await;
    let send = |method: Method, url: String, token: Option<String>, body: Value| {
        let mut request = Request::new(method, &url).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body = body.to_string().into_bytes();
        house.net.send(request)
    };
    let browser = signed_in(&house).await;
    let redeemed = async |id: &str, secret: &str| {
        let rp = house.site(id, None, "https://rp1.test/cb");
        rp.ask(&browser, |asked| asked.with("prompt", "consent")).await;
        let code = rp.code_in(&browser.click("#consent-approve").await);
        let now = house.clock.now().unix_seconds();
        let claims = json!({
            "iss": id, "sub": id, "aud": house.passport.issuer(), "exp": now + 60,
            "jti": platform::random::Random::system().token(),
        });
        rp.redeem_with(&code, |call| call.asserted(mac_assertion(secret, &claims))).await.status
    };
    let mut body = json!({
        "redirect_uris": ["https://rp1.test/cb"], "token_endpoint_auth_method": "client_secret_jwt",
    });
    let told = send(Method::POST, house.url("/oauth2/register"), None, body.clone()).await;
    let told = told.assert_status(201).json();
    let text = |told: &Value, name: &str| told[name].as_str().unwrap().to_owned();
    let (id, secret) = (text(&told, "client_id"), text(&told, "client_secret"));
    assert_eq!(redeemed(&id, &secret).await, 200);
    body["client_id"] = json!(id);
    let (url, token) = (text(&told, "registration_client_uri"), text(&told, "registration_access_token"));
    let put = |body: Value| send(Method::PUT, url.clone(), Some(token.clone()), body);
    assert_eq!(put(body.clone()).await.assert_status(200).json().get("client_secret"), None);
    assert_eq!(redeemed(&id, &secret).await, 200, "an update that changes nothing keeps it");
    body["token_endpoint_auth_method"] = json!("client_secret_post");
    put(body.clone()).await.assert_status(200);
    body["token_endpoint_auth_method"] = json!("client_secret_jwt");
    let again = put(body).await.assert_status(200).json();
    assert_eq!(redeemed(&id, &text(&again, "client_secret")).await, 200);
}

async fn a_client_of_one_resource_need_not_name_it(house: House) {
    let svc = house
        .client_with(Kind::Other, |client| {
            client.grant_types = vec![GrantType::ClientCredentials, GrantType::AuthorizationCode];
            client.scope = Scopes::parse("openid email orders").unwrap();
            client.resources = vec!["https://api.test".to_owned()];
        })
        .await;
    let grant = [("grant_type", "client_credentials")];
    let token = svc.tokens_in(&svc.post("/oauth2/token", &grant, |call| call).await).access;
    assert_eq!(svc.introspect(&token).await["aud"], "https://api.test");
    let browser = signed_in(&house).await;
    let asked = svc.ask(&browser, |asked| asked.with("scope", "orders")).await;
    let tokens = svc.tokens_in(&svc.redeem(&svc.code_in(&asked)).await);
    assert_eq!(svc.introspect(&tokens.access).await["aud"], "https://api.test");
    let asked = svc.ask(&browser, |asked| asked.with("scope", "openid email")).await;
    let tokens = svc.tokens_in(&svc.redeem(&svc.code_in(&asked)).await);
    let aud = svc.introspect(&tokens.access).await["aud"].clone();
    assert_eq!(aud, json!(["https://api.test", house.passport.issuer()]), "UserInfo is a resource too");
    house.userinfo(&tokens.access).await.assert_status(200);
}

async fn a_resource_is_an_absolute_uri_or_refused_at_once(house: House) {
    let client = |resource: &str| Client {
        resources: vec![resource.to_owned()],
        serves: vec![resource.to_owned()],
        ..Kind::Web.metadata()
    };
    for lawful in ["https://api.test", "urn:rabbitmq", "api:x"] {
        assert_eq!(client(lawful).validate(), [], "{lawful}");
    }
    for wrong in ["rabbitmq", "", "https://a.test/#x", "https://a.test/ x"] {
        let fields: Vec<_> = client(wrong).validate().into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["resources", "serves"], "{wrong}");
    }
    drop(house);
}

async fn a_response_type_with_tokens_is_refused_in_the_fragment(house: House) {
    let web = house.client(Kind::Web).await;
    for kind in ["id_token token", "token id_token", "id_token", "code id_token", "token"] {
        let answer = web.ask(&house.browser(), |asked| asked.with("response_type", kind)).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let location = answer.location();
        let fragment = location.fragment().unwrap_or_default();
        assert!(fragment.contains("error=unsupported_response_type"), "{kind}: {location}");
        assert_eq!(location.query(), None, "{location}");
    }
    let unknown = web.ask(&house.browser(), |asked| asked.with("response_type", "wish")).await;
    web.assert_told(&unknown, "unsupported_response_type");
}

async fn an_unknown_grant_type_is_told_before_who_asks(house: House) {
    let web = house.client(Kind::Web).await;
    let form = Parameters::of(&[("grant_type", "password"), ("username", "ann"), ("password", "x")]);
    let answer = house.net.send(Request::post(&house.url("/oauth2/token"), &form)).await;
    answer.assert_token_error("unsupported_grant_type");
    let form = Parameters::of(&[("grant_type", "authorization_code"), ("code", "x")]);
    let answer = house.net.send(Request::post(&house.url("/oauth2/token"), &form)).await;
    answer.assert_token_error("invalid_client");
    let fields = [("grant_type", "password")];
    web.post("/oauth2/token", &fields, |call| call).await.assert_token_error("unsupported_grant_type");
}

async fn a_device_is_forgiven_a_second(house: House) {
    let tv = house
        .client_with(Kind::Native, |client| {
            client.client_id = "tv".to_owned();
            client.token_endpoint_auth_method = AuthMethod::None;
            client.grant_types = vec![GrantType::DeviceCode];
            client.response_types = vec![];
            client.scope = Scopes::parse("openid").unwrap();
        })
        .await;
    let begun = tv.post("/oauth2/device_authorization", &[], |call| call).await.assert_status(200).json();
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", begun["device_code"].as_str().unwrap()),
    ];
    let poll = async || tv.post("/oauth2/token", &fields, |call| call).await.json()["error"].clone();
    assert_eq!(poll().await, "authorization_pending");
    house.clock.advance(seconds(4));
    assert_eq!(poll().await, "authorization_pending", "a second early, by whichever clock");
    house.clock.advance(seconds(3));
    assert_eq!(poll().await, "slow_down");
}
