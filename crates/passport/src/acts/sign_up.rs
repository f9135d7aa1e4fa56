//! Making an account by a person's own hand. One transaction; what follows leaves by the outbox.
use crate::{
    account::{
        Account, AccountId, Alternate, State,
        acting::{Acting, Founded},
        letters,
        store::{self, NewAccount},
    },
    acts::{self},
    budget::{
        Budget,
        guess::{Guess, Guesser, may_guess},
    },
    desk::Vault,
    history::{self, Kind, NewEvent, Source},
    link::TWICE,
};
use oidc::claims::StandardClaims;
use platform::{Fault, clock::Moment, db::Tx, email::EmailAddress, language::Language, secrets::Secret};

/// What a person gives at sign-up, checked by the door.
pub struct SignUp {
    pub email: EmailAddress,
    pub password: Secret,
    /// The question in the person's words.
    pub question: String,
    pub answer: Secret,
    pub language: Language,
    /// Where a forgotten password may be reset; not the first address.
    pub alternate_email: Option<EmailAddress>,
    /// What the person says about themselves.
    pub claims: StandardClaims,
    /// The person wants a letter that proves the address to be theirs.
    pub verify: bool,
    pub source: Source,
}

/// How a sign-up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedUp {
    Made(AccountId),
    /// Another account has this address. Where the door must not say so, its owner was written to.
    Taken,
}

/// Makes an account, unless the address has one. Nobody is signed in by this (PP-13).
pub async fn sign_up(vault: &Vault, now: Moment, sign_up: SignUp) -> Result<SignedUp, Fault> {
    // Hashed before looking, so that a taken address takes as long as a free one.
    let password_hash = vault.hasher.hash(sign_up.password.clone()).await?;
    let answer_hash = vault.hasher.hash_answer(&sign_up.answer).await?;
    let id = AccountId::new(now, &vault.random);
    let new = NewAccount {
        id,
        email: sign_up.email.clone(),
        email_verified: false,
        state: State::Active,
        password_hash,
        question: Some(sign_up.question),
        answer_hash: Some(answer_hash),
        alternate: sign_up
            .alternate_email
            .as_ref()
            .map(|alternate| Alternate { address: alternate.as_str().to_owned(), verified: false }),
        claims: sign_up.claims,
        language: sign_up.language,
    };
    match Acting::founding(&vault.db, now, new).await? {
        Founded::New(tx) => {
            let event = NewEvent { account: id, kind: Kind::SignedUp, source: &sign_up.source, detail: "" };
            history::record(&tx, now, &vault.random, event).await?;
            acts::addresses::after_sign_up(vault, &tx, now, sign_up.verify).await?;
            tx.commit().await?;
            return Ok(SignedUp::Made(id));
        }
        Founded::Taken(tx) => {
            if !vault.settings.sign_up.reveal_taken {
                tell_owner(vault, &tx, now, &sign_up.email).await?;
            }
            tx.commit().await?;
        }
    }
    let (email, password, source) = (&sign_up.email, sign_up.password, &sign_up.source);
    match sent_twice(vault, now, email, password, source).await? {
        Some(id) => Ok(SignedUp::Made(id)),
        None => Ok(SignedUp::Taken),
    }
}

/// Some browsers send a form twice when the connection breaks: whoever sends the password of an account that was
/// made a moment ago, and never used, made it, and is answered like the first time. Counts as a guess when not.
async fn sent_twice(
    vault: &Vault,
    now: Moment,
    email: &EmailAddress,
    password: Secret,
    source: &Source,
) -> Result<Option<AccountId>, Fault> {
    if !vault.settings.sign_up.reveal_taken {
        return Ok(None);
    }
    let found = store::find_by_key(vault.db.reader(), email.key()).await?;
    let fresh = |found: &Account| {
        found.is_active() && found.signed_in_at.is_none() && now.is_within(TWICE, found.created_at)
    };
    let Some(account) = found.filter(fresh) else { return Ok(None) };
    let guesser = Guesser { email_key: email.key(), address_block: &source.address_block, computer: None };
    let place = vault.hasher.place()?;
    let leave = may_guess(&vault.db, &vault.settings, now, Guess::Password(&place), guesser).await?;
    if !leave.may {
        return Ok(None);
    }
    let stored = store::find_credentials(vault.db.reader(), email.key()).await?;
    let stored = stored.filter(|stored| stored.id == account.id);
    let hash = stored.as_ref().map(|stored| stored.password_hash.as_str());
    if !leave.accepts(vault.hasher.verify(place, password, hash).await?.matches) {
        return Ok(None);
    }
    let Some(tx) = Acting::on(&vault.db, account.id).await? else { return Ok(None) };
    leave.give_back(&vault.settings, &tx, now).await?;
    tx.commit().await?;
    Ok(Some(account.id))
}

/// Writes to the stored address, not to the one that was typed (INV-3).
async fn tell_owner(vault: &Vault, tx: &Tx, now: Moment, email: &EmailAddress) -> Result<(), Fault> {
    if let Some(account) = store::find_by_key(tx, email.key()).await?
        && Budget::Letters.spend(&vault.settings, tx, now, email.key()).await?
    {
        vault.outbox.add(tx, now, &letters::already_have(&vault.site, &account)?).await?;
    }
    Ok(())
}
