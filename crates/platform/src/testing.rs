//! A small database and site for the tests of this crate.
use crate::{
    clock::Clock,
    db::Database,
    random::Random,
    secrets::Keyring,
    texts::{Brand, Catalogue, Texts},
    web::{Proxies, Site, page::NavItem, site::Description},
};

pub fn keyring() -> Keyring {
    Keyring::from_bytes([9; 32])
}

/// A fresh SQLite database with Passport's tables; gone with the folder.
pub async fn database() -> (Database, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open(&format!("sqlite:{}", folder.path().join("test.db").display()), 2).await.unwrap();
    migrations::up::<migrations::passport::Migrator>(&db.ground()).await.unwrap();
    (db, folder)
}

struct NoWords;

impl Catalogue for NoWords {
    fn find(
        &self,
        _: crate::language::Language,
        key: &str,
        _: &std::collections::HashMap<
            std::borrow::Cow<'static, str>,
            fluent_templates::fluent_bundle::FluentValue<'_>,
        >,
    ) -> Option<String> {
        (key == "sample-name").then(|| "Sample".to_owned())
    }
}

/// A site at http://localhost:8081 without pages of its own.
pub fn site(clock: &Clock) -> Site {
    let about = Description {
        product: "passport",
        name_key: "sample-name",
        mark: b"",
        scripts: &[],
        public_url: "http://localhost:8081".parse().unwrap(),
        trusted_proxies: Proxies::read(&["127.0.0.9".to_owned()]).unwrap(),
        nav: vec![NavItem { path: "/", key: "sample-name" }],
        slow: &["/upload"],
        sign_in: None,
        for_machines: &["/for-machines"],
        labels: |name| (name == "subject").then_some("sample-name"),
    };
    Site::new(about, Texts::new(&NoWords, Brand::default()), clock.clone(), Random::seeded(5), &keyring())
}
