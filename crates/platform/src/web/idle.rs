//! Connections that ask nothing, or take nothing of what they asked for, end; knows no page.
//!
//! HTTP/1 has a time for each head of a request, but neither protocol has one for a connection that was opened and
//! left. So the stream itself ends when no request was under way for too long, whatever is spoken on it.
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    response::Response,
};
use axum_server::accept::Accept;
use http_body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};
use tower::Service;

/// Takes connections as `A` does, and ends those that are idle for longer than `patience`.
#[derive(Clone)]
pub(super) struct Idle<A> {
    inner: A,
    patience: Duration,
}

impl<A> Idle<A> {
    pub fn new(inner: A, patience: Duration) -> Self {
        Self { inner, patience }
    }
}

type Taken<Stream, Service> = Pin<Box<dyn Future<Output = io::Result<(Stream, Service)>> + Send>>;

impl<A, I, S> Accept<I, S> for Idle<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = Quiet<A::Stream>;
    type Service = Counted<A::Service>;
    type Future = Taken<Self::Stream, Self::Service>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (taken, patience) = (self.inner.accept(stream, service), self.patience);
        Box::pin(async move {
            let (stream, service) = taken.await?;
            let requests = Arc::new(Requests::default());
            let quiet = Quiet {
                stream,
                patience,
                reading: Box::pin(sleep(patience)),
                writing: None,
                seen: 0,
                requests: Arc::clone(&requests),
            };
            Ok((quiet, Counted { service, requests }))
        })
    }
}

/// The requests of one connection: how many began, and how many ended with the last byte of their answer.
#[derive(Default)]
struct Requests {
    begun: AtomicU64,
    ended: AtomicU64,
}

struct UnderWay(Arc<Requests>);

impl UnderWay {
    fn begin(requests: &Arc<Requests>) -> Self {
        requests.begun.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(requests))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Clone)]
pub(super) struct Counted<S> {
    service: S,
    requests: Arc<Requests>,
}

impl<R, S> Service<R> for Counted<S>
where
    S: Service<R, Response = Response>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let under_way = UnderWay::begin(&self.requests);
        let answer = self.service.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| Body::new(Counting { body, _under_way: under_way })))
        })
    }
}

/// A body that says when it was sent, or left.
struct Counting {
    body: Body,
    _under_way: UnderWay,
}

impl HttpBody for Counting {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that ends by itself. What is read counts for nothing, only requests do: bytes that never become one
/// keep no connection.
pub(super) struct Quiet<S> {
    stream: S,
    patience: Duration,
    reading: Pin<Box<Sleep>>,
    /// Since when nothing could be written.
    writing: Option<Pin<Box<Sleep>>>,
    /// Requests begun and ended when last looked at.
    seen: u64,
    requests: Arc<Requests>,
}

impl<S> Quiet<S> {
    /// Ready when the time is over and nothing happened in it.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.reading.as_mut().poll(cx));
            let begun = self.requests.begun.load(Ordering::SeqCst);
            let ended = self.requests.ended.load(Ordering::SeqCst);
            if begun == ended && self.seen == begun.wrapping_add(ended) {
                return Poll::Ready(());
            }
            self.seen = begun.wrapping_add(ended);
            self.reading = Box::pin(sleep(self.patience));
        }
    }

    fn stalled<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.writing = None;
            return written;
        }
        let patience = self.patience;
        ready!(self.writing.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Quiet<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buffer) {
            return Poll::Ready(read);
        }
        // Nothing read is the end of the stream.
        self.poll_over(cx).map(Ok)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Quiet<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.stalled(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.stalled(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.stalled(flushed, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.stalled(closed, cx)
    }
}

#[cfg(test)]
mod tests;
