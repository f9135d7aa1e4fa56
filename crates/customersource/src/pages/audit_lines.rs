//! Lines of the audit in words: names instead of numbers, links where there is a page, and the form that narrows them
//! down. The company's page and the staff's show the same.
pub mod words;

use std::collections::{HashMap, HashSet};

use platform::{
    Fault,
    clock::Moment,
    day::Day,
    db::Reader,
    turn::Turned,
    web::{Errors, Shell},
};
use serde::Deserialize;
use uuid::Uuid;

use self::words::{fact, reason};
#[cfg(test)]
use crate::audit::told::Fact;
use crate::{
    audit::{
        Line,
        store::{self, Filter},
        told::{self, Told, Who, Whom},
    },
    company::{self, CompanyId},
    plan,
    profile::{self, ProfileId},
    staff,
};

/// So many lines a page.
pub const PAGE: u64 = 50;

/// Whose page it is: names lead where this reader may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readership {
    Staff,
    /// Administrators of one company.
    Company(CompanyId),
}

/// A name, and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub href: Option<String>,
}

/// One line, as it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    pub seq: i64,
    pub at: Moment,
    pub who: Name,
    pub what: String,
    pub whom: Name,
    pub company: Name,
    pub facts: Vec<String>,
    pub reason: String,
}

impl Shown {
    #[cfg(test)]
    pub fn sample(shell: &Shell) -> Self {
        let name = |text: &str| Name { text: text.into(), href: Some("/staff/people/1".into()) };
        Self {
            seq: 12,
            at: Moment::from_unix_seconds(1_795_000_000),
            who: name("Ana Souza"),
            what: shell.t("audit-profile-saved"),
            whom: name("Maria Silva"),
            company: Name { text: "Contoso Ltda".into(), href: None },
            facts: vec![fact(
                (shell, &HashMap::new()),
                &Fact { field: "email".into(), before: Some("a@x.example".into()), after: "<b>".into() },
            )],
            reason: "Asked by telephone".into(),
        }
    }
}

/// What the form asks for, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    #[serde(flatten)]
    pub turned: Turned,
    /// A company's number, from its own page.
    pub company: String,
    pub who: String,
    pub what: String,
    pub whom: String,
    pub from: String,
    pub until: String,
}

/// A moment at the beginning of a day (UTC), so many days later.
fn day(text: &str, later: u64) -> Option<Moment> {
    Day::parse(text.trim())?;
    let mut parts = text.trim().splitn(3, '-');
    let date = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(Moment::of_calendar(date, (0, 0, 0))? + std::time::Duration::from_secs(later * 86_400))
}

impl Asked {
    pub fn is_empty(&self) -> bool {
        let all = [&self.company, &self.who, &self.what, &self.whom, &self.from, &self.until];
        all.iter().all(|text| text.trim().is_empty())
    }

    /// What is wrong with it: a day that nobody can read narrows nothing down.
    pub fn errors(&self, shell: &Shell) -> Errors {
        let mut errors = Errors::default();
        for (field, text) in [("from", &self.from), ("until", &self.until)] {
            if !text.trim().is_empty() && day(text, 0).is_none() {
                errors.add(field, shell.t("audit-day-wrong"));
            }
        }
        errors
    }

    /// What is asked for besides names.
    pub fn filter(&self) -> Filter {
        let action = Some(self.what.clone()).filter(|action| told::key_of(action).is_some());
        Filter {
            turn: self.turned.turn(),
            company: self.company.parse().ok(),
            action,
            from: day(&self.from, 0),
            until: day(&self.until, 1),
            who: None,
            whom: None,
        }
    }

    /// The addresses of the newer and the older lines of the same.
    pub fn beside(&self, path: &str, ends: (Option<i64>, Option<i64>)) -> (Option<String>, Option<String>) {
        let at = |side, end: Option<i64>| end.map(|seq| self.turned(path, (side, &seq.to_string())));
        (at("before", ends.0), at("after", ends.1))
    }

    fn turned(&self, path: &str, turn: (&str, &str)) -> String {
        let all = [
            turn,
            ("company", &self.company),
            ("who", &self.who),
            ("what", &self.what),
            ("whom", &self.whom),
            ("from", &self.from),
            ("until", &self.until),
        ];
        let said: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("{path}?{}", serde_html_form::to_string(said).unwrap_or_default())
    }
}

/// A page of lines, and the numbers of those beside which newer and older ones lie.
pub async fn page(
    db: &Reader,
    shell: &Shell,
    desk: Readership,
    filter: &Filter,
) -> Result<(Vec<Shown>, (Option<i64>, Option<i64>)), Fault> {
    let lines = store::list(db, filter, PAGE).await?;
    let ends = lines.ends(|line| line.seq);
    let told: Vec<(Line, Told)> = lines
        .rows
        .into_iter()
        .map(|line| (told::told(&line), line))
        .map(|(told, line)| (line, told))
        .collect();
    let names = Names::find(db, desk, &told).await?;
    let shown = told.into_iter().map(|(line, told)| names.show(shell, line, told)).collect();
    Ok((shown, ends))
}

/// The names of whoever and whatever some lines tell of.
struct Names {
    desk: Readership,
    profiles: HashMap<Uuid, (String, CompanyId)>,
    companies: HashMap<Uuid, String>,
    staff: HashMap<(String, String), String>,
    /// By their codes.
    plans: HashMap<String, String>,
}

impl Names {
    async fn find(db: &Reader, desk: Readership, lines: &[(Line, Told)]) -> Result<Self, Fault> {
        let mut ids = HashSet::new();
        let mut companies: HashSet<Uuid> = HashSet::new();
        for (line, told) in lines {
            if let Who::Profile(id) | Who::Mailbox(id) = told.who {
                ids.insert(ProfileId(id));
            }
            if let Whom::Profile(id) = told.whom {
                ids.insert(ProfileId(id));
            }
            companies.extend(line.company);
        }
        let ids: Vec<_> = ids.into_iter().collect();
        let found = profile::store::list_by_id(db, &ids).await?;
        let companies: Vec<_> = companies.into_iter().map(CompanyId).collect();
        let companies = company::store::list_by_id(db, &companies).await?;
        let staff = staff::store::list(db).await?;
        Ok(Self {
            desk,
            profiles: found.into_iter().map(|(one, _)| (one.id.0, (one.name(), one.company))).collect(),
            companies: companies.into_iter().map(|one| (one.id.0, one.name)).collect(),
            staff: staff.into_iter().map(|one| ((one.issuer, one.subject), one.name)).collect(),
            plans: plan::store::list_names(db).await?,
        })
    }

    /// Whoever is of another company by now has no name for the former one's administrators.
    fn profile(&self, shell: &Shell, id: Uuid) -> Name {
        match (self.profiles.get(&id), self.desk) {
            (Some((name, _)), Readership::Staff) => {
                Name { text: name.clone(), href: Some(format!("/staff/people/{id}")) }
            }
            (Some((name, own)), Readership::Company(company)) if *own == company => {
                Name { text: name.clone(), href: Some(format!("/account/professionals/{id}")) }
            }
            _ => Name { text: shell.t("former-member"), href: None },
        }
    }

    fn member(&self, shell: &Shell, iss: &str, sub: &str) -> Name {
        let name =
            self.staff.get(&(iss.to_owned(), sub.to_owned())).filter(|_| self.desk == Readership::Staff);
        Name { text: name.cloned().unwrap_or_else(|| shell.t("audit-by-support")), href: None }
    }

    fn show(&self, shell: &Shell, line: Line, told: Told) -> Shown {
        let plain = |key: &str| Name { text: shell.t(key), href: None };
        let company = line.company.and_then(|id| self.companies.get(&id).map(|name| (id, name.clone())));
        let company = company.map_or_else(Name::default, |(id, text)| Name {
            text,
            href: (self.desk == Readership::Staff).then(|| format!("/staff/companies/{id}")),
        });
        Shown {
            who: match &told.who {
                Who::Profile(id) => self.profile(shell, *id),
                Who::Mailbox(id) => {
                    let Name { text, href } = self.profile(shell, *id);
                    Name { text: shell.t1("audit-by-mailbox", "person", &text), href }
                }
                Who::Staff(subject) => self.member(shell, &subject.iss, &subject.sub),
                Who::Passport => plain("audit-by-passport"),
                Who::Operator => plain("audit-by-operator"),
                Who::Clock => plain("audit-by-clock"),
            },
            whom: match told.whom {
                Whom::Profile(id) => self.profile(shell, id),
                Whom::Staff(subject) => self.member(shell, &subject.iss, &subject.sub),
                Whom::Company => company.clone(),
                Whom::Named(text) if line.action.starts_with("plan.") => {
                    Name { text: self.plans.get(&text).cloned().unwrap_or(text), href: None }
                }
                Whom::Named(text) if line.action == "import" => {
                    Name { text: words::table(shell, text), href: None }
                }
                Whom::Named(text) => Name { text, href: None },
                Whom::Nothing => Name::default(),
            },
            what: told::key_of(&line.action).map_or(line.action, |key| shell.t(key)),
            facts: told.facts.iter().map(|one| fact((shell, &self.plans), one)).collect(),
            reason: reason(shell, &told.reason),
            seq: line.seq,
            at: line.at,
            company,
        }
    }
}
