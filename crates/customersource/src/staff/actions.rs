//! Giving and taking roles, by the operator: in the audit like everything else.
use platform::{Fault, clock::Moment, db::Tx, secrets::Mac};
use serde_json::json;

use super::{Role, store};
use crate::{
    audit::{self, Actor, Deed},
    rp::Subject,
};

/// Gives a Passport this role and name; true when that changed anything.
pub async fn set(
    tx: &Tx,
    now: Moment,
    mac: &Mac,
    subject: &Subject,
    role: Role,
    name: &str,
) -> Result<bool, Fault> {
    if !store::set(tx, subject, role, name).await? {
        return Ok(false);
    }
    let detail = json!({ "role": role, "name": name });
    audit::store::append(tx, now, mac, &deed("staff.set", subject, detail)).await?;
    Ok(true)
}

/// Takes the role; true when there was one.
pub async fn remove(tx: &Tx, now: Moment, mac: &Mac, subject: &Subject) -> Result<bool, Fault> {
    let is_removed = store::remove(tx, subject).await?;
    if is_removed {
        audit::store::append(tx, now, mac, &deed("staff.removed", subject, json!({}))).await?;
    }
    Ok(is_removed)
}

fn deed<'a>(action: &'static str, subject: &Subject, detail: serde_json::Value) -> Deed<'a> {
    let target = format!("staff:{} {}", subject.iss, subject.sub);
    Deed { actor: Actor::Operator, company: None, action, target, detail }
}
