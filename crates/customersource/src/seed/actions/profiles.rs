//! Profiles as a business system says them: many at once, each field by its owner, and with every consequence.
use std::collections::HashMap;

use platform::{clock::Moment, db::Tx, email::EmailAddress};

use super::super::{Profile, Unfit};
use crate::{
    association::actions::Desk,
    audit::{Actor, Deed},
    company::{self, CompanyId},
    difference,
    people::actions::outside,
    profile::{
        self, ProfileId,
        entity::{Model, Stored},
        store::Merged,
    },
};

/// What an entry says, once its company and its address are known.
pub fn described<'a>(
    about: &'a Profile,
    company: CompanyId,
    email: &'a EmailAddress,
) -> profile::store::Described<'a> {
    profile::store::Described {
        company,
        source: &about.source,
        external_id: &about.external_id,
        first_name: about.first_name.trim(),
        last_name: about.last_name.trim(),
        email: email.as_str(),
        email_key: email.key(),
        is_bill_to: about.bill_to,
        is_admin: about.administrator,
        is_active: about.state.as_deref().and_then(Stored::of_text).map(|state| state == Stored::Active),
        no_bulk_mail: about.no_bulk_mail,
    }
}

pub(super) async fn store(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    source: &str,
    all: &[&Profile],
) -> Result<Vec<Deed<'static>>, Unfit> {
    let named: Vec<&str> = all.iter().map(|about| about.company.as_str()).collect();
    let companies = company::store::Rows::list_described(tx, source, &named).await?;
    let known = hold(tx, source, all, companies.values().map(|company| company.id).collect()).await?;
    let (mut added, mut changed) = (vec![], vec![]);
    for about in all {
        let Some(company) = companies.get(&about.company) else {
            return Err(about.unfit(&format!("no company {} of source {source}", about.company)));
        };
        let email = EmailAddress::parse(&about.email)
            .map_err(|_| about.unfit(&format!("{} is no e-mail address", about.email)))?;
        let said = described(about, company.id, &email);
        match known.get(&about.external_id) {
            None => added.push(said.added(ProfileId::new(now, desk.random))),
            Some(before) => changed.push((before, said.onto(before))),
        }
    }
    let mut firsts: Vec<ProfileId> = added.iter().filter(|row| may_be_first(row)).map(|row| row.id).collect();
    profile::store::Rows::add_many(tx, added).await?;
    let mut deeds = Vec::new();
    for (before, merged) in changed {
        firsts.extend(may_be_first(&merged.after).then_some(merged.after.id));
        deeds.extend(change(tx, now, desk, before, &merged).await?);
    }
    for id in firsts {
        outside::appoint_first(tx, id).await?;
    }
    Ok(deeds)
}

fn may_be_first(row: &Model) -> bool {
    row.state == Stored::Active && (row.is_bill_to || row.is_admin)
}

/// Locks every company and every profile that this is about, then reads the profiles.
async fn hold(
    tx: &Tx,
    source: &str,
    all: &[&Profile],
    mut companies: Vec<CompanyId>,
) -> Result<HashMap<String, Model>, Unfit> {
    let ids: Vec<&str> = all.iter().map(|about| about.external_id.as_str()).collect();
    let known = profile::store::Rows::list_described(tx, source, &ids).await?;
    companies.extend(known.values().map(|row| row.organization_id));
    if !company::store::Rows::lock_many(tx, &companies).await? {
        return Ok(known);
    }
    let profiles: Vec<ProfileId> = known.values().map(|row| row.id).collect();
    profile::store::Rows::lock_many(tx, &profiles).await?;
    // Again: what was read before the locks may be old.
    Ok(profile::store::Rows::list_described(tx, source, &ids).await?)
}

/// Stores what is another, and sees to what follows from it.
async fn change(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    before: &Model,
    merged: &Merged,
) -> Result<Vec<Deed<'static>>, Unfit> {
    if !before.held.is_empty() {
        difference::store::note(tx, now, desk.random, before.id, &merged.differs).await?;
    }
    if merged.after == *before {
        return Ok(vec![]);
    }
    let found = profile::store::find(tx, before.id).await?;
    profile::store::update(tx, &merged.after).await?;
    match found {
        Some(found) => Ok(outside::described(tx, now, desk, Actor::Operator, &found).await?),
        None => Ok(vec![]),
    }
}
