//! The SMTP server (RFC 5321): who may connect, for how long, and what it can be told to do wrong; not the dialog itself.
//!
//! - [`command`] one line in, one command out
//! - [`data`] where a message ends
//! - [`wire`] lines, replies and time limits on one connection
//! - [`session`] the dialog: what follows what

mod command;
mod data;
mod session;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::shelf::Shelf;
use session::Session;
use wire::Wire;

/// What the server does wrong, for tests of what the sender then does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// Nothing: mail is taken.
    #[default]
    None,
    /// Every recipient is answered with 451: try again later.
    Temporary,
    /// Every recipient is answered with 550: never try again.
    Permanent,
    /// Nobody is at home at addresses that begin so: they are answered with 550, all others are taken.
    Nobody(&'static str),
    /// Connections open, and nothing is answered until the fault changes or the client gives up.
    Hang,
    /// Every connection, open ones too, is reset without a word.
    RefuseConnection,
    /// This reply stands in for the usual one, at one step of the dialog.
    Says(Step, &'static str),
    /// Only addresses of ASCII characters are taken (no SMTPUTF8).
    AsciiOnly,
}

/// A step of the dialog that a reply can be set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Greeting,
    SignIn,
    Sender,
    Recipient,
    /// What follows the message itself.
    Content,
}

/// How much one client may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The largest message in bytes, as sent but with dots unstuffed.
    pub message_bytes: usize,
    /// The most recipients of one message.
    pub recipients: usize,
    /// The most connections at one time.
    pub connections: usize,
    /// The longest silence before the connection is closed.
    pub idle: Duration,
    /// The longest a connection lives.
    pub connection: Duration,
}

impl Default for Limits {
    /// 25 MiB, 100 recipients and 5 minutes of silence (RFC 5321 sections 4.5.3.1.8 and 4.5.3.2.7), 64 connections, 1 hour.
    fn default() -> Self {
        Self {
            message_bytes: 25 * 1024 * 1024,
            recipients: 100,
            connections: 64,
            idle: Duration::from_secs(5 * 60),
            connection: Duration::from_secs(60 * 60),
        }
    }
}

/// What every connection is given.
#[derive(Clone)]
pub(super) struct Post {
    pub shelf: Arc<Shelf>,
    pub now: Arc<dyn Fn() -> i64 + Send + Sync>,
    pub limits: Arc<Limits>,
    pub faults: watch::Receiver<Fault>,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
}

/// Takes connections until told to stop.
pub(super) async fn serve(listener: TcpListener, post: Post) {
    let places = Arc::new(Semaphore::new(post.limits.connections));
    loop {
        let accepted = tokio::select! {
            () = post.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "the mailbox could not take a connection");
                // Out of descriptors, most likely: wait for some to come back instead of spinning.
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            turn_away(stream).await;
            continue;
        };
        let own = post.clone();
        post.tasks.spawn(async move {
            attend(stream, own).await;
            drop(place);
        });
    }
}

async fn turn_away(mut stream: TcpStream) {
    // Fits the empty send buffer of a fresh connection, so this waits for no client.
    let farewell = stream.write_all(b"421 4.3.2 Too many connections, try again later\r\n");
    if !matches!(timeout(Duration::from_secs(1), farewell).await, Ok(Ok(()))) {
        tracing::debug!("a connection too many left before it could be told so");
    }
}

/// One connection, from greeting to end.
async fn attend(stream: TcpStream, post: Post) {
    let (mut refusals, stop) = (post.faults.clone(), post.stop.clone());
    let (idle, lifetime) = (post.limits.idle, post.limits.connection);
    let mut session = Session::new(Wire::new(stream, idle), post);
    let farewell = tokio::select! {
        biased;
        () = stop.cancelled() => Some("421 4.3.2 The mailbox is closing"),
        _ = refusals.wait_for(|fault| *fault == Fault::RefuseConnection) => {
            session.wire.reset();
            None
        }
        () = sleep(lifetime) => Some("421 4.4.2 This connection is too old"),
        () = session.run() => None,
    };
    if let Some(reply) = farewell {
        session.wire.reply(reply);
        session.wire.send().await.ok();
    }
}
