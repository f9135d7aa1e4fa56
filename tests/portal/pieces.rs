//! What takes long is stored in small pieces, between which everybody else reads and writes.
use std::sync::atomic::{AtomicBool, Ordering};

use customersource::import::{
    Mapping, Progress, What,
    actions::{Work, carry_out, look},
    rows, store,
};
use testkit::{Engine, on_both_engines};

use crate::{
    fights::bakery,
    house::{House, minutes},
    imports::{GP, MAP, PART, PROFILES, bring},
};

on_both_engines![
    an_import_is_stored_in_small_pieces_between_which_others_write,
    an_import_that_was_stopped_goes_on_with_the_same_file_and_two_at_once_are_one_too_many,
    the_people_of_a_company_that_closes_are_let_go_a_few_at_a_time,
    readers_do_not_wait_for_those_who_write,
];

/// Thirty people in the bakery besides João and Ana.
fn crowd(numbers: std::ops::Range<u32>) -> String {
    let mut text = PROFILES.to_owned();
    for number in numbers {
        text += &format!("n{number};GP-001;No;{number};n{number}@padaria.example;0\r\n");
    }
    text
}

async fn an_import_is_stored_in_small_pieces_between_which_others_write(engine: Engine) {
    let house = bakery(engine).await;
    let text = crowd(0..1000);
    let (mut heard, mut turns) = (vec![], 0);
    {
        let mapping = Mapping::parse(GP).unwrap();
        let table = rows(&text, &mapping, What::Profiles).unwrap();
        let portal = &house.portal;
        let work = Work { db: &portal.db, clock: &portal.clock, desk: portal.desk() };
        let staged = look(&work, What::Profiles, (&table, &mapping), PART).await.unwrap();
        let is_over = AtomicBool::new(false);
        let mut tell = |progress: Progress| {
            heard.push(progress.done);
            true
        };
        let import = async {
            let report = carry_out(&work, staged, &mut tell).await.unwrap();
            is_over.store(true, Ordering::SeqCst);
            report
        };
        // Somebody who writes all the while gets a turn between any two pieces.
        let others = async {
            while !is_over.load(Ordering::SeqCst) {
                portal.db.begin().await.unwrap().commit().await.unwrap();
                turns += 1;
            }
        };
        let (report, ()) = tokio::join!(import, others);
        assert_eq!((report.added, report.batches), (1000, 5));
    }
    assert_eq!(heard, [200, 400, 600, 800, 1000]);
    assert!(turns >= 4, "{turns}");
    assert_eq!(house.dump().await["import_run"].as_array().unwrap().last().unwrap()["done"], 1000);
}

async fn an_import_that_was_stopped_goes_on_with_the_same_file_and_two_at_once_are_one_too_many(
    engine: Engine,
) {
    let house = bakery(engine).await;
    let text = crowd(0..250);
    let mapping = Mapping::parse(GP).unwrap();
    let table = rows(&text, &mapping, What::Profiles).unwrap();
    let portal = &house.portal;
    let work = Work { db: &portal.db, clock: &portal.clock, desk: portal.desk() };
    let staged = async || look(&work, What::Profiles, (&table, &mapping), PART).await.unwrap();
    let first = staged().await;
    let stopped = carry_out(&work, first, &mut |_| false).await.unwrap_err();
    assert!(stopped.to_string().contains("200 of 250"), "{stopped}");
    let rest = staged().await;
    assert_eq!((rest.report.added, rest.report.unchanged), (50, 202));
    // Another one that is at work, or seems to be: it gave a sign a moment ago.
    let tx = portal.db.begin().await.unwrap();
    let begun = store::begin(&tx, house.now(), &portal.random, (What::Profiles, "gp"), 1);
    begun.await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let refused = carry_out(&work, rest, &mut |_| true).await.unwrap_err();
    assert!(refused.to_string().contains("at work"), "{refused}");
    house.clock.advance(minutes(2));
    let rest = staged().await;
    let report = carry_out(&work, rest, &mut |_| true).await.unwrap();
    assert_eq!((report.added, report.batches), (50, 1));
    assert_eq!(house.count("profile", "active").await, 8 + 2 + 250);
}

async fn the_people_of_a_company_that_closes_are_let_go_a_few_at_a_time(engine: Engine) {
    let house = bakery(engine).await;
    bring(&house, What::Profiles, GP, crowd(0..12).as_bytes(), PART, false).await.unwrap();
    for number in 0..12 {
        let email = format!("n{number}@padaria.example");
        house.browser().associate(&format!("sub{number}"), &email).await;
    }
    assert_eq!(house.count("association", "active").await, 12);
    let text = "CUSTNMBR,CUSTNAME,INACTIVE\nGP-001,Padaria,1\n";
    let report = bring(&house, What::Companies, MAP, text.as_bytes(), PART, false).await.unwrap();
    // Twelve people in tens, then the company itself.
    assert_eq!((report.closed, report.batches), (1, 3));
    assert_eq!((house.count("association", "active").await, house.deeds("association.ended").await), (0, 12));
    assert_eq!(house.deeds("company.closed").await, 1);
}

async fn readers_do_not_wait_for_those_who_write(house: House) {
    let most = if house.portal.db.is_sqlite() { 1 } else { house.portal.settings.database.connections };
    let mut writing = vec![];
    for _ in 0..most {
        writing.push(house.portal.db.begin().await.unwrap());
    }
    assert_eq!(house.count("organization", "active").await, 4);
    house.browser().get("/faq").await.shows(200, "<ol class=\"steps\">");
    drop(writing);
}
