//! The passkeys of an account: made, named, taken away.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::{
    clock::Moment,
    dates,
    web::{About, Errors, Recoverable, Shell, Thing, Trouble, see_other},
};
use serde::Deserialize;

use super::{Here, changed_and, own_or_again, recovery_codes::shown_once};

use crate::{
    acts::{
        self,
        passkeys::{Answer, Made},
    },
    passkey::{
        self, BadName, LONGEST_NAME, Passkey, PasskeyId,
        ceremony::{self},
        store,
        webauthn::{Wrong, registration::Manner},
    },
    paths::PASSKEYS,
    request::destination::Destination,
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

pub(super) const BACK: super::Way = (PASSKEYS, "passkeys-back");

#[derive(Template)]
#[template(path = "pages/passkeys.html")]
pub struct PasskeysPage {
    shell: Shell,
    passkeys: Vec<Passkey>,
    /// What the browser is asked; `None`: there are no passkeys here.
    options: Option<String>,
    signals: String,
    /// A name that was refused, and of which one.
    typed: Option<(PasskeyId, String)>,
    errors: Errors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    /// What the browser answered.
    passkey: String,
    /// It was not asked by a press.
    quiet: String,
}

#[derive(Deserialize)]
pub struct Name {
    id: PasskeyId,
    #[serde(default)]
    passkey_name: String,
}

#[derive(Deserialize)]
pub struct Which {
    id: PasskeyId,
}

fn thing(id: PasskeyId) -> Thing {
    Thing::of("passkey").and(id.0.as_bytes())
}

/// What a browser is asked to make a passkey for somebody, by a press or quietly.
pub(in crate::pages) fn question(
    passport: &Passport,
    who: &SignedIn,
    has: &[Passkey],
    manner: Manner,
) -> Option<String> {
    let rp = passkey::relying_party(&passport.site, &passport.settings.passkeys)?;
    let (visit, name) = (&who.visit, who.visit.t("passport-name"));
    let about = (&who.account, manner);
    let asked =
        passport.passkeys.to_make(visit.now, &passport.random, &visit.browser, (&rp, &name), about, has);
    Some(asked.to_string())
}

/// What was answered, done.
pub(in crate::pages) async fn make(
    passport: &Passport,
    who: &SignedIn,
    form: &Form,
) -> Result<Made, Trouble> {
    let rp = passkey::relying_party(&passport.site, &passport.settings.passkeys);
    let rp = rp.ok_or_else(Trouble::not_found)?;
    let visit = &who.visit;
    let name = visit.shell().t1("passkey-unnamed", "day", &dates::shown_day(&visit.shell(), visit.now));
    let manner = if form.quiet.is_empty() { Manner::Asked } else { Manner::Quietly };
    let answer = Answer { rp: &rp, browser: &visit.browser, json: &form.passkey, manner, name: &name };
    Ok(acts::passkeys::add(passport, visit.now, Here::of(who).owner(who), answer).await?)
}

/// Why none was made, in words; `None` when one was.
pub(in crate::pages) fn trouble(made: &Made) -> Option<&'static str> {
    match made {
        Made::Done(_) => None,
        Made::Known => Some("passkey-known"),
        Made::Full => Some("passkey-full"),
        Made::Late => Some("passkey-late"),
        Made::Refused(wrong) => {
            tracing::info!(wrong = wrong.as_str(), "A passkey was refused");
            Some(match wrong {
                Wrong::Model | Wrong::Attestation => "passkey-model",
                _ => "passkey-refused",
            })
        }
    }
}

async fn page(passport: &Passport, who: &SignedIn, errors: Errors) -> Result<PasskeysPage, Trouble> {
    let passkeys = store::list_of_account(passport.db.reader(), who.account.id).await?;
    let rp = passkey::relying_party(&passport.site, &passport.settings.passkeys);
    let signals = rp.map(|rp| ceremony::signals(&rp, &who.account, &passkeys)).unwrap_or_default();
    Ok(PasskeysPage {
        shell: who.shell(),
        options: question(passport, who, &passkeys, Manner::Asked),
        signals: serde_json::Value::from(signals).to_string(),
        passkeys,
        typed: None,
        errors,
    })
}

pub async fn show(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
) -> Result<Response, Trouble> {
    who.visit.ok(&page(&passport, &who, Errors::default()).await?)
}

pub async fn take(
    State(passport): State<Passport>,
    who: SignedIn,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let who = RecentlyProven::or_sent_before(&passport, who).await?;
    let shown = page(&passport, &who, Errors::default()).await?;
    let again = |status, _, errors| who.visit.page(status, &PasskeysPage { errors, ..shown });
    let form = own_or_again(form, &who.visit, again)?;
    let made = make(&passport, &who, &form).await?;
    let Some(key) = trouble(&made) else {
        return match &made {
            Made::Done(codes) if !codes.is_empty() => shown_once(&who, codes, &Destination::Home, true),
            _ => changed_and(&who, "changed-passkey-added", BACK, "[]"),
        };
    };
    let again = page(&passport, &who, Errors::whole(who.visit.t(key))).await?;
    who.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

pub async fn rename(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    form: About<Name>,
) -> Result<Response, Trouble> {
    let id = form.names().id;
    let form = form.shown(&thing(id)).checked()?;
    let refused = match passkey::name(&form.passkey_name) {
        Ok(name) => {
            acts::passkeys::rename(&passport, who.visit.now, Here::of(&who).owner(&who), id, name).await?;
            return Ok(see_other(PASSKEYS));
        }
        Err(BadName::Empty) => "passkey-name-empty",
        Err(BadName::TooLong) => "passkey-name-too-long",
        Err(BadName::Link) => "passkey-name-link",
    };
    let mut again = page(&passport, &who, Errors::default()).await?;
    again.errors.add("passkey_name", who.visit.t(refused));
    again.typed = Some((id, form.passkey_name));
    who.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

pub async fn remove(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    form: About<Which>,
) -> Result<Response, Trouble> {
    let id = form.names().id;
    let Which { id } = form.shown(&thing(id)).checked()?;
    let found = store::find(passport.db.reader(), who.account.id, id).await?;
    // It is gone already: that is what was wanted.
    let Some(passkey) = found else { return changed_and(&who, "changed-passkey-removed", BACK, "[]") };
    let rp = passkey::relying_party(&passport.site, &passport.settings.passkeys);
    let gone = rp.map(|rp| vec![ceremony::unknown(&rp, &passkey.credential_id)]).unwrap_or_default();
    acts::passkeys::remove(&passport, who.visit.now, Here::of(&who).owner(&who), passkey).await?;
    changed_and(&who, "changed-passkey-removed", BACK, &serde_json::Value::from(gone).to_string())
}

impl PasskeysPage {
    fn day(&self, moment: &Moment) -> String {
        dates::shown_day(&self.shell, *moment)
    }

    fn thing(&self, passkey: &Passkey) -> Thing {
        thing(passkey.id)
    }

    const fn longest(&self) -> usize {
        LONGEST_NAME
    }

    /// What stands in the field of its name.
    fn named<'a>(&'a self, passkey: &'a Passkey) -> &'a str {
        match &self.typed {
            Some((id, typed)) if *id == passkey.id => typed,
            _ => &passkey.name,
        }
    }

    /// Its name was refused.
    fn is_refused(&self, passkey: &Passkey) -> bool {
        self.typed.as_ref().is_some_and(|(id, _)| *id == passkey.id)
    }
}

#[cfg(test)]
impl platform::web::page::Samples for PasskeysPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let passkey = |backed_up: bool, used_at| Passkey {
            id: PasskeyId(uuid::Uuid::from_u128(backed_up.into())),
            account: crate::account::AccountId(uuid::Uuid::nil()),
            credential_id: vec![1],
            user_handle: uuid::Uuid::nil(),
            public_key: vec![],
            aaguid: uuid::Uuid::nil(),
            backup_eligible: backed_up,
            backed_up,
            transports: vec![],
            sign_count: 0,
            name: "Windows Hello".into(),
            agent: if backed_up { "Firefox, Windows".into() } else { String::new() },
            created_at: Moment::from_unix_seconds(1_155_643_200),
            used_at,
        };
        let page = |passkeys, options: Option<&str>, errors| Self {
            shell: super::super::account::sample_shell(shell),
            passkeys,
            options: options.map(str::to_owned),
            signals: "[]".into(),
            typed: None,
            errors,
        };
        let two =
            || vec![passkey(true, Some(Moment::from_unix_seconds(1_155_643_200))), passkey(false, None)];
        let mut refused = Errors::default();
        refused.add("passkey_name", shell.t("passkey-name-link"));
        vec![
            page(vec![], Some("{}"), Errors::default()),
            page(two(), Some("{}"), Errors::default()),
            page(two(), None, Errors::whole(shell.t("passkey-known"))),
            Self {
                typed: Some((PasskeyId(uuid::Uuid::nil()), "www.example.com".into())),
                ..page(two(), Some("{}"), refused)
            },
        ]
    }
}
