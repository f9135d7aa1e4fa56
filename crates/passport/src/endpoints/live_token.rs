//! Whether an access token stands: what it names is looked up at every use, so that revoking works at once.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::{
    scope::Scopes,
    token::{GrantState, access::TYP},
};
use platform::{Fault, clock::Moment, once::Once};
use serde_json::Value;

use crate::{
    account::Account,
    client::{self, Registered, store::Standing},
    grant::{
        Grant,
        access::{AccessToken, Holder},
    },
    state::Passport,
};

/// An access token that is alive.
#[derive(Clone, Debug)]
pub struct LiveToken {
    pub access: AccessToken,
    /// Whom it was issued to.
    pub client_id: String,
    pub scope: Scopes,
    /// None when no person stands behind it.
    pub person: Option<Person>,
}

/// The person behind an access token.
#[derive(Clone, Debug)]
pub struct Person {
    pub grant: Grant,
    pub account: Account,
    /// Whom the token was issued to; none when it may ask for nothing any more.
    pub client: Option<Registered>,
}

/// Looks a token up, opaque or JWT; none when it is no access token of ours, or none any more.
pub async fn find(passport: &Passport, now: Moment, token: &str) -> Result<Option<LiveToken>, Fault> {
    let Some(access) = named(passport, now, token).await? else { return Ok(None) };
    if now >= access.ends_at || is_revoked_alone(passport, &access).await? {
        return Ok(None);
    }
    let reader = passport.db.reader();
    let given_to = match &access.given_to {
        Some(id) => match client::serving::find(&passport.clients, id).await? {
            None => return Ok(None),
            found => found,
        },
        None => None,
    };
    match access.holder.clone() {
        Holder::Grant(id) => {
            let Some(found) = client::store::find_standing(reader, id).await? else { return Ok(None) };
            let Standing { grant, account, client } = found;
            if grant.state != GrantState::Live || access.issued_at < grant.not_before {
                return Ok(None);
            }
            let client = match given_to {
                None => client::serving::as_served(&passport.clients, client).await?,
                given_to => given_to,
            };
            Ok(Some(LiveToken {
                client_id: access.given_to.clone().unwrap_or_else(|| grant.client_id.clone()),
                scope: access.scope.clone().unwrap_or_else(|| grant.scope.clone()),
                access,
                person: Some(Person { grant, account, client }),
            }))
        }
        Holder::Client { id, epoch } => {
            let current = client::store::find_epoch(reader, &id).await?;
            let alive = current.is_some_and(|(now, since)| now == epoch && access.issued_at >= since);
            Ok(alive.then(|| LiveToken {
                client_id: access.given_to.clone().unwrap_or(id),
                scope: access.scope.clone().unwrap_or_default(),
                access,
                person: None,
            }))
        }
    }
}

/// What a token names, its MAC or signature good.
async fn named(passport: &Passport, now: Moment, token: &str) -> Result<Option<AccessToken>, Fault> {
    if !token.contains('.') {
        return Ok(passport.names.access.read_opaque(token));
    }
    let keys = passport.keys.current(&passport.db, now).await?;
    let claims = keys.verify(token, TYP);
    let jti = claims.as_ref().and_then(|claims| claims.get("jti")).and_then(Value::as_str);
    Ok(jti.and_then(|jti| passport.names.access.read_jti(jti)))
}

async fn is_revoked_alone(passport: &Passport, access: &AccessToken) -> Result<bool, Fault> {
    match revoked_alone(access) {
        Some(name) => name.is_spent(passport.db.reader()).await,
        None => Ok(false),
    }
}

/// The name under which a token is put down as revoked by itself; a grant's own tokens have none, for the grant
/// has a mark.
pub fn revoked_alone(access: &AccessToken) -> Option<Once> {
    let serial = URL_SAFE_NO_PAD.encode(access.serial?);
    Some(Once::new("revoked access token", &[&serial], access.ends_at))
}
