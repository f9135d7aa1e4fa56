//! Who is let in besides by plan: place, maintenance, the switch within a visit, and the page that says why not.
use customersource::{
    access::{Access, Rule},
    maintenance::{Window, WindowId, store},
};
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::house::{House, cookie, minutes, people};

on_both_engines![
    cs_03_the_portal_is_closed_where_it_is_not_available_and_why_says_so,
    a_window_is_announced_at_home_from_a_week_before,
    cs_05_while_a_window_runs_everything_but_signing_in_health_and_staff_says_until_when,
    cs_34_as_18_the_switch_within_a_visit_is_there_only_where_it_is_switched_on,
    why_names_what_is_missing_and_whom_to_write_to,
    why_tells_how_each_profile_fares_while_none_is_chosen,
    the_three_faces_of_a_locked_thing_are_decided_from_current_rows,
];

async fn cs_03_the_portal_is_closed_where_it_is_not_available_and_why_says_so(engine: Engine) {
    let house = House::open_with(engine, |settings| settings.portal.regions = vec!["US".into()]).await;
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    ann.get("/").await.shows(403, "CustomerSource is not available in your region");
    ann.get("/account").await.shows(200, "Ann@Contoso.example");
    ann.get("/why").await.shows(200, "availability may vary by location");
    house
        .seed(json!({"companies": [{"external_id": "contoso", "name": "Contoso Ltda", "region": "us"}]}))
        .await;
    ann.get("/").await.shows(200, "Contoso Ltda");
}

async fn a_window_is_announced_at_home_from_a_week_before(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let starts_at = house.now() + minutes(7 * 24 * 60 + 5);
    let id = WindowId::new(house.now(), &house.portal.random);
    let window = Window { id, starts_at, ends_at: starts_at + minutes(60), message: String::new() };
    let tx = house.portal.db.begin().await.unwrap();
    store::add(&tx, &window).await.unwrap();
    tx.commit().await.unwrap();
    let told =
        async |ann: &mut crate::browser::Browser<'_>| ann.get("/").await.text().contains("for maintenance");
    assert!(!told(&mut ann).await);
    house.clock.advance(minutes(5));
    assert!(told(&mut ann).await);
}

async fn cs_05_while_a_window_runs_everything_but_signing_in_health_and_staff_says_until_when(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let window = Window {
        id: WindowId::new(house.now(), &house.portal.random),
        starts_at: house.now() + minutes(10),
        ends_at: house.now() + minutes(70),
        message: "New servers.".into(),
    };
    let tx = house.portal.db.begin().await.unwrap();
    store::add(&tx, &window).await.unwrap();
    tx.commit().await.unwrap();
    ann.get("/").await.shows(200, "will be closed for maintenance from November 18, 2026, 16:36 UTC until");
    house.browser().get("/maintenance").await.shows(200, "New servers.");
    house.browser().get("/maintenance").await.shows(200, "Closed for maintenance from November 18");

    let token = ann.form_token.clone();
    house.clock.advance(minutes(10));
    for path in ["/", "/faq", "/account", "/associate", "/why"] {
        let closed = ann.get(path).await;
        closed.shows(503, "Closed for maintenance");
        closed.shows(503, "until today at 17:36 (UTC)");
        assert_eq!(closed.headers["retry-after"], "3600", "{path}");
    }
    assert_eq!(ann.post("/associate", &[("email", "x@example.com")]).await.status, 503);
    let mut sue = house.browser();
    assert_eq!(sue.sign_in("/staff", "sue").await.leads_to(), "/staff", "staff can sign in");
    sue.get("/staff").await.shows(403, "Only for staff");
    let style = house.portal.site.assets.style.clone();
    assert_eq!(ann.get(&style).await.status, 200);
    // The page that was open before can be signed out of.
    ann.form_token = token;
    assert_eq!(ann.post("/sign-out", &[]).await.status, 303);
    house.clock.advance(minutes(60));
    house.browser().get("/").await.shows(200, "The content of this site is locked");
}

async fn cs_34_as_18_the_switch_within_a_visit_is_there_only_where_it_is_switched_on(engine: Engine) {
    let closed = House::open(engine).await;
    let mut browser = closed.browser();
    browser.associate("ann", "ann@contoso.example").await;
    browser.get("/switch").await.shows(404, "Page not found");
    browser.get("/account").await;
    browser.post("/switch", &[("profile", "x")]).await.shows(404, "No longer there");

    let house = House::open_with(engine, |settings| settings.portal.in_session_switch = true).await;
    let mut tri = house.browser();
    tri.associate("tri", "three@example.com").await;
    let chooser = tri.get("/choose").await;
    let of = |body: &str, person: &str| {
        let part = body.split("value=\"").find(|part| part.contains(&format!("<span>{person}"))).unwrap();
        part.split('"').next().unwrap().to_owned()
    };
    let (first, last) = (of(chooser.text(), "Tri Lee"), of(chooser.text(), "Trio Lee"));
    tri.post("/choose", &[("profile", &first)]).await;
    tri.get("/account").await.shows(200, "<a href=\"/switch\">Switch profile</a>");
    let before = tri.cookies.value("session").unwrap().to_owned();
    tri.get("/switch").await.shows(200, "Fabrikam S.A.");
    assert_eq!(tri.post("/switch", &[("profile", &last)]).await.leads_to(), "/");
    let now_in = tri.get("/").await;
    now_in.shows(200, "<strong>Fabrikam S.A.</strong> – Trio Lee");
    assert_eq!(now_in.headers["cache-control"], "no-store");
    assert!(!now_in.headers.contains_key("etag"));
    assert_ne!(tri.cookies.value("session").unwrap(), before, "the session has a new name");
    assert_eq!(house.deeds("session.switched").await, 1);
    let mut stale = house.browser();
    stale.keep(cookie("session"), before);
    stale.get("/").await.shows(200, "The content of this site is locked");
    for wrong in ["x", "01930000-0000-7000-8000-000000000000", ""] {
        tri.post("/switch", &[("profile", wrong)]).await.shows(404, "No longer there");
    }
    // Signing out at the provider still works: the ID token moved along.
    assert!(tri.post("/sign-out", &[]).await.leads_to().contains("id_token_hint="));
}

async fn why_tells_how_each_profile_fares_while_none_is_chosen(house: House) {
    let mut tri = house.browser();
    tri.associate("tri", "three@example.com").await;
    let over =
        json!({"company": "contoso", "plan": "basic", "starts_on": "2026-01-01", "ends_on": "2026-11-16"});
    house.seed(json!({ "entitlements": [over] })).await;
    let page = tri.get("/why").await;
    page.shows(200, "You have several profiles.");
    page.shows(200, "href=\"/choose\"");
    for of in ["– Tri Lee</h2>", "– Tria Lee</h2>", "Fabrikam S.A. – Trio Lee</h2>"] {
        page.shows(200, of);
    }
    page.shows(200, "“Basic Service” ended on November 16, 2026");
    assert_eq!(page.text().matches("mailto:boss@contoso.example?").count(), 2, "not for Fabrikam");

    let chooser = tri.get("/choose").await;
    let trio = chooser.text().split("value=\"").find(|part| part.contains("<span>Trio")).unwrap();
    let trio = trio.split('"').next().unwrap().to_owned();
    tri.post("/choose", &[("profile", &trio)]).await;
    let page = tri.get("/why").await;
    page.shows(200, "Nothing is missing");
    assert!(!page.text().contains("Tria Lee"), "only the chosen one");
}

async fn why_names_what_is_missing_and_whom_to_write_to(house: House) {
    let mut nobody = house.browser();
    assert!(nobody.get("/why").await.leads_to().starts_with("/signin"));
    nobody.sign_in("/signin", "nobody").await;
    let page = nobody.get("/why").await;
    page.shows(200, "Why can’t I get in?");
    page.shows(200, "You are signed in as nobody@passport.example.");
    page.shows(200, "is not associated with a profile yet");
    page.shows(200, "mailto:support@localhost.example?subject=");
    assert!(!page.text().contains("boss@"), "nobody’s addresses are told to strangers");

    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let page = ann.get("/why").await;
    page.shows(200, "Nothing is missing");
    assert!(!page.text().contains("mailto:boss@"), "who lacks nothing writes to nobody");
    let over =
        json!({"company": "contoso", "plan": "basic", "starts_on": "2026-01-01", "ends_on": "2026-11-16"});
    house.seed(json!({ "entitlements": [over] })).await;
    ann.get("/why").await.shows(200, "mailto:boss@contoso.example?subject=");
    let mut late = house.browser();
    late.associate("late", "late@example.com").await;
    late.get("/why").await.shows(200, "“Basic Service” ended on December 31, 2025");

    let mut data = people();
    data["profiles"][0]["state"] = "removed".into();
    house.seed(data).await;
    ann.sign_in("/why", "ann").await;
    ann.get("/why").await.shows(200, "was removed, or its company was closed");
    house.mail().await;
}

async fn the_three_faces_of_a_locked_thing_are_decided_from_current_rows(house: House) {
    let rule = Rule { min_rank: Some(1), ..Rule::default() };
    let face = async |cookies: Option<&str>, rule: &Rule| {
        use axum::extract::FromRequestParts as _;
        let (to, from) = std::sync::mpsc::channel();
        let (portal, rule) = (house.portal.clone(), rule.clone());
        let handler = move |request: axum::extract::Request| async move {
            let (mut parts, _) = request.into_parts();
            let reading =
                customersource::visitor::reading::Reading::from_request_parts(&mut parts, &portal).await;
            to.send(reading.unwrap().face(&rule)).unwrap();
        };
        let app = axum::Router::new().route("/thing", axum::routing::get(handler));
        let app = platform::web::frame::wrap(&house.portal.site, app);
        let mut request = axum::http::Request::get("/thing");
        if let Some(secret) = cookies {
            request = request.header("cookie", format!("{}={secret}", cookie("session")));
        }
        tower::ServiceExt::oneshot(app, request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        from.recv().unwrap()
    };
    assert_eq!(face(None, &rule).await, Access::Anonymous);
    let mut ann = house.browser();
    ann.associate("ann", "ann@contoso.example").await;
    let secret = ann.cookies.value("session").unwrap().to_owned();
    assert!(face(Some(&secret), &rule).await.is_allowed());
    let higher = Rule { min_rank: Some(2), ..Rule::default() };
    assert!(matches!(face(Some(&secret), &higher).await, Access::PlanInsufficient(Some(_))));
    let mut data = people();
    data["entitlements"][0]["ends_on"] = "2026-11-16".into();
    house.seed(data).await;
    assert!(matches!(face(Some(&secret), &rule).await, Access::PlanInsufficient(Some(_))), "AS-12: at once");
}
