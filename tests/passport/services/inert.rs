//! BR-12: what people and sites call themselves and write down is text wherever it is shown: pages, letters, the
//! export. BR-13 does not apply: nothing is uploaded, a site's logo is an address that the browser loads as a picture, and
//! what stands in it cannot run there.
use oidc::client::{AuthMethod, Client, GrantType};
use testkit::{Answer, House, Kind, PASSWORD, SECRET_ANSWER, on_both_engines, page::Page};

on_both_engines![
    br_12_what_a_person_wrote_is_inert_on_every_page,
    br_12_what_a_site_is_called_is_inert_on_every_page,
    br_12_what_was_written_is_inert_in_letters,
    br_13_nothing_is_uploaded_and_a_logo_is_only_an_address,
];

const HOSTILE: &str =
    "<img src=x onerror=alert(1)> {{7*7}} ${7*7} {%raw%} { $email } \"'><script>alert(1)</script>";
const ADDRESS: &str = "ann@acme.test";
const PLACE: [(&str, &str); 2] = [("country", "BR"), ("postal_code", HOSTILE)];

/// The page shows the text, letter by letter, and nothing came alive.
#[track_caller]
fn assert_inert(answer: &Answer) {
    assert!(answer.status < 500, "{answer:?}");
    assert_dead(&answer.page(), answer.text());
    let fields =
        ["input", "textarea", "button", "option"].map(|tag| answer.page().attributes(tag, "value")).concat();
    let shown = answer.page().words().contains(HOSTILE) || fields.iter().any(|value| value == HOSTILE);
    assert!(
        shown || answer.page().all("textarea").iter().any(|text| text == HOSTILE),
        "not shown: {answer:?}"
    );
}

#[track_caller]
fn assert_dead(page: &Page, text: &str) {
    for alive in ["[onerror]", "img[src=x]", "script:not([src])"] {
        assert!(!page.has(alive), "{alive}: {text}");
    }
    assert!(!text.contains("<img src=x") && !text.contains("49 49"), "{text}");
}

async fn br_12_what_a_person_wrote_is_inert_on_every_page(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.get("/sign-up").await;
    // Sign-up shows again what was typed, also when something else is wrong.
    browser.submit("#sign-up-continue", &[("email", ADDRESS)]).await;
    let own = [("question", "own"), ("own_question", HOSTILE), ("name", HOSTILE)];
    assert_inert(&browser.submit("#sign-up-submit", &[own.as_slice(), &[("password", "x")]].concat()).await);
    let whole = [("password", PASSWORD), ("answer", SECRET_ANSWER)];
    let done =
        browser.submit("#sign-up-submit", &[&testkit::ABOUT, own.as_slice(), &PLACE, &whole].concat()).await;
    assert!(done.page().has("#signed-up"), "{done:?}");
    browser.sign_in(ADDRESS, PASSWORD).await;
    for path in ["/account/information", "/account/question"] {
        assert_inert(&browser.get(path).await);
    }
    let export = browser.get("/account/export").await;
    assert_dead(&export.page(), export.text());
    let all = browser.click("#export-download").await;
    assert_eq!(all.header("content-type"), "application/json");
    assert_eq!(all.header("x-content-type-options"), "nosniff");

    // Before anybody proved anything, a stranger is shown the question.
    let stranger = house.browser();
    stranger.get("/recover").await;
    stranger.submit("#recover-continue", &[("email", ADDRESS)]).await;
    assert_inert(&stranger.submit("#recover-way-submit", &[("way", "answer")]).await);
    let wrong = [("country", HOSTILE), ("postal_code", HOSTILE), ("answer", "no")];
    assert_inert(&stranger.submit("#recover-answer-submit", &wrong).await);
    // What a stranger types is shown to themselves alone, and inert there too.
    stranger.get("/recover/return").await;
    assert_inert(&stranger.submit("#recover-return-submit", &[("code", HOSTILE)]).await);
    stranger.get("/sign-in").await;
    assert_inert(&stranger.fill_in_sign_in(HOSTILE, HOSTILE).await);
    let consent = house.client(Kind::Evil).await;
    let asked = consent.ask(&browser, |asked| asked.with("scope", "openid profile address")).await;
    assert!(asked.page().has("#consent-approve"));
    assert_inert(&asked);
}

fn hostile(client: &mut Client) {
    client.client_name = HOSTILE.to_owned();
    client.listed = true;
    client.client_uri = Some("https://rp2.test/?a=%22%3E%3Cscript%3E&b=1".to_owned());
    client.trusted = false;
}

async fn br_12_what_a_site_is_called_is_inert_on_every_page(house: House) {
    let site = house.client_with(Kind::Other, hostile).await;
    let browser = house.browser();
    let sign_in = site.ask(&browser, |asked| asked).await;
    assert!(sign_in.page().has("#password"));
    assert_inert(&sign_in);
    browser.join(ADDRESS).await;
    let url =
        site.authorize_url(|asked| asked.with("scope", "openid email").with("prompt", "select_account"));
    assert_inert(&browser.get(&url).await);
    let asked = site.ask(&browser, |asked| asked.with("scope", "openid email offline_access")).await;
    assert!(asked.page().has("#consent-approve"));
    assert_inert(&asked);
    browser.click("#consent-approve").await;
    for path in ["/account/sites", "/sites", "/oauth2/end-session?client_id=other"] {
        let page = browser.get(path).await;
        assert_dead(&page.page(), page.text());
    }
    assert_inert(&browser.get("/account/sites").await);
    assert_inert(&browser.get("/sites").await);
    let tv = house
        .client_with(Kind::Native, |client| {
            hostile(client);
            client.token_endpoint_auth_method = AuthMethod::None;
            client.grant_types = vec![GrantType::DeviceCode];
            client.response_types = vec![];
        })
        .await;
    let begun = tv.post("/oauth2/device_authorization", &[("scope", "openid")], |call| call).await.json();
    assert_inert(&browser.get(begun["verification_uri_complete"].as_str().unwrap()).await);
    browser.get("/device").await;
    let typed = browser.submit("#device-continue", &[("user_code", "<img src=x>")]).await;
    assert_dead(&typed.page(), typed.text());
    // A site that is refused is named by nothing that it sent.
    let refused = browser.get("/oauth2/authorize?client_id=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E").await;
    assert_dead(&refused.page(), refused.text());
}

async fn br_12_what_was_written_is_inert_in_letters(house: House) {
    let browser = house.browser();
    // The local part may hold much of it, and letters name the address.
    let odd = "{{7*7}}${7*7}&'x@acme.test";
    browser.get("/sign-up").await;
    browser.submit("#sign-up-continue", &[("email", odd)]).await;
    let own = [("question", "own"), ("own_question", HOSTILE), ("name", HOSTILE), ("answer", SECRET_ANSWER)];
    let more = [("password", PASSWORD), ("alternate_email", "ann@home.test")];
    let done =
        browser.submit("#sign-up-submit", &[&testkit::ABOUT, own.as_slice(), &more, &PLACE].concat()).await;
    assert!(done.page().has("#signed-up"), "{done:?}");
    crate::account::alternate_is_proven(&house, odd).await;
    browser.sign_in(odd, PASSWORD).await;
    browser.get("/account/password").await;
    let fields = [("old_password", PASSWORD), ("password", "nine blue lanterns hum")];
    assert!(browser.submit("#change-password-submit", &fields).await.page().has("#changed"));
    let stranger = house.browser();
    stranger.get("/recover").await;
    stranger.submit("#recover-continue", &[("email", odd)]).await;
    stranger.submit("#recover-way-submit", &[("way", "answer")]).await;
    let date = [("birth_day", "2"), ("birth_month", "1"), ("birth_year", "1970")];
    let proof = [PLACE.as_slice(), &date, &[("answer", SECRET_ANSWER)]].concat();
    assert!(stranger.submit("#recover-answer-submit", &proof).await.page().has("#recover-waiting"));
    let letters =
        [house.postbox(odd).letters().await, house.postbox("ann@home.test").letters().await].concat();
    assert!(letters.len() >= 4, "{letters:?}");
    for letter in letters {
        assert_dead(&Page::parse(&letter.html), &letter.html);
        assert!(letter.text.contains(odd), "{}", letter.text);
        assert!(Page::parse(&letter.html).all("p").iter().any(|text| text.contains(odd)), "{}", letter.html);
        assert!(!letter.html.contains("onerror") && !letter.text.contains("onerror"), "{}", letter.text);
        assert!(!letter.subject.contains("7*7"), "{}", letter.subject);
    }
}

async fn br_13_nothing_is_uploaded_and_a_logo_is_only_an_address(house: House) {
    let site = house
        .client_with(Kind::Other, |client| {
            hostile(client);
            client.logo_uri = Some("https://rp2.test/logo.svg".into());
        })
        .await;
    let browser = house.browser();
    browser.join(ADDRESS).await;
    let mut pages = vec![site.ask(&browser, |asked| asked.with("scope", "openid profile")).await];
    for path in ["/account/information", "/account/sites", "/sites", "/account"] {
        pages.push(browser.get(path).await);
    }
    for page in pages {
        assert!(!page.page().has("input[type=file], form[enctype], svg, object, embed, iframe"), "{page:?}");
        let pictures = page.page().attributes("img", "src");
        assert!(pictures.iter().all(|source| source == "https://rp2.test/logo.svg"), "{pictures:?}");
    }
}
