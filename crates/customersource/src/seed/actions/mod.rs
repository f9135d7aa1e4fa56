//! Storing what a business system says: all of a seed file in one transaction, or a piece of an import in its own.
//! The same twice changes nothing.
mod companies;
mod entitlements;
mod profiles;

use std::collections::BTreeMap;

use platform::{clock::Moment, db::Tx};

use super::{Seed, Unfit};
use crate::{
    Portal,
    association::actions::Desk,
    audit::{self, Deed},
    rp::Subject,
    staff,
};

pub use companies::described as company_described;
pub use entitlements::{described as entitlement_described, left_out};
pub use profiles::described as profile_described;

/// Adds what is new and brings what is known (by external id) up to date. What it does not name stays; who it
/// says is gone, or has another address, is treated as if an administrator had said so.
pub async fn apply(portal: &Portal, seed: &Seed) -> Result<(), Unfit> {
    seed.check()?;
    let now = portal.clock.now();
    let tx = portal.db.begin().await?;
    let deeds = store(&tx, now, &portal.desk(), seed).await?;
    audit::store::append_all(&tx, now, &portal.audit_mac, &deeds).await?;
    for person in &seed.staff {
        let iss = person.issuer.clone().unwrap_or_else(|| portal.rp.issuer().to_owned());
        let subject = Subject { iss, sub: person.subject.clone() };
        staff::actions::set(&tx, now, &portal.audit_mac, &subject, person.role, person.name.trim()).await?;
    }
    Ok(tx.commit().await?)
}

/// Companies, plans, entitlements and profiles, in a given transaction: few statements for many entries. Answers the
/// lines for the audit, which are to be written last.
pub async fn store(tx: &Tx, now: Moment, desk: &Desk<'_>, seed: &Seed) -> Result<Vec<Deed<'static>>, Unfit> {
    let mut deeds = Vec::new();
    for (source, all) in by_source(&seed.companies, |about| &about.source) {
        deeds.extend(companies::store(tx, now, desk, source, &all).await?);
    }
    deeds.extend(entitlements::plans(tx, &seed.plans).await?);
    for (source, all) in by_source(&seed.entitlements, |about| &about.source) {
        deeds.extend(entitlements::store(tx, now, desk, source, &all).await?);
    }
    for (source, all) in by_source(&seed.profiles, |about| &about.source) {
        deeds.extend(profiles::store(tx, now, desk, source, &all).await?);
    }
    Ok(deeds)
}

fn by_source<T>(all: &[T], source: impl Fn(&T) -> &String) -> BTreeMap<&str, Vec<&T>> {
    let mut sorted: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for entry in all {
        sorted.entry(source(entry)).or_default().push(entry);
    }
    sorted
}
