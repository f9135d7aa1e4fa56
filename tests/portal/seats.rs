//! Seats of courses: taken and given back, the last ones once.
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::{house::minutes, resources::stocked};

on_both_engines![
    a_seat_is_taken_and_given_back_with_a_letter_each_and_never_twice,
    the_last_seats_are_given_once_however_many_want_them,
];

pub const COURSE: &str = "/resources/training/month-end-closing";

async fn a_seat_is_taken_and_given_back_with_a_letter_each_and_never_twice(engine: Engine) {
    let house = stocked(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let page = ann.get(COURSE).await;
    page.shows(200, "12 left");
    let date =
        page.text().split_once("name=\"date\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    for _ in 0..2 {
        let done = ann.post(&format!("{COURSE}/enrol"), &[("date", &date)]).await;
        assert_eq!(done.leads_to(), format!("{COURSE}?done=enrolled"));
    }
    let mail = house.mail().await;
    assert_eq!(mail.len(), 1);
    assert!(mail[0].text.contains("Closing the month in one day"), "{}", mail[0].text);
    ann.get(&format!("{COURSE}?done=enrolled")).await.shows(200, "You have a seat");
    for unknown in ["", "x", "01930000-0000-7000-8000-000000000000"] {
        assert_eq!(ann.post(&format!("{COURSE}/enrol"), &[("date", unknown)]).await.status, 404);
    }
    ann.get(COURSE).await;
    assert!(
        ann.post(&format!("{COURSE}/cancel"), &[("date", &date)]).await.leads_to().ends_with("cancelled")
    );
    ann.get(COURSE).await.shows(200, "12 left");
    house.clock.advance(minutes(5));
    assert_eq!(house.mail().await.len(), 1);
    // The session is over long before the course begins.
    house.clock.advance(minutes(31));
    let late = ann.post(&format!("{COURSE}/enrol"), &[("date", &date)]).await;
    late.shows(403, "You are signed out");
}

async fn the_last_seats_are_given_once_however_many_want_them(engine: Engine) {
    use customersource::{
        profile::ProfileId,
        resource::{self, Section},
        training::{self, Verdict},
    };
    let house = std::sync::Arc::new(stocked(engine).await);
    let people: Vec<_> = (0..16)
        .map(|number| {
            json!({"external_id": format!("many-{number}"), "company": "contoso", "first_name": "Many",
                   "last_name": format!("{number}"), "email": format!("many-{number}@contoso.example")})
        })
        .collect();
    house.seed(json!({ "profiles": people })).await;
    let db = house.portal.db.reader();
    let course = resource::store::find(db, Section::Training, "month-end-closing").await.unwrap().unwrap();
    let first: ProfileId = house.profile("many-0").await.parse().unwrap();
    let offers = training::store::list_offers(db, house.now(), course.id, first).await.unwrap();
    let (date, seats) = (offers[0].date.id, offers[0].date.seats);
    assert_eq!(seats, 12);
    let mut asking = tokio::task::JoinSet::new();
    for number in 0..16 {
        let (house, id) = (house.clone(), house.profile(&format!("many-{number}")).await);
        asking.spawn(async move {
            let id: ProfileId = id.parse().unwrap();
            let tx = house.portal.db.begin().await.unwrap();
            let offer = training::store::lock_offer(&tx, course.id, date, id).await.unwrap().unwrap();
            let verdict = training::decide(&offer, house.now());
            if verdict == Verdict::Enrolled {
                training::store::add_enrolment(&tx, house.now(), date, id).await.unwrap();
            }
            tx.commit().await.unwrap();
            verdict
        });
    }
    let verdicts = asking.join_all().await;
    let given = verdicts.iter().filter(|verdict| **verdict == Verdict::Enrolled).count();
    assert_eq!((given, verdicts.iter().filter(|verdict| **verdict == Verdict::Full).count()), (12, 4));
    assert_eq!(house.dump().await["enrolment"].as_array().unwrap().len(), 12);
}
