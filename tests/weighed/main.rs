//! What the hot requests take from the allocator on the thread that answers them, and how many bytes they answer with: a
//! program of its own, since counting replaces the allocator. Whoever makes one of them dearer changes this knowingly;
//! statements and transactions are `tests/passport/asked.rs`, times are `docs/PERFORMANCE.md`.
#![expect(
    clippy::unwrap_used,
    reason = "all of it is test code: what cannot go on fails the test, and says where"
)]

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
};
use oidc::client::{Client, GrantType};
use platform::web::frame;
use testkit::{
    Browser, Engine, House, Kind, PASSWORD, Parameters, Rp, asked::in_place, net::Request, on_both_engines,
};
use tower::ServiceExt as _;

on_both_engines![the_ten_hot_requests];

/// The least of so many counts: the first ones fill what is kept.
const TIMES: usize = 21;
const RESOURCE: &str = "https://api.acme.test";
/// Whoever may ask for two names the one that is meant, or is given an opaque token.
const OTHER: &str = "https://other.acme.test";

/// A site that asks for people and for itself, and somebody who is signed in.
struct Stage {
    house: House,
    routes: Router,
    browser: Browser,
    rp: Rp,
    weighed: Vec<Weight>,
}

/// A request: how often it took something from the allocator, how many KiB in all, how many bytes it was answered with.
type Weight = (&'static str, u64, u64, usize);

/// Written down here when it changes. Allocations are held within a tenth and no closer.
const ON_SQLITE: [Weight; 10] = [
    ("discovery", 88, 33, 3522),
    ("JWKS", 88, 34, 2544),
    ("authorization in a session", 315, 106, 0),
    ("code", 234, 66, 1002),
    ("refresh", 268, 61, 1277),
    ("client_credentials, opaque", 157, 47, 150),
    ("client_credentials, JWT", 186, 53, 858),
    ("UserInfo", 142, 49, 176),
    ("introspection", 145, 44, 389),
    ("password sign-in", 1000, 204, 0),
];
const ON_POSTGRES: [Weight; 10] = [
    ("discovery", 88, 33, 3522),
    ("JWKS", 88, 34, 2544),
    ("authorization in a session", 397, 149, 0),
    ("code", 301, 86, 1002),
    ("refresh", 316, 88, 1277),
    ("client_credentials, opaque", 168, 57, 150),
    ("client_credentials, JWT", 197, 63, 858),
    ("UserInfo", 177, 55, 176),
    ("introspection", 203, 64, 389),
    ("password sign-in", 1215, 326, 0),
];

/// What one statement of SQLite costs more that lately took long and is carried out on another thread (decision 0067).
/// How long one takes in a debug build on a busy machine is chance; PostgreSQL's figures have none of it.
const AWAY: u64 = 36;

/// Whether a figure is still what was written down, be it that so many statements went `away`.
fn holds(now: Weight, then: Weight, away: u64) -> bool {
    let near = |now: u64, then: u64| now.abs_diff(then) * 10 <= then;
    let counted = (0..=away).any(|statements| near(now.1.saturating_sub(statements * AWAY), then.1));
    now.0 == then.0 && counted && near(now.2, then.2) && now.3 == then.3
}

impl Stage {
    async fn set(house: House) -> Self {
        let may = |client: &mut Client| {
            client.grant_types.push(GrantType::ClientCredentials);
            client.resources = vec![RESOURCE.to_owned(), OTHER.to_owned()];
        };
        let rp = house.client_with(Kind::Web, may).await;
        let browser = house.browser();
        browser.join("ann@acme.test").await;
        let routes = frame::wrap(&house.passport.site, passport::router(&house.passport));
        Self { house, routes, browser, rp, weighed: Vec::new() }
    }

    /// Answers what `make` makes, several times, and writes down the least that it took.
    async fn weigh(&mut self, name: &'static str, status: u16, make: impl AsyncFn(&Self) -> Request) {
        let mut least: Option<(u64, u64, usize)> = None;
        for _ in 0..TIMES {
            // What is made in one millisecond has no order, and of many grants the first go.
            self.house.clock.advance(Duration::from_millis(1));
            let request = in_place(make(self).await);
            let (routes, mut body) = (self.routes.clone(), 0);
            let taken = tokio::task::block_in_place(|| {
                allocation_counter::measure(|| {
                    body = tokio::runtime::Handle::current().block_on(answer(routes, request, status));
                })
            });
            let now = (taken.count_total, taken.bytes_total.div_ceil(1024), body);
            least = Some(least.map_or(now, |before| before.min(now)));
        }
        let (times, kilobytes, body) = least.unwrap();
        self.weighed.push((name, times, kilobytes, body));
    }

    fn basic(&self) -> String {
        testkit::rp::basic(&self.rp.id, self.rp.secret.as_deref().unwrap())
    }

    fn token(&self, fields: &[(&str, &str)]) -> Request {
        let request = Request::post(&self.house.url("/oauth2/token"), &Parameters::of(fields));
        request.header("authorization", self.basic())
    }
}

async fn answer(routes: Router, request: axum::http::Request<Body>, status: u16) -> usize {
    let answer = routes.oneshot(request).await.unwrap();
    let was = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert_eq!(was, status, "{}", String::from_utf8_lossy(&body));
    body.len()
}

async fn the_ten_hot_requests(engine: Engine) {
    let signs = |settings: &mut testkit::house::Settings| {
        settings.passport.tokens.jwt_resources = vec![RESOURCE.to_owned()];
    };
    let house = House::with(engine, signs).await;
    let mut stage = Stage::set(house).await;
    let get = |path: &'static str| async move |stage: &Stage| Request::get(&stage.house.url(path));
    stage.weigh("discovery", 200, get("/.well-known/openid-configuration")).await;
    stage.weigh("JWKS", 200, get("/oauth2/jwks")).await;
    let authorize = async |stage: &Stage| {
        let url = stage.rp.authorize_url(|asked| asked);
        let cookies = stage.browser.cookies().header(&url.parse().unwrap(), stage.house.clock.now());
        Request::get(&url).header("cookie", cookies.unwrap())
    };
    stage.weigh("authorization in a session", 303, authorize).await;
    let redeem = async |stage: &Stage| stage.rp.redeeming(&stage.rp.code(&stage.browser).await);
    stage.weigh("code", 200, redeem).await;
    let refresh = async |stage: &Stage| stage.rp.refreshing(stage.rp.tokens(&stage.browser).await.refresh());
    stage.weigh("refresh", 200, refresh).await;
    let own = async |stage: &Stage| stage.token(&[("grant_type", "client_credentials")]);
    stage.weigh("client_credentials, opaque", 200, own).await;
    let own =
        async |stage: &Stage| stage.token(&[("grant_type", "client_credentials"), ("resource", RESOURCE)]);
    stage.weigh("client_credentials, JWT", 200, own).await;
    let access = stage.rp.tokens(&stage.browser).await.access;
    let userinfo = async |stage: &Stage| {
        let request = Request::get(&stage.house.url("/oauth2/userinfo"));
        request.header("authorization", format!("Bearer {access}"))
    };
    stage.weigh("UserInfo", 200, userinfo).await;
    let introspect = async |stage: &Stage| {
        let form = Parameters::of(&[("token", access.as_str())]);
        Request::post(&stage.house.url("/oauth2/introspect"), &form).header("authorization", stage.basic())
    };
    stage.weigh("introspection", 200, introspect).await;
    let sign_in = async |stage: &Stage| {
        let browser = stage.house.browser();
        let page = browser.get(&stage.house.url("/sign-in")).await;
        let form = page.page().form("#sign-in-submit");
        let form = form.filled(&[("username", "ann@acme.test"), ("password", PASSWORD)]).fields;
        let cookies = browser.cookies().header(&page.url, stage.house.clock.now()).unwrap_or_default();
        let request = Request::post(page.url.as_str(), &form).header("cookie", cookies);
        request.header("origin", page.url.origin().ascii_serialization())
    };
    stage.weigh("password sign-in", 303, sign_in).await;
    stage.house.leave_mail();
    let (written, away) = if engine == Engine::Sqlite { (ON_SQLITE, 2) } else { (ON_POSTGRES, 0) };
    let changed = stage.weighed.iter().zip(written).any(|(now, then)| !holds(*now, then, away));
    assert!(!changed && stage.weighed.len() == written.len(), "now it is:\n{:#?}", stage.weighed);
}

#[test]
fn more_than_a_tenth_either_way_is_a_change() {
    let then = ("code", 1_000, 200, 1_983);
    for same in [("code", 1_100, 180, 1_983), ("code", 900, 220, 1_983)] {
        assert!(holds(same, then, 0), "{same:?}");
    }
    for other in [
        ("code", 1_101, 200, 1_983),
        ("code", 899, 200, 1_983),
        ("code", 1_000, 221, 1_983),
        ("code", 1_000, 200, 1_984),
        ("refresh", 1_000, 200, 1_983),
    ] {
        assert!(!holds(other, then, 0), "{other:?}");
    }
    assert!(holds(("code", 1_136, 200, 1_983), then, 1));
    assert!(!holds(("code", 1_137, 200, 1_983), then, 1));
}
