//! Removing a professional: asked first, and never the last administrator (CS-40, CS-48).
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{About, Errors, Recoverable, Shell, Trouble, see_other};
use serde::Deserialize;

use super::{
    person::{LIST, find},
    row::{Row, thing},
};
use crate::{
    Portal, association,
    pages::signed_in_page,
    people::{Removed, actions},
    profile::ProfileId,
    visitor::Administrator,
};

#[derive(Template)]
#[template(path = "account/remove.html")]
pub struct RemovePage {
    shell: Shell,
    row: Row,
    errors: Errors,
}

#[cfg(test)]
impl platform::web::page::Samples for RemovePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |row, errors| Self { shell: shell.clone(), row, errors };
        let last = Errors::whole(shell.t("person-last-administrator"));
        Row::samples()
            .into_iter()
            .take(2)
            .zip([Errors::default(), last])
            .map(|(row, errors)| page(row, errors))
            .collect()
    }
}

pub async fn ask_to_remove(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    removal(&portal, &visitor, &id, StatusCode::OK, Errors::default()).await
}

async fn removal(
    portal: &Portal,
    visitor: &Administrator,
    id: &str,
    status: StatusCode,
    errors: Errors,
) -> Result<Response, Trouble> {
    let person = find(portal, visitor, id).await?;
    let page =
        RemovePage { shell: visitor.associated.shell(), row: Row::of(&person, visitor.visit()), errors };
    signed_in_page(visitor.visit(), status, &page)
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn remove(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    pressed: About<Nothing>,
) -> Result<Response, Trouble> {
    let profile: ProfileId = id.parse().map_err(|_| Trouble::not_found())?;
    let tx = visitor.acts(&portal, Some(profile)).await?;
    let Some(found) = actions::hold(&tx, profile).await? else {
        pressed.is_theirs()?;
        return Err(Trouble::not_found());
    };
    let current = association::store::find_current(&tx, profile).await?;
    if let Recoverable::Refused(Nothing {}, why) = pressed.shown(&thing(&found.0, current.as_ref())) {
        drop(tx);
        let errors = Errors::whole(why.text(visitor.visit()));
        return removal(&portal, &visitor, &id, why.status(), errors).await;
    }
    let now = visitor.visit().now;
    match actions::remove(&tx, now, &portal.desk(), profile).await? {
        Removed::Done => {
            tx.commit().await?;
            Ok(see_other(&format!("{LIST}?done=removed")))
        }
        Removed::NotFound => Err(Trouble::not_found()),
        Removed::LastAdministrator => {
            drop(tx);
            let errors = Errors::whole(visitor.visit().t("person-last-administrator"));
            removal(&portal, &visitor, &id, StatusCode::CONFLICT, errors).await
        }
    }
}
