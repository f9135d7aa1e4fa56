//! A row as the seed understands it: one entry, checked for what can be said without the database.
use platform::day::Day;

use super::{Mapping, Row, What};
use crate::{
    company::{self, Kind},
    seed::{self, Plan, Seed},
};

/// What a row says, under its external id.
pub struct Entry {
    pub id: String,
    pub seed: Seed,
}

pub fn entry(what: What, row: &Row, mapping: &Mapping) -> Result<Entry, String> {
    let (mut seed, source) = (Seed::default(), mapping.source.trim().to_owned());
    let id = match what {
        What::Companies => {
            seed.companies.push(company(row, source)?);
            row.text("external_id").to_owned()
        }
        What::Profiles => {
            seed.profiles.push(profile(row, source)?);
            row.text("external_id").to_owned()
        }
        What::Plans => {
            seed.plans.extend(plan(row)?);
            let entitlement = entitlement(row, mapping, source)?;
            let id = entitlement.external_id.clone().unwrap_or_default();
            seed.entitlements.push(entitlement);
            id
        }
    };
    seed.check().map_err(|unfit| unfit.to_string())?;
    Ok(Entry { id, seed })
}

fn company(row: &Row, source: String) -> Result<seed::Company, String> {
    let kind = match row.full("kind") {
        None => None,
        Some("customer") => Some(Kind::Customer),
        Some("partner") => Some(Kind::Partner),
        Some("employee") => Some(Kind::Employee),
        Some(other) => return Err(format!("kind: {other} is not customer, partner or employee")),
    };
    Ok(seed::Company {
        source,
        external_id: row.text("external_id").to_owned(),
        name: row.text("name").to_owned(),
        kind,
        region: row.said("region").map(str::to_owned),
        products: row.said("products").map(company::products_of),
        time_zone: row.said("time_zone").map(str::to_owned),
        state: row.full("state").map(str::to_owned),
    })
}

fn profile(row: &Row, source: String) -> Result<seed::Profile, String> {
    // An empty cell in a column of marks is no mark.
    let bill_to =
        row.said("bill_to").map(|_| yes(row, "bill_to").map(|said| said.unwrap_or(false))).transpose()?;
    Ok(seed::Profile {
        external_id: row.text("external_id").to_owned(),
        source,
        company: row.text("company").to_owned(),
        first_name: row.text("first_name").to_owned(),
        last_name: row.text("last_name").to_owned(),
        email: row.text("email").to_owned(),
        administrator: false,
        bill_to,
        no_bulk_mail: yes(row, "no_bulk_mail")?,
        state: row.full("state").map(str::to_owned),
    })
}

fn plan(row: &Row) -> Result<Option<Plan>, String> {
    if row.text("plan_category").is_empty() && row.text("plan_name").is_empty() {
        return Ok(None);
    }
    Ok(Some(Plan {
        code: row.text("plan").to_owned(),
        category: row.text("plan_category").to_owned(),
        name: row.or("plan_name", row.text("plan")).to_owned(),
        rank: row.or("plan_rank", "0").parse().map_err(|_| "plan_rank is a whole number")?,
    }))
}

fn entitlement(row: &Row, mapping: &Mapping, source: String) -> Result<seed::Entitlement, String> {
    let day = |field: &str, open: Day| {
        let day = mapping.day(row.text(field)).map_err(|text| format!("{field}: {text}"))?;
        Ok::<_, String>(day.unwrap_or(open).to_string())
    };
    let mut entitlement = seed::Entitlement {
        external_id: None,
        source,
        company: row.text("company").to_owned(),
        plan: row.text("plan").to_owned(),
        starts_on: day("starts_on", Day::FIRST)?,
        ends_on: day("ends_on", Day::LAST)?,
        state: row.full("state").map(str::to_owned),
    };
    let by_default = entitlement.default_id();
    entitlement.external_id = Some(row.or("external_id", &by_default).to_owned());
    Ok(entitlement)
}

/// Yes or no, in one of the ways that systems write it; `None` for an empty field.
fn yes(row: &Row, field: &str) -> Result<Option<bool>, String> {
    match row.or(field, "").to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "1" | "true" | "yes" | "y" | "x" => Ok(Some(true)),
        "0" | "false" | "no" | "n" => Ok(Some(false)),
        other => Err(format!("{field}: {other} is neither yes nor no")),
    }
}
