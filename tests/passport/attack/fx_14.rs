//! Control characters in every place that a stranger fills (FX-14): refused alike on both engines.
use testkit::{House, Kind, Parameters, net::Request, on_both_engines};

on_both_engines![
    fx_14_a_control_character_in_a_path_or_a_query_is_refused_at_the_door,
    machines_are_told_of_it_in_json,
    fx_14_a_control_character_in_a_form_is_refused,
    fx_14_what_office_programs_copy_is_text_in_a_form,
    fx_14_a_control_character_in_a_json_body_or_a_credential_is_refused,
];

const NASTY: [&str; 5] = ["%00", "%01", "%1b", "%7f", "%c2%85"];

/// The routes of the surface with `{…}` filled in.
fn routes(method: &str, filling: &str) -> Vec<(String, Vec<String>)> {
    let text = include_str!("../../../deploy/surface.json");
    let surface: serde_json::Value = serde_json::from_str(text).unwrap();
    let routes = surface["programs"]["passport"]["routes"].as_array().unwrap().iter();
    let of_method = routes.filter(|route| route["method"] == method);
    let filled = of_method.map(|route| {
        let parts = route["path"].as_str().unwrap().split('/');
        let path: Vec<_> = parts.map(|part| if part.starts_with('{') { filling } else { part }).collect();
        let fields = route["fields"].as_array().cloned().unwrap_or_default();
        let names = fields.iter().map(|name| name.as_str().unwrap().trim_end_matches('?').to_owned());
        (path.join("/"), names.collect())
    });
    filled.collect()
}

async fn fx_14_a_control_character_in_a_path_or_a_query_is_refused_at_the_door(house: House) {
    for nasty in NASTY {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            for (path, _) in routes(method, nasty).into_iter().filter(|(path, _)| path.contains('%')) {
                let answer = house.net.send(Request::new(method.parse().unwrap(), &house.url(&path))).await;
                assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
            }
        }
        for (path, names) in routes("GET", "x").into_iter().filter(|(path, _)| !path.contains("/assets/")) {
            for name in names.iter().map(String::as_str).chain(["anything"]) {
                let path = format!("{path}?{name}=a{nasty}");
                let answer = house.net.send(Request::get(&house.url(&path))).await;
                assert_eq!(answer.status, 400, "GET {path}: {answer:?}");
            }
        }
    }
    // What breaks lines is no control character of the kind: JSON in a parameter is written with them.
    assert_ne!(house.browser().get("/sign-in?next=%0a%0d%09").await.status, 400);
}

async fn machines_are_told_of_it_in_json(house: House) {
    let mut seen = 0;
    for pattern in passport::paths::FOR_MACHINES {
        let path = pattern.replace("{id}", "%00").replace("{sub}", "%1b");
        for (method, path) in
            [("GET", format!("{path}?a=%00")), ("POST", format!("{path}?a=%7f")), ("PATCH", path)]
        {
            let answer = house.net.send(Request::new(method.parse().unwrap(), &house.url(&path))).await;
            assert!([400, 404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
            assert_eq!(answer.header("content-type"), "application/json", "{method} {path}: {answer:?}");
            assert_eq!(answer.json()["error"], "invalid_request", "{method} {path}");
            seen += 1;
        }
    }
    assert!(seen >= 30, "{seen}");
    // Pages stay pages.
    let page = house.net.send(Request::get(&house.url("/sign-in?a=%00"))).await;
    assert!(page.status == 400 && page.header("content-type").starts_with("text/html"), "{page:?}");
}

async fn fx_14_a_control_character_in_a_form_is_refused(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for (path, names) in routes("POST", "x") {
        browser.get("/account").await;
        let token = browser.here().page().attribute("input[name=form_token]", "value");
        for name in names.iter().filter(|name| *name != "form_token") {
            for nasty in ["a\0", "\u{1b}[31m", "a\u{85}"] {
                let fields = names.iter().map(|field| (field.clone(), "1".to_owned())).collect();
                let form = Parameters(fields).with("form_token", &token).with(name, nasty);
                let fields: Vec<_> =
                    form.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let answer = browser.post(&path, &fields).await;
                let refused = [400, 401, 403, 404, 405, 415].contains(&answer.status);
                assert!(refused, "POST {path} {name}: {answer:?}");
            }
        }
    }
    assert!(browser.is_signed_in().await);
}

async fn fx_14_what_office_programs_copy_is_text_in_a_form(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/account/information").await;
    let copied = [("name", "Ann\u{b}Lee"), ("street_address", "1 High St\u{b}Flat\u{7} 2\r\nLeft")];
    browser.submit("#information-save", &copied).await.assert_status(200);
    let page = browser.get("/account/information").await.page();
    assert_eq!(page.attribute("#name", "value"), "Ann Lee");
    assert_eq!(page.text_of("#street_address"), "1 High St Flat 2 Left");
    drop(page);
    // What no program copies is refused, with its reason and what was typed, free of it.
    let refused = browser.submit("#information-save", &[("name", "Ann\u{1b}[31m Lee")]).await;
    refused.assert_status(400);
    let page = refused.page();
    assert!(page.words().contains("control character"), "{refused:?}");
    assert!(page.all("main textarea").contains(&"Ann[31m Lee".to_owned()), "{refused:?}");
    drop(page);
    // A secret is never made another.
    browser.get("/account/question").await;
    let secret = [("question", "own"), ("own_question", "Where?"), ("answer", "the\u{b}attic")];
    browser.submit("main form", &secret).await.assert_status(400);
}

async fn fx_14_a_control_character_in_a_json_body_or_a_credential_is_refused(house: House) {
    let web = house.client(Kind::Web).await;
    for credential in ["we\0b:secret", "%00:secret", "web%00:secret", "web:sec\0ret"] {
        let header = testkit::rp::basic_of(credential);
        for path in ["/oauth2/token", "/oauth2/revoke", "/oauth2/introspect", "/oauth2/par"] {
            let form = Parameters::of(&[("grant_type", "authorization_code"), ("token", "x")]);
            let request = Request::post(&house.url(path), &form).header("authorization", &header);
            let status = house.net.send(request).await.status;
            assert!([400, 401].contains(&status), "{credential:?} {path}: {status}");
        }
    }
    let claims = serde_json::json!({ "iss": "we\0b", "sub": "we\0b", "aud": house.passport.issuer(),
        "jti": "a\0", "exp": house.clock.now().unix_seconds() + 60 });
    let assertion = testkit::signer::mac_assertion("secret", &claims);
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion.as_str()),
    ];
    let answer = house.net.send(Request::post(&house.url("/oauth2/token"), &Parameters::of(&fields))).await;
    assert!([400, 401].contains(&answer.status), "{answer:?}");
    let bearer = Request::get(&house.url("/oauth2/userinfo")).header("authorization", "Bearer \u{e9}");
    house.net.send(bearer).await.assert_status(401);
    for nasty in ["\\u0000", "\\u001b"] {
        let body = format!("{{\"redirect_uris\": [\"https://a.test/cb\"], \"client_name\": \"a{nasty}\"}}");
        let mut request = Request::new("POST".parse().unwrap(), &house.url("/oauth2/register"))
            .header("content-type", "application/json");
        request.body = body.into_bytes();
        let status = house.net.send(request).await.status;
        assert!([400, 401, 403, 404].contains(&status), "{status}");
    }
    drop(web);
}
