//! Online newsletters: which there are, subscribing, and their issues.
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use platform::web::{Checked, Shell, Trouble, page::Samples, see_other};
use serde::Deserialize;

use super::resources::{self, Line, item};
use crate::{
    Portal,
    access::Rule,
    newsletter::{Newsletter, store},
    resource::{self, Section, is_slug},
    visitor::{Acting, reading::Reading},
};

pub fn router() -> Router<Portal> {
    Router::new()
        .route("/newsletters", get(list))
        .route("/newsletters/{letter}", get(issues).post(subscribe))
        .route("/newsletters/{letter}/{slug}", get(issue))
}

/// A newsletter with whether the visitor gets it.
pub struct Offered {
    slug: String,
    name: String,
    about: String,
    language: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "newsletters/list.html")]
pub struct NewslettersPage {
    shell: Shell,
    acting: Option<Acting>,
    email: String,
    letters: Vec<Offered>,
}

fn sample(is_own: bool) -> Offered {
    Offered {
        slug: "news".into(),
        name: "CustomerSource News".into(),
        about: "Once a month.".into(),
        language: "en-US".into(),
        is_own,
    }
}

fn sample_acting() -> Option<Acting> {
    Some(Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() })
}

impl Samples for NewslettersPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |letters| Self {
            shell: shell.clone(),
            acting: sample_acting(),
            email: "maria@contoso.example".into(),
            letters,
        };
        vec![page(vec![]), page(vec![sample(true), sample(false)])]
    }
}

async fn list(State(portal): State<Portal>, reading: Reading) -> Result<Response, Trouble> {
    reading.enter(&Rule::default())?;
    let (db, profile) = (portal.db.reader(), reading.profile()?);
    let own = store::list_of_profile(db, profile.id).await?;
    let mut letters = store::list(db).await?;
    letters.retain(|letter| reading.face(&letter.rule).is_allowed() || own.contains(&letter.id));
    let letters = letters.into_iter().map(|letter| offered(letter, &own)).collect();
    let email = profile.email.clone();
    reading.page(&NewslettersPage { shell: reading.shell(), acting: reading.acting(), email, letters })
}

fn offered(letter: Newsletter, own: &[crate::newsletter::NewsletterId]) -> Offered {
    Offered {
        is_own: own.contains(&letter.id),
        slug: letter.slug,
        name: letter.name,
        about: letter.about,
        language: letter.language,
    }
}

async fn find(portal: &Portal, reading: &Reading, slug: &str) -> Result<Newsletter, Trouble> {
    if !reading.is_known() {
        reading.enter(&Rule::default())?;
    }
    if !is_slug(slug) {
        return Err(Trouble::not_found());
    }
    store::find_slug(portal.db.reader(), slug).await?.ok_or_else(Trouble::not_found)
}

#[derive(Template)]
#[template(path = "newsletters/issues.html")]
pub struct IssuesPage {
    shell: Shell,
    acting: Option<Acting>,
    letter: Offered,
    lines: Vec<Line>,
}

impl Samples for IssuesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_own, lines| Self {
            shell: shell.clone(),
            acting: sample_acting(),
            letter: sample(is_own),
            lines,
        };
        vec![page(false, vec![]), page(true, vec![Line::sample(false)])]
    }
}

async fn issues(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
) -> Result<Response, Trouble> {
    let letter = find(&portal, &reading, &slug).await?;
    reading.enter(&letter.rule)?;
    let (db, visit) = (portal.db.reader(), reading.visit());
    let mut issues =
        resource::store::list_published(db, visit.now, Section::Newsletters, Some(letter.id)).await?;
    issues.retain(|issue| reading.face(&issue.rule).is_allowed());
    let lines = resources::lines(db, &reading, &issues, visit.language).await?;
    let own = store::list_of_profile(db, reading.profile()?.id).await?;
    let letter = offered(letter, &own);
    reading.page(&IssuesPage { shell: reading.shell(), acting: reading.acting(), letter, lines })
}

#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    subscribe: String,
}

/// Subscribing takes the right to read it; ending a subscription takes none.
async fn subscribe(
    State(portal): State<Portal>,
    reading: Reading,
    Path(slug): Path<String>,
    Checked(wish): Checked<Wish>,
) -> Result<Response, Trouble> {
    let letter = find(&portal, &reading, &slug).await?;
    let profile = reading.profile()?.id;
    let tx = portal.db.begin().await?;
    if wish.subscribe.is_empty() {
        store::unsubscribe(&tx, letter.id, profile).await?;
    } else {
        reading.enter(&letter.rule)?;
        store::subscribe(&tx, reading.visit().now, letter.id, profile).await?;
    }
    tx.commit().await?;
    Ok(see_other("/newsletters"))
}

async fn issue(
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
