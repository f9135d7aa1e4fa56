//! Files that editors bring through the portal: whole or not at all, of no type but what their name says, and
//! consistent for whoever is downloading meanwhile.
use axum::http::Request;
use customersource::jobs::sweep;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::house::{Answer, Browser, House, minutes};

on_both_engines![
    an_editor_brings_files_that_come_back_byte_for_byte,
    a_name_with_blanks_and_accents_comes_back_as_it_was,
    br_13_a_file_never_acts_as_a_page,
    ht_03_what_is_too_large_empty_or_badly_named_stores_nothing_and_keeps_the_reason,
    br_03_a_form_with_files_is_checked_like_every_other,
    a_replaced_file_has_another_tag_and_the_old_one_ends_when_nobody_can_be_reading_it,
    two_editors_at_once_are_told_and_the_same_bytes_are_kept_once,
    what_was_brought_counts_under_the_throttle,
];

const PAGE: &str = "/resources/product-updates/tax";

/// A portal with an editor and one product update; the address of its files for the editor.
pub async fn editing(engine: Engine) -> (House, String) {
    let house = House::open_with(engine, |settings| settings.content.largest_file_mb = 1).await;
    house.seed(json!({"staff": [{"subject": "ed", "name": "Ed", "role": "editor"}, {"subject": "sue", "name": "Sue", "role": "support"}]})).await;
    let mut ed = at_desk(&house).await;
    let fields = [
        ("section", "product_update"),
        ("slug", "tax"),
        ("state", "published"),
        ("title_en", "Tax update"),
        ("body_en", "![Plan](plan.png) ![Drawing](drawing.svg)"),
        ("reason", "It is due"),
    ];
    ed.fill_in("/staff/content/new", "/staff/content/new", &fields).await.leads_to();
    let dump = house.dump().await;
    let id = dump["resource"][0]["id"].as_str().unwrap().to_owned();
    (house, format!("/staff/content/{id}/files"))
}

pub async fn at_desk(house: &House) -> Browser<'_> {
    let mut ed = house.browser();
    assert_eq!(ed.sign_in("/staff/content", "ed").await.leads_to(), "/staff/content");
    ed
}

/// A form with files, as a browser builds it: the words first.
pub fn form(words: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in words {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, bytes) in files {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    body
}

pub async fn send(ed: &mut Browser<'_>, path: &str, body: Vec<u8>) -> Answer {
    let request = Request::post(path).header("content-type", "multipart/form-data; boundary=edge");
    ed.send(request.header("sec-fetch-site", "same-origin"), body).await
}

/// Opens the page and sends its form with these files.
pub async fn bring(ed: &mut Browser<'_>, path: &str, files: &[(&str, &[u8])]) -> Answer {
    let page = ed.get(path).await;
    let seen: Vec<_> = page
        .text()
        .split("name=\"seen\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let token = ed.form_token.clone();
    let mut words = vec![("form_token", token.as_str())];
    words.extend(seen.iter().map(|seen| ("seen", *seen)));
    words.push(("reason", "It was asked for"));
    send(ed, path, form(&words, files)).await
}

pub async fn number(house: &House, sql: &str) -> i64 {
    let db = house.portal.db.reader();
    let statement = sea_orm::Statement::from_string(
        db.get_database_backend(),
        format!("SELECT CAST(COUNT(*) AS bigint) AS number FROM {sql}"),
    );
    db.query_one_raw(statement).await.unwrap().unwrap().try_get("", "number").unwrap()
}

async fn an_editor_brings_files_that_come_back_byte_for_byte(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    let large: Vec<u8> = (0..900_000_u32).map(|number| (number % 251) as u8 % 128).collect();
    let done = bring(&mut ed, &path, &[("update.zip", &large), ("plan.png", b"picture")]).await;
    assert_eq!(done.leads_to(), format!("{path}?done=done"));
    let shown = ed.get(&path).await;
    for part in ["update.zip", "900.0 kB", "![](plan.png)"] {
        shown.shows(200, part);
    }
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let got = ann.get(&format!("{PAGE}/files/update.zip")).await;
    assert!(got.text().as_bytes() == large.as_slice(), "byte for byte");
    ann.get(PAGE).await.shows(200, got.headers["etag"].to_str().unwrap().trim_matches('"'));
    assert_eq!(house.deeds("content.file_added").await, 2);
    assert_eq!(number(&house, "blob_idle").await, 0);
    assert_eq!(number(&house, "blob_chunk WHERE sha256 LIKE 'upload%'").await, 0);
    // Also before it is published, for the preview.
    assert_eq!(ed.get(&format!("{path}/plan.png")).await.headers["content-type"], "image/png");
    ed.get(path.trim_end_matches("/files")).await.shows(200, &format!("src=\"{path}/plan.png\""));
}

async fn a_name_with_blanks_and_accents_comes_back_as_it_was(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    // As one system writes it and as another does: one name.
    let (name, apart) = ("Preço médio = 100%.pdf", "Prec\u{327}o me\u{301}dio = 100%.pdf");
    let href = "Pre%C3%A7o%20m%C3%A9dio%20%3D%20100%25.pdf";
    bring(&mut ed, &path, &[(apart, b"first"), ("my plan.png", b"picture")]).await.leads_to();
    ed.get(&path).await.shows(200, &format!("{path}/{href}\">{name}</a>"));
    ed.get(&path).await.shows(200, "![](my%20plan.png)");
    bring(&mut ed, &path, &[(name, b"second")]).await.leads_to();
    assert_eq!(number(&house, "resource_file").await, 2, "it was replaced");
    let fields = [("body_en", "![Plan](my%20plan.png) [Prices](<Preço médio = 100%25.pdf>)")];
    let page = path.trim_end_matches("/files");
    let form = ed.get(page).await;
    form.shows(200, "name=\"revision\"");
    let revision =
        form.text().split_once("name=\"revision\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let mut words = vec![
        ("section", "product_update"),
        ("slug", "tax"),
        ("state", "published"),
        ("title_en", "Tax update"),
        ("reason", "New"),
        ("revision", revision.as_str()),
    ];
    words.extend(fields);
    ed.post(page, &words).await.leads_to();
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let shown = ann.get(PAGE).await;
    shown.shows(200, &format!("href=\"{PAGE}/files/{href}\" download>{name}</a>"));
    shown.shows(200, &format!("src=\"{PAGE}/files/my%20plan.png\""));
    shown.shows(200, &format!("<a href=\"{PAGE}/files/{href}\""));
    let got = ann.get(&format!("{PAGE}/files/{href}")).await;
    assert_eq!((got.status, got.text()), (200, "second"));
    assert_eq!(
        got.headers["content-disposition"],
        "attachment; filename=\"Preco medio = 100_.pdf\"; filename*=UTF-8''Pre%C3%A7o%20m%C3%A9dio%20%3D%20100%25.pdf"
    );
    for other in ["Preco%20medio.pdf", "..%2Ftax", "%00", "a%2Fb"] {
        assert_eq!(ann.get(&format!("{PAGE}/files/{other}")).await.status, 404, "{other}");
    }
}

async fn br_13_a_file_never_acts_as_a_page(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    let evil: &[u8] = b"<script>alert(1)</script>";
    let files = [("page.html", evil), ("drawing.svg", evil), ("plan.png", evil), ("x.xhtml", evil)];
    bring(&mut ed, &path, &files).await.leads_to();
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    for (name, _) in files {
        for answer in
            [ann.get(&format!("{PAGE}/files/{name}")).await, ed.get(&format!("{path}/{name}")).await]
        {
            assert_eq!(answer.status, 200, "{name}");
            let kind = answer.headers["content-type"].to_str().unwrap();
            let is_picture = name == "plan.png";
            assert_eq!(kind, if is_picture { "image/png" } else { "application/octet-stream" }, "{name}");
            assert_eq!(answer.headers.contains_key("content-disposition"), !is_picture, "{name}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
        }
    }
    let page = ann.get(PAGE).await;
    assert!(
        page.text().contains("files/plan.png")
            && !page.text().contains("src=\"/resources/product-updates/tax/files/drawing.svg\"")
    );
}

async fn ht_03_what_is_too_large_empty_or_badly_named_stores_nothing_and_keeps_the_reason(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    let large = vec![b'x'; 1_000_001];
    let good: (&str, &[u8]) = ("good.zip", b"good");
    for (file, status, said) in [
        (("large.zip", large.as_slice()), 413, "is larger than 1 MB"),
        (("empty.zip", b"".as_slice()), 422, "is empty"),
        (("a:b.zip", b"x".as_slice()), 422, "Rename"),
        (("../x.zip", b"x".as_slice()), 422, "Rename"),
        ((".htaccess", b"x".as_slice()), 422, "Rename"),
        (("good.zip", b"x".as_slice()), 422, "chosen twice"),
    ] {
        let answer = bring(&mut ed, &path, &[good, file]).await;
        answer.shows(status, said);
        answer.shows(status, "It was asked for");
    }
    bring(&mut ed, &path, &[]).await.shows(422, "Choose a file");
    bring(&mut ed, &path, &[("", b"")]).await.shows(422, "Choose a file");
    let much = vec![b'x'; 3_500_000];
    bring(&mut ed, &path, &[("much.zip", &much)]).await.shows(413, "It was asked for");
    assert_eq!(number(&house, "resource_file").await, 0);
    assert_eq!(house.deeds("content.file_added").await, 0);
    // What was taken in on the way is swept.
    assert!(number(&house, "blob_chunk").await > 0);
    house.clock.advance(minutes(24 * 60 + 1));
    sweep::once(&house.portal).await.unwrap();
    assert_eq!((number(&house, "blob_chunk").await, number(&house, "blob_idle").await), (0, 0));
}

async fn br_03_a_form_with_files_is_checked_like_every_other(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    ed.get(&path).await;
    let files: [(&str, &[u8]); 1] = [("a.zip", b"x")];
    let words = |token: &'static str| [("form_token", token), ("reason", "kept words")];
    send(&mut ed, &path, form(&words("wrong"), &files)).await.shows(403, "kept words");
    send(&mut ed, &path, form(&[("reason", "kept words")], &files)).await.shows(403, "");
    let token = ed.form_token.clone();
    let whole = form(&[("form_token", &token), ("reason", "It is due")], &files);
    let foreign = Request::post(&path)
        .header("content-type", "multipart/form-data; boundary=edge")
        .header("sec-fetch-site", "cross-site");
    ed.send(foreign, whole.clone()).await.shows(403, "");
    let plain = Request::post(&path).header("content-type", "application/x-www-form-urlencoded");
    ed.send(plain, format!("form_token={token}&reason=abc")).await.shows(415, "");
    // Broken off in the middle of the file.
    let torn = whole[..whole.len() - 12].to_vec();
    send(&mut ed, &path, torn).await.shows(422, "The upload was interrupted");
    let mut sue = house.browser();
    sue.sign_in("/staff", "sue").await.leads_to();
    sue.get("/staff").await;
    let token = sue.form_token.clone();
    let body = form(&[("form_token", &token), ("reason", "It is due")], &files);
    send(&mut sue, &path, body).await.shows(403, "Only for staff");
    assert_eq!(number(&house, "resource_file").await, 0);
}

async fn a_replaced_file_has_another_tag_and_the_old_one_ends_when_nobody_can_be_reading_it(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    let old = vec![b'a'; 600_000];
    bring(&mut ed, &path, &[("update.zip", &old)]).await.leads_to();
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let file = format!("{PAGE}/files/update.zip");
    let tag = ann.get(&file).await.headers["etag"].to_str().unwrap().to_owned();
    let pieces = number(&house, "blob_chunk").await;

    bring(&mut ed, &path, &[("update.zip", &vec![b'b'; 600_000])]).await.leads_to();
    assert_eq!(house.deeds("content.file_replaced").await, 1);
    // A download that goes on begins again: it would be half of each.
    let request = Request::get(&file).header("range", "bytes=300000-").header("if-range", &tag);
    let again = ann.send(request, "").await;
    assert_eq!((again.status, again.text().len()), (200, 600_000));
    assert_ne!(again.headers["etag"].to_str().unwrap(), tag);
    // One that is under way has its pieces for a day.
    assert_eq!(number(&house, "blob_chunk").await, pieces * 2);
    sweep::once(&house.portal).await.unwrap();
    assert_eq!(number(&house, "blob_chunk").await, pieces * 2);
    house.clock.advance(minutes(24 * 60 + 1));
    sweep::once(&house.portal).await.unwrap();
    assert_eq!(number(&house, "blob_chunk").await, pieces);

    let mut ed = at_desk(&house).await;
    let page = ed.get(&path).await;
    let sha256 =
        page.text().split("name=\"sha256\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let remove = path.replace("/files", "/remove-file");
    let gone = |sha256: &'static str, reason: &'static str| {
        vec![("name", "update.zip"), ("sha256", sha256), ("reason", reason)]
    };
    ed.post(&remove, &gone("other", "Wrong one")).await.shows(409, "Wrong one</textarea>");
    let sha256: &'static str = sha256.leak();
    ed.post(&remove, &gone(sha256, "")).await.shows(422, "Enter a reason of 3 to 1000 characters");
    assert!(ed.post(&remove, &gone(sha256, "Wrong one")).await.leads_to().ends_with("done=done"));
    assert_eq!((number(&house, "resource_file").await, house.deeds("content.file_removed").await), (0, 1));
}

async fn two_editors_at_once_are_told_and_the_same_bytes_are_kept_once(engine: Engine) {
    let (house, path) = editing(engine).await;
    let (mut ed, mut eva) = (at_desk(&house).await, at_desk(&house).await);
    ed.get(&path).await;
    eva.get(&path).await;
    let words = |token: &str| vec![("form_token", token.to_owned()), ("reason", "Mine is right".to_owned())];
    let of = |browser: &Browser<'_>, name: &str, bytes: &[u8]| {
        let words = words(&browser.form_token);
        let words: Vec<_> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
        form(&words, &[(name, bytes)])
    };
    let (first, second) = (of(&ed, "a.zip", b"ed"), of(&eva, "a.zip", b"eva"));
    let other = of(&eva, "b.zip", b"ed");
    send(&mut ed, &path, first).await.leads_to();
    let told = send(&mut eva, &path, second).await;
    told.shows(409, "Somebody else changed “a.zip” in the meantime");
    told.shows(409, "Mine is right");
    // Another file disturbs nobody.
    send(&mut eva, &path, other).await.leads_to();
    assert_eq!(number(&house, "resource_file").await, 2);
    let named = "blob_chunk WHERE sha256 IN (SELECT sha256 FROM resource_file)";
    assert_eq!(number(&house, named).await, 1, "the same bytes, once");
    house.clock.advance(minutes(24 * 60 + 1));
    sweep::once(&house.portal).await.unwrap();
    assert_eq!(number(&house, "blob_chunk").await, 1);
}

async fn what_was_brought_counts_under_the_throttle(engine: Engine) {
    let (house, path) = editing(engine).await;
    let mut ed = at_desk(&house).await;
    for number in 0..19 {
        let name = format!("file-{number}.zip");
        assert_eq!(bring(&mut ed, &path, &[(&name, b"x")]).await.status, 303, "{number}");
    }
    assert_eq!(bring(&mut ed, &path, &[("more.zip", b"x")]).await.status, 429);
}
