//! Queries on bulks and their lines.
use platform::{
    Fault,
    language::Language,
    sweep::Over,
    turn::{Leaf, Turn},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::{
    Bulk, BulkId, Count, KEPT, Line, Outcome, State,
    entity::{bulk, line},
};
use crate::{
    acting::{Adding, Administration},
    profile::Administrator,
    rp::Subject,
};

/// Drafts that nobody confirmed, and results that everybody has seen by now, with their lines.
pub const OVER: Over = Over::of("bulk", "created_at").kept(KEPT);

fn of_row(row: bulk::Model) -> Bulk {
    Bulk {
        id: row.id,
        company: row.organization_id,
        by: row.profile_id,
        subject: Subject { iss: row.iss, sub: row.sub },
        kind: row.kind,
        state: row.state,
        language: Language::of_tag(&row.language).unwrap_or(Language::EnUs),
        invites: row.invites,
        created_at: row.created_at,
    }
}

fn line_of(row: line::Model) -> Line {
    Line {
        number: row.number.into(),
        profile: row.profile_id,
        first_name: row.first_name,
        last_name: row.last_name,
        email: row.email,
        outcome: row.outcome.as_deref().and_then(Outcome::of_text),
    }
}

/// So many lines are added in one statement.
const AT_ONCE: usize = 200;

pub async fn add(tx: &Adding<Administration>, about: &Bulk, lines: &[Line]) -> Result<(), Fault> {
    let row = bulk::ActiveModel {
        id: Set(about.id),
        organization_id: Set(about.company),
        profile_id: Set(about.by),
        iss: Set(about.subject.iss.clone()),
        sub: Set(about.subject.sub.clone()),
        kind: Set(about.kind),
        state: Set(about.state),
        language: Set(about.language.tag().to_owned()),
        invites: Set(about.invites),
        created_at: Set(about.created_at),
    };
    bulk::Entity::insert(row).exec_without_returning(tx).await?;
    for lines in lines.chunks(AT_ONCE) {
        let row = |line: &Line| line::ActiveModel {
            bulk_id: Set(about.id),
            number: Set(line.number.into()),
            profile_id: Set(line.profile),
            first_name: Set(line.first_name.clone()),
            last_name: Set(line.last_name.clone()),
            email: Set(line.email.clone()),
            outcome: Set(line.outcome.map(|outcome| outcome.text().to_owned())),
        };
        line::Entity::insert_many(lines.iter().map(row)).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// One of the administrator's company.
pub async fn find_own(
    db: &impl ConnectionTrait,
    by: &Administrator,
    id: BulkId,
) -> Result<Option<Bulk>, Fault> {
    Ok(find(db, id).await?.filter(|bulk| bulk.company == by.company()))
}

pub async fn find(db: &impl ConnectionTrait, id: BulkId) -> Result<Option<Bulk>, Fault> {
    Ok(bulk::Entity::find_by_id(id).one(db).await?.map(of_row))
}

/// Begins a draft; true for exactly one caller.
pub async fn spend_draft(db: &impl ConnectionTrait, id: BulkId) -> Result<bool, Fault> {
    let begun = bulk::Entity::update_many()
        .col_expr(bulk::Column::State, Expr::value(State::Running))
        .filter(bulk::Column::Id.eq(id))
        .filter(bulk::Column::State.eq(State::Draft))
        .exec(db)
        .await?;
    Ok(begun.rows_affected == 1)
}

pub async fn end(db: &impl ConnectionTrait, id: BulkId) -> Result<(), Fault> {
    bulk::Entity::update_many()
        .col_expr(bulk::Column::State, Expr::value(State::Done))
        .filter(bulk::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Drops a draft with its lines.
pub async fn drop_draft(db: &impl ConnectionTrait, id: BulkId) -> Result<(), Fault> {
    bulk::Entity::delete_many()
        .filter(bulk::Column::Id.eq(id))
        .filter(bulk::Column::State.eq(State::Draft))
        .exec(db)
        .await?;
    Ok(())
}

/// Lines that wait to be done, in their order.
pub async fn list_open(db: &impl ConnectionTrait, id: BulkId, most: u64) -> Result<Vec<Line>, Fault> {
    let rows = line::Entity::find()
        .filter(line::Column::BulkId.eq(id))
        .filter(line::Column::Outcome.is_null())
        .order_by_asc(line::Column::Number)
        .limit(most)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(line_of).collect())
}

/// A page of the lines, or of those alone that did not go well.
pub async fn list_lines(
    db: &impl ConnectionTrait,
    id: BulkId,
    only_unwell: bool,
    (turn, most): (Turn<i32>, u64),
) -> Result<Leaf<Line>, Fault> {
    let mut query = line::Entity::find().filter(line::Column::BulkId.eq(id));
    if only_unwell {
        let well = WELL.map(Outcome::text);
        query =
            query.filter(line::Column::Outcome.is_not_null()).filter(line::Column::Outcome.is_not_in(well));
    }
    query = match turn {
        Turn::After(key) => query.filter(line::Column::Number.gt(key)),
        Turn::Before(key) => query.filter(line::Column::Number.lt(key)),
        Turn::First | Turn::Last => query,
    };
    query = match turn.is_backwards() {
        true => query.order_by_desc(line::Column::Number),
        false => query.order_by_asc(line::Column::Number),
    };
    Ok(turn.leaf(query.limit(most.saturating_add(1)).all(db).await?, most).map(line_of))
}

const WELL: [Outcome; 3] = [Outcome::Invited, Outcome::Added, Outcome::AddedInvited];

pub async fn count(db: &impl ConnectionTrait, id: BulkId) -> Result<Count, Fault> {
    let outcomes: Vec<(Option<String>, i64)> = line::Entity::find()
        .select_only()
        .column(line::Column::Outcome)
        .column_as(line::Column::Number.count(), "lines")
        .filter(line::Column::BulkId.eq(id))
        .group_by(line::Column::Outcome)
        .into_tuple()
        .all(db)
        .await?;
    let well = WELL.map(Outcome::text);
    let mut count = Count { all: 0, open: 0, well: 0 };
    for (outcome, lines) in outcomes {
        count.all += lines;
        match outcome {
            None => count.open += lines,
            Some(outcome) if well.contains(&outcome.as_str()) => count.well += lines,
            Some(_) => {}
        }
    }
    Ok(count)
}

pub async fn set_outcome(
    db: &impl ConnectionTrait,
    id: BulkId,
    number: i32,
    outcome: Outcome,
) -> Result<(), Fault> {
    line::Entity::update_many()
        .col_expr(line::Column::Outcome, Expr::value(outcome.text()))
        .filter(line::Column::BulkId.eq(id))
        .filter(line::Column::Number.eq(number))
        .exec(db)
        .await?;
    Ok(())
}

/// What was not done ends like this.
pub async fn set_rest(db: &impl ConnectionTrait, id: BulkId, outcome: Outcome) -> Result<(), Fault> {
    line::Entity::update_many()
        .col_expr(line::Column::Outcome, Expr::value(outcome.text()))
        .filter(line::Column::BulkId.eq(id))
        .filter(line::Column::Outcome.is_null())
        .exec(db)
        .await?;
    Ok(())
}
