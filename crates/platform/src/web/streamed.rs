//! The one way to send a body piece by piece. Knows not what is in it.
use axum::{
    BoxError,
    body::{Body, Bytes},
};
use futures_util::{Stream, StreamExt as _};

/// A body of these pieces. Whoever compresses it may ask once more after its end, which not every stream bears.
pub fn streamed<P, E>(pieces: impl Stream<Item = Result<P, E>> + Send + 'static) -> Body
where
    P: Into<Bytes> + 'static,
    E: Into<BoxError> + 'static,
{
    Body::from_stream(pieces.fuse())
}
