//! Adding to the audit, reading it, and proving that it is whole.
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    secrets::Mac,
    security_event::{Event, Note},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::{BEGINNING, Chain, Deed, Line, entity};

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
        organization: deed.organization.map(|id| id.0),
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
        organization_id: Set(line.organization),
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
        organization: row.organization_id,
        action: row.action,
        target: row.target,
        detail: row.detail,
    }
}

/// The newest lines before `before`, newest first; of one company or of all.
pub async fn list(
    db: &impl ConnectionTrait,
    before: Option<i64>,
    organization: Option<uuid::Uuid>,
    most: u64,
) -> Result<Vec<Line>, Fault> {
    let mut query = entity::Entity::find();
    if let Some(before) = before {
        query = query.filter(entity::Column::Seq.lt(before));
    }
    if let Some(organization) = organization {
        query = query.filter(entity::Column::OrganizationId.eq(organization));
    }
    let rows = query.order_by_desc(entity::Column::Seq).limit(most).all(db).await?;
    Ok(rows.into_iter().map(of_row).collect())
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
