//! Laying a file beside what is known: what each row changes, what a full file closes, whether that is too much. All
//! of it before anything is stored.
use std::collections::HashSet;

use platform::email::EmailAddress;

use super::{
    Extent, Mapping, Report, Row, Unfit, What, may_close,
    read::{self, Entry},
    stage::tell::Teller,
    store::Known,
};
use crate::{
    company::{self, CompanyId},
    plan::{EntitlementId, entity::entitlement},
    profile::{self, ProfileId},
    seed::{Seed, actions as seeding},
};

pub mod tell;

/// A file that may be carried out.
pub struct Staged {
    pub what: What,
    pub source: String,
    pub steps: Vec<Step>,
    pub report: Report,
}

/// One thing to do; each may be done twice.
pub enum Step {
    /// A row's entry, and how much work it is.
    Store(Box<Seed>, usize),
    /// Let the people of a company go that closes next.
    Detach(CompanyId),
    LeaveOut(Gone),
}

/// What a full file does not list any more.
pub enum Gone {
    Company(CompanyId),
    Profile(ProfileId),
    Entitlement(Box<entitlement::Model>),
}

/// What a new row weighs, a change, and one that ends or tells something.
const LIGHT: usize = 1;
const MEDIUM: usize = 2;
const HEAVY: usize = 10;

/// `today` is ISO 8601.
pub fn stage(
    what: What,
    mut known: Known,
    (rows, mapping): (&[Row], &Mapping),
    extent: Extent,
    today: &str,
) -> Result<Staged, Unfit> {
    let source = mapping.source.trim().to_owned();
    let mut desk = Stage {
        in_force: count_in_force(what, &known, today),
        seen: HashSet::new(),
        steps: vec![],
        teller: Teller::default(),
        report: Report { rows: rows.len(), ..Report::default() },
        today,
    };
    let mut complaints = Vec::new();
    for row in rows {
        if !row.lacks.is_empty() {
            desk.seen.insert(row.text("external_id").to_owned());
            desk.report.skipped += 1;
            desk.teller.skipped(row);
            continue;
        }
        let entry = read::entry(what, row, mapping);
        if let Err(text) = entry.and_then(|entry| desk.row(what, &mut known, entry)) {
            complaints.push((row.line, text));
        }
    }
    if !complaints.is_empty() {
        return Err(Unfit::Rows(complaints));
    }
    if extent.is_full {
        desk.left_out(what, known);
    }
    let Stage { in_force, steps, teller, mut report, .. } = desk;
    if !may_close(&extent, report.closed, in_force) {
        return Err(Unfit::File(format!(
            "{closed} of {in_force} {} would be closed, more than one in ten: is the file whole and right? \
             If so, say --let-go {closed}",
            what.text(),
            closed = report.closed,
        )));
    }
    report.lines = teller.lines();
    Ok(Staged { what, source, steps, report })
}

fn is_in_force(row: &entitlement::Model, today: &str) -> bool {
    row.state == entitlement::Stored::Active && row.ends_on.as_str() >= today
}

fn count_in_force(what: What, known: &Known, today: &str) -> usize {
    match what {
        What::Companies => {
            known.companies.values().filter(|row| row.state == company::entity::Stored::Active).count()
        }
        What::Profiles => {
            known.profiles.values().filter(|row| row.state == profile::entity::Stored::Active).count()
        }
        What::Plans => known.entitlements.values().filter(|row| is_in_force(row, today)).count(),
    }
}

struct Stage<'a> {
    in_force: usize,
    seen: HashSet<String>,
    steps: Vec<Step>,
    teller: Teller,
    report: Report,
    today: &'a str,
}

impl Stage<'_> {
    fn row(&mut self, what: What, known: &mut Known, entry: Entry) -> Result<(), String> {
        self.seen.insert(entry.id.clone());
        match what {
            What::Companies => self.company(known, entry),
            What::Profiles => self.profile(known, entry),
            What::Plans => self.entitlement(known, entry),
        }
    }

    /// A row that is new, that changes something, or that is as it was.
    fn step(&mut self, seed: Seed, is_new: bool, is_changed: bool, weight: usize) {
        match (is_new, is_changed) {
            (true, _) => self.report.added += 1,
            (false, true) => self.report.changed += 1,
            (false, false) => self.report.unchanged += 1,
        }
        if is_new || is_changed {
            self.steps.push(Step::Store(Box::new(seed), if is_new { LIGHT } else { weight }));
        }
    }

    fn company(&mut self, known: &Known, Entry { id, seed }: Entry) -> Result<(), String> {
        let Some(about) = seed.companies.first() else { return Ok(()) };
        let said = seeding::company_described(about);
        let before = known.companies.get(&id);
        let after = before.map(|before| said.onto(before));
        match (before, &after) {
            (Some(before), Some(after)) => {
                let closes = before.state == company::entity::Stored::Active
                    && after.state == company::entity::Stored::Closed;
                if closes {
                    self.report.closed += 1;
                    self.steps.push(Step::Detach(before.id));
                }
                self.teller.company(&id, before, after, closes);
            }
            _ => self.teller.added(&id, said.name, about.kind.map_or("", |kind| kind.text())),
        }
        let is_changed = after.as_ref() != before;
        self.step(seed, before.is_none(), is_changed, MEDIUM);
        Ok(())
    }

    fn profile(&mut self, known: &Known, Entry { id, seed }: Entry) -> Result<(), String> {
        let Some(about) = seed.profiles.first() else { return Ok(()) };
        let source = &about.source;
        let company = known.companies.get(&about.company);
        let company = company.ok_or_else(|| format!("no company {} of source {source}", about.company))?;
        let email =
            EmailAddress::parse(&about.email).map_err(|_| format!("{} is no e-mail address", about.email))?;
        let said = seeding::profile_described(about, company.id, &email);
        let Some(before) = known.profiles.get(&id) else {
            self.teller.added(&id, &format!("{} {}", said.first_name, said.last_name), "");
            self.step(seed, true, true, LIGHT);
            return Ok(());
        };
        let merged = said.onto(before);
        let closes = before.state == profile::entity::Stored::Active
            && merged.after.state == profile::entity::Stored::Removed;
        self.report.closed += usize::from(closes);
        self.report.differing += merged.differs.len();
        self.teller.profile(&id, (before, &merged.after), &merged.differs, closes, &known.names);
        let noted = known.noted.get(&before.id).map_or(&[][..], Vec::as_slice);
        let is_news =
            noted.len() != merged.differs.len() || !merged.differs.iter().all(|one| noted.contains(one));
        let is_changed = merged.after != *before;
        if is_news && !is_changed {
            self.report.unchanged += 1;
            self.steps.push(Step::Store(Box::new(seed), HEAVY));
        } else {
            let is_quiet = merged.after.email_key == before.email_key
                && merged.after.organization_id == before.organization_id
                && merged.after.state == before.state;
            self.step(seed, false, is_changed, if is_quiet { MEDIUM } else { HEAVY });
        }
        Ok(())
    }

    fn entitlement(&mut self, known: &mut Known, Entry { id, mut seed }: Entry) -> Result<(), String> {
        let is_defined = self.plans(known, &mut seed);
        let Some(about) = seed.entitlements.first() else { return Ok(()) };
        let source = &about.source;
        let company = known.companies.get(&about.company);
        let company = company.ok_or_else(|| format!("no company {} of source {source}", about.company))?;
        if !known.plans.contains_key(&about.plan) {
            return Err(format!("no plan {}", about.plan));
        }
        let said = seeding::entitlement_described(about, company.id, &id);
        let Some(before) = known.entitlements.get(&id) else {
            let after = said.added(EntitlementId(uuid::Uuid::nil()));
            self.teller.entitled(&id, &company.name, &after);
            self.step(seed, true, true, LIGHT);
            return Ok(());
        };
        let after = said.onto(before);
        let closes = is_in_force(before, self.today) && !is_in_force(&after, self.today);
        self.report.closed += usize::from(closes);
        self.teller.entitlement(&id, &company.name, (before, &after), closes, &known.names);
        let is_changed = is_defined || after != *before;
        self.step(seed, false, is_changed, MEDIUM);
        Ok(())
    }

    /// What a row says of the plan itself; what is known already is dropped.
    fn plans(&mut self, known: &mut Known, seed: &mut Seed) -> bool {
        let teller = &mut self.teller;
        seed.plans.retain(|about| {
            let before = known.plans.get(&about.code);
            let is_same = before.is_some_and(|plan| {
                plan.category == about.category && plan.name == about.name && plan.rank == about.rank.into()
            });
            if !is_same {
                teller.plan(before, about);
                known.plans.insert(about.code.clone(), about.to_row());
            }
            !is_same
        });
        !seed.plans.is_empty()
    }

    /// What is in force, and a full file does not list.
    fn left_out(&mut self, what: What, known: Known) {
        match what {
            What::Companies => {
                for (id, row) in known.companies {
                    if row.state == company::entity::Stored::Active && !self.seen.contains(&id) {
                        self.teller.closed(&id, &row.name);
                        self.steps.push(Step::Detach(row.id));
                        self.steps.push(Step::LeaveOut(Gone::Company(row.id)));
                        self.report.closed += 1;
                    }
                }
            }
            What::Profiles => {
                for (id, row) in known.profiles {
                    if row.state == profile::entity::Stored::Active && !self.seen.contains(&id) {
                        self.teller.closed(&id, &format!("{} {}", row.first_name, row.last_name));
                        self.steps.push(Step::LeaveOut(Gone::Profile(row.id)));
                        self.report.closed += 1;
                    }
                }
            }
            What::Plans => {
                for (id, row) in known.entitlements {
                    if row.state == entitlement::Stored::Active && !self.seen.contains(&id) {
                        let name = known.companies.values().find(|company| company.id == row.organization_id);
                        self.teller.closed(&id, name.map_or("", |company| &company.name));
                        self.report.closed += usize::from(is_in_force(&row, self.today));
                        self.steps.push(Step::LeaveOut(Gone::Entitlement(Box::new(row))));
                    }
                }
            }
        }
    }
}

impl Step {
    /// How much work it is: a batch holds so much and no more.
    pub fn weight(&self) -> usize {
        match self {
            Self::Store(_, weight) => *weight,
            Self::Detach(_) | Self::LeaveOut(_) => HEAVY,
        }
    }
}
