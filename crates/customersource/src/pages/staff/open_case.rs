//! Opening a case for a person of a company (CS-53): a page of its own, so that looking for somebody else takes nothing of
//! what was written.
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Errors, Recoverable, Shell, Trouble, see_other};
use serde::Deserialize;

use super::{only, spend};
use crate::{
    Portal,
    acting::Locks,
    admin_case::{self, Outcome, Proposal},
    company::{self, CompanyId},
    pages::signed_in_page,
    profile::{self, Profile, ProfileId},
    staff,
    visitor::Staff,
};

#[derive(Template)]
#[template(path = "staff/case.html")]
pub struct OpenCasePage {
    shell: Shell,
    company: String,
    company_id: String,
    /// Whom it proposes.
    person: String,
    email: String,
    fields: CaseForm,
    errors: Errors,
}

#[cfg(test)]
impl platform::web::page::Samples for OpenCasePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |fields, errors| Self {
            shell: shell.clone(),
            company: "Contoso Ltda".into(),
            company_id: "1".into(),
            person: "Maria Silva".into(),
            email: "maria@contoso.example".into(),
            fields,
            errors,
        };
        let mut errors = Errors::default();
        for (field, key) in ERRORS {
            errors.add(field, shell.t(key));
        }
        let gone = Errors::whole(shell.t("case-proposed-gone"));
        let typed = || CaseForm { evidence: "No".into(), replaces: Some("on".into()), ..CaseForm::default() };
        vec![page(CaseForm::default(), Errors::default()), page(typed(), errors), page(typed(), gone)]
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CaseForm {
    profile: String,
    asked_by: String,
    evidence: String,
    replaces: Option<String>,
}

/// Every field that can be wrong, with the catalogue key of what to do.
const ERRORS: [(&str, &str); 2] = [("asked_by", "case-asked-by-wrong"), ("evidence", "case-evidence-wrong")];

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    profile: String,
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let company: CompanyId = id.parse().map_err(|_| Trouble::not_found())?;
    // Nobody is chosen: that is done on the page of the company.
    let Ok(proposed) = asked.profile.parse::<ProfileId>() else {
        return Ok(see_other(&format!("/staff/companies/{company}")));
    };
    let fields = CaseForm { profile: proposed.to_string(), ..CaseForm::default() };
    page(&portal, &visitor, (company, proposed), StatusCode::OK, (fields, Errors::default())).await
}

async fn page(
    portal: &Portal,
    visitor: &Staff,
    (company, proposed): (CompanyId, ProfileId),
    status: StatusCode,
    (fields, errors): (CaseForm, Errors),
) -> Result<Response, Trouble> {
    let db = portal.db.reader();
    let company = company::store::find(db, company).await?.ok_or_else(Trouble::not_found)?;
    let person = profile::store::find(db, proposed).await?.map(|(person, _)| person);
    let person = person.filter(|person| person.company == company.id).ok_or_else(Trouble::not_found)?;
    let is_gone = !(person.is_active && company.is_active);
    let errors = match is_gone {
        true => Errors::whole(visitor.visit.t("case-proposed-gone")),
        false => errors,
    };
    let status = if is_gone { StatusCode::CONFLICT } else { status };
    let page = OpenCasePage {
        shell: visitor.shell(),
        company: company.name,
        company_id: company.id.to_string(),
        person: Profile::name(&person),
        email: person.email,
        fields,
        errors,
    };
    signed_in_page(&visitor.visit, status, &page)
}

pub async fn open(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    sent: Recoverable<CaseForm>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_help())?;
    let id: CompanyId = id.parse().map_err(|_| Trouble::not_found())?;
    let (Recoverable::Checked(form) | Recoverable::Refused(form, _)) = &sent;
    let proposed: ProfileId = form.profile.parse().map_err(|_| Trouble::not_found())?;
    let again = |status, form, errors| page(&portal, &visitor, (id, proposed), status, (form, errors));
    let form = match sent {
        Recoverable::Checked(form) => form,
        Recoverable::Refused(form, why) => {
            return again(why.status(), form, Errors::whole(why.text(&visitor.visit))).await;
        }
    };
    let (asked_by, evidence) = (staff::reason(&form.asked_by), staff::reason(&form.evidence));
    let fits = [asked_by.is_some(), evidence.is_some()];
    let (Some(asked_by), Some(evidence)) = (asked_by, evidence) else {
        let mut errors = Errors::default();
        for ((field, key), _) in ERRORS.into_iter().zip(fits).filter(|(_, fits)| !fits) {
            errors.add(field, visitor.visit.t(key));
        }
        return again(StatusCode::UNPROCESSABLE_ENTITY, form, errors).await;
    };
    let proposal = Proposal { proposed, replaces: form.replaces.is_some(), asked_by, evidence };
    let tx = visitor.acts(&portal, &Locks::of_company(id).and([proposed])).await?;
    spend(&tx, &portal, &visitor).await?;
    let now = visitor.visit.now;
    let why = match admin_case::actions::open(&tx, now, &portal.desk(), id, &proposal).await? {
        Outcome::Done => {
            let place = format!("/staff/companies/{id}?done=done");
            return Ok(see_other(&tx.commit(now, place).await?));
        }
        Outcome::OwnProfile => "staff-case-own-profile",
        Outcome::Running | Outcome::NeedsAnother => "staff-case-running",
        Outcome::NotFound => "case-proposed-gone",
    };
    drop(tx);
    again(StatusCode::CONFLICT, form, Errors::whole(visitor.visit.t(why))).await
}
