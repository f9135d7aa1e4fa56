//! Dates of courses as editors hold them, and whoever has a seat.
use sea_orm::ConnectionTrait as _;
use testkit::{Engine, on_both_engines};

use super::{id, lively, on_duty, with};
use crate::house::minutes;

on_both_engines![
    who_takes_a_seat_takes_the_one_that_the_page_showed,
    dates_of_a_course_are_added_moved_and_called_off_and_who_has_a_seat_is_told,
];

async fn who_takes_a_seat_takes_the_one_that_the_page_showed(engine: Engine) {
    let house = lively(engine).await;
    let path = "/resources/training/month-end-closing";
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let enrolled = || async { house.dump().await["enrolment"].as_array().unwrap().len() };
    let move_it = |place: &'static str| {
        let house = &house;
        async move {
            let tx = house.portal.db.begin().await.unwrap();
            tx.execute_unprepared(&format!("UPDATE course_date SET place = '{place}'")).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    let page = ann.get(path).await;
    let date = page.text().split("name=\"date\" value=\"").nth(1).unwrap()[..36].to_owned();
    for (act, had) in [("enrol", 0), ("cancel", 1)] {
        ann.get(path).await;
        move_it(if had == 0 { "Recife" } else { "Olinda" }).await;
        let stale = ann.post(&format!("{path}/{act}"), &[("date", &date)]).await;
        assert_eq!(stale.leads_to(), format!("{path}?done=changed"));
        assert_eq!(enrolled().await, had);
        ann.get(stale.leads_to()).await.shows(200, "This date was changed after the page was shown");
        let done = ann.post(&format!("{path}/{act}"), &[("date", &date)]).await;
        assert!(!done.leads_to().ends_with("changed"));
        assert_eq!(enrolled().await, 1 - had);
    }
}

async fn dates_of_a_course_are_added_moved_and_called_off_and_who_has_a_seat_is_told(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = on_duty(&house, "ed").await;
    let course = id(&house, "resource", "month-end-closing").await;
    let dates = format!("/staff/content/{course}/dates");
    let fields = [
        ("starts_at", "2027-03-09T12:00"),
        ("ends_at", "2027-03-09T20:00"),
        ("place", "Recife"),
        ("time_zone", "UTC"),
        ("seats", "2"),
        ("reason", "More were asked for"),
    ];
    ed.get(&dates).await.shows(200, "Add a date");
    for (change, said) in [
        (("starts_at", "2020-01-01T12:00"), "Enter a day and time in the future"),
        (("starts_at", "9 March"), "Enter a day and a time<"),
        (("ends_at", "2027-03-09T11:00"), "Enter an end after the beginning"),
        (("place", ""), "Enter a place"),
        (("seats", "0"), "Enter a number from 1"),
        (("seats", "1001"), "Enter a number from 1"),
        (("reason", ""), "Enter a reason of 3 to 1000 characters"),
    ] {
        let wrong = with(&fields, &[change]);
        let answer = ed.post(&dates, &wrong).await;
        assert_eq!(answer.status, 422, "{change:?}");
        answer.shows(422, said);
        assert!(!answer.text().contains("within a year"), "{change:?}");
    }
    // Clocks are put forward in Paris that night.
    let skipped =
        [("starts_at", "2027-03-28T02:30"), ("ends_at", "2027-03-28T20:00"), ("time_zone", "Europe/Paris")];
    let answer = ed.post(&dates, &with(&fields, &skipped)).await;
    answer.shows(422, "There is no such hour there on that day");
    assert!(!answer.text().contains("Enter an end after"), "{answer:?}");
    ed.post(&dates, &fields).await.leads_to();
    ed.post(&dates, &fields).await.leads_to();
    let other = with(&fields, &[("reason", "Still more were asked for")]);
    ed.post(&dates, &other).await.shows(422, "already has a date at this time and place");
    let dump = house.dump().await;
    let all = dump["course_date"].as_array().unwrap();
    let date = all.iter().find(|row| row["place"] == "Recife").unwrap()["id"].as_str().unwrap().to_owned();
    let path = "/resources/training/month-end-closing";
    let (mut ann, mut boss) = (house.browser(), house.browser());
    ann.associate("ann", "Ann@Contoso.example").await;
    boss.associate("boss", "boss@contoso.example").await;
    for browser in [&mut ann, &mut boss] {
        browser.get(path).await.shows(200, "Recife");
        browser.post(&format!("{path}/enrol"), &[("date", &date)]).await.leads_to();
    }
    boss.language = "pt-BR";
    house.clock.advance(minutes(2));
    boss.get(path).await.shows(200, "Recife");
    house.mail().await;

    let one = format!("{dates}/{date}");
    ed.get(&dates).await.shows(200, &format!("href=\"{one}#seated\">2 of 2</a>"));
    let shown = ed.get(&one).await;
    shown.shows(200, "value=\"2027-03-09T12:00\"");
    let seated = shown.text().split_once("id=\"seated\"").unwrap().1.split("</ul>").next().unwrap();
    assert!(
        seated.matches("<li>").count() == 2 && seated.contains("Ann") && seated.contains("Contoso"),
        "{seated}"
    );
    ed.post(&one, &with(&fields, &[("seats", "1"), ("revision", "1")]))
        .await
        .shows(422, "not below the seats taken (2)");
    ed.post(&one, &with(&fields, &[("seats", "3"), ("revision", "1")])).await.leads_to();
    assert!(house.mail().await.is_empty(), "more seats concern nobody");
    ed.post(&one, &with(&fields, &[("seats", "4"), ("revision", "1")]))
        .await
        .shows(409, "Somebody else changed");
    let moved = with(&fields, &[("seats", "3"), ("revision", "2"), ("place", "Olinda")]);
    ed.post(&one, &moved).await.leads_to();
    let mail = house.mail().await;
    assert_eq!(mail.len(), 2);
    assert!(mail[0].text.contains("will now be held") && mail[0].text.contains("Olinda"), "{}", mail[0].text);
    assert!(mail[1].text.contains("agora será realizado"), "{}", mail[1].text);

    ed.post(&format!("{one}/cancel"), &[]).await.shows(422, "Enter a reason of 3 to 1000 characters");
    let why = [("reason", "The teacher is ill"), ("revision", "2")];
    ed.post(&format!("{one}/cancel"), &why).await.shows(409, "Somebody else changed");
    let why = [("reason", "The teacher is ill"), ("revision", "3")];
    assert!(ed.post(&format!("{one}/cancel"), &why).await.leads_to().ends_with("done=done"));
    let dump = house.dump().await;
    let mut dates = dump["course_date"].as_array().unwrap().iter();
    let off = dates.find(|date| !date["cancelled_at"].is_null()).unwrap();
    assert_eq!(off["revision"], 4, "calendars take what is newer");
    assert!(ed.post(&format!("{one}/cancel"), &why).await.leads_to().ends_with("done=done"), "sent twice");
    let more = [("reason", "The teacher is away"), ("revision", "4")];
    ed.post(&format!("{one}/cancel"), &more).await.shows(409, "The teacher is away");
    house.clock.advance(minutes(5));
    let mail = house.mail().await;
    assert_eq!(mail.len(), 2);
    assert!(mail[0].subject.contains("cancelled") && !mail[0].text.contains("teacher"), "{}", mail[0].text);
    let shown = ann.get(path).await;
    shown.shows(200, "Cancelled");
    assert!(!shown.text().contains(&format!("{path}/dates/{date}")), "nobody notes down what is off");
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get(path).await;
    assert!(pat.post(&format!("{path}/enrol"), &[("date", &date)]).await.leads_to().ends_with("done=past"));
    assert_eq!(ed.get(&one).await.status, 404, "nothing changes in what is called off");
    for (action, times) in [("course.date_added", 1), ("course.date_saved", 2), ("course.date_cancelled", 1)]
    {
        assert_eq!(house.deeds(action).await, times, "{action}");
    }
    let guide = id(&house, "resource", "partner-handbook").await;
    assert_eq!(ed.get(&format!("/staff/content/{guide}/dates")).await.status, 404, "no course");
}
