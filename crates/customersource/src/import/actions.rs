//! Carrying a file out: looked at without writing anything, then stored in small transactions, so that nobody waits
//! for an import. One that was stopped goes on when the same file comes again: what is done already is no change.
use std::time::Duration;

use platform::{
    Fault,
    clock::{Clock, Moment},
    day::Zone,
    db::{Database, Filling, Tx},
};
use serde_json::json;

use super::{
    Extent, Mapping, Progress, Report, Row, RunId, Unfit, What,
    stage::{self, Gone, Step},
    store,
};
use crate::{
    association::actions::Desk,
    audit::{self, Actor, Deed},
    company,
    people::actions::outside,
    plan, profile,
    seed::{self, Seed, actions::left_out},
};

pub use super::stage::Staged;

/// So much work goes into one transaction: two hundred new rows, a hundred changes, or twenty that end or tell
/// something.
pub const BATCH: usize = 200;

/// SQLite's one writer belongs to the others for so long before the next one: another program that waits for it looks
/// now and then only.
const PAUSE: Duration = Duration::from_millis(50);

/// PostgreSQL has a writer for everybody, and nobody waits for an import.
async fn pause(db: &Database) {
    if db.is_sqlite() {
        tokio::time::sleep(PAUSE).await;
    }
}

/// So many people of a company that closes are let go in one transaction.
const PEOPLE: u64 = 10;

/// What an import works with.
pub struct Work<'a> {
    pub db: &'a Database,
    pub clock: &'a Clock,
    pub desk: Desk<'a>,
}

/// What a file would do; nothing is written, and no writer is asked for.
pub async fn look(
    work: &Work<'_>,
    what: What,
    (rows, mapping): (&[Row], &Mapping),
    extent: Extent,
) -> Result<Staged, Unfit> {
    let known = store::known(work.db.reader(), what, mapping.source.trim()).await?;
    let today = Zone::utc().day_of(work.clock.now()).to_string();
    stage::stage(what, known, (rows, mapping), extent, &today)
}

/// Does what was looked at, batch by batch. `go_on` hears how far it came and may end it between two of them.
pub async fn carry_out(
    work: &Work<'_>,
    staged: Staged,
    go_on: &mut (dyn FnMut(Progress) -> bool + Send),
) -> Result<Report, Unfit> {
    if staged.steps.is_empty() {
        return Ok(staged.report);
    }
    let (now, tx) = (work.clock.now(), work.db.begin().await?);
    let total = staged.steps.len();
    let about = (staged.what, staged.source.as_str());
    let run = store::begin(&tx, now, work.desk.random, about, total).await?.ok_or_else(|| {
        Unfit::File(format!("another import of {} from {} is at work", staged.what.text(), staged.source))
    })?;
    tx.commit().await?;
    let done = all_steps(work, run, staged, go_on).await;
    if done.is_err() {
        let tx = work.db.begin().await?;
        store::end(&tx, work.clock.now(), run).await?;
        tx.commit().await?;
    }
    done
}

async fn all_steps(
    work: &Work<'_>,
    run: RunId,
    staged: Staged,
    go_on: &mut (dyn FnMut(Progress) -> bool + Send),
) -> Result<Report, Unfit> {
    let Staged { what, source, steps, mut report } = staged;
    let total = steps.len();
    let summary = Deed {
        actor: Actor::Operator,
        company: None,
        action: "import",
        target: format!("{} of {source}", what.text()),
        detail: json!({
            "rows": report.rows, "added": report.added, "changed": report.changed, "closed": report.closed,
            "differing": report.differing, "skipped": report.skipped,
        }),
    };
    let (mut done, mut summary) = (0, Some(summary));
    let mut filling = Filling::of(work.db, store::tables(what));
    let mut steps = steps.into_iter().peekable();
    while steps.peek().is_some() {
        let (mut batch, mut weight) = (Vec::new(), 0);
        while let Some(step) = steps.next_if(|step| batch.is_empty() || weight + step.weight() <= BATCH) {
            weight += step.weight();
            batch.push(step);
        }
        for company in batch.iter().filter_map(closing) {
            report.batches += detach(work, company).await?;
        }
        let rows = batch.len();
        done += rows;
        let progress = Progress { done, total };
        let last = if done == total { summary.take() } else { None };
        store_batch(work, run, batch, last, progress).await?;
        report.batches += 1;
        filling.added(rows).await;
        if !go_on(progress) && done < total {
            return Err(Unfit::Stopped { done, total });
        }
        if done < total {
            pause(work.db).await;
        }
    }
    filling.end().await;
    Ok(report)
}

const fn closing(step: &Step) -> Option<company::CompanyId> {
    match step {
        Step::Detach(company) => Some(*company),
        Step::Store(..) | Step::LeaveOut(_) => None,
    }
}

/// Lets the people of a company go, a few at a time; answers how many transactions it took.
async fn detach(work: &Work<'_>, company: company::CompanyId) -> Result<usize, Fault> {
    let mut batches = 0;
    loop {
        let (now, tx) = (work.clock.now(), work.db.begin().await?);
        let (people, deeds) = outside::detach(&tx, now, &work.desk, company, PEOPLE).await?;
        audit::store::append_all(&tx, now, work.desk.audit, &deeds).await?;
        tx.commit().await?;
        batches += 1;
        if (people as u64) < PEOPLE {
            return Ok(batches);
        }
        pause(work.db).await;
    }
}

async fn store_batch(
    work: &Work<'_>,
    run: RunId,
    batch: Vec<Step>,
    last: Option<Deed<'static>>,
    progress: Progress,
) -> Result<(), Unfit> {
    let (now, tx) = (work.clock.now(), work.db.begin().await?);
    let (mut entries, mut gone) = (Seed::default(), Vec::new());
    for step in batch {
        match step {
            Step::Store(entry, _) => entries.extend(*entry),
            Step::LeaveOut(one) => gone.push(one),
            Step::Detach(_) => {}
        }
    }
    let stored = seed::actions::store(&tx, now, &work.desk, &entries).await;
    let mut deeds = stored.map_err(|unfit| match unfit {
        seed::Unfit::Entry(text) => Unfit::File(text),
        seed::Unfit::Fault(fault) => fault.into(),
    })?;
    for one in gone {
        deeds.extend(leave_out(&tx, now, &work.desk, one).await?);
    }
    deeds.extend(last);
    store::beat(&tx, now, run, progress).await?;
    audit::store::append_all(&tx, now, work.desk.audit, &deeds).await?;
    Ok(tx.commit().await?)
}

/// A profile that is gone takes everything that hangs on it along (portal rule 15).
async fn leave_out(tx: &Tx, now: Moment, desk: &Desk<'_>, gone: Gone) -> Result<Vec<Deed<'static>>, Fault> {
    match gone {
        Gone::Company(id) => {
            company::store::lock(tx, id).await?;
            company::store::set_left_out(tx, id).await?;
            outside::closed(tx, now, desk, id).await
        }
        Gone::Profile(id) => {
            if let Some((_, company)) = profile::store::find(tx, id).await? {
                company::store::lock(tx, company.id).await?;
            }
            profile::store::lock(tx, id).await?;
            match profile::store::find(tx, id).await? {
                Some(found) if found.0.is_active => {
                    outside::gone(tx, now, desk, Actor::Operator, &found, true).await
                }
                _ => Ok(vec![]),
            }
        }
        Gone::Entitlement(row) => {
            plan::store::set_left_out(tx, row.id).await?;
            Ok(vec![left_out(&row)])
        }
    }
}
