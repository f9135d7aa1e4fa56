//! Bytes that are no request, or half of one: refused, and nothing stays behind (HT-05, HT-06, HT-11, HT-13, INV-11).
use testkit::{House, Kind, on_both_engines};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

on_both_engines![
    ht_05_a_request_of_two_lengths_is_refused_and_the_connection_closed,
    ht_06_floods_of_http_2_frames_end_with_their_connection,
    ht_11_pages_that_are_not_there_are_no_fault,
    ht_13_whoever_hangs_up_in_the_middle_leaves_nothing_behind,
];

/// What would be a second request where somebody read the first one's length otherwise.
const SECOND: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn ht_05_a_request_of_two_lengths_is_refused_and_the_connection_closed(house: House) {
    for fields in [
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: +3",
        "Content-Length: -1",
        "Content-Length: 0x3",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: gzip",
    ] {
        let bytes = format!(
            "POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{fields}\r\n\r\na=b{SECOND}"
        );
        let answer = house.net.raw(&house.url("/"), bytes.as_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{fields}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), usize::from(!answer.is_empty()), "{fields}: {answer}");
    }
    house.browser().get("/").await.assert_status(200);
}

/// A frame of HTTP/2: kind, flags, stream, body.
fn frame(kind: u8, flags: u8, stream: u32, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).unwrap();
    [&[0, 0, length, kind, flags][..], &stream.to_be_bytes(), body].concat()
}

/// Says hello and `first`, then sends frames until the server closes; false when it took all of them.
async fn is_closed(house: &House, first: Vec<u8>, next: impl Fn(u32) -> Vec<u8>) -> bool {
    const MOST: u32 = 200_000;
    let url: url::Url = house.url("/").parse().unwrap();
    let stream = TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let reads = tokio::spawn(async move { read.read_to_end(&mut Vec::new()).await });
    let hello = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[]), first].concat();
    write.write_all(&hello).await.unwrap();
    for number in 0..MOST {
        if reads.is_finished() || write.write_all(&next(number)).await.is_err() {
            return true;
        }
    }
    false
}

async fn ht_06_floods_of_http_2_frames_end_with_their_connection(house: House) {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RESET: u8 = 3;
    const CONTINUATION: u8 = 9;
    // GET and POST, http, path and authority, as HPACK writes them.
    let get = b"\x82\x86\x84\x01\x09localhost";
    let post = b"\x83\x86\x84\x01\x09localhost";
    let rapid_resets = is_closed(&house, vec![], |number| {
        let stream = 2 * number + 1;
        [frame(HEADERS, 0x5, stream, get), frame(RESET, 0, stream, &[0, 0, 0, 8])].concat()
    });
    assert!(rapid_resets.await, "requests that are taken back at once");
    let continued = is_closed(&house, frame(HEADERS, 0x1, 1, get), |number| {
        let header = [b"\x40\x08x-".to_vec(), format!("{number:06}\x04none").into_bytes()].concat();
        frame(CONTINUATION, 0, 1, &header)
    });
    assert!(continued.await, "headers without an end");
    let empty = is_closed(&house, frame(HEADERS, 0x4, 1, post), |_| frame(DATA, 0, 1, &[]));
    assert!(empty.await, "pieces of nothing");
    house.browser().get("/").await.assert_status(200);
}

async fn ht_11_pages_that_are_not_there_are_no_fault(house: House) {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for value in ["0", "-1", "9223372036854775808", "NaN", "1e400", "%27", "AAAA"] {
        for name in ["before", "after", "page", "page_size", "limit", "offset"] {
            let answer = browser.get(&format!("/account/history?{name}={value}")).await;
            assert!([200, 303, 400, 404].contains(&answer.status), "{name}={value}: {answer:?}");
        }
    }
}

async fn ht_13_whoever_hangs_up_in_the_middle_leaves_nothing_behind(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let url: url::Url = house.url("/").parse().unwrap();
    let at = ("127.0.0.1", url.port().unwrap());
    let form = "grant_type=refresh_token&refresh_token=x";
    let whole = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    );
    for round in 0..300 {
        let cut = whole.len() * (round % 12) / 11;
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(&whole.as_bytes()[..cut]).await.unwrap();
        // A reset rather than a farewell, every second time.
        if round % 2 == 0 {
            stream.set_zero_linger().unwrap();
        }
        drop(stream);
    }
    let tokens = web.tokens(&browser).await;
    web.tokens_in(&web.refresh(tokens.refresh()).await);
    house.browser().sign_up("bob@acme.test").await;
}
