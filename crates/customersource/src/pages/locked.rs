//! The page for people whose company's plan does not let them in today: which plan, since when, whom to ask.
use askama::Template;
use axum::{http::StatusCode, response::Response};
use platform::web::{Shell, Trouble, Visit, local_path, page::Samples};

use super::{anybodys_page, sign_in, signed_in_page};
use crate::{
    Portal,
    access::Access,
    company,
    plan::Entitlement,
    profile,
    visitor::{Acting, Anybody, Associated},
};

#[derive(Template)]
#[template(path = "locked.html")]
pub struct LockedPage {
    shell: Shell,
    acting: Acting,
    plan: Option<Entitlement>,
    /// The plan is there and begins later.
    begins_later: bool,
    /// Names of the company's administrators.
    administrators: Vec<String>,
    /// None of them is within reach.
    is_out_of_reach: bool,
}

impl Samples for LockedPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |plan, begins_later, administrators| Self {
            shell: shell.clone(),
            acting: Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            plan,
            begins_later,
            is_out_of_reach: begins_later,
            administrators,
        };
        let plan = super::home::sample_plan;
        vec![
            page(Some(plan()), false, vec!["João Souza".into()]),
            page(Some(plan()), true, vec![]),
            page(None, false, vec![]),
        ]
    }
}

/// What was written when the way is locked by now is kept on the page that says so.
fn kept(visit: &Visit) -> Result<(), Trouble> {
    if visit.is_look() {
        return Ok(());
    }
    Err(Trouble::SignIn { path: super::why::PATH.into(), key: "locked-written" })
}

/// Decision 6: the association stands; access does not.
pub async fn page(
    portal: &Portal,
    visitor: &Associated,
    last: Option<Entitlement>,
) -> Result<Response, Trouble> {
    kept(&visitor.visit)?;
    let today = portal.places.today(&visitor.acting.organization, visitor.visit.now);
    let organization = visitor.acting.organization.id;
    let administrators = profile::store::list_administrators(portal.db.reader(), organization).await?;
    let (db, now) = (portal.db.reader(), visitor.visit.now);
    let page = LockedPage {
        is_out_of_reach: company::store::is_out_of_reach(db, now, organization).await?,
        shell: visitor.shell(),
        acting: visitor.acting(),
        begins_later: last
            .as_ref()
            .is_some_and(|plan| plan.is_active && plan.starts_on.as_str() > today.day()),
        plan: last,
        administrators: administrators.iter().map(profile::Profile::name).collect(),
    };
    signed_in_page(&visitor.visit, StatusCode::FORBIDDEN, &page)
}

/// The page for people whose company is where the portal is not available (CS-03).
#[derive(Template)]
#[template(path = "elsewhere.html")]
pub struct ElsewherePage {
    shell: Shell,
    acting: Acting,
    region: String,
}

impl Samples for ElsewherePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |region: &str| Self {
            shell: shell.clone(),
            acting: Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            region: region.into(),
        };
        vec![page("BR"), page("")]
    }
}

pub fn elsewhere(visitor: &Associated) -> Result<Response, Trouble> {
    kept(&visitor.visit)?;
    let page = ElsewherePage {
        shell: visitor.shell(),
        acting: visitor.acting(),
        region: visitor.acting.organization.region.clone(),
    };
    signed_in_page(&visitor.visit, StatusCode::FORBIDDEN, &page)
}

/// One locked thing on a page: which of the three faces it shows. Put into any template with
/// `{% include "lockbox.html" %}` under the name `lock`.
pub struct LockBox {
    face: Access,
}

impl LockBox {
    /// `None` for what may be read.
    pub fn of(face: Access) -> Option<Self> {
        (!face.is_allowed()).then_some(Self { face })
    }

    /// The box for somebody who is not signed in.
    pub fn is_anonymous(&self) -> bool {
        self.face == Access::Anonymous
    }

    /// Catalogue key of the heading.
    pub fn heading(&self) -> &'static str {
        match self.face {
            Access::Anonymous => "lock-box-anonymous-heading",
            Access::Elsewhere => "lock-box-elsewhere-heading",
            Access::OtherAudience => "lock-box-audience-heading",
            Access::PlanInsufficient(_) | Access::Allowed(_) => "lock-box-plan-heading",
        }
    }

    /// Catalogue key of the text.
    pub fn text(&self) -> &'static str {
        match self.face {
            Access::Anonymous => "lock-box-anonymous",
            Access::Elsewhere => "lock-box-elsewhere",
            Access::OtherAudience => "lock-box-audience",
            Access::PlanInsufficient(_) | Access::Allowed(_) => "lock-box-plan",
        }
    }

    /// The plan that there is, and that does not suffice.
    pub fn plan(&self) -> Option<&Entitlement> {
        match &self.face {
            Access::PlanInsufficient(plan) => plan.as_ref(),
            _ => None,
        }
    }
}

/// A page that is nothing but a lock box: for a locked address.
#[derive(Template)]
#[template(path = "locked_page.html")]
pub struct LockedThingPage {
    shell: Shell,
    lock: LockBox,
    /// Where signing in comes back to.
    back: String,
}

impl Samples for LockedThingPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let faces = [
            Access::Anonymous,
            Access::PlanInsufficient(None),
            Access::PlanInsufficient(Some(super::home::sample_plan())),
            Access::Elsewhere,
            Access::OtherAudience,
        ];
        let page = |face| Self {
            shell: shell.clone(),
            lock: LockBox { face },
            back: "/signin?next=%2Fresources".into(),
        };
        faces.into_iter().map(page).collect()
    }
}

/// The answer to a request for something that this visitor may not read: 403 with the box that says why.
pub fn thing(visitor: &Anybody, lock: LockBox) -> Result<Response, Trouble> {
    kept(&visitor.visit)?;
    let back = sign_in::path_to(local_path(&visitor.visit.path));
    let page = LockedThingPage { shell: visitor.shell(), lock, back };
    anybodys_page(visitor, StatusCode::FORBIDDEN, &page)
}
