//! One professional of the administrator's company: adding and saving (CS-45, CS-46, CS-52).
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Errors, Recoverable, Shell, Trouble, see_other};

use super::{done_of, fields::Fields, is_done_well, row::Row, saved_word, too_many_letters};
use crate::{
    Portal, address,
    company::Company,
    pages::{once, signed_in_page},
    people::{
        self, Person, Saved,
        actions::{self, Edit},
    },
    profile::{self, Profile, ProfileId, store::Details},
    visitor::Administrator,
};

pub const LIST: &str = "/account/professionals";

#[derive(Template)]
#[template(path = "account/person.html")]
pub struct PersonPage {
    shell: Shell,
    fields: Fields,
    errors: Errors,
    /// What is saved; absent for somebody new.
    row: Option<Row>,
    /// What somebody else saved meanwhile.
    conflict: Option<Fields>,
    /// An address that waits for its proof.
    wanted: Option<String>,
    /// Others of the company with the same address.
    same_address: Vec<String>,
    done: Option<&'static str>,
}

impl PersonPage {
    fn is_well(&self) -> bool {
        self.done.is_some_and(is_done_well)
    }

    fn action(&self) -> String {
        let last = self.row.as_ref().map_or("new", |row| row.id.as_str());
        format!("{LIST}/{last}")
    }

    /// The heading: whose profile it is, as saved.
    fn heading(&self) -> String {
        self.row.as_ref().map_or_else(|| self.shell.t("professionals-add"), |row| row.name.clone())
    }
}

#[cfg(test)]
impl platform::web::page::Samples for PersonPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let fields = Fields {
            first_name: "Maria".into(),
            last_name: "Silva".into(),
            email: "maria@contoso.example".into(),
            administrator: Some("on".into()),
            invite: Some("on".into()),
            version: 3,
        };
        let page = |fields, row, errors, conflict, done| Self {
            shell: shell.clone(),
            fields,
            errors,
            row,
            conflict,
            wanted: (done == Some("done-saved-asked-person")).then(|| "maria@new.example".into()),
            same_address: if done == Some("done-saved") { vec!["Ana Souza".into()] } else { vec![] },
            done,
        };
        let mut errors = Errors::default();
        errors.add("first_name", shell.t("person-first-name-wrong"));
        errors.add("last_name", shell.t("person-last-name-wrong"));
        errors.add("email", shell.t("associate-email-malformed"));
        let mut pages = vec![
            page(Fields::default(), None, Errors::default(), None, None),
            page(Fields::default(), None, errors, None, None),
        ];
        for row in Row::samples() {
            let done = Some(if row.live.is_some() { "done-invited" } else { "done-saved" });
            pages.push(page(fields.clone(), Some(row), Errors::default(), None, done));
        }
        let row = Row::sample("Ana Souza", people::Involvement::Associated, None);
        let asked = Some("done-saved-asked-person");
        pages.push(page(fields.clone(), Some(row), Errors::default(), None, asked));
        let conflict = Errors::whole(shell.t("person-conflict"));
        let row = Row::sample("Ana Souza", people::Involvement::NotInvited, None);
        pages.push(page(fields.clone(), Some(row), conflict, Some(fields), Some("done-too-soon")));
        pages
    }
}

pub async fn blank(visitor: Administrator) -> Result<Response, Trouble> {
    form(&visitor, StatusCode::OK, Fields::default(), Errors::default())
}

fn form(
    visitor: &Administrator,
    status: StatusCode,
    fields: Fields,
    errors: Errors,
) -> Result<Response, Trouble> {
    let page = PersonPage {
        shell: visitor.associated.shell(),
        fields,
        errors,
        row: None,
        conflict: None,
        wanted: None,
        same_address: vec![],
        done: None,
    };
    signed_in_page(visitor.visit(), status, &page)
}

/// The person of an address of this site; another company's and nobody's look alike (AS-08).
pub async fn find(portal: &Portal, visitor: &Administrator, id: &str) -> Result<Person, Trouble> {
    let id: ProfileId = id.parse().map_err(|_| Trouble::not_found())?;
    let found = people::store::find(portal.db.reader(), id).await?;
    let is_own = |(person, company): &(Person, Company)| {
        person.profile.company == visitor.acts.company() && person.profile.is_active && company.is_active
    };
    found.filter(is_own).map(|(person, _)| person).ok_or_else(Trouble::not_found)
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let person = find(&portal, &visitor, &id).await?;
    let fields = Fields::of(&person.profile);
    filled(&portal, &visitor, StatusCode::OK, &person, fields, Errors::default(), None).await
}

async fn filled(
    portal: &Portal,
    visitor: &Administrator,
    status: StatusCode,
    person: &Person,
    fields: Fields,
    errors: Errors,
    conflict: Option<Fields>,
) -> Result<Response, Trouble> {
    let db = portal.db.reader();
    let same = profile::store::list_same_address(db, &person.profile).await?;
    let wanted = address::store::find(db, visitor.visit().now, person.profile.id).await?;
    let page = PersonPage {
        shell: visitor.associated.shell(),
        fields,
        errors,
        row: Some(Row::of(person, visitor.visit())),
        conflict,
        wanted: wanted.filter(|_| person.current.is_some()).map(|wanted| wanted.email),
        same_address: same.iter().map(Profile::name).collect(),
        done: done_of(visitor.visit()),
    };
    signed_in_page(visitor.visit(), status, &page)
}

fn edit_of(visitor: &Administrator, fields: &Fields, details: Details) -> Edit {
    Edit {
        details,
        is_admin: fields.administrator.is_some(),
        invite: fields.invite.is_some(),
        version: fields.version,
        language: visitor.visit().language,
    }
}

pub async fn add(
    State(portal): State<Portal>,
    visitor: Administrator,
    fields: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let again = |status, fields, errors| form(&visitor, status, fields, errors);
    let fields = fields.or_again(visitor.visit(), again)?;
    let details = match fields.details(|key| visitor.visit().t(key)) {
        Ok(details) => details,
        Err(errors) => return form(&visitor, StatusCode::UNPROCESSABLE_ENTITY, fields, errors),
    };
    let edit = edit_of(&visitor, &fields, details);
    let tx = once(visitor.acts(&portal, None).await?, visitor.visit()).await?;
    let added = actions::add(&tx, visitor.visit().now, &portal.desk(), &edit).await?;
    let (id, invited) = added.map_err(too_many_letters)?;
    let done = match invited {
        None => "added",
        Some(invited) => saved_word(invited, "added-invited"),
    };
    let place = format!("{LIST}/{id}?done={done}");
    Ok(see_other(&tx.commit(visitor.visit().now, place).await?))
}

pub async fn save(
    State(portal): State<Portal>,
    visitor: Administrator,
    Path(id): Path<String>,
    fields: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let person = match find(&portal, &visitor, &id).await {
        Ok(person) => person,
        // Somebody of another company, of whom the form was shown: that is said first.
        Err(missing) => {
            fields.checked()?;
            return Err(missing);
        }
    };
    let fields = match fields {
        Recoverable::Checked(fields) => fields,
        Recoverable::Refused(fields, why) => {
            let errors = Errors::whole(why.text(visitor.visit()));
            return filled(&portal, &visitor, why.status(), &person, fields, errors, None).await;
        }
    };
    let details = match fields.details(|key| visitor.visit().t(key)) {
        Ok(details) => details,
        Err(errors) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return filled(&portal, &visitor, status, &person, fields, errors, None).await;
        }
    };
    if person.profile.id == visitor.acts.profile() && details.email.key() != person.profile.email_key {
        visitor.associated.prove_again(&portal)?;
    }
    let edit = edit_of(&visitor, &fields, details);
    let (now, id) = (visitor.visit().now, person.profile.id);
    let tx = once(visitor.acts(&portal, Some(id)).await?, visitor.visit()).await?;
    let saved = actions::save(&tx, now, &portal.desk(), id, &edit).await?;
    match saved {
        Saved::Done { invited, withdrawn, asked } => {
            let done = match invited {
                _ if asked && id == visitor.acts.profile() => "saved-asked",
                _ if asked => "saved-asked-person",
                None if withdrawn => "saved-withdrawn",
                None => "saved",
                Some(invited) => saved_word(invited, "saved-invited"),
            };
            // Whoever gave up their own rights cannot come back to this page.
            let is_out = id == visitor.acts.profile() && !edit.is_admin;
            let place = if is_out { "/account".into() } else { format!("{LIST}/{id}?done={done}") };
            Ok(see_other(&tx.commit(now, place).await?))
        }
        Saved::NotFound => Err(Trouble::not_found()),
        Saved::TooManyLetters(full) => Err(too_many_letters(full)),
        Saved::LastAdministrator => {
            drop(tx);
            let errors = Errors::whole(visitor.visit().t("person-last-administrator"));
            filled(&portal, &visitor, StatusCode::CONFLICT, &person, fields, errors, None).await
        }
        Saved::Conflict(theirs) => {
            drop(tx);
            let errors = Errors::whole(visitor.visit().t("person-conflict"));
            let fields = Fields { version: theirs.version, ..fields };
            let theirs = Some(Fields::of(&theirs));
            filled(&portal, &visitor, StatusCode::CONFLICT, &person, fields, errors, theirs).await
        }
    }
}
