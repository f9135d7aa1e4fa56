//! What a story shows to the eye: each page has its heading, the browser has nothing to complain of, and a
//! photograph is kept when photographs are wanted. Knows no page.
use std::path::PathBuf;

use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    glass,
    person::{PATIENCE, PAUSE, Person},
};

/// The folder for photographs in `target/screenshots`, when `TEST_SCREENSHOTS=1`.
pub fn folder(name: &str) -> Option<PathBuf> {
    if std::env::var("TEST_SCREENSHOTS").is_ok_and(|wanted| wanted == "1") {
        let binaries = PathBuf::from(std::env::var("TEST_BIN_DIR").unwrap());
        let folder = binaries.parent().unwrap().join("screenshots").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        return Some(folder);
    }
    None
}

impl Person {
    /// Waits for the page that has this heading, and looks at it; `name` is what the photograph is called.
    pub async fn looks(&self, name: &str, heading: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.reads("h1").await != heading {
            assert!(Instant::now() < deadline, "“{heading}” is no heading of {}", self.words().await);
            sleep(PAUSE).await;
        }
        for entry in self.driver().get_log("browser").await.unwrap() {
            // A page that is itself an answer of 400 or 404 is listed, too.
            let is_bad = entry.level == "SEVERE" && entry.source.as_deref() != Some("network");
            assert!(!is_bad, "{name}: the browser complains: {}", entry.message);
        }
        if let Some(folder) = folder("stories") {
            for width in [390, 1280] {
                glass::shows(self, width, "light").await;
                let file = folder.join(format!("{name}-{width}.png"));
                std::fs::write(file, glass::photograph(self).await).unwrap();
            }
            let tools = self.driver().cdp();
            tools.send_raw("Emulation.clearDeviceMetricsOverride", json!({})).await.unwrap();
        }
    }
}
