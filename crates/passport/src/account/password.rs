//! Passwords and secret answers at rest: argon2id with a keyed pepper, computed on threads of its own.
//! Knows no account.
use std::sync::Arc;

use argon2::{
    Algorithm, Params, ParamsBuilder, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use argon2_rust::{Argon2, params as fast};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use platform::{
    Fault,
    random::Random,
    secrets::{Keyring, Mac, Secret, same},
};

use crate::config;

pub mod breached;
mod legacy;
mod pool;
pub mod rules;

pub use legacy::Legacy;
pub use pool::Place;
use pool::{Memory, Pool};

/// Bytes of salt and of the hash (RFC 9106 §3.1).
const SALT: usize = 16;
const OUTPUT: usize = 32;
/// Bytes of the name under which a hash says which master key peppered it.
const KEY_NAME: usize = 6;

/// Hashes and verifies. Cheap to clone.
///
/// What is hashed is HMAC(pepper, password): the pepper stands in the key file, so a stolen database alone
/// cannot be searched, and every password enters argon2 as 32 bytes whatever its length. The stored text is
/// a PHC string whose `keyid` names the master key, so that older hashes are verified after the key file
/// was rotated; they count as due for rehashing.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    pool: Pool,
    pepper: Mac,
    /// One for each master key, the newest first.
    key_names: Vec<Vec<u8>>,
    params: Params,
    random: Random,
}

/// What verifying found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    pub matches: bool,
    /// The hash was made with other parameters or an older key than a new one would be.
    pub needs_rehash: bool,
}

impl Hasher {
    pub fn new(settings: &config::Password, keyring: &Keyring, random: Random) -> Self {
        let pepper = keyring.mac("password pepper");
        let key_names =
            pepper.all(b"name of this key").map(|tag| tag.into_iter().take(KEY_NAME).collect()).collect();
        let params = ParamsBuilder::new()
            .m_cost(settings.memory_kib)
            .t_cost(settings.passes)
            .p_cost(1)
            .output_len(OUTPUT)
            .build()
            .unwrap_or_default();
        let pool = Pool::new(settings.parallel, settings.waiting);
        Self(Arc::new(Inner { pool, pepper, key_names, params, random }))
    }

    /// The name by which new hashes say which master key peppered them, as it stands in them.
    pub fn key_name(&self) -> String {
        self.0.key_names.first().map(|name| STANDARD_NO_PAD.encode(name)).unwrap_or_default()
    }

    /// A place in the line, for [`Hasher::verify`]. Too long a line of others is [`Fault::Unavailable`]: said before a
    /// guess is counted, or whoever is turned away has guessed wrong.
    pub fn place(&self) -> Result<Place, Fault> {
        self.0.pool.place()
    }

    /// A PHC string to store. Too long a line of others is [`Fault::Unavailable`].
    pub async fn hash(&self, password: Secret) -> Result<String, Fault> {
        let inner = Arc::clone(&self.0);
        let password = Secret::new(rules::normalized(password.expose()));
        self.0.pool.run(self.place()?, move |memory| inner.hash(&password, memory)).await?
    }

    /// Compares `password` with a stored hash. `None` (nobody has this address) takes the same time and
    /// never matches. Hashes of before were made from whatever the keyboard gave: such a form still matches, and is
    /// due for rehashing.
    pub async fn verify(
        &self,
        place: Place,
        password: Secret,
        stored: Option<&str>,
    ) -> Result<Verified, Fault> {
        let inner = Arc::clone(&self.0);
        let stored = stored.map(str::to_owned);
        self.0
            .pool
            .run(place, move |memory| {
                let normalized = Secret::new(rules::normalized(password.expose()));
                let found = inner.verify_or_pretend(&normalized, stored.as_deref(), memory)?;
                let other = rules::other_form(password.expose()).map(Secret::new);
                match other.filter(|_| !found.matches) {
                    Some(other) => {
                        let found = inner.verify_or_pretend(&other, stored.as_deref(), memory)?;
                        Ok(Verified { needs_rehash: found.matches, ..found })
                    }
                    None => Ok(found),
                }
            })
            .await?
    }

    /// The hash that a right password is due for. `None` when the line is too long: the next sign-in will do.
    pub async fn rehash(&self, password: Secret) -> Result<Option<String>, Fault> {
        match self.hash(password).await {
            Ok(hash) => Ok(Some(hash)),
            Err(Fault::Unavailable(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// [`Hasher::rehash`] of a secret answer.
    pub async fn rehash_answer(&self, answer: &Secret) -> Result<Option<String>, Fault> {
        self.rehash(Secret::new(rules::fold_answer(answer.expose()))).await
    }

    /// [`Hasher::hash`] of a secret answer: letter case and spare blanks make no difference.
    pub async fn hash_answer(&self, answer: &Secret) -> Result<String, Fault> {
        self.hash(Secret::new(rules::fold_answer(answer.expose()))).await
    }

    /// [`Hasher::verify`] of a secret answer.
    pub async fn verify_answer(
        &self,
        place: Place,
        answer: &Secret,
        stored: Option<&str>,
    ) -> Result<Verified, Fault> {
        self.verify(place, Secret::new(rules::fold_answer(answer.expose())), stored).await
    }
}

impl Inner {
    fn hash(&self, password: &Secret, memory: &mut Memory) -> Result<String, Fault> {
        let salt = self.random.bytes::<SALT>();
        let peppered = self.pepper.sign(password.expose().as_bytes());
        let output = compute(&peppered, &salt, &self.params, memory)?;
        let mut params = ParamsString::try_from(&self.params).map_err(Fault::bug)?;
        if let Some(name) = self.key_names.first() {
            params.add_b64_bytes("keyid", name).map_err(Fault::bug)?;
        }
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params,
            salt: Some(Salt::new(&salt).map_err(Fault::bug)?),
            hash: Some(Output::new(&output).map_err(Fault::bug)?),
        };
        Ok(hash.to_string())
    }

    fn verify_or_pretend(
        &self,
        password: &Secret,
        stored: Option<&str>,
        memory: &mut Memory,
    ) -> Result<Verified, Fault> {
        match stored {
            Some(stored) => self.verify(password, stored, memory),
            None => {
                self.hash(password, memory)?;
                Ok(Verified { matches: false, needs_rehash: false })
            }
        }
    }

    fn verify(&self, password: &Secret, stored: &str, memory: &mut Memory) -> Result<Verified, Fault> {
        // What we made names its key; anything else came by import and is replaced at the first sign-in.
        if let Some(legacy) = Legacy::parse(stored) {
            let matches = legacy.matches(password.expose().as_bytes());
            return Ok(Verified { matches, needs_rehash: true });
        }
        let hash = PasswordHash::new(stored).map_err(Fault::bug)?;
        let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
            return Err(Fault::bug("a stored password hash has no salt or no output"));
        };
        let argon2id = hash.algorithm == Algorithm::Argon2id.ident();
        if !argon2id || hash.version != Some(Version::V0x13.into()) {
            return Err(Fault::bug("a stored password hash is not argon2id version 19"));
        }
        let params = Params::try_from(&hash).map_err(Fault::bug)?;
        let key = self.key_names.iter().position(|name| name.as_slice() == params.keyid());
        let Some(key) = key else {
            // It may well be right: nobody may be told that it is wrong, and no other node need be so blind.
            self.hash(password, memory)?;
            let text = "a password was hashed under a master key that this node's key file lacks";
            return Err(Fault::unavailable(text));
        };
        let peppered = self
            .pepper
            .all(password.expose().as_bytes())
            .nth(key)
            .ok_or_else(|| Fault::bug("a key without a name"))?;
        let output = compute(&peppered, &salt, &params, memory)?;
        let current = key == 0
            && params.m_cost() == self.params.m_cost()
            && params.t_cost() == self.params.t_cost()
            && params.p_cost() == self.params.p_cost()
            && expected.len() == OUTPUT;
        Ok(Verified { matches: same(&output, expected.as_bytes()), needs_rehash: !current })
    }
}

fn compute(
    peppered: &[u8; 32],
    salt: &[u8],
    params: &Params,
    memory: &mut Memory,
) -> Result<[u8; OUTPUT], Fault> {
    let fast = fast::Params::builder()
        .memory(fast::Memory::kib(params.m_cost().into()))
        .passes(params.t_cost())
        .lanes(params.p_cost())
        .tag_len(fast::TagLen::bytes(OUTPUT.try_into().map_err(Fault::bug)?))
        .build()
        .map_err(Fault::bug)?;
    let fast = Argon2::new(fast::Algorithm::Argon2id, fast::Version::V0x13, fast);
    let hasher = memory.get_or_insert_with(|| fast.hasher());
    hasher.set_argon2(fast);
    let mut output = [0; OUTPUT];
    hasher.hash_into(peppered, salt, &mut output).map_err(Fault::bug)?;
    Ok(output)
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({} master keys)", self.0.key_names.len())
    }
}

#[cfg(test)]
mod tests;
