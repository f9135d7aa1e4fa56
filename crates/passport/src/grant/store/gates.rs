//! What hot requests ask of grants, in fixed words: the gates through which a code or a refresh token goes exactly once.
use std::sync::LazyLock;

use oidc::{
    assurance::Methods,
    scope::{OFFLINE_ACCESS, Scopes},
    token::{GrantState, binding::Binding},
};
use platform::{
    Fault,
    clock::Moment,
    db::{Asks, Fixed, Int, Row},
};
use sea_orm::ActiveEnum as _;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    account::acting::Acting,
    grant::{Grant, GrantId, MOST_OF_SESSION, NewGrant, entity::Stored},
    session::BATCH,
};

/// What [`read`] reads, whatever stands beside it.
pub const COLUMNS: &str = "grants.id, grants.client_id, grants.account_id, grants.session_id, grants.scope, \
    grants.redirect_uri, grants.nonce, grants.code_challenge, grants.auth_time, grants.state, grants.generation, \
    grants.code_ends_at, grants.ends_at, grants.not_before, grants.refreshed_at, grants.acr, grants.methods, \
    grants.claims, grants.resource, grants.dpop_jkt, grants.bound_to";

static FIND: LazyLock<Fixed> =
    LazyLock::new(|| Fixed::of(format!("SELECT {COLUMNS} FROM grants WHERE grants.id = $1")));

static ADD: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::of(
        "INSERT INTO grants (id, client_id, account_id, session_id, scope, redirect_uri, nonce, code_challenge, \
         auth_time, state, generation, code_ends_at, ends_at, not_before, refreshed_at, acr, methods, claims, \
         resource, dpop_jkt, bound_to, offline, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $13, $14, $15, $16, $17, $18, NULL, \
         $19, $13)",
    )
});

/// What is for offline use is counted apart: a page that renews itself silently must not push out the token with which
/// its site works at night.
static DROP_BEYOND: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::of(format!(
        "DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE session_id = $1 AND client_id = $2 \
         AND offline = $3 ORDER BY refreshed_at DESC, id DESC LIMIT {BATCH} OFFSET {MOST_OF_SESSION})"
    ))
});

static SPEND_CODE: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::of(
        "UPDATE grants SET bound_to = $2, state = $3, generation = 1, refreshed_at = $4, ends_at = $5 \
         WHERE id = $1 AND state = $6 AND code_ends_at > $4",
    )
});

static SPEND_REFRESH: LazyLock<Fixed> = LazyLock::new(|| {
    Fixed::of(
        "UPDATE grants SET generation = generation + 1, refreshed_at = $2 \
         WHERE id = $1 AND state = $3 AND generation = $4",
    )
});

/// Adds a grant; those of its session, client and kind beyond [`MOST_OF_SESSION`] go, with every token of theirs.
pub async fn add(db: &Acting, now: Moment, new: NewGrant) -> Result<(), Fault> {
    let offline = new.scope.contains(OFFLINE_ACCESS);
    let state = if new.by_code { Stored::Code } else { Stored::Live };
    let ends_at = if new.by_code { new.code_ends_at } else { new.ends_at };
    let values = vec![
        new.id.into(),
        new.client_id.as_str().into(),
        new.account.into(),
        new.session.into(),
        new.scope.to_string().into(),
        new.redirect_uri.into(),
        new.nonce.into(),
        new.code_challenge.into(),
        new.auth_time.into(),
        state.to_value().into(),
        new.code_ends_at.into(),
        ends_at.into(),
        now.into(),
        new.acr.into(),
        new.methods.to_string().into(),
        json_unless(new.claims.is_empty(), &new.claims)?.into(),
        json_unless(new.resource.is_empty(), &new.resource)?.into(),
        new.dpop_jkt.into(),
        offline.into(),
    ];
    db.write(&ADD, values).await?;
    let values = vec![new.session.into(), new.client_id.into(), offline.into()];
    db.write(&DROP_BEYOND, values).await?;
    Ok(())
}

pub async fn find(db: &impl Asks, id: GrantId) -> Result<Option<Grant>, Fault> {
    db.find(&FIND, vec![id.into()], read).await
}

/// A grant from the columns of [`COLUMNS`].
pub fn read(row: &mut Row<'_>) -> Result<Grant, Fault> {
    Ok(Grant {
        id: row.read()?,
        client_id: row.read()?,
        account: row.read()?,
        session: row.read()?,
        scope: row.text(|scope| Scopes::parse(scope).map_err(Fault::bug))??,
        redirect_uri: row.read()?,
        nonce: row.read()?,
        code_challenge: row.read()?,
        auth_time: row.read()?,
        state: match row.word()? {
            Stored::Code => GrantState::Code,
            Stored::Live => GrantState::Live,
            Stored::Revoked => GrantState::Revoked,
        },
        generation: row.read::<Int>()?.into(),
        code_ends_at: row.read()?,
        ends_at: row.read()?,
        not_before: row.read()?,
        refreshed_at: row.read()?,
        acr: row.read()?,
        methods: row.text(Methods::parse)?,
        claims: of_json(row.read()?)?,
        resource: of_json(row.read()?)?,
        dpop_jkt: row.read()?,
        bound_to: row.read::<Option<String>>()?.as_deref().and_then(Binding::parse),
    })
}

fn json_unless(absent: bool, value: &impl Serialize) -> Result<Option<String>, Fault> {
    if absent {
        return Ok(None);
    }
    serde_json::to_string(value).map(Some).map_err(Fault::bug)
}

fn of_json<T: DeserializeOwned + Default>(text: Option<String>) -> Result<T, Fault> {
    text.map_or_else(|| Ok(T::default()), |text| serde_json::from_str(&text).map_err(Fault::bug))
}

/// Turns a code into a live grant of generation 1 that ends at `ends_at`, its refresh tokens bound to `bound_to`; true
/// for exactly one caller, ever.
pub async fn spend_code(
    db: &Acting,
    now: Moment,
    id: GrantId,
    bound_to: Option<Binding>,
    ends_at: Moment,
) -> Result<bool, Fault> {
    let values = vec![
        id.into(),
        bound_to.map(|binding| binding.as_text()).into(),
        Stored::Live.to_value().into(),
        now.into(),
        ends_at.into(),
        Stored::Code.to_value().into(),
    ];
    Ok(db.write(&SPEND_CODE, values).await? == 1)
}

/// Raises the generation from `generation` by one; true for exactly one caller.
pub async fn spend_refresh(db: &Acting, now: Moment, id: GrantId, generation: i32) -> Result<bool, Fault> {
    let values = vec![id.into(), now.into(), Stored::Live.to_value().into(), generation.into()];
    Ok(db.write(&SPEND_REFRESH, values).await? == 1)
}
