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
    config,
    db::Database,
    web::{
        serve::{self, Health, Patience},
        tls::Tls,
    },
};

const PATIENCE: Patience = Patience {
    head: Duration::from_millis(150),
    idle: Duration::from_millis(300),
    handshake: Duration::from_millis(150),
};

async fn served() -> (std::net::SocketAddr, CancellationToken, tempfile::TempDir) {
    served_with(None).await
}

async fn served_with(tls: Option<Tls>) -> (std::net::SocketAddr, CancellationToken, tempfile::TempDir) {
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
        serve::run_patiently(listener, tls, &site, &Health::new(db), routes, end, PATIENCE).await.unwrap();
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
async fn ht_04_connections_that_ask_nothing_are_closed() {
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

#[tokio::test]
async fn ht_04_a_handshake_that_is_never_finished_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let key = rcgen::KeyPair::generate().unwrap();
    let own = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(path("own.pem"), own.pem()).unwrap();
    std::fs::write(path("own.key"), key.serialize_pem()).unwrap();
    let settings =
        config::Tls { certificate: path("own.pem"), key: path("own.key"), ..config::Tls::default() };
    let tls = Tls::open(&settings, Clock::system()).unwrap();
    let (address, stop, _folder) = served_with(tls).await;
    // The head of a record that says: a ClientHello of 512 bytes; and then some of them.
    let half = [&[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3][..], &[7; 40]].concat();
    let (silent, half) = tokio::join!(until_closed(address, b""), until_closed(address, &half));
    assert!(silent.is_empty() && half.len() < 16, "{silent:?} {half:?}");
    stop.cancel();
}

/// Asks for `/quick` by HTTP/2 and answers every ping from then on, as a browser does that keeps a connection for
/// later; what the server sent until it closed, as kinds of frames.
async fn kept_by_http_2(address: std::net::SocketAddr) -> Vec<u8> {
    const PING: u8 = 6;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(HTTP_2).await.unwrap();
    // GET, http, the path and the authority, as HPACK writes them; the end of headers and of the stream.
    let headers = b"\x82\x86\x04\x06/quick\x01\x09localhost";
    let length = u8::try_from(headers.len()).unwrap();
    stream.write_all(&[&[0, 0, length, 1, 5, 0, 0, 0, 1][..], headers].concat()).await.unwrap();
    let mut kinds = Vec::new();
    let mut head = [0; 9];
    while stream.read_exact(&mut head).await.is_ok() {
        let length = usize::from(head[1]) << 8 | usize::from(head[2]);
        let mut body = vec![0; length];
        if stream.read_exact(&mut body).await.is_err() {
            break;
        }
        kinds.push(head[3]);
        if head[3] == PING && head[4] == 0 {
            let _ = stream.write_all(&[&[0, 0, 8, PING, 1, 0, 0, 0, 0][..], &body].concat()).await;
        }
    }
    kinds
}

#[tokio::test]
async fn ht_04_a_connection_of_http_2_that_only_answers_pings_is_closed() {
    const HEADERS: u8 = 1;
    let (address, stop, _folder) = served().await;
    let closed = tokio::time::timeout(Duration::from_secs(20), kept_by_http_2(address)).await;
    let kinds = closed.expect("the server closes the connection");
    assert!(kinds.contains(&HEADERS), "it was answered first: {kinds:?}");
    stop.cancel();
}
