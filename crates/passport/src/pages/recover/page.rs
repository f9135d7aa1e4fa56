//! The pages of recovery: what each is given, and samples of it. Decides nothing.
use askama::Template;
use platform::{
    clock::Moment,
    dates,
    email::EmailAddress,
    web::{Errors, Shell},
};

use super::{Asked, Form, NEW_PASSWORD};

use crate::{
    account::{
        Account,
        country::{self, Country},
    },
    acts::end::Ended,
    paths::SIGN_IN,
    recovery::{Offered, Way},
    visitor::Visitor,
};

/// Which address?
#[derive(Template)]
#[template(path = "pages/recover.html")]
pub struct AddressPage {
    shell: Shell,
    action: String,
    back: String,
    email: String,
    errors: Errors,
}

/// Which way?
#[derive(Template)]
#[template(path = "pages/recover_ways.html")]
pub struct WaysPage {
    shell: Shell,
    action: String,
    email: String,
    offered: Offered,
    errors: Errors,
}

/// A letter is on its way, if there is anywhere to send it.
#[derive(Template)]
#[template(path = "pages/recover_sent.html")]
pub struct SentPage {
    shell: Shell,
    action: String,
    email: String,
    /// It goes to the alternate address, and not to the account's own.
    alternate: bool,
    /// Only the signed-in owner is told.
    nothing_sent: bool,
}

/// Account information and the secret answer. The answer is not sent back.
#[derive(Template)]
#[template(path = "pages/recover_answer.html")]
pub struct AnswerPage {
    shell: Shell,
    action: String,
    email: String,
    question: String,
    form: Form,
    errors: Errors,
}

/// What a payment shows. Nothing of it is sent back.
#[derive(Template)]
#[template(path = "pages/recover_billing.html")]
pub struct BillingPage {
    shell: Shell,
    action: String,
    email: String,
    errors: Errors,
}

/// The proof was taken and counts later.
#[derive(Template)]
#[template(path = "pages/recover_waiting.html")]
pub struct WaitingPage {
    shell: Shell,
    until: String,
    /// Shown once.
    code: Option<String>,
    return_url: String,
}

/// Coming back with a code.
#[derive(Template)]
#[template(path = "pages/recover_return.html")]
pub struct ReturnPage {
    shell: Shell,
    code: String,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "pages/recover_password.html")]
pub struct PasswordPage {
    shell: Shell,
    action: String,
    email: String,
    /// Characters of a password.
    least: usize,
    errors: Errors,
}

/// What was ended.
#[derive(Template)]
#[template(path = "pages/recover_done.html")]
pub struct DonePage {
    shell: Shell,
    email: String,
    sessions: u64,
    computers: u64,
    sites: Vec<String>,
    sign_in: String,
    /// The form came twice: what was ended stood on the first answer.
    again: bool,
    /// More than the password is asked for, as before.
    guarded: bool,
}

/// No proof, or one that does not count any more.
#[derive(Template)]
#[template(path = "pages/recover_over.html")]
pub struct OverPage {
    shell: Shell,
}

impl AddressPage {
    pub fn of(asked: &Asked, email: String, errors: Errors) -> Self {
        let back = asked.destination.carried_to(SIGN_IN);
        Self { shell: asked.visitor.shell(), action: asked.action(), back, email, errors }
    }
}

impl WaysPage {
    pub fn of(asked: &Asked, email: &EmailAddress, offered: Offered, errors: Errors) -> Self {
        let email = email.as_str().to_owned();
        Self { shell: asked.visitor.shell(), action: asked.action(), email, offered, errors }
    }
}

impl SentPage {
    pub fn of(asked: &Asked, email: &EmailAddress, way: Way, nothing_sent: bool) -> Self {
        let (shell, action) = (asked.visitor.shell(), asked.action());
        let alternate = way == Way::Alternate;
        Self { shell, action, email: email.as_str().to_owned(), alternate, nothing_sent }
    }
}

impl AnswerPage {
    pub fn of(asked: &Asked, email: &EmailAddress, question: String, form: Form, errors: Errors) -> Self {
        Self {
            shell: asked.visitor.shell(),
            action: asked.action(),
            email: email.as_str().to_owned(),
            question,
            form,
            errors,
        }
    }

    fn countries(&self) -> &'static [&'static Country] {
        country::listed(self.shell.language())
    }

    fn lives_in(&self, country: &Country) -> bool {
        Country::of(&self.form.country) == Some(country)
    }
}

impl BillingPage {
    pub fn of(asked: &Asked, email: &EmailAddress, errors: Errors) -> Self {
        Self {
            shell: asked.visitor.shell(),
            action: asked.action(),
            email: email.as_str().to_owned(),
            errors,
        }
    }
}

impl WaitingPage {
    pub fn of(asked: &Asked, until: Moment, code: Option<String>) -> Self {
        let shell = asked.visitor.shell();
        let until = dates::shown_wait(&shell, until);
        Self { shell, until, code, return_url: asked.visitor.visit.site.url("/recover/return") }
    }
}

impl ReturnPage {
    pub fn of(visitor: &Visitor, code: String, errors: Errors) -> Self {
        Self { shell: visitor.shell(), code, errors }
    }
}

impl PasswordPage {
    pub fn of(asked: &Asked, least: usize, email: String, errors: Errors) -> Self {
        let action = asked.destination.carried_to(NEW_PASSWORD);
        Self { shell: asked.visitor.shell(), action, email, least, errors }
    }
}

impl DonePage {
    pub fn of(asked: &Asked, account: Account, ended: Option<Ended>, takes_passkeys: bool) -> Self {
        let again = ended.is_none();
        let ended = ended.unwrap_or_default();
        Self {
            again,
            // Nobody is signed in on this page any more.
            shell: asked.visitor.visit.shell(),
            guarded: account.asks_more(takes_passkeys),
            email: account.email,
            sessions: ended.sessions as u64,
            computers: ended.computers,
            sites: ended.sites,
            sign_in: asked.destination.carried_to(SIGN_IN),
        }
    }
}

impl OverPage {
    pub fn of(asked: &Asked) -> Self {
        Self { shell: asked.visitor.shell() }
    }
}

#[cfg(test)]
const SAMPLE: &str = "maria@example.com";

#[cfg(test)]
fn wrong(shell: &Shell, field: &'static str, key: &str) -> Errors {
    let mut errors = Errors::default();
    errors.add(field, shell.t(key));
    errors
}

#[cfg(test)]
impl platform::web::page::Samples for AddressPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |email: &str, errors| Self {
            shell: shell.clone(),
            action: super::RECOVER.into(),
            back: SIGN_IN.into(),
            email: email.into(),
            errors,
        };
        vec![page("", Errors::default()), page("maria@", wrong(shell, "email", "sign-up-email-shape"))]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for WaysPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |answer, billing, errors| Self {
            shell: shell.clone(),
            action: super::RECOVER.into(),
            email: SAMPLE.into(),
            offered: Offered { email: answer, answer, billing },
            errors,
        };
        vec![
            page(true, true, Errors::default()),
            page(false, false, Errors::default()),
            page(true, false, wrong(shell, "way", "recover-choose-way")),
        ]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for SentPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |nothing_sent| Self {
            shell: shell.clone(),
            action: super::RECOVER.into(),
            email: SAMPLE.into(),
            alternate: nothing_sent,
            nothing_sent,
        };
        vec![page(false), page(true)]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for AnswerPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |country: &str, errors| Self {
            shell: shell.clone(),
            action: super::RECOVER.into(),
            email: SAMPLE.into(),
            question: shell.t("decoy-question-summer"),
            form: Form { country: country.into(), ..Form::default() },
            errors,
        };
        vec![page("", Errors::default()), page("BR", Errors::whole(shell.t("recover-not-accepted")))]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for BillingPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |errors| Self {
            shell: shell.clone(),
            action: super::RECOVER.into(),
            email: SAMPLE.into(),
            errors,
        };
        vec![page(Errors::default()), page(Errors::whole(shell.t("recover-not-accepted")))]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for WaitingPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |code: Option<&str>| Self {
            shell: shell.clone(),
            until: dates::shown_wait(shell, Moment::from_unix_seconds(1_155_643_200)),
            code: code.map(str::to_owned),
            return_url: "https://passport.example/recover/return".into(),
        };
        vec![page(Some("ABCDE-FGHJK-MNPQR-STVWX-YZ012-3")), page(None)]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for ReturnPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |errors| Self { shell: shell.clone(), code: String::new(), errors };
        vec![page(Errors::default()), page(wrong(shell, "code", "recover-return-wrong"))]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for PasswordPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |least, errors| Self {
            shell: shell.clone(),
            action: NEW_PASSWORD.into(),
            email: SAMPLE.into(),
            least,
            errors,
        };
        vec![page(15, Errors::default()), page(8, wrong(shell, "password", "sign-up-password-too-common"))]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for DonePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |count: u64, sites: &[&str]| Self {
            shell: shell.clone(),
            email: SAMPLE.into(),
            sessions: count,
            computers: count,
            sites: sites.iter().map(|site| (*site).to_owned()).collect(),
            sign_in: SIGN_IN.into(),
            again: false,
            guarded: count > 1,
        };
        let again = Self { again: true, ..page(0, &[]) };
        vec![again, page(0, &[]), page(1, &["CustomerSource"]), page(3, &["Contoso Shop", "CustomerSource"])]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for OverPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone() }]
    }
}
