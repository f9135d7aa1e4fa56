//! Companies as a business system says them: added, brought up to date, opened again, closed; each change of what
//! opens or closes something is written down.
use platform::{clock::Moment, db::Tx};
use serde_json::{Map, Value, json};

use super::super::{Company, Unfit};
use crate::{
    association::actions::Desk,
    audit::{Actor, Deed},
    company::{
        CompanyId, Kind,
        entity::{Model, Stored},
        store,
    },
    people::actions::outside,
};

pub fn described(about: &Company) -> store::Described<'_> {
    store::Described {
        source: &about.source,
        external_id: &about.external_id,
        name: about.name.trim(),
        kind: about.kind,
        region: about.region.as_deref(),
        products: about.products.as_ref().map(|products| products.join(",")),
        time_zone: about.time_zone.as_deref(),
        is_active: about.state.as_deref().and_then(Stored::of_text).map(|state| state == Stored::Active),
    }
}

pub(super) async fn store(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    source: &str,
    all: &[&Company],
) -> Result<Vec<Deed<'static>>, Unfit> {
    let ids: Vec<&str> = all.iter().map(|about| about.external_id.as_str()).collect();
    let mut known = store::Rows::list_described(tx, source, &ids).await?;
    let locked: Vec<_> = known.values().map(|row| row.id).collect();
    if store::Rows::lock_many(tx, &locked).await? {
        // Again: what was read before the lock may be old.
        known = store::Rows::list_described(tx, source, &ids).await?;
    }
    let (mut added, mut deeds, mut closing) = (vec![], vec![], vec![]);
    for about in all {
        let about = described(about);
        let Some(before) = known.get(about.external_id) else {
            let row = about.added(CompanyId::new(now, desk.random));
            if row.kind != Kind::Customer.text() {
                deeds.push(deed("company.added", row.id, json!({ "name": row.name, "kind": row.kind })));
            }
            added.push(row);
            continue;
        };
        let after = about.onto(before);
        if after == *before {
            continue;
        }
        store::update(tx, &after).await?;
        let changes = changes(before, &after);
        if !changes.is_empty() {
            deeds.push(deed("company.changed", after.id, Value::Object(changes)));
        }
        if before.state == Stored::Active && after.state == Stored::Closed {
            closing.push(after.id);
        }
    }
    store::Rows::add_many(tx, added).await?;
    for id in closing {
        deeds.extend(outside::closed(tx, now, desk, id).await?);
    }
    Ok(deeds)
}

fn changes(before: &Model, after: &Model) -> Map<String, Value> {
    let fields = [
        ("name", before.name.as_str(), after.name.as_str()),
        ("kind", &before.kind, &after.kind),
        ("region", &before.region, &after.region),
        ("products", &before.products, &after.products),
        ("time_zone", &before.time_zone, &after.time_zone),
        ("state", before.state.text(), after.state.text()),
    ];
    let changed = fields.into_iter().filter(|(_, old, new)| old != new);
    changed.map(|(name, old, new)| (name.to_owned(), json!({ "before": old, "after": new }))).collect()
}

fn deed(action: &'static str, id: CompanyId, detail: Value) -> Deed<'static> {
    Deed { actor: Actor::Operator, company: Some(id), action, target: format!("company:{id}"), detail }
}
