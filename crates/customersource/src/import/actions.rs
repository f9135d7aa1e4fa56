//! Carrying a file out: what is new, what changed, what is gone; all of it in the given transaction.
use platform::{Fault, clock::Moment, db::Tx};
use serde_json::json;

use super::{
    Extent, MOST_LINES, Mapping, Report, Row, Unfit, What, may_close,
    store::{self, All},
};
use crate::{
    association::actions::Desk,
    audit::{self, Actor, Deed},
    company::actions::outside,
    organization::{self, Kind},
    profile,
    seed::{self, Company, Entitlement, Plan, Profile, Seed},
};

/// Carries the rows out; the caller commits, or does not.
pub async fn apply(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    what: What,
    (rows, mapping): (&[Row], &Mapping),
    extent: Extent,
) -> Result<Report, Unfit> {
    let source = mapping.source.trim();
    let known = match what {
        What::Companies => store::companies(tx, source).await?,
        What::Profiles => store::profiles(tx, source).await?,
        What::Plans => store::entitlements(tx, source).await?,
    };
    let (mut report, mut complaints, mut seen) =
        (Report { rows: rows.len(), ..Report::default() }, vec![], vec![]);
    let mut deeds = Vec::new();
    for row in rows {
        let (id, entry) = match read(what, row, mapping) {
            Ok(read) => read,
            Err(text) => {
                complaints.push((row.line, text));
                continue;
            }
        };
        let was = known.get(&id);
        let is_new_plan = what == What::Plans && is_plan_changed(tx, &entry).await?;
        let lines = differences(&id, was, &entry.fields);
        seen.push(id.clone());
        match (was, lines.is_empty() && !is_new_plan) {
            (Some(_), true) => {
                report.unchanged += 1;
                continue;
            }
            (Some(_), false) => report.changed += 1,
            (None, _) => report.added += 1,
        }
        report.note(lines);
        match seed::actions::store(tx, now, desk, &entry.seed).await {
            Ok(followed) => deeds.extend(followed),
            Err(seed::Unfit::Entry(text)) => complaints.push((row.line, text)),
            Err(seed::Unfit::Fault(fault)) => return Err(fault.into()),
        }
    }
    if !complaints.is_empty() {
        return Err(Unfit::Rows(complaints));
    }
    if extent.is_full {
        deeds.extend(close_absent(tx, now, desk, what, source, (&known, &seen), extent, &mut report).await?);
    }
    for deed in &deeds {
        audit::store::append(tx, now, desk.audit, deed).await?;
    }
    if report.added + report.changed + report.closed > 0 {
        let deed = Deed {
            actor: Actor::Operator,
            organization: None,
            action: "import",
            target: format!("{} of {source}", what.text()),
            detail: json!({
                "rows": report.rows, "added": report.added, "changed": report.changed, "closed": report.closed,
            }),
        };
        audit::store::append(tx, now, desk.audit, &deed).await?;
    }
    Ok(report)
}

impl Report {
    fn note(&mut self, lines: Vec<String>) {
        let room = MOST_LINES.saturating_sub(self.lines.len());
        self.lines.extend(lines.into_iter().take(room));
    }
}

/// A row as the seed understands it, and its fields as they will be stored.
struct Entry {
    seed: Seed,
    fields: Vec<(&'static str, String)>,
}

fn read(what: What, row: &Row, mapping: &Mapping) -> Result<(String, Entry), String> {
    let mut seed = Seed::default();
    let source = mapping.source.trim().to_owned();
    let text = |field: &str| row.text(field).to_owned();
    let day = |field: &str| {
        mapping.days.read(row.text(field)).ok_or_else(|| format!("{field}: {} is no day", row.text(field)))
    };
    let (id, fields) = match what {
        What::Companies => {
            let kind = match row.or("kind", "customer") {
                "customer" => Kind::Customer,
                "partner" => Kind::Partner,
                "employee" => Kind::Employee,
                other => return Err(format!("kind: {other} is not customer, partner or employee")),
            };
            let company = Company {
                source,
                external_id: text("external_id"),
                name: text("name"),
                kind,
                region: text("region"),
                products: organization::products_of(row.text("products")),
                state: row.or("state", "active").to_owned(),
            };
            let fields = vec![
                ("name", company.name.clone()),
                ("kind", kind.text().to_owned()),
                ("region", company.region.clone()),
                ("products", company.products.join(",")),
                ("state", company.state.clone()),
            ];
            seed.companies.push(company);
            (text("external_id"), fields)
        }
        What::Profiles => {
            let is_bill_to = yes(row, "bill_to")?.unwrap_or(false);
            let no_bulk_mail = yes(row, "no_bulk_mail")?;
            let profile = Profile {
                external_id: text("external_id"),
                source,
                company: text("company"),
                first_name: text("first_name"),
                last_name: text("last_name"),
                email: text("email"),
                administrator: false,
                bill_to: is_bill_to,
                no_bulk_mail,
                state: row.or("state", "active").to_owned(),
            };
            let mut fields = vec![
                ("company", profile.company.clone()),
                ("first_name", profile.first_name.clone()),
                ("last_name", profile.last_name.clone()),
                ("email", profile.email.clone()),
                ("bill_to", is_bill_to.to_string()),
                ("state", profile.state.clone()),
            ];
            // What a file does not say stays, and is no difference.
            fields.extend(no_bulk_mail.map(|said| ("no_bulk_mail", said.to_string())));
            seed.profiles.push(profile);
            (text("external_id"), fields)
        }
        What::Plans => {
            let (starts_on, ends_on) = (day("starts_on")?, day("ends_on")?);
            let by_default = format!("{}/{}/{starts_on}", row.text("company"), row.text("plan"));
            let id = row.or("external_id", &by_default).to_owned();
            if !row.text("plan_category").is_empty() || !row.text("plan_name").is_empty() {
                seed.plans.push(Plan {
                    code: text("plan"),
                    category: text("plan_category"),
                    name: row.or("plan_name", row.text("plan")).to_owned(),
                    rank: row.or("plan_rank", "0").parse().map_err(|_| "plan_rank is a whole number")?,
                });
            }
            let entitlement = Entitlement {
                external_id: Some(id.clone()),
                source,
                company: text("company"),
                plan: text("plan"),
                starts_on: starts_on.clone(),
                ends_on: ends_on.clone(),
                state: row.or("state", "active").to_owned(),
            };
            let fields = vec![
                ("company", entitlement.company.clone()),
                ("plan", entitlement.plan.clone()),
                ("starts_on", starts_on),
                ("ends_on", ends_on),
                ("state", entitlement.state.clone()),
            ];
            seed.entitlements.push(entitlement);
            (id, fields)
        }
    };
    seed.check().map_err(|unfit| unfit.to_string())?;
    Ok((id, Entry { seed, fields }))
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

/// `+ id`, or a line for each field that is another.
fn differences(id: &str, was: Option<&store::Known>, fields: &[(&'static str, String)]) -> Vec<String> {
    let Some(was) = was else { return vec![format!("+ {id}")] };
    let pairs = was.fields.iter().zip(fields).filter(|((_, old), (_, new))| old != new);
    pairs.map(|((field, old), (_, new))| format!("~ {id} {field}: {old} → {new}")).collect()
}

async fn is_plan_changed(tx: &Tx, entry: &Entry) -> Result<bool, Fault> {
    let Some(wanted) = entry.seed.plans.first() else { return Ok(false) };
    let known = store::plans(tx).await?;
    Ok(known.get(&wanted.code).is_none_or(|known| {
        known.category != wanted.category || known.name != wanted.name || known.rank != wanted.rank
    }))
}

#[expect(clippy::too_many_arguments, reason = "one step of apply, with all that it has at hand")]
async fn close_absent(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    what: What,
    source: &str,
    (known, seen): (&All, &[String]),
    extent: Extent,
    report: &mut Report,
) -> Result<Vec<Deed<'static>>, Unfit> {
    let seen: std::collections::HashSet<&String> = seen.iter().collect();
    let active = known.values().filter(|known| known.is_active).count();
    let absent: Vec<&String> =
        known.iter().filter(|(id, known)| known.is_active && !seen.contains(id)).map(|(id, _)| id).collect();
    if !may_close(&extent, absent.len(), active) {
        return Err(Unfit::File(format!(
            "{} of {active} {} would be closed, more than one in ten: is the file whole? \
             If so, say --let-go {}",
            absent.len(),
            what.text(),
            absent.len()
        )));
    }
    let mut deeds = Vec::new();
    for id in &absent {
        match what {
            What::Companies => deeds.extend(close_company(tx, now, desk, source, id).await?),
            What::Profiles => deeds.extend(remove_profile(tx, now, desk, source, id).await?),
            What::Plans => store::cancel_entitlement(tx, source, id).await?,
        }
    }
    report.closed = absent.len();
    report.note(absent.iter().map(|id| format!("- {id}")).collect());
    Ok(deeds)
}

/// A profile that is gone takes everything that hangs on it along (portal rule 15).
async fn remove_profile(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    source: &str,
    id: &str,
) -> Result<Vec<Deed<'static>>, Fault> {
    let Some((known, _)) = profile::store::find_described(tx, source, id).await? else { return Ok(vec![]) };
    profile::store::lock(tx, known.id).await?;
    let Some(found) = profile::store::find(tx, known.id).await? else { return Ok(vec![]) };
    outside::gone(tx, now, desk, &found).await
}

async fn close_company(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    source: &str,
    id: &str,
) -> Result<Vec<Deed<'static>>, Fault> {
    let Some(company) = organization::store::find_external(tx, source, id).await? else { return Ok(vec![]) };
    organization::store::set_closed(tx, company).await?;
    outside::closed(tx, now, desk, company).await
}
