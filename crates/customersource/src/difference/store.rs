//! Queries on differences.
use std::collections::HashMap;

use platform::{
    Fault,
    clock::Moment,
    random::Random,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::{
    Difference, DifferenceId,
    entity::{ActiveModel, Column, Entity, Model, Stored},
};
use crate::{
    company::{self, Company},
    profile::{self, Profile, ProfileId, held::Field},
};

fn of_row(row: Model) -> Option<Difference> {
    Some(Difference {
        id: row.id,
        profile: row.profile_id,
        field: Field::of_text(&row.field)?,
        theirs: row.theirs,
        seen_at: row.seen_at,
    })
}

/// What the business system says of a profile now, where it differs: what is no difference any more is forgotten, and
/// what was looked at and kept is news only when it says yet another thing.
pub async fn note(
    db: &impl ConnectionTrait,
    now: Moment,
    random: &Random,
    profile: ProfileId,
    differs: &[(Field, String)],
) -> Result<(), Fault> {
    let known = Entity::find().filter(Column::ProfileId.eq(profile)).all(db).await?;
    for row in &known {
        if !differs.iter().any(|(field, _)| field.text() == row.field) {
            remove(db, row.id).await?;
        }
    }
    for (field, theirs) in differs {
        match known.iter().find(|row| row.field == field.text()) {
            Some(row) if row.theirs == *theirs => {}
            Some(row) => {
                Entity::update_many()
                    .col_expr(Column::Theirs, Expr::value(theirs.as_str()))
                    .col_expr(Column::State, Expr::value(Stored::Open))
                    .col_expr(Column::SeenAt, Expr::value(now))
                    .filter(Column::Id.eq(row.id))
                    .exec(db)
                    .await?;
            }
            None => {
                let row = ActiveModel {
                    id: Set(DifferenceId::new(now, random)),
                    profile_id: Set(profile),
                    field: Set(field.text().to_owned()),
                    theirs: Set(theirs.clone()),
                    state: Set(Stored::Open),
                    seen_at: Set(now),
                };
                Entity::insert(row).exec_without_returning(db).await?;
            }
        }
    }
    Ok(())
}

/// What is noted of every profile of a source, kept or not.
pub async fn list_noted(
    db: &impl ConnectionTrait,
    source: &str,
) -> Result<HashMap<ProfileId, Vec<(Field, String)>>, Fault> {
    let rows = Entity::find()
        .find_also_related(profile::entity::Entity)
        .filter(profile::entity::Column::Source.eq(source))
        .all(db)
        .await?;
    let mut noted: HashMap<ProfileId, Vec<(Field, String)>> = HashMap::new();
    for difference in rows.into_iter().filter_map(|(row, _)| of_row(row)) {
        noted.entry(difference.profile).or_default().push((difference.field, difference.theirs));
    }
    Ok(noted)
}

/// A difference that waits for somebody, with whom it is about.
pub type Waiting = (Difference, Profile, Company);

/// A page of those that wait, the oldest first.
pub async fn list_open(
    db: &impl ConnectionTrait,
    turn: Turn<DifferenceId>,
    most: u64,
) -> Result<Leaf<Waiting>, Fault> {
    let mut query =
        Entity::find().find_also_related(profile::entity::Entity).filter(Column::State.eq(Stored::Open));
    query = match turn {
        Turn::After(key) => query.filter(Column::Id.gt(key)),
        Turn::Before(key) => query.filter(Column::Id.lt(key)),
        Turn::First | Turn::Last => query,
    };
    query = match turn.is_backwards() {
        true => query.order_by_desc(Column::Id),
        false => query.order_by_asc(Column::Id),
    };
    let leaf = turn.leaf(query.limit(most.saturating_add(1)).all(db).await?, most);
    let (has_before, has_after, rows) = (leaf.has_before, leaf.has_after, leaf.rows);
    let companies: Vec<_> =
        rows.iter().filter_map(|(_, profile)| Some(profile.as_ref()?.organization_id)).collect();
    let companies = company::store::Rows::list(db, &companies).await?;
    let waiting = rows.into_iter().filter_map(|(row, profile)| {
        let profile = profile?;
        let company = companies.get(&profile.organization_id)?.clone();
        Some((of_row(row)?, profile::store::of_row(profile), company::store::of_row(company)))
    });
    Ok(Leaf { rows: waiting.collect(), has_before, has_after })
}

/// One that waits.
pub async fn find_open(db: &impl ConnectionTrait, id: DifferenceId) -> Result<Option<Difference>, Fault> {
    let row = Entity::find_by_id(id).filter(Column::State.eq(Stored::Open)).one(db).await?;
    Ok(row.and_then(of_row))
}

/// The portal's word stays; false when that was said before.
pub async fn spend_kept(db: &impl ConnectionTrait, id: DifferenceId) -> Result<bool, Fault> {
    let updated = Entity::update_many()
        .col_expr(Column::State, Expr::value(Stored::Kept))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(Stored::Open))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

pub async fn remove(db: &impl ConnectionTrait, id: DifferenceId) -> Result<(), Fault> {
    Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}
