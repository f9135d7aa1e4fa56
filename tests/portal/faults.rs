//! When a half, or what it needs, is away: said so, and over as soon as it is back (FT, INV-10).
use customersource::{
    jobs::send_mail::IssueLetter,
    newsletter::{self, Newsletter, NewsletterId},
    resource::ResourceId,
};
use mailbox::{Fault, Step};
use platform::mail::Letter;
use testkit::{
    Browser, Engine, PASSWORD, Town,
    house::{minutes, seconds},
    net::Request,
    on_both_engines,
    town::PAT,
};

on_both_engines![
    ft_03_the_portals_database_away_is_503_and_then_all_is_well,
    passport_away_is_503_at_the_way_in_and_no_matter_inside,
    ft_11_a_rotated_key_is_fetched_when_it_is_met,
    ft_07_letters_wait_for_the_mail_server,
    fx_09_an_invitation_is_not_undeliverable_because_we_may_not_send,
    fx_09_block_lists_policies_and_full_mailboxes_pause_no_reader,
    a_claim_made_before_an_outage_is_answered_after_it,
];

async fn ft_03_the_portals_database_away_is_503_and_then_all_is_well(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    let page = browser.get(&town.portal_url("/associate")).await;
    let form = page.page().form("#continue").filled(&[("email", PAT)]);
    let answer = browser.tab();
    let callback = {
        let fresh = town.browser();
        fresh.sign_in("pat@mail.test", PASSWORD).await;
        let url = fresh.get_until(&town.portal_url("/signin"), "/signin/callback").await.location();
        (fresh, url)
    };
    let outage = town.neighbour().ground.take_away().await;
    let own = town.portal_url("");
    let url = town.portal_url("/associate");
    let (claimed, called) =
        tokio::join!(answer.post_from(&own, &url, &form.fields), callback.0.get(callback.1.as_str()));
    for answer in [&claimed, &called] {
        assert!(answer.status == 503 && !answer.header("retry-after").is_empty(), "{answer:?}");
    }
    town.net.send(Request::get(&town.portal_url("/healthz"))).await.assert_status(200);
    outage.end().await;
    assert!(browser.get(&town.portal_url("/")).await.page().words().contains("Pat Powell"));
    assert!(callback.0.enter().await.page().words().contains("Pat Powell"));
}

async fn passport_away_is_503_at_the_way_in_and_no_matter_inside(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    let fresh = town.browser();
    fresh.sign_in("pat@mail.test", PASSWORD).await;
    let callback = fresh.get_until(&town.portal_url("/signin"), "/signin/callback").await.location();
    let outage = town.ground.take_away().await;
    let refused = fresh.get(callback.as_str()).await;
    assert!(refused.status == 503 && !refused.header("retry-after").is_empty(), "{refused:?}");
    assert!(
        browser.get(&town.portal_url("/")).await.page().words().contains("Pat Powell"),
        "who is in stays in"
    );
    outage.end().await;
    assert!(fresh.enter().await.page().words().contains("Pat Powell"));
}

async fn ft_11_a_rotated_key_is_fetched_when_it_is_met(town: Town) {
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    for _ in 0..3 {
        let (passport, now) = (&town.passport, town.clock.now());
        passport
            .keys
            .rotate(&passport.db, &passport.random, now, oidc::jws::SigningAlgorithm::RS256)
            .await
            .unwrap();
        town.clock.advance(minutes(2));
        let fresh = town.browser();
        fresh.sign_in("pat@mail.test", PASSWORD).await;
        assert!(fresh.enter().await.page().words().contains("Pat Powell"));
    }
}

async fn ft_07_letters_wait_for_the_mail_server(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    browser.enter().await;
    town.mailbox.set_fault(Fault::RefuseConnection);
    browser.claim(PAT).await;
    town.deliver().await;
    assert!(town.mailbox.unread().is_empty());
    town.mailbox.set_fault(Fault::None);
    town.clock.advance(seconds(4));
    let link = town.postbox(PAT).link().await;
    browser.open_link(&link, "pat@mail.test").await;
    browser.click("#associate").await;
    assert_eq!(town.associations().await, 1);
}

async fn a_claim_made_before_an_outage_is_answered_after_it(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    browser.enter().await;
    browser.claim(PAT).await;
    let outage = town.neighbour().ground.take_away().await;
    assert!(customersource::worker(town.portal()).drain().await.is_err());
    outage.end().await;
    town.clock.advance(minutes(5));
    assert_eq!(town.postbox(PAT).letters().await.len(), 1, "once");
}

async fn fx_09_an_invitation_is_not_undeliverable_because_we_may_not_send(town: Town) {
    let browser = town.browser();
    browser.join("pat@mail.test").await;
    browser.enter().await;
    browser.claim(PAT).await;
    for (step, reply) in [
        (Step::Greeting, "554 5.7.1 Not from you"),
        (Step::Sender, "550 5.7.60 Not as this sender"),
        (Step::Recipient, "554 5.7.1 Blocked using zen.spamhaus.org"),
    ] {
        town.mailbox.set_fault(Fault::Says(step, reply));
        town.deliver().await;
        town.clock.advance(minutes(5));
        let refused = "SELECT COUNT(*) FROM invitation WHERE state <> 'queued'";
        assert_eq!(town.neighbour().ground.count(refused).await, 0, "{reply}");
    }
    town.mailbox.set_fault(Fault::None);
    let link = town.postbox(PAT).link().await;
    browser.open_link(&link, "pat@mail.test").await;
    browser.click("#associate").await;
    assert_eq!(town.associations().await, 1);
}

async fn fx_09_block_lists_policies_and_full_mailboxes_pause_no_reader(town: Town) {
    let (portal, now) = (town.portal(), town.clock.now());
    let tx = portal.db.begin().await.unwrap();
    let letter = Newsletter {
        id: NewsletterId::new(now, &portal.random),
        slug: "monthly".into(),
        language: "en-US".into(),
        name: "Monthly".into(),
        about: "What is new".into(),
        rule: Default::default(),
        is_open: true,
        revision: 1,
    };
    newsletter::store::add(&tx, &letter).await.unwrap();
    let found = customersource::directory::store::find_by_email(&tx, PAT, 1).await.unwrap();
    let profile = found[0].0.id;
    newsletter::store::subscribe(&tx, now, letter.id, profile).await.unwrap();
    for _ in 0..3 {
        let mail = Letter {
            to: PAT.into(),
            subject: "News".into(),
            text: "News".into(),
            html: "<p>News</p>".into(),
            language: "en-US".into(),
            unsubscribe: None,
            list: None,
            expires_at: None,
        };
        let issue = ResourceId::new(now, &portal.random);
        let job = IssueLetter { issue, newsletter: letter.id, profile, letter: mail };
        portal.outbox.add(&tx, now, &job).await.unwrap();
    }
    tx.commit().await.unwrap();
    for reply in [
        "554 5.7.1 Client host blocked using zen.spamhaus.org",
        "550 Rejected by policy",
        "552 5.2.2 The mailbox is full",
    ] {
        town.mailbox.set_fault(Fault::Says(Step::Recipient, reply));
        town.deliver().await;
        town.clock.advance(minutes(5));
        let kept = "SELECT COUNT(*) FROM outbox WHERE state = 'due'";
        assert_eq!(town.neighbour().ground.count(kept).await, 3, "{reply}");
        let counted = "SELECT COUNT(*) FROM newsletter_subscription WHERE refused > 0";
        assert_eq!(town.neighbour().ground.count(counted).await, 0, "{reply}");
    }
    town.mailbox.set_fault(Fault::None);
    assert_eq!(town.postbox(PAT).letters().await.len(), 3);
}

/// Claims; whether it was promised. A refusal has to be 503 with a time to come back.
async fn is_promised(browser: &Browser, town: &Town, address: &str) -> bool {
    browser.get(&town.portal_url("/associate")).await.assert_status(200);
    let answer = browser.submit("#continue", &[("email", address)]).await;
    assert!([200, 503].contains(&answer.status), "{answer:?}");
    assert!(answer.status == 200 || !answer.header("retry-after").is_empty(), "{answer:?}");
    answer.status == 200 && answer.url.path() == "/associate/sent"
}

#[tokio::test(flavor = "multi_thread")]
async fn fx_02_no_claim_is_promised_that_is_not_kept() {
    let town = Town::with(Engine::Sqlite, |_| {}, |settings| settings.limits.scale = 1000.0).await;
    town.leave_mail();
    let browser = town.browser();
    browser.associate(&town, "pat@mail.test", PAT).await;
    let (db, kept) = (&town.portal().db, "SELECT COUNT(*) FROM claim");
    let ground = &town.neighbour().ground;
    let mut promised = ground.count(kept).await;
    db.bound_pages(1).await;
    let (mut refused, mut number) = (0, 0);
    while refused < 4 {
        number += 1;
        assert!(number < 400, "the file still grows");
        match is_promised(&browser, &town, &format!("full{number}@mail.test")).await {
            true => promised += 1,
            false => refused += 1,
        }
    }
    assert_eq!(ground.count(kept).await, promised, "promised and not kept while the disk was full");
    let ready = town.net.send(Request::get(&town.portal_url("/readyz"))).await;
    assert_eq!((ready.status, ready.text()), (503, "{\"status\":\"database not writable\"}"));
    assert!(db.troubles().replaced() >= 4);
    db.bound_pages(0).await;
    for number in 0..5 {
        assert!(is_promised(&browser, &town, &format!("after{number}@mail.test")).await);
        promised += 1;
        assert_eq!(ground.count(kept).await, promised, "promised and not kept after space was back");
    }
    town.net.send(Request::get(&town.portal_url("/readyz"))).await.assert_status(200);
}
