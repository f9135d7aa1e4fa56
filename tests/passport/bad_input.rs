//! Input that nobody sends by accident: always an answer, never a fault (HT-01 to HT-03, HT-08 to HT-10, INV-11).
use testkit::{House, Kind, Parameters, net::Request, on_both_engines};

on_both_engines![
    ht_01_nesting_is_not_followed,
    ht_02_oversized_heads_are_refused,
    ht_03_an_oversized_body_is_refused_early,
    ht_08_many_fields_are_no_burden,
    ht_09_methods_and_places_that_are_not_there,
    ht_10_control_characters_go_nowhere,
    broken_encodings_are_refused_everywhere,
    a_form_of_another_kind_is_refused,
];

async fn ht_01_nesting_is_not_followed(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for piece in ["[", "{\"a\":"] {
        let nested = piece.repeat(30_000 / piece.len());
        let mut json = Request::new("POST".parse().unwrap(), &house.url("/oauth2/token"))
            .header("content-type", "application/json");
        json.body = nested.clone().into_bytes();
        house.net.send(json).await.assert_status(400);
        let answer = web.ask(&browser, |asked| asked.with("claims", piece.repeat(800))).await;
        assert!(answer.status == 303, "{answer:?}");
        web.refresh_with("x", |call| call.with("claims", piece.repeat(3_000)))
            .await
            .assert_token_error("invalid_grant");
    }
    let token = format!("{}.{}.x", "A".repeat(3_000), "W1tb".repeat(1_000));
    web.assert_told(&web.ask(&browser, |asked| asked.with("id_token_hint", token)).await, "invalid_request");
}

async fn ht_02_oversized_heads_are_refused(house: House) {
    let big = "x".repeat(70_000);
    let many = (0..500).map(|number| format!("X-Filler-{number}: y\r\n")).collect::<String>();
    for head in [
        format!("GET /?a={big} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: {big}\r\nConnection: close\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a={big}\r\nConnection: close\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}Connection: close\r\n\r\n"),
    ] {
        let answer = house.net.raw(&house.url("/"), head.as_bytes()).await;
        let status = answer.split(' ').nth(1).unwrap_or("closed");
        assert!(["400", "414", "431", "closed"].contains(&status), "{status}: {answer}");
    }
    house.browser().get("/").await.assert_status(200);
}

async fn ht_03_an_oversized_body_is_refused_early(house: House) {
    for (path, status) in [
        ("/oauth2/token", 400),
        ("/oauth2/userinfo", 400),
        ("/oauth2/authorize", 413),
        ("/sign-in", 413),
        ("/sign-up", 413),
    ] {
        let form = Parameters::of(&[("a", &"x".repeat(100_000))]);
        house.net.send(Request::post(&house.url(path), &form)).await.assert_status(status);
    }
    // A body that never ends.
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000)).repeat(64);
    let head = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = house.net.raw(&house.url("/"), format!("{head}{chunk}").as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    house.browser().get("/").await.assert_status(200);
}

async fn ht_08_many_fields_are_no_burden(house: House) {
    let web = house.client(Kind::Web).await;
    let fields = Parameters((0..12_000).map(|number| (format!("{number:x}"), String::new())).collect());
    let begun = std::time::Instant::now();
    for path in ["/oauth2/token", "/oauth2/authorize", "/sign-in", "/oauth2/end-session"] {
        let status = house.net.send(Request::post(&house.url(path), &fields)).await.status;
        assert!(status < 500, "{path}: {status}");
    }
    let twice = Parameters(vec![("scope".to_owned(), "openid".to_owned()); 4_000]);
    let request = Request::post(&web.authorize_url(|asked| asked), &twice);
    assert!(house.net.send(request).await.status < 500);
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}

async fn ht_09_methods_and_places_that_are_not_there(house: House) {
    for path in ["/", "/sign-in", "/oauth2/token", "/oauth2/jwks"] {
        for method in ["TRACE", "DELETE", "PUT", "PATCH", "BREW"] {
            let request = Request::new(method.parse().unwrap(), &house.url(path));
            house.net.send(request).await.assert_status(405);
        }
    }
    for path in [
        "/.git/config",
        "/metrics",
        "/debug",
        "/assets/",
        "/assets/../Cargo.toml",
        "/.env",
        "/sign-in/",
        "//",
        "/%00",
    ] {
        let answer = house.net.send(Request::get(&house.url(path))).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    for path in ["/healthz", "/readyz"] {
        house.net.send(Request::get(&house.url(path))).await.assert_status(200);
    }
}

async fn ht_10_control_characters_go_nowhere(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let terminal = "a\r\nSet-Cookie: evil=1\x1b[31m";
    web.ask(&browser, |asked| asked.with("state", terminal)).await.assert_status(400);
    let nasty = "a\r\nSet-Cookie: evil=1\u{2028}";
    let answer = web.ask(&browser, |asked| asked.with("state", nasty)).await;
    let location = answer.header("location").to_owned();
    assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
    assert_eq!(answer.told("state").as_deref(), Some(nasty), "echoed, as data");
    assert_eq!(answer.header("set-cookie"), "");
    web.ask(&browser, |asked| asked.with("client_id", nasty)).await.assert_stays_here();
    browser.get("/sign-up").await;
    for address in [
        "a\r\nBcc: x@evil.test@acme.test",
        "a@acme.test\0",
        "a@acme.test\r\nRCPT TO:<x@evil.test>",
        "a@evil,alice@x",
        "\"e@evil.test\"@victim.test",
        "alice@x <m@evil.test>",
    ] {
        let answer = browser.tab().submit("#sign-up-continue", &[("email", address)]).await;
        answer.assert_status(if address.contains('\0') { 400 } else { 422 });
    }
}

async fn broken_encodings_are_refused_everywhere(house: House) {
    let broken = b"client_id=%ff%fe&username=%ff&grant_type=%c3%28&token=%zz&%";
    for path in [
        "/oauth2/token",
        "/oauth2/authorize",
        "/oauth2/userinfo",
        "/oauth2/end-session",
        "/sign-in",
        "/sign-up",
        "/language",
    ] {
        let mut request = Request::post(&house.url(path), &Parameters::default());
        request.body = broken.to_vec();
        let status = house.net.send(request).await.status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    for query in
        ["client_id=%ff", "%", "a=%zz", "request=%ff", "next=%ff", "&&&===", "client_id=web&client_id=%ff"]
    {
        for path in ["/oauth2/authorize", "/oauth2/end-session", "/sign-in", "/sign-up"] {
            let status = house.net.send(Request::get(&house.url(&format!("{path}?{query}")))).await.status;
            assert!(status < 500, "{path}?{query}: {status}");
        }
    }
}

async fn a_form_of_another_kind_is_refused(house: House) {
    for path in ["/sign-in", "/sign-up", "/sign-out", "/language", "/oauth2/consent"] {
        for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json", ""] {
            let mut request =
                Request::new("POST".parse().unwrap(), &house.url(path)).header("content-type", kind);
            request.body = b"username=a&password=b".to_vec();
            let status = house.net.send(request).await.status;
            assert!([400, 403, 415].contains(&status), "{path} {kind}: {status}");
        }
    }
}
