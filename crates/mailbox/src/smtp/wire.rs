//! Lines, replies and silence on one connection; knows no command.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::data::{Intake, Refused};

/// The longest line outside a message, its CRLF included (RFC 4954 section 4, the longest that any extension here asks for).
const LINE: usize = 12_288;

pub(super) struct Wire {
    stream: BufReader<TcpStream>,
    replies: Vec<u8>,
    idle: Duration,
}

/// A line as it came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text(String),
    TooLong,
    /// It ended in a bare LF, or holds a CR, a NUL or something that is not UTF-8.
    Malformed,
}

/// Why there is nothing more to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Closed,
    Silent,
}

impl Wire {
    pub fn new(stream: TcpStream, idle: Duration) -> Self {
        Self { stream: BufReader::new(stream), replies: Vec::new(), idle }
    }

    /// Puts a reply line behind those not yet sent.
    pub fn reply(&mut self, line: &str) {
        self.replies.extend_from_slice(line.as_bytes());
        self.replies.extend_from_slice(b"\r\n");
    }

    /// Sends the replies that wait.
    pub async fn send(&mut self) -> Result<(), Ended> {
        if self.replies.is_empty() {
            return Ok(());
        }
        let sent = timeout(self.idle, self.stream.get_mut().write_all(&self.replies)).await;
        self.replies.clear();
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ended::Closed),
            Err(_) => Err(Ended::Silent),
        }
    }

    /// The next line without its CRLF.
    pub async fn line(&mut self) -> Result<Line, Ended> {
        let mut line = Vec::new();
        loop {
            let buffered = self.buffered().await?;
            let (taken, complete) = match buffered.iter().position(|&byte| byte == b'\n') {
                Some(end) => (end + 1, true),
                None => (buffered.len(), false),
            };
            let room = (LINE + 1).saturating_sub(line.len());
            line.extend(buffered.iter().take(taken.min(room)));
            self.stream.consume(taken);
            if complete {
                return Ok(read_line(&line));
            }
        }
    }

    /// The message that follows a 354.
    pub async fn message(&mut self, limit: usize) -> Result<Result<Vec<u8>, Refused>, Ended> {
        let mut intake = Intake::new(limit);
        loop {
            let buffered = self.buffered().await?;
            let (taken, complete) = match intake.read(buffered) {
                Some(taken) => (taken, true),
                None => (buffered.len(), false),
            };
            self.stream.consume(taken);
            if complete {
                return Ok(intake.finish());
            }
        }
    }

    /// Makes the connection end in a reset instead of an orderly close.
    pub fn reset(&self) {
        if let Err(error) = self.stream.get_ref().set_zero_linger() {
            tracing::debug!(%error, "a connection closes orderly instead of by a reset");
        }
    }

    /// What has come and was not taken yet, at least one byte. Replies to a pipelined group leave together, when a client
    /// may be waiting for them (RFC 2920 section 3.2).
    async fn buffered(&mut self) -> Result<&[u8], Ended> {
        if self.stream.buffer().is_empty() {
            self.send().await?;
        }
        match timeout(self.idle, self.stream.fill_buf()).await {
            Ok(Ok([])) | Ok(Err(_)) => Err(Ended::Closed),
            Ok(Ok(buffered)) => Ok(buffered),
            Err(_) => Err(Ended::Silent),
        }
    }
}

fn read_line(line: &[u8]) -> Line {
    if line.len() > LINE {
        return Line::TooLong;
    }
    let Some(text) = line.strip_suffix(b"\r\n") else { return Line::Malformed };
    match std::str::from_utf8(text) {
        Ok(text) if !text.contains(['\r', '\0']) => Line::Text(text.to_owned()),
        _ => Line::Malformed,
    }
}
