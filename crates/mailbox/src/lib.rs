//! The development mailbox: takes mail over SMTP, keeps the newest in memory, shows it to people, programs and tests.
//!
//! It knows nothing of Passport or CustomerSource: to them it is an ordinary SMTP server.
//!
//! - [`smtp`] the server that mail arrives at
//! - [`message`] one message, taken apart
//! - [`web`] pages for people, and JSON in Mailpit's shape
//! - [`Mailbox`] the handle that ties them together, and what tests read

mod links;
pub mod message;
mod shelf;
pub mod smtp;
#[cfg(test)]
mod tests;
pub mod web;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use message::Message;
use shelf::Shelf;
pub use smtp::{Fault, Limits, Step};

/// A running mailbox. Clones share it; when the last one is dropped, its SMTP server stops.
#[derive(Clone)]
pub struct Mailbox {
    inner: Arc<Inner>,
}

struct Inner {
    shelf: Arc<Shelf>,
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Mailbox {
    /// Opens an empty mailbox that takes mail from `smtp`; `now` says the time of arrival in Unix seconds.
    ///
    /// # Errors
    /// When `smtp` listens on anything but a loopback address: this server takes mail from anyone who reaches it.
    pub fn open(smtp: TcpListener, now: impl Fn() -> i64 + Send + Sync + 'static) -> io::Result<Self> {
        Self::open_within(smtp, now, Limits::default())
    }

    /// [`Mailbox::open`] with other limits than the usual ones.
    ///
    /// # Errors
    /// As [`Mailbox::open`].
    pub fn open_within(
        smtp: TcpListener,
        now: impl Fn() -> i64 + Send + Sync + 'static,
        limits: Limits,
    ) -> io::Result<Self> {
        let address = smtp.local_addr()?;
        if !address.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the mailbox listens on loopback addresses only, not on {address}"),
            ));
        }
        let shelf = Arc::new(Shelf::default());
        let (fault, faults) = watch::channel(Fault::None);
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(smtp::serve(
            smtp,
            smtp::Post {
                shelf: Arc::clone(&shelf),
                now: Arc::new(now),
                limits: Arc::new(limits),
                faults,
                stop: stop.clone(),
                tasks: tasks.clone(),
            },
        ));
        Ok(Self { inner: Arc::new(Inner { shelf, address, fault, stop, tasks }) })
    }

    /// Where the SMTP server listens.
    #[must_use]
    pub fn smtp_address(&self) -> SocketAddr {
        self.inner.address
    }

    /// Every message kept, newest first. They count as read from now on.
    #[must_use]
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.inner.shelf.read_all()
    }

    /// The messages whose envelope names exactly this recipient, newest first. They count as read from now on.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<Arc<Message>> {
        self.inner.shelf.read_to(address, 0).unwrap_or_default()
    }

    /// The messages that nobody has read, newest first. They stay unread.
    #[must_use]
    pub fn unread(&self) -> Vec<Arc<Message>> {
        self.inner
            .shelf
            .look()
            .into_iter()
            .filter(|shelved| !shelved.read)
            .map(|shelved| shelved.message)
            .collect()
    }

    /// Waits until at least `n` messages for exactly this recipient are there, and returns all of them, newest first.
    ///
    /// Waits for ever if they never come: put it under `tokio::time::timeout`.
    pub async fn wait_for(&self, n: usize, address: &str) -> Vec<Arc<Message>> {
        loop {
            // Made before looking, so that mail arriving in between wakes it.
            let arrival = self.inner.shelf.arrival();
            if let Some(found) = self.inner.shelf.read_to(address, n) {
                return found;
            }
            arrival.await;
        }
    }

    /// Throws every message away.
    pub fn clear(&self) {
        self.inner.shelf.clear();
    }

    /// Makes the SMTP server misbehave from the next reply on, until [`Fault::None`] is set.
    pub fn set_fault(&self, fault: Fault) {
        self.inner.fault.send_replace(fault);
    }

    /// Stops the SMTP server and waits until its connections are gone. What has arrived can still be read.
    pub async fn close(&self) {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    fn shelf(&self) -> &Shelf {
        &self.inner.shelf
    }
}
