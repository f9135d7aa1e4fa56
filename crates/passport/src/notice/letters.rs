//! The letters about an account's credentials: all of one shape, paragraphs around at most one link.
use askama::Template;
use platform::{Fault, clock::Moment, dates, letter::LetterFrame, mail::Letter, web::Site};

use crate::{
    account::Account,
    history::{Kind, Source},
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

    /// Somebody named this address as their alternate one when they signed up.
    pub fn named_as_alternate(&self, to: &str, path: &str) -> Result<Letter, Fault> {
        let values = [("email", self.account.email.as_str()), ("new", to)];
        let before =
            [self.t("letter-named-alternate-what", &values), self.t("letter-named-alternate-how", &[])];
        let after = [self.t("letter-link-month", &[])];
        self.letter(to, "letter-named-alternate-subject", &before, Some(path), &after)
    }

    /// A new password, by the alternate address.
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
        until: Moment,
    ) -> Result<Letter, Fault> {
        let until = dates::moment(&self.site.texts, self.account.language, until);
        let before = [
            self.t("letter-waiting-what", &[("email", &self.account.email)]),
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
        kind: Kind,
        path: &str,
        now: Moment,
        source: &Source,
        days: u32,
    ) -> Result<Letter, Fault> {
        let days = days.to_string();
        let before = [
            self.t(changed_key(kind), &[("email", &self.account.email)]),
            self.circumstances(now, source),
            self.t("letter-changed-you", &[]),
            self.t("letter-changed-not-you", &[]),
        ];
        let after = [self.t("letter-changed-days", &[("days", &days)])];
        self.letter(to, "letter-changed-subject", &before, Some(path), &after)
    }

    /// The account is frozen, and how to open it again.
    pub fn frozen(&self, to: &str, now: Moment, source: &Source) -> Result<Letter, Fault> {
        let before = [
            self.t("letter-frozen-what", &[("email", &self.account.email)]),
            self.circumstances(now, source),
            self.t("letter-frozen-how", &[]),
        ];
        self.letter(to, "letter-frozen-subject", &before, Some("/recover"), &[])
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
        Kind::InformationChanged => "letter-changed-information",
        Kind::BillingChanged => "letter-changed-billing",
        Kind::ClosingAsked => "letter-changed-closing",
        Kind::AutomaticSignInStolen => "letter-changed-automatic",
        _ => "letter-changed-something",
    }
}
