//! Giving and taking roles, by the operator: in the audit like everything else.
use platform::{Fault, clock::Moment, db::Tx, secrets::Mac};
use serde_json::json;

use super::{Role, store};
use crate::{
    audit::{self, Actor, Deed},
    rp::Subject,
};

/// Gives a role; true when it is new.
pub async fn add(
    tx: &Tx,
    now: Moment,
    mac: &Mac,
    subject: &Subject,
    role: Role,
    email: &str,
) -> Result<bool, Fault> {
    if !store::add(tx, now, subject, role, email).await? {
        return Ok(false);
    }
    let detail = json!({ "role": role, "email": email });
    audit::store::append(tx, now, mac, &deed("staff.added", subject, detail)).await?;
    Ok(true)
}

/// Takes a role, or all; answers how many there were.
pub async fn remove(
    tx: &Tx,
    now: Moment,
    mac: &Mac,
    subject: &Subject,
    role: Option<Role>,
) -> Result<u64, Fault> {
    let removed = store::remove(tx, subject, role).await?;
    if removed > 0 {
        audit::store::append(tx, now, mac, &deed("staff.removed", subject, json!({ "role": role }))).await?;
    }
    Ok(removed)
}

fn deed<'a>(action: &'static str, subject: &Subject, detail: serde_json::Value) -> Deed<'a> {
    let target = format!("staff:{} {}", subject.iss, subject.sub);
    Deed { actor: Actor::Operator, organization: None, action, target, detail }
}
