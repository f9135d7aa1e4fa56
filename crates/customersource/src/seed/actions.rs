//! Storing seed data: all of it in one transaction, or nothing. The same file twice changes nothing.
use platform::{clock::Moment, db::Tx, email::EmailAddress, random::Random};

use super::{Entitlement, Profile, Seed, Unfit};
use crate::{
    Portal,
    association::actions::Desk,
    audit::{self, Deed},
    company::actions::outside,
    organization::{self, OrganizationId},
    plan::{self, EntitlementId},
    profile::{self, ProfileId},
    rp::Subject,
    staff,
};

/// Adds what is new and brings what is known (by external id) up to date. What it does not name stays; who it
/// says is gone, or has another address, is treated as if an administrator had said so.
pub async fn apply(portal: &Portal, seed: &Seed) -> Result<(), Unfit> {
    seed.check()?;
    let now = portal.clock.now();
    let tx = portal.db.begin().await?;
    for deed in store(&tx, now, &portal.desk(), seed).await? {
        audit::store::append(&tx, now, &portal.audit_mac, &deed).await?;
    }
    for person in &seed.staff {
        let iss = person.issuer.clone().unwrap_or_else(|| portal.rp.issuer().to_owned());
        let subject = Subject { iss, sub: person.subject.clone() };
        staff::actions::set(&tx, now, &portal.audit_mac, &subject, person.role, person.name.trim()).await?;
    }
    Ok(tx.commit().await?)
}

/// Companies, plans, entitlements and profiles, in a given transaction. Answers the lines for the audit, which
/// are to be written last.
pub async fn store(tx: &Tx, now: Moment, desk: &Desk<'_>, seed: &Seed) -> Result<Vec<Deed<'static>>, Unfit> {
    let mut deeds = Vec::new();
    for company in &seed.companies {
        let products = company.products.join(",");
        let about = organization::store::Described {
            source: &company.source,
            external_id: &company.external_id,
            name: company.name.trim(),
            kind: company.kind,
            region: &company.region,
            products: Some(&products),
            is_active: company.state == "active",
        };
        let before = organization::store::find_described(tx, about.source, about.external_id).await?;
        let new = OrganizationId::new(now, desk.random);
        let id = organization::store::set_described(tx, new, &about).await?;
        if before.is_some_and(|before| before.is_active) && !about.is_active {
            deeds.extend(outside::closed(tx, now, desk, id).await?);
        }
    }
    for about in &seed.plans {
        let row = plan::entity::plan::Model {
            code: about.code.clone(),
            category: about.category.clone(),
            name: about.name.clone(),
            rank: about.rank,
        };
        plan::store::set_plan(tx, row).await?;
    }
    for entitlement in &seed.entitlements {
        entitle(tx, now, desk.random, entitlement).await?;
    }
    for person in &seed.profiles {
        deeds.extend(add_profile(tx, now, desk, person).await?);
    }
    Ok(deeds)
}

async fn company_of(tx: &Tx, source: &str, external_id: &str, who: &str) -> Result<OrganizationId, Unfit> {
    let found = organization::store::find_external(tx, source, external_id).await?;
    found.ok_or_else(|| Unfit::Entry(format!("{who}: no company {external_id} of source {source}")))
}

async fn entitle(tx: &Tx, now: Moment, random: &Random, about: &Entitlement) -> Result<(), Unfit> {
    let who = format!("entitlement of {} to {}", about.company, about.plan);
    let organization = company_of(tx, &about.source, &about.company, &who).await?;
    if !plan::store::has_plan(tx, &about.plan).await? {
        return Err(Unfit::Entry(format!("{who}: no plan {}", about.plan)));
    }
    let by_default = format!("{}/{}/{}", about.company, about.plan, about.starts_on);
    let described = plan::store::Described {
        organization,
        plan_code: &about.plan,
        source: &about.source,
        external_id: about.external_id.as_deref().unwrap_or(&by_default),
        state: &about.state,
        starts_on: &about.starts_on,
        ends_on: &about.ends_on,
    };
    Ok(plan::store::set_entitlement(tx, EntitlementId::new(now, random), &described).await?)
}

async fn add_profile(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    about: &Profile,
) -> Result<Vec<Deed<'static>>, Unfit> {
    let who = format!("profile {}", about.external_id);
    let organization = company_of(tx, &about.source, &about.company, &who).await?;
    let email = EmailAddress::parse(&about.email)
        .map_err(|_| Unfit::Entry(format!("{who}: {} is no e-mail address", about.email)))?;
    let described = profile::store::Described {
        organization,
        source: &about.source,
        external_id: &about.external_id,
        first_name: about.first_name.trim(),
        last_name: about.last_name.trim(),
        email: email.as_str(),
        email_key: email.key(),
        is_bill_to: about.bill_to,
        is_admin: about.administrator,
        is_active: about.state == "active",
        no_bulk_mail: about.no_bulk_mail,
    };
    organization::store::lock(tx, organization).await?;
    let mut before = profile::store::find_described(tx, &about.source, &about.external_id).await?;
    if let Some((known, _)) = &before {
        // Again: what was read before the lock may be old.
        profile::store::lock(tx, known.id).await?;
        before = profile::store::find(tx, known.id).await?;
    }
    let id = profile::store::set_described(tx, ProfileId::new(now, desk.random), &described).await?;
    let deeds = match &before {
        Some(before) => outside::described(tx, now, desk, before).await?,
        None => vec![],
    };
    outside::appoint_first(tx, id).await?;
    Ok(deeds)
}
