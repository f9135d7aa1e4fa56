//! The settings files of both halves and the portal's registration, as an operator would write them.
use std::path::Path;

use mailbox::Mailbox;
use testkit::{Engine, engine::Template};

use crate::{program::command, world::Addresses};

/// Registers the portal as any site is registered, and returns its secret.
pub async fn register_portal(config: &str, addresses: &Addresses) -> String {
    command("passport", &["migrate", "--config", config], "").await;
    let at = |path: &str| format!("{}{path}", addresses.portal);
    let printed = command(
        "passport",
        &[
            "client",
            "add",
            "--name",
            "CustomerSource",
            "--id",
            "customersource",
            "--redirect-uri",
            &at("/signin/callback"),
            "--post-logout-redirect-uri",
            &at("/signed-out"),
            "--backchannel-logout-uri",
            &at("/backchannel-logout"),
            "--trusted",
            "--json",
            "--config",
            config,
        ],
        "",
    )
    .await;
    let added: serde_json::Value = serde_json::from_str(&printed).unwrap();
    added["client_secret"].as_str().unwrap().to_owned()
}

/// What the settings files are written from.
pub struct Settings<'a> {
    pub folder: &'a Path,
    pub addresses: &'a Addresses,
    pub mailbox: &'a Mailbox,
}

impl Settings<'_> {
    /// A fresh database of one half: its URL.
    pub async fn database(&self, engine: Engine, template: &Template, half: &str) -> String {
        match engine {
            Engine::Sqlite => format!("sqlite:{}", self.folder.join(format!("{half}.db")).display()),
            Engine::Postgres => template.copy(engine, async |_| ()).await.url.clone(),
        }
    }

    fn shared(&self, port: u16, public_url: &str, database: &str, half: &str) -> String {
        let (smtp, folder) = (self.mailbox.smtp_address(), self.folder.display());
        format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{public_url}\"\n\
             [database]\nurl = \"{database}\"\n\
             [secrets]\nkey_file = \"{folder}/{half}.key\"\n\
             [mail]\nsmtp_url = \"smtp://{smtp}\"\nfrom = \"no-reply@{half}.example\"\n"
        )
    }

    /// The file of one node of Passport.
    pub fn write_passport(&self, port: u16, database: &str) -> String {
        let portal = self.addresses.portal.trim_start_matches("http://");
        let text = self.shared(port, &self.addresses.passport, database, "passport");
        // The stories count letters, and sign one person in from several browsers.
        let text = format!("{text}[session]\ntell_new_computers = false\n");
        let text = format!("{text}[outbound]\nallow = [\"{portal}\"]\n");
        self.write(&format!("passport-{port}.toml"), &text)
    }

    /// The file of one node of the portal, with `more` at its end.
    pub fn write_portal(&self, port: u16, database: &str, secret: &str, more: &str) -> String {
        let text = self.shared(port, &self.addresses.portal, database, "customersource");
        let issuer = &self.addresses.passport;
        let text = format!(
            "{text}[passport]\nissuer = \"{issuer}\"\nclient_id = \"customersource\"\nclient_secret = \"{secret}\"\n\
             [portal]\nstaff_acr = []\n{more}"
        );
        self.write(&format!("customersource-{port}.toml"), &text)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    }
}
