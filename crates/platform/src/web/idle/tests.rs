//! Connections that are opened and left, in every way that people do it.
use std::time::Duration;

use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    db::Database,
    web::serve::{self, Health, Patience},
};

const PATIENCE: Patience = Patience { head: Duration::from_millis(150), idle: Duration::from_millis(300) };

async fn served() -> (std::net::SocketAddr, CancellationToken, tempfile::TempDir) {
    let (db, folder): (Database, _) = crate::testing::database().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let slow = || async {
        tokio::time::timeout(PATIENCE.idle * 3, std::future::pending::<()>()).await.unwrap_err();
        "late, and answered"
    };
    let routes = Router::new().route("/slow", get(slow)).route("/quick", get(|| async { "quick" }));
    let (site, end) = (crate::testing::site(&Clock::system()), stop.clone());
    tokio::spawn(async move {
        serve::run_patiently(listener, None, &site, &Health::new(db), routes, end, PATIENCE).await.unwrap();
    });
    (address, stop, folder)
}

/// What the server said until it closed.
async fn until_closed(address: std::net::SocketAddr, said: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(said).await.unwrap();
    let mut heard = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut heard)).await;
    let _ = closed.expect("the server closes the connection");
    heard
}

/// What a client of HTTP/2 says first: preface and empty settings.
const HTTP_2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[tokio::test]
async fn connections_that_ask_nothing_are_closed() {
    let (address, stop, _folder) = served().await;
    let quick = b"GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let (silent, half, head, h2, kept) = tokio::join!(
        until_closed(address, b""),
        until_closed(address, b"GE"),
        until_closed(address, b"GET /quick HTTP/1.1\r\nHost: loc"),
        until_closed(address, HTTP_2),
        until_closed(address, quick),
    );
    assert!(silent.is_empty() && half.is_empty(), "{silent:?} {half:?}");
    assert!(head.is_empty() || head.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&head));
    assert!(!h2.is_empty(), "HTTP/2 was spoken");
    assert!(kept.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&kept));
    stop.cancel();
}

#[tokio::test]
async fn a_request_under_way_keeps_its_connection() {
    let (address, stop, _folder) = served().await;
    let slow = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = until_closed(address, slow).await;
    assert!(answer.ends_with(b"late, and answered"), "{}", String::from_utf8_lossy(&answer));
    stop.cancel();
}
