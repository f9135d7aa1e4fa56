//! What acts are carried out with: connections, chance, the outbox, settings, and what proves a person. Knows no
//! request, no clock and no door: who acts brings `now` along.
use std::ops::Deref;

use platform::{
    db::Database,
    outbox::Outbox,
    random::Random,
    secrets::{Keyring, Mac},
    web::Site,
};

use crate::{
    account::password::Hasher,
    automatic::Tokens,
    billing::BlindKey,
    config::Settings,
    device::UserCodes,
    passkey::{self, ceremony::Challenges},
    second_step,
    subject::PairwiseKey,
};

/// What every act needs: where rows are, what settings say, and how people and sites are written to.
pub struct Desk {
    pub settings: Settings,
    pub db: Database,
    pub random: Random,
    pub outbox: Outbox,
    /// Addresses and words of what is written to people.
    pub site: Site,
    /// What pairwise sites call people.
    pub pairwise: PairwiseKey,
}

impl Desk {
    /// The issuer identifier: the public URL, without a trailing slash.
    pub fn issuer(&self) -> &str {
        &self.settings.server.public_url
    }

    /// Passkeys are taken here.
    pub fn takes_passkeys(&self) -> bool {
        passkey::relying_party(&self.site, &self.settings.passkeys).is_some()
    }
}

/// The desk, and what makes and compares what only one person knows or holds.
pub struct Vault {
    desk: Desk,
    /// Passwords and secret answers.
    pub hasher: Hasher,
    /// Tokens of automatic sign-ins.
    pub automatic: Tokens,
    /// What people type for a device.
    pub user_codes: UserCodes,
    pub billing: BlindKey,
    /// What authenticators sign.
    pub passkeys: Challenges,
    /// Makes the codes of those who come by a link.
    pub proofs: Mac,
    /// Secrets of authenticator apps, recovery codes, and first proofs.
    pub second: second_step::Keys,
    /// Decides what an address without an account is shown at recovery.
    pub decoys: Mac,
}

impl Vault {
    /// # Errors
    /// In words for the operator: what the settings name cannot be read.
    pub fn new(desk: Desk, keyring: &Keyring) -> Result<Self, String> {
        let models = passkey::models(&desk.settings.passkeys)?;
        Ok(Self {
            hasher: Hasher::new(&desk.settings.password, keyring, desk.random.clone()),
            automatic: Tokens::new(keyring),
            user_codes: UserCodes::new(keyring),
            billing: BlindKey::new(keyring),
            second: second_step::Keys::new(keyring),
            passkeys: Challenges::new(keyring, models),
            proofs: keyring.mac("recovery by link"),
            decoys: keyring.mac("recovery decoys"),
            desk,
        })
    }
}

impl Deref for Vault {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}
