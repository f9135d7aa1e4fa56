//! Signing keys: made, sealed at rest, rotated with overlap, published. Knows no claim.
pub mod entity;
pub mod pair;
pub mod store;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use oidc::jws::{self, SigningAlgorithm};
use platform::{
    Fault,
    clock::Moment,
    db::Database,
    random::Random,
    secrets::{Keyring, Seal},
};
use serde::Serialize;
use serde_json::Value;

pub use entity::State;
use pair::Pair;

/// The algorithms that a client may choose for its ID tokens.
pub const ALGORITHMS: [SigningAlgorithm; 4] =
    [SigningAlgorithm::RS256, SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA];

/// How old a node's view of the keys may be. A key is published as `next` long before it signs, so a node
/// that has not yet heard of a rotation does no harm.
const FRESH: Duration = Duration::from_secs(5);

/// How long those who verify wait for the table, when older keys are at hand.
const PATIENCE: Duration = Duration::from_secs(2);

/// A key ready for use.
pub struct Key {
    pub kid: String,
    pub algorithm: SigningAlgorithm,
    pub state: State,
    pub public_jwk: Value,
    pair: Pair,
}

/// JSON that is the same for whoever asks, and its strong ETag.
pub struct Document {
    pub body: String,
    pub etag: String,
}

impl Document {
    pub fn of(body: String) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(platform::secrets::digest(body.as_bytes()));
        let etag = format!("\"{}\"", hash.chars().take(22).collect::<String>());
        Self { body, etag }
    }
}

/// All keys as they were read at one moment.
pub struct Keys {
    all: Vec<Key>,
    read_at: Moment,
    /// The JWK Set.
    pub jwks: Document,
}

impl Keys {
    /// Signs claims with the active key of `algorithm`. `typ` as in [`jws::signing_input`].
    pub fn sign(
        &self,
        random: &Random,
        algorithm: SigningAlgorithm,
        typ: &str,
        claims: &impl Serialize,
    ) -> Result<String, Fault> {
        let key = self
            .all
            .iter()
            .find(|key| key.algorithm == algorithm && key.state == State::Active)
            .ok_or_else(|| Fault::bug(format!("there is no active {algorithm} key")))?;
        let input = jws::signing_input(algorithm, &key.kid, typ, claims).map_err(Fault::bug)?;
        let signature = key.pair.sign(random, input.as_bytes())?;
        Ok(jws::append_signature(input, &signature))
    }

    /// The claims of a token that one of our keys signed, be it expired: for `id_token_hint`.
    pub fn verify(&self, token: &str, typ: &str) -> Option<serde_json::Map<String, Value>> {
        let taken = jws::split(token).ok()?;
        if !taken.header.typ.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(typ)) {
            return None;
        }
        let kid = taken.header.kid.as_deref()?;
        let key = self.all.iter().find(|key| key.kid == kid && key.algorithm == taken.header.alg)?;
        key.pair.verify(taken.signing_input.as_bytes(), &taken.signature).then_some(taken.payload)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.all.iter()
    }
}

/// Where the keys are kept; every node has its own short-lived view of the table.
pub struct KeyRoom {
    seal: Seal,
    view: RwLock<Option<Arc<Keys>>>,
}

impl KeyRoom {
    pub fn new(keyring: &Keyring) -> Self {
        Self { seal: keyring.seal("signing key"), view: RwLock::new(None) }
    }

    /// The keys, at most five seconds old.
    pub async fn current(&self, db: &Database, now: Moment) -> Result<Arc<Keys>, Fault> {
        if let Ok(view) = self.view.read()
            && let Some(keys) = view.as_ref().filter(|keys| now.is_within(FRESH, keys.read_at))
        {
            return Ok(Arc::clone(keys));
        }
        let keys = Arc::new(self.read(db, now).await?);
        if let Ok(mut view) = self.view.write() {
            *view = Some(Arc::clone(&keys));
        }
        Ok(keys)
    }

    /// The keys for those who verify: the last known ones while the database is away.
    pub async fn published(&self, db: &Database, now: Moment) -> Result<Arc<Keys>, Fault> {
        let known = self.view.read().ok().and_then(|view| view.clone());
        let current = tokio::time::timeout(PATIENCE, self.current(db, now)).await;
        match (current, known) {
            (Ok(Ok(keys)), _) => Ok(keys),
            (Ok(Err(Fault::Unavailable(_))) | Err(_), Some(known)) => Ok(known),
            (Ok(Err(fault)), _) => Err(fault),
            (Err(_), None) => Err(Fault::unavailable("the signing keys could not be read in time")),
        }
    }

    async fn read(&self, db: &Database, now: Moment) -> Result<Keys, Fault> {
        let mut all = Vec::new();
        for row in store::list_all(db.reader()).await? {
            let algorithm =
                SigningAlgorithm::parse(&row.algorithm).ok_or_else(|| Fault::bug("unknown algorithm"))?;
            let der = self.seal.open(row.kid.as_bytes(), &row.sealed).ok_or_else(|| {
                Fault::unavailable("a signing key cannot be opened: is this the newest key file?")
            })?;
            all.push(Key {
                pair: Pair::from_der(algorithm, &der)?,
                public_jwk: serde_json::from_str(&row.public_jwk).map_err(Fault::bug)?,
                kid: row.kid,
                algorithm,
                state: row.state,
            });
        }
        let set = serde_json::json!({ "keys": all.iter().map(|key| &key.public_jwk).collect::<Vec<_>>() });
        Ok(Keys { all, read_at: now, jwks: Document::of(set.to_string()) })
    }

    /// Makes what is missing: an active and a next key of every algorithm. Nodes that start together make
    /// one of each, because the table takes no second.
    pub async fn make_missing(&self, db: &Database, random: &Random, now: Moment) -> Result<(), Fault> {
        for algorithm in ALGORITHMS {
            for state in [State::Active, State::Next] {
                if !store::has(db.reader(), algorithm.as_str(), state).await? {
                    self.make(db, random, now, algorithm, state).await?;
                }
            }
        }
        Ok(())
    }

    async fn make(
        &self,
        db: &Database,
        random: &Random,
        now: Moment,
        algorithm: SigningAlgorithm,
        state: State,
    ) -> Result<(), Fault> {
        let made = new_row(&self.seal, random, now, algorithm, state).await?;
        let tx = db.begin().await?;
        if store::add_once(&tx, made).await? {
            tx.commit().await?;
        }
        Ok(())
    }

    /// Rotates whatever key of `algorithm` signs now.
    pub async fn rotate(
        &self,
        db: &Database,
        random: &Random,
        now: Moment,
        algorithm: SigningAlgorithm,
    ) -> Result<bool, Fault> {
        match store::find_active(db.reader(), algorithm.as_str()).await? {
            Some(active) => self.rotate_key(db, random, now, algorithm, &active.kid).await,
            None => Ok(false),
        }
    }

    /// Retires the key named `kid`, puts the next one of its algorithm in its place and publishes a new next one.
    /// False, and nothing done, when somebody else has retired it: a key that was just published never signs.
    pub async fn rotate_key(
        &self,
        db: &Database,
        random: &Random,
        now: Moment,
        algorithm: SigningAlgorithm,
        kid: &str,
    ) -> Result<bool, Fault> {
        let next = new_row(&self.seal, random, now, algorithm, State::Next).await?;
        let tx = db.begin().await?;
        if !store::spend_active(&tx, now, kid).await? {
            return Ok(false);
        }
        store::set_active(&tx, now, algorithm.as_str()).await?;
        store::add_once(&tx, next).await?;
        tx.commit().await?;
        if let Ok(mut view) = self.view.write() {
            *view = None;
        }
        Ok(true)
    }

    /// Seals every key with the newest line of the key file; answers how many were moved.
    pub async fn reseal(&self, db: &Database, random: &Random) -> Result<usize, Fault> {
        let mut moved = 0;
        let tx = db.begin().await?;
        for row in store::list_all(&tx).await? {
            if let Some(sealed) = self.seal.renew(random, row.kid.as_bytes(), &row.sealed)? {
                store::set_sealed(&tx, &row.kid, sealed).await?;
                moved += 1;
            }
        }
        tx.commit().await?;
        Ok(moved)
    }
}

/// A new key, made off the async threads (RSA takes a while), sealed to its own kid.
async fn new_row(
    seal: &Seal,
    random: &Random,
    now: Moment,
    algorithm: SigningAlgorithm,
    state: State,
) -> Result<entity::Model, Fault> {
    let (pair, der) =
        tokio::task::spawn_blocking(move || Pair::generate(algorithm)).await.map_err(Fault::bug)??;
    let (kid, public_jwk) = pair.public_jwk()?;
    Ok(entity::Model {
        sealed: seal.seal(random, kid.as_bytes(), &der)?,
        kid,
        algorithm: algorithm.as_str().to_owned(),
        state,
        public_jwk: public_jwk.to_string(),
        created_at: now,
        active_at: (state == State::Active).then_some(now),
        retired_at: None,
    })
}
