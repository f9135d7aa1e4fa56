//! The letters about an account's credentials: all of one shape, paragraphs around at most one link.
use askama::Template;
use platform::{Fault, clock::Moment, dates, letter::LetterFrame, mail::Letter, web::Site};

use super::Change;
use crate::{
    account::Account,
    history::{Kind, Source},
    recovery::{Recovery, Way},
};

#[derive(Template)]
#[template(path = "letters/message.txt", escape = "none")]
struct MessageText<'a> {
    before: &'a [String],
    link: Option<&'a str>,
    after: &'a [String],
    letter: &'a LetterFrame,
}

#[derive(Template)]
#[template(path = "letters/message.html")]
struct MessageHtml<'a> {
    before: &'a [String],
    link: Option<&'a str>,
    after: &'a [String],
    letter: &'a LetterFrame,
}

/// One account's letters, in its language.
pub struct Writer<'a> {
    pub site: &'a Site,
    pub account: &'a Account,
}

impl Writer<'_> {
    fn t(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.site.texts.get(self.account.language, key, values)
    }

    fn letter(
        &self,
        to: &str,
        subject: &str,
        before: &[String],
        path: Option<&str>,
        after: &[String],
    ) -> Result<Letter, Fault> {
        let subject = self.t(subject, &[]);
        let frame = LetterFrame::new(&self.site.texts, self.account.language, self.site.name_key, subject);
        let url = path.map(|path| self.site.url(path));
        let link = url.as_deref();
        frame.letter(
            to,
            &MessageText { before, link, after, letter: &frame },
            &MessageHtml { before, link, after, letter: &frame },
        )
    }

    /// When, and roughly from where.
    fn circumstances(&self, now: Moment, source: &Source) -> String {
        let when = dates::moment(&self.site.texts, self.account.language, now);
        match (source.address_block.as_str(), source.agent.as_str()) {
            ("", _) => self.t("letter-when-operator", &[("when", &when)]),
            (place, "") => self.t("letter-when", &[("when", &when), ("place", place)]),
            (place, agent) => {
                self.t("letter-when-agent", &[("when", &when), ("place", place), ("agent", agent)])
            }
        }
    }

    /// Is the address of the account its owner's?
    pub fn verify(&self, path: &str) -> Result<Letter, Fault> {
        let email = &self.account.email;
        let before = [self.t("letter-verify-what", &[("email", email)]), self.t("letter-verify-how", &[])];
        let after = [self.t("letter-link-day", &[]), self.t("letter-ignore", &[])];
        self.letter(email, "letter-verify-subject", &before, Some(path), &after)
    }

    /// Is the new address its owner's?
    pub fn change_email(&self, to: &str, path: &str) -> Result<Letter, Fault> {
        let values = [("email", self.account.email.as_str()), ("new", to)];
        let before = [self.t("letter-change-email-what", &values), self.t("letter-change-email-how", &[])];
        let after = [self.t("letter-link-half-hour", &[]), self.t("letter-ignore", &[])];
        self.letter(to, "letter-change-email-subject", &before, Some(path), &after)
    }

    /// Is the alternate address its owner's?
    pub fn change_alternate(&self, to: &str, path: &str) -> Result<Letter, Fault> {
        let values = [("email", self.account.email.as_str()), ("new", to)];
        let before =
            [self.t("letter-change-alternate-what", &values), self.t("letter-change-alternate-how", &[])];
        let after = [self.t("letter-link-half-hour", &[]), self.t("letter-ignore", &[])];
        self.letter(to, "letter-change-alternate-subject", &before, Some(path), &after)
    }

    /// Is the alternate address that somebody named when they signed up its reader's?
    pub fn named_as_alternate(&self, to: &str, path: &str) -> Result<Letter, Fault> {
        let values = [("email", self.account.email.as_str()), ("new", to)];
        let before =
            [self.t("letter-named-alternate-what", &values), self.t("letter-named-alternate-how", &[])];
        let after = [self.t("letter-link-day", &[]), self.t("letter-named-alternate-ignore", &[])];
        self.letter(to, "letter-named-alternate-subject", &before, Some(path), &after)
    }

    /// A new password, by an address that was proven.
    pub fn reset(&self, to: &str, path: &str, now: Moment, source: &Source) -> Result<Letter, Fault> {
        let email = &self.account.email;
        let before = [
            self.t("letter-reset-what", &[("email", email)]),
            self.circumstances(now, source),
            self.t("letter-reset-how", &[]),
        ];
        let after = [self.t("letter-link-quarter", &[]), self.t("letter-reset-ignore", &[])];
        self.letter(to, "letter-reset-subject", &before, Some(path), &after)
    }

    /// A recovery waits, and can be stopped.
    pub fn waiting(
        &self,
        to: &str,
        path: &str,
        now: Moment,
        source: &Source,
        recovery: &Recovery,
    ) -> Result<Letter, Fault> {
        let until = dates::moment(&self.site.texts, self.account.language, recovery.ready_at);
        let what = match recovery.way {
            Way::Alternate => "letter-waiting-what-alternate",
            Way::Answer | Way::Billing => "letter-waiting-what",
            Way::Email => "letter-waiting-what-email",
            Way::Support => "letter-waiting-what-support",
        };
        let before = [
            self.t(what, &[("email", &self.account.email)]),
            self.circumstances(now, source),
            self.t("letter-waiting-until", &[("until", &until)]),
            self.t("letter-waiting-how", &[]),
        ];
        self.letter(to, "letter-waiting-subject", &before, Some(path), &[])
    }

    /// Something changed, and can be undone.
    pub fn changed(
        &self,
        to: &str,
        change: &Change<'_>,
        path: &str,
        now: Moment,
        days: u32,
    ) -> Result<Letter, Fault> {
        let Change { kind, source, detail, .. } = change;
        let (kind, days) = (*kind, days.to_string());
        let before = [
            self.t(changed_key(kind), &[("email", &self.account.email), ("site", detail)]),
            self.circumstances(now, source),
            self.t("letter-changed-you", &[]),
            self.t("letter-changed-not-you", &[]),
        ];
        let after = [self.t("letter-changed-days", &[("days", &days)])];
        self.letter(to, subject_key(kind), &before, Some(path), &after)
    }

    /// Whoever reads the mail of this account's name, which was never proven, may take the name.
    pub fn may_claim(&self, path: &str) -> Result<Letter, Fault> {
        let email = self.account.email.as_str();
        let values = [("email", email)];
        let before = [
            self.t("letter-claim-what", &values),
            self.t("letter-claim-yours", &[]),
            self.t("letter-claim-how", &[]),
        ];
        let after = [self.t("letter-link-day", &[])];
        self.letter(email, "already-have-subject", &before, Some(path), &after)
    }

    /// The account will lose its name: what its owner can do about it.
    pub fn claimed(&self, to: &str, until: Moment, new_name: &str) -> Result<Letter, Fault> {
        let until = dates::moment(&self.site.texts, self.account.language, until);
        let values = [("email", self.account.email.as_str()), ("until", until.as_str()), ("new", new_name)];
        let before = [self.t("letter-claimed-what", &values), self.t("letter-claimed-how", &values)];
        self.letter(to, "letter-claimed-subject", &before, Some("/account/email"), &[])
    }

    /// To whoever claimed the name: when it will be free.
    pub fn claim_noted(&self, until: Moment) -> Result<Letter, Fault> {
        let email = self.account.email.as_str();
        let until = dates::moment(&self.site.texts, self.account.language, until);
        let values = [("email", email), ("until", until.as_str())];
        let before = [self.t("letter-claim-noted-what", &values)];
        self.letter(email, "letter-claim-noted-subject", &before, None, &[])
    }

    /// To whoever claimed the name: it is free.
    pub fn name_free(&self, email: &str, path: &str) -> Result<Letter, Fault> {
        let before = [self.t("letter-name-free-what", &[("email", email)])];
        self.letter(email, "letter-name-free-subject", &before, Some(path), &[])
    }

    /// The account has another name now.
    pub fn name_lost(&self, to: &str, new_name: &str) -> Result<Letter, Fault> {
        let values = [("email", self.account.email.as_str()), ("new", new_name)];
        let before = [self.t("letter-name-lost-what", &values), self.t("letter-name-lost-how", &values)];
        self.letter(to, "letter-name-lost-subject", &before, Some("/account/email"), &[])
    }

    /// Somebody has guessed wrong so often that new computers wait.
    pub fn guessed(&self, to: &str, now: Moment, source: &Source, times: u32) -> Result<Letter, Fault> {
        let times = times.to_string();
        let values = [("email", self.account.email.as_str()), ("times", times.as_str())];
        let before = [
            self.t("letter-guessed-what", &values),
            self.circumstances(now, source),
            self.t("letter-guessed-how", &[]),
        ];
        self.letter(to, "letter-guessed-subject", &before, Some("/account/password"), &[])
    }

    /// The account is frozen, and how to open it again; `stays_out`: something that proves it did not come back.
    pub fn frozen(&self, to: &str, now: Moment, source: &Source, stays_out: bool) -> Result<Letter, Fault> {
        let mut before = vec![
            self.t("letter-frozen-what", &[("email", &self.account.email)]),
            self.circumstances(now, source),
        ];
        before.extend(stays_out.then(|| self.t("letter-frozen-stays-out", &[])));
        before.push(self.t("letter-frozen-how", &[]));
        self.letter(to, "letter-frozen-subject", &before, Some("/recover"), &[])
    }
}

const fn subject_key(kind: Kind) -> &'static str {
    match kind {
        Kind::SignedIn => "letter-signed-in-subject",
        Kind::SiteAllowed => "letter-device-subject",
        _ => "letter-changed-subject",
    }
}

/// What happened, in a sentence that names the account.
fn changed_key(kind: Kind) -> &'static str {
    match kind {
        Kind::PasswordReset => "letter-changed-password-reset",
        Kind::PasswordChanged => "letter-changed-password",
        Kind::EmailChanged => "letter-changed-email",
        Kind::AlternateEmailChanged => "letter-changed-alternate",
        Kind::AlternateEmailRemoved => "letter-changed-alternate-removed",
        Kind::QuestionChanged => "letter-changed-question",
        Kind::PasskeyAdded => "letter-changed-passkey-added",
        Kind::PasskeyRemoved => "letter-changed-passkey-removed",
        Kind::PasskeyCopied => "letter-changed-passkey-copied",
        Kind::InformationChanged => "letter-changed-information",
        Kind::BillingChanged => "letter-changed-billing",
        Kind::BillingRemoved => "letter-changed-billing-removed",
        Kind::AuthenticatorAdded => "letter-changed-authenticator",
        Kind::AuthenticatorRemoved => "letter-changed-authenticator-removed",
        Kind::WaiverAsked => "letter-changed-waiver-asked",
        Kind::WaiverUsed => "letter-changed-waiver-used",
        Kind::RecoveryCodesRenewed => "letter-changed-recovery-codes",
        Kind::RecoveryCodeUsed => "letter-changed-recovery-code-used",
        Kind::SignedIn => "letter-changed-signed-in",
        Kind::SiteAllowed => "letter-changed-device",
        Kind::ClosingAsked => "letter-changed-closing",
        Kind::SupportHelped => "letter-changed-support",
        Kind::AutomaticSignInStolen => "letter-changed-automatic",
        _ => "letter-changed-something",
    }
}
