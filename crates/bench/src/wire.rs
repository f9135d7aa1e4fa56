//! One connection of HTTP/1.1 to a program on this machine; it knows no protocol above it.
use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use url::Url;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    /// The lines after the first.
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The values of a header, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.split("\r\n").filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Status, target and the beginning of the body, for whoever reads what went wrong.
    pub fn told(&self) -> String {
        let target = self.header("location").map(|to| format!(" to {to}")).unwrap_or_default();
        let body: String = self.text().chars().take(200).collect();
        format!("{}{target}: {body}", self.status)
    }
}

/// A connection that is kept open, and opened anew when the other side closed it.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// Where `base` listens: on this machine, or it is refused.
pub fn loopback(base: &str) -> Result<SocketAddr> {
    let url = Url::parse(base).with_context(|| base.to_owned())?;
    let port = url.port_or_known_default().context("an address without a port")?;
    ensure!(url.scheme() == "http", "{base}: only http is spoken");
    let host = url.host_str().unwrap_or_default();
    let ip = match host {
        "localhost" => Some("127.0.0.1".parse()?),
        other => other.trim_matches(['[', ']']).parse().ok(),
    };
    match ip.filter(std::net::IpAddr::is_loopback) {
        Some(ip) => Ok(SocketAddr::new(ip, port)),
        None => bail!("{base} is not on this machine: nothing else is put under load"),
    }
}

impl Connection {
    pub fn to(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: Vec::with_capacity(16 * 1024) }
    }

    /// Sends `request`, which is whole, and reads its answer. A connection that the other side closed meanwhile is
    /// opened anew once.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        let was_open = self.stream.is_some();
        match timeout(PATIENCE, self.once(request)).await {
            Ok(Err(_)) if was_open && self.buffer.is_empty() => {
                self.stream = None;
                timeout(PATIENCE, self.once(request)).await.context("no answer in time")?
            }
            Ok(answer) => answer.inspect_err(|_| self.stream = None),
            Err(_) => {
                self.stream = None;
                bail!("no answer in time")
            }
        }
    }

    async fn once(&mut self, request: &[u8]) -> Result<Answer> {
        self.buffer.clear();
        let stream = match &mut self.stream {
            Some(stream) => stream,
            closed => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                closed.insert(stream)
            }
        };
        stream.write_all(request).await?;
        let buffer = &mut self.buffer;
        let end = loop {
            if let Some(end) = find(buffer, 0, b"\r\n\r\n") {
                break end;
            }
            ensure!(stream.read_buf(buffer).await? > 0, "closed");
        };
        let head = String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).into_owned();
        let (first, head) = head.split_once("\r\n").unwrap_or((&head, ""));
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| anyhow!("no status line: {first}"))?;
        let mut answer = Answer { status, head: head.to_owned(), body: Vec::new() };
        let begin = end + 4;
        let says =
            |name, value: &str| answer.header(name).is_some_and(|said| said.eq_ignore_ascii_case(value));
        let closes = says("connection", "close");
        let is_chunked = says("transfer-encoding", "chunked");
        let length: Option<usize> = answer.header("content-length").and_then(|length| length.parse().ok());
        answer.body = match length {
            _ if matches!(status, 204 | 304) => Vec::new(),
            Some(length) => {
                while buffer.len() < begin + length {
                    ensure!(stream.read_buf(buffer).await? > 0, "closed in the body");
                }
                buffer.get(begin..begin + length).unwrap_or_default().to_vec()
            }
            None if is_chunked => chunks(stream, buffer, begin).await?,
            None => bail!("an answer without a length"),
        };
        if closes {
            self.stream = None;
        }
        Ok(answer)
    }
}

async fn chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>, mut at: usize) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = loop {
            if let Some(line) = find(buffer, at, b"\r\n") {
                break line;
            }
            ensure!(stream.read_buf(buffer).await? > 0, "closed in a chunk");
        };
        let size = String::from_utf8_lossy(buffer.get(at..line).unwrap_or_default()).into_owned();
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)?;
        let begin = line + 2;
        while buffer.len() < begin + size + 2 {
            ensure!(stream.read_buf(buffer).await? > 0, "closed in a chunk");
        }
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(buffer.get(begin..begin + size).unwrap_or_default());
        at = begin + size + 2;
    }
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(what.len()).position(|window| window == what).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn whatever_is_not_on_this_machine_is_refused() {
        for base in ["http://localhost:8081", "http://127.0.0.1:1", "http://127.9.9.9:80", "http://[::1]:80"]
        {
            assert!(loopback(base).is_ok(), "{base}");
        }
        for base in [
            "http://192.0.2.1:80",
            "http://passport.example",
            "http://localhost.example:80",
            "http://127.0.0.1.example:80",
            "http://localhost@192.0.2.1:80",
            "https://localhost",
            "localhost:80",
        ] {
            assert!(loopback(base).is_err(), "{base}");
        }
    }

    /// Answers each request on one connection with the next of `answers`.
    async fn server(answers: &'static [&'static str]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in answers {
                let mut seen = Vec::new();
                while find(&seen, 0, b"\r\n\r\n").is_none() {
                    stream.read_buf(&mut seen).await.unwrap();
                }
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn answers_of_every_length_are_read_on_one_connection() {
        let address = server(&[
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
        ])
        .await;
        let mut connection = Connection::to(address);
        let first = connection.ask(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        assert_eq!((first.status, first.text().as_str()), (200, "ok"));
        assert_eq!(first.all("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
        assert_eq!(connection.ask(b"GET / HTTP/1.1\r\n\r\n").await.unwrap().text(), "abcde");
        assert_eq!(connection.ask(b"GET / HTTP/1.1\r\n\r\n").await.unwrap().status, 204);
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_an_error() {
        let address = server(&["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]).await;
        assert!(Connection::to(address).ask(b"GET / HTTP/1.1\r\n\r\n").await.is_err());
    }
}
