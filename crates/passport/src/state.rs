//! What every door of Passport is given: connections, settings and keys. Cheap to clone; knows no request.
use std::sync::Arc;

use oidc::authorize::Policy;
use platform::{
    Fault,
    clock::Clock,
    db::Database,
    former,
    mail::Mailer,
    outbound::Outbound,
    outbox::Outbox,
    random::Random,
    secrets::{Keyring, Mac},
    texts::Texts,
    web::{Proxies, Site, page::NavItem, site::Description},
};
use url::Url;

use crate::{
    account::password::Hasher,
    automatic::Tokens,
    billing::BlindKey,
    client,
    config::Settings,
    endpoints::{self, dpop::Nonces},
    grant::token::Names,
    key::KeyRoom,
    texts,
};

/// What older lines of the key file are needed for after they are gone: what only its owner could make anew.
pub const NEEDED_OF_OLDER_LINES: &[&str] = &["password pepper", "billing facts"];

/// How many request objects are kept; each has 16 KiB at most.
const REQUEST_OBJECTS: usize = 1000;

/// The identity provider, open and ready to be served, asked or told by a command.
#[derive(Clone)]
pub struct Passport(Arc<Inner>);

pub struct Inner {
    pub settings: Settings,
    pub db: Database,
    pub site: Site,
    pub clock: Clock,
    pub random: Random,
    pub keyring: Keyring,
    pub outbox: Outbox,
    pub outbound: Outbound,
    pub mailer: Mailer,
    pub hasher: Hasher,
    pub keys: KeyRoom,
    pub names: Names,
    /// Tokens of automatic sign-ins.
    pub automatic: Tokens,
    /// Request objects by the address that holds their digest; what is under such a name never changes.
    pub request_objects: quick_cache::sync::Cache<String, String>,
    pub nonces: Nonces,
    /// The keys that clients publish.
    pub client_keys: client::keys::KeyCache,
    pub origins: client::origins::Origins,
    pub pairwise: client::subject::PairwiseKey,
    /// Makes the codes of those who come by a link.
    pub proofs: Mac,
    /// Decides what an address without an account is shown at recovery.
    pub decoys: Mac,
    pub billing: BlindKey,
}

impl std::ops::Deref for Passport {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Passport {
    /// Opens database and key file. Migrates nothing: see [`Passport::migrate`].
    pub async fn open(settings: Settings, clock: Clock, random: Random) -> Result<Self, Fault> {
        let path = settings.secrets.path(&settings.database, "passport");
        if let Some(folder) = settings.database.file().as_deref().and_then(std::path::Path::parent) {
            std::fs::create_dir_all(folder).map_err(Fault::unavailable)?;
        }
        let db = Database::with(&settings.database, clock.clone()).await?;
        // A new key would open nothing that is stored: refuse before there is one.
        if !path.exists() && migrations::is_laid(db.writer()).await? {
            return Err(Fault::unavailable(format!(
                "{} is missing, and the database is sealed with it: bring the key file that belongs to this database, \
                 or name it in [secrets] key_file",
                path.display()
            )));
        }
        let (keyring, made) = Keyring::open(&path, &Random::system()).map_err(Fault::unavailable)?;
        if made {
            tracing::warn!(file = %path.display(), "Made a new key file; keep a copy: without it nobody can sign in");
        }
        let keyring = former::load(&db, keyring).await?;
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
            public_url,
            trusted_proxies: Proxies::read(&settings.server.trusted_proxies).map_err(Fault::unavailable)?,
            nav: vec![
                NavItem { path: "/", key: "nav-home" },
                NavItem { path: "/sign-up", key: "nav-sign-up" },
                NavItem { path: "/account", key: "nav-account-services" },
                NavItem { path: "/sites", key: "sites-heading" },
                NavItem { path: "/help", key: "nav-help" },
            ],
            slow: &[],
            sign_in: None,
            for_machines: endpoints::FOR_MACHINES,
        };
        let words = Texts::new(&texts::PASSPORT, settings.brand.clone());
        Ok(Self(Arc::new(Inner {
            site: Site::new(about, words, clock.clone(), random.clone(), &keyring),
            outbox: Outbox::new(random.clone(), &keyring),
            outbound: Outbound::new(&settings.outbound).map_err(Fault::unavailable)?,
            mailer: Mailer::new(&settings.mail, &settings.outbound, &settings.server.public_url)
                .map_err(Fault::unavailable)?,
            hasher: Hasher::new(&settings.password, &keyring, random.clone()),
            keys: KeyRoom::new(&keyring),
            names: Names::new(&keyring),
            automatic: Tokens::new(&keyring),
            request_objects: quick_cache::sync::Cache::new(REQUEST_OBJECTS),
            nonces: Nonces::new(&keyring),
            client_keys: Default::default(),
            origins: Default::default(),
            pairwise: client::subject::PairwiseKey::new(&keyring),
            proofs: keyring.mac("recovery by link"),
            decoys: keyring.mac("recovery decoys"),
            billing: BlindKey::new(&keyring),
            settings,
            db,
            clock,
            random,
            keyring,
        })))
    }

    /// Brings the schema up to date and makes the first signing keys.
    pub async fn migrate(&self) -> Result<(), Fault> {
        migrations::up::<migrations::passport::Migrator>(self.db.writer()).await?;
        self.pairwise.make_or_reseal(&self.db, &self.random).await?;
        self.keys.make_missing(&self.db, &self.random, self.clock.now()).await
    }

    /// What of the protocol is enabled.
    pub fn policy(&self) -> Policy {
        let protocol = &self.settings.protocol;
        let policy = Policy {
            issuer: self.issuer().to_owned(),
            pushed_requests_only: protocol.require_pushed_authorization_requests,
            ..Policy::default()
        };
        let policy =
            if protocol.legacy_response_types { policy.with_legacy_response_types() } else { policy };
        policy.under(protocol.profile)
    }

    /// The issuer identifier: the public URL, without a trailing slash.
    pub fn issuer(&self) -> &str {
        &self.settings.server.public_url
    }
}
