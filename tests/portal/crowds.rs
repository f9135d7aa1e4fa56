//! Many at once, and what waits for somebody who does not answer: nobody else waits, and nothing is kept for ever.
use std::sync::Arc;

use axum::http::Request;
use customersource::{
    jobs::sweep,
    newsletter,
    unsubscribe::{List, Unsubscribe},
};
use futures_util::future::join_all;
use testkit::{Engine, on_both_engines};
use tokio::sync::Semaphore;

use crate::{
    exchange::lively,
    house::{House, minutes},
};

on_both_engines![
    a_provider_that_hangs_is_waited_for_once_and_then_remembered,
    editors_who_choose_one_name_in_the_same_moment_get_a_clear_answer,
    forty_who_press_one_used_link_keep_nobody_waiting,
    invitations_that_came_to_nothing_are_forgotten_after_half_a_year,
];

async fn a_provider_that_hangs_is_waited_for_once_and_then_remembered(house: House) {
    let gate = Arc::new(Semaphore::new(0));
    house.provider.set(|said| {
        said.gate = Some(gate.clone());
        said.is_down = true;
    });
    let header = house.provider.header();
    let junk = house.provider.sign(&header, &serde_json::json!({ "iss": "x" }));
    let sign_in = async |_| house.browser().get("/signin").await.status;
    let tell = async |_| {
        let request =
            Request::post("/backchannel-logout").header("content-type", "application/x-www-form-urlencoded");
        house.browser().send(request, format!("logout_token={junk}")).await.status
    };
    let opens = async {
        while house.provider.said.lock().unwrap().metadata_requests == 0 {
            tokio::task::yield_now().await;
        }
        gate.close();
    };
    let asked = || house.provider.said.lock().unwrap().metadata_requests;
    let (came, told, ()) = tokio::join!(join_all((0..10).map(&sign_in)), join_all((0..10).map(tell)), opens);
    assert_eq!((came, told), (vec![503; 10], vec![503; 10]));
    assert_eq!(asked(), 1, "all of them waited for one request");
    // Whoever comes a moment later does not wait at all.
    house.provider.set(|said| said.is_down = false);
    assert_eq!((sign_in(0).await, asked()), (503, 1));
    house.clock.advance(std::time::Duration::from_secs(6));
    assert_eq!((sign_in(0).await, asked()), (303, 2));
}

async fn editors_who_choose_one_name_in_the_same_moment_get_a_clear_answer(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = house.browser();
    ed.sign_in("/staff/newsgroups", "ed").await;
    for (path, fields) in [
        (
            "/staff/newsgroups/new",
            vec![
                ("slug", "twice"),
                ("language", "en-US"),
                ("name", "Twice"),
                ("about", "Questions."),
                ("state", "open"),
                ("reason", "Was asked for"),
            ],
        ),
        (
            "/staff/content/new",
            vec![
                ("section", "documentation"),
                ("slug", "twice"),
                ("state", "published"),
                ("title_en", "Twice"),
                ("body_en", "Text"),
                ("reason", "Was asked for"),
            ],
        ),
    ] {
        let press = async |_| {
            let mut window = house.browser();
            window.cookies.clone_from(&ed.cookies);
            // Each from a page of its own: the same form once more would be the same press.
            window.get(path).await;
            window.post(path, &fields).await
        };
        let answers = join_all((0..8).map(press)).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{path}: {statuses:?}");
        for answer in answers.iter().filter(|answer| answer.status != 303) {
            answer.shows(422, "value=\"twice\"");
        }
    }
}

async fn forty_who_press_one_used_link_keep_nobody_waiting(engine: Engine) {
    let house = House::open_with(engine, |settings| settings.database.connections = 4).await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let letter = newsletter::Newsletter {
        id: newsletter::NewsletterId(uuid::Uuid::from_u128(7)),
        slug: "news".into(),
        name: "News".into(),
        about: String::new(),
        language: "en-US".into(),
        rule: customersource::access::Rule::default(),
        is_open: true,
        revision: 1,
    };
    let profile = house.current("ann").await.id;
    let tx = house.portal.db.begin().await.unwrap();
    newsletter::store::add(&tx, &letter).await.unwrap();
    newsletter::store::subscribe(&tx, house.now(), letter.id, profile).await.unwrap();
    tx.commit().await.unwrap();
    let link = Unsubscribe { list: List::Newsletter(letter.id), profile };
    let path = format!("/unsubscribe/{}", house.portal.unsubscribe.name(&link));
    let press = async |_| {
        let request = Request::post(&path).header("content-type", "application/x-www-form-urlencoded");
        house.browser().send(request, "List-Unsubscribe=One-Click").await.status
    };
    let reads = async |_| {
        let mut window = house.browser();
        window.cookies.clone_from(&ann.cookies);
        window.get("/account").await.status
    };
    assert_eq!(press(0).await, 200);
    let (pressed, read) = tokio::join!(join_all((0..40).map(&press)), join_all((0..20).map(reads)));
    assert_eq!((pressed, read), (vec![200; 40], vec![200; 20]));
}

async fn invitations_that_came_to_nothing_are_forgotten_after_half_a_year(house: House) {
    let (mut ann, mut stranger) = (house.browser(), house.browser());
    ann.associate("ann", "ann@contoso.example").await;
    stranger.sign_in("/signin", "stranger").await;
    stranger.claim("pat@example.com").await;
    house.mail().await;
    let day = 24 * 60;
    for (days, left) in [(170, 2), (14, 1), (400, 1)] {
        house.clock.advance(minutes(days * day));
        sweep::once(&house.portal).await.unwrap();
        let dump = house.dump().await;
        assert_eq!(dump["invitation"].as_array().unwrap().len(), left, "after {days} more days");
    }
    assert_eq!(house.count("invitation", "accepted").await, 1, "an association came of it");
}
