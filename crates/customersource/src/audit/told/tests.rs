//! Lines of the audit, read.
use platform::clock::Moment;
use serde_json::json;

use super::*;

fn line(actor: &str, target: &str, detail: &Value) -> Line {
    Line {
        seq: 1,
        at: Moment::from_unix_seconds(0),
        actor: actor.into(),
        acting_profile: None,
        company: Some(Uuid::from_u128(9)),
        action: "profile.saved".into(),
        target: target.into(),
        detail: detail.to_string(),
    }
}

#[test]
fn a_line_tells_what_changed_and_leaves_out_what_stayed_and_numbers_of_things() {
    let (was, is) = (
        json!({"email": "a@x.example", "administrator": false, "first_name": "Ann"}),
        json!({"email": "b@x.example", "administrator": true, "first_name": "Ann"}),
    );
    let target = format!("profile:{}", Uuid::from_u128(7));
    let read = told(&line("operator", &target, &json!({"before": was, "after": is})));
    assert_eq!((read.who, read.whom), (Who::Operator, Whom::Profile(Uuid::from_u128(7))));
    let facts: Vec<_> = read.facts.iter().map(|fact| (fact.field.as_str(), fact.after.as_str())).collect();
    assert_eq!(facts, [("email", "b@x.example"), ("administrator", "true")]);
    let detail =
        json!({"invitation": Uuid::nil(), "sha256": "ab".repeat(32), "to": "c@x.example", "reason": "asked"});
    let read = told(&line("clock", "invitation:x", &detail));
    assert_eq!(read.facts.len(), 1);
    assert_eq!(read.reason, "asked");
}

#[test]
fn whoever_did_it_is_told_apart() {
    let none = json!({});
    let who = |actor: &str| told(&line(actor, "x", &none)).who;
    let id = Uuid::from_u128(3);
    assert_eq!(who(&format!("mailbox of profile {id}")), Who::Mailbox(id));
    let sue = Subject { iss: "https://p.example".into(), sub: "sue".into() };
    assert_eq!(who("staff https://p.example sue"), Who::Staff(sue));
    assert_eq!(who("https://p.example ann"), Who::Passport);
    let acting = Line { acting_profile: Some(id), ..line("https://p.example ann", "x", &none) };
    assert_eq!(told(&acting).who, Who::Profile(id));
}

#[test]
fn a_declined_invitation_is_about_the_profile_whose_mail_it_was() {
    let id = Uuid::from_u128(3);
    let read = told(&line(&format!("mailbox of profile {id}"), "invitation:1", &json!({})));
    assert_eq!(read.whom, Whom::Profile(id));
}
