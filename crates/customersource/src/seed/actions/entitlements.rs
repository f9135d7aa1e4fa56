//! Plans and entitlements as a business system says them. Each opens or closes the portal for a company, so each
//! change is written down.
use platform::{clock::Moment, db::Tx};
use serde_json::{Value, json};

use super::super::{Entitlement, Plan, Unfit};
use crate::{
    association::actions::Desk,
    audit::{Actor, Deed},
    company::{self, CompanyId},
    plan::{
        EntitlementId,
        entity::entitlement::{Model, Stored},
        store,
    },
};

/// What becomes of an entry whose company is known; `by_default` is its external id unless it has one.
pub fn described<'a>(
    about: &'a Entitlement,
    company: CompanyId,
    by_default: &'a str,
) -> store::Described<'a> {
    store::Described {
        company,
        plan_code: &about.plan,
        source: &about.source,
        external_id: about.external_id.as_deref().unwrap_or(by_default),
        state: about.state.as_deref().and_then(Stored::of_text),
        starts_on: &about.starts_on,
        ends_on: &about.ends_on,
    }
}

pub(super) async fn plans(tx: &Tx, all: &[Plan]) -> Result<Vec<Deed<'static>>, Unfit> {
    if all.is_empty() {
        return Ok(vec![]);
    }
    let mut known = store::list_plans(tx).await?;
    let mut deeds = Vec::new();
    for about in all {
        let row = about.to_row();
        let before = known.insert(row.code.clone(), row.clone());
        if before.as_ref() == Some(&row) {
            continue;
        }
        store::set_plan(tx, row.clone()).await?;
        deeds.push(Deed {
            actor: Actor::Operator,
            company: None,
            action: "plan.defined",
            target: format!("plan:{}", row.code),
            detail: json!({ "before": before, "after": row }),
        });
    }
    Ok(deeds)
}

pub(super) async fn store(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    source: &str,
    all: &[&Entitlement],
) -> Result<Vec<Deed<'static>>, Unfit> {
    let companies: Vec<&str> = all.iter().map(|about| about.company.as_str()).collect();
    let companies = company::store::Rows::list_described(tx, source, &companies).await?;
    let plans = store::list_plans(tx).await?;
    let by_default: Vec<String> = all.iter().map(|about| about.default_id()).collect();
    let id_of = |about: &'_ Entitlement, by_default: &str| {
        about.external_id.clone().unwrap_or_else(|| by_default.to_owned())
    };
    let ids: Vec<String> = all.iter().zip(&by_default).map(|(about, id)| id_of(about, id)).collect();
    let known =
        store::Rows::list_described(tx, source, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let (mut added, mut deeds) = (vec![], vec![]);
    for (about, by_default) in all.iter().zip(&by_default) {
        let Some(company) = companies.get(&about.company) else {
            return Err(about.unfit(&format!("no company {} of source {source}", about.company)));
        };
        if !plans.contains_key(&about.plan) {
            return Err(about.unfit(&format!("no plan {}", about.plan)));
        }
        let about = described(about, company.id, by_default);
        match known.get(about.external_id) {
            None => {
                let row = about.added(EntitlementId::new(now, desk.random));
                deeds.push(deed("plan.added", &row, facts(&row)));
                added.push(row);
            }
            Some(before) => {
                let after = about.onto(before);
                if after != *before {
                    store::Rows::update(tx, &after, &[]).await?;
                    let detail = json!({ "before": facts(before), "after": facts(&after) });
                    deeds.push(deed("plan.changed", &after, detail));
                }
            }
        }
    }
    store::Rows::add_many(tx, added).await?;
    Ok(deeds)
}

fn facts(row: &Model) -> Value {
    json!({
        "plan": row.plan_code, "starts_on": row.starts_on, "ends_on": row.ends_on, "state": row.state,
        "company": row.organization_id,
    })
}

fn deed(action: &'static str, row: &Model, detail: Value) -> Deed<'static> {
    Deed {
        actor: Actor::Operator,
        company: Some(row.organization_id),
        action,
        target: format!("entitlement:{}", row.id),
        detail,
    }
}

/// The line of an entitlement that a full file left out.
pub fn left_out(row: &Model) -> Deed<'static> {
    deed("plan.changed", row, json!({ "before": facts(row), "after": { "state": Stored::Cancelled } }))
}
