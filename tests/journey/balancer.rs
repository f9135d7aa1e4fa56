//! One address before two nodes, either of which serves when the other is gone. Knows no HTTP beyond the head of a
//! connection's first request.
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Which node a connection is handed to.
#[derive(Clone, Copy)]
pub enum Spread {
    /// Browsers reach the first, programs the second.
    BrowsersFirst,
    /// One request this, the next that: a connection carries one.
    InTurns,
}

/// Ends when dropped.
pub struct Balancer {
    port: u16,
    task: JoinHandle<()>,
}

impl Balancer {
    /// Listens on a free port and hands connections on to `nodes`, ports of this machine.
    pub async fn open(nodes: &[u16], spread: Spread) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let nodes = nodes.to_vec();
        let task = tokio::spawn(async move {
            let turns = Arc::new(AtomicUsize::new(0));
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(hand_on(connection, nodes.clone(), spread, Arc::clone(&turns)));
            }
        });
        Self { port, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn hand_on(mut connection: TcpStream, nodes: Vec<u16>, spread: Spread, turns: Arc<AtomicUsize>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match connection.read_buf(&mut head).await {
            Ok(n) if n > 0 => {}
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let to_first = match spread {
        Spread::BrowsersFirst => text.to_lowercase().contains("user-agent: mozilla"),
        Spread::InTurns => {
            head = text.replace("Connection: keep-alive\r\n", "Connection: close\r\n").into_bytes();
            turns.fetch_add(1, Ordering::Relaxed).is_multiple_of(2)
        }
    };
    let (first, second) = if to_first { (nodes[0], nodes[1]) } else { (nodes[1], nodes[0]) };
    for node in [first, second] {
        if let Ok(mut onward) = TcpStream::connect(("127.0.0.1", node)).await {
            if onward.write_all(&head).await.is_ok() {
                // Either side may hang up at any time; that is no fault.
                let _ = copy_bidirectional(&mut connection, &mut onward).await;
            }
            return;
        }
    }
}
