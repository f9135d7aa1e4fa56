//! What the page of the claim tells about who is on file: nothing, neither by its looks nor by its time; and letters
//! only to the very address that was typed (CS-14, CS-16, INV-4).
use std::{io::Write as _, time::Instant};

use reqwest::{Client, header::COOKIE, redirect::Policy};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use testkit::Engine;
use tokio_util::sync::CancellationToken;

use crate::{
    PASSWORD, http,
    person::Person,
    verbs::THANK_YOU,
    world::{Setup, World},
};

const EVE: &str = "eve@elsewhere.example";
const NOBODY: &str = "nobody@contoso.example";
const ONE: &str = "bruno.lima@contoso.example";
const TWENTY: &str = "office@contoso.example";
/// How often the turns are taken: each address is asked about sixty-three times.
const ROUNDS: usize = 7;
/// Each address follows every pair of them equally often (a de Bruijn sequence): what an earlier claim leaves to do
/// delays all of them alike.
const TURNS: [usize; 27] = [0, 0, 0, 1, 0, 0, 2, 0, 1, 1, 0, 1, 2, 0, 2, 1, 0, 2, 2, 1, 1, 1, 2, 1, 2, 2, 2];

fn profile(number: usize, last_name: &str, email: &str) -> Value {
    let id = format!("X-{number}");
    json!({"external_id": id, "company": "C-100", "first_name": "Jo", "last_name": last_name, "email": email})
}

/// A world where twenty profiles have one address, and nobody is throttled.
async fn crowded() -> World {
    let portal_settings = "[limits]\nscale = 1000000.0\n";
    let world = World::with(Setup { portal_settings, ..Setup::of(Engine::Sqlite) }).await;
    let profiles: Vec<_> = (0..20).map(|n| profile(n, &format!("Office {n}"), TWENTY)).collect();
    world.seeds(&json!({ "profiles": profiles })).await;
    world.has_passport(EVE).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn nobody_one_and_twenty_matches_look_alike() {
    let world = crowded().await;
    let mut eve = Person::new(&world).await;
    eve.signs_in(EVE, PASSWORD).await;
    let mut pages = Vec::new();
    for (n, address) in [(0, NOBODY), (1, ONE), (20, TWENTY)] {
        eve.opens(&format!("{}/associate", world.addresses.portal)).await;
        eve.types_address(address).await;
        eve.sees(THANK_YOU).await;
        eve.looks(&format!("11-sent-{n}"), "Check your e-mail").await;
        // Whatever differs from page to page anyhow.
        let blank =
            "for (const field of document.getElementsByName('form_token')) field.removeAttribute('value')";
        eve.driver().execute(blank, vec![]).await.unwrap();
        // What was typed is shown, to whoever typed it.
        pages.push((eve.url().await, eve.driver().source().await.unwrap().replace(address, "…")));
    }
    assert!(pages[0].1.contains("Thank You."), "{}", pages[0].1);
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
    // No more than ten letters for one claim; more is a case for support.
    assert_eq!(world.addresses.post.letters(10, TWENTY).await.len(), 10);
    assert!(world.letters_to(NOBODY).is_empty());
    world.close().await;
}

/// Whoever is signed in there, without the browser.
struct Signed {
    client: Client,
    cookies: String,
    url: String,
    token: String,
}

impl Signed {
    async fn of(person: &Person) -> Self {
        let cookies = person.driver().get_all_cookies().await.unwrap();
        let cookies: Vec<_> = cookies.iter().map(|one| format!("{}={}", one.name, one.value)).collect();
        let client = http::client().redirect(Policy::none()).build().unwrap();
        let (cookies, url) = (cookies.join("; "), format!("{}/associate", person.addresses.portal));
        let page = client.get(&url).header(COOKIE, &cookies).send().await.unwrap().text().await.unwrap();
        let field = Selector::parse("main input[name='form_token']").unwrap();
        let token =
            Html::parse_document(&page).select(&field).next().unwrap().attr("value").unwrap().to_owned();
        Self { client, cookies, url, token }
    }

    /// Types the address and presses Continue: the answer, and how many milliseconds it took.
    async fn claims(&self, email: &str) -> (String, f64) {
        let form = [("form_token", self.token.as_str()), ("email", email)];
        let request = self.client.post(&self.url).header(COOKIE, &self.cookies).form(&form);
        let begun = Instant::now();
        let answer = request.send().await.unwrap();
        let told = format!("{} {:?}", answer.status(), answer.headers().get("location"));
        let body = answer.bytes().await.unwrap();
        (format!("{told} {}", body.len()), begun.elapsed().as_secs_f64() * 1000.0)
    }
}

/// Other visitors, until told to stop.
async fn makes_noise(url: String, stop: CancellationToken) {
    let client = http::client().build().unwrap();
    while !stop.is_cancelled() {
        client.get(&url).send().await.unwrap().bytes().await.unwrap();
    }
}

/// The chance that a random one of `left` took longer than a random one of `right`: one half when nobody can tell.
fn area(left: &[f64], right: &[f64]) -> f64 {
    let longer = |a: f64, b: f64| if a > b { 1.0 } else { if a < b { 0.0 } else { 0.5 } };
    let wins: f64 = left.iter().flat_map(|a| right.iter().map(move |b| longer(*a, *b))).sum();
    wins / (left.len() * right.len()) as f64
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn nobody_one_and_twenty_matches_take_the_same_time_among_other_visitors() {
    let world = crowded().await;
    let eve = Person::new(&world).await;
    eve.signs_in(EVE, PASSWORD).await;
    let eve = Signed::of(&eve).await;
    let stop = CancellationToken::new();
    let faq = format!("{}/faq", world.addresses.portal);
    let noise: Vec<_> = (0..2).map(|_| tokio::spawn(makes_noise(faq.clone(), stop.clone()))).collect();
    let addresses = [NOBODY, ONE, TWENTY];
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    let mut answers = Vec::new();
    for _ in 0..ROUNDS {
        for which in TURNS {
            let (answer, millis) = eve.claims(addresses[which]).await;
            answers.push(answer);
            times[which].push(millis);
        }
    }
    stop.cancel();
    for visitor in noise {
        visitor.await.unwrap();
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "one answer for everybody: {answers:?}");
    assert!(answers[0].starts_with("303") && answers[0].contains("/associate/sent"), "{answers:?}");
    let medians = times.each_ref().map(|times| median(times));
    let said = format!("claims with 0, 1 and 20 matches: medians {medians:.2?} ms");
    let areas = [(0, 1), (0, 2), (1, 2)].map(|(left, right)| area(&times[left], &times[right]));
    std::io::stderr().write_all(format!("{said}, AUC {areas:.3?}\n").as_bytes()).unwrap();
    // With sixty of each, chance alone leads as far from one half once in a hundred thousand times.
    assert!(areas.iter().all(|area| (0.25..=0.75).contains(area)), "{said}, AUC {areas:?}");
    world.close().await;
}

#[test]
fn the_area_is_one_half_for_equal_and_one_for_apart() {
    assert!((area(&[1.0, 2.0], &[1.0, 2.0]) - 0.5).abs() < f64::EPSILON);
    assert!((area(&[3.0, 4.0], &[1.0, 2.0]) - 1.0).abs() < f64::EPSILON);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn twins_by_an_accent_or_a_look_alike_get_nothing() {
    let world = crowded().await;
    let twins = ["jos\u{e9}.lima@contoso.example", "jose.lima@cont\u{f3}so.example"];
    let (plain, mike) = ("jose.lima@contoso.example", "mike@contoso.example");
    let people = twins.iter().chain([&plain, &mike]).enumerate();
    let profiles: Vec<_> = people.map(|(n, email)| profile(100 + n, &format!("Lima {n}"), email)).collect();
    world.seeds(&json!({ "profiles": profiles })).await;
    let mut eve = Person::new(&world).await;
    eve.signs_in(EVE, PASSWORD).await;
    // Addresses that only look like Bruno's: a Cyrillic letter, a dotless one, another accent.
    let strange = [
        "brun\u{43e}.lima@contoso.example",
        "bruno.l\u{131}ma@contoso.example",
        "bruno.lima@c\u{f6}ntoso.example",
    ];
    for address in strange.iter().chain([&plain, &mike]) {
        eve.opens(&format!("{}/associate", world.addresses.portal)).await;
        // The browser's own check would keep most of these from being sent.
        eve.driver()
            .execute("document.querySelector('#email').form.noValidate = true", vec![])
            .await
            .unwrap();
        eve.types_address(address).await;
        eve.sees(THANK_YOU).await;
    }
    // NFC would make Mike's of it: an address with a Kelvin sign is none.
    eve.opens(&format!("{}/associate", world.addresses.portal)).await;
    eve.driver().execute("document.querySelector('#email').form.noValidate = true", vec![]).await.unwrap();
    eve.types_address("mi\u{212a}e@contoso.example").await;
    eve.sees("Enter an e-mail address in the form name@example.com").await;
    for address in [plain, mike] {
        assert_eq!(world.addresses.post.letters(1, address).await.len(), 1);
    }
    let everybody: Vec<_> =
        world.mailbox.messages().iter().flat_map(|letter| letter.envelope_to.clone()).collect();
    assert_eq!(everybody.len(), 2, "{everybody:?}");
    world.close().await;
}
