//! Passport and the portal beside each other, and the companies and people of the case lists.
use std::ops::Deref;

use customersource::{
    BACKCHANNEL_LOGOUT_PATH, POST_LOGOUT_PATH, Portal, REDIRECT_PATH, SECURITY_EVENTS_PATH, seed,
};
use oidc::{client::GrantType, scope::Scopes};
use passport::acts::register;
use platform::secrets::Secret;

use crate::{
    Engine, House,
    house::Settings,
    neighbour::{Neighbour, Plot},
};

const SECRET: &str = "the portal proves itself with this";

/// One profile, in Acme.
pub const PAT: &str = "pat@acme.test";
/// One profile, in Acme: its administrator.
pub const ANN: &str = "ann@acme.test";
/// Three profiles: two in Acme, one in Beta.
pub const TRI: &str = "tri@mail.test";
/// One profile, in Gamma, whose plan has ended.
pub const LEA: &str = "lea@gamma.test";

/// A house with the portal beside it.
pub struct Town {
    house: House,
}

impl Deref for Town {
    type Target = House;
    fn deref(&self) -> &House {
        &self.house
    }
}

impl Town {
    pub async fn open(engine: Engine) -> Self {
        Self::with(engine, |_| {}, |_| {}).await
    }

    /// Opens a town, the settings of either half changed first.
    pub async fn with(
        engine: Engine,
        change_house: impl FnOnce(&mut Settings),
        change_portal: impl FnOnce(&mut customersource::Settings),
    ) -> Self {
        let house = House::with(engine, change_house).await;
        let mut plot = Plot::new(engine).await;
        let (port, settings) = (plot.port(), &mut plot.settings);
        settings.server.public_url = format!("http://localhost:{}", port);
        settings.mail.smtp_url = format!("smtp://{}", house.mailbox.smtp_address());
        settings.mail.from = "CustomerSource <no-reply@portal.test>".into();
        settings.passport.issuer = house.passport.issuer().to_owned();
        settings.passport.client_secret = Secret::new(SECRET);
        change_portal(settings);
        register_portal(&house, &settings.server.public_url).await;
        house.net.know(&settings.server.public_url, "https://portal.test");
        let neighbour = plot.build(&house.clock, &house.random, &house.stop).await;
        assert!(house.portal.set(neighbour).is_ok(), "a house has one portal");
        let town = Self { house };
        town.seed(PEOPLE).await;
        town
    }

    pub fn neighbour(&self) -> &Neighbour {
        self.house.portal.get().expect("a town has a portal")
    }

    pub fn portal(&self) -> &Portal {
        &self.neighbour().portal
    }

    /// The portal's address with a path behind it.
    pub fn portal_url(&self, path: &str) -> String {
        format!("{}{path}", self.portal().settings.server.public_url)
    }

    /// Loads companies, plans and profiles, as `customersource seed` does.
    pub async fn seed(&self, json: &str) {
        let seed = seed::Seed::parse(json).expect("seed data");
        seed::apply(self.portal(), &seed).await.expect("the seed data fits");
    }

    /// How many associations are in force.
    pub async fn associations(&self) -> i64 {
        self.neighbour().ground.count("SELECT COUNT(*) FROM association WHERE state = 'active'").await
    }
}

async fn register_portal(house: &House, portal: &str) {
    let client = oidc::client::Client {
        client_id: "customersource".into(),
        client_name: "CustomerSource".into(),
        redirect_uris: vec![format!("{portal}{REDIRECT_PATH}")],
        post_logout_redirect_uris: vec![format!("{portal}{POST_LOGOUT_PATH}")],
        backchannel_logout_uri: Some(format!("{portal}{BACKCHANNEL_LOGOUT_PATH}")),
        security_events_uri: Some(format!("{portal}{SECURITY_EVENTS_PATH}")),
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        scope: Scopes::parse("openid profile email offline_access").expect("scopes"),
        trusted: true,
        ..oidc::client::Client::default()
    };
    let passport = &house.passport;
    let tx = passport.db.begin().await.expect("the database can be written");
    let secret = Some(Secret::new(SECRET));
    let done = register::register(&tx, house.clock.now(), &passport.clients, client, secret, true).await;
    done.expect("the database can be written").expect("the metadata is lawful");
    tx.commit().await.expect("the database can be written");
}

const PEOPLE: &str = r#"{
  "companies": [
    { "external_id": "acme", "name": "Acme Tools" },
    { "external_id": "beta", "name": "Beta Foods" },
    { "external_id": "gamma", "name": "Gamma Works" }
  ],
  "plans": [{ "code": "service", "category": "service", "name": "Service Plan" }],
  "entitlements": [
    { "company": "acme", "plan": "service", "starts_on": "2026-01-01", "ends_on": "2026-11-30" },
    { "company": "beta", "plan": "service", "starts_on": "2026-01-01", "ends_on": "2027-12-31" },
    { "company": "gamma", "plan": "service", "starts_on": "2025-01-01", "ends_on": "2025-12-31" }
  ],
  "profiles": [
    { "external_id": "pat", "company": "acme", "first_name": "Pat", "last_name": "Powell", "email": "pat@acme.test" },
    { "external_id": "ann", "company": "acme", "first_name": "Ann", "last_name": "Archer", "email": "ann@acme.test", "administrator": true },
    { "external_id": "tri1", "company": "acme", "first_name": "Tri", "last_name": "One", "email": "tri@mail.test" },
    { "external_id": "tri2", "company": "acme", "first_name": "Tri", "last_name": "Two", "email": "tri@mail.test" },
    { "external_id": "tri3", "company": "beta", "first_name": "Tri", "last_name": "Three", "email": "tri@mail.test" },
    { "external_id": "lea", "company": "gamma", "first_name": "Lea", "last_name": "Lang", "email": "lea@gamma.test" }
  ]
}"#;
