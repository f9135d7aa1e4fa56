//! What was written beside files is kept, whatever happens to the visit or the throttle.
use testkit::{Answer, Engine, on_both_engines};

use crate::{
    house::minutes,
    uploads::{at_desk, bring, editing, form, send},
};

on_both_engines![
    who_writes_for_long_proves_themselves_beside_the_form_and_loses_nothing,
    a_reason_is_kept_beside_its_files_when_the_visit_ends_or_the_hour_is_used_up,
];

async fn who_writes_for_long_proves_themselves_beside_the_form_and_loses_nothing(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    ed.get(&path).await;
    let token = ed.form_token.clone();
    house.clock.advance(minutes(6));
    let body = form(&[("form_token", &token), ("reason", "kept words")], &[("a.zip", b"x")]);
    let late = send(&mut ed, &path, body).await;
    late.shows(403, "kept words");
    late.shows(403, "Enter the password in a new tab");
    let edit = path.trim_end_matches("/files").to_owned();
    let fields = [
        ("slug", "tax"),
        ("section", "product_update"),
        ("title_en", "Long written"),
        ("revision", "1"),
        ("reason", "New words"),
    ];
    let late = ed.post(&edit, &fields).await;
    late.shows(403, "Long written");
    late.shows(403, "Enter the password in a new tab");
    assert_eq!(house.deeds("content.saved").await, 0);
    assert_eq!(ed.sign_in("/signin?next=%2Fgo-back&fresh=1", "ed").await.leads_to(), "/go-back");
    ed.get(&edit).await;
    assert!(ed.post(&edit, &fields).await.leads_to().ends_with("done=done"));
}

fn kept(page: &Answer) -> String {
    page.text()
        .split_once("name=\"kept\" value=\"")
        .expect("a kept form")
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

async fn a_reason_is_kept_beside_its_files_when_the_visit_ends_or_the_hour_is_used_up(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    ed.get(&path).await;
    let token = ed.form_token.clone();
    let words = [("form_token", token.as_str()), ("reason", "It was asked for")];
    house.clock.advance(minutes(31));
    let large = vec![b'x'; 900_000];
    let ended = send(&mut ed, &path, form(&words, &[("tax.zip", &large)])).await;
    ended.shows(403, "It was asked for</textarea>");
    ended.shows(403, "name=\"files\" type=\"file\" multiple required");
    let (sealed, token) = (kept(&ended), ed.form_token.clone());
    ed.sign_in("/staff/content", "ed").await;
    let again = [("form_token", token.as_str()), ("kept", &sealed)];
    let done = send(&mut ed, &path, form(&again, &[("tax.zip", &large)])).await;
    assert_eq!(done.leads_to(), format!("{path}?done=done"), "{done:?}");
    let twice = send(&mut ed, &path, form(&again, &[("tax.zip", &large)])).await;
    assert_eq!(twice.leads_to(), done.leads_to(), "{twice:?}");
    assert_eq!(house.deeds("content.file_added").await, 1);
    // Another file from the same page is another press, and the page did not show what is there now.
    let other = send(&mut ed, &path, form(&again, &[("tax.zip", b"other")])).await;
    other.shows(409, "It was asked for");
    let line = house.dump().await["audit"].to_string();
    assert!(line.contains("It was asked for"), "{line}");

    // Whatever is counted: the page keeps the reason, and the file goes with it later.
    let mut last = None;
    for _ in 0..40 {
        ed.get(&path).await;
        let token = ed.form_token.clone();
        let words = [("form_token", token.as_str()), ("reason", "Once more, in full")];
        let answer = send(&mut ed, &path, form(&words, &[])).await;
        last = Some(answer).filter(|answer| answer.status == 429);
        if last.is_some() {
            break;
        }
    }
    let last = last.expect("the hour is used up");
    last.shows(429, "Once more, in full</textarea>");
    last.shows(429, "type=\"file\"");
    // When the next one goes, and then it does.
    last.shows(429, "You can try again to");
    let seconds: u64 = last.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((60..=2 * 3600 + 60).contains(&seconds), "{seconds}");
    house.clock.advance(std::time::Duration::from_secs(seconds));
    ed.close();
    ed.sign_in("/staff/content", "ed").await;
    bring(&mut ed, &path, &[("late.zip", b"late")]).await.leads_to();
}
