//! What every page is sent with, and what no other site can make a browser do (BR-02, BR-03, BR-05, BR-14, EM-01).
use testkit::{Answer, Browser, House, Kind, PASSWORD, Parameters, net::Request, on_both_engines};

on_both_engines![
    br_02_every_page_says_what_it_may_load_and_that_nobody_may_frame_it,
    br_03_no_post_is_taken_from_elsewhere,
    br_03_a_form_without_its_token_changes_nothing,
    br_03_the_token_of_another_browser_is_none,
    br_05_every_cookie_is_ours_alone,
    br_14_what_was_asked_is_never_shown_as_markup,
    em_01_no_header_chooses_where_links_lead,
    language_and_theme_are_kept_and_lead_back_to_the_page,
    ui_locales_choose_the_language_of_the_sign_in_page,
];

async fn br_02_every_page_says_what_it_may_load_and_that_nobody_may_frame_it(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    let mut pages = Vec::new();
    for path in [
        "/",
        "/sign-in",
        "/sign-up",
        "/sign-up/done",
        "/recover",
        "/help",
        "/signed-out",
        "/nowhere",
        "/oauth2/authorize",
    ] {
        pages.push(browser.get(path).await);
    }
    pages.push(browser.post("/sign-in", &[("username", "x"), ("password", "y")]).await);
    pages.push(browser.post("/sign-out", &[]).await);
    pages.push(evil.ask(&browser, |asked| asked).await);
    browser.join("ann@acme.test").await;
    pages.push(browser.get("/account").await);
    pages.push(evil.ask(&browser, |asked| asked).await);
    pages.push(browser.get("/oauth2/end-session").await);
    for page in pages {
        let policy = page.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{part}: {page:?}");
        }
        assert!(!policy.contains("unsafe"), "{page:?}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store", "{page:?}");
        assert!(["same-origin", "no-referrer"].contains(&page.header("referrer-policy")));
        let page = page.page();
        assert!(!page.has("[style]") && !page.has("[onclick]") && !page.has("script:not([src])"));
        for source in page
            .attributes("script, img", "src")
            .iter()
            .chain(&page.attributes("link[rel=stylesheet]", "href"))
        {
            assert!(
                source.starts_with('/') || source.starts_with("data:"),
                "a third party's resource: {source}"
            );
        }
    }
}

/// Everything that can be posted, with fields that would be good if they came from our own page.
async fn posts(house: &House, browser: &Browser) -> Vec<(String, Parameters)> {
    let mut posts = Vec::new();
    let mut note = |answer: Answer, css: &str, fields: &[(&str, &str)]| {
        let form = answer.page().form(css).filled(fields);
        let action = answer.url.join(&form.action).unwrap().to_string();
        posts.push((action, form.fields));
    };
    note(
        browser.get("/sign-in").await,
        "#sign-in-submit",
        &[("username", "ann@acme.test"), ("password", PASSWORD)],
    );
    note(browser.get("/sign-up").await, "#sign-up-continue", &[("email", "new@acme.test")]);
    note(browser.get("/").await, "form[action='/language']", &[("language", "pt-BR")]);
    note(browser.get("/").await, "form[action='/theme'] button[value=dark]", &[]);
    note(browser.get("/account").await, "form[action='/sign-out']", &[]);
    note(browser.get("/oauth2/end-session").await, "#logout-yes", &[]);
    let evil = house.client(Kind::Evil).await;
    note(evil.ask(browser, |asked| asked).await, "#consent-approve", &[]);
    let asked = evil.ask(&house.browser(), |asked| asked).await;
    note(asked, "#cancel", &[]);
    posts
}

async fn br_03_no_post_is_taken_from_elsewhere(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let own = house.passport.issuer().to_owned();
    for (url, form) in posts(&house, &browser).await {
        for origin in ["https://evil.test", "null", "http://localhost", &format!("{own}.evil.test")] {
            let answer = browser.post_from(origin, &url, &form).await;
            assert!(
                answer.status == 403 && answer.cookies().iter().all(|line| !line.contains("session")),
                "{url} {origin}: {answer:?}"
            );
        }
        // A browser that tells no origin, but whose request was begun by another site.
        let cookies = browser.cookies().header(&answer_url(&url), house.clock.now()).unwrap();
        for site in ["cross-site", "same-site"] {
            let request =
                Request::post(&url, &form).header("cookie", &cookies).header("sec-fetch-site", site);
            house.net.send(request).await.assert_status(403);
        }
    }
    assert!(browser.is_signed_in().await, "nothing of it happened");
}

fn answer_url(url: &str) -> url::Url {
    url::Url::parse(url).unwrap()
}

async fn br_03_a_form_without_its_token_changes_nothing(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let session = browser.cookies().value("-session").unwrap().to_owned();
    let own = house.passport.issuer().to_owned();
    for (url, form) in posts(&house, &browser).await {
        for broken in [
            form.clone().without("form_token"),
            form.clone().with("form_token", "AAAA"),
            form.clone().with("form_token", ""),
        ] {
            let answer = browser.post_from(&own, &url, &broken).await;
            let is_refused = answer.status == 403
                || answer.hops.iter().any(|hop| hop.status == 303 && hop.url.path() == "/sign-in/cancel");
            assert!(is_refused && answer.status != 303, "{url}: {answer:?}");
        }
    }
    assert_eq!(browser.cookies().value("-session"), Some(session.as_str()));
    assert!(browser.is_signed_in().await);
}

async fn br_03_the_token_of_another_browser_is_none(house: House) {
    let (ann, mallory) = (house.browser(), house.browser());
    ann.join("ann@acme.test").await;
    mallory.join("mallory@evil.test").await;
    let token = mallory.get("/account").await.page().attribute("input[name=form_token]", "value");
    let own = house.passport.issuer().to_owned();
    for (url, form) in posts(&house, &ann).await {
        let answer = ann.post_from(&own, &url, &form.with("form_token", &token)).await;
        assert!(answer.status == 403 || answer.page().has("#sign-in-submit"), "{url}: {answer:?}");
    }
    assert!(ann.is_signed_in().await);
}

async fn br_05_every_cookie_is_ours_alone(house: House) {
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let page = browser.get("/sign-in").await;
    let form =
        page.page().form("#sign-in-submit").filled(&[("username", "ann@acme.test"), ("password", PASSWORD)]);
    let cookies = browser.cookies().header(&page.url, house.clock.now()).unwrap();
    let signed_in =
        house.net.send(Request::post(&house.url("/sign-in"), &form.fields).header("cookie", cookies)).await;
    let fresh = house.net.send(Request::get(&house.url("/sign-in"))).await;
    let lines: Vec<_> = [&signed_in, &fresh].iter().flat_map(|answer| answer.cookies()).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    for line in lines {
        assert!(line.starts_with("passport-") && line.len() < 4096, "{line}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert!(!line.contains("Domain") && !line.contains("Expires"), "{line}");
        let lasts = line.starts_with(&format!("{}=", house.cookie("computer")));
        assert_eq!(line.contains("Max-Age"), lasts, "only the computer is known for long: {line}");
    }
}

async fn br_14_what_was_asked_is_never_shown_as_markup(house: House) {
    let name = "<img src=x onerror=alert(1)> {{7*7}}";
    let evil = house.client_with(Kind::Evil, |client| client.client_name = name.into()).await;
    let browser = house.browser();
    let markup = "\"'><script>alert(1)</script>";
    for parameter in
        ["login_hint", "ui_locales", "state", "nonce", "acr_values", "claims", "error", "error_description"]
    {
        let page = evil.ask(&browser, |asked| asked.with(parameter, markup)).await;
        assert!(!page.text().contains("<script>alert"), "{parameter}: {page:?}");
    }
    let page = evil.ask(&browser, |asked| asked.with("redirect_uri", markup).with("client_id", markup)).await;
    assert!(!page.text().contains("<script>alert"), "{page:?}");
    browser.join("ann@acme.test").await;
    let consent = evil.ask(&browser, |asked| asked).await;
    assert!(!consent.page().has("img[src=x]") && consent.page().words().contains(name), "BR-12: {consent:?}");
}

async fn em_01_no_header_chooses_where_links_lead(house: House) {
    let wanted = house.url("/.well-known/openid-configuration");
    let port = url::Url::parse(&wanted).unwrap().port().unwrap();
    for path in ["/sign-in", "/sign-up", "/.well-known/openid-configuration", "/nowhere"] {
        for host in [
            "Host: evil.test",
            "Host: localhost\r\nX-Forwarded-Host: evil.test\r\nForwarded: host=evil.test\r\nX-Host: evil.test",
        ] {
            let request = format!("GET {path} HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n");
            let answer = house.net.raw(&wanted, request.as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 ") && !answer.contains("evil.test"), "{answer}");
        }
        let absolute = format!(
            "GET http://evil.test{path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
        );
        let answer = house.net.raw(&wanted, absolute.as_bytes()).await;
        assert!(!answer.contains("evil.test"), "{answer}");
    }
}

async fn language_and_theme_are_kept_and_lead_back_to_the_page(house: House) {
    let browser = house.browser();
    browser.get("/help?a=b").await;
    let page = browser.submit("form[action='/language']", &[("language", "pt-BR")]).await;
    assert_eq!((page.url.path(), page.url.query()), ("/help", Some("a=b")));
    assert_eq!(page.page().attribute("html", "lang"), "pt-BR");
    let dark = browser.click("form[action='/theme'] button[value=dark]").await;
    assert_eq!(dark.page().attribute("html", "data-theme"), "dark");
    browser.close_and_reopen();
    let later = browser.get("/").await;
    assert_eq!(
        (later.page().attribute("html", "lang"), later.page().attribute("html", "data-theme")),
        ("pt-BR".into(), "dark".into())
    );
    let brazilian = house.browser().speaking("pt;q=0.9, fr").get("/").await;
    assert_eq!(brazilian.page().attribute("html", "lang"), "pt-BR");
}

async fn ui_locales_choose_the_language_of_the_sign_in_page(house: House) {
    let web = house.client(Kind::Web).await;
    let page = web.ask(&house.browser(), |asked| asked.with("ui_locales", "fr pt")).await;
    assert_eq!(page.page().attribute("html", "lang"), "pt-BR");
    let browser = house.browser();
    browser.get("/").await;
    browser.submit("form[action='/language']", &[("language", "en-US")]).await;
    let page = web.ask(&browser, |asked| asked.with("ui_locales", "pt-BR")).await;
    assert_eq!(page.page().attribute("html", "lang"), "en-US", "the person's own choice goes first");
}
