//! What every door of Passport is given: connections, settings and keys. Cheap to clone; knows no request.
use std::sync::{Arc, OnceLock};

use oidc::{
    assurance::Level,
    authorize::{Policy, context::Context},
};
use platform::{
    Fault,
    clock::Clock,
    db::Database,
    former,
    mail::Mailer,
    outbound::Outbound,
    outbox::Outbox,
    random::Random,
    secrets::Keyring,
    texts::Texts,
    web::{Proxies, Site, site::Description},
};
use url::Url;

use crate::{
    client::Clients,
    config::Settings,
    desk::{Desk, Vault},
    grant::token::Names,
    key::{Document, KeyRoom},
    nonces::Nonces,
    paths,
    second_step::codes,
    subject::PairwiseKey,
    texts,
};

/// What older lines of the key file are needed for after they are gone: what only its owner could make anew.
pub const NEEDED_OF_OLDER_LINES: &[&str] = &["password pepper", "billing facts", codes::PURPOSE];

/// The identity provider, open and ready to be served, asked or told by a command.
#[derive(Clone)]
pub struct Passport(Arc<Inner>);

pub struct Inner {
    vault: Vault,
    pub clock: Clock,
    pub keyring: Keyring,
    pub mailer: Mailer,
    pub keys: KeyRoom,
    pub names: Names,
    pub nonces: Nonces,
    policy: Policy,
    /// What sites read of us, as it was made once: settings do not change while we run.
    pub metadata: OnceLock<Document>,
    pub outbound: Outbound,
    /// What this node knows of the sites' own documents, and how it asks for them.
    pub clients: Clients,
}

impl std::ops::Deref for Passport {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::ops::Deref for Inner {
    type Target = Vault;
    fn deref(&self) -> &Vault {
        &self.vault
    }
}

impl Passport {
    /// Opens database and key file. Migrates nothing: see [`Passport::migrate`].
    pub async fn open(settings: Settings, clock: Clock, random: Random) -> Result<Self, Fault> {
        let about = (&settings.database, &settings.secrets);
        let is_laid = async |db: &Database| Ok(migrations::is_laid(&db.ground()).await?);
        let (db, keyring) = former::open("passport", about, clock.clone(), is_laid).await?;
        Self::on(db, settings, clock, random, keyring)
    }

    /// The same with a keyring at hand.
    pub async fn with_keyring(
        settings: Settings,
        clock: Clock,
        random: Random,
        keyring: Keyring,
    ) -> Result<Self, Fault> {
        let db = Database::with(&settings.database, clock.clone()).await?;
        let keyring = former::load(&db, keyring).await?;
        Self::on(db, settings, clock, random, keyring)
    }

    fn on(
        db: Database,
        settings: Settings,
        clock: Clock,
        random: Random,
        keyring: Keyring,
    ) -> Result<Self, Fault> {
        let public_url = Url::parse(&settings.server.public_url).map_err(Fault::bug)?;
        let about = Description {
            product: "passport",
            name_key: "passport-name",
            mark: include_bytes!("../assets/mark.svg"),
            scripts: &[("passkeys", include_bytes!("../assets/passkeys.js"))],
            public_url,
            trusted_proxies: Proxies::read(&settings.server.trusted_proxies).map_err(Fault::unavailable)?,
            nav: paths::nav(),
            slow: &[],
            sign_in: None,
            for_machines: paths::FOR_MACHINES,
            labels: crate::labels::of,
        };
        let words = Texts::new(&texts::PASSPORT, settings.brand.clone());
        let outbound = Outbound::new(&settings.outbound, "passport").map_err(Fault::unavailable)?;
        let mailer = Mailer::new(&settings.mail, &settings.outbound, &settings.server.public_url);
        let policy = policy(&settings);
        let clients = Clients::new(&settings, policy.clone(), &db, &outbound, &clock, &random, &keyring);
        let desk = Desk {
            site: Site::new(about, words, clock.clone(), random.clone(), &keyring),
            outbox: Outbox::new(random.clone(), &keyring),
            pairwise: PairwiseKey::new(&keyring),
            settings,
            db,
            random,
        };
        Ok(Self(Arc::new(Inner {
            vault: Vault::new(desk, &keyring).map_err(Fault::unavailable)?,
            mailer: mailer.map_err(Fault::unavailable)?,
            keys: KeyRoom::new(&keyring),
            names: Names::new(&keyring),
            nonces: Nonces::new(&keyring),
            policy,
            metadata: OnceLock::new(),
            outbound,
            clients,
            clock,
            keyring,
        })))
    }

    /// Brings the schema up to date and makes the first signing keys.
    pub async fn migrate(&self) -> Result<(), Fault> {
        migrations::up::<migrations::passport::Migrator>(&self.db.ground()).await?;
        self.pairwise.make_or_reseal(&self.db, &self.random).await?;
        self.keys.make_missing(&self.db, &self.random, self.clock.now()).await
    }

    /// What of the protocol is enabled.
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }
}

fn policy(settings: &Settings) -> Policy {
    let protocol = &settings.protocol;
    let policy = Policy {
        issuer: settings.server.public_url.clone(),
        highest: settings.highest(),
        least: Context::parse(&protocol.require_acr).map_or(Level::Password, Context::level),
        resources: settings.resources.list.clone(),
        pushed_requests_only: protocol.require_pushed_authorization_requests,
        ..Policy::default()
    };
    let policy = if protocol.legacy_response_types { policy.with_legacy_response_types() } else { policy };
    policy.under(protocol.profile)
}
