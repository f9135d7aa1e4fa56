//! SQLite's one writing connection: who waits for it, and whose transactions share one durable commit (decision 0065);
//! knows no table.
//!
//! A transaction that ends while others wait hands the connection on without a commit, and the next one runs in a
//! savepoint behind it. The last of such a group commits for all, and only then is any of them answered. What fails or
//! is left is undone by itself; when that cannot be done, nobody of the group is answered with success.
use std::{
    collections::VecDeque,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::{runtime::Handle, sync::oneshot};

use self::{
    held::{Held, Outcome, Stage, answer, gone},
    pause::Pause,
};
use super::{
    sqlite::{Connection, File, Mode},
    trouble::Troubles,
};

mod held;
mod pause;

pub(super) use held::Told;

/// How long a transaction waits in line for its turn, and for another program that writes.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The line for the one writing connection.
#[derive(Clone)]
pub(super) struct Writer {
    file: File,
    line: Arc<Mutex<Line>>,
    /// `max_page_count`; 0: no bound.
    most_pages: Arc<AtomicU32>,
    troubles: Arc<Troubles>,
}

#[derive(Default)]
struct Line {
    rest: Rest,
    waiting: VecDeque<oneshot::Sender<Turn>>,
    /// Of ours, for other programs.
    pause: Pause,
}

/// The connection, outside a transaction, while nobody has it.
enum Rest {
    Free(Option<Connection>),
    Taken,
}

impl Default for Rest {
    fn default() -> Self {
        Self::Free(None)
    }
}

/// The writing connection while a transaction has it. However it is dropped, the next one gets its turn.
pub(super) struct Turn {
    held: Option<Held>,
    writer: Writer,
}

impl Writer {
    pub fn new(file: File, troubles: Arc<Troubles>) -> Self {
        Self { file, line: Arc::default(), most_pages: Arc::default(), troubles }
    }

    /// Waits in line, then has the connection, opened anew when the last one was closed.
    pub async fn turn(&self) -> Result<Turn, DbErr> {
        let mut turn = match self.enter() {
            Ok(turn) => turn,
            Err(line) => {
                let turn = tokio::time::timeout(PATIENCE, line).await;
                turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?.map_err(|_| gone())?
            }
        };
        let held = turn.held()?;
        if held.connection.is_none() {
            held.connection = Some(self.connect().await?);
        }
        Ok(turn)
    }

    fn enter(&self) -> Result<Turn, oneshot::Receiver<Turn>> {
        let mut line = self.line();
        match mem::replace(&mut line.rest, Rest::Taken) {
            Rest::Free(connection) => {
                let held = Held { connection, stage: Stage::Outside, group: Vec::new(), is_worn: false };
                Ok(Turn { held: Some(held), writer: self.clone() })
            }
            Rest::Taken => {
                let (next, turn) = oneshot::channel();
                line.waiting.push_back(next);
                Err(turn)
            }
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<Connection, DbErr> {
        self.file.open(Mode::Write { most_pages: self.most_pages.load(Ordering::Relaxed) }).await
    }

    /// Bounds the file for the connections to come, and closes the one at hand.
    pub async fn bound(&self, pages: u32) {
        self.most_pages.store(pages, Ordering::Relaxed);
        self.close().await;
    }

    /// The last connection to a file writes its journal into it.
    pub async fn close(&self) {
        let turn = match self.enter() {
            Ok(turn) => Some(turn),
            Err(line) => line.await.ok(),
        };
        let Some(mut turn) = turn else { return };
        if turn.has_neighbours() {
            // Whoever is next in line has it after the commit of those before.
            turn.wear();
            drop(turn);
            return Box::pin(self.close()).await;
        }
        if let Some(connection) = turn.held.as_mut().and_then(|held| held.connection.take()) {
            let _ = tokio::task::spawn_blocking(|| drop(connection)).await;
        }
    }

    /// Someone waits who has not given up.
    fn somebody_waits(&self) -> bool {
        let mut line = self.line();
        while line.waiting.front().is_some_and(oneshot::Sender::is_closed) {
            line.waiting.pop_front();
        }
        !line.waiting.is_empty()
    }

    /// Gives the connection to the next in line. Without one, or when the group is full, its transaction is committed.
    fn pass(&self, mut held: Held) {
        let is_open = held.stage == Stage::Between;
        if !(is_open && held.is_full()) {
            let mut line = self.line();
            if !is_open {
                line.pause.begin();
            }
            while let Some(next) = line.waiting.pop_front() {
                match next.send(Turn { held: Some(held), writer: self.clone() }) {
                    Ok(()) => return,
                    Err(mut turn) => match turn.held.take() {
                        Some(back) => held = back,
                        None => return,
                    },
                }
            }
            if !is_open {
                line.rest = Rest::Free(held.connection);
                return;
            }
        }
        self.apart(held, Self::commit);
    }

    /// Carries the end of a transaction out on a thread that may wait, whatever becomes of the request that it belongs
    /// to.
    fn apart(&self, held: Held, end: fn(Self, Held)) {
        let writer = self.clone();
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || end(writer, held))),
            // A closed connection rolls back as well.
            Err(_) => self.lose(held, gone()),
        }
    }

    /// Makes the whole group durable, and answers it.
    ///
    /// The text is COMMIT and nothing else: SQLite refuses it outside a transaction, so that success means that
    /// this transaction was open until now and is no more.
    fn commit(self, mut held: Held) {
        if let Err(error) = held.tell("COMMIT") {
            self.troubles.note(&error, "a commit failed");
            return self.lose(held, error);
        }
        let group = held.is_outside();
        self.troubles.note_commit(group.len());
        if held.is_worn {
            self.replace(&mut held);
        }
        self.pass(held);
        answer(group, &Ok(()));
    }

    /// What a later one wrote belongs to its group from now on.
    fn release(&self, mut held: Held) {
        match held.tell("RELEASE member") {
            Ok(()) => {
                held.stage = Stage::Between;
                self.pass(held);
            }
            Err(error) => {
                self.troubles.note(&error, "a commit failed");
                self.lose(held, error);
            }
        }
    }

    /// Undoes what the one who just left wrote, and nothing of those before.
    fn undo(self, mut held: Held) {
        match held.undo() {
            Ok(()) => self.pass(held),
            Err(error) => {
                self.troubles.note(&error, "a rollback failed");
                self.lose(held, gone());
            }
        }
    }

    /// Undoes what the one who leaves wrote, once a statement that was left half-way has ended.
    fn leave(&self, held: Held) {
        if held.is_idle() { self.clone().undo(held) } else { self.apart(held, Self::undo) }
    }

    /// Closes the connection, which rolls back: nothing of the group is kept, and it is told so.
    fn lose(&self, mut held: Held, why: DbErr) {
        self.replace(&mut held);
        let group = held.is_outside();
        self.pass(held);
        answer(group, &Err(why));
    }

    fn replace(&self, held: &mut Held) {
        if held.connection.take().is_some() {
            self.troubles.note_replaced();
        }
        held.is_worn = false;
    }

    /// A turn was dropped as it stood.
    fn left(&self, mut held: Held) {
        match held.stage {
            Stage::Outside | Stage::Between => self.pass(held),
            Stage::First => self.lose(held, gone()),
            Stage::Later => {
                held.is_worn = true;
                self.leave(held);
            }
        }
    }
}

impl Turn {
    fn held(&mut self) -> Result<&mut Held, DbErr> {
        self.held.as_mut().ok_or_else(gone)
    }

    pub fn connection(&mut self) -> Result<&Connection, DbErr> {
        self.held()?.connection.as_ref().ok_or_else(gone)
    }

    /// Begins a transaction, or enters that of a group.
    pub async fn begin(&mut self) -> Result<(), DbErr> {
        let held = self.held()?;
        if held.stage == Stage::Between {
            held.tell("SAVEPOINT member").inspect_err(|_| held.is_worn = true)?;
            held.stage = Stage::Later;
            return Ok(());
        }
        let pause = self.writer.line().pause;
        pause.take().await;
        let held = self.held()?;
        held.stage = Stage::First;
        held.connection.as_ref().ok_or_else(gone)?.begin().await?;
        self.writer.line().pause.end();
        Ok(())
    }

    /// Whether what was read here may be undone by the end of others.
    pub fn has_neighbours(&self) -> bool {
        self.held.as_ref().is_some_and(|held| !held.group.is_empty())
    }

    /// What becomes of those before, whose work was seen here; `None` when there are none.
    pub fn hears(&mut self) -> Option<Told> {
        let held = self.held.as_mut().filter(|held| !held.group.is_empty())?;
        let (tell, told) = oneshot::channel();
        held.group.push(tell);
        Some(told)
    }

    fn wear(&mut self) {
        if let Some(held) = &mut self.held {
            held.is_worn = true;
        }
    }

    /// Ends the transaction; comes back once it is durable. Its own cancellation changes nothing.
    pub async fn commit(mut self) -> Outcome {
        let (tell, told) = oneshot::channel();
        if let Some(mut held) = self.held.take() {
            held.group.push(tell);
            let goes_on = !held.is_full() && self.writer.somebody_waits();
            match held.stage {
                Stage::First if goes_on => {
                    held.stage = Stage::Between;
                    self.writer.pass(held);
                }
                Stage::Later if goes_on => self.writer.release(held),
                // A commit takes the savepoints with it.
                _ => self.writer.apart(held, Writer::commit),
            }
        }
        told.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Undoes the transaction, and nothing of those before.
    pub fn rollback(mut self) {
        if let Some(held) = self.held.take() {
            self.writer.leave(held);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            self.writer.left(held);
        }
    }
}

#[cfg(test)]
mod elsewhere_tests;
#[cfg(test)]
mod tests;
