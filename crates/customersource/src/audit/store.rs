//! Adding to the audit, reading it, and proving that it is whole.
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    secrets::Mac,
    security_event::{Event, Note},
    turn::{Leaf, Turn},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{BEGINNING, Chain, Deed, Line, entity, told};
use crate::profile::ProfileId;

/// The name of the advisory lock that lines wait at on PostgreSQL.
const GATE: &str = "SELECT pg_advisory_xact_lock(7277477841)";

/// So many lines are added in one statement.
const AT_ONCE: usize = 200;

/// Adds a line behind the last one. Writers take turns until their commit, so this comes after every other
/// lock of the transaction.
pub async fn append(tx: &Tx, now: Moment, mac: &Mac, deed: &Deed<'_>) -> Result<(), Fault> {
    append_all(tx, now, mac, std::slice::from_ref(deed)).await
}

/// Adds several lines behind the last one, in few statements.
pub async fn append_all(tx: &Tx, now: Moment, mac: &Mac, deeds: &[Deed<'_>]) -> Result<(), Fault> {
    if deeds.is_empty() {
        return Ok(());
    }
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(GATE).await?;
    }
    let last = entity::Entity::find().order_by_desc(entity::Column::Seq).one(tx).await?;
    let (mut seq, mut prev) = last.map_or((0, BEGINNING.to_vec()), |last| (last.seq, last.hash));
    let mut rows = Vec::with_capacity(deeds.len());
    for deed in deeds {
        debug_assert!(told::key_of(deed.action).is_some(), "no page has words for {}", deed.action);
        seq += 1;
        let (row, hash) = link(seq, &prev, now, mac, deed);
        rows.push(row);
        prev = hash;
        tx.tell(Note::of(Event::DeedDone).by(deed.actor.by()).detail(deed.action));
    }
    for rows in rows.chunks(AT_ONCE) {
        entity::Entity::insert_many(rows.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// A line behind the one of `prev`, and its own link.
fn link(seq: i64, prev: &[u8], now: Moment, mac: &Mac, deed: &Deed<'_>) -> (entity::ActiveModel, Vec<u8>) {
    let line = Line {
        seq,
        at: now,
        actor: deed.actor.text(),
        acting_profile: deed.actor.profile().map(|id| id.0),
        company: deed.company.map(|id| id.0),
        action: deed.action.into(),
        target: deed.target.clone(),
        detail: deed.detail.to_string(),
    };
    let hash = line.link(mac, prev).to_vec();
    let row = entity::ActiveModel {
        seq: Set(line.seq),
        at: Set(line.at),
        actor: Set(line.actor),
        acting_profile: Set(line.acting_profile),
        organization_id: Set(line.company),
        action: Set(line.action),
        target: Set(line.target),
        detail: Set(line.detail),
        prev_hash: Set(prev.to_vec()),
        hash: Set(hash.clone()),
    };
    (row, hash)
}

fn of_row(row: entity::Model) -> Line {
    Line {
        seq: row.seq,
        at: row.at,
        actor: row.actor,
        acting_profile: row.acting_profile,
        company: row.organization_id,
        action: row.action,
        target: row.target,
        detail: row.detail,
    }
}

/// Which lines are asked for; an empty filter asks for all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Which page, by the line beside it.
    pub turn: Turn<i64>,
    pub company: Option<Uuid>,
    pub action: Option<String>,
    /// From this moment on, and until before that one.
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    /// Done by one of these profiles, or by an actor of this text.
    pub who: Option<(Vec<ProfileId>, Vec<String>)>,
    /// About one of these profiles.
    pub whom: Option<Vec<ProfileId>>,
}

impl Filter {
    fn condition(&self) -> Condition {
        use entity::Column;
        let mut all = Condition::all()
            .add_option(match self.turn {
                Turn::After(seq) => Some(Column::Seq.lt(seq)),
                Turn::Before(seq) => Some(Column::Seq.gt(seq)),
                Turn::First | Turn::Last => None,
            })
            .add_option(self.company.map(|id| Column::OrganizationId.eq(id)))
            .add_option(self.action.as_deref().map(|action| Column::Action.eq(action)))
            .add_option(self.from.map(|at| Column::At.gte(at)))
            .add_option(self.until.map(|at| Column::At.lt(at)));
        if let Some((profiles, actors)) = &self.who {
            let profiles = profiles.iter().map(|id| id.0);
            let any = Condition::any()
                .add(Column::ActingProfile.is_in(profiles))
                .add(Column::Actor.is_in(actors.iter().map(String::as_str)));
            all = all.add(any);
        }
        if let Some(profiles) = &self.whom {
            let mut any =
                Condition::any().add(Column::Target.is_in(profiles.iter().map(|id| format!("profile:{id}"))));
            for id in profiles {
                any = any.add(Column::Detail.contains(format!("\"profile\":\"{id}\"")));
                any = any.add(Column::Actor.eq(format!("mailbox of profile {id}")));
            }
            all = all.add(any);
        }
        all
    }
}

/// A page of the lines that are asked for, newest first.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, most: u64) -> Result<Leaf<Line>, Fault> {
    let found = entity::Entity::find().filter(filter.condition());
    let found = match filter.turn.is_backwards() {
        true => found.order_by_asc(entity::Column::Seq),
        false => found.order_by_desc(entity::Column::Seq),
    };
    let rows = found.limit(most.saturating_add(1)).all(db).await?;
    Ok(filter.turn.leaf(rows, most).map(of_row))
}

/// Reads the whole chain from its beginning, a thousand lines at a time.
pub async fn verify(db: &impl ConnectionTrait, mac: &Mac) -> Result<Chain, Fault> {
    let (mut seq, mut prev) = (0, BEGINNING.to_vec());
    loop {
        let rows = entity::Entity::find()
            .filter(entity::Column::Seq.gt(seq))
            .order_by_asc(entity::Column::Seq)
            .limit(1000)
            .all(db)
            .await?;
        if rows.is_empty() {
            let head = prev.as_slice().try_into().map_err(Fault::bug)?;
            return Ok(Chain::Whole { lines: seq, head });
        }
        for row in rows {
            let (hash, before) = (row.hash.clone(), row.prev_hash.clone());
            let line = of_row(row);
            if line.seq != seq + 1 || before != prev || !line.is_linked(mac, &prev, &hash) {
                return Ok(Chain::Broken { seq: seq + 1 });
            }
            (seq, prev) = (line.seq, hash);
        }
    }
}

/// Whether a link that was noted once is still in the chain: a shortened audit has it no more.
pub async fn has_link(db: &impl ConnectionTrait, hash: &[u8]) -> Result<bool, Fault> {
    Ok(entity::Entity::find().filter(entity::Column::Hash.eq(hash.to_vec())).one(db).await?.is_some())
}
