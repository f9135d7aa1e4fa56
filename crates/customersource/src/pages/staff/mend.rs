//! Another address for somebody who got no mail, and a person whom nobody had put on file; each with a reason, and an
//! invitation if that is wished.
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    email::EmailAddress,
    web::{Errors, Recoverable, Shell, Trouble, see_other, too_many_text},
};
use serde::Deserialize;

use super::{only, within};
use crate::{
    Portal,
    acting::{Acting, Duty, Locks},
    company::{self, Company, CompanyId},
    pages::{account::fields::Fields, signed_in_page},
    people::{
        Invited, Mended,
        actions::{self, Bound, Inviter},
    },
    profile::{self, Profile, ProfileId},
    staff,
    visitor::Staff,
};

/// The form as it was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    first_name: String,
    last_name: String,
    email: String,
    reason: String,
    /// Present when the box is ticked.
    invite: Option<String>,
    version: i32,
}

#[derive(Template)]
#[template(path = "staff/mend.html")]
pub struct MendPage {
    shell: Shell,
    /// Whose address it is; empty: a person is added.
    name: String,
    company: String,
    company_id: String,
    /// The address on file.
    former: String,
    action: String,
    back: String,
    typed: Typed,
    errors: Errors,
    /// Catalogue key of why nobody needs to begin.
    bound: Option<&'static str>,
}

impl MendPage {
    fn of_person(
        shell: Shell,
        (profile, company): &(Profile, Company),
        typed: Typed,
        errors: Errors,
    ) -> Self {
        Self {
            shell,
            name: profile.name(),
            company: company.name.clone(),
            company_id: company.id.to_string(),
            former: profile.email.clone(),
            action: format!("/staff/people/{}/address", profile.id),
            back: format!("/staff/people/{}", profile.id),
            typed,
            errors,
            bound: None,
        }
    }

    fn of_company(shell: Shell, company: &Company, typed: Typed, errors: Errors) -> Self {
        Self {
            shell,
            name: String::new(),
            company: company.name.clone(),
            company_id: company.id.to_string(),
            former: String::new(),
            action: format!("/staff/companies/{}/people/new", company.id),
            back: format!("/staff/companies/{}", company.id),
            typed,
            errors,
            bound: None,
        }
    }

    fn heading(&self) -> String {
        self.shell.t(if self.name.is_empty() { "staff-add-heading" } else { "staff-mend-heading" })
    }
}

#[cfg(test)]
impl platform::web::page::Samples for MendPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |name: &str, errors| Self {
            shell: shell.clone(),
            name: name.into(),
            company: "Contoso Ltda".into(),
            company_id: "1".into(),
            former: "maria@contosso.example".into(),
            action: "/staff/people/1/address".into(),
            back: "/staff/people/1".into(),
            typed: Typed { email: "maria@contoso.example".into(), ..Typed::default() },
            errors,
            bound: None,
        };
        let mut errors = Errors::default();
        for field in ["first_name", "last_name", "email"] {
            errors.add(field, shell.t("person-name-link"));
        }
        errors.add("reason", shell.t("staff-reason-wrong"));
        let mut bound = page("Maria Silva", Errors::default());
        bound.bound = Some("staff-mend-case");
        vec![page("Maria Silva", Errors::default()), page("", Errors::default()), page("", errors), bound]
    }
}

async fn find(portal: &Portal, id: &str) -> Result<(Profile, Company), Trouble> {
    let id: ProfileId = id.parse().map_err(|_| Trouble::not_found())?;
    profile::store::find(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)
}

const fn is_there((profile, company): &(Profile, Company)) -> bool {
    profile.is_active && company.is_active
}

async fn find_company(portal: &Portal, id: &str) -> Result<Company, Trouble> {
    let id: CompanyId = id.parse().map_err(|_| Trouble::not_found())?;
    company::store::find(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let found = find(&portal, &id).await?;
    if !is_there(&found) {
        return Ok(see_other(&format!("/staff/people/{}", found.0.id)));
    }
    let typed = Typed {
        email: found.0.email.clone(),
        version: found.0.version,
        invite: Some("on".into()),
        ..Typed::default()
    };
    let mut page = MendPage::of_person(visitor.shell(), &found, typed, Errors::default());
    let bound = actions::bound(portal.db.reader(), visitor.visit.now, &found.0).await?;
    page.bound = bound.map(key_of);
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

pub async fn blank(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let company = find_company(&portal, &id).await?;
    if !company.is_active {
        return Ok(see_other(&format!("/staff/companies/{}", company.id)));
    }
    let typed = Typed { invite: Some("on".into()), ..Typed::default() };
    let page = MendPage::of_company(visitor.shell(), &company, typed, Errors::default());
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

/// Why one member of the staff does not change this address.
pub const fn key_of(bound: Bound) -> &'static str {
    match bound {
        Bound::Case => "staff-mend-case",
        Bound::Administers => "staff-mend-administrator",
    }
}

/// The reason, if there is one to follow.
fn reason(visitor: &Staff, typed: &Typed, errors: &mut Errors) -> String {
    match staff::reason(&typed.reason) {
        Some(reason) => reason,
        None => {
            errors.add("reason", visitor.visit.t("staff-reason-wrong"));
            String::new()
        }
    }
}

pub async fn mend(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    typed: Recoverable<Typed>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let found = find(&portal, &id).await?;
    let again = |status, typed, errors| {
        let page = MendPage::of_person(visitor.shell(), &found, typed, errors);
        signed_in_page(&visitor.visit, status, &page)
    };
    let typed = match typed {
        Recoverable::Checked(typed) => typed,
        Recoverable::Refused(typed, why) => {
            return again(why.status(), typed, Errors::whole(why.text(&visitor.visit)));
        }
    };
    let gone = || Errors::whole(visitor.visit.t("staff-person-gone"));
    if !is_there(&found) {
        return again(StatusCode::CONFLICT, typed, gone());
    }
    let mut errors = Errors::default();
    let email = EmailAddress::parse(&typed.email).ok();
    if email.is_none() {
        errors.add("email", visitor.visit.t("associate-email-malformed"));
    }
    let why = reason(&visitor, &typed, &mut errors);
    let Some(email) = email.filter(|_| errors.is_empty()) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, typed, errors);
    };
    let tx = visitor.acts(&portal, &Locks::of_person(found.0.id)).await?;
    // Looked at after it is clear that this very form did not make it so.
    if email.as_str() == found.0.email {
        drop(tx);
        errors.add("email", visitor.visit.t("staff-mend-same"));
        return again(StatusCode::UNPROCESSABLE_ENTITY, typed, errors);
    }
    if let Err(full) = within(&tx, &portal, &visitor).await? {
        drop(tx);
        return again(
            StatusCode::TOO_MANY_REQUESTS,
            typed,
            Errors::whole(too_many_text(&visitor.visit, "error-too-many", full)),
        );
    }
    let now = visitor.visit.now;
    let about = (found.0.id, typed.version);
    match actions::mend_address(&tx, now, &portal.desk(), &why, about, &email).await? {
        Mended::Done => {
            let done = invite(&tx, &portal, &visitor, found.0.id, &typed, &why).await?;
            let place = format!("/staff/people/{}?done={done}", found.0.id);
            Ok(see_other(&tx.commit(now, place).await?))
        }
        Mended::Bound(bound) => {
            drop(tx);
            let errors = Errors::whole(visitor.visit.t(key_of(bound)));
            again(StatusCode::CONFLICT, typed, errors)
        }
        Mended::Conflict(theirs) => {
            drop(tx);
            let errors = Errors::whole(visitor.visit.t("person-conflict"));
            again(StatusCode::CONFLICT, Typed { version: theirs.version, ..typed }, errors)
        }
        Mended::NotFound => {
            drop(tx);
            again(StatusCode::CONFLICT, typed, gone())
        }
    }
}

pub async fn add(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    typed: Recoverable<Typed>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let company = find_company(&portal, &id).await?;
    let again = |status, typed, errors| {
        let page = MendPage::of_company(visitor.shell(), &company, typed, errors);
        signed_in_page(&visitor.visit, status, &page)
    };
    let typed = match typed {
        Recoverable::Checked(typed) => typed,
        Recoverable::Refused(typed, why) => {
            return again(why.status(), typed, Errors::whole(why.text(&visitor.visit)));
        }
    };
    let fields = Fields {
        first_name: typed.first_name.clone(),
        last_name: typed.last_name.clone(),
        email: typed.email.clone(),
        ..Fields::default()
    };
    let (details, mut errors) = match fields.details(|key| visitor.visit.t(key)) {
        Ok(details) => (Some(details), Errors::default()),
        Err(errors) => (None, errors),
    };
    let why = reason(&visitor, &typed, &mut errors);
    let Some(details) = details.filter(|_| errors.is_empty()) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, typed, errors);
    };
    let tx = visitor.acts(&portal, &Locks::of_company(company.id)).await?;
    if let Err(full) = within(&tx, &portal, &visitor).await? {
        drop(tx);
        return again(
            StatusCode::TOO_MANY_REQUESTS,
            typed,
            Errors::whole(too_many_text(&visitor.visit, "error-too-many", full)),
        );
    }
    let desk = portal.desk();
    let added = actions::add_by_staff(&tx, visitor.visit.now, &desk, &why, company.id, &details).await?;
    let Some(id) = added else {
        drop(tx);
        return again(StatusCode::CONFLICT, typed, Errors::whole(visitor.visit.t("staff-person-gone")));
    };
    let done = invite(&tx, &portal, &visitor, id, &typed, &why).await?;
    let place = format!("/staff/people/{id}?done={done}");
    Ok(see_other(&tx.commit(visitor.visit.now, place).await?))
}

/// The invitation that goes with it; the word of what became of it.
async fn invite(
    tx: &Acting<Duty>,
    portal: &Portal,
    visitor: &Staff,
    id: ProfileId,
    typed: &Typed,
    why: &str,
) -> Result<&'static str, Trouble> {
    if typed.invite.is_none() {
        return Ok("done");
    }
    let found = profile::store::find(tx, id).await?.ok_or_else(Trouble::not_found)?;
    let inviter = Inviter::Staff(tx.subject(), why);
    let (now, language) = (visitor.visit.now, visitor.visit.site.default_language);
    let invited = actions::invite(tx, now, &portal.desk(), inviter, &found, language).await?;
    Ok(if invited == Invited::Sent { "done" } else { "saved-not-invited" })
}
