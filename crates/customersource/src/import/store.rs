//! What is known of a source, to compare a file with; and the imports that are on their way.
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use platform::{Fault, clock::Moment, db::Tx, random::Random};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, EntityName as _, EntityTrait as _,
    QueryFilter as _, sea_query::Expr,
};

use super::{
    Progress, RunId, What,
    entity::{ActiveModel, Column, Entity},
};
use crate::{
    company::{self, CompanyId},
    difference,
    plan::{
        self,
        entity::{entitlement, plan as definition},
    },
    profile::{self, ProfileId, held::Field},
};

/// What files of one sort fill.
pub fn tables(what: What) -> Vec<&'static str> {
    match what {
        What::Companies => vec![company::entity::Entity.table_name()],
        What::Profiles => vec![profile::entity::Entity.table_name()],
        What::Plans => vec![definition::Entity.table_name(), entitlement::Entity.table_name()],
    }
}

/// Everything of a source that a file of one sort is about.
#[derive(Default)]
pub struct Known {
    pub companies: BTreeMap<String, company::entity::Model>,
    /// External ids of the companies.
    pub names: HashMap<CompanyId, String>,
    pub profiles: BTreeMap<String, profile::entity::Model>,
    pub noted: HashMap<ProfileId, Vec<(Field, String)>>,
    pub entitlements: BTreeMap<String, entitlement::Model>,
    pub plans: BTreeMap<String, definition::Model>,
}

/// Read piece by piece, outside any transaction: nobody waits for it.
pub async fn known(db: &impl ConnectionTrait, what: What, source: &str) -> Result<Known, Fault> {
    let companies = company::store::Rows::all_described(db, source).await?;
    let names = companies.iter().map(|(name, row)| (row.id, name.clone())).collect();
    let mut known = Known { companies, names, ..Known::default() };
    match what {
        What::Companies => {}
        What::Profiles => {
            known.profiles = profile::store::Rows::all_described(db, source).await?;
            known.noted = difference::store::list_noted(db, source).await?;
        }
        What::Plans => {
            known.entitlements = plan::store::Rows::all_described(db, source).await?;
            known.plans = plan::store::list_plans(db).await?;
        }
    }
    Ok(known)
}

/// An import that gave no sign for so long is none any more: its program is gone.
const LEASE: Duration = Duration::from_secs(60);

/// The name of the advisory lock at which imports begin on PostgreSQL.
const GATE: &str = "SELECT pg_advisory_xact_lock(7277477842)";

/// Begins an import; `None` while another one of the same sort and source is at work.
pub async fn begin(
    tx: &Tx,
    now: Moment,
    random: &Random,
    (what, source): (What, &str),
    total: usize,
) -> Result<Option<RunId>, Fault> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(GATE).await?;
    }
    let running = Entity::find()
        .filter(Column::Source.eq(source))
        .filter(Column::What.eq(what.text()))
        .filter(Column::FinishedAt.is_null())
        .filter(Column::BeatAt.gt(now - LEASE))
        .one(tx)
        .await?;
    if running.is_some() {
        return Ok(None);
    }
    let id = RunId::new(now, random);
    let row = ActiveModel {
        id: Set(id),
        source: Set(source.to_owned()),
        what: Set(what.text().to_owned()),
        done: Set(0.into()),
        total: Set(i32::try_from(total).unwrap_or(i32::MAX).into()),
        started_at: Set(now),
        beat_at: Set(now),
        finished_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(Some(id))
}

/// Notes how far it came.
pub async fn beat(tx: &Tx, now: Moment, id: RunId, progress: Progress) -> Result<(), Fault> {
    let finished = (progress.done == progress.total).then_some(now);
    Entity::update_many()
        .col_expr(Column::Done, Expr::value(i32::try_from(progress.done).unwrap_or(i32::MAX)))
        .col_expr(Column::BeatAt, Expr::value(now))
        .col_expr(Column::FinishedAt, Expr::value(finished))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// It works no more; the next one may begin.
pub async fn end(tx: &Tx, now: Moment, id: RunId) -> Result<(), Fault> {
    Entity::update_many()
        .col_expr(Column::FinishedAt, Expr::value(Some(now)))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
