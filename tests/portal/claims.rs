//! FAQ steps 3 to 10: the claim, the mail, the link, the confirmation.
use testkit::{Engine, on_both_engines};

use crate::house::{House, minutes, people};

on_both_engines![
    cs_10_to_cs_21_the_whole_way_of_the_faq,
    cs_15_cs_22_cs_30_three_profiles_three_mails_and_a_chooser_at_each_visit,
    cs_23_after_five_minutes_a_sibling_asks_for_the_password,
    cs_14_en_04_every_outcome_looks_the_same,
    cs_14_a_throttled_claim_gets_the_same_thanks_and_no_mail,
    em_10_one_address_gets_no_more_than_three_mails_an_hour_whoever_asks,
    what_is_no_address_is_refused_beside_the_field_and_kept,
    cs_19_as_01_another_passport_is_told_so_and_the_right_one_still_succeeds,
    em_04_a_scanner_fetches_the_link_ten_times_and_the_person_succeeds,
    dead_links_say_what_they_are_and_what_to_do,
    as_03_a_link_to_a_changed_address_is_withdrawn_even_on_the_confirmation_page,
    a_profile_moves_to_the_passport_of_whoever_reads_its_mail_and_everybody_is_told,
    with_self_claims_switched_off_the_page_says_whom_to_ask,
    cs_08_pages_and_mail_come_in_the_persons_language,
];

const THANKS: &str = "You will be receiving an e-mail that gives you further instructions";

async fn cs_10_to_cs_21_the_whole_way_of_the_faq(house: House) {
    let mut browser = house.browser();
    assert_eq!(browser.sign_in("/account", "ann").await.leads_to(), "/account");
    assert_eq!(browser.get("/account").await.leads_to(), "/associate");
    browser.get("/associate").await.shows(200, "provided to Microsoft Dynamics when your solution");
    assert_eq!(
        browser.post("/associate", &[("email", "ann@contoso.EXAMPLE")]).await.leads_to(),
        "/associate/sent"
    );
    browser.get("/associate/sent").await.shows(200, THANKS);

    let mails = house.mail().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "Ann@Contoso.example", "as on file, byte for byte (CS-16)");
    assert!(mails[0].subject.contains("Contoso Ltda") && mails[0].html.contains("Ann Lee"));
    assert!(!mails[0].text.contains("contoso.EXAMPLE"), "what was typed is not repeated");
    assert_eq!(house.count("invitation", "pending").await, 1);

    let opened = browser.get(&mails[0].link()).await;
    assert!(opened.leads_to().contains("prompt=login&max_age=0"), "CS-18: {}", opened.leads_to());
    assert_eq!(opened.headers["referrer-policy"], "no-referrer");
    browser.sign_in(&mails[0].link(), "ann").await;
    let confirm = browser.get("/associate/confirm").await;
    for text in ["Ann Lee", "Contoso Ltda", "ann@passport.example"] {
        confirm.shows(200, text);
    }
    assert_eq!(browser.post("/associate/confirm", &[]).await.leads_to(), "/associate/done");
    browser
        .get("/associate/done")
        .await
        .shows(200, "You have successfully associated your Microsoft Passport");
    browser.get("/").await.shows(200, "Contoso Ltda");

    // CS-21, CS-31: a new browser, straight in.
    let mut later = house.browser();
    assert_eq!(later.sign_in("/account", "ann").await.leads_to(), "/account");
    later.get("/account").await.shows(200, "Ann@Contoso.example");
    assert!(house.mail().await.is_empty());
}

async fn cs_15_cs_22_cs_30_three_profiles_three_mails_and_a_chooser_at_each_visit(house: House) {
    let mut browser = house.browser();
    browser.sign_in("/signin", "tri").await;
    browser.claim("three@example.com").await;
    let mails = house.mail().await;
    assert_eq!(mails.len(), 3);
    assert_eq!(mails.iter().filter(|mail| mail.subject.contains("Fabrikam")).count(), 1);

    browser.accept(&mails[0].link(), "tri").await;
    assert_eq!(browser.get("/choose").await.leads_to(), "/", "one profile needs no choice (CS-31)");
    for mail in &mails[1..] {
        // CS-23: the siblings of one claim need no password again, for five minutes.
        assert_eq!(browser.get(&mail.link()).await.leads_to(), "/associate/confirm");
        browser.get("/associate/confirm").await;
        assert_eq!(browser.post("/associate/confirm", &[]).await.leads_to(), "/associate/done");
    }
    assert_eq!(house.count("association", "active").await, 3);

    assert_eq!(browser.get("/").await.leads_to(), "/choose");
    let chooser = browser.get("/choose").await;
    let values: Vec<&str> = chooser.text().split("name=\"profile\" value=\"").skip(1).collect();
    assert_eq!(values.len(), 3);
    let of = |person: &str| {
        let button = values.iter().find(|button| button.contains(person)).unwrap();
        button.split('"').next().unwrap().to_owned()
    };
    let (first, last) = (of("<span>Tri Lee"), of("<span>Trio Lee"));
    assert_eq!(browser.post("/choose", &[("profile", &last)]).await.leads_to(), "/");
    browser.get("/").await.shows(200, "<p class=\"site\"><strong>Fabrikam S.A.</strong> – Trio Lee</p>");

    // CS-32: no switch within a visit, and whoever tries, in another tab, is told; a new browser chooses again.
    assert_eq!(browser.post("/choose", &[("profile", &last)]).await.leads_to(), "/", "pressed twice");
    let other = browser.post("/choose", &[("profile", &first)]).await;
    other.shows(409, "This visit already uses another of your profiles");
    browser.get("/").await.shows(200, "<strong>Fabrikam S.A.</strong> – Trio Lee");
    browser.close();
    browser.sign_in("/account", "tri").await;
    assert_eq!(browser.get("/account").await.leads_to(), "/choose?next=%2Faccount");
}

async fn cs_23_after_five_minutes_a_sibling_asks_for_the_password(house: House) {
    let mut browser = house.browser();
    browser.sign_in("/signin", "tri").await;
    browser.claim("three@example.com").await;
    let mails = house.mail().await;
    browser.accept(&mails[0].link(), "tri").await;
    house.clock.advance(minutes(5) + minutes(1));
    assert!(browser.get(&mails[1].link()).await.leads_to().contains("prompt=login"));
}

async fn cs_14_en_04_every_outcome_looks_the_same(house: House) {
    let mut answers = Vec::new();
    for (sub, email) in [
        ("a", "nobody@example.com"),
        ("b", "ann@contoso.example"),
        ("c", "three@example.com"),
        ("d", "late@example.com"),
        ("e", "shut@example.com"),
    ] {
        let mut browser = house.browser();
        browser.sign_in("/signin", sub).await;
        let posted = browser.claim(email).await;
        let page = browser.get("/associate/sent").await;
        page.shows(200, THANKS);
        // What was typed stands there twice: to be read, and to be sent again.
        answers.push((
            posted.status,
            posted.leads_to().to_owned(),
            page.text().len() - sub.len() - 2 * email.len(),
        ));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let to: Vec<String> = house.mail().await.into_iter().map(|mail| mail.to).collect();
    let expected = ["Ann@Contoso.example", "Three@Example.com", "late@example.com", "three@example.com"];
    assert_eq!(to[..3], expected[..3]);
    assert_eq!(to.len(), 5, "a closed company's profile gets none");
}

async fn cs_14_a_throttled_claim_gets_the_same_thanks_and_no_mail(house: House) {
    let mut browser = house.browser();
    browser.sign_in("/signin", "ann").await;
    for _ in 0..20 {
        browser.claim("nobody@example.com").await;
    }
    assert_eq!(browser.claim("ann@contoso.example").await.leads_to(), "/associate/sent");
    browser.get("/associate/sent").await.shows(200, THANKS);
    assert!(house.mail().await.is_empty());
    house.clock.advance(minutes(121));
    browser.sign_in("/account", "ann").await;
    browser.claim("ann@contoso.example").await;
    assert_eq!(house.mail().await.len(), 1);
}

async fn em_10_one_address_gets_no_more_than_three_mails_an_hour_whoever_asks(house: House) {
    let mut mails = 0;
    for sub in ["a", "b", "c", "d", "e"] {
        let mut browser = house.browser();
        browser.sign_in("/signin", sub).await;
        browser.claim("ann@contoso.example").await;
        mails += house.mail().await.len();
    }
    assert_eq!(mails, 3);
    assert_eq!(house.count("invitation", "pending").await, 3, "nobody's request replaces another's");
}

async fn what_is_no_address_is_refused_beside_the_field_and_kept(house: House) {
    let mut browser = house.browser();
    browser.sign_in("/signin", "ann").await;
    for (typed, told) in [
        ("", "Enter an e-mail address"),
        ("ann", "in the form name@example.com"),
        ("a@b.com\r\nBcc: c@d.com", "in the form name@example.com"),
        ("\"a\"@b.com", "in the form name@example.com"),
    ] {
        let answer = browser.claim(typed).await;
        answer.shows(422, told);
        answer.shows(422, "id=\"email-error\"");
    }
    browser.claim("<b>@x").await.shows(422, "value=\"&#60;b&#62;@x\"");
    let token = std::mem::replace(&mut browser.form_token, "stale".into());
    let stale = browser.post("/associate", &[("email", "ann@contoso.example")]).await;
    stale.shows(403, "value=\"ann@contoso.example\"");
    assert_ne!(browser.form_token, token);
    assert_eq!(
        browser.post("/associate", &[("email", "ann@contoso.example")]).await.leads_to(),
        "/associate/sent"
    );
}

async fn cs_19_as_01_another_passport_is_told_so_and_the_right_one_still_succeeds(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();

    let mut mallory = house.browser();
    mallory.sign_in(&link, "mallory").await;
    mallory.get("/associate/confirm").await.shows(403, "mallory@passport.example");
    mallory.get("/associate/confirm").await.shows(403, "/associate/another");
    mallory
        .post("/associate/confirm", &[])
        .await
        .shows(403, "This link belongs to another Microsoft Passport");
    assert_eq!(house.count("association", "active").await, 0);

    // “Sign in with another Passport”, in the same browser.
    mallory.get("/associate/confirm").await;
    let asked = mallory.post("/associate/another", &[]).await;
    assert!(asked.leads_to().contains("prompt=login&max_age=0"));
    assert_eq!(mallory.prove(&asked, "ann").await.leads_to(), "/associate/confirm");
    mallory.get("/associate/confirm").await.shows(200, "Ann Lee");
    assert_eq!(mallory.post("/associate/confirm", &[]).await.leads_to(), "/associate/done");
}

async fn em_04_a_scanner_fetches_the_link_ten_times_and_the_person_succeeds(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    let before = house.dump().await;
    for _ in 0..10 {
        let mut scanner = house.browser();
        scanner.get(&link).await.leads_to();
        let head = axum::http::Request::head(&link);
        assert_eq!(scanner.send(head, "").await.status, 303);
        // It may even press buttons: without a Passport it gets nowhere.
        scanner.post("/associate/confirm", &[]).await.shows(403, "You are signed out");
    }
    assert_eq!(house.dump().await, before, "nothing changed");
    assert_eq!(ann.accept(&link, "ann").await.leads_to(), "/associate/done");
}

async fn dead_links_say_what_they_are_and_what_to_do(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let first = house.mail().await[0].link();
    ann.claim("ann@contoso.example").await;
    let second = house.mail().await[0].link();
    let mut stranger = house.browser();
    stranger.get(&first).await.shows(410, "A newer e-mail has replaced this link");
    stranger.get("/associate/x").await.shows(404, "We do not know this link");
    let unknown = format!("/associate/{}", "A".repeat(43));
    stranger.get(&unknown).await.shows(404, "We do not know this link");

    ann.accept(&second, "ann").await;
    stranger.get(&second).await.shows(410, "This link has been used");
    ann.get(&second).await.shows(200, "You have used this link before");

    house.clock.advance(minutes(121));
    ann.sign_in("/account", "ann").await;
    ann.claim("pat@example.com").await;
    let third = house.mail().await[0].link();
    house.clock.advance(minutes(24 * 60));
    stranger.get(&third).await.shows(410, "This link is too old");
}

async fn as_03_a_link_to_a_changed_address_is_withdrawn_even_on_the_confirmation_page(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    ann.sign_in(&link, "ann").await;
    ann.get("/associate/confirm").await.shows(200, "Ann Lee");
    let mut data = people();
    data["profiles"][0]["email"] = "new@contoso.example".into();
    house.seed(data).await;
    ann.post("/associate/confirm", &[]).await.shows(410, "This link was withdrawn");
    house.browser().get(&link).await.shows(410, "This link was withdrawn");
    assert_eq!(house.count("association", "active").await, 0);
}

async fn a_profile_moves_to_the_passport_of_whoever_reads_its_mail_and_everybody_is_told(house: House) {
    let mut old = house.browser();
    old.associate("old", "ann@contoso.example").await;
    old.get("/").await.shows(200, "Contoso Ltda");

    let mut new = house.browser();
    new.sign_in("/signin", "new").await;
    new.claim("ann@contoso.example").await;
    let mails = house.mail().await;
    assert!(mails[0].text.contains("is associated with another Microsoft Passport now"));
    new.sign_in(&mails[0].link(), "new").await;
    new.get("/associate/confirm").await.shows(200, "that one loses it");
    old.get("/").await.shows(200, "Contoso Ltda");
    assert_eq!(new.post("/associate/confirm", &[]).await.leads_to(), "/associate/done");

    assert!(old.get("/account").await.leads_to().starts_with("/signin"), "CS-63: the open session ended");
    new.get("/").await.shows(200, "Contoso Ltda");
    assert_eq!(house.count("association", "superseded").await, 1);
    let told: Vec<String> = house.mail().await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(told, ["Ann@Contoso.example", "boss@contoso.example"]);
}

async fn with_self_claims_switched_off_the_page_says_whom_to_ask(engine: Engine) {
    let house = House::open_with(engine, |settings| settings.portal.self_claim = false).await;
    let mut browser = house.browser();
    browser.sign_in("/signin", "ann").await;
    browser.get("/associate").await.shows(200, "ask an administrator of your company");
    assert_eq!(browser.post("/associate", &[("email", "ann@contoso.example")]).await.status, 403);
    assert!(house.mail().await.is_empty());
}

async fn cs_08_pages_and_mail_come_in_the_persons_language(house: House) {
    let mut browser = house.browser();
    browser.language = "pt-BR";
    browser.sign_in("/signin", "ann").await;
    browser.get("/associate").await.shows(200, "Endereço de e-mail");
    browser.claim("ann@contoso.example").await;
    browser.get("/associate/sent").await.shows(200, "Obrigado.");
    assert!(house.mail().await[0].text.contains("clique neste link"));
}
