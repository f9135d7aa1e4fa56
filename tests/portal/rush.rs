//! Many at once: one link, one profile, one association (INV-1, INV-8).
use testkit::{Browser, Town, on_both_engines, town::PAT};
use tokio::task::JoinSet;

on_both_engines![
    one_link_by_thirty_two_windows_makes_one_association,
    eight_links_of_one_profile_at_once_leave_exactly_one_association,
    one_claim_posted_many_times_at_once_is_answered_with_few_letters,
];

async fn one_link_by_thirty_two_windows_makes_one_association(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    browser.enter().await;
    browser.claim(PAT).await;
    let link = town.postbox(PAT).link().await;
    browser.open_link(&link, "pat@mail.test").await;
    let mut rush = JoinSet::new();
    for _ in 0..32 {
        let tab = browser.tab();
        rush.spawn(async move { tab.submit("#associate", &[]).await });
    }
    for answer in rush.join_all().await {
        assert!(answer.status < 500, "{answer:?}");
    }
    assert_eq!(town.associations().await, 1);
    let used = "SELECT COUNT(*) FROM invitation WHERE state = 'accepted'";
    assert_eq!(town.neighbour().ground.count(used).await, 1);
}

/// A browser that stands before the confirmation of its own link to the profile.
async fn before_the_button(town: &Town, email: &str) -> Browser {
    let browser = town.browser();
    browser.join(email).await;
    browser.enter().await;
    browser.claim(PAT).await;
    let link = town.postbox(PAT).links().await.remove(0);
    browser.open_link(&link, email).await.assert_status(200);
    browser
}

async fn eight_links_of_one_profile_at_once_leave_exactly_one_association(engine: testkit::Engine) {
    let town =
        Town::with(engine, |house| house.passport.limits.scale = 100.0, |portal| portal.limits.scale = 100.0)
            .await;
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(before_the_button(&town, &format!("p{number}@mail.test")).await);
    }
    let mut rush = JoinSet::new();
    for browser in people {
        rush.spawn(async move { (browser.submit("#associate", &[]).await.status, browser) });
    }
    let ended = rush.join_all().await;
    assert!(
        ended.iter().all(|(status, _)| *status < 500),
        "{:?}",
        ended.iter().map(|(status, _)| status).collect::<Vec<_>>()
    );
    assert_eq!(town.associations().await, 1);
    let mut inside = 0;
    for (_, browser) in &ended {
        inside += i32::from(browser.get(&town.portal_url("/")).await.page().words().contains("Pat Powell"));
    }
    assert_eq!(inside, 1, "and one of them is in");
    town.leave_mail();
}

async fn one_claim_posted_many_times_at_once_is_answered_with_few_letters(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    browser.enter().await;
    browser.get(&town.portal_url("/associate")).await;
    let mut rush = JoinSet::new();
    for _ in 0..32 {
        let tab = browser.tab();
        rush.spawn(async move { tab.submit("#continue", &[("email", PAT)]).await });
    }
    for answer in rush.join_all().await {
        assert_eq!(answer.url.path(), "/associate/sent", "{answer:?}");
    }
    let letters = town.postbox(PAT).letters().await.len();
    assert!((1..=3).contains(&letters), "{letters} letters");
    let live = "SELECT COUNT(*) FROM invitation WHERE state IN ('queued', 'pending')";
    assert_eq!(town.neighbour().ground.count(live).await, 1, "one live link");
}
