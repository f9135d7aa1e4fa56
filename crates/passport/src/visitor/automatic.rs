//! Signs a browser in that holds an automatic sign-in and no session, before any door sees the request.
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use platform::{
    Fault,
    web::{Cookie, Trouble, Visit, visit::cookie_name},
};

use super::cookies::{self, Named};

use crate::{
    acts::{self, sign_in_automatically::Used},
    automatic::{self, COOKIE},
    session::{self, Browser},
    state::Passport,
};

/// What the browser holds after its automatic sign-ins were used; stands in the request in place of its cookies.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub sessions: Vec<Named>,
    pub tokens: Vec<String>,
}

pub async fn arrive(State(passport): State<Passport>, mut request: Request, next: Next) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return Trouble::bug("a request came in without its frame").into_response();
    };
    if visit.cookie(COOKIE).is_none() {
        return next.run(request).await;
    }
    let arrived = match use_tokens(&passport, &visit).await {
        Ok(Some(arrived)) => arrived,
        Ok(None) => return next.run(request).await,
        Err(fault) => return Trouble::from(fault).into_response(),
    };
    request.extensions_mut().insert(arrived.clone());
    let mut response = next.run(request).await;
    let days = passport.settings.session.automatic_days;
    set_unless_set(
        &visit,
        response.headers_mut(),
        session::COOKIE,
        cookies::of_sessions(&visit, &arrived.sessions),
    );
    set_unless_set(&visit, response.headers_mut(), COOKIE, cookies::of_tokens(&visit, &arrived.tokens, days));
    response
}

/// What a door sets itself (a sign-out, say) comes after this and counts.
fn set_unless_set(visit: &Visit, headers: &mut HeaderMap, name: &str, cookie: Cookie) {
    let name = cookie_name(&visit.site, name);
    let is_set = headers.get_all(header::SET_COOKIE).iter().any(|line| name.is_set_by(line));
    if !is_set {
        cookie.set(headers);
    }
}

/// `None` when nothing changes: everybody who may be signed in automatically is signed in.
async fn use_tokens(passport: &Passport, visit: &Visit) -> Result<Option<Arrived>, Fault> {
    let (claimed, held) = (cookies::sessions(visit), cookies::tokens(visit));
    let reader = passport.db.reader();
    let lifetime = (&passport.settings.session).into();
    let live = session::store::find_live(reader, visit.now, lifetime, &claimed).await?;
    let is_live = |(id, _): &Named| live.iter().any(|(session, _)| session.id == *id);
    let mut sessions: Vec<Named> = claimed.into_iter().filter(is_live).collect();
    let named: Vec<_> = held.iter().filter_map(|token| passport.automatic.read(token)).collect();
    let ids: Vec<_> = named.iter().map(|(id, _)| *id).collect();
    let known = automatic::store::list(reader, &ids).await?;
    let source = super::source(visit);
    let mut tokens = Vec::new();
    for token in &held {
        let id = passport.automatic.read(token).map(|(id, _)| id);
        let found = known.iter().find(|row| Some(row.id) == id && row.is_live(visit.now));
        let Some(found) = found else { continue };
        if live.iter().any(|(session, _)| session.account == found.account) {
            tokens.push(token.clone());
            continue;
        }
        let browser = Browser { source: &source, sessions: &[], shared: false };
        if let Used::SignedIn { session, secret, token } =
            acts::sign_in_automatically::use_token(passport, visit.now, token, browser).await?
        {
            sessions.retain(|(id, _)| *id != session.id);
            sessions.push((session.id, secret));
            tokens.push(token);
        }
    }
    Ok((tokens != held).then_some(Arrived { sessions, tokens }))
}
