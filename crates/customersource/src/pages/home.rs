//! The home page: for everybody what the portal is and how to get in, for those who are in, where they stand.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{Shell, Trouble, page::ActingAs};

use super::signed_in_page;
use crate::{
    Portal,
    front::{self, Kind, Line},
    maintenance::{self, Window},
    plan::Entitlement,
    profile::Administrator,
    visitor::{Anybody, Associated, Entitled, SignedIn, menus},
};

#[derive(Template)]
#[template(path = "welcome.html")]
pub struct WelcomePage {
    shell: Shell,
}

#[cfg(test)]
impl platform::web::page::Samples for WelcomePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone() }]
    }
}

#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage {
    shell: Shell,
    acting: ActingAs,
    plan: Option<Entitlement>,
    /// The other profiles of this Passport.
    others: Vec<ActingAs>,
    /// The visit may change to one of them.
    switch: bool,
    /// The day from which their company asks for a second step.
    ahead: Option<String>,
    /// The next maintenance window, if it is near.
    planned: Option<Window>,
    news: News,
    /// Where the staff's pages begin, for whoever is of the staff.
    desk: Option<&'static str>,
}

/// What waits for the reader.
#[derive(Clone, Debug, Default)]
struct News {
    updates: Vec<Line>,
    courses: Vec<Line>,
    threads: Vec<Line>,
    /// For administrators alone.
    invitations: Option<Vec<Line>>,
}

impl News {
    fn of(lines: Vec<Line>, is_administrator: bool) -> Self {
        let mut news = Self::default();
        let mut invitations = Vec::new();
        for line in lines {
            match line.kind {
                Kind::Update => news.updates.push(line),
                Kind::Course => news.courses.push(line),
                Kind::Thread => news.threads.push(line),
                Kind::Invitation => invitations.push(line),
            }
        }
        Self { invitations: is_administrator.then_some(invitations), ..news }
    }

    #[cfg(test)]
    fn sample() -> Self {
        let line = |kind, title: &str, about: &str| Line {
            kind,
            id: uuid::Uuid::nil(),
            slug: "x".into(),
            title: title.into(),
            language: "en-US".into(),
            about: about.into(),
            at: platform::clock::Moment::from_unix_seconds(1_795_000_000),
        };
        let all = vec![
            line(Kind::Update, "Year-end update 2026", "GP 2026.4"),
            line(Kind::Course, "Month-end closing", "São Paulo"),
            line(Kind::Thread, "Posting to a closed year", "Dynamics GP"),
            line(Kind::Invitation, "João Souza", ""),
        ];
        Self::of(all, true)
    }
}

#[cfg(test)]
impl platform::web::page::Samples for HomePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let acting = ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() };
        let page = |plan, others, switch| Self {
            shell: shell.clone(),
            acting: acting.clone(),
            plan,
            others,
            switch,
            ahead: switch.then(|| "2026-12-14".into()),
            planned: switch.then(super::maintenance::sample_window),
            news: if switch { News::sample() } else { News::of(vec![], true) },
            desk: switch.then_some("/staff"),
        };
        vec![
            page(Some(crate::visitor::locked::sample_plan()), vec![], false),
            page(None, vec![acting.clone()], false),
            page(None, vec![acting.clone()], true),
        ]
    }
}

pub async fn home(State(portal): State<Portal>, visitor: Anybody) -> Result<Response, Trouble> {
    let Anybody { visit, known } = visitor;
    let Some(known) = known else {
        return visit.ok(&WelcomePage { shell: visit.shell() });
    };
    let associated = Associated::find(&portal, SignedIn::of(visit, known)).await?;
    let entitled = Entitled::find(&portal, associated).await?;
    let (db, visit, profile) =
        (portal.db.reader(), &entitled.associated.visit, &entitled.associated.acting.profile);
    let mark = portal.demands.administrator(&entitled.associated.session.acr).ok();
    let administers = mark.and_then(|mark| Administrator::of(profile, mark));
    let rows = front::store::list(db, visit.now, profile, administers.as_ref()).await?;
    let products = &entitled.associated.acting.company.products;
    let lines = front::lines(rows, products, visit.language, |rule| entitled.may_read(&portal, rule));
    let news = News::of(lines, administers.is_some());
    let Entitled { associated, plan, .. } = entitled;
    let others = associated
        .all
        .iter()
        .filter(|other| other.association.id != associated.acting.association.id)
        .map(|other| ActingAs { company: other.company.name.clone(), person: other.profile.name() });
    let now = associated.visit.now;
    let planned = maintenance::store::list_ahead(portal.db.reader(), now).await?;
    let page = HomePage {
        shell: associated.shell(),
        acting: associated.acting(),
        ahead: associated.ahead(&portal),
        plan,
        others: others.collect(),
        switch: portal.settings.portal.in_session_switch,
        planned: planned.into_iter().next().filter(|next| next.starts_at <= now + maintenance::ANNOUNCED),
        news,
        desk: associated.member.as_ref().map(|member| menus::start(member.role())),
    };
    signed_in_page(&associated.visit, StatusCode::OK, &page)
}
