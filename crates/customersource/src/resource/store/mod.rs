//! Queries on resources and their words.
mod files;
mod listed;

use platform::{
    Fault,
    clock::Moment,
    db::{Tx, rows},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, OnConflict},
};

use super::{
    Resource, ResourceId, Section, State, Words,
    entity::{resource, text},
    markdown,
};
use crate::{
    access::Rule,
    newsletter::entity::newsletter as letters,
    search::{self, Entry, Kind},
};

pub use files::{
    PIECE, add_file, add_piece, count_pieces, drop_file, drop_files_but, drop_idle, end_idle, find_file,
    list_files, list_idle, move_pieces, read_piece, set_all_idle, set_idle,
};
pub use listed::{list_all, list_published};

/// What resources that come by the thousand fill.
pub const TABLES: [&str; 3] = ["resource", "resource_text", "search_text"];

/// A resource with its rule; an issue's under the one that its newsletter has now. A row that says what nobody
/// understands is left out: it is shown to nobody.
pub(crate) fn of_row(row: resource::Model, letter: Option<Rule>) -> Option<Resource> {
    let rule = Rule::of_text(&row.rule)?;
    Some(Resource {
        id: row.id,
        section: Section::of_text(&row.section)?,
        rule: if row.newsletter_id.is_some() { rule.under(letter?) } else { rule },
        state: State::of_text(&row.state),
        slug: row.slug,
        newsletter: row.newsletter_id,
        product: row.product,
        version: row.version,
        published_at: row.published_at,
        updated_at: row.updated_at,
        mailed_at: row.mailed_at,
        revision: row.revision.into(),
    })
}

fn of_pair((row, letter): (resource::Model, Option<letters::Model>)) -> Option<Resource> {
    of_row(row, letter.and_then(|letter| Rule::of_text(&letter.rule)))
}

fn words_of(row: text::Model) -> Words {
    Words { language: row.language, title: row.title, summary: row.summary, body: row.body }
}

/// A resource by its address, published or not.
pub async fn find(
    db: &impl ConnectionTrait,
    section: Section,
    slug: &str,
) -> Result<Option<Resource>, Fault> {
    let row = resource::Entity::find()
        .find_also_related(letters::Entity)
        .filter(resource::Column::Section.eq(section.text()))
        .filter(resource::Column::Slug.eq(slug))
        .one(db)
        .await?;
    Ok(row.and_then(of_pair))
}

pub async fn find_by_id(db: &impl ConnectionTrait, id: ResourceId) -> Result<Option<Resource>, Fault> {
    let row = resource::Entity::find_by_id(id).find_also_related(letters::Entity).one(db).await?;
    Ok(row.and_then(of_pair))
}

/// The resource as it is now and stays until the transaction ends: for what is written about it.
pub async fn hold(tx: &Tx, id: ResourceId) -> Result<Option<Resource>, Fault> {
    resource::Entity::find_by_id(id).lock_shared().one(tx).await?;
    find_by_id(tx, id).await
}

/// What can be read now: published, and not in the future.
pub fn is_out(resource: &Resource, now: Moment) -> bool {
    resource.state == State::Published && resource.published_at.is_some_and(|at| at <= now)
}

/// These resources, in no order; what is gone is left out.
pub async fn list_by_id(db: &impl ConnectionTrait, ids: &[ResourceId]) -> Result<Vec<Resource>, Fault> {
    let rows = resource::Entity::find().find_also_related(letters::Entity);
    let rows = rows.filter(resource::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().filter_map(of_pair).collect())
}

/// The words of a resource in every language that it has.
pub async fn list_words(db: &impl ConnectionTrait, id: ResourceId) -> Result<Vec<Words>, Fault> {
    let rows = text::Entity::find().filter(text::Column::ResourceId.eq(id)).all(db).await?;
    Ok(rows.into_iter().map(words_of).collect())
}

/// The words of several at once.
pub async fn list_words_of(
    db: &impl ConnectionTrait,
    ids: &[ResourceId],
) -> Result<Vec<(ResourceId, Words)>, Fault> {
    let rows =
        text::Entity::find().filter(text::Column::ResourceId.is_in(ids.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.resource_id, words_of(row))).collect())
}

/// The words of several at once, without their bodies.
pub async fn list_titles(
    db: &impl ConnectionTrait,
    ids: &[ResourceId],
) -> Result<Vec<(ResourceId, Words)>, Fault> {
    let columns =
        [text::Column::ResourceId, text::Column::Language, text::Column::Title, text::Column::Summary];
    let rows: Vec<(ResourceId, String, String, String)> = text::Entity::find()
        .select_only()
        .columns(columns)
        .filter(text::Column::ResourceId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let titles = rows
        .into_iter()
        .map(|(id, language, title, summary)| (id, Words { language, title, summary, body: String::new() }));
    Ok(titles.collect())
}

/// Adds a resource that is not there yet; false when somebody else took the name a moment ago.
pub async fn add(db: &impl ConnectionTrait, about: &Resource) -> Result<bool, Fault> {
    rows::add_once(db, active(about)).await
}

fn active(about: &Resource) -> resource::ActiveModel {
    resource::ActiveModel {
        id: Set(about.id),
        section: Set(about.section.text().into()),
        slug: Set(about.slug.clone()),
        newsletter_id: Set(about.newsletter),
        product: Set(about.product.clone()),
        version: Set(about.version.clone()),
        rule: Set(about.rule.to_text()),
        state: Set(about.state.text().into()),
        published_at: Set(about.published_at),
        updated_at: Set(about.updated_at),
        mailed_at: Set(about.mailed_at),
        revision: Set(about.revision.into()),
    }
}

/// Stores a change of the revision that was read; false when somebody else changed it meanwhile.
pub async fn spend_revision(db: &impl ConnectionTrait, about: &Resource) -> Result<bool, Fault> {
    let mut row = active(about);
    row.mailed_at = sea_orm::ActiveValue::NotSet;
    rows::spend_revision(db, row, (resource::Column::Id, resource::Column::Revision)).await
}

/// Notes that something about a resource changed besides its words, and locks its row until the transaction ends.
pub async fn set_updated(db: &impl ConnectionTrait, now: Moment, id: ResourceId) -> Result<(), Fault> {
    resource::Entity::update_many()
        .col_expr(resource::Column::UpdatedAt, Expr::value(now))
        .filter(resource::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// An issue goes out once: true for exactly one caller.
pub async fn spend_mailing(db: &impl ConnectionTrait, now: Moment, id: ResourceId) -> Result<bool, Fault> {
    let spent = resource::Entity::update_many()
        .col_expr(resource::Column::MailedAt, Expr::value(now))
        .filter(resource::Column::Id.eq(id))
        .filter(Condition::all().add(Expr::col(resource::Column::MailedAt).is_null()))
        .exec(db)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Replaces the words in one language, also in the search.
pub async fn set_words(db: &impl ConnectionTrait, id: ResourceId, words: &Words) -> Result<(), Fault> {
    let row = text::ActiveModel {
        resource_id: Set(id),
        language: Set(words.language.clone()),
        title: Set(words.title.clone()),
        summary: Set(words.summary.clone()),
        body: Set(words.body.clone()),
    };
    let replace = OnConflict::columns([text::Column::ResourceId, text::Column::Language])
        .update_columns([text::Column::Title, text::Column::Summary, text::Column::Body])
        .to_owned();
    text::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    index(db, id, words).await
}

/// Brings the search up to these words.
pub async fn index(db: &impl ConnectionTrait, id: ResourceId, words: &Words) -> Result<(), Fault> {
    let body = markdown::plain(&words.body);
    let entry = Entry::new(&words.language, &words.title, &words.summary, &body);
    search::store::set_entry(db, Kind::Resource, id.0, &entry).await
}

/// The words of many resources, in the order of their ids, beginning after one of them.
pub async fn list_words_after(
    db: &impl ConnectionTrait,
    after: Option<ResourceId>,
    most: u64,
) -> Result<Vec<(ResourceId, Vec<Words>)>, Fault> {
    let mut query = resource::Entity::find().select_only().column(resource::Column::Id);
    if let Some(after) = after {
        query = query.filter(resource::Column::Id.gt(after));
    }
    let ids: Vec<ResourceId> =
        query.order_by_asc(resource::Column::Id).limit(most).into_tuple().all(db).await?;
    let mut all = Vec::new();
    for id in ids {
        all.push((id, list_words(db, id).await?));
    }
    Ok(all)
}

/// Replaces all words of a resource: a language that is not among them ends.
pub async fn replace_words(db: &impl ConnectionTrait, id: ResourceId, all: &[Words]) -> Result<(), Fault> {
    text::Entity::delete_many().filter(text::Column::ResourceId.eq(id)).exec(db).await?;
    search::store::drop_entry(db, Kind::Resource, id.0).await?;
    for words in all {
        set_words(db, id, words).await?;
    }
    Ok(())
}
