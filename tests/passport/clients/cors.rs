//! Which scripts may read our answers (BR-01): those of registered sites, where it is theirs.
use reqwest::Method;
use testkit::{Answer, House, Kind, net::Request, on_both_engines};

on_both_engines![
    br_01_strangers_are_never_allowed_to_read,
    public_documents_are_everybodys,
    a_registered_site_may_ask_and_read_what_is_its_own,
    pages_are_nobodys,
];

const ALLOW: &str = "access-control-allow-origin";
const ENDPOINTS: [&str; 2] = ["/oauth2/token", "/oauth2/userinfo"];

async fn preflight(house: &House, path: &str, origin: &str) -> Answer {
    let request = Request::new(Method::OPTIONS, &house.url(path))
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization");
    house.net.send(request).await
}

#[track_caller]
fn assert_closed(answer: &Answer) {
    assert_eq!(answer.header(ALLOW), "", "{answer:?}");
    assert_eq!(answer.header("access-control-allow-credentials"), "", "{answer:?}");
}

async fn br_01_strangers_are_never_allowed_to_read(house: House) {
    house.client(Kind::Spa).await;
    for origin in [
        "https://evil.test",
        "null",
        "https://spa.test.evil.test",
        "https://evilspa.test",
        "https://spa.test:8443",
        "http://spa.test",
        "https://SPA.test",
        "https://spa.test/",
        "https://spa.test, https://evil.test",
    ] {
        for path in ENDPOINTS {
            assert_closed(&preflight(&house, path, origin).await);
            let request = Request::new(Method::POST, &house.url(path)).header("origin", origin);
            assert_closed(&house.net.send(request).await);
        }
    }
    let twice = Request::new(Method::OPTIONS, &house.url(ENDPOINTS[0]))
        .header("origin", "https://spa.test")
        .header("origin", "https://evil.test");
    assert_closed(&house.net.send(twice).await);
}

async fn public_documents_are_everybodys(house: House) {
    for path in
        ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth2/jwks"]
    {
        let request = Request::get(&house.url(path)).header("origin", "https://anybody.test");
        let answer = house.net.send(request).await;
        assert_eq!((answer.status, answer.header(ALLOW)), (200, "*"), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(preflight(&house, path, "https://anybody.test").await.header(ALLOW), "*");
    }
}

async fn a_registered_site_may_ask_and_read_what_is_its_own(house: House) {
    let spa = house.client(Kind::Spa).await;
    house.client(Kind::Other).await;
    for path in ENDPOINTS {
        let answer = preflight(&house, path, "https://spa.test").await;
        assert_eq!((answer.status, answer.header(ALLOW)), (204, "https://spa.test"), "{path}");
        assert!(answer.header("access-control-allow-headers").contains("authorization"));
        assert!(answer.headers.get_all("vary").iter().any(|value| value == "origin"));
        // Some libraries include them (keycloak-js); no cookie means anything here.
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
    }
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let from = |request: Request, origin: &str| request.header("origin", origin);
    let code = spa.code(&browser).await;
    let redeemed = house.net.send(from(spa.redeeming(&code), "https://spa.test")).await;
    assert_eq!(redeemed.header(ALLOW), "https://spa.test");
    let access = spa.tokens_in(&redeemed).access;
    let code = spa.code(&browser).await;
    let foreign = house.net.send(from(spa.redeeming(&code), "https://rp2.test")).await;
    foreign.assert_status(200);
    assert_closed(&foreign);
    for (origin, allowed) in [("https://spa.test", "https://spa.test"), ("https://rp2.test", "")] {
        let asked =
            Request::get(&house.url("/oauth2/userinfo")).header("authorization", format!("Bearer {access}"));
        let answer = house.net.send(from(asked, origin)).await;
        assert_eq!(
            (answer.status, answer.header(ALLOW)),
            (200, allowed),
            "another site's script reads nothing"
        );
    }
    let bad = from(Request::get(&house.url("/oauth2/userinfo")), "https://spa.test");
    let answer = house.net.send(bad).await;
    assert_eq!((answer.status, answer.header(ALLOW)), (401, "https://spa.test"), "an error can be read");
    assert!(answer.header("access-control-expose-headers").contains("www-authenticate"));
}

async fn pages_are_nobodys(house: House) {
    house.client(Kind::Spa).await;
    for path in [
        "/",
        "/sign-in",
        "/oauth2/authorize",
        "/oauth2/end-session",
        "/oauth2/register",
        "/account",
        "/sites",
    ] {
        assert_closed(&preflight(&house, path, "https://spa.test").await);
        let request = Request::get(&house.url(path)).header("origin", "https://spa.test");
        assert_closed(&house.net.send(request).await);
    }
}
