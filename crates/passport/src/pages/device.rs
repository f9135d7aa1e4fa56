//! Where a person types the code that a device shows, sees who asks for what, and answers (RFC 8628 §3.3).
use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use oidc::{
    claims::wishes::Wishes,
    client::Client,
    scope::OFFLINE_ACCESS,
    token::device::{shown, typed},
};
use platform::{
    Fault,
    clock::Moment,
    limits::{Limit, UsedUp, spend_or_wait},
    web::{About, Errors, Recoverable, Shell, Thing, Trouble, see_other, shown::Why},
};
use serde::Deserialize;

use super::{client_panel::ClientPanel, consent};

use crate::{
    acts::{self},
    client::{self, Registered},
    device::{Device, store},
    paths::{CHOOSE_ACCOUNT, DEVICE, SIGN_IN},
    request::destination::Destination,
    state::Passport,
    visitor::{self, SignedIn, Visitor},
};

/// Codes that one person, and one household, may look up: every look-up is a guess (RFC 8628 §5.1).
const PER_PERSON: Limit = Limit::new("device-code-person", 10, Duration::from_secs(600));
const PER_BLOCK: Limit = Limit::new("device-code-block", 30, Duration::from_secs(600));

#[derive(Template)]
#[template(path = "pages/device.html")]
pub struct DevicePage {
    shell: Shell,
    /// As it was typed.
    user_code: String,
    errors: Errors,
}

#[derive(Template)]
#[template(path = "pages/device_confirm.html")]
pub struct ConfirmPage {
    shell: Shell,
    client: ClientPanel,
    user_code: String,
    values: Vec<(&'static str, String)>,
    email: String,
    /// Where another of the reader's Passports is chosen.
    other: String,
    /// Scopes beyond the standard ones, in one line.
    rights: String,
    offline: bool,
    /// What is shown here: the form's token names it.
    thing: Thing,
}

#[derive(Template)]
#[template(path = "pages/device_done.html")]
pub struct DonePage {
    shell: Shell,
    approved: bool,
}

#[derive(Deserialize)]
pub struct Params {
    user_code: Option<String>,
}

#[derive(Deserialize)]
pub struct AnswerForm {
    user_code: String,
    decision: String,
}

impl AnswerForm {
    fn approved(&self) -> bool {
        self.decision == "approve"
    }
}

/// The empty page, or the request that the code in the address names; whoever is not signed in signs in first.
pub async fn show(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let Some(text) = params.user_code.filter(|text| !text.trim().is_empty()) else {
        let page = DevicePage { shell: visitor.shell(), user_code: String::new(), errors: Errors::default() };
        return visitor.visit.ok(&page);
    };
    let Some((session, account)) = visitor.signed_in.clone() else {
        return Ok(see_other(&at_code(&text).carried_to(SIGN_IN)));
    };
    let person = SignedIn { visit: visitor.visit.clone(), session, account, visitor };
    match find(&passport, &person, &text).await? {
        Ok((device, found)) => match to_more(&passport, &person, &found.client, &text) {
            Some(on_the_way) => Ok(on_the_way),
            None => confirm(&person, &device, &found.client, &text),
        },
        Err(not_found) => not_found.page(&person, text),
    }
}

/// The page of the request that a code names.
fn at_code(text: &str) -> Destination {
    let code = typed(text).map_or_else(|| text.to_owned(), |code| shown(&code));
    let code: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
    Destination::Page(format!("{DEVICE}?user_code={code}"))
}

/// Where the person proves what this site or their own account demands and they did not prove yet, on the way back here.
fn to_more(passport: &Passport, person: &SignedIn, client: &Client, text: &str) -> Option<Response> {
    let (account, destination) = (&person.account, at_code(text));
    let least = passport.policy().least_of(client).max(account.least());
    if person.session.methods.level() >= least {
        return None;
    }
    let to = match account.able(passport.takes_passkeys()) >= least {
        true => destination.to_more(least, account.has_app()),
        false => destination.to_set_up(least),
    };
    Some(see_other(&to))
}

/// Shows who asks for what.
fn confirm(person: &SignedIn, device: &Device, client: &Client, text: &str) -> Result<Response, Trouble> {
    let page = ConfirmPage {
        shell: person.shell(),
        client: ClientPanel::of(client),
        user_code: typed(text).map_or_else(String::new, |code| shown(&code)),
        values: consent::values(&person.account.known_to(client), &device.scope, &Wishes::new()),
        email: person.account.email.clone(),
        other: at_code(text).carried_to(CHOOSE_ACCOUNT),
        rights: consent::rights(&device.scope),
        offline: device.scope.contains(OFFLINE_ACCESS),
        thing: thing(person, device, client),
    };
    person.visit.ok(&page)
}

/// Everything that the page shows, and that a yes to it grants.
fn thing(person: &SignedIn, device: &Device, client: &Client) -> Thing {
    let thing = ClientPanel::of(client)
        .among(Thing::of("device"))
        .and(person.session.id.to_string())
        .and(&person.account.email)
        .and(device.id.to_string())
        .and(&client.client_id)
        .and(device.scope.to_string())
        .and(device.resource.join(" "));
    let shown = consent::values(&person.account.known_to(client), &device.scope, &Wishes::new());
    shown.into_iter().fold(thing, |thing, (name, value)| thing.and(name).and(value))
}

/// The person's answer; the device hears of it at its next poll.
pub async fn answer(
    State(passport): State<Passport>,
    person: SignedIn,
    posted: About<AnswerForm>,
) -> Result<Response, Trouble> {
    let (device, Registered { client, epoch, .. }) =
        match find(&passport, &person, &posted.names().user_code).await? {
            Ok(found) => found,
            Err(not_found) => {
                let (now, names) = (person.visit.now, posted.names());
                // Answered just now, by this very form.
                return match visitor::sending(&person.visit).came_before(passport.db.reader(), now).await? {
                    true => done(&person, names.approved()),
                    false => not_found.page(&person, names.user_code.clone()),
                };
            }
        };
    if let Some(on_the_way) = to_more(&passport, &person, &client, &posted.names().user_code) {
        return Ok(on_the_way);
    }
    let form = match posted.shown(&thing(&person, &device, &client)) {
        Recoverable::Refused(form, Why::Thing) => return confirm(&person, &device, &client, &form.user_code),
        form => form.checked()?,
    };
    let now = person.visit.now;
    let approved = form.approved();
    let Some(tx) = person.acts_once(&passport).await? else { return done(&person, approved) };
    if approved && !client::serving::stands(&tx, &client, epoch).await? {
        return NotFound::Unknown.page(&person, form.user_code);
    }
    let first = match approved {
        true => {
            let (session, source) = (&person.session, &person.source());
            acts::answer_device::approve(&passport, &tx, now, session, (&device, &client), source).await?
        }
        false => store::spend_denial(&tx, device.id).await?,
    };
    if !first {
        return NotFound::Unknown.page(&person, form.user_code);
    }
    tx.commit().await?;
    tracing::info!(client = client.client_id, account = %person.account.id, approved, "A device was answered");
    done(&person, approved)
}

fn done(person: &SignedIn, approved: bool) -> Result<Response, Trouble> {
    person.visit.ok(&DonePage { shell: person.shell(), approved })
}

enum NotFound {
    /// No such code waits: mistyped, answered or too old.
    Unknown,
    TooMany(UsedUp),
}

impl NotFound {
    fn page(self, person: &SignedIn, user_code: String) -> Result<Response, Trouble> {
        if let Self::TooMany(full) = self {
            return Err(Trouble::too_many(full));
        }
        let mut errors = Errors::default();
        errors.add("user_code", person.visit.t("device-unknown"));
        let page = DevicePage { shell: person.shell(), user_code, errors };
        person.visit.page(StatusCode::UNPROCESSABLE_ENTITY, &page)
    }
}

async fn find(
    passport: &Passport,
    person: &SignedIn,
    text: &str,
) -> Result<Result<(Device, Registered), NotFound>, Fault> {
    if let Err(full) = may_look(passport, person.visit.now, person).await? {
        return Ok(Err(NotFound::TooMany(full)));
    }
    let Some(device) = acts::answer_device::find_typed(passport, person.visit.now, text).await? else {
        return Ok(Err(NotFound::Unknown));
    };
    let registered = client::serving::find(&passport.clients, &device.client_id).await?;
    Ok(registered.map(|registered| (device, registered)).ok_or(NotFound::Unknown))
}

/// Spent before the code is looked at, so that a right guess is throttled like a wrong one (DV-01).
async fn may_look(passport: &Passport, now: Moment, person: &SignedIn) -> Result<Result<(), UsedUp>, Fault> {
    let scale = passport.settings.limits.scale;
    let tx = passport.db.begin().await?;
    let by_person = spend_or_wait(&tx, now, PER_PERSON.scaled(scale), &person.account.id.to_string()).await?;
    let by_block = spend_or_wait(&tx, now, PER_BLOCK.scaled(scale), &person.visit.address_block()).await?;
    tx.commit().await?;
    Ok(match (by_person, by_block) {
        (Err(one), Err(other)) => Err(one.or_later(other)),
        (one, other) => one.and(other),
    })
}

#[cfg(test)]
impl platform::web::page::Samples for DevicePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let mut errors = Errors::default();
        errors.add("user_code", shell.t("device-unknown"));
        vec![
            Self { shell: shell.clone(), user_code: String::new(), errors: Errors::default() },
            Self { shell: shell.clone(), user_code: "BCDF-GHJJ".into(), errors },
        ]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for ConfirmPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |values: Vec<(&'static str, String)>, offline| Self {
            shell: shell.clone(),
            client: ClientPanel { name: "Contoso TV".into(), ..ClientPanel::sample() },
            user_code: "BCDF-GHJK".into(),
            values,
            email: "maria@example.com".into(),
            other: CHOOSE_ACCOUNT.into(),
            rights: String::new(),
            offline,
            thing: Thing::of("device"),
        };
        vec![page(vec![("claim-email", "maria@example.com".into())], true), page(vec![], false)]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for DonePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        [true, false].map(|approved| Self { shell: shell.clone(), approved }).into()
    }
}
