//! The authenticator app: set up, taken away.
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use oidc::assurance::{Method, Methods};
use platform::{
    dates,
    secrets::Secret,
    web::{About, Errors, Recoverable, Shell, Thing, Trouble, page::FormsLeadElsewhere, shown::Why},
};
use serde::Deserialize;

use super::{super::sign_out::Nothing, Here, changed, recovery_codes::shown_once};

use crate::{
    acts::second_step::set_up::{SetUp, remove as switch_off, set_up},
    paths::AUTHENTICATOR,
    request::destination::{Destination, Params},
    second_step::{Authenticator, app::Draft, store},
    state::Passport,
    visitor::{RecentlyProven, SignedIn},
};

/// What an app reads, in the three forms that people have a use for.
struct Shown {
    /// An SVG of our own making.
    picture: String,
    spelled: String,
    url: String,
    /// The draft, on its way through the page.
    sealed: String,
}

#[derive(Template)]
#[template(path = "pages/authenticator.html")]
pub struct AuthenticatorPage {
    shell: Shell,
    destination: Destination,
    /// Since when there is one, and how many recovery codes are left.
    present: Option<(String, u64)>,
    /// None where one is set up, and another was not asked for.
    new: Option<Shown>,
    /// Of new recovery codes.
    seed: String,
    thing: Thing,
    errors: Errors,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    secret: String,
    code: Secret,
}

fn thing(present: Option<&Authenticator>) -> Thing {
    let since = present.map_or(0, |app| app.created_at.unix_millis());
    Thing::of("authenticator").and(since.to_be_bytes())
}

impl AuthenticatorPage {
    fn action(&self) -> String {
        self.destination.carried_to(AUTHENTICATOR)
    }

    fn left(&self, left: &u64) -> String {
        self.shell.count("recovery-codes-left", "left", *left)
    }

    /// Back to the site that waits.
    fn cancel(&self) -> Option<String> {
        self.destination.request().map(|_| self.destination.carried_to("/sign-in/cancel"))
    }

    fn waits(&self) -> bool {
        self.destination != Destination::Home
    }
}

/// The page; `draft` is the one that it showed before, as long as that counts.
async fn page(
    passport: &Passport,
    who: &SignedIn,
    destination: Destination,
    draft: Option<Draft>,
    anew: bool,
    errors: Errors,
) -> Result<AuthenticatorPage, Trouble> {
    let (reader, keys, random) = (passport.db.reader(), &passport.second, &passport.random);
    let found = store::find(reader, who.account.id).await?;
    let shell = who.shell();
    let present = match &found {
        Some(app) => {
            let left = store::count_codes(reader, who.account.id).await?;
            Some((dates::shown_day(&shell, app.created_at), left))
        }
        None => None,
    };
    let asks = found.is_none() || anew || draft.is_some();
    let draft = draft.unwrap_or_else(|| Draft::new(random, &who.account));
    let sealed = draft.seal(&keys.drafts, random, &who.account)?;
    let bug = || Trouble::bug("a new authenticator could not be shown");
    let new = match asks {
        true => {
            let issuer = shell.t(passport.site.name_key);
            let app = draft.app(&issuer, &who.account.email).ok_or_else(bug)?;
            let (picture, url) = (app.picture().ok_or_else(bug)?, app.url().ok_or_else(bug)?);
            Some(Shown { picture, spelled: app.spelled(), url, sealed: sealed.clone() })
        }
        false => None,
    };
    let thing = thing(found.as_ref());
    Ok(AuthenticatorPage { shell, destination, present, new, seed: sealed, thing, errors })
}

fn answer(who: &SignedIn, status: StatusCode, page: &AuthenticatorPage) -> Result<Response, Trouble> {
    let mut response = who.visit.page(status, page)?;
    if page.cancel().is_some() {
        response.extensions_mut().insert(FormsLeadElsewhere);
    }
    Ok(response)
}

pub async fn show(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    Query(params): Query<Params>,
) -> Result<Response, Trouble> {
    let anew = params.way.as_deref() == Some("new");
    let page = page(&passport, &who, params.into(), None, anew, Errors::default()).await?;
    answer(&who, StatusCode::OK, &page)
}

pub async fn take(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    Query(params): Query<Params>,
    form: Recoverable<Form>,
) -> Result<Response, Trouble> {
    let destination = Destination::from(params);
    let form = match form {
        Recoverable::Checked(form) => form,
        Recoverable::Refused(_, why) => return refused(&passport, &who, destination, why).await,
    };
    let Some(draft) = Draft::open(&passport.second.drafts, &who.account, &form.secret) else {
        return stale(&passport, &who, destination).await;
    };
    let here = Here::of(&who);
    match set_up(&passport, who.visit.now, here.owner(&who), &draft, &form.code).await? {
        SetUp::Done(made) => shown_once(&who, &made, &destination, false),
        SetUp::Stale => stale(&passport, &who, destination).await,
        SetUp::Wrong => {
            let is_empty = form.code.expose().trim().is_empty();
            let mut errors = Errors::default();
            let key = if is_empty { "second-needs-code" } else { "authenticator-wrong" };
            errors.add("code", who.visit.t(key));
            let page = page(&passport, &who, destination, Some(draft), true, errors).await?;
            answer(&who, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Takes the app away.
pub async fn remove(
    State(passport): State<Passport>,
    RecentlyProven(who): RecentlyProven,
    posted: About<Nothing>,
) -> Result<Response, Trouble> {
    let found = store::find(passport.db.reader(), who.account.id).await?;
    match posted.shown(&thing(found.as_ref())) {
        // It is gone already: that is what was wanted.
        Recoverable::Refused(_, Why::Thing) if found.is_none() => {}
        Recoverable::Refused(_, why) => return refused(&passport, &who, Destination::Home, why).await,
        Recoverable::Checked(_) => {
            switch_off(&passport, who.visit.now, Here::of(&who).owner(&who)).await?;
        }
    }
    let left = who.account.factors.without(Method::Code) != Methods::default();
    changed(&who, if left { "changed-app-removed" } else { "changed-second-step-off" })
}

/// The page anew: the form was shown to somebody else, for something else, or too long ago.
async fn refused(
    passport: &Passport,
    who: &SignedIn,
    destination: Destination,
    why: Why,
) -> Result<Response, Trouble> {
    let text = match why {
        Why::Person => who.visit.t("credentials-other-person"),
        why => why.text(&who.visit),
    };
    let page = page(passport, who, destination, None, false, Errors::whole(text)).await?;
    answer(who, why.status(), &page)
}

/// What proves the account changed since the page was made.
async fn stale(passport: &Passport, who: &SignedIn, destination: Destination) -> Result<Response, Trouble> {
    let errors = Errors::whole(who.visit.t("authenticator-stale"));
    let page = page(passport, who, destination, None, false, errors).await?;
    answer(who, StatusCode::CONFLICT, &page)
}

#[cfg(test)]
impl platform::web::page::Samples for AuthenticatorPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let account = crate::account::Account::sample();
        let app = Draft::new(&platform::random::Random::seeded(1), &account).app("Passport", &account.email);
        let shown = || {
            app.as_ref().map(|app| Shown {
                picture: app.picture().unwrap_or_default(),
                spelled: app.spelled(),
                url: app.url().unwrap_or_default(),
                sealed: "sealed".into(),
            })
        };
        let page = |present: Option<u64>, new, errors| Self {
            shell: shell.clone(),
            destination: Destination::Home,
            present: present.map(|left| {
                (dates::shown_day(shell, platform::clock::Moment::from_unix_seconds(1_155_643_200)), left)
            }),
            new,
            seed: "sealed".into(),
            thing: thing(None),
            errors,
        };
        let mut wrong = Errors::default();
        wrong.add("code", shell.t("authenticator-wrong"));
        let site = Destination::Site("client_id=portal&scope=openid".into());
        let stale = Errors::whole(shell.t("authenticator-stale"));
        vec![
            page(None, shown(), Errors::default()),
            Self { destination: site, ..page(None, shown(), wrong) },
            page(Some(10), None, Errors::default()),
            page(Some(1), None, stale),
            page(Some(0), shown(), Errors::default()),
        ]
    }
}
