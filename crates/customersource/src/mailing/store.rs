//! Queries on letters.
use platform::{Fault, clock::Moment, email::EmailAddress, mail::Letter, sweep::Over};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::{KEPT, Kind, Mailing, MailingId, Regarding, State, entity};
use crate::profile::ProfileId;

/// Letters that nobody asks about any more.
pub const OVER: Over = Over::of("mailing", "made_at").kept(KEPT);

fn of_row(row: entity::Model) -> Mailing {
    Mailing {
        id: row.id,
        kind: Kind::of_text(&row.kind),
        subject: row.subject,
        sent_to: row.sent_to,
        profile: row.profile_id,
        invitation: row.invitation_id,
        newsletter: row.newsletter_id,
        state: State::of_text(&row.state),
        why: row.why,
        made_at: row.made_at,
        state_at: row.state_at,
    }
}

/// What makes two spellings of an address one; whatever a business system called an address has one as well.
pub fn key_of(address: &str) -> String {
    EmailAddress::parse(address).map_or_else(|_| address.to_lowercase(), |address| address.key().to_owned())
}

pub async fn add(
    db: &impl ConnectionTrait,
    now: Moment,
    id: MailingId,
    letter: &Letter,
    about: &Regarding,
) -> Result<(), Fault> {
    let row = entity::ActiveModel {
        id: Set(id),
        kind: Set(about.kind.text().to_owned()),
        subject: Set(letter.subject.clone()),
        sent_to: Set(letter.to.clone()),
        to_key: Set(key_of(&letter.to)),
        profile_id: Set(about.profile),
        invitation_id: Set(about.invitation),
        newsletter_id: Set(about.newsletter),
        state: Set(State::Queued.text().to_owned()),
        why: Set(None),
        made_at: Set(now),
        state_at: Set(now),
    };
    entity::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: MailingId) -> Result<Option<Mailing>, Fault> {
    Ok(entity::Entity::find_by_id(id).one(db).await?.map(of_row))
}

/// Says what became of a letter, while it stands in one of these states; true when it did.
pub async fn set_state(
    db: &impl ConnectionTrait,
    now: Moment,
    id: MailingId,
    (from, to): (&[State], State),
    why: Option<&str>,
) -> Result<bool, Fault> {
    let done = entity::Entity::update_many()
        .col_expr(entity::Column::State, Expr::value(to.text()))
        .col_expr(entity::Column::StateAt, now.into())
        .col_expr(entity::Column::Why, Expr::value(why.map(str::to_owned)))
        .filter(entity::Column::Id.eq(id))
        .filter(entity::Column::State.is_in(from.iter().map(|state| state.text())))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The newest letters about a profile or to one of these addresses.
pub async fn list(
    db: &impl ConnectionTrait,
    profile: Option<ProfileId>,
    to_key: &str,
    most: u64,
) -> Result<Vec<Mailing>, Fault> {
    let mut any = Condition::any().add(entity::Column::ToKey.eq(to_key));
    if let Some(profile) = profile {
        any = any.add(entity::Column::ProfileId.eq(profile));
    }
    let rows = entity::Entity::find()
        .filter(any)
        .order_by_desc(entity::Column::MadeAt)
        .order_by_desc(entity::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(of_row).collect())
}

/// Letters that wait and have no job any more: the operator dropped it.
pub async fn list_dropped(db: &impl ConnectionTrait, most: u64) -> Result<Vec<MailingId>, Fault> {
    let jobs = sea_orm::sea_query::Query::select().column("id").from("outbox").to_owned();
    Ok(entity::Entity::find()
        .select_only()
        .column(entity::Column::Id)
        .filter(entity::Column::State.eq(State::Queued.text()))
        .filter(entity::Column::Id.not_in_subquery(jobs))
        .limit(most)
        .into_tuple()
        .all(db)
        .await?)
}
