//! The link in a mail that stops such mails: a page with a button for people, and one request for their mail
//! program (RFC 8058). The link itself is the proof, and all that it can do is to stop mails.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Shell, Trouble};

use super::anybodys_page;
use crate::{
    Portal, newsgroup,
    newsletter::{self, Figures, NewsletterId},
    resource::{self, ResourceId},
    unsubscribe::{List, Unsubscribe},
    visitor::Anybody,
};

#[derive(Template)]
#[template(path = "newsletters/unsubscribe.html")]
pub struct UnsubscribePage {
    shell: Shell,
    /// Newsletter or thread.
    name: String,
    action: String,
    is_done: bool,
}

#[cfg(test)]
impl platform::web::page::Samples for UnsubscribePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_done| Self {
            shell: shell.clone(),
            name: "CustomerSource News".into(),
            action: "/unsubscribe/AAAA".into(),
            is_done,
        };
        vec![page(false), page(true)]
    }
}

async fn find(portal: &Portal, secret: &str) -> Result<(Unsubscribe, String), Trouble> {
    let named = portal.unsubscribe.read(secret).ok_or_else(Trouble::not_found)?;
    let db = portal.db.reader();
    let name = match named.list {
        List::Newsletter(id) => newsletter::store::find(db, id).await?.map(|letter| letter.name),
        List::Issue(id) => match newsletter_of(portal, id).await? {
            Some(id) => newsletter::store::find(db, id).await?.map(|letter| letter.name),
            None => None,
        },
        List::Thread(id) => newsgroup::store::find_thread(db, id)
            .await?
            .map(|(thread, group)| thread.subject.shown().unwrap_or(&group.name).to_owned()),
    };
    Ok((named, name.ok_or_else(Trouble::not_found)?))
}

async fn newsletter_of(portal: &Portal, issue: ResourceId) -> Result<Option<NewsletterId>, Trouble> {
    let issue = resource::store::find_by_id(portal.db.reader(), issue).await?;
    Ok(issue.and_then(|issue| issue.newsletter))
}

fn page(visitor: &Anybody, secret: &str, name: String, is_done: bool) -> Result<Response, Trouble> {
    visitor.visit.is_untold();
    let action = format!("/unsubscribe/{secret}");
    let page = UnsubscribePage { shell: visitor.shell(), name, action, is_done };
    anybodys_page(visitor, StatusCode::OK, &page)
}

pub async fn ask(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
) -> Result<Response, Trouble> {
    let (_, name) = find(&portal, &secret).await?;
    page(&visitor, &secret, name, false)
}

/// Twice is as good as once.
pub async fn stop(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
) -> Result<Response, Trouble> {
    let (named, name) = find(&portal, &secret).await?;
    // Read before the transaction: whoever holds one connection waits for no second.
    let of_issue = match named.list {
        List::Issue(issue) => newsletter_of(&portal, issue).await?,
        List::Newsletter(_) | List::Thread(_) => None,
    };
    let tx = portal.db.begin().await?;
    match named.list {
        List::Newsletter(id) => newsletter::store::unsubscribe(&tx, id, named.profile).await?,
        List::Issue(issue) => {
            let id = of_issue.ok_or_else(Trouble::not_found)?;
            let is_ended = newsletter::store::unsubscribe(&tx, id, named.profile).await?;
            if is_ended {
                let one = Figures { unsubscribed: 1, ..Figures::default() };
                newsletter::store::add_figures(&tx, issue, one).await?;
            }
            is_ended
        }
        List::Thread(id) => newsgroup::store::unwatch(&tx, id, named.profile).await?,
    };
    tx.commit().await?;
    page(&visitor, &secret, name, true)
}
