//! Looking through many people: by the words that were typed, page by page.
use platform::{
    Fault,
    db::rows::AT_ONCE,
    fold::fold,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, LikeExpr},
};

use super::{entity, of_row, with_company};
use crate::{
    company::{self, Company, CompanyId},
    profile::{Administrator, Profile, ProfileId},
};

/// Matches text as it is typed: `%` and `_` are letters like others.
fn pattern(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    escaped.push('%');
    for c in fold(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped.push('%');
    escaped
}

/// Where name or address hold every word of `text`.
pub(super) fn holds(text: &str) -> Condition {
    let mut all = Condition::all();
    for word in text.split_whitespace().take(8) {
        let folded = Expr::col((entity::Entity, entity::Column::Folded));
        all = all.add(folded.like(LikeExpr::new(pattern(word)).escape('\\')));
    }
    all
}

/// A page of the people of a company for whom `only` holds, by last name; `text` narrows it down.
pub async fn page(
    db: &impl ConnectionTrait,
    company: CompanyId,
    (text, only): (&str, Condition),
    (turn, most): (Turn<ProfileId>, u64),
) -> Result<Leaf<Profile>, Fault> {
    let mut query = entity::Entity::find()
        .filter(entity::Column::OrganizationId.eq(company))
        .filter(only)
        .filter(holds(text));
    // The place where the page begins is where that person stands today; a person of another company has none here.
    let beside = match turn.key() {
        Some(key) => entity::Entity::find_by_id(*key).one(db).await?,
        None => None,
    };
    let beside = beside.filter(|row| row.organization_id == company);
    let turn = if beside.is_none() && turn.key().is_some() { Turn::First } else { turn };
    if let Some(row) = beside {
        let order = Expr::tuple([
            Expr::col((entity::Entity, entity::Column::Folded)),
            Expr::col((entity::Entity, entity::Column::Id)),
        ]);
        let here = Expr::tuple([Expr::value(row.folded.unwrap_or_default()), Expr::value(row.id)]);
        query = query.filter(if turn.is_backwards() { order.lt(here) } else { order.gt(here) });
    }
    query = match turn.is_backwards() {
        true => query.order_by_desc(entity::Column::Folded).order_by_desc(entity::Column::Id),
        false => query.order_by_asc(entity::Column::Folded).order_by_asc(entity::Column::Id),
    };
    let rows = query.limit(most.saturating_add(1)).all(db).await?;
    Ok(turn.leaf(rows, most).map(of_row))
}

/// Those of these people who are of the administrator's company, in the order of their ids.
pub async fn list_own(
    db: &impl ConnectionTrait,
    by: &Administrator,
    ids: &[ProfileId],
) -> Result<Vec<Profile>, Fault> {
    let mut people = Vec::new();
    for ids in ids.chunks(AT_ONCE) {
        let rows = entity::Entity::find()
            .filter(entity::Column::Id.is_in(ids.iter().copied()))
            .filter(entity::Column::OrganizationId.eq(by.company()))
            .filter(entity::Column::State.eq(entity::Stored::Active))
            .order_by_asc(entity::Column::Id)
            .all(db)
            .await?;
        people.extend(rows.into_iter().map(of_row));
    }
    Ok(people)
}

/// People of every company whose name or address holds `text`, in the order of their ids: for staff.
pub async fn search(
    db: &impl ConnectionTrait,
    text: &str,
    (turn, most): (Turn<ProfileId>, u64),
) -> Result<Leaf<(Profile, Company)>, Fault> {
    let mut query = entity::Entity::find().find_also_related(company::entity::Entity).filter(holds(text));
    query = match turn {
        Turn::After(key) => query.filter(entity::Column::Id.gt(key)),
        Turn::Before(key) => query.filter(entity::Column::Id.lt(key)),
        Turn::First | Turn::Last => query,
    };
    query = match turn.is_backwards() {
        true => query.order_by_desc(entity::Column::Id),
        false => query.order_by_asc(entity::Column::Id),
    };
    let rows = query.limit(most.saturating_add(1)).all(db).await?;
    let leaf = turn.leaf(rows, most);
    let (has_before, has_after) = (leaf.has_before, leaf.has_after);
    Ok(Leaf { rows: leaf.rows.into_iter().filter_map(with_company).collect(), has_before, has_after })
}
