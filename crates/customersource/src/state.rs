//! What every door of the portal is given: connections, settings and keys. Cheap to clone; knows no request.
use std::{sync::Arc, time::Duration};

use platform::{
    Fault,
    clock::Clock,
    config,
    db::Database,
    former,
    mail::Mailer,
    outbound::Outbound,
    outbox::Outbox,
    random::Random,
    secrets::{Keyring, Mac, Named, Seal},
    texts::Texts,
    web::{Proxies, Site, page::NavItem, site::Description},
};
use url::Url;

use crate::{
    access::Places,
    acting::Footing,
    association::{actions::Desk, undo::Undo},
    bulletin::Press,
    company,
    config::{ClaimOnAssociated, Settings},
    content, paths, profile,
    rp::{self, Rp},
    strength::Demands,
    texts,
    unsubscribe::Unsubscribe,
};

/// What older lines of the key file are needed for after they are gone: proving what was written with them.
pub const NEEDED_OF_OLDER_LINES: &[&str] = &["audit"];

/// The portal, open and ready to be served, asked or told by a command.
#[derive(Clone)]
pub struct Portal(Arc<Inner>);

pub struct Inner {
    pub settings: Settings,
    pub footing: Footing,
    pub site: Site,
    pub clock: Clock,
    pub random: Random,
    pub keyring: Keyring,
    pub outbox: Outbox,
    pub outbound: Outbound,
    pub mailer: Mailer,
    pub rp: Rp,
    /// Where companies are, as the settings say it.
    pub places: Arc<Places>,
    /// Under which typed addresses are remembered, for support and nothing else.
    pub claim_mac: Mac,
    /// Under which a browser carries a typed address to the page that shows it.
    pub claim_seal: Seal,
    /// Links the lines of the audit.
    pub audit_mac: Mac,
    /// Signs the links by which administrators end an association.
    pub undo: Named<Undo>,
    /// Signs the links that stop mails.
    pub unsubscribe: Named<Unsubscribe>,
}

impl std::ops::Deref for Portal {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::ops::Deref for Inner {
    type Target = Footing;
    fn deref(&self) -> &Footing {
        &self.footing
    }
}

impl Portal {
    /// Opens database and key file; makes both when absent. Migrates nothing: see [`Portal::migrate`].
    pub async fn open(settings: Settings, clock: Clock, random: Random) -> Result<Self, Fault> {
        let about = (&settings.database, &settings.secrets);
        let is_laid = async |db: &Database| Ok(migrations::is_laid(&db.ground()).await?);
        let (db, keyring) = former::open("customersource", about, clock.clone(), is_laid).await?;
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
        let outbound = outbound(&settings)?;
        let about = Description {
            product: "customersource",
            name_key: "portal-name",
            mark: include_bytes!("../assets/mark.svg"),
            scripts: &[],
            public_url: Url::parse(&settings.server.public_url).map_err(Fault::bug)?,
            trusted_proxies: Proxies::read(&settings.server.trusted_proxies).map_err(Fault::unavailable)?,
            nav: vec![
                NavItem { path: "/", key: "nav-home" },
                NavItem { path: "/resources", key: "nav-resources" },
                NavItem { path: "/newsgroups", key: "section-newsgroups" },
                NavItem { path: "/newsletters", key: "section-newsletters" },
                NavItem { path: "/faq", key: "nav-faq" },
                NavItem { path: "/account", key: "nav-account" },
            ],
            slow: &[paths::FILES],
            sign_in: Some("/signin"),
            for_machines: &[rp::BACKCHANNEL_LOGOUT_PATH, rp::SECURITY_EVENTS_PATH],
            labels: crate::labels::of,
        };
        let words = Texts::new(&texts::CUSTOMERSOURCE, settings.brand.clone());
        let public_url = &settings.server.public_url;
        let rp = Rp::new(&settings.passport, public_url, outbound.clone(), &keyring, random.clone())?;
        Ok(Self(Arc::new(Inner {
            site: Site::new(about, words, clock.clone(), random.clone(), &keyring),
            outbox: Outbox::new(random.clone(), &keyring),
            mailer: Mailer::new(&settings.mail, &settings.outbound, public_url)
                .map_err(Fault::unavailable)?
                .returning_to(settings.bounces.address()),
            places: Arc::new(settings.portal.places()),
            claim_seal: keyring.seal("typed address"),
            claim_mac: keyring.mac("claimed address"),
            audit_mac: keyring.mac("audit"),
            undo: Named::new(&keyring, "undo an association"),
            unsubscribe: Named::new(&keyring, "unsubscribe"),
            rp,
            outbound,
            footing: Footing {
                db,
                session_lifetime: (&settings.portal).into(),
                demands: Demands {
                    staff: settings.portal.staff_acr.clone(),
                    administrators: settings.portal.administrators_acr.clone(),
                    companies: settings.portal.companies_acr.clone(),
                },
                limits_scale: settings.limits.scale,
            },
            settings,
            clock,
            random,
            keyring,
        })))
    }

    /// Brings the schema and the search up to date.
    pub async fn migrate(&self) -> Result<(), Fault> {
        migrations::up::<migrations::customersource::Migrator>(&self.db.ground()).await?;
        self.fill_folded().await?;
        self.refresh_index().await
    }

    /// Fills what is searched of names, where older rows lack it.
    async fn fill_folded(&self) -> Result<(), Fault> {
        let filled =
            company::store::fold_missing(&self.db).await? + profile::store::fold_missing(&self.db).await?;
        if filled > 0 {
            tracing::info!(rows = filled, "Names can be searched without their accents");
        }
        Ok(())
    }

    /// Builds the search anew when this program indexes texts in another way than what built it.
    pub async fn refresh_index(&self) -> Result<(), Fault> {
        if content::index::refresh(&self.db).await? {
            tracing::info!("The search is built anew");
        }
        Ok(())
    }

    /// The names of migrations that are still to be done.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, Fault> {
        Ok(migrations::pending::<migrations::customersource::Migrator>(&self.db.ground()).await?)
    }

    /// The steps that are still to be done, and those that only a newer binary knows.
    pub async fn steps(&self) -> Result<(Vec<String>, Vec<String>), Fault> {
        let newer = migrations::newer::<migrations::customersource::Migrator>(&self.db.ground()).await?;
        Ok((self.pending_migrations().await?, newer))
    }

    /// What letters that people asked for are sent with.
    pub fn press(&self) -> Press<'_> {
        Press {
            random: &self.random,
            outbox: &self.outbox,
            site: &self.site,
            regions: &self.settings.portal.regions,
        }
    }

    /// What links are made with.
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            random: &self.random,
            outbox: &self.outbox,
            site: &self.site,
            audit: &self.audit_mac,
            undo: &self.undo,
            places: &self.places,
            link_lifetime: Duration::from_secs(u64::from(self.settings.portal.link_hours) * 3600),
            invitation_lifetime: Duration::from_secs(
                u64::from(self.settings.portal.invitation_days) * 86_400,
            ),
            claims_move: self.settings.portal.claim_on_associated == ClaimOnAssociated::Move,
            limits_scale: self.limits_scale,
        }
    }
}

/// The guard lets the issuer through wherever it is: the operator named it.
fn outbound(settings: &Settings) -> Result<Outbound, Fault> {
    let mut allow = settings.outbound.allow.clone();
    allow.extend(settings.passport.host_and_port());
    let settings = config::Outbound { allow, extra_root: settings.outbound.extra_root.clone() };
    Outbound::new(&settings, "customersource").map_err(Fault::unavailable)
}
