//! A second step for everybody who uses the portal for a company: from a day on that its administrator chooses.
use std::time::Duration;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::{
    limits::{self, Limit},
    web::{Checked, Errors, Shell, Trouble, page::ActingAs, see_other},
};
use serde::Deserialize;

use super::done_of;
use crate::{
    Portal,
    pages::signed_in_page,
    paths::SECOND_STEP,
    people::actions,
    strength::Demand,
    visitor::{
        Administrator,
        sign_in::{self, Lacking},
    },
};

/// How many days people have to set one up.
const GRACE: [u64; 3] = [7, 14, 30];
/// How often a company changes its mind: everybody gets a letter.
const CHANGES: Limit = Limit::new("second steps of a company", 4, Duration::from_secs(86_400));

#[derive(Template)]
#[template(path = "account/second_step.html")]
pub struct SecondStepPage {
    shell: Shell,
    acting: ActingAs,
    /// The day from which it is asked for.
    from: Option<String>,
    /// That day has come.
    is_due: bool,
    /// After how many days, and which day that is.
    grace: Vec<(u64, String)>,
    done: Option<&'static str>,
    errors: Errors,
}

#[cfg(test)]
impl platform::web::page::Samples for SecondStepPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |from: Option<&str>, is_due, done, errors| Self {
            shell: shell.clone(),
            acting: ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            from: from.map(str::to_owned),
            is_due,
            grace: vec![(7, "2026-12-14".into()), (14, "2026-12-21".into())],
            done,
            errors,
        };
        let mut wrong = Errors::default();
        wrong.add("days", shell.t("second-step-days-wrong"));
        vec![
            page(None, false, None, Errors::default()),
            page(None, false, None, wrong),
            page(Some("2026-12-14"), false, Some("done-second-step"), Errors::default()),
            page(Some("2026-11-14"), true, None, Errors::default()),
        ]
    }
}

/// The page does not exist where the installation demands nothing of companies' people.
fn offered(portal: &Portal) -> Result<(), Trouble> {
    match portal.demands.contexts(Demand::Company) {
        [] => Err(Trouble::not_found()),
        _ => Ok(()),
    }
}

fn page(
    portal: &Portal,
    visitor: &Administrator,
    status: StatusCode,
    errors: Errors,
) -> Result<Response, Trouble> {
    let company = &visitor.associated.acting.company;
    let (now, zone) = (visitor.visit().now, portal.places.zone_of(company));
    let day = |at| zone.day_of(at).to_string();
    let page = SecondStepPage {
        shell: visitor.associated.shell(),
        acting: visitor.associated.acting(),
        from: company.second_step_from.map(day),
        is_due: company.second_step_from.is_some_and(|from| from <= now),
        grace: GRACE.map(|days| (days, day(portal.places.beginning(company, now, days)))).into(),
        done: done_of(visitor.visit()),
        errors,
    };
    signed_in_page(visitor.visit(), status, &page)
}

pub async fn show(State(portal): State<Portal>, visitor: Administrator) -> Result<Response, Trouble> {
    offered(&portal)?;
    page(&portal, &visitor, StatusCode::OK, Errors::default())
}

#[derive(Deserialize)]
pub struct Wish {
    /// After how many days; none: not any more.
    #[serde(default)]
    days: String,
    #[serde(default)]
    wish: String,
}

/// Whoever asks this of others proves it first: nobody locks out a company that has no way to prove more.
pub async fn ask(
    State(portal): State<Portal>,
    visitor: Administrator,
    Checked(form): Checked<Wish>,
) -> Result<Response, Trouble> {
    offered(&portal)?;
    let (now, session) = (visitor.visit().now, &visitor.associated.session);
    let is_strong = portal.demands.are_met(Demand::Company, &session.acr);
    let is_recent = session.proves(now, crate::staff::FRESH);
    if !is_strong || !is_recent {
        let lacking = Lacking { strength: Some(Demand::Company), recent: !is_recent };
        return Err(sign_in::prove(&portal, visitor.visit(), lacking));
    }
    let days = match form.wish.as_str() {
        "stop" => None,
        _ => match form.days.parse().ok().filter(|days| GRACE.contains(days)) {
            Some(days) => Some(days),
            None => {
                let mut errors = Errors::default();
                errors.add("days", visitor.visit().t("second-step-days-wrong"));
                return page(&portal, &visitor, StatusCode::UNPROCESSABLE_ENTITY, errors);
            }
        },
    };
    let tx = visitor.acts(&portal, None).await?;
    let from = days.map(|days| portal.places.beginning(tx.company(), now, days));
    if !actions::ask_second_step(&tx, now, &portal.desk(), from).await? {
        return Ok(see_other(SECOND_STEP));
    }
    let limit = CHANGES.scaled(portal.limits_scale);
    let company = tx.company().id.to_string();
    limits::spend_or_wait(&tx, now, limit, &company).await?.map_err(super::too_many_letters)?;
    tx.commit().await?;
    let done = if days.is_some() { "second-step" } else { "no-second-step" };
    Ok(see_other(&format!("{SECOND_STEP}?done={done}")))
}
