//! Personal Profile: one's own name and address, and the invitation to another Passport (CS-60 to CS-64).
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use platform::web::{About, Errors, Recoverable, Shell, Thing, Trouble, page::Samples, see_other};
use serde::Deserialize;

use super::{done_of, fields::Fields, is_done_well, row::thing, word_of};
use crate::{
    Portal,
    company::{
        Saved,
        actions::{self, Inviter},
    },
    pages::signed_in_page,
    visitor::{Acting, Associated},
};

pub fn router() -> Router<Portal> {
    Router::new()
        .route("/account/profile", get(show).post(save))
        .route("/account/profile/invite", post(invite))
}

#[derive(Template)]
#[template(path = "account/personal.html")]
pub struct PersonalPage {
    shell: Shell,
    acting: Acting,
    fields: Fields,
    errors: Errors,
    /// The address that is saved: the invitation goes there.
    email: String,
    /// What the invitation is for.
    thing: Thing,
    conflict: Option<Fields>,
    done: Option<&'static str>,
}

impl PersonalPage {
    fn is_well(&self) -> bool {
        self.done.is_some_and(is_done_well)
    }
}

impl Samples for PersonalPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let fields = Fields {
            first_name: "Maria".into(),
            last_name: "Silva".into(),
            email: "maria@contoso.example".into(),
            ..Fields::default()
        };
        let page = |errors, conflict, done| Self {
            shell: shell.clone(),
            acting: Acting { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            fields: fields.clone(),
            errors,
            email: "maria@contoso.example".into(),
            thing: Thing::of("professional"),
            conflict,
            done,
        };
        let conflict = Errors::whole(shell.t("person-conflict"));
        vec![
            page(Errors::default(), None, Some("done-saved")),
            page(Errors::default(), None, Some("done-too-many")),
            page(conflict, Some(fields.clone()), None),
        ]
    }
}

async fn show(visitor: Associated) -> Result<Response, Trouble> {
    let fields = Fields::of(&visitor.acting.profile);
    filled(&visitor, StatusCode::OK, fields, Errors::default(), None)
}

fn filled(
    visitor: &Associated,
    status: StatusCode,
    fields: Fields,
    errors: Errors,
    conflict: Option<Fields>,
) -> Result<Response, Trouble> {
    let page = PersonalPage {
        shell: visitor.account_shell(),
        acting: visitor.acting(),
        fields,
        errors,
        email: visitor.acting.profile.email.clone(),
        thing: thing(&visitor.acting.profile, Some(&visitor.acting.association)),
        conflict,
        done: done_of(&visitor.visit),
    };
    signed_in_page(&visitor.visit, status, &page)
}

async fn save(
    State(portal): State<Portal>,
    visitor: Associated,
    fields: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let fields = match fields {
        Recoverable::Checked(fields) => fields,
        Recoverable::Refused(fields, why) => {
            let errors = Errors::whole(why.text(&visitor.visit));
            let fields = Fields { version: visitor.acting.profile.version, ..fields };
            return filled(&visitor, why.status(), fields, errors, None);
        }
    };
    let details = match fields.details(|key| visitor.visit.t(key)) {
        Ok(details) => details,
        Err(errors) => return filled(&visitor, StatusCode::UNPROCESSABLE_ENTITY, fields, errors, None),
    };
    let tx = visitor.acts(&portal).await?;
    match actions::save_own(&tx, visitor.visit.now, &portal.desk(), &details, fields.version).await? {
        Saved::Done { withdrawn, .. } => {
            tx.commit().await?;
            let done = if withdrawn { "saved-withdrawn" } else { "saved" };
            Ok(see_other(&format!("/account/profile?done={done}")))
        }
        Saved::Conflict(theirs) => {
            drop(tx);
            let errors = Errors::whole(visitor.visit.t("person-conflict"));
            let fields = Fields { version: theirs.version, ..fields };
            filled(&visitor, StatusCode::CONFLICT, fields, errors, Some(Fields::of(&theirs)))
        }
        Saved::NotFound | Saved::LastAdministrator => Err(Trouble::not_found()),
    }
}

#[derive(Deserialize)]
struct Nothing {}

/// “Send Invite E-mail”, for anybody and their own profile, to the saved address (CS-61, CS-62). The present
/// association stays until the invitation is accepted (CS-64).
async fn invite(
    State(portal): State<Portal>,
    visitor: Associated,
    pressed: About<Nothing>,
) -> Result<Response, Trouble> {
    let tx = visitor.acts(&portal).await?;
    let found = (tx.profile().clone(), tx.organization().clone());
    let Nothing {} = pressed.shown(&thing(&found.0, Some(&visitor.acting.association))).checked()?;
    let (now, language) = (visitor.visit.now, visitor.visit.language);
    let inviter = Inviter::Person(tx.subject());
    let invited = actions::invite(&tx, now, &portal.desk(), inviter, &found, language).await?;
    tx.commit().await?;
    Ok(see_other(&format!("/account/profile?done={}", word_of(invited))))
}
