//! A mail filter that opens every link before its reader does: follows it, sends what forms it finds, keeps
//! cookies or not. Knows no page.
use reqwest::{Client, Method, header::ORIGIN, redirect::Policy};
use scraper::{Html, Selector};
use url::Url;

use crate::http;

/// Fetches `link` ten times in every way that filters are known for; returns how many requests that made.
pub async fn scans(link: &str) -> usize {
    let mut sent = 0;
    for round in 0..10 {
        let follow = round % 2 == 0;
        let policy = if follow { Policy::limited(10) } else { Policy::none() };
        let filter = http::client().redirect(policy).cookie_store(round % 4 < 2).build().unwrap();
        filter.head(link).send().await.unwrap();
        let page = filter.get(link).send().await.unwrap();
        assert!(!page.status().is_server_error(), "{link}: {}", page.status());
        sent += 2;
        if follow {
            let at = page.url().clone();
            sent += presses_everything(&filter, &at, &page.text().await.unwrap()).await;
        }
    }
    sent
}

/// Sends every form of a page, as it stands and with each of its buttons, and opens every link of its site.
async fn presses_everything(filter: &Client, at: &Url, page: &str) -> usize {
    let requests = forms(at, page);
    assert!(requests.iter().any(|form| form.method == Method::POST), "a page with forms to press: {page}");
    let count = requests.len();
    for form in requests {
        let request = filter.request(form.method.clone(), form.action.clone());
        let request = request.header(ORIGIN, at.origin().ascii_serialization());
        let request = if form.method == Method::POST { request.form(&form.fields) } else { request };
        let answer = request.send().await.unwrap();
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
