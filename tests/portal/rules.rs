//! The security rules of the portal, one by one, and the test that proves each.
//!
//! | Rule | proven by |
//! |---|---|
//! | 1 secrets of links | `portal_rule_1_…`, `association::tests::as_07_…`, `stores::inv_12_…` |
//! | 2 links lead to the configured origin | `portal_rule_2_em_01_em_02_…` |
//! | 3 only a confirmed POST accepts | `surface::inv_6_…`, `surface::portal_rule_3_br_03_…`, `claims::em_04_…`, `claims::cs_10_to_cs_21_…` |
//! | 4 re-authentication | `sign_in::cs_18_…`, `sign_in::portal_rule_4_…`, `association::tests::cs_18_…` |
//! | 5 bound by purpose; equal addresses where wanted | `portal_rule_5_…`, `claims::cs_19_as_01_…`, `invitations::cs_47_…` |
//! | 6 a claim disturbs nobody else's link | `stores::portal_rule_6_…`, `invitations::cs_50_as_06_…`, `throttles::portal_rule_9_one_profile_…` |
//! | 7 no enumeration | `portal_rule_7_…`, `claims::cs_14_en_04_…` |
//! | 8 what mail says | `portal_rule_8_em_09_…`, `faq::cs_16_…`, `association::letter::tests::…` |
//! | 9 throttles | `throttles::…`, `staff::staff_change_no_more_than_twenty_…`, `claims::em_10_…` |
//! | 10, 11 the address’s key | `portal_rule_10_…`, `em_07_…`, the ground’s `email` |
//! | 12 tenants | `portal_rule_12_as_08_…`, `companies::as_08_…` |
//! | 13 an edited address | `companies::cs_51_…`, `invitations::cs_62_…`, `imports::portal_rule_13_em_11_…` |
//! | 14 issuer and subject alone | `portal_rule_14_…`, `invitations::as_14_…` |
//! | 15 removal ends everything | `departures::…`, `exchange::cs_48_…` |
//! | 16 staff | `staff::as_16_…`, `staff::portal_rule_16_…` |
//! | 17 policies of pages | `surface::portal_rule_17_…` |
//! | 18 no open redirect | `sign_in::br_06_…`, `portal_rule_18_…` |
use axum::http::Request;
use customersource::{association::Verdict, config::PassportEmail};
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::{
    house::{Browser, House, cookie, people},
    invitations::invite,
    race,
};

on_both_engines![
    portal_rule_1_br_18_the_secret_of_a_link_is_in_one_address_and_leaves_it_at_once,
    portal_rule_2_em_01_em_02_no_header_chooses_where_links_lead,
    portal_rule_5_an_installation_may_want_the_passports_verified_address_to_be_the_profiles,
    portal_rule_7_the_request_only_writes_a_claim_and_a_job,
    portal_rule_8_em_09_what_is_on_file_cannot_break_a_letter_and_what_was_typed_is_not_in_it,
    portal_rule_10_portal_rule_11_em_08_an_address_that_only_looks_alike_finds_nothing,
    em_07_what_could_mean_two_mailboxes_is_refused_and_nothing_is_written,
    portal_rule_12_as_08_another_companys_invitation_and_ones_own_under_a_wrong_name_are_nobodys,
    portal_rule_14_the_same_subject_of_another_issuer_is_another_person,
    portal_rule_18_inv_3_what_comes_after_a_link_is_this_sites_own_page,
    as_05_each_of_three_links_attaches_its_own_profile_and_no_other,
    as_07_inv_2_no_secret_opens_a_door_that_is_not_its_own,
];

const LIST: &str = "/account/professionals";

async fn portal_rule_1_br_18_the_secret_of_a_link_is_in_one_address_and_leaves_it_at_once(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let mail = house.mail().await.remove(0);
    let secret = mail.link().strip_prefix("/associate/").unwrap().to_owned();
    assert_eq!(secret.len(), 43);
    // A page with a form on it must say its origin to us, and says it to nobody else.
    for (path, referrer) in [(mail.link(), "no-referrer"), (mail.path("/decline/"), "same-origin")] {
        let opened = house.browser().get(&path).await;
        assert_eq!(opened.headers["cache-control"], "no-store");
        assert_eq!(opened.headers["referrer-policy"], referrer);
        // Neither the page nor a header repeats it, but for forms that come back to this very address.
        let rest = opened.text().replace(&format!("=\"/decline/{secret}\""), "");
        assert!(!rest.contains(&secret) && !rest.contains("https://"), "{rest}");
        let location = opened.headers.get("location").map_or("", |to| to.to_str().unwrap());
        assert!(!location.contains(&secret));
        for cookie in opened.headers.get_all("set-cookie") {
            assert!(!cookie.to_str().unwrap().contains(&secret));
        }
    }
    // The confirmation is at an address of its own.
    let confirm = ann.sign_in(&mail.link(), "ann").await;
    assert_eq!(confirm.leads_to(), "/associate/confirm");
    let page = ann.get("/associate/confirm").await;
    assert!(!page.text().contains(&secret));
}

async fn portal_rule_2_em_01_em_02_no_header_chooses_where_links_lead(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.get("/associate").await;
    let fields = [("email", "ann@contoso.example"), ("form_token", ann.form_token.as_str())];
    let body = serde_html_form::to_string(fields).unwrap();
    let request = Request::post("/associate")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-host", "evil.example")
        .header("x-forwarded-proto", "gopher")
        .header("forwarded", "host=evil.example;proto=gopher");
    ann.send(request, body).await.leads_to();
    let mail = house.mail().await.remove(0);
    for part in [&mail.text, &mail.html] {
        assert!(!part.contains("evil.example") && !part.contains("gopher"), "{part}");
        assert!(part.contains("http://localhost:8080/associate/"));
    }
}

async fn portal_rule_5_an_installation_may_want_the_passports_verified_address_to_be_the_profiles(
    engine: Engine,
) {
    let house =
        House::open_with(engine, |settings| settings.portal.passport_email = PassportEmail::Same).await;
    let (mut boss, mut ann) = (house.browser(), house.browser());
    house.provider.set(|said| said.email = Some("BOSS@contoso.example".into()));
    boss.administer().await;
    let link = invite(&house, &mut boss, "ann").await;
    for email in [None, Some("somebody@evil.example".to_owned())] {
        house.provider.set(|said| said.email = email);
        ann.sign_in(&link, "other").await;
        ann.get("/associate/confirm").await.shows(403, "has another e-mail address");
        ann.get("/associate").await;
        ann.post("/associate/confirm", &[]).await.shows(403, "It can still be used");
    }
    assert_eq!(
        (house.count("association", "active").await, house.count("invitation", "pending").await),
        (1, 1)
    );
    house.provider.set(|said| said.email = Some("ann@contoso.example".into()));
    ann.sign_in(&link, "ann").await;
    ann.get("/associate/confirm").await.shows(200, "Ann Lee");
    assert_eq!(ann.post("/associate/confirm", &[]).await.leads_to(), "/associate/done");
    house.mail().await;
}

async fn portal_rule_7_the_request_only_writes_a_claim_and_a_job(house: House) {
    for (sub, address) in [("a", "three@example.com"), ("b", "nobody@example.com")] {
        let mut browser = house.browser();
        browser.sign_in("/signin", sub).await;
        let before = house.dump().await;
        browser.claim(address).await.leads_to();
        let after = house.dump().await;
        let claims = after["claim"].as_array().unwrap();
        assert!(claims.last().unwrap()["matches"].is_null(), "nobody has searched yet");
        for table in ["invitation", "association", "audit"] {
            assert_eq!(after[table], before[table], "{address}: {table}");
        }
    }
    let mails = house.mail().await;
    assert_eq!(mails.len(), 3, "no mail for no match");
}

async fn portal_rule_8_em_09_what_is_on_file_cannot_break_a_letter_and_what_was_typed_is_not_in_it(
    house: House,
) {
    house
        .seed(json!({
            "companies": [{"external_id": "odd", "name": ".Odd & Söhne <b> =?utf-8?q?x?="}],
            "profiles": [{"external_id": "odd", "company": "odd", "first_name": ".", "last_name": "MAIL FROM:<x@evil.example>",
                "email": "odd@example.com"}],
        }))
        .await;
    let mut mallory = house.browser();
    mallory.sign_in("/signin", "mallory").await;
    mallory.claim("ODD@example.COM").await;
    let mails = house.mail().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "odd@example.com"));
    let mail = &mails[0];
    let header =
        |name: &str| mail.headers.iter().filter(|found| found.name.eq_ignore_ascii_case(name)).count();
    assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    for once in ["To", "From", "Subject", "Message-ID", "Date"] {
        assert_eq!(header(once), 1, "{once}");
    }
    assert_eq!(header("Bcc") + header("Cc"), 0);
    assert!(mail.subject.contains(".Odd & Söhne <b>"), "{}", mail.subject);
    assert!(
        mail.html.contains("Söhne &#60;b&#62;") && mail.text.contains("MAIL FROM:<x(at)evil\u{2024}example>")
    );
    for part in [&mail.text, &mail.html, &mail.subject] {
        assert!(!part.contains("ODD@") && !part.contains("mallory"), "{part}");
    }
    // Names that would break a line are refused wherever they could come in.
    for name in ["a\r\nBcc: x@evil.example", "a\u{2028}b", "a\0"] {
        let data = json!({"companies": [{"external_id": "bad", "name": name}]});
        let seed = customersource::seed::Seed::parse(&data.to_string()).unwrap();
        assert!(customersource::seed::apply(&house.portal, &seed).await.is_err(), "{name:?}");
    }
}

async fn portal_rule_10_portal_rule_11_em_08_an_address_that_only_looks_alike_finds_nothing(house: House) {
    let profile = |id: &str, email: &str| json!({"external_id": id, "company": "contoso", "first_name": id, "last_name": "X", "email": email});
    let data = [
        profile("mike", "Mike@k\u{f6}ln.example"),
        profile("jose", "jos\u{e9}@example.com"),
        profile("percent", "a%b_c@example.com"),
    ];
    house.seed(json!({ "profiles": data })).await;
    let reached = async |sub: &str, typed: &str| {
        let mut browser = house.browser();
        browser.sign_in("/signin", sub).await;
        browser.claim(typed).await;
        house.mail().await.into_iter().map(|mail| mail.to).collect::<Vec<_>>()
    };
    // Two spellings of one address; the mail goes to the one on file.
    for (sub, typed) in [("a", "MIKE@xn--kln-sna.example"), ("b", " mike@K\u{f6}LN.example ")] {
        let to = reached(sub, typed).await;
        assert_eq!(to, ["Mike@xn--kln-sna.example"], "{typed}");
    }
    for (number, typed) in [
        "mi\u{212a}e@k\u{f6}ln.example",
        "m\u{131}ke@k\u{f6}ln.example",
        "\u{43c}ike@k\u{f6}ln.example",
        "mike@koln.example",
        "jose@example.com",
        "axbyc@example.com",
        "a%@example.com",
        "mike\u{ff20}k\u{f6}ln.example",
        "mike@k\u{f6}ln\u{ff0e}example",
    ]
    .into_iter()
    .enumerate()
    {
        assert!(reached(&format!("s{number}"), typed).await.is_empty(), "{typed}");
    }
    // A mailbox with an accent is found as well; whether its mail goes out is the server's affair.
    reached("z", "JOS\u{e9}@example.com").await;
    let (dump, jose) = (house.dump().await, house.profile("jose").await);
    let links = dump["invitation"].as_array().unwrap().iter().filter(|row| row["profile_id"] == jose);
    assert_eq!(links.count(), 1);
}

async fn em_07_what_could_mean_two_mailboxes_is_refused_and_nothing_is_written(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    for typed in [
        "a@evil.example,ann@contoso.example",
        "\"e@evil.example\"@contoso.example",
        "ann@contoso.example <m@evil.example>",
        "grp: a@contoso.example;",
        "<@evil.example:ann@contoso.example>",
        "ann@contoso.example%0d%0aBcc:x@evil.example,",
        "ann@contoso.example\u{2028}x",
        "ann@[127.0.0.1]",
    ] {
        ann.claim(typed).await.shows(422, "in the form name@example.com");
    }
    assert_eq!(house.dump().await["claim"].as_array().unwrap().len(), 0);
    assert!(house.mail().await.is_empty());
}

/// The id of the only invitation of a profile.
async fn invitation_of(house: &House, name: &str) -> String {
    let (dump, profile) = (house.dump().await, house.profile(name).await);
    let all = dump["invitation"].as_array().unwrap();
    all.iter().rfind(|row| row["profile_id"] == profile).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn portal_rule_12_as_08_another_companys_invitation_and_ones_own_under_a_wrong_name_are_nobodys(
    house: House,
) {
    let mut data = people();
    data["profiles"][5]["administrator"] = true.into();
    house
        .seed(json!({"profiles": [{"external_id": "ben", "company": "fabrikam", "first_name": "Ben",
        "last_name": "X", "email": "ben@fabrikam.example", "administrator": true}]}))
        .await;
    let (mut boss, mut ben) = (house.browser(), house.browser());
    boss.administer().await;
    ben.associate("ben", "ben@fabrikam.example").await;
    let theirs = invite(&house, &mut ben, "three-3").await;
    let own = invite(&house, &mut boss, "three-1").await;
    let (their_id, own_id) = (invitation_of(&house, "three-3").await, invitation_of(&house, "three-1").await);
    let before = house.dump().await;
    for (person, invitation, status) in [
        ("three-3", their_id.as_str(), 404),
        ("ann", their_id.as_str(), 303),
        ("ann", own_id.as_str(), 303),
        ("three-3", own_id.as_str(), 404),
        ("ann", "x", 404),
    ] {
        let path = format!("{LIST}/{}/withdraw", house.profile(person).await);
        let page = path.trim_end_matches("/withdraw");
        let answer = boss.fill_in(page, &path, &[("invitation", invitation)]).await;
        assert_eq!(answer.status, status, "{person} {invitation}");
        if status == 303 {
            assert!(answer.leads_to().ends_with("?done=nothing"));
        }
    }
    assert_eq!(house.dump().await, before);
    for link in [theirs, own] {
        assert_eq!(house.browser().get(&link).await.leads_to(), "/associate/invitation", "both are good");
    }
}

async fn portal_rule_14_the_same_subject_of_another_issuer_is_another_person(house: House) {
    let digest = race::link(&house, "ann").await;
    assert!(matches!(race::accept(&house, digest, "ann").await, Verdict::Accept { .. }));
    house.mail().await;
    let mut ann = house.browser();
    ann.sign_in("/account", "ann").await;
    assert_eq!(ann.get("/account").await.leads_to(), "/associate", "that Ann has another provider");
    ann.get("/why").await.shows(200, "is not associated with a profile yet");
}

async fn portal_rule_18_inv_3_what_comes_after_a_link_is_this_sites_own_page(house: House) {
    let mut ann = house.browser();
    ann.sign_in("/signin", "ann").await;
    ann.claim("ann@contoso.example").await;
    let link = house.mail().await[0].link();
    for more in ["?next=https://evil.example", "?next=//evil.example", "?redirect_uri=https://evil.example"] {
        ann.close();
        let answer = ann.sign_in(&format!("{link}{more}"), "ann").await;
        assert_eq!(answer.leads_to(), "/associate/confirm", "{more}");
    }
    ann.get("/associate/confirm").await;
    let done = ann.post("/associate/confirm?next=//evil.example", &[("next", "//evil.example")]).await;
    assert_eq!(done.leads_to(), "/associate/done");
}

async fn as_05_each_of_three_links_attaches_its_own_profile_and_no_other(house: House) {
    let mut tri = house.browser();
    tri.sign_in("/signin", "tri").await;
    tri.claim("three@example.com").await;
    let links: Vec<String> = house.mail().await.iter().map(|mail| mail.link()).collect();
    let mut had: Vec<String> = vec![];
    for link in links {
        tri.accept(&link, "tri").await.leads_to();
        let dump = house.dump().await;
        let all = dump["association"].as_array().unwrap();
        let profiles: Vec<String> =
            all.iter().map(|row| row["profile_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(profiles.len(), had.len() + 1);
        assert!(had.iter().all(|known| profiles.contains(known)));
        had = profiles;
    }
    let mut expected =
        [house.profile("three-1").await, house.profile("three-2").await, house.profile("three-3").await];
    expected.sort();
    had.sort();
    assert_eq!(had, expected);
}

async fn as_07_inv_2_no_secret_opens_a_door_that_is_not_its_own(house: House) {
    let (mut boss, mut ann): (Browser<'_>, Browser<'_>) = (house.browser(), house.browser());
    boss.administer().await;
    let link = invite(&house, &mut boss, "ann").await;
    let secret = link.strip_prefix("/associate/").unwrap().to_owned();
    let tri = invite(&house, &mut boss, "three-1").await;
    ann.accept(&link, "ann").await.leads_to();
    let undo = house.mail().await[0].path("/undo/").strip_prefix("/undo/").unwrap().to_owned();
    let id = invitation_of(&house, "three-1").await;
    let profile = house.profile("three-1").await;
    let session = ann.cookies.value("session").unwrap().to_owned();
    let before = house.dump().await;
    let mut stranger = house.browser();
    for (door, secrets) in [
        ("/associate/", vec![&undo, &id, &profile, &session]),
        ("/decline/", vec![&undo, &id, &profile, &session]),
        ("/undo/", vec![&secret, &id, &profile, &session]),
        ("/unsubscribe/", vec![&secret, &undo, &id, &session]),
    ] {
        for wrong in secrets {
            assert_eq!(stranger.get(&format!("{door}{wrong}")).await.status, 404, "{door}");
        }
    }
    let mut thief = house.browser();
    for secret in [&secret, &undo, &id] {
        thief.keep(cookie("session"), secret.clone());
        assert!(thief.get("/account").await.leads_to().starts_with("/signin"));
    }
    assert_eq!(house.dump().await, before);
    assert_eq!(house.browser().get(&tri).await.leads_to(), "/associate/invitation");
}
