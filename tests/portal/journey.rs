//! The FAQ, step by step: from nothing to a person at home in the portal, and back in another browser (CS-06,
//! CS-10 to CS-33).
use testkit::{
    PASSWORD, Town, on_both_engines,
    postbox::links,
    town::{PAT, TRI},
};

on_both_engines![
    cs_10_to_cs_22_from_nothing_to_the_portal,
    cs_18_the_link_asks_for_the_password_whatever_session_there_is,
    cs_15_cs_22_three_profiles_three_letters_one_passport,
    cs_23_siblings_of_a_claim_need_no_second_password_for_five_minutes,
    cs_30_to_cs_32_with_several_profiles_every_visit_begins_with_a_choice,
    cs_33_closing_the_browser_ends_the_portals_session,
    pp_07_the_address_of_the_passport_need_not_be_the_one_on_file,
    pp_21_whoever_is_signed_in_elsewhere_is_let_straight_in,
    the_person_is_asked_in_the_language_of_the_portal,
];

async fn cs_10_to_cs_22_from_nothing_to_the_portal(town: Town) {
    let browser = town.browser();
    let passport = "pat.private@mail.test";
    browser.sign_up(passport).await;
    let welcome = browser.get(&town.portal_url("/")).await;
    assert!(welcome.page().has("#sign-in"), "{welcome:?}");
    let asked = browser.click("#sign-in").await;
    assert!(asked.page().words().contains("CustomerSource"), "Passport says who asks");
    let landed = browser.fill_in_sign_in(passport, PASSWORD).await;
    assert_eq!(landed.url.path(), "/associate", "CS-10: the first visit leads to the association page");
    let thanks = browser.claim(PAT).await;
    let exactly = "Thank You. You will be receiving an e-mail that gives you further instructions on how to log into this extranet.";
    assert!(thanks.page().words().contains(exactly), "CS-13");

    let letter = town.postbox(PAT).letter().await;
    assert_eq!(letter.envelope_to, [PAT], "CS-16: to the address on file, byte for byte");
    let link = &links(&letter)[0];
    let html = testkit::page::Page::parse(&letter.html);
    assert_eq!(
        (html.attributes("a", "href").contains(link), html.all("a").contains(link)),
        (true, true),
        "CS-17"
    );
    let confirm = browser.open_link(link, passport).await;
    for fact in ["Pat Powell", "Acme Tools", passport] {
        assert!(confirm.page().words().contains(fact), "{fact}: {confirm:?}");
    }
    assert_eq!(town.associations().await, 0, "nothing before the button");
    let done = browser.click("#associate").await;
    let exactly = "successfully associated your Microsoft Passport with your Microsoft Dynamics profile";
    assert!(done.page().words().contains(exactly), "CS-20: {}", done.page().words());
    let home = browser.click("#go-on").await;
    assert!(
        home.page().words().contains("Pat Powell") && home.page().words().contains("Service Plan"),
        "{home:?}"
    );

    let another = town.browser();
    another.enter().await;
    let home = another.fill_in_sign_in(passport, PASSWORD).await;
    assert_eq!(
        (home.url.path(), home.url.as_str().starts_with(&town.portal_url("/"))),
        ("/", true),
        "CS-21, CS-31"
    );
    assert!(home.page().words().contains("Pat Powell"));
    assert!(town.mailbox.unread().is_empty(), "CS-21: no further mail");
}

async fn cs_18_the_link_asks_for_the_password_whatever_session_there_is(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    let landed = browser.enter().await;
    assert_eq!(landed.url.path(), "/associate", "silently: Passport knows the person");
    browser.claim(PAT).await;
    let link = town.postbox(PAT).link().await;
    let asked = browser.get(&link).await;
    let query = |name: &str| {
        let urls = asked.hops.iter().map(|hop| &hop.url).filter(|url| url.path() == "/oauth2/authorize");
        urls.flat_map(|url| url.query_pairs())
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    };
    assert_eq!((query("prompt").as_deref(), query("max_age").as_deref()), (Some("login"), Some("0")));
    assert!(asked.page().has("#password"), "{asked:?}");
    // The same session by another way does not do.
    let elsewhere = browser.tab();
    assert_ne!(elsewhere.get(&town.portal_url("/associate/confirm")).await.url.path(), "/associate/confirm");
    let confirm = browser.fill_in_sign_in("pat@mail.test", PASSWORD).await;
    assert!(confirm.page().has("#associate"), "{confirm:?}");
}

async fn cs_15_cs_22_three_profiles_three_letters_one_passport(town: Town) {
    let browser = town.browser();
    browser.join("tri@private.test").await;
    browser.enter().await;
    browser.claim(TRI).await;
    let letters = town.postbox(TRI).letters().await;
    assert_eq!(letters.len(), 3);
    let mut found: Vec<_> = letters.iter().flat_map(|letter| links(letter)).collect();
    let companies = letters.iter().filter(|letter| letter.text.contains("Beta Foods")).count();
    assert_eq!(companies, 1, "each letter names its company");
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 3, "AS-05");
    for (number, link) in found.iter().enumerate() {
        let shown = browser.get(link).await;
        if shown.page().has("#sign-in-submit") {
            browser.fill_in_sign_in("tri@private.test", PASSWORD).await;
        }
        browser.click("#associate").await;
        assert_eq!(town.associations().await, i64::try_from(number).unwrap() + 1);
    }
}

async fn cs_23_siblings_of_a_claim_need_no_second_password_for_five_minutes(town: Town) {
    let browser = town.browser();
    browser.join("tri@private.test").await;
    browser.enter().await;
    browser.claim(TRI).await;
    let links = town.postbox(TRI).links().await;
    browser.open_link(&links[0], "tri@private.test").await;
    browser.click("#associate").await;
    town.clock.advance(testkit::house::minutes(4));
    assert!(browser.get(&links[1]).await.page().has("#associate"), "no password within five minutes");
    browser.click("#associate").await;
    town.clock.advance(testkit::house::minutes(2));
    assert!(browser.get(&links[2]).await.page().has("#password"), "and one after them");
}

async fn cs_30_to_cs_32_with_several_profiles_every_visit_begins_with_a_choice(town: Town) {
    let browser = town.browser();
    browser.join("tri@private.test").await;
    browser.enter().await;
    browser.claim(TRI).await;
    for link in town.postbox(TRI).links().await {
        let shown = browser.get(&link).await;
        if shown.page().has("#sign-in-submit") {
            browser.fill_in_sign_in("tri@private.test", PASSWORD).await;
        }
        browser.click("#associate").await;
    }
    for visit in ["first", "second"] {
        browser.close_and_reopen();
        browser.enter().await;
        let chooser = browser.fill_in_sign_in("tri@private.test", PASSWORD).await;
        assert_eq!(chooser.url.path(), "/choose", "{visit}");
        assert_eq!(chooser.page().all("button.pick").len(), 3);
        let choice = chooser.page().attributes("button.pick", "value");
        let home = browser.click(&format!("button.pick[value='{}']", choice[0])).await;
        assert_eq!(home.url.path(), "/");
        // No change within the visit (CS-32).
        assert_eq!(browser.get(&town.portal_url("/choose")).await.url.path(), "/");
    }
}

async fn cs_33_closing_the_browser_ends_the_portals_session(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    assert!(browser.get(&town.portal_url("/")).await.page().words().contains("Pat Powell"));
    browser.close_and_reopen();
    assert!(browser.get(&town.portal_url("/")).await.page().has("#sign-in"));
}

async fn pp_07_the_address_of_the_passport_need_not_be_the_one_on_file(town: Town) {
    let passport = "somebody.else@private.test";
    let browser = town.browser();
    let done = browser.associate(&town, passport, PAT).await;
    assert!(done.page().words().contains("successfully associated"), "{done:?}");
    let home = browser.click("#go-on").await;
    assert!(home.page().words().contains("Pat Powell"), "{home:?}");
    assert!(town.postbox(passport).letters().await.is_empty(), "the letter goes to the address on file");
    // And an equal address by itself associates nothing.
    let same = town.browser();
    same.join(testkit::town::ANN).await;
    assert_eq!(same.enter().await.url.path(), "/associate");
    assert_eq!(town.associations().await, 1);
}

async fn pp_21_whoever_is_signed_in_elsewhere_is_let_straight_in(town: Town) {
    town.browser().associate(&town, "pat@mail.test", PAT).await;
    let browser = town.browser();
    browser.sign_in("pat@mail.test", PASSWORD).await;
    let home = browser.enter().await;
    assert!(home.url.path() == "/" && home.page().words().contains("Pat Powell"), "{home:?}");
    assert!(home.hops.iter().any(|hop| hop.url.path() == "/oauth2/authorize"), "through Passport, silently");
}

async fn the_person_is_asked_in_the_language_of_the_portal(town: Town) {
    let browser = town.browser();
    browser.get(&town.portal_url("/")).await;
    browser.submit("form[action='/language']", &[("language", "pt-BR")]).await;
    let asked = browser.enter().await;
    assert_eq!(asked.page().attribute("html", "lang"), "pt-BR");
    browser.sign_up("pat@mail.test").await;
    browser.enter().await;
    browser.fill_in_sign_in("pat@mail.test", PASSWORD).await;
    browser.claim(PAT).await;
    let letter = town.postbox(PAT).letter().await;
    let language = letter.headers.iter().find(|header| header.name == "Content-Language").unwrap();
    assert_eq!(language.value, "pt-BR");
}
