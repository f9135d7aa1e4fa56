//! A mail filter that opens every link before its reader does: follows it, sends what forms it finds, keeps
//! cookies or not. Knows no page.
use std::collections::BTreeMap;

use reqwest::{
    Client, Method, RequestBuilder, Response,
    header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE},
    redirect::Policy,
};
use scraper::{Html, Selector};
use url::Url;

use crate::http;

/// Fetches `link` ten times in every way that filters are known for; returns how many requests that made.
pub async fn scans(link: &str) -> usize {
    let mut sent = 0;
    for round in 0..10 {
        let follow = round % 2 == 0;
        let mut filter = Filter::new(follow, round % 4 < 2);
        let (head, get) = (filter.http.head(link), filter.http.get(link));
        filter.sends(head).await;
        let page = filter.sends(get).await;
        assert!(!page.status().is_server_error(), "{link}: {}", page.status());
        sent += 2;
        if follow {
            let at = page.url().clone();
            sent += presses_everything(&mut filter, &at, &page.text().await.unwrap()).await;
        }
    }
    sent
}

/// What a filter sends with: its cookies are by host, as a browser's, whatever the port.
struct Filter {
    http: Client,
    follows: bool,
    cookies: Option<BTreeMap<String, String>>,
}

impl Filter {
    fn new(follows: bool, keeps_cookies: bool) -> Self {
        let http = http::client().redirect(Policy::none()).build().unwrap();
        Self { http, follows, cookies: keeps_cookies.then(BTreeMap::new) }
    }

    async fn sends(&mut self, request: RequestBuilder) -> Response {
        let mut answer = self.sends_once(request).await;
        for _ in 0..10 {
            let target = answer.headers().get(LOCATION).filter(|_| self.follows);
            let Some(target) = target else { break };
            let target = answer.url().join(target.to_str().unwrap()).unwrap();
            answer = self.sends_once(self.http.get(target)).await;
        }
        answer
    }

    async fn sends_once(&mut self, request: RequestBuilder) -> Response {
        let kept = self.cookies.iter().flatten().map(|(name, value)| format!("{name}={value}"));
        let kept = kept.collect::<Vec<_>>().join("; ");
        let request = if kept.is_empty() { request } else { request.header(COOKIE, kept) };
        let answer = request.send().await.unwrap();
        for line in answer.headers().get_all(SET_COOKIE) {
            let Some(cookies) = &mut self.cookies else { break };
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap_or_default();
            match value.is_empty() || rest.contains("Max-Age=0") {
                true => cookies.remove(name),
                false => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }
}

/// Sends every form of a page, as it stands and with each of its buttons, and opens every link of its site.
async fn presses_everything(filter: &mut Filter, at: &Url, page: &str) -> usize {
    let requests = forms(at, page);
    assert!(requests.iter().any(|form| form.method == Method::POST), "a page with forms to press: {page}");
    let count = requests.len();
    for form in requests {
        let request = filter.http.request(form.method.clone(), form.action.clone());
        let request = request.header(ORIGIN, at.origin().ascii_serialization());
        let request = if form.method == Method::POST { request.form(&form.fields) } else { request };
        let answer = filter.sends(request).await;
        assert!(!answer.status().is_server_error(), "{}: {}", form.action, answer.status());
    }
    count
}

struct Form {
    method: Method,
    action: Url,
    fields: Vec<(String, String)>,
}

fn forms(at: &Url, page: &str) -> Vec<Form> {
    let page = Html::parse_document(page);
    let select = |css: &str| Selector::parse(css).unwrap();
    let mut found = Vec::new();
    for form in page.select(&select("form")) {
        let action = at.join(form.attr("action").unwrap_or_default()).unwrap();
        let is_post = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let method = if is_post { Method::POST } else { Method::GET };
        let inputs = select("input[name], select[name]");
        let fields: Vec<_> = form
            .select(&inputs)
            .map(|input| {
                let value = input.attr("value").filter(|value| !value.is_empty()).unwrap_or("x");
                (input.attr("name").unwrap().to_owned(), value.to_owned())
            })
            .collect();
        let buttons: Vec<_> = form
            .select(&select("button[name]"))
            .map(|button| (button.attr("name").unwrap(), button.attr("value").unwrap_or_default()))
            .collect();
        found.push(Form { method: method.clone(), action: action.clone(), fields: fields.clone() });
        for (name, value) in buttons {
            let mut fields = fields.clone();
            fields.push((name.to_owned(), value.to_owned()));
            found.push(Form { method: method.clone(), action: action.clone(), fields });
        }
    }
    for anchor in page.select(&select("a[href]")) {
        let target = at.join(anchor.attr("href").unwrap());
        found.extend(target.ok().filter(|url| url.origin() == at.origin()).map(|action| Form {
            method: Method::GET,
            action,
            fields: vec![],
        }));
    }
    found
}
