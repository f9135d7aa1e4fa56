//! Nobody learns at recovery who has a Passport (EN-03), nor by how often letters are asked for (EM-10).
use std::collections::BTreeSet;

use testkit::{House, PASSWORD, house::minutes, on_both_engines};

use super::*;

on_both_engines![
    en_01_a_frozen_account_says_so_after_the_right_password_only,
    en_03_every_page_of_the_way_is_the_same_for_an_address_without_an_account,
    en_03_a_decoy_is_stable_in_every_browser_and_language_and_not_the_same_for_all,
    em_10_five_letters_an_hour_and_the_page_never_changes,
];

async fn en_01_a_frozen_account_says_so_after_the_right_password_only(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join(ANN).await;
    browser.get("/account/history").await;
    browser.click("#history a").await;
    browser.click("#not-me-submit").await.assert_status(200);
    let right = attempt(&house.browser(), ANN, PASSWORD).await;
    assert!(right.page().has("a[href='/recover']"), "who knows the password is told the way: {right:?}");
    let frozen = seen(&attempt(&house.browser(), ANN, "wrong password").await, ANN);
    let unknown =
        seen(&attempt(&house.browser(), "nobody@acme.test", "wrong password").await, "nobody@acme.test");
    assert_eq!(frozen, unknown);
}

/// The first addresses without an account that are shown the same ways as one with information on file.
async fn like_ann(house: &House) -> String {
    for number in 0..100 {
        let email = format!("nobody{number}@acme.test");
        let page = begin(&house.browser(), &email).await.page();
        if page.has("#way-answer") && !page.has("#way-billing") {
            return email;
        }
    }
    panic!("no decoy has the usual ways");
}

async fn en_03_every_page_of_the_way_is_the_same_for_an_address_without_an_account(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    sign_up_with(
        &house.browser(),
        "bea@acme.test",
        &[INFORMATION.as_slice(), &[("alternate_email", OTHER)]].concat(),
    )
    .await;
    let nobody = like_ann(&house).await;
    let question = |answer: &Answer| answer.page().text_of("#recover-question");
    let mut all = Vec::new();
    for email in [ANN, "bea@acme.test", nobody.as_str()] {
        let browser = house.browser();
        let ways = begin(&browser, email).await;
        let sent = choose(&browser, email, "alternate").await;
        let asked = choose(&browser, email, "answer").await;
        let refused = answer(&browser, email, &INFORMATION, "wrong").await;
        assert_eq!(question(&asked), question(&refused));
        let same = |answer: &Answer| {
            let (status, headers, words) = seen(answer, email);
            let asked = if answer.page().has("#recover-question") { question(answer) } else { String::new() };
            (status, headers, if asked.is_empty() { words } else { words.replace(&asked, "?") })
        };
        all.push([same(&ways), same(&sent), same(&asked), same(&refused)]);
    }
    assert_eq!(all[0], all[1], "with an alternate address and without");
    assert_eq!(all[0], all[2], "with an account and without");
}

async fn en_03_a_decoy_is_stable_in_every_browser_and_language_and_not_the_same_for_all(house: House) {
    let shown = async |email: &str, language: &str| {
        let browser = house.browser().speaking(language);
        let ways = begin(&browser, email).await.page();
        let offers = (ways.has("#way-answer"), ways.has("#way-billing"));
        drop(ways);
        let question = match offers.0 {
            true => choose(&browser, email, "answer").await.page().text_of("#recover-question"),
            false => String::new(),
        };
        (offers, question)
    };
    let mut different = BTreeSet::new();
    for number in 0..30 {
        let email = format!("nobody{number}@acme.test");
        let first = shown(&email, "en-US").await;
        assert_eq!(shown(&email, "pt-BR").await, first, "{email}");
        assert_eq!(shown(&email.to_uppercase(), "en-US").await, first, "{email}");
        different.insert(first);
    }
    assert!(different.len() > 5, "{different:?}");
}

async fn em_10_five_letters_an_hour_and_the_page_never_changes(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let before = house.postbox(OTHER).letters().await.len();
    let mut pages = BTreeSet::new();
    for _ in 0..12 {
        let browser = house.browser();
        pages.insert(seen(&choose(&browser, ANN, "alternate").await, ANN));
    }
    assert_eq!(pages.len(), 1);
    assert_eq!(house.postbox(OTHER).letters().await.len(), before + 5);
    house.clock.advance(minutes(120));
    choose(&house.browser(), ANN, "alternate").await;
    assert_eq!(house.postbox(OTHER).letters().await.len(), before + 6);
}
