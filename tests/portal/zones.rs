//! Times where people are: courses at their place, everything else where the reader is, or their company.
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::{
    exchange::{ask, lively, on_duty},
    house::{House, minutes},
};

on_both_engines![
    a_course_is_held_by_the_clock_of_its_place_whoever_reads,
    times_are_the_readers_as_their_browser_says_or_they_choose_else_their_companys_by_name,
    a_wait_is_told_as_people_say_it,
    letters_tell_times_where_the_company_is_and_name_the_zone,
];

const COURSE: &str = "/resources/training/month-end-closing";
const COOKIE: &str = "customersource-zone";

async fn a_course_is_held_by_the_clock_of_its_place_whoever_reads(engine: Engine) {
    let house = lively(engine).await;
    let mut ed = on_duty(&house, "ed").await;
    let course = house.dump().await["resource"].as_array().unwrap().clone();
    let course = course.iter().find(|row| row["slug"] == "month-end-closing").unwrap()["id"].clone();
    let dates = format!("/staff/content/{}/dates", course.as_str().unwrap());
    let fields = |starts: &'static str, zone: &'static str| {
        [
            ("starts_at", starts),
            ("ends_at", "2027-03-28T20:00"),
            ("place", "Lisboa"),
            ("time_zone", zone),
            ("seats", "5"),
            ("reason", "Asked for"),
        ]
    };
    ed.get(&dates).await.shows(200, "name=\"time_zone\" value=\"UTC\"");
    for zone in ["", "Mars/Olympus", "UTC+3"] {
        ed.post(&dates, &fields("2027-03-28T12:00", zone)).await.shows(422, "Choose a time zone");
    }
    // Put forward that night: there is no half past one.
    ed.post(&dates, &fields("2027-03-28T01:30", "Europe/Lisbon"))
        .await
        .shows(422, "There is no such hour there");
    ed.post(&dates, &fields("2027-03-28T12:00", "Europe/Lisbon")).await.leads_to();
    let shown = ed.get(&dates).await;
    shown.shows(200, "March 28, 2027, 12:00 (Lisbon)");
    let one = shown.text().split(&format!("{dates}/")).last().unwrap()[..36].to_owned();
    ed.get(&format!("{dates}/{one}")).await.shows(200, "value=\"2027-03-28T12:00\"");

    let mut ann = house.browser();
    ann.keep(COOKIE, "Asia/Tokyo");
    ann.associate("ann", "Ann@Contoso.example").await;
    let page = ann.get(COURSE).await;
    page.shows(200, "March 28, 2027, 12:00 (Lisbon)");
    page.shows(200, "February 9, 2027, 09:00 (São Paulo)");
    let date = page.text().split("name=\"date\" value=\"").last().unwrap()[..36].to_owned();
    ann.post(&format!("{COURSE}/enrol"), &[("date", &date)]).await.leads_to();
    let mail = house.mail().await.pop().unwrap();
    assert!(mail.text.contains("March 28, 2027, 12:00 (Lisbon)"), "{}", mail.text);

    // And for calendars, which know where their reader is.
    let file = ann.get(&format!("{COURSE}/dates/{date}")).await;
    assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"month-end-closing.ics\"");
    for line in ["DTSTART:20270328T110000Z", "DTEND:20270328T190000Z", "LOCATION:Lisboa", "STATUS:CONFIRMED"]
    {
        file.shows(200, &format!("\r\n{line}\r\n"));
    }
    let all = ann.get(&format!("{COURSE}/dates")).await;
    assert_eq!(all.text().matches("BEGIN:VEVENT").count(), 3);
    for other in ["x", "01930000-0000-7000-8000-000000000000"] {
        assert_eq!(ann.get(&format!("{COURSE}/dates/{other}")).await.status, 404, "{other}");
    }
    house.browser().get(&format!("{COURSE}/dates")).await.shows(403, "/signin");
}

async fn times_are_the_readers_as_their_browser_says_or_they_choose_else_their_companys_by_name(
    engine: Engine,
) {
    let house = lively(engine).await;
    house.seed(json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "time_zone": "America/Sao_Paulo"}]})).await;
    let mut ann = house.browser();
    // 2026-11-18T16:26:40Z
    let thread = ask(&mut ann).await;
    let without = ann.get(&thread).await;
    without.shows(200, "November 18, 2026, 13:26 (São Paulo)");
    without.shows(200, &format!("data-zone=\"{COOKIE}\""));
    ann.keep(COOKIE, "Asia/Tokyo");
    let own = ann.get(&thread).await;
    own.shows(200, "November 19, 2026, 01:26");
    assert!(
        !own.text().contains("Asia/Tokyo") && !own.text().contains("data-zone"),
        "they know where they are"
    );
    // By hand, where no script says it.
    ann.cookies.forget(COOKIE);
    ann.get("/account/profile").await.shows(200, "<option selected>America/Sao_Paulo</option>");
    let set = ann
        .post("/time-zone", &[("time_zone", "America/Los_Angeles"), ("return_to", "/account/profile")])
        .await;
    assert_eq!(set.leads_to(), "/account/profile");
    ann.get(&thread).await.shows(200, "November 18, 2026, 08:26<");
    for odd in ["Mars/Olympus", "", "UTC; Path=/evil"] {
        ann.get("/account/profile").await;
        let set = ann.post("/time-zone", &[("time_zone", odd), ("return_to", "https://evil.example")]).await;
        assert_eq!(set.leads_to(), "/");
        assert!(!set.headers.contains_key("set-cookie"), "{odd}");
    }
    ann.keep(COOKIE, "nonsense");
    ann.get(&thread).await.shows(200, "(São Paulo)");
}

async fn a_wait_is_told_as_people_say_it(house: House) {
    house.seed(json!({"staff": [{"subject": "ed", "name": "Ed", "role": "editor"}]})).await;
    let mut ed = on_duty(&house, "ed").await;
    ed.keep(COOKIE, "America/Sao_Paulo");
    ed.get("/staff/maintenance").await.shows(200, "Begins (São Paulo)");
    let fields = [
        ("starts_at", "2026-11-18T13:00"),
        ("ends_at", "2026-11-19T00:44"),
        ("message", ""),
        ("reason", "Moving house"),
    ];
    ed.post("/staff/maintenance", &fields).await.leads_to();
    let mut somebody = house.browser();
    somebody.get("/").await.shows(503, "until tomorrow at 03:44 (UTC)");
    somebody.keep(COOKIE, "America/Sao_Paulo");
    somebody.get("/").await.shows(503, "until tomorrow at 00:44.");
    house.clock.advance(minutes(11 * 60));
    somebody.get("/").await.shows(503, "until today at 00:44.");
    somebody.language = "pt-BR";
    somebody.get("/").await.shows(503, "hoje às 00:44");
}

async fn letters_tell_times_where_the_company_is_and_name_the_zone(house: House) {
    house
        .seed(json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "time_zone": "America/Sao_Paulo"}]}))
        .await;
    let mut boss = house.browser();
    boss.administer().await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let page = format!("/account/professionals/{}", house.profile("ann").await);
    boss.fill_in(&page, &format!("{page}/invite"), &[]).await.leads_to();
    boss.fill_in(&page, &format!("{page}/end"), &[]).await.leads_to();
    let mails = house.mail().await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    for mail in mails.iter().filter(|mail| mail.text.contains("2026")) {
        assert!(mail.text.contains("November 18, 2026, 13:26 (São Paulo)"), "{}", mail.text);
        assert!(!mail.text.contains("UTC"), "{}", mail.text);
    }
}
