//! Storing seed data: all of it in one transaction, or nothing. The same file twice changes nothing.
use platform::{clock::Moment, db::Tx, email::EmailAddress, random::Random};

use super::{Entitlement, Profile, Seed, Unfit};
use crate::{
    Portal,
    association::{self, store::Which},
    organization::{self, OrganizationId},
    plan::{self, EntitlementId},
    profile::{self, ProfileId},
    rp::Subject,
    staff,
};

/// Adds what is new and brings what is known (by external id) up to date. Removes nothing.
pub async fn apply(portal: &Portal, seed: &Seed) -> Result<(), Unfit> {
    seed.check()?;
    let now = portal.clock.now();
    let tx = portal.db.begin().await?;
    store(&tx, now, &portal.random, seed).await?;
    for person in &seed.staff {
        let iss = person.issuer.clone().unwrap_or_else(|| portal.rp.issuer().to_owned());
        let subject = Subject { iss, sub: person.subject.clone() };
        staff::actions::set(&tx, now, &portal.audit_mac, &subject, person.role, person.name.trim()).await?;
    }
    Ok(tx.commit().await?)
}

/// Companies, plans, entitlements and profiles, in a given transaction.
pub async fn store(tx: &Tx, now: Moment, random: &Random, seed: &Seed) -> Result<(), Unfit> {
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
        organization::store::set_described(tx, OrganizationId::new(now, random), &about).await?;
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
        entitle(tx, now, random, entitlement).await?;
    }
    for person in &seed.profiles {
        add_profile(tx, now, random, person).await?;
    }
    Ok(())
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

async fn add_profile(tx: &Tx, now: Moment, random: &Random, about: &Profile) -> Result<(), Unfit> {
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
    let id = profile::store::set_described(tx, ProfileId::new(now, random), &described).await?;
    if !described.is_active {
        // Whoever is gone leaves no invitations behind (AS-03, AS-11).
        association::store::revoke_links(tx, Which::Profile(id)).await?;
        association::store::revoke_links(tx, Which::AskedBy(id)).await?;
    }
    Ok(())
}
