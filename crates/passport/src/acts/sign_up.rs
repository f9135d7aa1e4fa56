//! Making an account by a person's own hand. One transaction; what follows leaves by the outbox.
use crate::{
    account::{
        AccountId, Alternate, State,
        acting::{Acting, Founded},
        letters,
        store::{self, NewAccount},
    },
    acts::{self},
    budget::Budget,
    desk::Vault,
    history::{self, Kind, NewEvent, Source},
    link::PressedLink,
    sending::Sending,
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
    /// The link by which whoever claimed the address takes it.
    pub taking: Option<PressedLink>,
    /// The form that says so.
    pub sending: Sending,
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
            let (key, taking) = (sign_up.email.key(), sign_up.taking.as_ref());
            let Some(proven) = acts::claim_name::may_take(&tx, now, key, taking).await? else {
                // It waits for whoever claimed it. Rolled back.
                return Ok(SignedUp::Taken);
            };
            if proven {
                store::set_email_verified(&tx, now, id, key).await?;
            }
            let event = NewEvent { account: id, kind: Kind::SignedUp, source: &sign_up.source, detail: "" };
            history::record(&tx, now, &vault.random, event).await?;
            acts::addresses::after_sign_up(vault, &tx, now, sign_up.verify && !proven).await?;
            sign_up.sending.is_first(&tx, now).await?;
            tx.commit().await?;
            Ok(SignedUp::Made(id))
        }
        Founded::Taken(tx) => {
            // By this very form, a moment ago: it was sent twice.
            if sign_up.sending.came_before(&tx, now).await?
                && let Some(made) = store::find_id(&tx, sign_up.email.key()).await?
            {
                return Ok(SignedUp::Made(made));
            }
            if !vault.settings.sign_up.reveal_taken {
                tell_owner(vault, &tx, now, &sign_up.email).await?;
            }
            tx.commit().await?;
            Ok(SignedUp::Taken)
        }
    }
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
