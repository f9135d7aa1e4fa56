//! The lines of a report: what opens or closes something by name and all of it, the rest as far as there is room.
use std::collections::HashMap;

use super::super::{MOST_LINES, Row};
use crate::{
    company::{self, CompanyId},
    plan::entity::{entitlement, plan},
    profile::{self, held::Field},
    seed::Plan,
};

#[derive(Default)]
pub struct Teller {
    /// Closures, and changes of kind, region, company, plan, days and state.
    weighty: Vec<String>,
    rest: Vec<String>,
    skipped: Vec<String>,
}

/// Fields that open or close something.
const WEIGHTY: [&str; 8] = ["kind", "region", "company", "plan", "starts_on", "ends_on", "state", "rank"];

impl Teller {
    pub fn lines(self) -> Vec<String> {
        [self.weighty, self.rest, self.skipped].concat()
    }

    fn rest(&mut self, line: impl FnOnce() -> String) {
        if self.rest.len() < MOST_LINES {
            self.rest.push(line());
        }
    }

    fn change(&mut self, who: &str, field: &str, (old, new): (&str, &str)) {
        if old == new {
            return;
        }
        let line = || format!("~ {who} {field}: {old} → {new}");
        if WEIGHTY.contains(&field) { self.weighty.push(line()) } else { self.rest(line) }
    }

    pub fn closed(&mut self, id: &str, name: &str) {
        self.weighty.push(format!("- {}", called(id, name)));
    }

    /// Something new; what opens more than its kind does by itself is said.
    pub fn added(&mut self, id: &str, name: &str, kind: &str) {
        match kind {
            "" | "customer" => self.rest(|| format!("+ {}", called(id, name))),
            kind => self.weighty.push(format!("+ {} {kind}", called(id, name))),
        }
    }

    pub fn company(
        &mut self,
        id: &str,
        before: &company::entity::Model,
        after: &company::entity::Model,
        closes: bool,
    ) {
        let who = called(id, &before.name);
        if closes {
            self.closed(id, &before.name);
        } else {
            self.change(&who, "state", (before.state.text(), after.state.text()));
        }
        self.change(&who, "kind", (&before.kind, &after.kind));
        self.change(&who, "region", (&before.region, &after.region));
        self.change(&who, "name", (&before.name, &after.name));
        self.change(&who, "products", (&before.products, &after.products));
        self.change(&who, "time_zone", (&before.time_zone, &after.time_zone));
    }

    pub fn profile(
        &mut self,
        id: &str,
        (before, after): (&profile::entity::Model, &profile::entity::Model),
        differs: &[(Field, String)],
        closes: bool,
        companies: &HashMap<CompanyId, String>,
    ) {
        let name = format!("{} {}", before.first_name, before.last_name);
        let who = called(id, &name);
        if closes {
            self.closed(id, &name);
        } else {
            self.change(&who, "state", (before.state.text(), after.state.text()));
        }
        let company = |id| companies.get(id).map_or("another source's", String::as_str);
        self.change(&who, "company", (company(&before.organization_id), company(&after.organization_id)));
        self.change(&who, "first_name", (&before.first_name, &after.first_name));
        self.change(&who, "last_name", (&before.last_name, &after.last_name));
        self.change(&who, "email", (&before.email, &after.email));
        self.change(&who, "bill_to", (yes(before.is_bill_to), yes(after.is_bill_to)));
        self.change(&who, "no_bulk_mail", (yes(before.no_bulk_mail), yes(after.no_bulk_mail)));
        for (field, theirs) in differs {
            let ours = match field {
                Field::Email => after.email.as_str(),
                Field::FirstName => &after.first_name,
                Field::LastName => &after.last_name,
                Field::State => after.state.text(),
            };
            self.rest(|| format!("= {who} {}: {ours} stays, the file says {theirs}", field.text()));
        }
    }

    pub fn entitled(&mut self, id: &str, company: &str, row: &entitlement::Model) {
        let days = format!("{}, {} to {}", row.plan_code, row.starts_on, row.ends_on);
        self.weighty.push(format!("+ {} {days}", called(id, company)));
    }

    pub fn entitlement(
        &mut self,
        id: &str,
        company: &str,
        (before, after): (&entitlement::Model, &entitlement::Model),
        closes: bool,
        companies: &HashMap<CompanyId, String>,
    ) {
        let who = called(id, company);
        if closes {
            self.closed(id, company);
        }
        let name = |id| companies.get(id).map_or("another source's", String::as_str);
        self.change(&who, "company", (name(&before.organization_id), name(&after.organization_id)));
        self.change(&who, "plan", (&before.plan_code, &after.plan_code));
        self.change(&who, "starts_on", (&before.starts_on, &after.starts_on));
        self.change(&who, "ends_on", (&before.ends_on, &after.ends_on));
        self.change(&who, "state", (before.state.text(), after.state.text()));
    }

    pub fn plan(&mut self, before: Option<&plan::Model>, about: &Plan) {
        let who = format!("plan {}", about.code);
        match before {
            None => self.weighty.push(format!("+ {who} ({}), rank {}", about.name, about.rank)),
            Some(before) => {
                self.change(&who, "plan", (&before.category, &about.category));
                self.change(&who, "name", (&before.name, &about.name));
                self.change(&who, "rank", (&before.rank.0.to_string(), &about.rank.to_string()));
            }
        }
    }

    pub fn skipped(&mut self, row: &Row) {
        let who =
            called(row.text("external_id"), &format!("{} {}", row.text("first_name"), row.text("last_name")));
        self.skipped.push(format!("! line {}: {who} has no {}", row.line, row.lacks.join(", no ")));
    }
}

fn called(id: &str, name: &str) -> String {
    match name.trim() {
        "" => id.to_owned(),
        name => format!("{id} ({name})"),
    }
}

const fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}
