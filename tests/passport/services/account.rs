//! Account Services: personal information feeds the claims, sessions end one by one, everything can be taken along.
use passport::{
    account::acting::Acting,
    history::{self, Kind as Did, NewEvent, Source},
};
use testkit::{House, Kind, PASSWORD, house::minutes, on_both_engines};

on_both_engines![
    personal_information_feeds_every_standard_claim,
    a_bad_field_is_refused_and_nothing_is_stored,
    what_is_no_field_changes_nothing,
    a_session_is_signed_out_from_another_browser,
    nobody_ends_the_session_of_another_account,
    the_language_is_chosen_for_letters_and_pages,
    the_export_holds_everything_and_no_secret,
    sensitive_pages_want_a_fresh_proof_and_lead_back,
    every_page_is_in_the_navigation,
    the_history_is_turned_both_ways,
];

async fn personal_information_feeds_every_standard_claim(house: House) {
    house.leave_mail();
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/account/information").await.assert_status(200);
    let fields = [
        ("name", "Ann Example"),
        ("given_name", "Ann"),
        ("middle_name", "B."),
        ("family_name", "Example"),
        ("nickname", "Annie"),
        ("preferred_username", "ann"),
        ("gender", "female"),
        ("birthdate", "0000-02-29"),
        ("phone_number", "+55 11 5555-0100"),
        ("street_address", "Rua 1\nAp. 2"),
        ("postal_code", "01000-000"),
        ("locality", "São Paulo"),
        ("region", "SP"),
        ("country", "Brasil"),
        ("website", "https://ann.example/"),
        ("profile", "https://ann.example/me"),
        ("picture", "https://ann.example/me.png"),
        ("zoneinfo", "America/Sao_Paulo"),
        ("locale", "pt-BR"),
    ];
    house.clock.advance(minutes(1));
    let saved = browser.submit("#information-save", &fields).await;
    assert!(saved.page().has(".notice.ok"), "{saved:?}");
    let all = "openid profile email phone address";
    let asked = web.ask(&browser.tab(), |asked| asked.with("scope", all)).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&asked)).await);
    let info = house.userinfo(&tokens.access).await.json();
    for (name, value) in fields {
        let found = if info[name].is_null() { &info["address"][name] } else { &info[name] };
        assert_eq!(found, value, "{name}");
    }
    assert_eq!(info["phone_number_verified"], false);
    assert_eq!(info["updated_at"], house.clock.now().unix_seconds());
    assert_eq!(info["email"], "ann@acme.test");
    let shown = browser.get("/account/information").await.page();
    assert_eq!(shown.attribute("#birthdate", "value"), "0000-02-29");
}

async fn a_bad_field_is_refused_and_nothing_is_stored(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/account/information").await;
    let fields = [("name", "Ann"), ("birthdate", "2081-01-01"), ("website", "javascript:alert(1)")];
    let refused = browser.submit("#information-save", &fields).await;
    refused.assert_status(422);
    assert!(refused.page().has("#birthdate-error") && refused.page().has("#website-error"));
    assert_eq!(refused.page().attribute("#name", "value"), "Ann", "nothing is lost");
    assert_eq!(browser.get("/account/information").await.page().attribute("#name", "value"), "Ann Lee");
}

async fn what_is_no_field_changes_nothing(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let token =
        browser.get("/account/information").await.page().attribute("main input[name=form_token]", "value");
    let fields =
        [("form_token", token.as_str()), ("sub", "x"), ("email", "b@acme.test"), ("email_verified", "true")];
    browser.post("/account/information", &fields).await.assert_status(200);
    let account = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test").await;
    assert!(!account.unwrap().unwrap().email_verified);
}

async fn a_session_is_signed_out_from_another_browser(house: House) {
    let (browser, elsewhere) = (house.browser(), house.browser());
    browser.join("ann@acme.test").await;
    house.clock.advance(minutes(1));
    elsewhere.sign_in("ann@acme.test", PASSWORD).await;
    let page = browser.get("/account/sessions").await.page();
    assert_eq!(page.all("#sessions tbody tr").len(), 2);
    assert_eq!(page.all("#sessions .pill.ok").len(), 1, "one is this one");
    assert_eq!(page.all("#computers tbody tr").len(), 2);
    assert!(page.words().contains("127.0.0.0/24") && !page.words().contains("127.0.0.1"), "no whole address");
    drop(page);
    browser.submit("#sessions tr:not(:has(.pill.ok)) button[name=session]", &[]).await;
    assert!(!elsewhere.is_signed_in().await && browser.is_signed_in().await);
    browser.get("/account/sessions").await;
    browser.submit("#sessions button[name=session]", &[]).await;
    assert!(!browser.is_signed_in().await, "this one too");
}

async fn nobody_ends_the_session_of_another_account(house: House) {
    let (ann, ben) = (house.browser(), house.browser());
    ann.join("ann@acme.test").await;
    ben.join("ben@acme.test").await;
    let anns = ann.get("/account/sessions").await.page().attribute("button[name=session]", "value");
    ben.get("/account/sessions").await;
    let token = ben.here().page().attribute("main input[name=form_token]", "value");
    ben.post("/account/sessions", &[("form_token", &token), ("session", &anns)]).await.assert_status(200);
    assert!(ann.is_signed_in().await && ben.is_signed_in().await);
}

async fn the_language_is_chosen_for_letters_and_pages(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/account/language").await;
    let page = browser.submit("#language-save", &[("language", "pt-BR")]).await;
    assert_eq!(page.heading(), "Idioma");
    let account = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test").await;
    assert_eq!(account.unwrap().unwrap().language, platform::language::Language::PtBr);
}

async fn the_export_holds_everything_and_no_secret(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    web.code(&browser.tab()).await;
    browser.get("/account/export").await;
    let file = browser.submit("#export-download", &[]).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"passport.json\"");
    let all = file.json();
    assert_eq!(all["account"]["email"], "ann@acme.test");
    assert_eq!(all["sites"][0]["client_id"], "web");
    assert_eq!(
        (all["sessions"].as_array().unwrap().len(), all["computers"].as_array().unwrap().len()),
        (1, 1)
    );
    assert!(all["history"].as_array().unwrap().iter().any(|line| line["what"] == "exported"));
    for secret in ["argon2", "hash", "digest", testkit::SECRET_ANSWER] {
        assert!(!file.text().contains(secret), "{secret}");
    }
}

async fn sensitive_pages_want_a_fresh_proof_and_lead_back(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser.get("/account/information").await;
    house.clock.advance(minutes(6));
    let kept = browser.submit("#information-save", &[("name", "Mallory")]).await;
    assert_eq!((kept.status, kept.heading().as_str()), (403, "Please enter your password again"), "{kept:?}");
    let asked = browser.get("/account/information").await;
    assert!(asked.page().has("#password") && asked.page().words().contains("once more"), "{asked:?}");
    assert!(!asked.page().has("#sign-in-continue") && !asked.page().has("#automatic"));
    let back = browser.submit("#sign-in-submit", &[("password", PASSWORD)]).await;
    assert_eq!(back.heading(), "Personal information");
    assert_eq!(back.page().attribute("#name", "value"), "Ann Lee", "and nothing was saved without the proof");
}

async fn every_page_is_in_the_navigation(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let page = browser.get("/account/sites").await.page();
    assert_eq!(page.text_of("nav.side [aria-current=page]"), "Sites used");
    let links = page.attributes("nav.side ul ul a", "href");
    for path in [
        "information",
        "password",
        "email",
        "alternate-email",
        "question",
        "sessions",
        "sites",
        "history",
        "language",
        "export",
        "close",
    ] {
        assert!(links.contains(&format!("/account/{path}")), "{path}: {links:?}");
    }
}

async fn the_history_is_turned_both_ways(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let passport = &house.passport;
    let ann = passport::account::store::find_by_key(passport.db.reader(), "ann@acme.test").await;
    let tx = Acting::on(&passport.db, ann.unwrap().unwrap().id).await.unwrap().unwrap();
    for number in 0..120_u32 {
        let detail = &format!("number {number:03}");
        let (account, kind, source) = (tx.account().id, Did::SiteAllowed, &Source::default());
        let event = NewEvent { account, kind, source, detail };
        history::record(&tx, house.clock.now(), &passport.random, event).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (mut seen, mut path) = (Vec::new(), "/account/history".to_owned());
    loop {
        let page = browser.get(&path).await.page();
        seen.push(page.all("#history .mono"));
        if !page.has("a[rel=next]") {
            break;
        }
        assert_eq!(page.text_of("a[rel=next]"), "Older");
        path = page.attribute("a[rel=next]", "href");
    }
    let all: Vec<_> = seen.concat();
    assert_eq!(all.iter().filter(|detail| detail.starts_with("number")).count(), 120);
    for before in seen.iter().rev().skip(1) {
        assert_eq!(browser.here().page().text_of("a[rel=prev]"), "Newer");
        let page = browser.click("a[rel=prev]").await.page();
        assert_eq!(&page.all("#history .mono"), before);
    }
    assert!(!browser.here().page().has("a[rel=prev]"));
}
