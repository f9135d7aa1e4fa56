//! Choosing which profile to use, once in each visit, when there are several (CS-30, CS-32).
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Checked, Shell, Trouble, local_path, see_other};
use serde::Deserialize;

use super::signed_in_page;
use crate::{
    Portal,
    acting::Locks,
    association::{AssociationId, Standing},
    session,
    visitor::SignedIn,
};

/// One profile to choose.
pub struct Choice {
    pub id: String,
    pub company: String,
    pub person: String,
    pub is_admin: bool,
}

impl Choice {
    #[cfg(test)]
    pub fn samples() -> Vec<Self> {
        let choice = |company: &str, is_admin| Self {
            id: "1".into(),
            company: company.into(),
            person: "Maria Silva".into(),
            is_admin,
        };
        vec![choice("Contoso Ltda", true), choice("Fabrikam S.A.", false)]
    }

    pub fn of(standing: &Standing) -> Self {
        Self {
            id: standing.association.id.to_string(),
            company: standing.company.name.clone(),
            person: standing.profile.name(),
            is_admin: standing.profile.is_admin,
        }
    }
}

#[derive(Template)]
#[template(path = "choose.html")]
pub struct ChoosePage {
    shell: Shell,
    choices: Vec<Choice>,
    /// Where the choice leads.
    next: String,
}

/// What a page that changes the profile leads on to: a path of this site.
#[derive(Deserialize)]
pub struct Then {
    #[serde(default)]
    next: String,
}

impl Then {
    pub fn path(&self) -> &str {
        local_path(&self.next)
    }
}

#[cfg(test)]
impl platform::web::page::Samples for ChoosePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone(), choices: Choice::samples(), next: "/resources".into() }]
    }
}

pub async fn show(visitor: SignedIn, Query(then): Query<Then>) -> Result<Response, Trouble> {
    if visitor.all.len() < 2 || is_chosen(&visitor) {
        return Ok(see_other(then.path()));
    }
    let choices = visitor.all.iter().map(Choice::of).collect();
    let page = ChoosePage { shell: visitor.shell(), choices, next: then.path().to_owned() };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

fn is_chosen(visitor: &SignedIn) -> bool {
    visitor.all.iter().any(|standing| Some(standing.association.id) == visitor.session.association)
}

#[derive(Deserialize)]
pub struct Chosen {
    pub profile: String,
    #[serde(flatten)]
    pub then: Then,
}

pub async fn choose(
    State(portal): State<Portal>,
    visitor: SignedIn,
    Checked(form): Checked<Chosen>,
) -> Result<Response, Trouble> {
    let wanted: AssociationId = form.profile.parse().map_err(|_| Trouble::not_found())?;
    // Another's, a former one, and one that never was look alike (AS-13).
    if !visitor.all.iter().any(|standing| standing.association.id == wanted) {
        return Err(Trouble::not_found());
    }
    let mut chosen = visitor.session.association.filter(|_| is_chosen(&visitor));
    if chosen.is_none() {
        let tx = visitor.acts(&portal, &Locks::default()).await?;
        if visitor.session.association.is_some() {
            // What was chosen is no longer there.
            session::store::set_choice(&tx, visitor.session.digest, None).await?;
        }
        session::store::spend_choice(&tx, visitor.session.digest, wanted).await?;
        chosen = session::store::find_choice(&tx, visitor.session.digest).await?;
        tx.commit().await?;
    }
    // Chosen in another tab: whoever wants this one must not go on for the other without a word.
    match chosen == Some(wanted) {
        true => Ok(see_other(form.then.path())),
        false => Err(Trouble::page(StatusCode::CONFLICT, "error-chosen-other")),
    }
}
