//! A line of the audit as somebody reads it: who, what, whom, what changed and why. Knows no name and no page.
use serde_json::Value;
use uuid::Uuid;

use super::Line;
use crate::rp::Subject;

/// Everything that is ever done, with the catalogue key of its words, in the order of the list to choose from.
pub const ACTIONS: [(&str, &str); 47] = [
    ("association.made", "audit-association-made"),
    ("association.ended", "audit-association-ended"),
    ("invitation.sent", "audit-invitation-sent"),
    ("invitation.withdrawn", "audit-invitation-withdrawn"),
    ("invitation.declined", "audit-invitation-declined"),
    ("profile.added", "audit-profile-added"),
    ("profile.saved", "audit-profile-saved"),
    ("profile.moved", "audit-profile-moved"),
    ("profile.removed", "audit-profile-removed"),
    ("profile.reactivated", "audit-profile-reactivated"),
    ("session.switched", "audit-session-switched"),
    ("claim.many", "audit-claim-many"),
    ("case.opened", "audit-case-opened"),
    ("case.approved", "audit-case-approved"),
    ("case.refused", "audit-case-refused"),
    ("case.effective", "audit-case-effective"),
    ("company.second_step", "audit-company-second-step"),
    ("company.second_step_ended", "audit-company-second-step-ended"),
    ("company.added", "audit-company-added"),
    ("company.changed", "audit-company-changed"),
    ("company.closed", "audit-company-closed"),
    ("plan.defined", "audit-plan-defined"),
    ("plan.added", "audit-plan-added"),
    ("plan.changed", "audit-plan-changed"),
    ("difference.accepted", "audit-difference-accepted"),
    ("difference.kept", "audit-difference-kept"),
    ("import", "audit-import"),
    ("staff.set", "audit-staff-set"),
    ("staff.removed", "audit-staff-removed"),
    ("content.imported", "audit-content-imported"),
    ("content.added", "audit-content-added"),
    ("content.saved", "audit-content-saved"),
    ("content.file_added", "audit-content-file-added"),
    ("content.file_replaced", "audit-content-file-replaced"),
    ("content.file_removed", "audit-content-file-removed"),
    ("course.date_added", "audit-course-date-added"),
    ("course.date_saved", "audit-course-date-saved"),
    ("course.date_cancelled", "audit-course-date-cancelled"),
    ("newsletter.added", "audit-newsletter-added"),
    ("newsletter.saved", "audit-newsletter-saved"),
    ("newsletter.sent", "audit-newsletter-sent"),
    ("newsgroup.added", "audit-newsgroup-added"),
    ("newsgroup.saved", "audit-newsgroup-saved"),
    ("post.hidden", "audit-post-hidden"),
    ("post.shown", "audit-post-shown"),
    ("thread.closed", "audit-thread-closed"),
    ("thread.opened", "audit-thread-opened"),
];

/// The rest of what is done, which is rare.
pub const RARE: [(&str, &str); 2] = [
    ("maintenance.planned", "audit-maintenance-planned"),
    ("maintenance.cancelled", "audit-maintenance-cancelled"),
];

/// The catalogue key of an action's words.
pub fn key_of(action: &str) -> Option<&'static str> {
    ACTIONS.iter().chain(&RARE).find(|(known, _)| *known == action).map(|(_, key)| *key)
}

/// The reasons that nobody typed, as they are written down, with the catalogue keys of their words.
pub mod because {
    pub const ANOTHER_ADDRESS: &str = "the profile has another address than the one that was approved";
    pub const BY_ADMINISTRATOR: &str = "ended by an administrator";
    pub const CLOSED: &str = "the company was closed";
    pub const GONE: &str = "the profile or the company is gone";
    pub const HAS_THE_PROFILE: &str = "who opened or approved it has the profile";
    pub const LEFT: &str = "left";
    pub const MOVED: &str = "moved to another company";
    pub const NOT_ON_FILE: &str = "not on file any more";
    pub const PASSPORT_CLOSED: &str = "the Passport was closed";
    pub const REMOVED: &str = "removed";
    pub const UNDONE: &str = "the link in an administrator's notice";

    pub const ALL: [(&str, &str); 11] = [
        (ANOTHER_ADDRESS, "audit-because-address"),
        (BY_ADMINISTRATOR, "audit-because-administrator"),
        (CLOSED, "audit-because-closed"),
        (GONE, "audit-because-gone"),
        (HAS_THE_PROFILE, "audit-because-has"),
        (LEFT, "audit-because-left"),
        (MOVED, "audit-because-moved"),
        (NOT_ON_FILE, "audit-because-not-on-file"),
        (PASSPORT_CLOSED, "audit-because-passport-closed"),
        (REMOVED, "audit-because-removed"),
        (UNDONE, "audit-because-undone"),
    ];
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Profile(Uuid),
    Passport,
    Staff(Subject),
    /// Whoever reads the mail of a profile.
    Mailbox(Uuid),
    Operator,
    Clock,
}

/// To whom or to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    Profile(Uuid),
    Staff(Subject),
    /// The company of the line.
    Company,
    /// By the name that was written down with it.
    Named(String),
    Nothing,
}

/// One fact of a line, by the name of its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub field: String,
    /// What it was before, where that is known.
    pub before: Option<String>,
    pub after: String,
}

/// The parts of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub who: Who,
    pub whom: Whom,
    pub facts: Vec<Fact>,
    pub reason: String,
}

fn subject(text: &str) -> Option<Subject> {
    let (iss, sub) = text.split_once(' ')?;
    Some(Subject { iss: iss.to_owned(), sub: sub.to_owned() })
}

fn who(line: &Line) -> Who {
    if let Some(profile) = line.acting_profile {
        return Who::Profile(profile);
    }
    let mailbox = || line.actor.strip_prefix("mailbox of profile ")?.parse().ok();
    let staff = || line.actor.strip_prefix("staff ").and_then(subject);
    match line.actor.as_str() {
        "operator" => Who::Operator,
        "clock" => Who::Clock,
        _ => mailbox().map(Who::Mailbox).or_else(|| staff().map(Who::Staff)).unwrap_or(Who::Passport),
    }
}

/// Numbers of things are for machines.
fn is_name_of_a_thing(text: &str) -> bool {
    text.parse::<Uuid>().is_ok() || (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn in_words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() || is_name_of_a_thing(text) => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(all) => {
            let all: Vec<_> = all.iter().filter_map(in_words).collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
        Value::Object(_) => None,
    }
}

fn facts(detail: &Value) -> Vec<Fact> {
    let Some(detail) = detail.as_object() else { return vec![] };
    let mut facts = Vec::new();
    if let Some(after) = detail.get("after").and_then(Value::as_object) {
        for (field, value) in after {
            let was = detail.get("before").and_then(|before| before.get(field));
            let (was_text, is_text) = (was.and_then(in_words), in_words(value));
            if was_text != is_text {
                let after = is_text.unwrap_or_default();
                facts.push(Fact { field: field.clone(), before: Some(was_text.unwrap_or_default()), after });
            }
        }
        return facts;
    }
    for (field, value) in detail {
        let changed = value.as_object().and_then(|both| Some((both.get("before")?, both.get("after")?)));
        if let Some((before, after)) = changed {
            facts.push(Fact {
                field: field.clone(),
                before: Some(in_words(before).unwrap_or_default()),
                after: in_words(after).unwrap_or_default(),
            });
        } else if let Some(after) =
            in_words(value).filter(|_| !["reason", "purpose", "is_claim"].contains(&field.as_str()))
        {
            facts.push(Fact { field: field.clone(), before: None, after });
        }
    }
    facts
}

/// Reads a line.
pub fn told(line: &Line) -> Told {
    let detail: Value = serde_json::from_str(&line.detail).unwrap_or_default();
    let text = |field: &str| detail.get(field).and_then(Value::as_str).map(str::to_owned);
    let profile = || text("profile")?.parse().ok();
    let (kind, id) = line.target.split_once(':').unwrap_or(("", line.target.as_str()));
    let who = who(line);
    let named = || {
        let name = ["title", "subject", "name", "slug"].into_iter().find_map(text);
        name.map_or(Whom::Nothing, Whom::Named)
    };
    let whom = match (kind, id.parse::<Uuid>()) {
        ("profile", Ok(profile)) => Whom::Profile(profile),
        ("staff", _) => subject(id).map_or(Whom::Nothing, Whom::Staff),
        ("company" | "entitlement", _) => Whom::Company,
        ("invitation" | "association" | "case", _) => match (profile(), &who) {
            (Some(profile), _) => Whom::Profile(profile),
            (None, Who::Mailbox(profile)) => Whom::Profile(*profile),
            (None, _) if line.company.is_some() => Whom::Company,
            (None, _) => Whom::Nothing,
        },
        ("plan", _) => Whom::Named(id.to_owned()),
        ("", _) => Whom::Named(line.target.clone()),
        _ => named(),
    };
    Told { who, whom, facts: facts(&detail), reason: text("reason").unwrap_or_default() }
}

#[cfg(test)]
mod tests;
