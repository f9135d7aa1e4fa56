//! Chromium, opened as a person's habits want it; knows no page.
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{
    ChromiumLikeCapabilities as _, common::capabilities::chrome::ChromeCapabilities, prelude::*,
};

use crate::person::{Habits, PATIENCE};

/// Opens one as a process of its own; `profile` is where it keeps things, when it is to keep any.
pub async fn open(habits: &Habits, profile: Option<&TempDir>) -> WebDriver {
    let variable =
        |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} is set; run: cargo xtask test"));
    let mut browser = ChromeCapabilities::new();
    browser.set_binary(&variable("TEST_CHROMIUM")).unwrap();
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
    ] {
        browser.add_arg(argument).unwrap();
    }
    browser.add_arg(&format!("--accept-lang={}", habits.language)).unwrap();
    if let Some(folder) = profile {
        browser.add_arg(&format!("--user-data-dir={}", folder.path().display())).unwrap();
    }
    let mut preferences = json!({
        "credentials_enable_service": false,
        "profile.password_manager_leak_detection": false,
    });
    if !habits.javascript {
        preferences["profile.managed_default_content_settings.javascript"] = 2.into();
    }
    browser.add_experimental_option("prefs", preferences).unwrap();
    let mut record = Capabilities::from(browser);
    let mut kept = json!({ "browser": "ALL" });
    if habits.recording {
        kept["performance"] = "ALL".into();
    }
    record.set("goog:loggingPrefs", kept).unwrap();
    connect(&variable("TEST_WEBDRIVER_URL"), record).await
}

async fn connect(url: &str, browser: Capabilities) -> WebDriver {
    let driver = WebDriver::new(url, browser).await.expect("a browser opens");
    driver.set_page_load_timeout(PATIENCE).await.unwrap();
    driver.set_script_timeout(PATIENCE).await.unwrap();
    driver
}
