//! Proving a person by a passkey, and beginning a session as a password would.
use oidc::assurance::{Method, Methods};
use platform::{
    Fault,
    clock::Moment,
    security_event::{Event, Note},
};

use crate::{
    account::{self, AccountId, State, acting::Acting},
    acts::{
        self,
        arrive::{Begun, Keep},
    },
    desk::Vault,
    history::{Kind, Source},
    notice::{Change, Former},
    passkey::{
        Passkey,
        ceremony::Ceremony,
        store,
        webauthn::{
            RelyingParty,
            assertion::{Assertion, Proven, Stored},
        },
    },
    second_step::{self, First},
    session::Browser,
    tell,
};

/// A try to sign in with a passkey.
pub struct Attempt<'a> {
    pub rp: &'a RelyingParty,
    /// What the browser answered.
    pub json: &'a str,
    /// The browser that was asked.
    pub asked: &'a str,
    /// Whose passkey it has to be, where a person proves once more who they are.
    pub of: Option<AccountId>,
    /// The password was proven first: the passkey is the second proof.
    pub after: Option<&'a First>,
    pub browser: Browser<'a>,
    pub keep: Keep<'a>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub enum SignIn {
    Begun(Box<Begun>),
    /// The passkey was right, and its owner froze the account.
    Frozen,
    /// Nobody has a passkey of this name, or not any more: whoever keeps it may forget it.
    Unknown(Vec<u8>),
    /// Of another account than the one that is to be proven.
    Another,
    /// What was proven first does not count any more.
    Over,
    /// The page lay open for too long, is another browser's, or its question was answered before.
    Late,
    Refused,
}

/// Signatures cannot be guessed: no budget is spent, and a refusal writes nothing.
pub async fn sign_in(vault: &Vault, now: Moment, attempt: Attempt<'_>) -> Result<SignIn, Fault> {
    let source = attempt.browser.source;
    let refused = |why: &'static str, of: Option<AccountId>| {
        let of = of.map(|id| id.to_string()).unwrap_or_default();
        Note::of(Event::SignInFailed).block(&source.address_block).account(of).detail(why).tell();
    };
    let answer = match Assertion::read(attempt.json) {
        Ok(answer) => answer,
        Err(wrong) => {
            refused(wrong.as_str(), None);
            return Ok(SignIn::Refused);
        }
    };
    let challenge = vault.passkeys.read(now, &answer.client.challenge, attempt.asked, Ceremony::Use);
    let Some(challenge) = challenge else {
        refused("challenge", None);
        return Ok(SignIn::Late);
    };
    let Some(passkey) = store::find_credential(vault.db.reader(), &answer.credential_id).await? else {
        refused("unknown passkey", None);
        return Ok(SignIn::Unknown(answer.credential_id));
    };
    let proven = match answer.judge(attempt.rp, stored(&passkey, attempt.of)) {
        Ok(proven) => proven,
        Err(wrong) => {
            refused(wrong.as_str(), Some(passkey.account));
            return Ok(SignIn::Refused);
        }
    };
    if attempt.of.is_some_and(|of| of != passkey.account) {
        return Ok(SignIn::Another);
    }
    let Some(tx) = Acting::on(&vault.db, passkey.account).await? else { return Ok(SignIn::Refused) };
    // Taken away a moment ago, or what it says was said before.
    let Some(current) = store::find(&tx, passkey.account, passkey.id).await? else {
        return Ok(SignIn::Unknown(answer.credential_id));
    };
    // The counter as it is now: of two uses at once, one was first.
    let proven = proven.against(current.sign_count);
    match tx.account().state {
        State::Active => {}
        State::Frozen => return Ok(SignIn::Frozen),
        State::Disabled | State::Closed => return Ok(SignIn::Refused),
    }
    if attempt.after.is_some_and(|first| !first.is_good(tx.account(), now)) {
        return Ok(SignIn::Over);
    }
    if !challenge.once.spend(tx.tx()).await? {
        return Ok(SignIn::Late);
    }
    used(vault, &tx, now, &passkey, proven, source).await?;
    account::store::set_signed_in_at(&tx, now).await?;
    let browser = attempt.browser;
    // Nothing is lost: nobody need be let in without.
    second_step::store::waivers::end_waiver(&tx).await?;
    let proven = match attempt.after {
        Some(first) => {
            account::store::streak::end(&tx, passkey.account).await?;
            (first.methods.with(Method::Passkey), first.at)
        }
        None => (Methods::of(Method::Passkey), now),
    };
    let Some(begun) = acts::sign_in::begin(vault, &tx, now, proven, browser, attempt.keep).await? else {
        return Ok(SignIn::Refused);
    };
    tx.commit().await?;
    Ok(SignIn::Begun(Box::new(begun)))
}

fn stored(passkey: &Passkey, of: Option<AccountId>) -> Stored<'_> {
    Stored {
        key: &passkey.public_key,
        user_handle: passkey.user_handle,
        sign_count: passkey.sign_count,
        backup_eligible: passkey.backup_eligible,
        is_known: of == Some(passkey.account),
    }
}

/// Notes the use. A counter that did not go on may mean that somebody has a copy: the owner is told, and decides.
async fn used(
    vault: &Vault,
    tx: &Acting,
    now: Moment,
    passkey: &Passkey,
    proven: Proven,
    source: &Source,
) -> Result<(), Fault> {
    store::set_used(tx, now, passkey.id, proven).await?;
    if !proven.may_be_copied {
        return Ok(());
    }
    let (account, detail) = (tx.account(), passkey.name.as_str());
    let change =
        Change { account, kind: Kind::PasskeyCopied, source, detail, former: Former::Nothing, newly: None };
    tell::owner::tell(vault, tx, now, change).await
}
