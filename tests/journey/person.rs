//! A person with a browser: a fresh profile each, with the habits that the story needs; knows no page.
use std::time::Duration;

use tempfile::TempDir;
use thirtyfour::{
    error::{WebDriverErrorInner, WebDriverResult},
    prelude::*,
};
use tokio::time::{Instant, sleep};

use crate::{
    browser,
    world::{Addresses, World},
};

/// How long a page may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);
pub const PAUSE: Duration = Duration::from_millis(50);

/// What is special about a person's browser.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    pub javascript: bool,
    /// What the browser asks for, such as `pt-BR`.
    pub language: &'static str,
    /// Keep a record of every request and complaint, for the glass.
    pub recording: bool,
    /// A computer of one's own: what the browser keeps is there when it is opened again.
    pub own_computer: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self { javascript: true, language: "en-US", recording: false, own_computer: false }
    }
}

/// Somebody at a browser. The browser is closed when this is dropped.
pub struct Person {
    pub addresses: Addresses,
    habits: Habits,
    driver: Option<WebDriver>,
    /// The browser's folder, where the habits want one.
    profile: Option<TempDir>,
    /// The address that was typed last where the portal asks for one.
    pub typed: String,
}

impl Person {
    pub async fn new(world: &World) -> Self {
        Self::with(&world.addresses, Habits::default()).await
    }

    pub async fn without_javascript(world: &World) -> Self {
        Self::with(&world.addresses, Habits { javascript: false, ..Habits::default() }).await
    }

    pub async fn with_computer(addresses: &Addresses) -> Self {
        Self::with(addresses, Habits { own_computer: true, ..Habits::default() }).await
    }

    pub async fn with(addresses: &Addresses, habits: Habits) -> Self {
        let profile = habits.own_computer.then(|| tempfile::tempdir().unwrap());
        let driver = Some(browser::open(&habits, profile.as_ref()).await);
        Self { addresses: addresses.clone(), habits, driver, profile, typed: String::new() }
    }

    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("the browser is open")
    }

    /// Nothing is kept, unless the computer is this person's own: another process begins with what that keeps.
    pub async fn closes_browser_and_opens_a_new_one(&mut self) {
        self.closes_browser().await;
        self.opens_browser().await;
    }

    /// After [`Person::closes_browser`].
    pub async fn opens_browser(&mut self) {
        self.driver = Some(browser::open(&self.habits, self.profile.as_ref()).await);
    }

    pub async fn closes_browser(&mut self) {
        if let Some(driver) = self.driver.take() {
            driver.quit().await.unwrap();
        }
    }

    pub async fn opens(&self, url: &str) {
        self.driver().goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Presses what `css` names, as soon as it is there.
    pub async fn clicks(&self, css: &str) {
        let clicked = self.when(css, async |element: &WebElement| element.click().await);
        clicked.await;
    }

    /// Presses the link that is called so.
    pub async fn follows(&self, name: &str) {
        self.when_found(By::LinkText(name), name, async |link: &WebElement| link.click().await).await;
    }

    /// Points at what `css` names and presses the button of the mouse. WebDriver holds the navigation of wide
    /// screens for hidden, since it stands in a menu that is folded on small ones; an eye and a mouse do not.
    pub async fn points_at_and_clicks(&self, css: &str) {
        let clicked = self.when(css, async |element: &WebElement| {
            self.driver().action_chain().click_element(element).perform().await
        });
        clicked.await;
    }

    /// Replaces what stands in a field.
    pub async fn types(&self, css: &str, text: &str) {
        let typed = self.when(css, async |field: &WebElement| {
            field.clear().await?;
            field.send_keys(text).await
        });
        typed.await;
    }

    /// Chooses the entry of a drop-down by its value.
    pub async fn chooses(&self, css: &str, value: &str) {
        self.clicks(&format!("{css} option[value='{value}']")).await;
    }

    /// Does something with what `css` names; waits for it, and tries again when the page was just replaced.
    async fn when<T>(&self, css: &str, act: impl AsyncFn(&WebElement) -> WebDriverResult<T>) -> T {
        self.when_found(By::Css(css), css, act).await
    }

    async fn when_found<T>(
        &self,
        by: By,
        what: &str,
        act: impl AsyncFn(&WebElement) -> WebDriverResult<T>,
    ) -> T {
        self.patiently(what, async || act(&self.driver().find(by.clone()).await?).await).await
    }

    /// Tries again what may fail because the page is just being replaced.
    async fn patiently<T>(&self, what: &str, attempt: impl AsyncFn() -> WebDriverResult<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match attempt().await {
                Ok(done) => return done,
                Err(error) if is_passing(&error) && Instant::now() < deadline => sleep(PAUSE).await,
                Err(error) => panic!("{what}: {error}\n{}", self.describes().await),
            }
        }
    }

    /// Waits until the page says `text`; spaces and line breaks do not count.
    pub async fn sees(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        let wanted = in_one_line(text);
        while !self.words().await.contains(&wanted) {
            let page = if Instant::now() < deadline { None } else { Some(self.describes().await) };
            assert!(page.is_none(), "“{text}” is not on\n{}", page.unwrap_or_default());
            sleep(PAUSE).await;
        }
    }

    /// Fails when the page, as it stands, says `text`.
    pub async fn does_not_see(&self, text: &str) {
        assert!(
            !self.words().await.contains(&in_one_line(text)),
            "“{text}” is on\n{}",
            self.describes().await
        );
    }

    /// Waits until the page has what `css` names.
    pub async fn finds(&self, css: &str) {
        self.when(css, async |_: &WebElement| Ok(())).await;
    }

    /// Whether the page, as it stands, has what `css` names.
    pub async fn has(&self, css: &str) -> bool {
        !self.patiently(css, async || self.driver().find_all(By::Css(css)).await).await.is_empty()
    }

    /// The text of what `css` names.
    pub async fn reads(&self, css: &str) -> String {
        self.when(css, async |element: &WebElement| element.text().await).await
    }

    /// The value of an attribute of what `css` names.
    pub async fn reads_attribute(&self, css: &str, name: &'static str) -> String {
        let read = self.when(css, async |element: &WebElement| element.attr(name).await);
        read.await.unwrap_or_default()
    }

    /// The value of a property of what `css` names, such as what a field holds now.
    pub async fn reads_property(&self, css: &str, name: &'static str) -> String {
        let read = self.when(css, async |element: &WebElement| element.prop(name).await);
        read.await.unwrap_or_default()
    }

    /// Drops the cookies of this host whose names contain `part`.
    pub async fn forgets_cookies(&self, part: &str) {
        let cookies = self.driver().get_all_cookies().await.unwrap();
        let names: Vec<_> = cookies.into_iter().map(|cookie| cookie.name).collect();
        let doomed: Vec<_> = names.iter().filter(|name| name.contains(part)).collect();
        assert!(!doomed.is_empty(), "none of {names:?} holds {part}");
        for name in doomed {
            self.driver().delete_cookie(name.as_str()).await.unwrap();
        }
    }

    /// The texts of everything that `css` names, as it stands.
    pub async fn reads_all(&self, css: &str) -> Vec<String> {
        let read = self.patiently(css, async || {
            let mut texts = Vec::new();
            for element in self.driver().find_all(By::Css(css)).await? {
                texts.push(element.text().await?);
            }
            Ok(texts)
        });
        read.await
    }

    pub async fn url(&self) -> String {
        self.driver().current_url().await.unwrap().into()
    }

    /// Waits until the address begins with `url`.
    pub async fn arrives_at(&self, url: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.url().await.starts_with(url) {
            assert!(Instant::now() < deadline, "{url} was not reached:\n{}", self.describes().await);
            sleep(PAUSE).await;
        }
    }

    /// Everything that can be read on the page, in one line.
    pub async fn words(&self) -> String {
        // Between two pages there may be none.
        match self.driver().find(By::Tag("body")).await {
            Ok(body) => in_one_line(&body.text().await.unwrap_or_default()),
            Err(_) => String::new(),
        }
    }

    async fn describes(&self) -> String {
        let (url, words) = (self.driver().current_url().await, self.words().await);
        format!("{}: {words}", url.map(String::from).unwrap_or_default())
    }
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True for what a moment's patience may cure.
fn is_passing(error: &WebDriverError) -> bool {
    use WebDriverErrorInner as Inner;
    match error.as_inner() {
        Inner::NoSuchElement(_)
        | Inner::StaleElementReference(_)
        | Inner::ElementNotInteractable(_)
        | Inner::ElementClickIntercepted(_) => true,
        // What is stale by the time the driver asks the browser has no code of its own.
        Inner::UnknownError(info) => info.value.message.contains("does not belong to the document"),
        _ => false,
    }
}
