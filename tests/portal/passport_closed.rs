//! A Passport that its owner closed: the portal hears of it and lets the profile go.
use testkit::{PASSWORD, Town, house::days, on_both_engines, town::PAT};

on_both_engines![a_closed_passport_lets_its_profile_go_when_the_time_to_think_it_over_has_passed];

async fn a_closed_passport_lets_its_profile_go_when_the_time_to_think_it_over_has_passed(town: Town) {
    town.leave_mail();
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    assert_eq!(town.associations().await, 1);
    browser.get(&town.url("/account/close")).await;
    browser.submit("#close-submit", &[("sure", "on")]).await;
    town.clock.advance(days(13));
    passport::jobs::sweep(&town.passport).await.unwrap();
    town.deliver().await;
    assert_eq!(town.associations().await, 1, "it can still be taken back");
    browser.enter().await;
    browser.fill_in_sign_in("pat@mail.test", PASSWORD).await;
    assert_eq!(
        browser.get(&town.portal_url("/account")).await.url.path(),
        "/account",
        "as if nothing had been"
    );

    browser.get(&town.url("/account/close")).await;
    browser.submit("#close-submit", &[("sure", "on")]).await;
    town.clock.advance(days(15));
    passport::jobs::sweep(&town.passport).await.unwrap();
    town.deliver().await;
    assert_eq!(town.associations().await, 0);
    let letters = town.postbox(PAT).letters().await;
    assert!(letters.iter().any(|letter| letter.text.contains("was closed by its owner")), "{letters:?}");
}
