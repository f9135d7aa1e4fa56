//! The portal on a database of its own, its clock in the test's hand, and a browser that keeps cookies.
use std::{collections::BTreeMap, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use customersource::{
    Portal, Settings, profile,
    rp::Subject,
    seed,
    session::{
        self, Session,
        store::{Begin, Sealed},
    },
    worker,
};
use platform::{
    clock::{Clock, Moment},
    random::Random,
    secrets::Secret,
    web::frame,
};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

use crate::{
    postbox::{Mail, Postbox},
    provider::{Person, Provider},
};

pub struct House {
    pub portal: Portal,
    pub provider: Provider,
    pub clock: Clock,
    app: Router,
    postbox: Postbox,
    _folder: tempfile::TempDir,
}

/// The whole name of one of the portal's cookies, at the address that [`Settings`] have by default.
pub fn cookie(name: &str) -> String {
    let public_url = Settings::default().server.public_url.parse().unwrap();
    platform::web::cookie::Name::of(&public_url, "customersource", name).to_string()
}

impl House {
    pub async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Settings)) -> Self {
        let (postbox, smtp_url) = Postbox::open().await;
        let provider = Provider::open().await;
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::default();
        settings.database.url = database(&folder).await;
        settings.secrets.key_file = folder.path().join("portal.key").display().to_string();
        settings.mail.smtp_url = smtp_url;
        settings.passport.issuer = provider.issuer.clone();
        settings.passport.client_secret = Secret::new("a/secret");
        settings.passport.signing_alg = "EdDSA".into();
        change(&mut settings);
        // 2026-11-18T16:26:40Z
        let clock = Clock::settable(Moment::from_unix_seconds(1_795_019_200));
        let portal = Portal::open(settings, clock.clone(), Random::seeded(7)).await.unwrap();
        portal.migrate().await.unwrap();
        let app = frame::wrap(&portal.site, customersource::router(&portal));
        let house = Self { portal, provider, clock, app, postbox, _folder: folder };
        house.seed(people()).await;
        house
    }

    pub async fn seed(&self, data: serde_json::Value) {
        seed::apply(&self.portal, &seed::Seed::parse(&data.to_string()).unwrap()).await.unwrap();
    }

    pub fn browser(&self) -> Browser<'_> {
        self.browser_at(self.app.clone())
    }

    /// A browser that talks to another node.
    pub fn browser_at(&self, app: Router) -> Browser<'_> {
        Browser {
            house: self,
            app,
            cookies: BTreeMap::new(),
            form_token: String::new(),
            page: String::new(),
            hides: false,
            language: "en",
        }
    }

    /// The node that browsers talk to, if nothing else is said.
    pub fn first_node(&self) -> Router {
        self.app.clone()
    }

    /// A second node on the same database.
    pub async fn node(&self) -> Router {
        let settings = self.portal.settings.clone();
        let portal = Portal::open(settings, self.clock.clone(), Random::seeded(8)).await.unwrap();
        frame::wrap(&portal.site, customersource::router(&portal))
    }

    /// Carries out every job that is due and takes the mail out.
    pub async fn mail(&self) -> Vec<Mail> {
        worker(&self.portal).drain().await.unwrap();
        self.postbox.take()
    }

    /// Gives somebody a role of the staff.
    pub async fn employ(&self, sub: &str, role: &str) {
        self.seed(json!({"staff": [{"subject": sub, "role": role, "name": sub}]})).await;
    }

    /// How the mail server answers a command from now on.
    pub fn refuse(&self, reply: &str) {
        self.postbox.refuse(reply);
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    pub async fn dump(&self) -> serde_json::Value {
        customersource::dump::store::all(self.portal.db.reader()).await.unwrap()
    }

    /// The id of the profile with this external id, or of the one that the portal added with this address.
    pub async fn profile(&self, name: &str) -> String {
        let dump = self.dump().await;
        let all = dump["profile"].as_array().unwrap();
        let found = all.iter().find(|row| row["external_id"] == name || row["email"] == name).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    /// The profile, as it is now.
    pub async fn current(&self, name: &str) -> profile::Profile {
        let id: profile::ProfileId = self.profile(name).await.parse().unwrap();
        profile::store::find(self.portal.db.reader(), id).await.unwrap().unwrap().0
    }

    /// A visit of this Passport that has chosen no profile, as a request reads it.
    pub async fn visit(&self, subject: &Subject) -> Session {
        let (now, lifetime) = (self.now(), self.portal.session_lifetime);
        let digest = Session::digest_of(&Random::system().token());
        let begin = Begin {
            digest,
            subject,
            op_sid: None,
            label: &subject.sub,
            email: None,
            tokens: Sealed { id_token: vec![], refresh_token: None },
            association: None,
            proven_for: None,
            auth_time: now,
        };
        let tx = self.portal.db.begin().await.unwrap();
        session::store::add(&tx, now, lifetime, begin).await.unwrap();
        tx.commit().await.unwrap();
        let read = session::store::find_live(self.portal.db.reader(), now, lifetime, digest).await;
        read.unwrap().unwrap().0
    }

    /// How many lines of the audit tell this.
    pub async fn deeds(&self, action: &str) -> usize {
        self.dump().await["audit"].as_array().unwrap().iter().filter(|row| row["action"] == action).count()
    }

    /// How many rows of a table are in this state.
    pub async fn count(&self, table: &str, state: &str) -> usize {
        self.dump().await[table].as_array().unwrap().iter().filter(|row| row["state"] == state).count()
    }
}

const PREFIX: &str = "portal_";

/// Once in a process.
static SWEPT: OnceCell<()> = OnceCell::const_new();

/// Databases of runs that have ended.
async fn drop_leftovers(admin: &platform::db::Database) {
    let sql = format!("SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'");
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
    for row in admin.ground().query_all_raw(statement).await.unwrap() {
        let name: String = row.try_get("", "datname").unwrap();
        let process = name.trim_start_matches(PREFIX).split('_').next().unwrap_or_default();
        if process.is_empty() || !std::path::Path::new("/proc").join(process).exists() {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = admin.ground().execute_unprepared(&drop).await;
        }
    }
}

/// A new SQLite file; with `TEST_POSTGRES_URL`, a new database of that server.
async fn database(folder: &tempfile::TempDir) -> String {
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
        return format!("sqlite:{}", folder.path().join("portal.db").display());
    };
    let unique = Random::system().token().replace('-', "_").to_lowercase();
    let name = format!("{PREFIX}{}_{unique}", std::process::id());
    let admin = platform::db::Database::open(&server, 2).await.unwrap();
    SWEPT.get_or_init(|| drop_leftovers(&admin)).await;
    admin.ground().execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    url.into()
}

/// Three profiles of one address in two companies, one of another, and companies without a current plan.
pub fn people() -> serde_json::Value {
    let profile = |id: &str, company: &str, first: &str, email: &str| json!({"external_id": id, "company": company, "first_name": first, "last_name": "Lee", "email": email});
    json!({
        "companies": [
            {"external_id": "contoso", "name": "Contoso Ltda"},
            {"external_id": "fabrikam", "name": "Fabrikam S.A."},
            {"external_id": "lapsed", "name": "Lapsed Inc."},
            {"external_id": "partner", "name": "Partner GmbH", "kind": "partner"},
            {"external_id": "closed", "name": "Closed Ltd", "state": "closed"},
        ],
        "plans": [{"code": "basic", "category": "service", "name": "Basic Service", "rank": 1}],
        "entitlements": [
            {"company": "contoso", "plan": "basic", "starts_on": "2026-01-01", "ends_on": "2026-11-18"},
            {"company": "fabrikam", "plan": "basic", "starts_on": "2026-01-01", "ends_on": "2027-12-31"},
            {"company": "lapsed", "plan": "basic", "starts_on": "2025-01-01", "ends_on": "2025-12-31"},
        ],
        "profiles": [
            profile("ann", "contoso", "Ann", "Ann@Contoso.example"),
            profile("three-1", "contoso", "Tri", "three@example.com"),
            profile("three-2", "contoso", "Tria", "Three@Example.com"),
            profile("three-3", "fabrikam", "Trio", "three@example.com"),
            profile("late", "lapsed", "Late", "late@example.com"),
            profile("pat", "partner", "Pat", "pat@example.com"),
            profile("shut", "closed", "Shut", "shut@example.com"),
            {"external_id": "boss", "company": "contoso", "first_name": "Bo", "last_name": "Boss",
             "email": "boss@contoso.example", "bill_to": true},
        ],
    })
}

/// An answer, with its body read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    #[track_caller]
    pub fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    #[track_caller]
    pub fn shows(&self, status: u16, text: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert!(self.body.contains(text), "no “{text}” in {}", self.body);
    }
}

pub struct Browser<'a> {
    pub house: &'a House,
    app: Router,
    pub cookies: BTreeMap<String, String>,
    pub form_token: String,
    /// The last page that had a form.
    page: String,
    /// The page of that token tells nobody where it is, its own site included.
    pub hides: bool,
    pub language: &'static str,
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Posts a form with the token of the last page that had one.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        let (token, link) = self.hidden(path, &fields);
        fields.push(("form_token", &token));
        if let Some(link) = &link {
            fields.push(("link", link));
        }
        let body = serde_html_form::to_string(fields).unwrap();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("content-length", body.len());
        // Fetch, “append a request Origin header”.
        let request = if self.hides { request.header("origin", "null") } else { request };
        self.send(request, Body::from(body)).await
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

    pub async fn send(&mut self, request: http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .header("cookie", cookies.join("; "))
            .header("accept-language", self.language)
            .body(body)
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        if let Some((_, rest)) = body.split_once("name=\"form_token\" value=\"") {
            self.form_token = rest.split('"').next().unwrap().to_owned();
            self.page.clone_from(&body);
            self.hides = parts.headers.get("referrer-policy").is_some_and(|policy| policy == "no-referrer");
        }
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Signs in as `sub` by way of `path`, freshly at the provider; answers what follows the callback.
    pub async fn sign_in(&mut self, path: &str, sub: &str) -> Answer {
        let mut answer = self.get(path).await;
        loop {
            let to = match answer.body.contains("id=\"invitation-sign-in\"") {
                true => "/associate/invitation/signin".to_owned(),
                false => answer.location().to_owned(),
            };
            if !to.starts_with('/') {
                break;
            }
            answer = self.get(&to).await;
        }
        let now = self.house.now();
        let person = Person { sub, auth_time: Some(now), now };
        let back = self.house.provider.sign_in(answer.location(), &person);
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
        if self.get(link).await.location() != "/associate/confirm" {
            assert_eq!(self.sign_in(link, sub).await.location(), "/associate/confirm");
        }
        self.get("/associate/confirm").await;
        self.post("/associate/confirm", &[]).await
    }

    /// From nothing to an associated profile.
    pub async fn associate(&mut self, sub: &str, email: &str) {
        self.sign_in("/account", sub).await;
        self.claim(email).await;
        for mail in self.house.mail().await {
            assert_eq!(self.accept(&mail.link(), sub).await.location(), "/associate/done");
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

    /// Shows the page that another window shows.
    pub fn show(&mut self, of: &Browser<'_>) {
        self.form_token.clone_from(&of.form_token);
        self.page.clone_from(&of.page);
    }

    /// A new browser: nothing is remembered.
    pub fn close(&mut self) {
        self.cookies.clear();
    }
}

/// The fields of a person's form.
pub fn person<'a>(first: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("first_name", first), ("last_name", "Lee"), ("email", email)]
}

pub fn minutes(number: u64) -> Duration {
    Duration::from_secs(number * 60)
}
