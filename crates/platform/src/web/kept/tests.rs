//! A door that refuses, and the form that comes back from it.
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, FromRequest as _},
    http::{Request, StatusCode},
    response::{IntoResponse as _, Response},
    routing::post,
};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use tower::ServiceExt as _;

use crate::{
    Fault,
    clock::{Clock, Moment},
    limits::UsedUp,
    testing::site,
    web::{
        Checked, Site, Trouble, Visit, frame,
        upload::{Part, Posted},
    },
};

#[derive(Deserialize)]
struct Form {
    text: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    password: String,
    fails: String,
}

async fn door(visit: Visit, Checked(form): Checked<Form>) -> Result<Response, Trouble> {
    // The test moves the clock when the door is to open.
    if visit.now >= Moment::from_unix_seconds(2_000) {
        assert!(form.subject.is_empty());
        return Ok(format!("took “{}” and “{}”", form.text, form.password).into_response());
    }
    Err(match form.fails.as_str() {
        "away" => Fault::unavailable("the database").into(),
        "bug" => Trouble::bug("on purpose"),
        "many" => Trouble::too_many(UsedUp { until: visit.now + std::time::Duration::from_secs(3_000) }),
        "sign-in" => Trouble::SignIn { path: "/sign-in".into(), key: "error-signed-out" },
        _ => Trouble::not_found(),
    })
}

/// A door that takes files, or does not even look at them.
async fn files(visit: Visit, request: Request<Body>) -> Result<Response, Trouble> {
    if visit.now < Moment::from_unix_seconds(2_000) {
        return Err(Trouble::SignIn { path: "/sign-in".into(), key: "error-signed-out" });
    }
    let Posted::Checked(mut upload) = Posted::from_request(request, &()).await? else {
        return Err(Trouble::not_found());
    };
    let mut told = String::new();
    while let Some(part) = upload.next().await? {
        match part {
            Part::Words(name, value) => told.push_str(&format!("{name}={value} ")),
            Part::File(mut file) => {
                let mut size = 0;
                while let Some(bytes) = file.next().await? {
                    size += bytes.len();
                }
                told.push_str(&format!("{}:{size} ", file.name));
            }
        }
    }
    Ok(told.into_response())
}

struct House {
    app: Router,
    clock: Clock,
    site: Site,
}

fn house() -> House {
    let clock = Clock::settable(Moment::from_unix_seconds(1_000));
    let site = site(&clock);
    let token = axum::routing::get(|visit: Visit| async move { visit.form_token() });
    let long = post(door).layer(DefaultBodyLimit::max(super::LARGEST_FORM));
    let routes = Router::new()
        .route("/article", long)
        .route("/door", post(door))
        .route("/files", post(files).layer(DefaultBodyLimit::max(4 << 20)))
        .route("/other", post(door))
        .route("/token", token);
    House { app: frame::wrap(&site, routes), clock, site }
}

const BROWSER: &str = "passport-browser=AAAAAAAAAAAAAAAAAAAAAA";
const OTHER: &str = "passport-browser=BBBBBBBBBBBBBBBBBBBBBB";

impl House {
    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let answer = self.app.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        (status, String::from_utf8(to_bytes(answer.into_body(), 16 << 20).await.unwrap().to_vec()).unwrap())
    }

    /// A form with files, in pieces as they come over a line; with the answer, how much of it was asked for.
    async fn bring(&self, words: &[(&str, &str)], file: usize) -> (StatusCode, String, usize) {
        let mut body = Vec::new();
        for (name, value) in words {
            let part = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        body.extend_from_slice(
            b"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.zip\"\r\n\r\n",
        );
        body.resize(body.len() + file, b'f');
        body.extend_from_slice(b"\r\n--x--\r\n");
        let taken = Arc::new(AtomicUsize::new(0));
        let pieces: Vec<_> = body.chunks(8 * 1024).map(<[u8]>::to_vec).collect();
        let counted = Arc::clone(&taken);
        let pieces = stream::iter(pieces).map(move |piece| {
            counted.fetch_add(piece.len(), Ordering::SeqCst);
            Ok::<_, std::io::Error>(piece)
        });
        let request = Request::post("/files").header("cookie", BROWSER);
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        let (status, page) = self.send(request.body(Body::from_stream(pieces)).unwrap()).await;
        assert!(taken.load(Ordering::SeqCst) <= body.len());
        (status, page, body.len() - taken.load(Ordering::SeqCst))
    }

    async fn token(&self, browser: &str) -> String {
        self.send(Request::get("/token").header("cookie", browser).body(Body::empty()).unwrap()).await.1
    }

    async fn post(&self, path: &str, browser: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        self.post_from("", path, browser, fields).await
    }

    async fn post_from(
        &self,
        page: &str,
        path: &str,
        browser: &str,
        fields: &[(&str, &str)],
    ) -> (StatusCode, String) {
        let body = serde_html_form::to_string(fields).unwrap();
        let request = Request::post(path)
            .header("cookie", browser)
            .header("referer", page)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", body.len());
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

fn hidden<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    page.split_once(&format!("name=\"{name}\" value=\""))?.1.split('"').next()
}

/// The token of the form that carries what was kept.
fn again(page: &str) -> &str {
    again_at(page, "/door")
}

fn again_at<'a>(page: &'a str, action: &str) -> &'a str {
    hidden(page.split_once(&format!("action=\"{action}\"")).unwrap().1, "form_token").unwrap()
}

#[tokio::test]
async fn a_refusal_leads_back_to_the_page_of_the_form_where_it_cannot_be_sent_again() {
    let house = house();
    let ours = "http://localhost:8081/groups/1?page=2#end";
    for (page, fails, leads) in [
        (ours, "", Some("/groups/1?page=2")),
        (ours, "away", None),
        ("http://localhost:8082/groups/1", "", None),
        ("http://localhost:8081@evil.example/groups/1", "", None),
        ("http://localhost:8081//evil.example/groups/1", "", None),
        ("", "", None),
    ] {
        let token = house.token(BROWSER).await;
        let fields = [("text", "so"), ("fails", fails), ("form_token", &token)];
        let (_, answer) = house.post_from(page, "/door", BROWSER, &fields).await;
        let link =
            answer.split_once("id=\"open-again\" href=\"").map(|(_, rest)| rest.split('"').next().unwrap());
        assert_eq!(link, leads, "{page} {fails}");
    }
}

#[tokio::test]
async fn what_is_gone_by_the_time_of_the_press_is_no_slip_of_the_keyboard() {
    let house = house();
    let token = house.token(BROWSER).await;
    let fields = [("text", "ten minutes of work"), ("fails", ""), ("form_token", &token)];
    let (status, page) = house.post("/door", BROWSER, &fields).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains("No longer there") && page.contains("ten minutes of work"), "{page}");
    let (_, page) = house.post("/nowhere", OTHER, &fields).await;
    assert!(page.contains("Page not found"), "{page}");
}

#[tokio::test]
async fn whatever_goes_wrong_the_words_come_back_and_can_be_sent_again() {
    for (fails, status) in [("away", 503), ("bug", 500), ("many", 429), ("sign-in", 403)] {
        let house = house();
        let token = house.token(BROWSER).await;
        let text = "Two words\r\nand <a second> line";
        let fields = [("text", text), ("password", "hush hush"), ("fails", fails), ("form_token", &token)];
        let (answered, page) = house.post("/door", BROWSER, &fields).await;
        assert_eq!(answered.as_u16(), status, "{page}");
        assert!(page.contains("Two words") && !page.contains("<a second>"), "{page}");
        assert!(!page.contains("hush"), "a password is shown nowhere");
        assert_eq!(page.contains("href=\"/sign-in\""), fails == "sign-in");
        let kept = hidden(&page, "kept").unwrap();

        // It fails once more, and is kept once more.
        let (answered, page) =
            house.post("/door", BROWSER, &[("kept", kept), ("form_token", again(&page))]).await;
        assert_eq!(answered.as_u16(), status);
        let kept = hidden(&page, "kept").unwrap();
        house.clock.advance(std::time::Duration::from_secs(1_000));
        let (answered, took) =
            house.post("/door", BROWSER, &[("kept", kept), ("form_token", again(&page))]).await;
        assert_eq!(
            (answered.as_u16(), took.as_str()),
            (200, "took “Two words\r\nand <a second> line” and “”")
        );
    }
}

#[tokio::test]
async fn the_longest_article_comes_back_too_and_nothing_is_promised_that_was_not_kept() {
    let house = house();
    let token = house.token(BROWSER).await;
    let send = async |length: usize| {
        let text = "a word ".repeat(length / 7);
        let fields = [("text", text.as_str()), ("fails", "sign-in"), ("form_token", &token)];
        house.post("/article", BROWSER, &fields).await
    };
    for length in [60_000, 240_000, 1_400_000] {
        let (status, page) = send(length).await;
        assert_eq!((status.as_u16(), page.contains("is kept on this page")), (403, true), "{length}");
        let kept = hidden(&page, "kept").unwrap();
        let fields = [("kept", kept), ("form_token", again_at(&page, "/article"))];
        let (status, page) = house.post("/article", BROWSER, &fields).await;
        assert_eq!((status.as_u16(), hidden(&page, "kept").is_some()), (403, true), "{length}");
    }
    // While many others write long texts.
    let others = super::LARGE.acquire_many(8).await.unwrap();
    let (status, page) = send(240_000).await;
    assert_eq!((status.as_u16(), hidden(&page, "kept")), (403, None));
    assert!(page.contains("does not have what you sent") && !page.contains("is kept on"), "{page}");
    drop(others);
    assert!(send(240_000).await.1.contains("is kept on this page"));
}

#[tokio::test]
async fn a_kept_form_is_of_its_browser_its_address_and_its_day() {
    let house = house();
    let token = house.token(BROWSER).await;
    let fields = [("text", "Two words"), ("fails", "many"), ("form_token", &token)];
    let (_, page) = house.post("/door", BROWSER, &fields).await;
    let kept = hidden(&page, "kept").unwrap();
    house.clock.advance(std::time::Duration::from_secs(1_000));
    let (mine, theirs) = (house.token(BROWSER).await, house.token(OTHER).await);
    for (path, browser, kept, token) in [
        ("/other", BROWSER, kept, mine.as_str()),
        ("/door", OTHER, kept, theirs.as_str()),
        ("/door", BROWSER, kept, theirs.as_str()),
        ("/door", BROWSER, kept, ""),
        ("/door", BROWSER, kept.get(1..).unwrap(), mine.as_str()),
        ("/door", BROWSER, "AAAA", mine.as_str()),
    ] {
        let (status, _) = house.post(path, browser, &[("kept", kept), ("form_token", token)]).await;
        assert_eq!(status.as_u16(), 403, "{path} {browser} {token}");
    }
    house.clock.advance(super::LIFETIME);
    let (status, _) = house.post("/door", BROWSER, &[("kept", kept), ("form_token", &mine)]).await;
    assert_eq!(status.as_u16(), 403, "a day later");
    assert_eq!(house.site.product, "passport");
}

#[tokio::test]
async fn a_field_with_a_label_comes_back_by_it_be_it_one_word_and_names_of_things_do_not() {
    let house = house();
    let token = house.token(BROWSER).await;
    let fields = [
        ("text", "ten-17"),
        ("subject", "Fechamento"),
        ("password", "hush"),
        ("fails", "gone"),
        ("form_token", &token),
    ];
    let (status, page) = house.post("/door", BROWSER, &fields).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(
        page.contains("<label for=\"kept-1\">Sample</label>") && page.contains(">Fechamento</textarea>"),
        "{page}"
    );
    assert!(!page.contains("ten-17") && !page.contains("hush"), "{page}");
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_shown_and_not_sealed() {
    let house = house();
    let token = house.token(BROWSER).await;
    let gone = [("text", "Two words"), ("fails", "gone"), ("form_token", token.as_str())];
    let (status, page) = house.post("/door", BROWSER, &gone).await;
    assert!(status == StatusCode::NOT_FOUND && page.contains("Two words"), "{page}");
    assert_eq!(hidden(&page, "kept"), None);
    // A stranger's form is neither read nor shown.
    let foreign = Request::post("/door")
        .header("cookie", BROWSER)
        .header("origin", "https://evil.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", "14");
    let (status, page) = house.send(foreign.body(Body::from("text=Two words")).unwrap()).await;
    assert!(status == StatusCode::FORBIDDEN && !page.contains("Two words"), "{page}");
}

#[tokio::test]
async fn the_words_beside_a_file_come_back_and_only_the_file_is_chosen_again() {
    for size in [3, 3_000_000] {
        let house = house();
        let token = house.token(BROWSER).await;
        let words =
            [("form_token", token.as_str()), ("subject", "Two words\r\nand <a second> line"), ("seen", "1")];
        let (status, page, left) = house.bring(&words, size).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{page}");
        assert!(page.contains("Two words") && page.contains("is kept on this page"), "{page}");
        assert!(page.contains("name=\"files\" type=\"file\" multiple required"), "{page}");
        assert_eq!(left, 0, "a browser that cannot send to the end shows no answer");
        // Pressed too early, and once more after signing in.
        let again = [("form_token", again_at(&page, "/files")), ("kept", hidden(&page, "kept").unwrap())];
        let (status, page, _) = house.bring(&again, size).await;
        assert!(status == StatusCode::FORBIDDEN && page.contains("Two words"), "{page}");
        house.clock.advance(std::time::Duration::from_secs(1_000));
        let again = [("form_token", again_at(&page, "/files")), ("kept", hidden(&page, "kept").unwrap())];
        let (status, took, _) = house.bring(&again, size).await;
        let all = format!("subject=Two words\r\nand <a second> line seen=1 a.zip:{size} ");
        assert_eq!((status, took), (StatusCode::OK, all));
    }
}

#[tokio::test]
async fn a_form_with_files_that_cannot_be_kept_promises_nothing() {
    let house = house();
    let token = house.token(BROWSER).await;
    // No words of ours are so long.
    let long = "word ".repeat(30_000);
    let (status, page, _) = house.bring(&[("form_token", &token), ("subject", &long)], 3).await;
    assert_eq!((status, hidden(&page, "kept")), (StatusCode::FORBIDDEN, None));
    assert!(page.contains("does not have what you sent"), "{page}");
    // Nobody's token: nothing is sealed, and nothing more is taken in.
    let (status, page, left) = house.bring(&[("form_token", "x"), ("subject", "Two words")], 3_000_000).await;
    assert_eq!((status, hidden(&page, "kept")), (StatusCode::FORBIDDEN, None));
    assert!(left > 2_000_000, "{left}");
    let kept = [("form_token", token.as_str()), ("kept", "AAAA")];
    assert_eq!(house.bring(&kept, 3).await.0, StatusCode::FORBIDDEN);
}
