//! Locked pages: what stands in the way, since when, and whom to ask about it.
use askama::Template;
use axum::{http::StatusCode, response::Response};
use platform::{
    Fault,
    web::{Shell, Trouble, Visit, local_path},
};

use super::{
    Anybody, Associated,
    others::Others,
    page::{anybodys_page, signed_in_page},
    sign_in,
};
use crate::{
    Portal,
    access::{Access, Rule},
    paths::WHY,
    people,
    plan::{Entitlement, Entitlements, Phase, Today},
    profile::Profile,
};

/// Whom a reader can ask: the others who administer the company, and support in any case.
#[derive(Clone, Debug, Default)]
pub struct Whom {
    pub company: String,
    /// Names of the company's other administrators.
    pub administrators: Vec<String>,
    /// The reader is one.
    pub is_administrator: bool,
    /// None of them is within reach.
    pub is_out_of_reach: bool,
}

impl Whom {
    #[cfg(test)]
    fn sample(others: &[&str], is_administrator: bool) -> Self {
        Self {
            company: "Contoso Ltda".into(),
            administrators: others.iter().map(|name| (*name).to_owned()).collect(),
            is_administrator,
            is_out_of_reach: others.is_empty() && !is_administrator,
        }
    }

    /// For somebody who acts as this profile of this company.
    pub async fn find(
        portal: &Portal,
        now: platform::clock::Moment,
        reader: &Profile,
        company: &str,
    ) -> Result<Self, Fault> {
        let reach = people::store::list_reach(portal.db.reader(), &[reader.company]).await?;
        let others = reach.of(reader.company).iter().filter(|one| one.profile.id != reader.id);
        Ok(Self {
            company: company.to_owned(),
            is_administrator: reader.is_admin,
            administrators: others.map(|one| one.profile.name()).collect(),
            is_out_of_reach: !reader.is_admin && reach.is_out(now, reader.company),
        })
    }
}

/// What is wrong with a company's plan today, in a sentence. Without a plan: that there is none.
pub fn plan_line(shell: &Shell, plan: Option<(&Entitlement, Phase)>, company: &str) -> String {
    let Some((plan, standing)) = plan else { return shell.t1("locked-none", "company", company) };
    let (name, ends) = (plan.plan_name.as_str(), shell.day(&plan.ends_on));
    match standing {
        Phase::Ended => shell.t2("locked-ended", "plan", name, "day", &ends),
        Phase::Begins => shell.t2("locked-begins", "plan", name, "day", &shell.day(&plan.starts_on)),
        Phase::Inactive => shell.t1("locked-inactive", "plan", name),
        Phase::Runs if plan.is_open_ended() => shell.t1("locked-runs", "plan", name),
        Phase::Runs => shell.t2("locked-runs-until", "plan", name, "day", &ends),
    }
}

/// The page for people whose company's plan does not let them in today: which plan, since when, whom to ask.
#[derive(Template)]
#[template(path = "locked.html")]
pub struct LockedPage {
    shell: Shell,
    /// What is wrong with the plan.
    line: String,
    whom: Whom,
    others: Others,
}

#[cfg(test)]
impl platform::web::page::Samples for LockedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let plan = sample_plan();
        let page = |plan: Option<_>, whom| Self {
            shell: shell.clone(),
            others: if plan.is_some() { Others::default() } else { Others::sample(true) },
            line: plan_line(shell, plan, "Contoso Ltda"),
            whom,
        };
        vec![
            page(Some((&plan, Phase::Ended)), Whom::sample(&["João Souza"], false)),
            page(Some((&plan, Phase::Begins)), Whom::sample(&[], false)),
            page(Some((&plan, Phase::Inactive)), Whom::sample(&["João Souza"], true)),
            page(None, Whom::sample(&[], true)),
        ]
    }
}

/// What was written when the way is locked by now is kept on the page that says so.
fn kept(visit: &Visit) -> Result<(), Trouble> {
    if visit.is_look() {
        return Ok(());
    }
    Err(Trouble::SignIn { path: WHY.into(), key: "locked-written" })
}

/// The association stands; access does not.
pub async fn page(
    portal: &Portal,
    visitor: &Associated,
    (last, entitlements): (Option<Entitlement>, &Entitlements),
) -> Result<Response, Trouble> {
    kept(&visitor.visit)?;
    let (profile, company) = (&visitor.acting.profile, &visitor.acting.company);
    let today = portal.places.today(company, visitor.visit.now);
    let (shell, company) = (visitor.shell(), company.name.as_str());
    let page = LockedPage {
        line: plan_line(&shell, last.as_ref().map(|plan| (plan, plan.standing(&today))), company),
        shell,
        whom: Whom::find(portal, visitor.visit.now, profile, company).await?,
        others: visitor.others(portal, entitlements, &Rule::default()),
    };
    signed_in_page(&visitor.visit, StatusCode::FORBIDDEN, &page)
}

/// The page for people whose company is where the portal is not available (CS-03).
#[derive(Template)]
#[template(path = "elsewhere.html")]
pub struct ElsewherePage {
    shell: Shell,
    company: String,
    region: String,
    others: Others,
}

#[cfg(test)]
impl platform::web::page::Samples for ElsewherePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |region: &str| Self {
            shell: shell.clone(),
            company: "Contoso Ltda".into(),
            region: region.into(),
            others: if region.is_empty() { Others::default() } else { Others::sample(false) },
        };
        vec![page("BR"), page("")]
    }
}

pub fn elsewhere(
    portal: &Portal,
    visitor: &Associated,
    entitlements: &Entitlements,
) -> Result<Response, Trouble> {
    kept(&visitor.visit)?;
    let page = ElsewherePage {
        shell: visitor.shell(),
        company: visitor.acting.company.name.clone(),
        region: visitor.acting.company.region.clone(),
        others: visitor.others(portal, entitlements, &Rule::default()),
    };
    signed_in_page(&visitor.visit, StatusCode::FORBIDDEN, &page)
}

/// One locked thing on a page: which of the faces it shows. Put into any template with
/// `{% include "lockbox.html" %}` under the name `lock`.
#[derive(Clone, Debug)]
pub struct LockBox {
    face: Access,
    /// How it stands with the plan that there is.
    standing: Option<Phase>,
    pub whom: Whom,
    pub others: Others,
}

impl LockBox {
    /// `None` for what may be read.
    pub fn of(face: Access, today: Option<&Today>) -> Option<Self> {
        let standing = match (&face, today) {
            (Access::Allowed(_), _) => return None,
            (Access::PlanInsufficient(Some(plan)), Some(today)) => Some(plan.standing(today)),
            _ => None,
        };
        Some(Self { face, standing, whom: Whom::default(), others: Others::default() })
    }

    /// They administer, and were proven less strongly than administrators must be.
    pub fn is_unproven(&self) -> bool {
        self.face == Access::Unproven
    }

    /// The box for somebody who is not signed in.
    pub fn is_anonymous(&self) -> bool {
        self.face == Access::Anonymous
    }

    /// A better plan opens it, or one that runs: lists show such things, with a lock.
    pub fn is_listed(&self) -> bool {
        matches!(self.face, Access::PlanInsufficient(_))
    }

    /// A plan runs and does not suffice; otherwise none runs, and that is what is wrong.
    fn runs(&self) -> bool {
        self.standing == Some(Phase::Runs)
    }

    /// Catalogue key of the heading.
    pub fn heading(&self) -> &'static str {
        match self.face {
            Access::Anonymous => "lock-box-anonymous-heading",
            Access::Elsewhere => "lock-box-elsewhere-heading",
            Access::OtherAudience | Access::Unproven => "lock-box-audience-heading",
            Access::PlanInsufficient(_) | Access::Allowed(_) => "lock-box-plan-heading",
        }
    }

    /// Catalogue key of the text.
    pub fn text(&self) -> &'static str {
        match self.face {
            Access::Anonymous => "lock-box-anonymous",
            Access::Elsewhere => "lock-box-elsewhere",
            Access::OtherAudience | Access::Unproven => "lock-box-audience",
            Access::PlanInsufficient(_) | Access::Allowed(_) if self.runs() => "lock-box-plan",
            Access::PlanInsufficient(_) | Access::Allowed(_) => "lock-box-no-plan",
        }
    }

    /// The plan that there is, and what is wrong with it.
    pub fn plan_line(&self, shell: &Shell) -> Option<String> {
        match &self.face {
            Access::PlanInsufficient(plan) => {
                Some(plan_line(shell, plan.as_ref().zip(self.standing), &self.whom.company))
            }
            _ => None,
        }
    }
}

/// What is locked, as far as its visitor may know: the lines of the breadcrumb, and its title.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub above: Vec<(String, String)>,
    pub title: String,
}

impl Place {
    pub fn titled(title: String) -> Self {
        Self { above: vec![], title }
    }

    #[must_use]
    pub fn under(mut self, name: String, path: impl Into<String>) -> Self {
        self.above.push((name, path.into()));
        self
    }
}

/// A page that is nothing but a lock box: for a locked address.
#[derive(Template)]
#[template(path = "locked_page.html")]
pub struct LockedThingPage {
    shell: Shell,
    place: Place,
    lock: LockBox,
    /// Where signing in comes back to.
    back: String,
}

#[cfg(test)]
impl platform::web::page::Samples for LockedThingPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let plan = || Some(sample_plan());
        let faces = [
            (Access::Anonymous, None),
            (Access::PlanInsufficient(None), None),
            (Access::PlanInsufficient(plan()), Some(Phase::Runs)),
            (Access::PlanInsufficient(plan()), Some(Phase::Ended)),
            (Access::Elsewhere, None),
            (Access::OtherAudience, None),
        ];
        let page = |(face, standing): (Access, Option<Phase>)| Self {
            shell: shell.clone(),
            place: Place {
                title: standing.map_or_else(String::new, |_| "Year-end update".into()),
                above: vec![],
            }
            .under(shell.t("nav-resources"), "/resources"),
            lock: LockBox {
                others: if face == Access::Elsewhere { Others::sample(true) } else { Others::default() },
                face,
                standing,
                whom: Whom::sample(&["João Souza"], false),
            },
            back: "/signin?next=%2Fresources".into(),
        };
        faces.into_iter().map(page).collect()
    }
}

/// The answer to a request for something that this visitor may not read: 403 with the box that says why.
pub fn thing(visitor: &Anybody, lock: LockBox, mut place: Place) -> Result<Response, Trouble> {
    kept(&visitor.visit)?;
    let back = sign_in::path_to(local_path(&visitor.visit.path));
    if place.title.is_empty() {
        place.title = visitor.visit.t("lock-page-heading");
    }
    let page = LockedThingPage { shell: visitor.shell(), place, lock, back };
    anybodys_page(visitor, StatusCode::FORBIDDEN, &page)
}

#[cfg(test)]
pub fn sample_plan() -> Entitlement {
    Entitlement {
        plan_name: "Business Ready".into(),
        category: "enhancement".into(),
        rank: 2,
        is_active: true,
        starts_on: "2026-01-01".into(),
        ends_on: "2026-12-31".into(),
    }
}
