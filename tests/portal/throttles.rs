//! Every throttle at its figure, and counted for all nodes together (docs/LIMITS.md).
use serde_json::{Value, json};
use testkit::on_both_engines;

use crate::house::{Answer, Browser, House, minutes, people};

on_both_engines![
    portal_rule_9_one_passport_is_answered_five_times_an_hour_and_ten_a_day,
    portal_rule_9_one_passport_asks_twenty_times_an_hour_and_forty_a_day,
    portal_rule_9_one_profile_gets_three_claim_mails_an_hour_and_six_a_day,
    portal_rule_9_a_claim_reaches_ten_profiles_and_support_hears_of_the_rest_once_a_day,
    portal_rule_9_a_company_sends_fifty_invitations_an_hour,
    portal_rule_9_a_profile_is_invited_again_after_a_minute_and_five_times_a_day,
    portal_rule_9_links_that_lead_nowhere_are_tried_thirty_times_a_minute_and_then_429,
    portal_rule_9_every_budget_is_one_for_all_nodes_ft_12,
    ft_12_a_visit_that_began_at_one_node_goes_on_at_another_and_ends_at_both,
];

const LIST: &str = "/account/professionals";
const DAY: u64 = 24 * 60;

/// How many rows of the table of claims there are: a throttled one leaves none.
async fn claims(house: &House) -> usize {
    house.dump().await["claim"].as_array().unwrap().len()
}

/// Signs in anew, since visits end, and claims an address of nobody.
async fn claim(house: &House, sub: &str, times: usize) {
    let mut browser = house.browser();
    browser.sign_in("/signin", sub).await;
    for _ in 0..times {
        assert_eq!(browser.claim("nobody@example.com").await.leads_to(), "/associate/sent");
    }
}

async fn portal_rule_9_one_passport_is_answered_five_times_an_hour_and_ten_a_day(house: House) {
    let address = |number: usize| format!("p{number}@contoso.example");
    let profile = |number: usize| {
        json!({"external_id": format!("p{number}"), "company": "contoso",
        "first_name": "Pe", "last_name": format!("No {number}"), "email": address(number)})
    };
    house.seed(json!({ "profiles": (0..21).map(profile).collect::<Vec<_>>() })).await;
    let mut answered = vec![];
    for hour in 0..3 {
        let mut browser = house.browser();
        browser.sign_in("/signin", "ann").await;
        // Whatever is on nobody's file counts apart.
        for number in 0..6 {
            assert_eq!(
                browser.claim(&format!("n{number}@nobody.example")).await.leads_to(),
                "/associate/sent"
            );
        }
        for number in 0..7 {
            browser.claim(&address(hour * 7 + number)).await;
        }
        answered.push(house.mail().await.len());
        house.clock.advance(minutes(120));
    }
    assert_eq!(answered, [5, 5, 0]);
    house.clock.advance(minutes(2 * DAY));
    let mut browser = house.browser();
    browser.sign_in("/signin", "ann").await;
    browser.claim(&address(20)).await;
    assert_eq!(house.mail().await.len(), 1);
}

async fn portal_rule_9_one_passport_asks_twenty_times_an_hour_and_forty_a_day(house: House) {
    let mut rows = vec![];
    for _ in 0..3 {
        claim(&house, "ann", 22).await;
        rows.push(claims(&house).await);
        house.clock.advance(minutes(120));
    }
    assert_eq!(rows, [20, 40, 40]);
    claim(&house, "bob", 1).await;
    assert_eq!(claims(&house).await, 41, "another Passport has its own");
}

async fn portal_rule_9_one_profile_gets_three_claim_mails_an_hour_and_six_a_day(house: House) {
    let mut mails = vec![];
    for hour in 0..3 {
        let mut sent = 0;
        for number in 0..4 {
            let mut browser = house.browser();
            browser.sign_in("/signin", &format!("s{hour}{number}")).await;
            browser.claim("ann@contoso.example").await;
            sent += house.mail().await.len();
        }
        mails.push(sent);
        house.clock.advance(minutes(120));
    }
    assert_eq!(mails, [3, 3, 0]);
    // Rule 6: none of that concerns what an administrator sends.
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.fill_in(LIST, &path, &[]).await.leads_to();
    assert_eq!(house.mail().await.len(), 1);
    house.clock.advance(minutes(2 * DAY));
    let mut late = house.browser();
    late.sign_in("/signin", "late").await;
    late.claim("ann@contoso.example").await;
    assert_eq!(house.mail().await.len(), 1);
}

async fn portal_rule_9_a_claim_reaches_ten_profiles_and_support_hears_of_the_rest_once_a_day(house: House) {
    let profile = |number: usize| {
        json!({"external_id": format!("many-{number:02}"), "company": "contoso", "first_name": "Many",
            "last_name": format!("No {number:02}"), "email": "many@example.com"})
    };
    let profiles: Vec<Value> = (0..12).map(profile).collect();
    house.seed(json!({ "profiles": profiles })).await;
    let mut tom = house.browser();
    tom.sign_in("/signin", "mallory").await;
    tom.claim("many@example.com").await;
    tom.get("/associate/sent").await.shows(200, "You will be receiving an e-mail");
    let mails = house.mail().await;
    let to = |address: &str| mails.iter().filter(|mail| mail.to == address).count();
    assert_eq!((to("many@example.com"), to("support@localhost.example"), mails.len()), (10, 1, 11));
    let told = mails.iter().find(|mail| mail.to.starts_with("support@")).unwrap();
    let missed = told.path("/staff/people/").strip_prefix("/staff/people/").unwrap().to_owned();
    let dump = house.dump().await;
    assert!(dump["invitation"].as_array().unwrap().iter().all(|row| row["profile_id"] != missed));
    assert!(
        dump["profile"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["id"] == missed && row["first_name"] == "Many")
    );
    assert!(!told.text.contains("mallory") && !told.text.contains("/associate/"), "{}", told.text);
    tom.claim("many@example.com").await;
    assert!(house.mail().await.iter().all(|mail| mail.to == "many@example.com"), "once a day");
    assert_eq!(house.deeds("claim.many").await, 2, "each is in the audit");
    // Ten are ten.
    let mut data = json!({ "profiles": profiles });
    data["profiles"][10]["state"] = "removed".into();
    data["profiles"][11]["state"] = "removed".into();
    house.seed(data).await;
    house.clock.advance(minutes(2 * DAY));
    tom.sign_in("/signin", "mallory").await;
    tom.claim("many@example.com").await;
    let mails = house.mail().await;
    assert!(mails.len() == 10 && mails.iter().all(|mail| mail.to == "many@example.com"), "{mails:?}");
}

/// Adds somebody with the box ticked; answers what the page says.
async fn add(boss: &mut Browser<'_>, number: usize) -> String {
    let (form, email) = (format!("{LIST}/new"), format!("n{number}@example.com"));
    let fields = [("first_name", "New"), ("last_name", "Lee"), ("email", email.as_str()), ("invite", "on")];
    let added = boss.fill_in(&form, &form, &fields).await;
    added.leads_to().split("done=").nth(1).unwrap().to_owned()
}

async fn portal_rule_9_a_company_sends_fifty_invitations_an_hour(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    for number in 0..50 {
        assert_eq!(add(&mut boss, number).await, "added-invited", "{number}");
    }
    assert_eq!(add(&mut boss, 50).await, "saved-too-many");
    assert_eq!(house.mail().await.len(), 50);
    // The person's own way to another Passport is not the company's.
    boss.fill_in("/account/profile", "/account/profile/invite", &[]).await.leads_to();
    assert_eq!(house.mail().await.len(), 1);
    house.clock.advance(minutes(120));
    boss.sign_in(LIST, "boss").await;
    assert_eq!(add(&mut boss, 51).await, "added-invited");
}

async fn portal_rule_9_a_profile_is_invited_again_after_a_minute_and_five_times_a_day(house: House) {
    let mut boss = house.browser();
    boss.administer().await;
    let path = format!("{LIST}/{}/invite", house.profile("ann").await);
    boss.get(LIST).await;
    let mut press = async || {
        let done = boss.post(&path, &[]).await;
        (done.leads_to().split("done=").nth(1).unwrap().to_owned(), house.mail().await.len())
    };
    for _ in 0..5 {
        assert_eq!(press().await, ("invited".into(), 1));
        house.clock.advance(std::time::Duration::from_millis(59_999));
        assert_eq!(press().await, ("too-soon".into(), 0));
        house.clock.advance(std::time::Duration::from_millis(1));
    }
    let refused = boss.post(&path, &[]).await;
    refused.shows(429, "too many were sent lately");
    refused.shows(429, "you can send it again");
    assert_eq!(house.mail().await.len(), 0);
}

async fn portal_rule_9_links_that_lead_nowhere_are_tried_thirty_times_a_minute_and_then_429(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    let mut guesser = house.browser();
    // All three doors count together, whatever the guess looks like.
    let guesses = [format!("/associate/{}", "A".repeat(43)), "/decline/guess".into(), "/undo/guess".into()];
    for number in 0..30 {
        assert_eq!(guesser.get(&guesses[number % 3]).await.status, 404, "{number}");
    }
    for guess in &guesses {
        let answer = guesser.get(guess).await;
        assert_eq!(answer.status, 429);
        assert!(answer.headers.contains_key("retry-after"));
    }
    assert_eq!(guesser.get(&link).await.status, 303, "a good link is good all the same");
    house.clock.advance(minutes(2));
    assert_eq!(guesser.get(&guesses[0]).await.status, 404);
}

async fn portal_rule_9_every_budget_is_one_for_all_nodes_ft_12(house: House) {
    let node = house.node().await;
    let status = |answer: Answer| answer.status;
    let (mut here, mut there) = (house.browser(), house.browser_at(node));
    let mut seen = vec![];
    for _ in 0..16 {
        seen.push(status(here.get("/associate/guess").await));
        seen.push(status(there.get("/associate/guess").await));
    }
    assert_eq!(seen.iter().filter(|status| **status == 404).count(), 30, "{seen:?}");

    // One Passport, a browser at each node: twenty claims in all.
    here.sign_in("/signin", "ann").await;
    there.sign_in("/signin", "ann").await;
    for _ in 0..11 {
        here.claim("nobody@example.com").await;
        there.claim("nobody@example.com").await;
    }
    assert_eq!(claims(&house).await, 20);

    house.seed(json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
    let page = format!("/staff/people/{}", house.profile("ann").await);
    let mut answers = vec![];
    let (mut one, mut two) = (house.browser(), house.browser_at(node));
    for browser in [&mut one, &mut two] {
        browser.sign_in("/staff", "sue").await;
        browser.get(&page).await;
    }
    for _ in 0..11 {
        for browser in [&mut one, &mut two] {
            answers.push(status(browser.post(&format!("{page}/end"), &[("reason", "because")]).await));
        }
    }
    assert_eq!(answers.iter().filter(|status| **status == 409).count(), 20, "nobody has the profile");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 2);
}

async fn ft_12_a_visit_that_began_at_one_node_goes_on_at_another_and_ends_at_both(house: House) {
    let node = house.node().await;
    let (mut boss, mut here) = (house.browser(), house.browser());
    boss.administer().await;
    here.associate("ann", "ann@contoso.example").await;
    let mut there = house.browser_at(node);
    there.cookies = here.cookies.clone();
    there.get("/").await.shows(200, "Contoso Ltda");
    let mut data = people();
    data["entitlements"][0]["ends_on"] = "2026-11-16".into();
    house.seed(data).await;
    there.get("/").await.shows(403, "ended on November 16, 2026");
    let anns = format!("{LIST}/{}", house.profile("ann").await);
    boss.fill_in(&anns, &format!("{anns}/end"), &[]).await.leads_to();
    for browser in [&mut there, &mut here] {
        assert!(browser.get("/account").await.leads_to().starts_with("/signin"));
    }
    house.mail().await;
}
