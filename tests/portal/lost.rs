//! Nothing that was written is lost, and no button acts on something else than its page showed.
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::{
    exchange::{ask, lively},
    house::House,
};

on_both_engines![
    a_reply_is_kept_when_the_plan_ends_while_it_is_written,
    what_word_leaves_in_copied_text_is_text,
    changing_language_or_colours_leaves_a_page_with_fields_where_it_is,
    fx_03_a_button_of_the_staff_ends_no_association_that_its_page_did_not_show,
];

/// The form that an error page keeps.
fn kept(page: &str) -> &str {
    let rest = page.split_once("name=\"kept\" value=\"").expect("a kept form").1;
    rest.split('"').next().unwrap()
}

async fn plan_ends(house: &House, day: &str) {
    house
        .seed(json!({"entitlements": [
            {"company": "contoso", "plan": "basic", "starts_on": "2026-01-01", "ends_on": day}]}))
        .await;
}

async fn a_reply_is_kept_when_the_plan_ends_while_it_is_written(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    ann.get(&thread).await.shows(200, "target=\"_blank\"");
    plan_ends(&house, "2026-10-31").await;
    let typed = "Open the year *first*, then post.";
    let locked = ann.post(&format!("{thread}/reply"), &[("body", typed)]).await;
    locked.shows(403, "This is locked for you now");
    locked.shows(403, &format!("{typed}</textarea>"));
    locked.shows(403, "href=\"/why\"");
    let sealed = kept(locked.text()).to_owned();
    let still = ann.post(&format!("{thread}/reply"), &[("kept", &sealed)]).await;
    still.shows(403, &format!("{typed}</textarea>"));
    plan_ends(&house, "2027-12-31").await;
    let sealed = kept(still.text()).to_owned();
    let sent = ann.post(&format!("{thread}/reply"), &[("kept", &sealed)]).await;
    assert!(sent.leads_to().starts_with(&format!("{thread}#post-")), "{sent:?}");
    ann.get(&thread).await.shows(200, "Open the year <em>first</em>, then post.");
}

async fn what_word_leaves_in_copied_text_is_text(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    let copied = "Open the year,\u{b}then post.\r\nE\u{1e}mail me.\u{7}";
    let sent = ann.fill_in(&thread, &format!("{thread}/reply"), &[("body", copied)]).await;
    assert!(sent.leads_to().starts_with(&format!("{thread}#post-")), "{sent:?}");
    let page = ann.get(&thread).await;
    page.shows(200, "E-mail me.");
    page.shows(200, "then post.");
    let refused = ann.fill_in(&thread, &format!("{thread}/reply"), &[("body", "Press \u{1b} now")]).await;
    refused.shows(400, "control character");
    refused.shows(400, "Press  now</textarea>");
}

async fn changing_language_or_colours_leaves_a_page_with_fields_where_it_is(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    let thread = ask(&mut ann).await;
    let footer = |page: &str| page.split_once("<footer>").unwrap().1.matches("target=\"_blank\"").count();
    assert_eq!(footer(ann.get(&thread).await.text()), 2, "a reply may be half-written");
    assert_eq!(footer(ann.get("/account").await.text()), 0, "nothing is written there");
    let answer = ann.post(&format!("{thread}/reply"), &[("body", "")]).await;
    answer.shows(422, "target=\"_blank\" data-answer");
}

async fn fx_03_a_button_of_the_staff_ends_no_association_that_its_page_did_not_show(engine: Engine) {
    let house = lively(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let path = format!("/staff/people/{}", house.profile("ann").await);
    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await;
    sue.get(&path).await.shows(200, "End this association");
    // Meanwhile somebody else has the profile.
    let mut other = house.browser();
    other.associate("other", "ann@contoso.example").await;
    let refused = sue.post(&format!("{path}/end"), &[("reason", "She asked for it")]).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    refused.shows(409, "She asked for it</textarea>");
    other.get("/account").await.shows(200, "Contoso Ltda");
    sue.get(&path).await;
    let ended = sue.post(&format!("{path}/end"), &[("reason", "She asked for it")]).await;
    assert!(ended.leads_to().ends_with("done=done"), "{ended:?}");
}
