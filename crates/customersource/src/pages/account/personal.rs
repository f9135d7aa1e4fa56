//! Personal Profile: one's own name and address, and the invitation to another Passport (CS-60 to CS-64).
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{About, Errors, Recoverable, Shell, Thing, Trouble, see_other};
use serde::Deserialize;

use super::{done_of, fields::Fields, is_done_well, row::thing, too_many_letters, word_of};
use crate::{
    Portal, address,
    pages::{once, signed_in_page},
    people::{
        Saved,
        actions::{self, Inviter},
    },
    visitor::Associated,
};

#[derive(Template)]
#[template(path = "account/personal.html")]
pub struct PersonalPage {
    shell: Shell,
    fields: Fields,
    errors: Errors,
    /// The address that is saved: the invitation goes there.
    email: String,
    /// A new address that waits for its proof.
    wanted: Option<String>,
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

#[cfg(test)]
impl platform::web::page::Samples for PersonalPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let fields = Fields {
            first_name: "Maria".into(),
            last_name: "Silva".into(),
            email: "maria@contoso.example".into(),
            ..Fields::default()
        };
        let page = |errors, conflict, done| Self {
            shell: shell.clone(),
            fields: fields.clone(),
            errors,
            email: "maria@contoso.example".into(),
            wanted: (done == Some("done-saved-asked")).then(|| "maria@new.example".into()),
            thing: Thing::of("professional"),
            conflict,
            done,
        };
        let conflict = Errors::whole(shell.t("person-conflict"));
        vec![
            page(Errors::default(), None, Some("done-saved")),
            page(Errors::default(), None, Some("done-saved-asked")),
            page(Errors::default(), None, Some("done-too-soon")),
            page(conflict, Some(fields.clone()), None),
        ]
    }
}

pub async fn show(State(portal): State<Portal>, visitor: Associated) -> Result<Response, Trouble> {
    let fields = Fields::of(&visitor.acting.profile);
    filled(&portal, &visitor, StatusCode::OK, fields, Errors::default(), None).await
}

async fn filled(
    portal: &Portal,
    visitor: &Associated,
    status: StatusCode,
    fields: Fields,
    errors: Errors,
    conflict: Option<Fields>,
) -> Result<Response, Trouble> {
    let (now, id) = (visitor.visit.now, visitor.acting.profile.id);
    let wanted = address::store::find(portal.db.reader(), now, id).await?;
    let page = PersonalPage {
        wanted: wanted.map(|wanted| wanted.email),
        shell: visitor.shell(),
        fields,
        errors,
        email: visitor.acting.profile.email.clone(),
        thing: thing(&visitor.acting.profile, Some(&visitor.acting.association)),
        conflict,
        done: done_of(&visitor.visit),
    };
    signed_in_page(&visitor.visit, status, &page)
}

pub async fn save(
    State(portal): State<Portal>,
    visitor: Associated,
    fields: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let fields = match fields {
        Recoverable::Checked(fields) => fields,
        Recoverable::Refused(fields, why) => {
            let errors = Errors::whole(why.text(&visitor.visit));
            let fields = Fields { version: visitor.acting.profile.version, ..fields };
            // Typed for somebody else or another profile, maybe: beside it stands what this one says.
            let theirs = Some(Fields::of(&visitor.acting.profile));
            return filled(&portal, &visitor, why.status(), fields, errors, theirs).await;
        }
    };
    let details = match fields.details(|key| visitor.visit.t(key)) {
        Ok(details) => details,
        Err(errors) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return filled(&portal, &visitor, status, fields, errors, None).await;
        }
    };
    if details.email.key() != visitor.acting.profile.email_key {
        visitor.prove_again(&portal)?;
    }
    let tx = once(visitor.acts(&portal).await?, &visitor.visit).await?;
    match actions::save_own(&tx, visitor.visit.now, &portal.desk(), &details, fields.version).await? {
        Saved::Done { asked, .. } => {
            let done = if asked { "saved-asked" } else { "saved" };
            let place = format!("/account/profile?done={done}");
            Ok(see_other(&tx.commit(visitor.visit.now, place).await?))
        }
        Saved::Conflict(theirs) => {
            drop(tx);
            let errors = Errors::whole(visitor.visit.t("person-conflict"));
            let fields = Fields { version: theirs.version, ..fields };
            filled(&portal, &visitor, StatusCode::CONFLICT, fields, errors, Some(Fields::of(&theirs))).await
        }
        Saved::TooManyLetters(full) => Err(too_many_letters(full)),
        Saved::NotFound | Saved::LastAdministrator => Err(Trouble::not_found()),
    }
}

#[derive(Deserialize)]
pub struct Nothing {}

/// “Send Invite E-mail”, for anybody and their own profile, to the saved address (CS-61, CS-62). The present
/// association stays until the invitation is accepted (CS-64).
pub async fn invite(
    State(portal): State<Portal>,
    visitor: Associated,
    pressed: About<Nothing>,
) -> Result<Response, Trouble> {
    let tx = visitor.acts(&portal).await?;
    let found = (tx.profile().clone(), tx.company().clone());
    let Nothing {} = pressed.shown(&thing(&found.0, Some(&visitor.acting.association))).checked()?;
    let (now, language) = (visitor.visit.now, visitor.visit.language);
    let inviter = Inviter::Person(tx.subject());
    let invited = actions::invite(&tx, now, &portal.desk(), inviter, &found, language).await?;
    let done = word_of(invited)?;
    tx.commit().await?;
    Ok(see_other(&format!("/account/profile?done={done}")))
}
