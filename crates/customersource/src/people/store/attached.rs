//! The people of a company that something still hangs on: an association, links, subscriptions, watched threads,
//! seats.
use platform::Fault;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};

use crate::{
    association::entity::{association, invitation},
    company::CompanyId,
    newsgroup::entity::watch,
    newsletter::entity::subscription,
    profile::{self, Profile, entity},
    training::entity::enrolment,
};

/// At most so many, the oldest first.
pub async fn list(db: &impl ConnectionTrait, company: CompanyId, most: u64) -> Result<Vec<Profile>, Fault> {
    let live = || {
        invitation::Entity::find()
            .select_only()
            .filter(invitation::Column::State.is_in(invitation::Stored::LIVE))
            .filter(invitation::Column::OrganizationId.eq(company))
    };
    let associated = association::Entity::find()
        .select_only()
        .column(association::Column::ProfileId)
        .filter(association::Column::State.eq(association::Stored::Active));
    let asked = live().filter(invitation::Column::AskedBy.is_not_null());
    let subscribed = subscription::Entity::find().select_only().column(subscription::Column::ProfileId);
    let watching = watch::Entity::find().select_only().column(watch::Column::ProfileId);
    let seated = enrolment::Entity::find().select_only().column(enrolment::Column::ProfileId);
    let attached = [
        associated.into_query(),
        live().column(invitation::Column::ProfileId).into_query(),
        asked.column(invitation::Column::AskedBy).into_query(),
        subscribed.into_query(),
        watching.into_query(),
        seated.into_query(),
    ];
    let any = attached
        .into_iter()
        .fold(Condition::any(), |any, query| any.add(entity::Column::Id.in_subquery(query)));
    let rows = entity::Entity::find()
        .filter(entity::Column::OrganizationId.eq(company))
        .filter(entity::Column::State.eq(entity::Stored::Active))
        .filter(any)
        .order_by_asc(entity::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(profile::store::of_row).collect())
}
