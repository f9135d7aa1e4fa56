//! The one place that authorizes: it writes the grants, and makes what the authorization endpoint itself
//! hands out.
use std::time::Duration;

use axum::response::Response;
use oidc::{
    authorize::{
        ResponseType,
        response::{Issued, success},
        step::Consent,
    },
    resource::narrowed,
    token::claims::Beside,
};
use platform::{Fault, clock::Moment, web::Trouble};

use super::send::send;

use crate::{
    account::{
        Account,
        acting::{Acting, Refusal},
    },
    acts, client,
    consent::{self, Wanted},
    endpoints::token::issue::{self, Issue, Mint},
    grant::{self, GrantId, NewGrant},
    pages, pushed,
    request::load::{Asked, used_up},
    session::Session,
    state::Passport,
    visitor::{self, Visitor},
};

/// How an authorization ended.
pub enum Authorized {
    Sent(Response),
    /// The person was signed out since the request was read, or what they stand on changed.
    SignedOut,
    /// The site, or what the person agreed to, is another than the request read: it is to be read again.
    Changed,
}

/// Writes down what was authorized and sends it back. `consent` is what the request found, and nothing is written when
/// the person took it back meanwhile.
pub async fn authorize(
    passport: &Passport,
    visitor: &Visitor,
    person: &(Session, Account),
    asked: &Asked,
    consent: Consent,
) -> Result<Authorized, Trouble> {
    let (now, session) = (visitor.visit.now, &person.0);
    let kind = asked.request.response_type;
    let mint = Mint::open(passport, now, &asked.client, None).await?;
    let lifetime = (&passport.settings.session).into();
    let held = client::store::hold_person(&passport.db, lifetime, now, person, &asked.client.client_id).await;
    let (tx, site) = match held {
        Ok(held) => held,
        Err(Refusal::Ended | Refusal::TooMany(_)) => return Ok(Authorized::SignedOut),
        Err(Refusal::Fault(fault)) => return Err(fault.into()),
    };
    let (agreed, wanted) = (consent == Consent::GivenNow, Wanted::by(&asked.request));
    let site_stands = site.is_some_and(|site| client::serving::is_as_read(&site, &asked.client, asked.epoch));
    // Read when nobody else writes for the account: what was agreed to, and what is written down of it below.
    let before = consent::store::find(&tx, session.account, &asked.client.client_id).await?;
    if !site_stands || (!agreed && consent::earlier(before.as_ref(), &asked.client, &wanted) != consent) {
        return Ok(Authorized::Changed);
    }
    if let Some(id) = asked.pushed
        && !pushed::store::spend(&tx, now, id).await?
    {
        return pages::authorize_error::render(visitor, &used_up()).map(Authorized::Sent);
    }
    let code = match kind.has_code() {
        true => Some(passport.names.code(write(passport, &tx, now, session, asked, true).await?)),
        false => None,
    };
    let issued = match kind.is_front_channel() {
        true => at_once(&mint, &tx, session, asked, code).await?,
        false => Issued { code, ..Issued::default() },
    };
    let from = visitor::source(&visitor.visit);
    acts::give::note_after(passport, &tx, now, before, (&asked.client, wanted, agreed), &from).await?;
    tx.commit().await?;
    send(passport, visitor, &asked.request.return_address(), success(issued)).await.map(Authorized::Sent)
}

/// What comes by the browser. It hangs on a grant of its own, live from the first, so that the end of the
/// session, the account or the client ends it too.
async fn at_once(
    mint: &Mint<'_>,
    tx: &Acting,
    session: &Session,
    asked: &Asked,
    code: Option<String>,
) -> Result<Issued, Fault> {
    let request = &asked.request;
    let id = write(mint.passport, tx, mint.now, session, asked, false).await?;
    let grant = grant::store::find(tx, id).await?.ok_or_else(|| Fault::bug("a new grant is gone"))?;
    let policy = mint.passport.policy();
    let audience = narrowed(&grant.resource, &[], &asked.client, policy, &grant.scope).unwrap_or_default();
    let what = Issue::at_once(grant, tx.account().clone(), audience);
    let beside = Beside {
        code: code.as_deref(),
        state: request.state.as_deref(),
        nothing_else: request.response_type == ResponseType::IdToken,
    };
    let (access, id_token) = issue::at_authorization(mint, &what, request.response_type, beside)?;
    Ok(Issued { code, id_token, access })
}

async fn write(
    passport: &Passport,
    tx: &Acting,
    now: Moment,
    session: &Session,
    asked: &Asked,
    by_code: bool,
) -> Result<GrantId, Fault> {
    let (request, tokens) = (&asked.request, &passport.settings.tokens);
    let rules = asked.client.rules(passport.policy().profile);
    let code_seconds = if by_code { tokens.code_seconds.min(rules.longest_code_seconds) } else { 0 };
    let new = NewGrant {
        id: GrantId::new(now, &passport.random),
        client_id: asked.client.client_id.clone(),
        account: session.account,
        session: session.id,
        scope: if by_code {
            request.scope.clone()
        } else {
            request.scope.clone().without(oidc::scope::OFFLINE_ACCESS)
        },
        redirect_uri: request.redirect_uri.clone(),
        nonce: request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        auth_time: session.auth_time,
        by_code,
        code_ends_at: now + Duration::from_secs(u64::from(code_seconds)),
        ends_at: tokens.grant_ends_at(now),
        acr: Some(request.context.met_by(session.methods.level()).as_str().to_owned()),
        methods: session.methods,
        claims: request.claims.clone(),
        resource: request.resource.clone(),
        dpop_jkt: request.dpop_jkt.clone(),
    };
    let id = new.id;
    grant::store::add(tx, now, new).await?;
    Ok(id)
}
