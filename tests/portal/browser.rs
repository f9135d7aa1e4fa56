//! A browser that takes one step at a time: follows no redirect, and posts what a test says, with the token that the
//! form of the page shown has.
use axum::http::{Request, request::Builder};
use testkit::{Answer, Parameters, browser::Jar, net};

use crate::{
    house::{House, Node, PUBLIC_URL},
    provider::Person,
};

pub struct Browser<'a> {
    pub house: &'a House,
    node: Node,
    pub cookies: Jar,
    pub form_token: String,
    /// The last page that had a form.
    page: String,
    /// The page of that token tells nobody where it is, its own site included.
    pub hides: bool,
    /// The forms of that page lead nowhere but to its own site.
    confined: bool,
    pub language: &'static str,
}

impl<'a> Browser<'a> {
    pub fn new(house: &'a House, node: Node) -> Self {
        let (cookies, form_token, page) = (Jar::default(), String::new(), String::new());
        Self { house, node, cookies, form_token, page, hides: false, confined: false, language: "en" }
    }
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), "").await
    }

    /// Posts a form with the token of the last page that had one.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (token, link) = self.hidden(path, fields);
        let mut fields = Parameters::of(fields).and("form_token", token);
        if let Some(link) = link {
            fields = fields.and("link", link);
        }
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        // Fetch, “append a request Origin header”.
        let request = if self.hides { request.header("origin", "null") } else { request };
        let (confined, page) = (self.confined, self.page.contains(&format!("action=\"{path}\"")));
        let answer = self.send(request, fields.encoded()).await;
        // CSP 3 §6.4.2 form-action holds for what a form is redirected to as well.
        let leads_elsewhere = (300..400).contains(&answer.status) && answer.leads_to().starts_with("http");
        assert!(!(confined && page && leads_elsewhere), "no browser follows {path} to {}", answer.leads_to());
        answer
    }

    /// The token of the form that the last page had for this address, and the link that it names; the token that
    /// the page had first where it had no such form.
    fn hidden(&self, path: &str, fields: &[(&str, &str)]) -> (String, Option<String>) {
        let path = path.split('?').next().unwrap_or_default();
        let own = format!("action=\"{path}\"");
        // Beside it stand buttons for the same thing.
        let beside =
            path.rsplit_once('/').map_or_else(String::new, |(thing, _)| format!("action=\"{thing}/"));
        let forms = || self.page.split("<form").skip(1).filter_map(|form| form.split("</form>").next());
        // Of several for one address, the one whose button says the same.
        let says = |form: &&str| {
            fields
                .iter()
                .filter(|(name, value)| form.contains(&format!("name=\"{name}\" value=\"{value}\"")))
                .count()
        };
        let found = |action: &str| forms().filter(|form| form.contains(action)).max_by_key(says);
        let form = found(&own).or_else(|| found(&beside).filter(|_| beside.len() > 40)).unwrap_or_default();
        let value = |name: &str| {
            let rest = form.split_once(&format!("name=\"{name}\" value=\""))?.1;
            rest.split('"').next().map(str::to_owned)
        };
        // A test that spoilt the token means it.
        let is_own = self.page.contains(&self.form_token);
        let token = value("form_token").filter(|_| is_own).unwrap_or_else(|| self.form_token.clone());
        (token, value("link"))
    }

    /// What a test made up, with the cookies of this browser.
    pub fn request(&self, request: Builder, body: impl Into<Vec<u8>>) -> net::Request {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let mut request = net::Request::new(parts.method, &format!("{PUBLIC_URL}{}", parts.uri));
        if let Some(cookies) = self.cookies.header(&request.url, self.house.now()) {
            request = request.header("cookie", cookies);
        }
        request = request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        request = request.header("accept-language", self.language);
        request.headers.extend(parts.headers);
        request.body = body.into();
        request.port = Some(self.node.0);
        request
    }

    pub async fn send(&mut self, request: Builder, body: impl Into<Vec<u8>>) -> Answer {
        let now = self.house.now();
        let answer = self.house.net.send(self.request(request, body)).await;
        for line in answer.cookies() {
            self.cookies.take(&answer.url, line, now);
        }
        if let Some((_, rest)) = answer.text().split_once("name=\"form_token\" value=\"") {
            self.form_token = rest.split('"').next().unwrap().to_owned();
            answer.text().clone_into(&mut self.page);
            self.hides = answer.header("referrer-policy") == "no-referrer";
            self.confined = answer.header("content-security-policy").contains("form-action");
        }
        answer
    }

    /// Signs in as `sub` by way of `path`, freshly at the provider; answers what follows the callback.
    pub async fn sign_in(&mut self, path: &str, sub: &str) -> Answer {
        let mut answer = self.get(path).await;
        while answer.status == 200 || answer.leads_to().starts_with('/') {
            answer = match answer.text().contains("id=\"invitation-sign-in\"") {
                true => self.post("/associate/invitation/signin", &[]).await,
                false => self.get(answer.leads_to()).await,
            };
        }
        self.prove(&answer, sub).await
    }

    /// Signs in as `sub` at the provider, where an answer leads.
    pub async fn prove(&mut self, answer: &Answer, sub: &str) -> Answer {
        let now = self.house.now();
        let person = Person { sub, auth_time: Some(now), now };
        let back = self.house.provider.sign_in(answer.leads_to(), &person);
        self.get(&back).await
    }

    /// Types an address on the association page.
    pub async fn claim(&mut self, email: &str) -> Answer {
        self.get("/associate").await;
        self.post("/associate", &[("email", email)]).await
    }

    /// Opens the link as `sub` and presses the button.
    pub async fn accept(&mut self, link: &str, sub: &str) -> Answer {
        // The siblings of a claim need no second password.
        if self.get(link).await.leads_to() != "/associate/confirm" {
            assert_eq!(self.sign_in(link, sub).await.leads_to(), "/associate/confirm");
        }
        self.get("/associate/confirm").await;
        self.post("/associate/confirm", &[]).await
    }

    /// From nothing to an associated profile.
    pub async fn associate(&mut self, sub: &str, email: &str) {
        self.sign_in("/account", sub).await;
        self.claim(email).await;
        for mail in self.house.mail().await {
            assert_eq!(self.accept(&mail.link(), sub).await.leads_to(), "/associate/done");
        }
    }

    /// Contoso's administrator, signed in; the mail of getting there is gone.
    pub async fn administer(&mut self) {
        self.associate("boss", "boss@contoso.example").await;
        self.get("/account/professionals").await;
    }

    /// Fetches the page of a form, then posts it.
    pub async fn fill_in(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.get(page).await;
        self.post(path, fields).await
    }

    /// What this tab shows: its form token and its page.
    pub fn page(&self) -> (String, String) {
        (self.form_token.clone(), self.page.clone())
    }

    /// Turns to a tab that shows this.
    pub fn turn_to(&mut self, (form_token, page): &(String, String)) {
        self.form_token.clone_from(form_token);
        self.page.clone_from(page);
    }

    /// Shows the page that another window shows.
    pub fn show(&mut self, of: &Browser<'_>) {
        self.form_token.clone_from(&of.form_token);
        self.page.clone_from(&of.page);
    }

    /// Puts a cookie in by hand.
    pub fn keep(&mut self, name: impl AsRef<str>, value: impl AsRef<str>) {
        self.cookies.put("localhost", name.as_ref(), value.as_ref());
    }

    /// A new browser: nothing is remembered.
    pub fn close(&mut self) {
        self.cookies = Jar::default();
    }
}
