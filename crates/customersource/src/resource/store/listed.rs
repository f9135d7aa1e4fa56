//! Lists of resources, turned by the one beside the page.
use platform::{
    Fault,
    clock::Moment,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, Order, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use super::of_pair;
use crate::{
    newsletter::{NewsletterId, entity::newsletter as letters},
    resource::{Resource, ResourceId, Section, State, entity::resource},
};

/// Published resources of a section, or of a newsletter, the newest first.
pub async fn list_published(
    db: &impl ConnectionTrait,
    now: Moment,
    (section, newsletter): (Section, Option<NewsletterId>),
    (turn, most): (&Turn<ResourceId>, u64),
) -> Result<Leaf<Resource>, Fault> {
    let mut query = resource::Entity::find()
        .filter(resource::Column::Section.eq(section.text()))
        .filter(resource::Column::State.eq(State::Published.text()))
        .filter(resource::Column::PublishedAt.lte(now));
    if let Some(newsletter) = newsletter {
        query = query.filter(resource::Column::NewsletterId.eq(newsletter));
    }
    turned(db, query, (resource::Column::PublishedAt, |row| row.published_at), (turn, most)).await
}

/// Everything, for staff: the last changed first.
pub async fn list_all(
    db: &impl ConnectionTrait,
    turn: &Turn<ResourceId>,
    most: u64,
) -> Result<Leaf<Resource>, Fault> {
    let query = resource::Entity::find();
    turned(db, query, (resource::Column::UpdatedAt, |row| Some(row.updated_at)), (turn, most)).await
}

/// A page by a time, the latest first; equal ones by name. A row beside the page that is gone is the list's beginning.
async fn turned(
    db: &impl ConnectionTrait,
    query: Select<resource::Entity>,
    (column, at): (resource::Column, fn(&resource::Model) -> Option<Moment>),
    (turn, most): (&Turn<ResourceId>, u64),
) -> Result<Leaf<Resource>, Fault> {
    use resource::Column::{Id, Slug};
    let beside = match turn.key() {
        Some(id) => resource::Entity::find_by_id(*id).one(db).await?,
        None => None,
    };
    let beside = beside.and_then(|row| Some((at(&row)?, row)));
    let is_back = turn.is_backwards() && (beside.is_some() || turn.key().is_none());
    let (down, up) = if is_back { (Order::Asc, Order::Desc) } else { (Order::Desc, Order::Asc) };
    let mut query = query.order_by(column, down).order_by(Slug, up.clone()).order_by(Id, up);
    let turn = if beside.is_none() && turn.key().is_some() { &Turn::First } else { turn };
    if let Some((at, row)) = beside {
        let (farther, slug, id) = match is_back {
            true => (column.gt(at), Slug.lt(row.slug.as_str()), Id.lt(row.id)),
            false => (column.lt(at), Slug.gt(row.slug.as_str()), Id.gt(row.id)),
        };
        let same_slug = Condition::all().add(Slug.eq(row.slug.as_str())).add(id);
        let same_time = Condition::all().add(column.eq(at)).add(Condition::any().add(slug).add(same_slug));
        query = query.filter(Condition::any().add(farther).add(same_time));
    }
    let query = query.limit(most.saturating_add(1)).find_also_related(letters::Entity);
    let leaf = turn.leaf(query.all(db).await?, most);
    let (has_before, has_after) = (leaf.has_before, leaf.has_after);
    Ok(Leaf { rows: leaf.rows.into_iter().filter_map(of_pair).collect(), has_before, has_after })
}
