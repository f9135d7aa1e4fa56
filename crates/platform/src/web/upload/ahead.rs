//! What stands in a form with files before its files, read before its door is asked, so that it comes back when the door
//! refuses; and the rest, which is read to its end when the door did not, so that the browser sees the answer. Knows no
//! field.
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::Request,
    http::request::Parts,
};
use futures_util::{Stream, StreamExt as _, stream};

use super::{LONGEST_WORDS, PATIENCE, Part, Upload, streamed};

/// So much is read ahead: all words of a form, and their heads.
const AHEAD: usize = LONGEST_WORDS * 3 / 2;
/// So much is thrown away after an answer, and for so long.
const MOST_LEFT: usize = 1 << 30;
const PATIENCE_LEFT: Duration = Duration::from_secs(600);

/// The beginning of a form with files.
pub struct Ahead {
    pub fields: Vec<(String, String)>,
    /// The field of its first file.
    pub file: Option<String>,
    pub rest: Rest,
}

/// What of a body has not come in yet. Its clones read the same.
#[derive(Clone, Default)]
pub struct Rest(Arc<Mutex<Option<BodyDataStream>>>);

impl Stream for Rest {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(pieces) = body.as_mut() else { return Poll::Ready(None) };
        let piece = pieces.poll_next_unpin(cx);
        if matches!(piece, Poll::Ready(None | Some(Err(_)))) {
            *body = None;
        }
        piece
    }
}

impl Rest {
    /// Takes in what still comes, and throws it away: browsers that cannot send to the end show no answer.
    pub async fn throw_away(mut self) {
        let all = async {
            let mut size = 0_usize;
            while let Ok(Some(Ok(piece))) = tokio::time::timeout(PATIENCE, self.next()).await {
                size = size.saturating_add(piece.len());
                if size > MOST_LEFT {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE_LEFT, all).await;
    }
}

/// Looks at the beginning of a form. The body comes back whole; `None`: its words are not all there, or no words.
pub async fn look(parts: &Parts, body: Body) -> (Body, Option<Ahead>) {
    let rest = Rest(Arc::new(Mutex::new(Some(body.into_data_stream()))));
    let (mut begun, mut reading, mut is_over) = (Vec::new(), rest.clone(), false);
    let read = async {
        while begun.len() < AHEAD {
            match reading.next().await {
                Some(Ok(piece)) => begun.extend_from_slice(&piece),
                Some(Err(_)) => return,
                None => {
                    is_over = true;
                    return;
                }
            }
        }
    };
    // What comes more slowly has been begun, and is read on by its door.
    let _ = tokio::time::timeout(PATIENCE, read).await;
    let begun = Bytes::from(begun);
    let ahead = words_of(parts, begun.clone()).await;
    let ahead = ahead.map(|(fields, file)| Ahead { fields, file, rest: rest.clone() });
    // A body that is known whole may be read again by whatever tries again.
    let body = if is_over {
        Body::from(begun)
    } else {
        streamed(stream::once(std::future::ready(Ok(begun))).chain(rest))
    };
    (body, ahead)
}

async fn words_of(parts: &Parts, begun: Bytes) -> Option<(Vec<(String, String)>, Option<String>)> {
    let request = Request::from_parts(parts.clone(), Body::from(begun));
    let mut upload = Upload::of(request, &()).await.ok()?;
    let mut fields = Vec::new();
    loop {
        match upload.next().await.ok()? {
            Some(Part::Words(name, value)) => fields.push((name, value)),
            Some(Part::File(file)) => return Some((fields, file.field.name().map(str::to_owned))),
            None => return Some((fields, None)),
        }
    }
}
