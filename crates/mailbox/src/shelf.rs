//! What has arrived, newest first and bounded: knows who read what, not how mail comes or is shown.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::message::{Envelope, Message};

/// The oldest messages give way when either is passed.
const MESSAGES: usize = 5_000;
const BYTES: usize = 256 * 1024 * 1024;

/// One message in its place.
#[derive(Clone)]
pub(super) struct Shelved {
    pub message: Arc<Message>,
    pub read: bool,
}

#[derive(Default)]
pub(super) struct Shelf {
    rows: Mutex<Rows>,
    arrived: Notify,
}

#[derive(Default)]
struct Rows {
    newest_first: VecDeque<Shelved>,
    bytes: usize,
    arrivals: u64,
}

impl Shelf {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        // Every change below is complete before it can panic, so a poisoned lock guards sound rows.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a message in under a fresh id, which it returns.
    pub fn add(&self, envelope: Envelope, raw: Vec<u8>, received_at: i64) -> String {
        let id = {
            let mut rows = self.rows();
            rows.arrivals += 1;
            rows.arrivals.to_string()
        };
        let message = Arc::new(Message::parse(id.clone(), envelope, raw, received_at));
        {
            let mut rows = self.rows();
            rows.bytes += message.raw.len();
            rows.newest_first.push_front(Shelved { message, read: false });
            while rows.newest_first.len() > MESSAGES || rows.bytes > BYTES {
                let Some(oldest) = rows.newest_first.pop_back() else { break };
                rows.bytes -= oldest.message.raw.len();
            }
        }
        self.arrived.notify_waiters();
        id
    }

    /// Resolves at the next arrival after this call.
    pub fn arrival(&self) -> Notified<'_> {
        self.arrived.notified()
    }

    /// Everything, changing nothing.
    pub fn look(&self) -> Vec<Shelved> {
        self.rows().newest_first.iter().cloned().collect()
    }

    pub fn read_all(&self) -> Vec<Arc<Message>> {
        self.rows().newest_first.iter_mut().map(read).collect()
    }

    /// What an envelope addressed to exactly `address`; `None`, and nothing read, when that is fewer than `at_least`.
    pub fn read_to(&self, address: &str, at_least: usize) -> Option<Vec<Arc<Message>>> {
        let mut rows = self.rows();
        let is_to = |shelved: &Shelved| shelved.message.envelope_to.iter().any(|to| to == address);
        if rows.newest_first.iter().filter(|shelved| is_to(shelved)).count() < at_least {
            return None;
        }
        Some(rows.newest_first.iter_mut().filter(|shelved| is_to(shelved)).map(read).collect())
    }

    /// One message by its id, or the newest for `latest`.
    pub fn read_one(&self, id: &str) -> Option<Arc<Message>> {
        let mut rows = self.rows();
        let found = if id == "latest" {
            rows.newest_first.front_mut()
        } else {
            rows.newest_first.iter_mut().find(|shelved| shelved.message.id == id)
        };
        found.map(read)
    }

    pub fn drop_each(&self, ids: &[String]) {
        let mut rows = self.rows();
        rows.newest_first.retain(|shelved| !ids.contains(&shelved.message.id));
        rows.bytes = rows.newest_first.iter().map(|shelved| shelved.message.raw.len()).sum();
    }

    pub fn clear(&self) {
        let mut rows = self.rows();
        rows.newest_first.clear();
        rows.bytes = 0;
    }
}

fn read(shelved: &mut Shelved) -> Arc<Message> {
    shelved.read = true;
    Arc::clone(&shelved.message)
}
