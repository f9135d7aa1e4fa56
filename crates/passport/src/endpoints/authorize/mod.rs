//! The authorization endpoint: load, ask `oidc` what comes next, go there. Every step comes back here.
mod authorization;
mod send;

use axum::{
    body::Bytes,
    extract::{Query, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use oidc::{
    assurance::Level,
    authorize::{
        AuthorizationRequest, Refusal,
        step::{self, Consent, Hint, Reason, Step},
    },
    error::{ErrorCode, OAuthError},
};
use platform::{
    Fault,
    clock::{MOST_AHEAD, Moment},
    language::Language,
    web::{About, OfBrowser, Recoverable, Thing, Trouble, local_path, see_other, shown::Why},
};
use serde::Deserialize;

use authorization::Authorized;

use crate::{
    account::Account,
    consent::{self, Wanted},
    pages::{self, arrival, sign_out::Nothing},
    paths::{AUTHORIZE, CHOOSE_ACCOUNT, SIGN_IN, SIGN_UP},
    pushed,
    request::{
        Asking,
        destination::{Destination, Params},
        interaction::{Interactions, Mark},
        load::{Asked, load, used_up},
        ui_locales,
    },
    session::Session,
    state::Passport,
    subject,
    visitor::Visitor,
};

pub async fn by_get(
    State(passport): State<Passport>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    answer(&passport, &visitor, query.as_deref().unwrap_or_default(), None).await
}

/// The same as GET (OIDC Core §3.1.2.1); what follows goes on as GET.
pub async fn by_post(
    State(passport): State<Passport>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Trouble> {
    let body = std::str::from_utf8(&body).unwrap_or("%FF");
    let both = [query.as_deref().unwrap_or_default(), body];
    let query = both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
    // A form on another site is sent without our cookies; the GET that follows it is not.
    let as_get = format!("{AUTHORIZE}?{query}");
    if visitor.session().is_none()
        && came_from_elsewhere(&visitor.visit.headers)
        && as_get.len() <= LONGEST_URL
        && local_path(&as_get) == as_get
    {
        return Ok(see_other(&as_get));
    }
    answer(&passport, &visitor, &query, None).await
}

/// What every browser and proxy carries, in bytes.
const LONGEST_URL: usize = 8000;

fn came_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
}

#[derive(Deserialize)]
pub struct ConsentForm {
    request: String,
    decision: String,
    /// The session whose account the page spoke of.
    #[serde(default)]
    session: String,
}

impl ConsentForm {
    /// The page spoke of this session's account.
    fn names(&self, session: &Session) -> bool {
        session.id.to_string() == self.session
    }
}

/// The answer of the consent page, for the request that it was opened by.
pub async fn consent(
    State(passport): State<Passport>,
    visitor: Visitor,
    posted: About<ConsentForm>,
) -> Result<Response, Trouble> {
    let form = posted.names();
    let visitor = visitor.with_current(|session| form.names(session));
    if form.decision == "approve" {
        let request = form.request.clone();
        return answer(&passport, &visitor, &request, Some(posted)).await;
    }
    // A no does nothing but to lead back, whatever was shown, if only it is this browser's.
    let form = match posted.shown(&Thing::default()) {
        stale @ Recoverable::Refused(_, Why::Stale) => stale.checked()?,
        Recoverable::Checked(form) | Recoverable::Refused(form, _) => form,
    };
    match Asking::of(&passport, &visitor.visit, &form.request).await? {
        Some(asking) => cancelled(&passport, &visitor, &asking).await,
        None => answer(&passport, &visitor, &form.request, None).await,
    }
}

/// The way back for a person who does not want to go on.
pub async fn cancelled(passport: &Passport, visitor: &Visitor, asking: &Asking) -> Result<Response, Trouble> {
    let error = OAuthError::new(ErrorCode::AccessDenied, "The person did not want to go on.");
    refuse(passport, visitor, &asking.asked, &error).await
}

/// The person does not want to go on: the site is told (`access_denied`).
pub async fn cancel(
    State(passport): State<Passport>,
    visitor: Visitor,
    Query(params): Query<Params>,
    form: OfBrowser<Nothing>,
) -> Result<Response, Trouble> {
    let arrival = arrival::Arrival::of(&passport, visitor, params).await?;
    match (form, &arrival.asking) {
        (OfBrowser::Checked(_), Some(asking)) => cancelled(&passport, &arrival.visitor, asking).await,
        // Nothing is lost: the page with a fresh token.
        (OfBrowser::Stale(_), Some(_)) => Ok(see_other(&arrival.destination.carried_to(SIGN_IN))),
        (_, None) => Ok(see_other("/")),
    }
}

/// Sends a refusal back; that uses up a pushed request as a grant does.
async fn refuse(
    passport: &Passport,
    visitor: &Visitor,
    asked: &Asked,
    error: &OAuthError,
) -> Result<Response, Trouble> {
    if let Some(id) = asked.pushed {
        let tx = passport.db.begin().await?;
        if !pushed::store::spend(&tx, visitor.visit.now, id).await? {
            return pages::authorize_error::render(visitor, &used_up());
        }
        tx.commit().await?;
    }
    send::refuse(passport, visitor, &asked.request.return_address(), error).await
}

/// `yes` is the form of a page of this request, by which somebody agreed to what it showed just now.
async fn answer(
    passport: &Passport,
    visitor: &Visitor,
    marked: &str,
    yes: Option<About<ConsentForm>>,
) -> Result<Response, Trouble> {
    answered(passport, visitor, marked, yes, true).await
}

/// `first`: what it finds may be out of date once it is acted on, and is then looked at again, one time.
async fn answered(
    passport: &Passport,
    visitor: &Visitor,
    marked: &str,
    yes: Option<About<ConsentForm>>,
    first: bool,
) -> Result<Response, Trouble> {
    let now = visitor.visit.now;
    let interactions = Interactions::new(&passport.keyring);
    let (query, mark) = interactions.read(marked, now);
    let begun = Mark::coming(mark, now);
    let asked = match load(passport, query, begun, &visitor.visit.address_block()).await? {
        Ok(asked) => asked,
        Err(Refusal::Page(error)) => {
            return pages::authorize_error::explain(passport, visitor, &error, query).await;
        }
        Err(Refusal::Redirect { error, to }) => return send::refuse(passport, visitor, &to, &error).await,
    };
    let request = &asked.request;
    let wanted = ui_locales(request).as_deref().and_then(Language::of_list);
    let visitor = Visitor { visit: visitor.visit.in_language(wanted), ..visitor.clone() };
    let hinted = subject_of_hint(passport, request, now).await?;
    let subjects = subject::subjects_of(&passport.pairwise, passport.db.reader(), &asked.client).await?;
    let visitor = &match &hinted {
        Hinted::Subject(subject) => {
            visitor.with_current(|session| subjects.subject(session.account) == *subject)
        }
        Hinted::Absent | Hinted::Unverifiable => visitor,
    };
    let takes_passkeys = passport.takes_passkeys();
    let session = visitor.session();
    let subject = session.map(|session| subjects.subject(session.account));
    let sign_in = visitor.signed_in.as_ref().zip(subject.as_deref()).map(|((session, account), subject)| {
        step::SignIn {
            subject,
            auth_time: session.auth_time.unix_seconds(),
            level: session.methods.level(),
            able: account.able(takes_passkeys),
            least: account.least(),
            for_this_request: mark
                .is_some_and(|mark| session.auth_time >= mark.begun && session.auth_time <= now + MOST_AHEAD),
            chosen_for_this_request: mark.is_some_and(|mark| mark.chosen),
        }
    });
    let client = &asked.client;
    let mut asks_again = false;
    let consent = match (yes, &visitor.signed_in) {
        (Some(yes), Some(who @ (session, _))) => {
            match yes.shown(&pages::consent::thing(who, client, request)) {
                Recoverable::Checked(_) => Consent::GivenNow,
                // A yes to something else is none: what the same person agreed to before counts.
                Recoverable::Refused(form, Why::Thing) if form.names(session) => {
                    earlier(passport, Some(session), &asked).await?
                }
                // One that was asked of somebody else gives nothing of who is in front now, whatever they agreed to before.
                Recoverable::Refused(_, Why::Thing | Why::Person) => {
                    asks_again = true;
                    Consent::Missing
                }
                refused @ Recoverable::Refused(..) => refused.checked().map(|_| Consent::Missing)?,
            }
        }
        _ => earlier(passport, session, &asked).await?,
    };
    let policy = passport.policy();
    let of = (client, policy);
    let step = step::next(request, of, sign_in.as_ref(), consent, hinted.as_hint(), now.unix_seconds());
    let step = if asks_again && step == Step::Grant { Step::Consent } else { step };
    match (step, &visitor.signed_in) {
        // Nobody is sent to a site that nobody vouched for before they saw a page of ours.
        (Step::Refuse(error), _) if !client.vouched && mark.is_none() => {
            pages::authorize_error::explain(passport, visitor, &error, query).await
        }
        (Step::Refuse(error), _) => refuse(passport, visitor, &asked, &error).await,
        (Step::Consent, Some(_)) => {
            // The answer must find the request as it is now, be it pushed, signed or long in coming.
            let mark = mark.unwrap_or_else(|| Mark::new(now));
            pages::consent::render(
                visitor,
                client,
                request,
                &interactions.mark(query, mark),
                asks_again,
                passport.policy(),
            )
        }
        (Step::Grant, Some(who)) => {
            match authorization::authorize(passport, visitor, who, &asked, consent).await? {
                Authorized::Sent(answer) => Ok(answer),
                // Signed out meanwhile: what was asked is answered as to somebody who is not signed in.
                Authorized::SignedOut => Box::pin(answer(passport, &visitor.nobody(), marked, None)).await,
                // Once more, with what is true now. Whoever changes it all the time keeps only their own site away.
                Authorized::Changed if first => {
                    Box::pin(answered(passport, visitor, marked, None, false)).await
                }
                Authorized::Changed => {
                    Err(Fault::unavailable("a site changed while it was asked about").into())
                }
            }
        }
        (Step::SignIn { reasons }, _) => {
            let page = match reasons.contains(&Reason::Create) {
                true => SIGN_UP,
                false if reasons.iter().any(|reason| reason.password_needed()) => SIGN_IN,
                false => CHOOSE_ACCOUNT,
            };
            Ok(to_page(&interactions, page, query, mark, now))
        }
        (Step::ProveMore(level), Some((session, account))) => {
            let mut response = to_more(&interactions, query, mark, (level, account), now);
            // The page that asks speaks to whoever is in front.
            if let Some((id, secret)) = visitor.named.iter().find(|(id, _)| *id == session.id) {
                visitor.keep_session(*id, secret, response.headers_mut());
            }
            Ok(response)
        }
        (Step::SetUp(level), _) => {
            let mark = Mark { begun: now, ..mark.unwrap_or_else(|| Mark::new(now)) };
            Ok(see_other(&Destination::Site(interactions.mark(query, mark)).to_set_up(level)))
        }
        (Step::Consent | Step::Grant | Step::ProveMore(_), None) => {
            Ok(to_page(&interactions, SIGN_IN, query, mark, now))
        }
    }
}

/// What the person agreed to at an earlier request counts, as far as it goes.
async fn earlier(passport: &Passport, session: Option<&Session>, asked: &Asked) -> Result<Consent, Fault> {
    let Some(session) = session else { return Ok(Consent::Missing) };
    let wanted = Wanted::by(&asked.request);
    consent::store::find_earlier(passport.db.reader(), session.account, &asked.client, &wanted).await
}

/// Opens a page of ours for this request, with a mark that says when.
fn to_page(
    interactions: &Interactions,
    page: &str,
    query: &str,
    mark: Option<Mark>,
    now: Moment,
) -> Response {
    let mark = Mark { begun: now, ..mark.unwrap_or_else(|| Mark::new(now)) };
    see_other(&Destination::Site(interactions.mark(query, mark)).carried_to(page))
}

/// The same for whoever is signed in and lacks a proof. The request keeps when its first page was opened: a sign-in for it
/// stays one.
fn to_more(
    interactions: &Interactions,
    query: &str,
    mark: Option<Mark>,
    (level, account): (Level, &Account),
    now: Moment,
) -> Response {
    let mark = mark.unwrap_or_else(|| Mark::new(now));
    see_other(&Destination::Site(interactions.mark(query, mark)).to_more(level, account.has_app()))
}

enum Hinted {
    Absent,
    Subject(String),
    Unverifiable,
}

impl Hinted {
    fn as_hint(&self) -> Hint<'_> {
        match self {
            Self::Absent => Hint::Absent,
            Self::Subject(subject) => Hint::Subject(subject),
            Self::Unverifiable => Hint::Unverifiable,
        }
    }
}

/// Whom the request is about: the `sub` that the `claims` parameter asks for, else the one of the
/// `id_token_hint`, which must be ours in any case.
async fn subject_of_hint(
    passport: &Passport,
    request: &AuthorizationRequest,
    now: Moment,
) -> Result<Hinted, Fault> {
    let wanted = request.wanted_subject().map(str::to_owned);
    let Some(token) = &request.id_token_hint else {
        return Ok(wanted.map_or(Hinted::Absent, Hinted::Subject));
    };
    let keys = passport.keys.current(&passport.db, now).await?;
    let subject = keys.verify(token, "JWT").and_then(|claims| Some(claims.get("sub")?.as_str()?.to_owned()));
    Ok(subject.map_or(Hinted::Unverifiable, |subject| Hinted::Subject(wanted.unwrap_or(subject))))
}
