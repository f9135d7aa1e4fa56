//! A site's own listener, for what Passport sends there by itself; answers as it is told to.
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use tokio_util::sync::CancellationToken;

/// How the site answers.
#[derive(Clone, Debug)]
pub enum Reply {
    Status(u16),
    /// 200, after so long.
    Slow(Duration),
    /// 302 to this address.
    Redirect(String),
    /// 200 with so many bytes.
    Large(usize),
    /// 200 with this text.
    Text(String),
    /// 200 with this document.
    Json(serde_json::Value),
}

/// A listener on 127.0.0.1 that keeps what it was sent; closed when dropped.
pub struct Listener {
    pub url: String,
    inner: Arc<Inner>,
    stop: CancellationToken,
}

struct Inner {
    reply: Mutex<Reply>,
    received: Mutex<Vec<String>>,
    arrived: tokio::sync::Notify,
}

impl Listener {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/told", listener.local_addr().expect("an address"));
        let inner = Arc::new(Inner {
            reply: Mutex::new(Reply::Status(200)),
            received: Mutex::default(),
            arrived: Default::default(),
        });
        let stop = CancellationToken::new();
        let app = Router::new().fallback(receive).with_state(Arc::clone(&inner));
        let stopped = stop.clone();
        tokio::spawn(async move {
            let serving = axum::serve(listener, app);
            tokio::select! {
                () = stopped.cancelled() => {}
                served = serving => served.expect("the listener serves"),
            }
        });
        Self { url, inner, stop }
    }

    pub fn answers(&self, reply: Reply) {
        *self.inner.reply.lock().unwrap() = reply;
    }

    /// The bodies that arrived, oldest first.
    pub fn received(&self) -> Vec<String> {
        self.inner.received.lock().unwrap().clone()
    }

    /// Waits until at least so many arrived; for ever if they never do.
    pub async fn wait_for(&self, count: usize) {
        loop {
            let arrival = self.inner.arrived.notified();
            if self.received().len() >= count {
                return;
            }
            arrival.await;
        }
    }

    /// The logout tokens that arrived, oldest first.
    pub fn logout_tokens(&self) -> Vec<String> {
        let bodies = self.received();
        let token = |body: &String| {
            let mut fields = url::form_urlencoded::parse(body.as_bytes());
            let (name, value) = fields.next().expect("a field");
            assert_eq!((name.as_ref(), fields.next()), ("logout_token", None), "nothing but the token");
            value.into_owned()
        };
        bodies.iter().map(token).collect()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn receive(State(inner): State<Arc<Inner>>, body: String) -> Response {
    inner.received.lock().unwrap().push(body);
    inner.arrived.notify_waiters();
    let reply = inner.reply.lock().unwrap().clone();
    match reply {
        Reply::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Reply::Slow(time) => {
            tokio::time::sleep(time).await;
            StatusCode::OK.into_response()
        }
        Reply::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Reply::Text(text) => text.into_response(),
        Reply::Json(document) => {
            ([(header::CONTENT_TYPE, "application/json")], document.to_string()).into_response()
        }
        Reply::Large(size) => "x".repeat(size).into_response(),
    }
}
