//! What happened to an account, as its owner reads it: sign-ins, changes, recoveries. Knows not who records it.
pub mod agent;
pub mod entity;
pub mod store;

use platform::{
    Fault,
    clock::Moment,
    random::Random,
    security_event::{self, By, Note},
};

use crate::account::{AccountId, acting::Acting};

platform::id!(
    /// Names one line of an account's history.
    EventId
);

/// How long a line is kept.
pub(crate) const KEPT: std::time::Duration = std::time::Duration::from_secs(400 * 24 * 3600);

/// Most lines of one kind that an account has. Of one kind, so that nobody washes “password changed” out of it by
/// signing in and out.
const MOST: u64 = 1_000;

/// Where something was done from: coarse enough to be kept, fine enough to be recognized.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// [`platform::web::Visit::address_block`]; empty when an operator did it.
    pub address_block: String,
    /// [`agent::summary`] of the browser's own words; empty when nothing is known.
    pub agent: String,
}

/// What a line says. The stored word is [`Kind::as_str`]; the page's words hang on the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    SignedUp,
    SignedIn,
    SignedInAutomatically,
    SignedOut,
    /// Other sessions were ended, one or all.
    SessionsEnded,
    AutomaticSignInAllowed,
    AutomaticSignInEnded,
    /// A rotated automatic sign-in was presented twice: somebody copied it.
    AutomaticSignInStolen,
    PasswordChanged,
    /// Through a recovery; the detail is the way.
    PasswordReset,
    EmailVerified,
    EmailChangeAsked,
    /// The detail is the older address.
    EmailChanged,
    EmailChangeUndone,
    AlternateEmailChanged,
    AlternateEmailRemoved,
    QuestionChanged,
    /// The detail is its name; so it is with the next two.
    PasskeyAdded,
    PasskeyRemoved,
    /// Its counter did not go on: somebody may have a copy.
    PasskeyCopied,
    InformationChanged,
    LanguageChanged,
    BillingChanged,
    /// The detail is the site's name for itself.
    BillingRemoved,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    /// Its owner lost what more is asked for, and waits to be let in once without.
    WaiverAsked,
    /// Somebody was let in once by the password alone, after that wait.
    WaiverUsed,
    RecoveryCodesRenewed,
    /// In place of the app.
    RecoveryCodeUsed,
    /// Somebody who reads the mail of the account's name wants it.
    NameClaimed,
    /// The account has another name now; the detail is the older one.
    NameLost,
    /// The detail is the way.
    RecoveryBegun,
    RecoveryStopped,
    /// An operator wants to let somebody in again, and a second one has to confirm it. The detail is who and why.
    SupportAsked,
    /// Operators let somebody in again. The detail is who and why.
    SupportHelped,
    Frozen,
    Released,
    Disabled,
    /// The detail is the site's name.
    SiteAllowed,
    /// The detail is the site's name.
    SiteWithdrawn,
    Exported,
    ClosingAsked,
    ClosingUndone,
    Closed,
}

impl Kind {
    pub const ALL: [Self; 45] = [
        Self::SignedUp,
        Self::SignedIn,
        Self::SignedInAutomatically,
        Self::SignedOut,
        Self::SessionsEnded,
        Self::AutomaticSignInAllowed,
        Self::AutomaticSignInEnded,
        Self::AutomaticSignInStolen,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::EmailVerified,
        Self::EmailChangeAsked,
        Self::EmailChanged,
        Self::EmailChangeUndone,
        Self::AlternateEmailChanged,
        Self::AlternateEmailRemoved,
        Self::QuestionChanged,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::PasskeyCopied,
        Self::InformationChanged,
        Self::LanguageChanged,
        Self::BillingChanged,
        Self::BillingRemoved,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::WaiverAsked,
        Self::WaiverUsed,
        Self::RecoveryCodesRenewed,
        Self::RecoveryCodeUsed,
        Self::NameClaimed,
        Self::NameLost,
        Self::RecoveryBegun,
        Self::RecoveryStopped,
        Self::SupportAsked,
        Self::SupportHelped,
        Self::Frozen,
        Self::Released,
        Self::Disabled,
        Self::SiteAllowed,
        Self::SiteWithdrawn,
        Self::Exported,
        Self::ClosingAsked,
        Self::ClosingUndone,
        Self::Closed,
    ];

    /// The stored word: never changes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedUp => "signed_up",
            Self::SignedIn => "signed_in",
            Self::SignedInAutomatically => "signed_in_automatically",
            Self::SignedOut => "signed_out",
            Self::SessionsEnded => "sessions_ended",
            Self::AutomaticSignInAllowed => "automatic_sign_in_allowed",
            Self::AutomaticSignInEnded => "automatic_sign_in_ended",
            Self::AutomaticSignInStolen => "automatic_sign_in_stolen",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailVerified => "email_verified",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChanged => "email_changed",
            Self::EmailChangeUndone => "email_change_undone",
            Self::AlternateEmailChanged => "alternate_email_changed",
            Self::AlternateEmailRemoved => "alternate_email_removed",
            Self::QuestionChanged => "question_changed",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::PasskeyCopied => "passkey_copied",
            Self::InformationChanged => "information_changed",
            Self::LanguageChanged => "language_changed",
            Self::BillingChanged => "billing_changed",
            Self::BillingRemoved => "billing_removed",
            Self::AuthenticatorAdded => "authenticator_added",
            Self::AuthenticatorRemoved => "authenticator_removed",
            Self::WaiverAsked => "second_step_off_asked",
            Self::WaiverUsed => "waiver_used",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::NameClaimed => "name_claimed",
            Self::NameLost => "name_lost",
            Self::RecoveryBegun => "recovery_begun",
            Self::RecoveryStopped => "recovery_stopped",
            Self::SupportAsked => "support_asked",
            Self::SupportHelped => "support_helped",
            Self::Frozen => "frozen",
            Self::Released => "released",
            Self::Disabled => "disabled",
            Self::SiteAllowed => "site_allowed",
            Self::SiteWithdrawn => "site_withdrawn",
            Self::Exported => "exported",
            Self::ClosingAsked => "closing_asked",
            Self::ClosingUndone => "closing_undone",
            Self::Closed => "closed",
        }
    }

    /// What an operator watches for, of this.
    const fn watched(self) -> Option<security_event::Event> {
        use security_event::Event as Watched;
        Some(match self {
            Self::SignedUp => Watched::SignedUp,
            Self::SignedIn | Self::SignedInAutomatically => Watched::SignInSucceeded,
            Self::SignedOut => Watched::SessionEnded,
            Self::SessionsEnded => Watched::SessionsEnded,
            Self::AutomaticSignInStolen | Self::PasskeyCopied => Watched::TheftSuspected,
            Self::PasswordChanged => Watched::PasswordChanged,
            Self::PasswordReset => Watched::ResetDone,
            Self::EmailVerified
            | Self::EmailChangeAsked
            | Self::EmailChanged
            | Self::EmailChangeUndone
            | Self::AlternateEmailChanged
            | Self::AlternateEmailRemoved
            | Self::QuestionChanged
            | Self::PasskeyAdded
            | Self::PasskeyRemoved
            | Self::InformationChanged
            | Self::BillingChanged
            | Self::AuthenticatorAdded
            | Self::AuthenticatorRemoved
            | Self::WaiverAsked
            | Self::WaiverUsed
            | Self::RecoveryCodesRenewed
            | Self::RecoveryCodeUsed => Watched::CredentialChanged,
            Self::RecoveryBegun | Self::SupportAsked | Self::SupportHelped => Watched::ResetBegun,
            Self::RecoveryStopped => Watched::ResetStopped,
            Self::Frozen => Watched::AccountFrozen,
            Self::Released => Watched::AccountReleased,
            Self::Disabled => Watched::AccountDisabled,
            Self::ClosingAsked | Self::ClosingUndone | Self::Closed => Watched::AccountClosing,
            _ => return None,
        })
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One line, found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub kind: Kind,
    pub at: Moment,
    pub source: Source,
    /// A value that goes with the kind: an address, a site's name, a way; often empty. Never a secret.
    pub detail: String,
}

/// What is to be written down.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    pub account: AccountId,
    pub kind: Kind,
    pub source: &'a Source,
    pub detail: &'a str,
}

/// Writes a line, in the transaction of what happened; the oldest of too many go.
/// An operator is told as well, of what watches the account's safety.
pub async fn record(tx: &Acting, now: Moment, random: &Random, event: NewEvent<'_>) -> Result<(), Fault> {
    if let Some(watched) = event.kind.watched() {
        let by = if event.source.address_block.is_empty() { By::Operator } else { By::Visitor };
        let note = Note::of(watched).account(event.account).block(&event.source.address_block).by(by);
        tx.tell(note.detail(event.kind.as_str()));
    }
    let kind = event.kind;
    store::add_event(tx, now, EventId::new(now, random), event).await?;
    store::drop_beyond(tx, kind, MOST).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_stored_under_a_word_of_its_own() {
        let mut words: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| Kind::parse(kind.as_str()) == Some(*kind)));
        assert_eq!(Kind::parse("of a later version"), None);
    }
}
