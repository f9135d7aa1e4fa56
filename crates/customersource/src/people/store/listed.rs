//! The people of a company in one state, page by page.
use platform::{
    Fault,
    clock::Moment,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, SelectStatement},
};

use super::with_standing;
use crate::{
    association::{
        Purpose,
        entity::{association, invitation},
    },
    company::CompanyId,
    people::{Only, Person},
    profile::{self, Administrator, ProfileId, entity},
};

/// Which page of which people.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought<'a> {
    /// Words of names and addresses.
    pub text: &'a str,
    pub only: Only,
    pub turn: Turn<ProfileId>,
    pub most: u64,
}

/// A page of the administrator's own company.
pub async fn people(
    db: &impl ConnectionTrait,
    now: Moment,
    by: &Administrator,
    wanted: &Sought<'_>,
) -> Result<Leaf<Person>, Fault> {
    // Removed people are nobody's business but staff's.
    let is_there = entity::Column::State.eq(entity::Stored::Active);
    page(db, by.company(), wanted, condition(now, wanted.only).add(is_there)).await
}

/// A page of any company, removed people too: for staff.
pub async fn everybody(
    db: &impl ConnectionTrait,
    now: Moment,
    company: CompanyId,
    wanted: &Sought<'_>,
) -> Result<Leaf<Person>, Fault> {
    page(db, company, wanted, condition(now, wanted.only)).await
}

async fn page(
    db: &impl ConnectionTrait,
    company: CompanyId,
    wanted: &Sought<'_>,
    only: Condition,
) -> Result<Leaf<Person>, Fault> {
    let about = (wanted.text, only);
    let leaf = profile::store::page(db, company, about, (wanted.turn, wanted.most)).await?;
    let (has_before, has_after) = (leaf.has_before, leaf.has_after);
    Ok(Leaf { rows: with_standing(db, leaf.rows).await?, has_before, has_after })
}

fn condition(now: Moment, only: Only) -> Condition {
    let (associated, invited) = (Expr::exists(associations(true)), Expr::exists(live_invitations(now)));
    let active = entity::Column::State.eq(entity::Stored::Active);
    let all = Condition::all();
    match only {
        Only::Everybody => all,
        Only::Associated => all.add(active).add(associated),
        Only::Invited => all.add(active).add(associated.not()).add(invited),
        Only::NotInvited => all.add(active).add(associated.not()).add(invited.not()),
        Only::NeverSignedIn => all.add(active).add(Expr::exists(associations(false)).not()),
        Only::Removed => all.add(entity::Column::State.eq(entity::Stored::Removed)),
    }
}

fn own(column: Expr) -> Expr {
    column.equals((entity::Entity, entity::Column::Id))
}

fn associations(in_force: bool) -> SelectStatement {
    let mut query = association::Entity::find()
        .select_only()
        .column(association::Column::Id)
        .filter(own(Expr::col((association::Entity, association::Column::ProfileId))));
    if in_force {
        query = query.filter(association::Column::State.eq(association::Stored::Active));
    }
    query.into_query()
}

/// Links that can be used, but for claims, which are their claimants' own business.
fn live_invitations(now: Moment) -> SelectStatement {
    let sent_to = Expr::col((invitation::Entity, invitation::Column::SentToKey));
    invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .filter(own(Expr::col((invitation::Entity, invitation::Column::ProfileId))))
        .filter(sent_to.equals((entity::Entity, entity::Column::EmailKey)))
        .filter(invitation::Column::State.is_in(invitation::Stored::LIVE))
        .filter(invitation::Column::Purpose.ne(Purpose::SelfClaim.text()))
        .filter(invitation::Column::ExpiresAt.gt(now))
        .into_query()
}
