//! One-time links of an account, as they stand in letters: for one purpose, once, for a while. Knows no letter
//! and no page.
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::{Fault, clock::Moment, random::Random, secrets};

use crate::account::{AccountId, acting::Acting};

platform::id!(
    /// Names a link; its secret is kept as a digest only.
    LinkId
);

/// What a link is good for. One made for one purpose does nothing else (INV-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The address of the account is its owner's. Detail: the address's key.
    VerifyEmail,
    /// The new address is its owner's. Detail: the new address.
    ChangeEmail,
    /// The alternate address is its owner's. Detail: the address.
    ChangeAlternate,
    /// The alternate address that was typed at sign-up is its owner's, who is signed in; or its reader wants nothing
    /// to do with the account. Detail: the address.
    VerifyAlternate,
    /// Whoever reads the mail of an account's name, which the account never proved, wants the name. Detail: its key.
    ClaimName,
    /// The name that an account gave up waits for whoever claimed it. Detail: its key.
    TakeName,
    /// Whoever reads the alternate address wants nothing to do with the account: what the other button of
    /// [`Self::VerifyAlternate`] is pressed for; no letter carries one of its own. Detail: the address.
    DropAlternate,
    /// A new password, by an address that was proven. Detail: the address.
    Reset,
    /// A change was not the owner's. Detail: [`crate::notice::Told`], as JSON.
    NotMe,
    /// A recovery is not the owner's. Detail: its id.
    StopRecovery,
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Purpose {
    pub const ALL: [Self; 10] = [
        Self::VerifyEmail,
        Self::ChangeEmail,
        Self::ChangeAlternate,
        Self::VerifyAlternate,
        Self::ClaimName,
        Self::TakeName,
        Self::DropAlternate,
        Self::Reset,
        Self::NotMe,
        Self::StopRecovery,
    ];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ChangeAlternate => "change_alternate",
            Self::VerifyAlternate => "verify_alternate",
            Self::ClaimName => "claim_name",
            Self::TakeName => "take_name",
            Self::DropAlternate => "drop_alternate",
            Self::Reset => "reset",
            Self::NotMe => "not_me",
            Self::StopRecovery => "stop_recovery",
        }
    }

    /// A proof of an address counts only for whoever is signed in to the account: otherwise a stranger who presses
    /// “yes, this is my address” proves it for somebody else (decision 0023).
    pub const fn needs_owner(self) -> bool {
        matches!(self, Self::VerifyEmail | Self::ChangeEmail | Self::ChangeAlternate | Self::VerifyAlternate)
    }

    /// The word of somebody who has nothing to do with the account: its owner does not end it by changing this or that.
    pub const fn is_a_strangers(self) -> bool {
        matches!(self, Self::ClaimName | Self::TakeName | Self::DropAlternate)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }

    /// How long those links live whose time is not a setting.
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::Reset => Duration::from_secs(15 * 60),
            Self::ChangeEmail | Self::ChangeAlternate => Duration::from_secs(30 * MINUTE.as_secs()),
            Self::VerifyEmail | Self::VerifyAlternate | Self::ClaimName => DAY,
            Self::DropAlternate => Duration::from_secs(30 * DAY.as_secs()),
            Self::TakeName | Self::NotMe | Self::StopRecovery => Duration::from_secs(7 * DAY.as_secs()),
        }
    }
}

/// A link that was found by its secret and may still be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    pub account: AccountId,
    pub purpose: Purpose,
    pub detail: String,
    pub created_at: Moment,
    pub ends_at: Moment,
}

/// The button of a link, pressed in a browser. Only a press uses a link up, so that the same one can be told when it
/// comes twice.
#[derive(Clone, Debug)]
pub struct PressedLink {
    link: Link,
    /// What the link is used for; it offers another button where its reader is not the account's owner.
    meant: Purpose,
    by: [u8; 32],
}

impl PressedLink {
    /// `browser` is the random name that the browser has of us.
    pub fn of(link: Link, meant: Purpose, browser: &str) -> Self {
        let by = secrets::digest(format!("{}\0{}\0{browser}", link.id, meant.as_str()).as_bytes());
        Self { link, meant, by }
    }

    pub const fn link(&self) -> &Link {
        &self.link
    }

    /// Names it, to whoever has the key: not guessed by who does not know the browser.
    pub const fn mark(&self) -> &[u8] {
        &self.by
    }

    pub const fn meant(&self) -> Purpose {
        self.meant
    }
}

impl std::ops::Deref for PressedLink {
    type Target = Link;

    fn deref(&self) -> &Link {
        &self.link
    }
}

/// What making a link needs to know.
#[derive(Clone, Copy, Debug)]
pub struct NewLink<'a> {
    pub account: AccountId,
    pub purpose: Purpose,
    pub detail: &'a str,
    pub lifetime: Duration,
}

/// Makes a link; answers its path on this site, which stands nowhere else.
pub async fn make(tx: &Acting, now: Moment, random: &Random, new: NewLink<'_>) -> Result<String, Fault> {
    let secret = random.token();
    store::add_link(tx, now, LinkId::new(now, random), &secrets::digest(secret.as_bytes()), new).await?;
    Ok(format!("/link/{secret}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_live_as_long_as_was_decided() {
        let minutes = |purpose: Purpose| purpose.lifetime().as_secs() / 60;
        assert_eq!(minutes(Purpose::Reset), 15);
        assert_eq!(minutes(Purpose::ChangeEmail), 30);
        assert_eq!(minutes(Purpose::ChangeAlternate), 30);
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
        }
    }
}
