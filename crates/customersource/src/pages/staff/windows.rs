//! Maintenance windows: planning one, and calling one off.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Checked, Errors, Shell, Trouble, see_other};
use serde::Deserialize;
use serde_json::json;

use super::{
    begin, done_of,
    given::{self, Given, Pressed, Undone},
    only, spend,
};
use crate::{
    Portal,
    acting::{Acting, Duty, Locks},
    audit::{self, Actor, Deed},
    maintenance::{FARTHEST, LONGEST, Window, WindowId, parse_minute_there, store},
    staff,
    visitor::Staff,
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    starts_at: String,
    ends_at: String,
    message: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "staff/windows.html")]
pub struct WindowsPage {
    shell: Shell,
    windows: Vec<Window>,
    fields: Fields,
    errors: Errors,
    given: Given,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for WindowsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |windows, errors, done| Self {
            shell: shell.clone(),
            windows,
            fields: Fields::default(),
            given: Given::sample("cancel-1", shell.t("staff-reason-wrong")),
            errors,
            done,
        };
        let mut errors = Errors::default();
        errors.add("starts_at", shell.t("window-moment-wrong"));
        errors.add("ends_at", shell.t("window-end-wrong"));
        errors.add("message", shell.t("window-message-wrong"));
        errors.add("reason", shell.t("staff-reason-wrong"));
        let window = crate::pages::maintenance::sample_window;
        vec![
            page(vec![], Errors::default(), None),
            page(vec![window()], errors, None),
            page(vec![window()], Errors::default(), Some("staff-done")),
        ]
    }
}

pub async fn show(State(portal): State<Portal>, visitor: Staff) -> Result<Response, Trouble> {
    form(&portal, &visitor, StatusCode::OK, (Fields::default(), Errors::default()), Given::default()).await
}

async fn form(
    portal: &Portal,
    visitor: &Staff,
    status: StatusCode,
    (fields, errors): (Fields, Errors),
    given: Given,
) -> Result<Response, Trouble> {
    let windows = store::list_ahead(portal.db.reader(), visitor.visit.now).await?;
    let done = done_of(&visitor.visit);
    let page = WindowsPage { shell: visitor.shell(), windows, fields, errors, given, done };
    given::page(&visitor.visit, status, &page.given, &page)
}

/// What the fields say, or what is wrong with them.
fn read(portal: &Portal, visitor: &Staff, fields: &Fields) -> Result<(Window, String), Errors> {
    let (now, zone) = (visitor.visit.now, visitor.visit.zone().0);
    let say = |key| visitor.visit.t(key);
    let mut errors = Errors::default();
    let starts_at = parse_minute_there(&fields.starts_at, &zone).filter(|at| *at < now + FARTHEST);
    if starts_at.is_none() {
        errors.add("starts_at", say("window-moment-wrong"));
    }
    let fits = |end: &platform::clock::Moment| {
        *end > now && starts_at.is_none_or(|start| start < *end && end.since(start) <= LONGEST)
    };
    let ends_at = parse_minute_there(&fields.ends_at, &zone).filter(fits);
    if ends_at.is_none() {
        errors.add("ends_at", say("window-end-wrong"));
    }
    let message = fields.message.trim();
    if message.chars().count() > 300 || message.contains(char::is_control) {
        errors.add("message", say("window-message-wrong"));
    }
    let reason = staff::reason(&fields.reason);
    if reason.is_none() {
        errors.add("reason", say("staff-reason-wrong"));
    }
    match (starts_at, ends_at, reason) {
        (Some(starts_at), Some(ends_at), Some(reason)) if errors.is_empty() => {
            let id = WindowId::new(now, &portal.random);
            Ok((Window { id, starts_at, ends_at, message: message.to_owned() }, reason))
        }
        _ => Err(errors),
    }
}

pub async fn plan(
    State(portal): State<Portal>,
    visitor: Staff,
    Checked(fields): Checked<Fields>,
) -> Result<Response, Trouble> {
    let (window, reason) = match read(&portal, &visitor, &fields) {
        Ok(read) => read,
        Err(errors) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return form(&portal, &visitor, status, (fields, errors), Given::default()).await;
        }
    };
    let tx = visitor.acts(&portal, &Locks::default()).await?;
    spend(&tx, &portal, &visitor).await?;
    store::add(&**tx, &window).await?;
    record(&tx, &portal, &visitor, "maintenance.planned", &window, &reason).await?;
    Ok(see_other(&tx.commit(visitor.visit.now, "/staff/maintenance?done=done".into()).await?))
}

async fn record(
    tx: &Acting<Duty>,
    portal: &Portal,
    visitor: &Staff,
    action: &'static str,
    window: &Window,
    reason: &str,
) -> Result<(), Trouble> {
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        company: None,
        action,
        target: format!("maintenance:{}", window.id),
        detail: json!({
            "starts_at": window.starts_at.rfc3339(), "ends_at": window.ends_at.rfc3339(), "reason": reason,
        }),
    };
    Ok(audit::store::append(tx, visitor.visit.now, &portal.audit_mac, &deed).await?)
}

#[derive(Deserialize)]
pub struct Act {
    #[serde(default)]
    reason: String,
}

/// Ends a running window at once, or calls a planned one off.
pub async fn cancel(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(act): Checked<Act>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help() || visitor.member.may_edit())?;
    let id: WindowId = id.parse().map_err(|_| Trouble::not_found())?;
    match call_off(&portal, &visitor, id, &act.reason).await {
        Ok(response) => Ok(response),
        Err(Undone::Trouble(trouble)) => Err(trouble),
        Err(Undone::Back(given)) => {
            let empty = (Fields::default(), Errors::default());
            form(&portal, &visitor, given.status(), empty, given).await
        }
    }
}

async fn call_off(portal: &Portal, visitor: &Staff, id: WindowId, reason: &str) -> Pressed {
    let given = Given::at(format!("cancel-{id}"), reason);
    let (tx, reason) = begin(portal, visitor, &given, &Locks::default()).await?;
    let window = store::remove(&tx, id).await?.ok_or_else(Trouble::not_found)?;
    record(&tx, portal, visitor, "maintenance.cancelled", &window, &reason).await?;
    Ok(see_other(&tx.commit(visitor.visit.now, "/staff/maintenance?done=done".into()).await?))
}
