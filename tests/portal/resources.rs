//! Resources: who reads what, the search, files in parts, courses, newsgroups and newsletters (CS-01 to CS-04).
use std::path::Path;

use axum::http::Request;
use customersource::content;
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::house::{Answer, Browser, House, minutes};

on_both_engines![
    cs_01_there_are_six_sections_and_each_has_its_page,
    cs_02_a_locked_resource_has_three_faces,
    cs_04_what_is_for_partners_or_administrators_is_for_nobody_else,
    cs_03_a_resource_may_be_for_some_regions_alone,
    the_search_finds_words_in_both_languages_with_and_without_accents,
    a_download_goes_on_where_it_stopped_and_proves_itself,
    a_large_file_comes_back_byte_for_byte_from_its_pieces,
    the_same_content_twice_changes_nothing_and_bad_content_stores_nothing,
    a_long_section_and_everything_for_staff_are_turned_to_their_ends_and_back,
];

/// The demonstration's content, and what only this test needs.
pub async fn stocked(engine: Engine) -> House {
    let house = House::open(engine).await;
    stock(&house).await;
    house
}

pub async fn stock(house: &House) {
    let told = import(house, &demonstration()).await.unwrap();
    assert!(told.added >= 8 && told.changed == 0, "{told:?}");
}

fn demonstration() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/demo/data/content")
}

async fn import(house: &House, folder: &Path) -> Result<content::actions::Told, content::Unfit> {
    let read = content::read(folder)?;
    let tx = house.portal.db.begin().await.unwrap();
    let portal = &house.portal;
    let told = content::actions::apply(&tx, house.now(), &portal.random, &portal.audit_mac, &read).await?;
    tx.commit().await.unwrap();
    Ok(told)
}

/// A folder of content with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

async fn fetch(browser: &mut Browser<'_>, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request, "").await
}

const BANK: &str = "/resources/self-help/bank-balance-differs";
const UPDATE: &str = "/resources/product-updates/year-end-2026";
async fn cs_01_there_are_six_sections_and_each_has_its_page(engine: Engine) {
    let house = stocked(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let hub = ann.get("/resources").await;
    for (name, path) in [
        ("Self-help tools", "/resources/self-help"),
        ("Product updates", "/resources/product-updates"),
        ("Newsgroups", "/newsgroups"),
        ("Training", "/resources/training"),
        ("Documentation", "/resources/documentation"),
        ("Online newsletters", "/newsletters"),
    ] {
        hub.shows(200, name);
        hub.shows(200, &format!("href=\"{path}\""));
        ann.get(path).await.shows(200, &format!(">{name}</h1>"));
    }
    ann.get("/resources/self-help").await.shows(200, "Let a colleague in");
    ann.get("/resources/everything").await.shows(404, "");
    assert_eq!(ann.get("/resources/newsletters").await.leads_to(), "/newsletters");
}

async fn cs_02_a_locked_resource_has_three_faces(engine: Engine) {
    let house = stocked(engine).await;
    // Anonymous: whatever there is or is not, the same box, and the way to sign in and come back.
    let mut stranger = house.browser();
    for path in [BANK, UPDATE, "/resources/self-help/nothing-here", "/newsgroups/gp", "/newsletters"] {
        let locked = stranger.get(path).await;
        locked.shows(403, "The content of this page is locked");
        assert!(!locked.text().contains("bank balance"), "{}", locked.text());
    }
    stranger.get(BANK).await.shows(403, "/signin?next=%2Fresources%2Fself-help%2Fbank-balance-differs");
    // A plan that does not suffice: named in the list, locked in itself, and found as locked.
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/resources/self-help").await.shows(200, "Needs another plan");
    let locked = ann.get(BANK).await;
    locked.shows(403, "Your current service plan does not allow access to this information");
    locked.shows(403, "the plan “Basic Service” until November 18, 2026");
    let found = ann.get("/resources?q=statement").await;
    assert!(found.text().contains(BANK) && found.text().contains("Needs another plan"), "{}", found.text());
    // Allowed, from the next request on.
    house
        .seed(json!({
            "plans": [{"code": "premier", "category": "support", "name": "Premier", "rank": 30}],
            "entitlements": [{"company": "contoso", "plan": "premier", "starts_on": "2026-11-01", "ends_on": "2026-11-18"}],
        }))
        .await;
    ann.get(BANK).await.shows(200, "divisible by nine");
    ann.get("/resources?q=statement").await.shows(200, BANK);
    // And no more when the plan is over, by the page and by the file.
    ann.get(UPDATE).await.shows(200, "Year-end update 2026");
    house.clock.advance(minutes(48 * 60));
    ann.sign_in("/account", "ann").await;
    ann.get(BANK).await.shows(403, "Your current service plan");
    ann.get(&format!("{UPDATE}/files/year-end-2026.txt")).await.shows(403, "Your current service plan");
}

async fn cs_04_what_is_for_partners_or_administrators_is_for_nobody_else(engine: Engine) {
    let house = stocked(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let list = ann.get("/resources/documentation").await;
    assert!(
        !list.text().contains("Handbook for partners") && !list.text().contains("Guide for administrators")
    );
    ann.get("/resources/documentation/partner-handbook").await.shows(403, "Not meant for your profile");
    assert!(ann.get("/resources?q=handbook").await.text().contains("Nothing found"));
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/resources/documentation/partner-handbook").await.shows(200, "first administrator");
    pat.get("/resources?q=hand%20partn").await.shows(200, "Handbook for partners");
    let mut boss = house.browser();
    boss.administer().await;
    boss.get("/resources/documentation/administrators-guide").await.shows(200, "former member");
}

async fn cs_03_a_resource_may_be_for_some_regions_alone(house: House) {
    let content = folder(&[
        ("documentation/tax/resource.toml", "[audience]\nregions = [\"BR\"]\n"),
        ("documentation/tax/en-US.md", "# Tax in Brazil\n\nRates.\n"),
        ("documentation/nav/resource.toml", "[audience]\nproducts = [\"NAV\"]\n"),
        ("documentation/nav/en-US.md", "# NAV\n\nGuide.\n"),
    ]);
    import(&house, content.path()).await.unwrap();
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/resources/documentation/tax").await.shows(403, "Not available where your company is");
    ann.get("/resources/documentation/nav").await.shows(403, "Not meant for your profile");
    house
        .seed(json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "region": "br", "products": ["nav"]}]}))
        .await;
    ann.get("/resources/documentation/tax").await.shows(200, "Rates.");
    ann.get("/resources/documentation/nav").await.shows(200, "Guide.");
}

async fn the_search_finds_words_in_both_languages_with_and_without_accents(engine: Engine) {
    let house = stocked(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get("/resources?q=COLLEAG").await.shows(200, "Let a colleague in");
    ann.get("/resources?q=formularios%20exercicio").await.shows(200, "Year-end update 2026");
    ann.language = "pt-BR";
    ann.get("/resources?q=formul%C3%A1rios").await.shows(200, "Atualização de fim de ano 2026");
    for odd in ["%22", "%27%3B--", "NEAR(", "a%20AND", "*", "title:x", "(((("] {
        assert_eq!(ann.get(&format!("/resources?q={odd}")).await.status, 200, "{odd}");
    }
    let shown = ann.get("/resources?q=%3Cscript%3E").await;
    assert!(!shown.text().contains("<script>") && shown.status == 200, "{}", shown.text());
}

async fn a_download_goes_on_where_it_stopped_and_proves_itself(engine: Engine) {
    let house = stocked(engine).await;
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let path = format!("{UPDATE}/files/year-end-2026.txt");
    let file =
        std::fs::read_to_string(demonstration().join("product-updates/year-end-2026/year-end-2026.txt"))
            .unwrap();
    let whole = fetch(&mut ann, &path, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((whole.status, whole.text()), (200, file.as_str()));
    let header = |answer: &Answer, name: &str| {
        answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header(&whole, "content-encoding"), None, "parts are parts of the bytes themselves");
    assert_eq!(header(&whole, "accept-ranges").as_deref(), Some("bytes"));
    assert_eq!(
        header(&whole, "content-disposition").as_deref(),
        Some("attachment; filename=\"year-end-2026.txt\"")
    );
    let etag = header(&whole, "etag").unwrap();
    ann.get(UPDATE).await.shows(200, etag.trim_matches('"'));

    let part = fetch(&mut ann, &path, &[("range", "bytes=100-149"), ("if-range", &etag)]).await;
    assert_eq!((part.status, part.text()), (206, &file[100..150]));
    assert_eq!(header(&part, "content-range"), Some(format!("bytes 100-149/{}", file.len())));
    let rest = fetch(&mut ann, &path, &[("range", "bytes=150-")]).await;
    assert_eq!((rest.status, rest.text()), (206, &file[150..]));
    let beyond = fetch(&mut ann, &path, &[("range", "bytes=999999-")]).await;
    assert_eq!(header(&beyond, "content-range"), Some(format!("bytes */{}", file.len())));
    assert_eq!(beyond.status, 416);
    let same = fetch(&mut ann, &path, &[("if-none-match", &etag)]).await;
    assert_eq!((same.status, same.text()), (304, ""));
    let other = fetch(&mut ann, &path, &[("range", "bytes=100-"), ("if-range", "\"another\"")]).await;
    assert_eq!(other.status, 200);

    let head = ann.send(Request::head(&path), "").await;
    assert_eq!((head.status, header(&head, "content-length")), (200, Some(file.len().to_string())));
    for nothing in ["other.txt", "..%2F..%2Fresource.toml", "year-end-2026.txt%00"] {
        assert_eq!(ann.get(&format!("{UPDATE}/files/{nothing}")).await.status, 404, "{nothing}");
    }
    house.browser().get(&path).await.shows(403, "locked");
}

async fn a_large_file_comes_back_byte_for_byte_from_its_pieces(house: House) {
    let content = folder(&[
        ("product-updates/big/resource.toml", "files = [\"big.txt\", \"plan.png\"]\n"),
        ("product-updates/big/en-US.md", "# Big\n\nLarge.\n\n![Plan](plan.png)\n"),
        ("product-updates/big/plan.png", "not really"),
    ]);
    let text: String = (0..120_000).map(|number| format!("{number:07} ")).collect();
    std::fs::write(content.path().join("product-updates/big/big.txt"), &text).unwrap();
    import(&house, content.path()).await.unwrap();
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    let path = "/resources/product-updates/big/files/big.txt";
    assert!(ann.get(path).await.text() == text);
    let part = fetch(&mut ann, path, &[("range", "bytes=262100-524400")]).await;
    assert!(*part.text() == text[262_100..=524_400], "over the edges of three pieces");
    ann.get("/resources/product-updates/big")
        .await
        .shows(200, "src=\"/resources/product-updates/big/files/plan.png\"");
    let plan = ann.get("/resources/product-updates/big/files/plan.png").await;
    assert_eq!(plan.headers["content-type"], "image/png");
}

async fn the_same_content_twice_changes_nothing_and_bad_content_stores_nothing(engine: Engine) {
    let house = stocked(engine).await;
    let told = import(&house, &demonstration()).await.unwrap();
    assert_eq!((told.added, told.changed, told.files), (0, 0, 0), "{told:?}");
    let before = house.dump().await;
    for bad in [
        vec![("documentation/a/en-US.md", "no title")],
        vec![("documentation/A b/en-US.md", "# x\n\ny\n")],
        vec![
            ("documentation/a/resource.toml", "files = [\"missing.zip\"]\n"),
            ("documentation/a/en-US.md", "# x\n\ny\n"),
        ],
        vec![("elsewhere/a/en-US.md", "# x\n\ny\n")],
        vec![("newsgroups/a/newsgroup.toml", "language = \"xx\"\nname = \"a\"\nabout = \"b\"\n")],
        vec![
            ("documentation/ok/en-US.md", "# x\n\ny\n"),
            ("documentation/a/resource.toml", "colour = 1\n"),
            ("documentation/a/en-US.md", "# x\n\ny\n"),
        ],
        vec![],
    ] {
        let error = import(&house, folder(&bad).path()).await.unwrap_err();
        assert!(matches!(error, content::Unfit::Entry(_)), "{error}");
    }
    assert_eq!(house.dump().await, before);
    let changed = folder(&[
        (
            "product-updates/year-end-2026/resource.toml",
            "product = \"GP\"\nversion = \"2026.5\"\nstate = \"withdrawn\"\n",
        ),
        ("product-updates/year-end-2026/en-US.md", "# Year-end update 2026\n\nWithdrawn.\n"),
    ]);
    let told = import(&house, changed.path()).await.unwrap();
    assert_eq!((told.added, told.changed), (0, 1));
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    ann.get(UPDATE).await.shows(404, "");
    assert!(!ann.get("/resources?q=year-end").await.text().contains(UPDATE));
}

/// Everything on the pages from here on that begins so, and the last page.
async fn walk(browser: &mut Browser<'_>, mut path: String, mark: &str, way: &str) -> (Vec<String>, String) {
    let mut seen = Vec::new();
    loop {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        let here: Vec<String> = page.text().split(mark).skip(1).map(|rest| rest[..3].to_owned()).collect();
        if way == "prev" {
            seen.splice(0..0, here)
        } else {
            seen.splice(seen.len().., here)
        };
        match page.text().split_once(&format!("\" rel=\"{way}\"")) {
            Some((before, _)) => path = before.rsplit('"').next().unwrap().to_owned(),
            None => return (seen, path),
        }
    }
}

async fn a_long_section_and_everything_for_staff_are_turned_to_their_ends_and_back(house: House) {
    let files: Vec<(String, String)> = (0..230)
        .map(|number| {
            (format!("documentation/doc-{number:03}/en-US.md"), format!("# Paper {number:03}\n\nAbout.\n"))
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    import(&house, folder(&files).path()).await.unwrap();
    house.employ("ed", "editor").await;
    let (mut ann, mut ed) = (house.browser(), house.browser());
    ann.associate("ann", "Ann@Contoso.example").await;
    ed.sign_in("/staff/content", "ed").await;
    for (browser, path, mark) in [
        (&mut ann, "/resources/documentation", "<a href=\"/resources/documentation/doc-"),
        (&mut ed, "/staff/content", ">Paper "),
    ] {
        let (seen, last) = walk(browser, path.to_owned(), mark, "next").await;
        let mut all = seen.clone();
        all.sort();
        all.dedup();
        assert_eq!((seen.len(), all.len()), (230, 230), "{path}");
        let (back, first) = walk(browser, last, mark, "prev").await;
        assert_eq!(back, seen, "{path}");
        assert_ne!(first, path);
        let unknown = format!("{path}?after=01930000-0000-7000-8000-000000000000");
        assert_eq!(browser.get(&unknown).await.status, 200);
    }
}
