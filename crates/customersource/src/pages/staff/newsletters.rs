//! The newsletters there are, with how many read them: for editors.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{Shell, Trouble};

use super::only;
use crate::{
    Portal,
    newsletter::{Newsletter, store},
    pages::signed_in_page,
    visitor::Staff,
};

/// A newsletter as editors see it.
pub struct Run {
    id: String,
    slug: String,
    name: String,
    language: String,
    is_open: bool,
    subscribers: u64,
    /// Subscribers whose mails came back too often.
    paused: u64,
}

#[derive(Template)]
#[template(path = "staff/newsletters.html")]
pub struct RunPage {
    shell: Shell,
    letters: Vec<Run>,
}

#[cfg(test)]
impl platform::web::page::Samples for RunPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let letter = |is_open, paused| Run {
            id: "1".into(),
            slug: "news".into(),
            name: "CustomerSource News".into(),
            language: "en-US".into(),
            is_open,
            subscribers: 120,
            paused,
        };
        let page = |letters| Self { shell: shell.clone(), letters };
        vec![page(vec![]), page(vec![letter(true, 0), letter(false, 3)])]
    }
}

pub async fn list(State(portal): State<Portal>, visitor: Staff) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let db = portal.db.reader();
    let counts = store::count_subscribers(db).await?;
    let run = |letter: Newsletter| {
        let (subscribers, paused) = counts.get(&letter.id).copied().unwrap_or_default();
        Run {
            id: letter.id.to_string(),
            slug: letter.slug,
            name: letter.name,
            language: letter.language,
            is_open: letter.is_open,
            subscribers,
            paused,
        }
    };
    let letters = store::list(db).await?.into_iter().map(run).collect();
    signed_in_page(&visitor.visit, StatusCode::OK, &RunPage { shell: visitor.shell(), letters })
}
