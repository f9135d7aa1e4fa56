//! Queries on cases; every step is a gate that one caller passes.
use platform::{
    Fault,
    clock::Moment,
    db::rows,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, SelectThree, TopologyChain,
    sea_query::{Expr, ExprTrait as _},
};

use super::{Case, CaseId, Proposal, State, entity};
use crate::{
    company::{self, Company, CompanyId},
    profile::{self, Profile, ProfileId},
    rp::Subject,
};

fn of_row(row: entity::Model) -> Case {
    Case {
        id: row.id,
        company: row.organization_id,
        proposed: row.profile_id,
        replaces: row.replaces,
        asked_by: row.asked_by,
        evidence: row.evidence,
        opened: Subject { iss: row.opened_iss, sub: row.opened_sub },
        opened_by: row.opened_by,
        approved: row.approved_iss.zip(row.approved_sub).map(|(iss, sub)| Subject { iss, sub }),
        approved_by: row.approved_by,
        state: State::of_text(&row.state),
        opened_at: row.opened_at,
        effective_at: row.effective_at,
        approved_email: row.approved_email,
        refused_by: row.refused_by,
        refused_for: row.refused_for,
    }
}

pub async fn find(db: &impl ConnectionTrait, id: CaseId) -> Result<Option<Case>, Fault> {
    Ok(entity::Entity::find_by_id(id).one(db).await?.map(of_row))
}

/// A case with whom it proposes.
pub type Proposed = (Case, Option<(Profile, Company)>);

fn proposed(
    rows: (entity::Model, Option<profile::entity::Model>, Option<company::entity::Model>),
) -> Proposed {
    let (case, person, company) = rows;
    let person = person.map(profile::store::of_row).zip(company.map(company::store::of_row));
    (of_row(case), person)
}

fn with_proposed()
-> SelectThree<entity::Entity, profile::entity::Entity, company::entity::Entity, TopologyChain> {
    entity::Entity::find()
        .find_also_related(profile::entity::Entity)
        .and_also_related(company::entity::Entity)
}

pub async fn find_proposed(db: &impl ConnectionTrait, id: CaseId) -> Result<Option<Proposed>, Fault> {
    Ok(with_proposed().filter(entity::Column::Id.eq(id)).one(db).await?.map(proposed))
}

/// Cases of one company or of all, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    company: Option<CompanyId>,
    (turn, most): (&Turn<CaseId>, u64),
) -> Result<Leaf<Proposed>, Fault> {
    let mut query = with_proposed();
    query = match turn {
        Turn::After(key) => query.filter(entity::Column::Id.lt(*key)),
        Turn::Before(key) => query.filter(entity::Column::Id.gt(*key)),
        Turn::First | Turn::Last => query,
    };
    if let Some(company) = company {
        query = query.filter(entity::Column::OrganizationId.eq(company));
    }
    let order = if turn.is_backwards() { Order::Asc } else { Order::Desc };
    let rows = query.order_by(entity::Column::Id, order).limit(most.saturating_add(1)).all(db).await?;
    Ok(turn.leaf(rows, most).map(proposed))
}

/// Cases whose time has come.
pub async fn list_due(db: &impl ConnectionTrait, now: Moment) -> Result<Vec<Case>, Fault> {
    let rows = entity::Entity::find()
        .filter(entity::Column::State.eq(State::Approved.text()))
        .filter(entity::Column::EffectiveAt.lte(now))
        .order_by_asc(entity::Column::Id)
        .limit(100)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// The company has a case that is open or approved.
pub async fn has_running(db: &impl ConnectionTrait, company: CompanyId) -> Result<bool, Fault> {
    let row = entity::Entity::find()
        .filter(entity::Column::OrganizationId.eq(company))
        .filter(entity::Column::State.is_in([State::Open.text(), State::Approved.text()]))
        .one(db)
        .await?;
    Ok(row.is_some())
}

/// A case that is open or approved proposes this profile.
pub async fn is_running_for(db: &impl ConnectionTrait, profile: ProfileId) -> Result<bool, Fault> {
    let row = entity::Entity::find()
        .filter(entity::Column::ProfileId.eq(profile))
        .filter(entity::Column::State.is_in([State::Open.text(), State::Approved.text()]))
        .one(db)
        .await?;
    Ok(row.is_some())
}

/// Opens a case; false when another one of the company runs.
pub async fn add(
    db: &impl ConnectionTrait,
    now: Moment,
    id: CaseId,
    company: CompanyId,
    proposal: &Proposal,
    (by, label): (&Subject, &str),
) -> Result<bool, Fault> {
    let row = entity::ActiveModel {
        id: Set(id),
        organization_id: Set(company),
        profile_id: Set(proposal.proposed),
        replaces: Set(proposal.replaces),
        asked_by: Set(proposal.asked_by.clone()),
        evidence: Set(proposal.evidence.clone()),
        opened_iss: Set(by.iss.clone()),
        opened_sub: Set(by.sub.clone()),
        opened_by: Set(label.to_owned()),
        approved_iss: Set(None),
        approved_sub: Set(None),
        approved_by: Set(None),
        state: Set(State::Open.text().into()),
        opened_at: Set(now),
        approved_at: Set(None),
        effective_at: Set(None),
        approved_email: Set(String::new()),
        refused_by: Set(String::new()),
        refused_for: Set(String::new()),
    };
    rows::add_once(db, row).await
}

/// Approves an open case that somebody else opened; true for exactly one caller.
pub async fn spend_approval(
    db: &impl ConnectionTrait,
    now: Moment,
    id: CaseId,
    (by, label): (&Subject, &str),
    (email_key, effective_at): (&str, Moment),
) -> Result<bool, Fault> {
    let another =
        entity::Column::OpenedIss.ne(by.iss.as_str()).or(entity::Column::OpenedSub.ne(by.sub.as_str()));
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value(State::Approved.text()))
        .col_expr(entity::Column::ApprovedIss, Expr::value(by.iss.as_str()))
        .col_expr(entity::Column::ApprovedSub, Expr::value(by.sub.as_str()))
        .col_expr(entity::Column::ApprovedBy, Expr::value(label))
        .col_expr(entity::Column::ApprovedAt, now.into())
        .col_expr(entity::Column::EffectiveAt, effective_at.into())
        .col_expr(entity::Column::ApprovedEmail, Expr::value(email_key))
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::State.eq(State::Open.text()))
        .filter(another)
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Refuses a case before it takes effect, by whom and why; true for exactly one caller.
pub async fn spend_refusal(
    db: &impl ConnectionTrait,
    id: CaseId,
    (by, reason): (&str, &str),
) -> Result<bool, Fault> {
    let none = || Expr::value(Option::<String>::None);
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value(State::Refused.text()))
        .col_expr(entity::Column::RefusedBy, Expr::value(by))
        .col_expr(entity::Column::RefusedFor, Expr::value(reason))
        .col_expr(entity::Column::ApprovedIss, none())
        .col_expr(entity::Column::ApprovedSub, none())
        .col_expr(entity::Column::ApprovedBy, none())
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::State.is_in([State::Open.text(), State::Approved.text()]))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Takes an approved case into effect when its time has come; true for exactly one caller.
pub async fn spend_effect(db: &impl ConnectionTrait, now: Moment, id: CaseId) -> Result<bool, Fault> {
    let updated = entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value(State::Effective.text()))
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::State.eq(State::Approved.text()))
        .filter(entity::Column::EffectiveAt.lte(now))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}
