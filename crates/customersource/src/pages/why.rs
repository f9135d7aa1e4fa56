//! “Why can't I get in?”: account, profile, association and plan, checked for whoever is signed in and for
//! nobody else, with whom to ask and what to write to them.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{Shell, Trouble, page::ActingAs};

use super::signed_in_page;
use crate::{
    Portal,
    association::{self, Standing},
    people::{self, store::Reach},
    plan::{self, Coverage, Entitlement, Entitlements},
    profile,
    visitor::{SignedIn, locked::plan_line},
};

/// One check.
pub struct Check {
    /// Catalogue key of what is checked.
    what: &'static str,
    /// None while nobody can say.
    is_met: Option<bool>,
    /// What was found, in the person's language.
    text: String,
}

/// How one profile fares, or having none.
pub struct Part {
    /// Whose it is.
    of: Option<ActingAs>,
    checks: Vec<Check>,
    /// What can be written to somebody who can help, about what is missing; `None`: nothing is.
    letter: Option<Letter>,
    /// The company's administrators are all out of reach.
    is_out_of_reach: bool,
}

/// An e-mail to begin with.
pub struct Letter {
    /// Catalogue key of who can help.
    whom: &'static str,
    text: String,
    /// Addresses to write to are the company's own only for its own people.
    mailto: String,
}

impl Letter {
    fn of(shell: &Shell, whom: &'static str, to: &[&str], text: String) -> Self {
        let mailto = mailto(to, &shell.t("why-letter-subject"), &text);
        Self { whom, text, mailto }
    }
}

impl Part {
    fn is_all_met(&self) -> bool {
        self.checks.iter().all(|check| check.is_met == Some(true))
    }
}

#[derive(Template)]
#[template(path = "why.html")]
pub struct WhyPage {
    shell: Shell,
    account: Check,
    /// Every profile of somebody who has chosen none of several, else one.
    parts: Vec<Part>,
}

impl WhyPage {
    fn is_one(&self) -> bool {
        self.parts.len() == 1
    }

    fn is_all_met(&self) -> bool {
        self.parts.iter().all(Part::is_all_met)
    }
}

#[cfg(test)]
impl platform::web::page::Samples for WhyPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let check = |what, is_met, key: &str| Check { what, is_met, text: shell.t(key) };
        let part = |all: bool| Part {
            of: Some(ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() }),
            checks: vec![
                check("why-profile", Some(all), "why-profile-unknown"),
                check("why-association", Some(all), "why-association-none"),
                check("why-plan", all.then_some(true), "why-plan-unknown"),
                check("why-available", Some(true), "why-available-ok"),
            ],
            letter: (!all).then(|| {
                let text = shell.t2("why-letter-plan", "label", "maria@example.com", "company", "Contoso");
                Letter::of(shell, "why-ask-partner", &[], text)
            }),
            is_out_of_reach: !all,
        };
        let page = |parts| Self {
            shell: shell.clone(),
            account: check("why-account", Some(true), "why-available-ok"),
            parts,
        };
        vec![page(vec![part(true)]), page(vec![part(false)]), page(vec![part(true), part(false)])]
    }
}

pub async fn show(State(portal): State<Portal>, visitor: SignedIn) -> Result<Response, Trouble> {
    let shell = visitor.shell();
    let label = visitor.session.label.as_str();
    let chosen =
        visitor.all.iter().find(|standing| Some(standing.association.id) == visitor.session.association);
    let mut parts = Vec::new();
    // Nobody has to choose one before they know which lets them in.
    let standings = chosen.map_or(visitor.all.as_slice(), std::slice::from_ref);
    let known = Known::load(&portal, standings).await?;
    for standing in standings {
        parts.push(part(&portal, &visitor, &shell, standing, &known));
    }
    if parts.is_empty() {
        parts.push(Part {
            of: None,
            checks: of_nobody(&portal, &visitor, &shell).await?,
            letter: Some(Letter::of(
                &shell,
                "why-ask-support",
                &[shell.support()],
                shell.t1("why-letter", "label", label),
            )),
            is_out_of_reach: false,
        });
    }
    let account =
        Check { what: "why-account", is_met: Some(true), text: shell.t1("why-account-ok", "label", label) };
    signed_in_page(&visitor.visit, StatusCode::OK, &WhyPage { shell, account, parts })
}

/// What the companies of somebody's profiles are asked for, all at once.
struct Known {
    entitlements: Entitlements,
    reach: Reach,
}

impl Known {
    async fn load(portal: &Portal, standings: &[Standing]) -> Result<Self, Trouble> {
        let companies: Vec<_> = standings.iter().map(|standing| standing.company.id).collect();
        if companies.is_empty() {
            return Ok(Self { entitlements: Entitlements::default(), reach: Reach::default() });
        }
        let db = portal.db.reader();
        Ok(Self {
            entitlements: plan::store::list_entitlements_of(db, &companies).await?,
            reach: people::store::list_reach(db, &companies).await?,
        })
    }
}

/// What lets somebody in by this profile or keeps them out, and whom to write to.
fn part(portal: &Portal, visitor: &SignedIn, shell: &Shell, standing: &Standing, known: &Known) -> Part {
    let company = &standing.company;
    let is_out_of_reach = known.reach.is_out(visitor.visit.now, company.id);
    let mut to = Vec::new();
    if !is_out_of_reach {
        // Nobody is told to ask themselves.
        let others = known.reach.of(company.id).iter().filter(|one| one.profile.id != standing.profile.id);
        to.extend(others.map(|one| one.profile.email.as_str()));
    }
    let checks = of_standing(portal, visitor, shell, (standing, known.entitlements.of(company.id)));
    let is_missing = |what| checks.iter().any(|check| check.what == what && check.is_met == Some(false));
    let about = |key| shell.t2(key, "label", &visitor.session.label, "company", &standing.company.name);
    let letter = if is_missing("why-available") {
        // No plan opens a place.
        Some(Letter::of(shell, "why-ask-available", &[shell.support()], about("why-letter-available")))
    } else if !is_missing("why-plan") {
        None
    } else if !to.is_empty() {
        Some(Letter::of(shell, "why-ask-administrators", &to, about("why-letter-plan")))
    } else if standing.profile.is_admin {
        // Whose address only they know.
        Some(Letter::of(shell, "why-ask-partner", &[], about("why-letter-plan")))
    } else {
        Some(Letter::of(shell, "why-ask-support", &[shell.support()], about("why-letter-plan")))
    };
    Part {
        of: Some(ActingAs { company: company.name.clone(), person: standing.profile.name() }),
        checks,
        letter,
        is_out_of_reach,
    }
}

/// The checks of somebody who has a profile here.
fn of_standing(
    portal: &Portal,
    visitor: &SignedIn,
    shell: &Shell,
    (acting, plans): (&Standing, &[Entitlement]),
) -> Vec<Check> {
    let (person, company) = (acting.profile.name(), &acting.company);
    let since = shell.day(&visitor.visit.day_of(acting.association.since));
    let today = portal.places.today(company, visitor.visit.now);
    let (has_plan, plan_text) = match plan::decide(company.kind, plans, &today) {
        Coverage::Granted(None) => (true, shell.t("fact-plan-none")),
        Coverage::Granted(Some(plan)) => {
            (true, plan_line(shell, Some((&plan, plan.standing(&today))), &company.name))
        }
        Coverage::Lapsed(plan) => {
            (false, plan_line(shell, plan.as_ref().map(|plan| (plan, plan.standing(&today))), &company.name))
        }
    };
    let is_here = portal.places.are_open_to(company);
    let here = if is_here { "why-available-ok" } else { "lock-box-elsewhere" };
    let check = |what, is_met, text| Check { what, is_met: Some(is_met), text };
    vec![
        check("why-profile", true, shell.t2("why-profile-ok", "person", &person, "company", &company.name)),
        check("why-association", true, shell.t1("why-association-ok", "day", &since)),
        check("why-plan", has_plan, plan_text),
        check("why-available", is_here, shell.t(here)),
    ]
}

/// The checks of somebody who has none, or has none any more. Which addresses are on file is not told.
async fn of_nobody(portal: &Portal, visitor: &SignedIn, shell: &Shell) -> Result<Vec<Check>, Trouble> {
    let db = portal.db.reader();
    let former = association::store::list_of_subject(db, &visitor.session.subject).await?;
    let mut profile_text = shell.t("why-profile-unknown");
    let mut association_text = shell.t("why-association-none");
    if let Some((last, is_active)) = former.first() {
        let found = profile::store::find(db, last.profile).await?;
        let is_there =
            found.as_ref().is_some_and(|(profile, company)| profile.is_active && company.is_active);
        if !is_there {
            profile_text = shell.t("why-profile-gone");
        }
        let idle = *is_active && !is_there;
        association_text = shell.t(if idle { "why-association-idle" } else { "why-association-ended" });
    }
    let check = |what, is_met, text| Check { what, is_met, text };
    Ok(vec![
        check("why-profile", Some(false), profile_text),
        check("why-association", Some(false), association_text),
        check("why-plan", None, shell.t("why-plan-unknown")),
    ])
}

/// RFC 6068 §2: everything that could end an address or begin a header is encoded.
fn mailto(to: &[&str], subject: &str, body: &str) -> String {
    let to: Vec<String> = to.iter().map(|address| encoded(address, b"@+-._~")).collect();
    format!("mailto:{}?subject={}&body={}", to.join(","), encoded(subject, b"-._~"), encoded(body, b"-._~"))
}

fn encoded(text: &str, plain: &[u8]) -> String {
    let byte = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() || plain.contains(&byte) => char::from(byte).to_string(),
        b'\n' => "%0D%0A".to_owned(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_mail_is_one_address_list_one_subject_and_one_body() {
        let url = mailto(&["a+b@x.example", "c?cc=d&e@x.example"], "Hello & bye", "one\ntwo é");
        assert_eq!(
            url,
            "mailto:a+b@x.example,c%3Fcc%3Dd%26e@x.example?subject=Hello%20%26%20bye&body=one%0D%0Atwo%20%C3%A9"
        );
    }
}
