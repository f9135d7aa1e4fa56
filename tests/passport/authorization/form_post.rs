//! OAuth 2.0 Form Post Response Mode: the Form Post profile, and BR-11.
use testkit::{House, Kind, Parameters, on_both_engines};

use super::{ann, form, names};

on_both_engines![
    oidcc_form_post_server_answers_a_code_by_a_form,
    oidcc_form_post_errors_come_by_a_form_too,
    oidcc_form_post_a_person_who_does_not_want_is_told_by_a_form,
    br_11_what_a_site_sent_is_inert_in_the_form,
    br_11_the_page_may_post_to_the_site_and_run_its_one_script,
    br_18_the_page_tells_nobody_where_it_was,
];

fn asking(asked: Parameters) -> Parameters {
    asked.with("response_mode", "form_post")
}

async fn oidcc_form_post_server_answers_a_code_by_a_form(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = ann(&house).await;
    let told = form(&web.ask(&browser, asking).await, &web);
    assert_eq!(names(&told), ["code", "iss", "state"]);
    assert_eq!((&*told["state"], &*told["iss"]), ("S", house.passport.issuer()));
    web.tokens_in(&web.redeem(&told["code"]).await);
}

async fn oidcc_form_post_errors_come_by_a_form_too(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    for (change, code) in [
        (("prompt", "none"), "login_required"),
        (("response_type", ""), "invalid_request"),
        (("response_type", "bogus"), "unsupported_response_type"),
        (("max_age", "x"), "invalid_request"),
    ] {
        let answer = web.ask(&browser, |asked| asking(asked).with(change.0, change.1)).await;
        let told = form(&answer, &web);
        assert_eq!(names(&told), ["error", "error_description", "iss", "state"]);
        assert_eq!(told["error"], code);
    }
}

async fn oidcc_form_post_a_person_who_does_not_want_is_told_by_a_form(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = ann(&house).await;
    evil.ask(&browser, asking).await;
    let told = form(&browser.click("#consent-deny").await, &evil);
    assert_eq!(told["error"], "access_denied");
    browser.sign_out().await;
    let web = house.client(Kind::Web).await;
    web.ask(&browser, asking).await;
    let told = form(&browser.click("#cancel").await, &web);
    assert_eq!(told["error"], "access_denied");
}

async fn br_11_what_a_site_sent_is_inert_in_the_form(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = ann(&house).await;
    let state = "\"><script>alert(1)</script><img src=x onerror=\"alert(2)\">'&quot;";
    let answer = web.ask(&browser, |asked| asking(asked).with("state", state)).await;
    assert_eq!(form(&answer, &web)["state"], state, "it comes back whole");
    assert!(!answer.text().contains("<script>alert") && !answer.page().has("img[src=x]"), "{answer:?}");
    for uri in ["https://evil.test/cb", "javascript:alert(1)"] {
        let answer = web.ask(&browser, |asked| asking(asked).with("redirect_uri", uri)).await;
        answer.assert_stays_here();
        assert!(!answer.page().has("#form-post"));
    }
}

async fn br_11_the_page_may_post_to_the_site_and_run_its_one_script(house: House) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let web = house.client(Kind::Web).await;
    let answer = web.ask(&ann(&house).await, asking).await;
    let policy = answer.header("content-security-policy").to_owned();
    let directive = |name: &str| {
        let found = policy.split(';').find_map(|part| part.trim().strip_prefix(name).map(str::trim));
        found.unwrap_or_else(|| panic!("no {name} in {policy}")).to_owned()
    };
    assert_eq!(directive("form-action"), "'self' https://rp1.test");
    assert_eq!((directive("frame-ancestors"), directive("base-uri")), ("'none'".into(), "'none'".into()));
    let text = answer.text();
    let script = text.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    let digest = STANDARD.encode(platform::secrets::digest(script.as_bytes()));
    assert_eq!(directive("script-src"), format!("'self' 'sha256-{digest}'"));
    assert!(script.contains("submit()") && !policy.contains("unsafe"), "{script}");
}

async fn br_18_the_page_tells_nobody_where_it_was(house: House) {
    let web = house.client(Kind::Web).await;
    let answer = web.ask(&ann(&house).await, asking).await;
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
}
