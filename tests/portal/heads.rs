//! What the head and the menu of every page say, and what locked pages say: who is signed in, what is locked, why,
//! and whom to ask.
use customersource::{
    content,
    maintenance::{Window, WindowId, store},
};
use serde_json::json;
use testkit::on_both_engines;

use crate::house::{House, minutes};

on_both_engines![
    a_stranger_finds_sign_in_on_every_page_and_comes_back_to_it,
    who_is_signed_in_and_for_whom_stands_on_pages_that_say_what_went_wrong,
    the_staff_find_their_pages_from_everywhere_with_a_profile_and_without,
    the_menu_keeps_the_resources_under_my_account,
    a_locked_page_says_what_it_is_and_names_others_than_the_reader_to_ask,
    thanks_show_what_was_typed_and_send_again_whatever_it_was,
];

const ANN_AT_CONTOSO: &str = "<p class=\"site\"><strong>Contoso Ltda</strong> – Ann Lee</p>";
const SIGN_OUT: &str = "action=\"/sign-out\"";

async fn a_stranger_finds_sign_in_on_every_page_and_comes_back_to_it(house: House) {
    let mut stranger = house.browser();
    for (path, back) in [
        ("/", "%2F"),
        ("/faq", "%2Ffaq"),
        ("/help", "%2Fhelp"),
        ("/maintenance", "%2Fmaintenance"),
        ("/resources", "%2Fresources"),
        ("/newsgroups", "%2Fnewsgroups"),
        ("/nowhere?a=b", "%2Fnowhere%3Fa%3Db"),
        ("/signed-out", "%2Fsigned-out"),
    ] {
        let page = stranger.get(path).await;
        let link = format!("id=\"head-sign-in\" href=\"/signin?next={back}\"");
        assert!(page.text().contains(&link) && !page.text().contains(SIGN_OUT), "{path}: {}", page.text());
    }
    // The end of a sign-in is no page to come back to.
    let lost = stranger.get("/signin/callback?state=x&code=y").await;
    lost.shows(400, "href=\"/signin?next=%2F\"");
    assert_eq!(stranger.sign_in("/signin?next=%2Ffaq", "ann").await.leads_to(), "/faq");
    let faq = stranger.get("/faq").await;
    assert!(faq.text().contains(SIGN_OUT) && !faq.text().contains("head-sign-in"));
}

async fn who_is_signed_in_and_for_whom_stands_on_pages_that_say_what_went_wrong(house: House) {
    house.seed(json!({"staff": [{"subject": "ed", "name": "Ed", "role": "editor"}]})).await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    for (path, status) in [
        ("/faq", 200),
        ("/maintenance", 200),
        ("/nowhere", 404),
        ("/resources/nowhere", 404),
        ("/account/professionals", 403),
        ("/staff", 403),
        ("/sign-out", 405),
        ("/signin?next=%2F&next=%2Ffaq", 400),
    ] {
        let page = ann.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.text().contains(SIGN_OUT), "{path}: {}", page.text());
        assert!(page.text().contains("href=\"/resources\""), "{path}: {}", page.text());
        assert_eq!(page.text().matches(ANN_AT_CONTOSO).count(), 1, "{path}: {}", page.text());
    }
    let lost = ann.get("/account/nowhere").await;
    lost.shows(404, ANN_AT_CONTOSO);
    lost.shows(404, "href=\"/account/profile\"");
    let mut ed = house.browser();
    ed.sign_in("/staff", "ed").await;
    let refused = ed.get("/staff/cases").await;
    assert!(
        refused.text().contains(SIGN_OUT) && refused.text().contains("/staff/newsletters"),
        "{}",
        refused.text()
    );

    let tx = house.portal.db.begin().await.unwrap();
    let window = Window {
        id: WindowId::new(house.now(), &house.portal.random),
        starts_at: house.now(),
        ends_at: house.now() + minutes(30),
        message: String::new(),
    };
    store::add(&tx, &window).await.unwrap();
    tx.commit().await.unwrap();
    let closed = ann.get("/").await;
    closed.shows(503, SIGN_OUT);
    closed.shows(503, "href=\"/resources\"");
    closed.shows(503, ANN_AT_CONTOSO);
    let kept = ann.post("/account/profile", &[("first_name", "Anna")]).await;
    kept.shows(503, ANN_AT_CONTOSO);
    kept.shows(503, "Anna");
    house.browser().get("/").await.shows(503, "id=\"head-sign-in\"");
}

async fn the_staff_find_their_pages_from_everywhere_with_a_profile_and_without(house: House) {
    // Whoever had a profile before keeps the resources and finds the way; staff pages act for no company.
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let staff = json!({"staff": [
        {"subject": "ann", "name": "Ann", "role": "editor"},
        {"subject": "sue", "name": "Sue", "role": "support"},
    ]});
    house.seed(staff).await;
    let home = ann.get("/").await;
    home.shows(200, ANN_AT_CONTOSO);
    assert_eq!(home.text().matches("<a href=\"/staff/content\"").count(), 2, "{}", home.text());
    for (path, status) in [("/faq", 200), ("/resources", 200), ("/nowhere", 404)] {
        ann.get(path).await.shows(status, "<a href=\"/staff/content\"");
    }
    let desk = ann.get("/staff/content").await;
    assert!(desk.status == 200 && !desk.text().contains("class=\"site\""), "{}", desk.text());
    // Whoever has none begins there.
    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    for path in ["/", "/resources"] {
        assert_eq!(sue.get(path).await.leads_to(), "/staff", "{path}");
    }
    sue.get("/faq").await.shows(200, "<a href=\"/staff\"");
    // Nobody else is led there.
    let mut boss = house.browser();
    boss.associate("boss", "boss@contoso.example").await;
    assert!(!boss.get("/").await.text().contains("href=\"/staff"));
}

async fn the_menu_keeps_the_resources_under_my_account(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for path in ["/account", "/account/profile", "/account/professionals"] {
        let page = boss.get(path).await;
        for line in ["/resources", "/newsgroups", "/newsletters", "/account/information", "/why"] {
            page.shows(200, &format!("<li><a href=\"{line}\""));
        }
    }
}

async fn a_locked_page_says_what_it_is_and_names_others_than_the_reader_to_ask(house: House) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/demo/data/content");
    let read = content::read(&folder).unwrap();
    let tx = house.portal.db.begin().await.unwrap();
    let portal = &house.portal;
    content::actions::apply(&tx, house.now(), &portal.random, &portal.audit_mac, &read).await.unwrap();
    tx.commit().await.unwrap();

    const BANK: &str = "/resources/self-help/bank-balance-differs";
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let mut boss = house.browser();
    boss.associate("boss", "boss@contoso.example").await;
    // A plan that runs and does not suffice: title, breadcrumb, and the administrator to ask.
    let page = ann.get(BANK).await;
    page.shows(403, "Your company needs another plan");
    page.shows(403, "<a href=\"/resources/self-help\">Self-help tools</a>");
    page.shows(403, "<strong>Contoso Ltda</strong>");
    page.shows(403, "<li>Bo Boss</li>");
    assert!(!page.text().contains("<h1>This page is locked</h1>"), "{}", page.text());
    let page = boss.get(BANK).await;
    page.shows(403, "You are the administrator of Contoso Ltda");
    assert!(!page.text().contains("<li>Bo Boss</li>"), "{}", page.text());

    // A plan that ended is told apart, and since when.
    house.clock.advance(minutes(4 * 24 * 60));
    for (who, path) in [("ann", BANK), ("ann", "/resources"), ("ann", "/newsgroups"), ("boss", "/")] {
        let mut browser = house.browser();
        browser.sign_in("/account", who).await;
        let page = browser.get(path).await;
        assert!(page.text().contains("ended on November 18, 2026"), "{path}: {}", page.text());
        assert!(!page.text().contains("needs another plan"), "{path}: {}", page.text());
        assert_eq!(page.text().contains("<li>Bo Boss</li>"), who == "ann", "{path}: {}", page.text());
    }
    let why = {
        let mut boss = house.browser();
        boss.sign_in("/account", "boss").await;
        boss.get("/why").await
    };
    assert!(
        !why.text().contains("boss@contoso.example?") && why.text().contains("ended on"),
        "{}",
        why.text()
    );
}

async fn thanks_show_what_was_typed_and_send_again_whatever_it_was(house: House) {
    let mut pages = Vec::new();
    for (who, typed) in [("ann", "ann@contoso.example"), ("nil", "nil@contoso.example")] {
        let mut browser = house.browser();
        browser.sign_in("/associate", who).await;
        assert_eq!(browser.claim(typed).await.leads_to(), "/associate/sent");
        browser.get("/associate/sent").await.shows(200, typed);
        let sent = house.mail().await.len();
        let again = [("email", typed), ("again", "1")];
        assert_eq!(browser.post("/associate", &again).await.leads_to(), "/associate/sent?again=1");
        let page = browser.get("/associate/sent?again=1").await;
        page.shows(200, "once more");
        page.shows(200, typed);
        assert_eq!(house.mail().await.len(), sent);
        let token = &browser.form_token;
        pages.push(page.text().replace(typed, "").replace(who, "").split(token.as_str()).count());
        // Another person at the same browser is not shown it.
        browser.sign_in("/signin?next=%2F&fresh=1", "other").await;
        let other = browser.get("/associate/sent").await;
        assert!(other.status == 200 && !other.text().contains(typed), "{}", other.text());
    }
    assert_eq!(pages[0], pages[1]);
}
