//! Online newsletters: which there are, subscribing, and their issues.
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    turn::Turned,
    web::{Checked, Shell, Trouble, see_other},
};
use serde::Deserialize;

use super::resources::{self, Line, item};
use crate::{
    Portal,
    access::{Access, Rule},
    newsletter::{Newsletter, Subscription, store},
    resource::{Section, is_slug},
    visitor::{
        locked::Place,
        reading::{Reading, closed_meanwhile},
    },
};

/// A newsletter with whether the visitor gets it.
pub struct Offered {
    slug: String,
    name: String,
    about: String,
    language: String,
    is_own: bool,
    /// Mails to this reader came back too often.
    is_paused: bool,
    /// Nothing more appears.
    is_closed: bool,
}

#[derive(Template)]
#[template(path = "newsletters/list.html")]
pub struct NewslettersPage {
    shell: Shell,
    email: String,
    no_bulk_mail: bool,
    letters: Vec<Offered>,
}

#[cfg(test)]
fn sample(is_own: bool) -> Offered {
    Offered {
        slug: "news".into(),
        name: "CustomerSource News".into(),
        about: "Once a month.".into(),
        language: "en-US".into(),
        is_own,
        is_paused: false,
        is_closed: false,
    }
}

#[cfg(test)]
impl platform::web::page::Samples for NewslettersPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |no_bulk_mail, letters| Self {
            shell: shell.clone(),
            email: "maria@contoso.example".into(),
            no_bulk_mail,
            letters,
        };
        let paused = Offered { is_paused: true, ..sample(true) };
        let closed = |is_own| Offered { is_closed: true, ..sample(is_own) };
        let all = vec![sample(true), sample(false), paused, closed(true), closed(false)];
        vec![page(false, vec![]), page(true, all)]
    }
}

pub async fn list(State(portal): State<Portal>, reading: Reading) -> Result<Response, Trouble> {
    reading.enter(&portal, &Rule::default(), place(&reading)).await?;
    let (db, profile) = (portal.db.reader(), reading.profile()?);
    let own = store::list_of_profile(db, profile.id).await?;
    let mut letters = store::list(db).await?;
    let is_own = |letter: &Newsletter| own.iter().any(|own| own.newsletter == letter.id);
    letters.retain(|letter| reading.face(&letter.rule).is_allowed() || is_own(letter));
    let letters = letters.into_iter().map(|letter| offered(letter, &own)).collect();
    reading.page(&NewslettersPage {
        shell: reading.shell(),
        email: profile.email.clone(),
        no_bulk_mail: profile.no_bulk_mail,
        letters,
    })
}

fn offered(letter: Newsletter, own: &[Subscription]) -> Offered {
    let own = own.iter().find(|own| own.newsletter == letter.id);
    Offered {
        is_own: own.is_some(),
        is_paused: own.is_some_and(|own| own.is_paused),
        is_closed: !letter.is_open,
        slug: letter.slug,
        name: letter.name,
        about: letter.about,
        language: letter.language,
    }
}

async fn find(portal: &Portal, reading: &Reading, slug: &str) -> Result<Newsletter, Trouble> {
    if !reading.is_known() {
        reading.enter(portal, &Rule::default(), place(reading)).await?;
    }
    if !is_slug(slug) {
        return Err(Trouble::not_found());
    }
    store::find_slug(portal.db.reader(), slug).await?.ok_or_else(Trouble::not_found)
}

/// The page of all newsletters.
fn place(reading: &Reading) -> Place {
    Place::titled(reading.visit().t("section-newsletters"))
        .under(reading.visit().t("nav-resources"), "/resources")
}

/// The locked page of a newsletter that is not for this visitor. The list does not show it, so it has no name here.
async fn enter(portal: &Portal, reading: &Reading, letter: &Newsletter) -> Result<(), Trouble> {
    let place = Place::default().under(reading.visit().t("section-newsletters"), "/newsletters");
    reading.enter(portal, &letter.rule, place).await
}

#[derive(Template)]
#[template(path = "newsletters/issues.html")]
pub struct IssuesPage {
    shell: Shell,
    letter: Offered,
    lines: Vec<Line>,
    pages: (Option<String>, Option<String>),
}

#[cfg(test)]
impl platform::web::page::Samples for IssuesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_own, lines| Self {
            shell: shell.clone(),
            letter: sample(is_own),
            lines,
            pages: (None, Some("/newsletters/x?after=1".into())),
        };
        vec![page(false, vec![]), page(true, vec![Line::sample(false)])]
    }
}

pub async fn issues(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
    Query(turned): Query<Turned>,
) -> Result<Response, Trouble> {
    let letter = find(&portal, &reading, &slug).await?;
    enter(&portal, &reading, &letter).await?;
    let (db, visit) = (portal.db.reader(), reading.visit());
    let of = (Section::Newsletters, Some(letter.id));
    let issues = resources::shown(db, &reading, of, turned.turn(), Access::is_allowed).await?;
    let pages = resources::beside(&format!("/newsletters/{slug}"), &issues);
    let lines = resources::lines(db, &reading, (issues.rows, Some(&slug)), visit.language).await?;
    let own = store::list_of_profile(db, reading.profile()?.id).await?;
    let letter = offered(letter, &own);
    reading.page(&IssuesPage { shell: reading.shell(), letter, lines, pages })
}

#[derive(Deserialize)]
pub struct Wish {
    #[serde(default)]
    subscribe: String,
}

/// Subscribing takes the right to read it; ending a subscription takes none.
pub async fn subscribe(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
    Checked(wish): Checked<Wish>,
) -> Result<Response, Trouble> {
    let letter = find(&portal, &reading, &slug).await?;
    if !wish.subscribe.is_empty() {
        enter(&portal, &reading, &letter).await?;
    }
    let tx = reading.acts(&portal).await?;
    let profile = tx.profile().id;
    if wish.subscribe.is_empty() {
        store::unsubscribe(&tx, letter.id, profile).await?;
    } else {
        let letter = store::hold(&tx, letter.id).await?.ok_or_else(closed_meanwhile)?;
        if !letter.is_open {
            return Err(Trouble::page(StatusCode::CONFLICT, "newsletter-closed"));
        }
        reading.holds(&tx, &letter.rule).await?;
        store::subscribe(&tx, reading.visit().now, letter.id, profile).await?;
    }
    tx.commit().await?;
    Ok(see_other("/newsletters"))
}

pub async fn issue(
    State(portal): State<Portal>,
    reading: Reading,
    Path((letter, slug)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let letter = find(&portal, &reading, &letter).await?;
    let issue = item::find(&portal, &reading, Section::Newsletters, &slug).await?;
    if issue.newsletter != Some(letter.id) {
        return Err(Trouble::not_found());
    }
    let path = resources::path_of(&issue, Some(&letter.slug));
    let list = (letter.name, format!("/newsletters/{}", letter.slug));
    item::page(&portal, &reading, &issue, list, path).await
}
