//! What holds for every door of the portal, read out of `deploy/surface.json`: none is forgotten.
use axum::http::Request;
use serde_json::{Value, json};
use testkit::on_both_engines;

use crate::{
    house::{Browser, House, cookie},
    invitations::invite,
};

on_both_engines![
    inv_6_no_address_changes_anything_by_being_fetched,
    portal_rule_3_br_03_no_form_is_taken_without_its_token_or_from_elsewhere,
    portal_rule_17_br_01_br_02_br_05_every_answer_keeps_to_itself,
    br_10_a_link_that_is_being_confirmed_cannot_be_edited_into_another,
    inv_11_ht_11_ht_12_odd_input_is_answered_and_never_a_fault,
];

const SURFACE: &str = include_str!("../../deploy/surface.json");

/// The portal's paths that answer this method, with ids that mean something to the portal.
async fn paths(house: &House, method: &str) -> Vec<String> {
    let surface: Value = serde_json::from_str(SURFACE).unwrap();
    let routes = surface["programs"]["customersource"]["routes"].as_array().unwrap().clone();
    let (ann, company) = (house.profile("ann").await, house.current("ann").await.company.to_string());
    let own = routes.iter().filter(|route| route["method"] == method);
    own.map(|route| {
        let path = route["path"].as_str().unwrap();
        let id = if path.contains("/companies/") { &company } else { &ann };
        path.replace("{id}", id)
            .replace("{secret}", &"A".repeat(43))
            .replace("{section}", "documentation")
            .replace("{slug}", "year-end")
            .replace("{letter}", "customersource-news")
            .replace("{thread}", id)
            .replace("{name}", "file.txt")
    })
    .collect()
}

/// Contoso's administrator, who is of the staff as well, with a fresh sign-in; and an open link to Ann.
async fn everything(house: &House) -> (Browser<'_>, String) {
    let mut boss = house.browser();
    boss.administer().await;
    house.seed(json!({"staff": [{"subject": "boss", "name": "Boss", "role": "approver"}]})).await;
    let link = invite(house, &mut boss, "ann").await;
    (boss, link)
}

/// Without what tells when something was last used, and without sign-outs, which a provider's frame asks for.
fn lasting(mut dump: Value) -> Value {
    for table in ["association", "portal_session"] {
        for row in dump[table].as_array_mut().unwrap() {
            row["seen_at"] = Value::Null;
        }
    }
    dump
}

async fn inv_6_no_address_changes_anything_by_being_fetched(house: House) {
    let (mut boss, link) = everything(&house).await;
    let mut paths = paths(&house, "GET").await;
    paths.push(link);
    assert!(paths.len() > 40, "{paths:?}");
    let before = lasting(house.dump().await);
    for path in paths {
        for method in ["GET", "HEAD"] {
            for browser in [&mut boss, &mut house.browser()] {
                let request = Request::builder().method(method).uri(&path);
                let status = browser.send(request, "").await.status;
                assert!(status < 500, "{method} {path}: {status}");
            }
        }
        assert_eq!(lasting(house.dump().await), before, "{path}");
    }
    assert!(house.mail().await.is_empty());
}

/// Posts that do not come from a form of ours: their tokens are signed, or their secret is in the address (RFC 8058).
const WITHOUT_FORM: [&str; 4] =
    ["/backchannel-logout", "/security-events", "/unsubscribe/", "/signin/initiate"];

async fn portal_rule_3_br_03_no_form_is_taken_without_its_token_or_from_elsewhere(house: House) {
    let (mut boss, _) = everything(&house).await;
    let token = boss.form_token.clone();
    let before = lasting(house.dump().await);
    let mut tried = 0;
    for path in paths(&house, "POST").await {
        if WITHOUT_FORM.iter().any(|open| path.starts_with(open)) {
            continue;
        }
        let fields = |token: &str| {
            format!(
                "form_token={token}&reason=because&sure=on&email=x%40example.com&profile=x&date=01930000-0000-7000-8000-000000000000"
            )
        };
        for (token, header) in [
            ("", None),
            ("wrong", None),
            (token.as_str(), Some(("origin", "https://evil.example"))),
            (token.as_str(), Some(("origin", "null"))),
            (token.as_str(), Some(("sec-fetch-site", "cross-site"))),
            (token.as_str(), Some(("sec-fetch-site", "same-site"))),
        ] {
            let mut request =
                Request::post(&path).header("content-type", "application/x-www-form-urlencoded");
            if let Some((name, value)) = header {
                request = request.header(name, value);
            }
            let answer = boss.send(request, fields(token)).await;
            let status = answer.status;
            // What is not there for this visitor may say so before it looks at the form; a door for files takes no
            // form without parts.
            assert!(matches!(status, 403 | 404 | 415), "{path} {header:?}: {status} {}", answer.text());
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
    assert_eq!(lasting(house.dump().await), before);
    assert!(house.mail().await.is_empty());
}

async fn portal_rule_17_br_01_br_02_br_05_every_answer_keeps_to_itself(house: House) {
    let (mut boss, link) = everything(&house).await;
    let mut paths = paths(&house, "GET").await;
    paths.extend([link, "/nowhere".into(), "/account/professionals/x".into(), "/associate/x".into()]);
    for path in paths {
        for browser in [&mut boss, &mut house.browser()] {
            let request = Request::get(&path).header("origin", "https://evil.example");
            let answer = browser.send(request, "").await;
            let allowed = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control"));
            assert_eq!(allowed.count(), 0, "BR-01 {path}");
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            // The provider alone may frame the empty page by which it signs people out.
            if path == "/frontchannel-logout" {
                assert_eq!(policy, format!("default-src 'none'; frame-ancestors {}", house.provider.issuer));
                continue;
            }
            assert!(policy.contains("frame-ancestors 'none'"), "BR-02 {path}: {policy}");
            assert!(!policy.contains("unsafe") && policy.contains("default-src"), "BR-02 {path}: {policy}");
            if answer.headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap().contains("html"))
            {
                assert!(
                    policy.contains("object-src 'none'") && policy.contains("base-uri 'none'"),
                    "{policy}"
                );
                assert!(!answer.text().contains("<style") && !answer.text().contains(" onclick="), "{path}");
            }
            assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            for cookie in answer.headers.get_all("set-cookie") {
                let cookie = cookie.to_str().unwrap();
                assert!(cookie.starts_with("customersource-") && cookie.len() <= 4096, "BR-05 {cookie}");
                for part in ["HttpOnly", "Path=/", "SameSite=Lax"] {
                    assert!(cookie.contains(part), "BR-05 {part}: {cookie}");
                }
                assert!(!cookie.contains("Domain"), "{cookie}");
            }
        }
    }
}

async fn br_10_a_link_that_is_being_confirmed_cannot_be_edited_into_another(house: House) {
    let (_, link) = everything(&house).await;
    let mut ann = house.browser();
    ann.sign_in(&link, "ann").await;
    let name = &cookie("link");
    let sealed = ann.cookies.value(name).unwrap().to_owned();
    let flipped: String = sealed.chars().rev().collect();
    let before = house.dump().await;
    for wrong in [flipped.as_str(), "", "x", &sealed[1..], &format!("{sealed}A")] {
        ann.keep(name, wrong);
        assert_eq!(ann.get("/associate/confirm").await.leads_to(), "/", "{wrong}");
        ann.get("/associate").await;
        assert_eq!(ann.post("/associate/confirm", &[]).await.leads_to(), "/", "{wrong}");
    }
    assert_eq!(lasting(house.dump().await)["association"], lasting(before)["association"]);
    ann.keep(name, sealed);
    ann.get("/associate/confirm").await.shows(200, "Ann Lee");
}

async fn inv_11_ht_11_ht_12_odd_input_is_answered_and_never_a_fault(house: House) {
    let (mut boss, _) = everything(&house).await;
    let odd = [
        "%00",
        "%ff",
        "%27%20OR%201%3D1--",
        "%25",
        "_",
        "%5C",
        "-1",
        "99999999999999999999",
        "NaN",
        "%E2%80%A8",
        "%F0%9F%92%A9",
        "..%2f..%2f",
        "%22%3E%3Cscript%3E",
    ];
    let searches = [
        "/staff?q=",
        "/account/professionals?q=",
        "/account/professionals?page=",
        "/resources?q=",
        "/staff/audit?before=",
        "/staff/audit?company=",
        "/staff/audit?who=",
        "/account/history?whom=",
        "/account/history?from=",
        "/signin?next=",
        "/resources/documentation?page=",
        "/account?done=",
        "/staff/people/",
        "/staff/companies/",
        "/account/professionals/",
        "/associate/",
        "/decline/",
        "/undo/",
        "/unsubscribe/",
        "/newsgroups/",
        "/resources/",
    ];
    for base in searches {
        for text in odd {
            let answer = boss.get(&format!("{base}{text}")).await;
            assert!(answer.status < 500, "{base}{text}: {}", answer.status);
            assert!(!answer.text().contains("<script>"), "{base}{text}");
        }
    }
    // What finds everybody would find Ann.
    for text in ["%25%25", "__", "%27%27"] {
        let found = boss.get(&format!("/staff?q={text}")).await;
        assert!(!found.text().contains("Ann Lee"), "{text} is text");
    }
    for path in paths(&house, "POST").await {
        for body in ["", "&&&===", "form_token=%00", "a[b][c]=1", "%ff=%fe", "email=%00", "{\"a\":1}"] {
            for kind in ["application/x-www-form-urlencoded", "application/json", "text/plain", "x"] {
                let request = Request::post(&path).header("content-type", kind);
                let status = boss.send(request, body).await.status;
                assert!(status < 500, "{path} {kind} {body}: {status}");
            }
        }
    }
}
