//! Looks at the page that a person has open, at every width and in every light: reading rules (axe-core), reflow,
//! foreign requests, complaints of the browser; photographs it when asked. Knows no page.
use std::{collections::BTreeSet, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use url::Url;

use crate::{album, person::Person, post::Letter};

/// WCAG 2.2 AA (WCAG 1.4.10: no sideways scrolling at 320 px), and what its authors advise beyond.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS: [u32; 2] = [320, 1280];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// Collects what is wrong on a walk, so that one walk tells everything.
pub struct Glass {
    axe: String,
    /// Where photographs go, when they are wanted.
    album: Option<PathBuf>,
    language: &'static str,
    seen: BTreeSet<String>,
    /// Of the letters that were read.
    subjects: BTreeSet<String>,
    faults: Vec<String>,
}

/// One request that a browser sent, and the bytes that came back, head and body as they travelled.
#[derive(Debug)]
pub struct Fetched {
    pub url: String,
    pub bytes: u64,
}

impl Glass {
    /// For pages in `language`.
    pub fn new(language: &'static str) -> Self {
        let file = std::env::var("TEST_AXE").expect("TEST_AXE is set; run: cargo xtask test");
        let axe = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let (seen, subjects) = (BTreeSet::new(), BTreeSet::new());
        Self { axe, album: None, language, seen, subjects, faults: Vec::new() }
    }

    /// Keeps photographs in `target/screenshots` when `TEST_SCREENSHOTS=1`.
    pub fn with_album(mut self) -> Self {
        self.album = album::folder(self.language);
        self
    }

    /// Looks at the page that is open; `name` is what to call it.
    pub async fn looks_at(&mut self, person: &Person, name: &str) {
        assert!(self.seen.insert(name.to_owned()), "{name} is looked at twice");
        // The page of the last press has come.
        person.finds("footer form.locale").await;
        let language = person.reads_attribute("html", "lang").await;
        if language != self.language {
            self.faults.push(format!("{name}: speaks {language}"));
        }
        for width in WIDTHS {
            for scheme in SCHEMES {
                shows(person, width, scheme).await;
                let place = format!("{name}, {width} px, {scheme}");
                self.reads_by_the_rules(person, &RULES, &place).await;
                self.scrolls_one_way_only(person, &place).await;
            }
        }
        self.asks_nobody_else(person, name).await;
        self.complains_of_nothing(person, name).await;
        if let Some(album) = self.album.clone() {
            for (width, scheme) in [(390, "light"), (1280, "light"), (1280, "dark")] {
                shows(person, width, scheme).await;
                let kind = if scheme == "dark" { "-dark" } else { "" };
                std::fs::write(album.join(format!("{name}-{width}{kind}.png")), photograph(person).await)
                    .unwrap();
            }
        }
        person.driver().cdp().send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await.unwrap();
    }

    /// Looks at every letter, one of each subject, as a mail program on the web shows it. A letter has no landmarks
    /// and no heading of its own: only the WCAG counts.
    pub async fn reads_letters(&mut self, person: &Person, letters: &[Letter]) {
        for letter in letters {
            let name = format!("letter “{}”", letter.subject);
            if !self.subjects.insert(letter.subject.clone()) {
                continue;
            }
            person.opens(&letter.as_page()).await;
            let language = person.reads_attribute("html", "lang").await;
            if language != self.language {
                self.faults.push(format!("{name}: speaks {language}"));
            }
            for width in WIDTHS {
                shows(person, width, "light").await;
                let place = format!("{name}, {width} px");
                self.reads_by_the_rules(person, &RULES[..5], &place).await;
                self.scrolls_one_way_only(person, &place).await;
            }
            self.asks_nobody_else(person, &name).await;
            if let Some(album) = &self.album {
                shows(person, 390, "light").await;
                let file =
                    format!("letter-{}-390.png", letter.subject.replace(|c: char| !c.is_alphanumeric(), "-"));
                std::fs::write(album.join(file), photograph(person).await).unwrap();
            }
        }
        person.driver().cdp().send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await.unwrap();
    }

    async fn reads_by_the_rules(&mut self, person: &Person, rules: &[&str], place: &str) {
        let run = "const [rules, done] = arguments;
            axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then(
                (found) => done(found.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' '))),
                (error) => done(['axe failed: ' + error]))";
        person.driver().execute(self.axe.as_str(), vec![]).await.unwrap();
        let found = person.driver().execute_async(run, vec![json!(rules)]).await.unwrap();
        let found: Vec<String> = found.convert().unwrap();
        self.faults.extend(found.iter().map(|fault| format!("{place}: {fault}")));
    }

    async fn scrolls_one_way_only(&mut self, person: &Person, place: &str) {
        let measure = "return [document.documentElement.scrollWidth, window.innerWidth]";
        let measured = person.driver().execute(measure, vec![]).await.unwrap();
        let [page, window]: [u32; 2] = measured.convert().unwrap();
        if page > window {
            self.faults.push(format!("{place}: {page} px wide in a window of {window} px"));
        }
    }

    async fn asks_nobody_else(&mut self, person: &Person, name: &str) {
        let ours = [&person.addresses.passport, &person.addresses.portal];
        for fetched in requests(person).await {
            let Ok(url) = Url::parse(&fetched.url) else { continue };
            let origin = url.origin().ascii_serialization();
            if url.scheme().starts_with("http") && !ours.contains(&&origin) {
                self.faults.push(format!("{name}: asks {}", fetched.url));
            }
        }
    }

    async fn complains_of_nothing(&mut self, person: &Person, name: &str) {
        for entry in person.driver().get_log("browser").await.unwrap() {
            // A page that is itself an answer of 400 or 404 is listed, too.
            if entry.level == "SEVERE" && entry.source.as_deref() != Some("network") {
                self.faults.push(format!("{name}: {}", entry.message));
            }
        }
    }

    /// Everything that was wrong.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// How many kinds of letters were read.
    pub fn kinds_of_letters(&self) -> usize {
        self.subjects.len()
    }

    /// Fails when anything was wrong; says all of it. `count` pages were to be seen.
    pub fn is_content(&self, count: usize) {
        assert!(self.faults.is_empty(), "{} faults:\n{}", self.faults.len(), self.faults.join("\n"));
        assert_eq!(self.seen.len(), count, "{:?}", self.seen);
    }
}

/// Gives the page a width and a light, without loading it anew.
pub async fn shows(person: &Person, width: u32, scheme: &str) {
    let tools = person.driver().cdp();
    let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
    tools.send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
    // A bar would take its share of the width, as it does not on phones.
    tools.send_raw("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await.unwrap();
    let light = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    tools.send_raw("Emulation.setEmulatedMedia", light).await.unwrap();
}

/// The whole page as PNG, however long.
pub async fn photograph(person: &Person) -> Vec<u8> {
    let tools = person.driver().cdp();
    let whole = json!({ "format": "png", "captureBeyondViewport": true });
    let picture = tools.send_raw("Page.captureScreenshot", whole).await.unwrap();
    STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()
}

/// What the browser has fetched since it was last asked; its habits must include recording.
pub async fn requests(person: &Person) -> Vec<Fetched> {
    let mut sent: Vec<(String, Fetched)> = Vec::new();
    for entry in person.driver().get_log("performance").await.unwrap() {
        let event: Value = serde_json::from_str(&entry.message).unwrap();
        let (method, facts) = (&event["message"]["method"], &event["message"]["params"]);
        let id = facts["requestId"].as_str().unwrap_or_default().to_owned();
        if method == "Network.requestWillBeSent" {
            let url = facts["request"]["url"].as_str().unwrap().to_owned();
            sent.push((id, Fetched { url, bytes: 0 }));
        } else if method == "Network.loadingFinished"
            && let Some((_, fetched)) = sent.iter_mut().rev().find(|(known, _)| *known == id)
        {
            fetched.bytes = facts["encodedDataLength"].as_f64().unwrap_or_default() as u64;
        }
    }
    sent.into_iter().map(|(_, fetched)| fetched).collect()
}
