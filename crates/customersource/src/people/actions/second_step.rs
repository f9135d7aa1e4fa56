//! What a company asks of its people: a second step, from a day on.
use platform::{Fault, clock::Moment};
use serde_json::json;

use crate::{
    acting::{Acting, Administration},
    association::actions::{Desk, TellPeople},
    audit::{self, Actor, Deed},
    company,
};

/// Asks from this moment on, or not any more; whoever uses the portal for the company is told by e-mail. False where
/// that changes nothing.
pub async fn ask_second_step(
    tx: &Acting<Administration>,
    now: Moment,
    desk: &Desk<'_>,
    from: Option<Moment>,
) -> Result<bool, Fault> {
    let (by, company) = (tx.acts(), tx.company());
    if company.second_step_from == from {
        return Ok(false);
    }
    company::store::set_second_step(tx, company.id, from).await?;
    desk.outbox.add(tx, now, &TellPeople { company: company.id, from, at: now, after: None }).await?;
    let (action, detail) = match from {
        Some(from) => ("company.second_step", json!({ "starts_at": from.rfc3339() })),
        None => ("company.second_step_ended", json!({})),
    };
    let deed = Deed {
        actor: Actor::Profile(tx.subject(), by.profile()),
        company: Some(company.id),
        action,
        target: format!("company:{}", company.id),
        detail,
    };
    audit::store::append(tx, now, desk.audit, &deed).await?;
    Ok(true)
}
