//! An account as a file describes it: made when it is not there, brought to the described state when it is.
use oidc::claims::StandardClaims;
use platform::{Fault, clock::Moment, email::EmailAddress, language::Language, secrets::Secret};
use serde::Deserialize;

use crate::{
    account::{
        Account, AccountId, Alternate, State,
        acting::{Acting, Founded},
        password::rules::{self, Refused},
        question, said,
        store::{self, Facts, NewAccount},
    },
    acts,
    desk::Vault,
    history::{Kind, Source},
    notice::{Change, Former},
    recovery::{self, Way},
    tell,
};

/// One account with all its facts. Operators answer for the password: only its length is checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSeed {
    pub email: String,
    pub password: Secret,
    #[serde(default)]
    pub email_verified: bool,
    /// Standard claims (OIDC Core §5.1), without the address.
    #[serde(default)]
    pub claims: StandardClaims,
    /// Question and answer go together.
    #[serde(default)]
    pub question: Option<String>,
    #[serde(default)]
    pub answer: Option<Secret>,
    #[serde(default)]
    pub language: Language,
    #[serde(default)]
    pub alternate_email: Option<String>,
    /// Its reader is known to be the account's owner; else it waits for its proof and opens nothing.
    #[serde(default)]
    pub alternate_email_verified: bool,
    #[serde(default)]
    pub disabled: bool,
}

/// Why a described account cannot be made.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("{0:?} is not an e-mail address")]
    Address(String),
    #[error("the alternate e-mail address must be an address other than the first")]
    AlternateAddress,
    #[error("the password must be {} to {} bytes long", rules::SHORTEST, rules::LONGEST)]
    Password,
    #[error("a secret question needs an answer, and an answer a question")]
    Question,
}

struct Checked {
    email: EmailAddress,
    alternate: Option<Alternate>,
    question: Option<(String, Secret)>,
}

impl AccountSeed {
    fn check(&self) -> Result<Checked, Unusable> {
        let parse = |text: &str| EmailAddress::parse(text).map_err(|_| Unusable::Address(text.to_owned()));
        let email = parse(&self.email)?;
        let alternate = self.alternate_email.as_deref().map(parse).transpose()?;
        if alternate.as_ref().is_some_and(|alternate| alternate.key() == email.key()) {
            return Err(Unusable::AlternateAddress);
        }
        rules::check_length(self.password.expose()).map_err(|_: Refused| Unusable::Password)?;
        let question = match (&self.question, &self.answer) {
            (None, None) => None,
            (Some(question), Some(answer)) if !rules::fold_answer(answer.expose()).is_empty() => {
                Some((question::checked(question).ok_or(Unusable::Question)?, answer.clone()))
            }
            _ => return Err(Unusable::Question),
        };
        let verified = self.alternate_email_verified;
        let alternate =
            alternate.map(|alternate| Alternate { address: alternate.as_str().to_owned(), verified });
        Ok(Checked { email, alternate, question })
    }
}

/// Makes the account, or brings it to what the seed says. Another password ends everything, as a reset does, and its
/// owner is told of it and of another question. Twice the same seed changes nothing more.
/// The inner error says in words what is wrong with the seed.
pub async fn ensure(
    vault: &Vault,
    now: Moment,
    seed: AccountSeed,
) -> Result<Result<AccountId, String>, Fault> {
    let checked = match seed.check() {
        Ok(checked) => checked,
        Err(unusable) => return Ok(Err(unusable.to_string())),
    };
    let id = match store::find_by_key(vault.db.reader(), checked.email.key()).await? {
        Some(account) => renew(vault, now, &account, &seed, &checked).await?,
        None => match insert(vault, now, &seed, &checked).await? {
            Some(id) => id,
            // Somebody was faster, or the account was made meanwhile.
            None => {
                let found = store::find_by_key(vault.db.reader(), checked.email.key()).await?;
                let account = found.ok_or_else(|| Fault::bug("an account came and went"))?;
                renew(vault, now, &account, &seed, &checked).await?
            }
        },
    };
    if seed.disabled {
        acts::disable::disable(vault, now, id).await?;
    }
    Ok(Ok(id))
}

/// Makes the account; a taken address is an error in words, like anything else that is wrong with it.
pub async fn add(vault: &Vault, now: Moment, seed: AccountSeed) -> Result<Result<AccountId, String>, Fault> {
    let checked = match seed.check() {
        Ok(checked) => checked,
        Err(unusable) => return Ok(Err(unusable.to_string())),
    };
    let made = insert(vault, now, &seed, &checked).await?;
    Ok(made.ok_or_else(|| format!("{} has an account already", checked.email.as_str())))
}

async fn insert(
    vault: &Vault,
    now: Moment,
    seed: &AccountSeed,
    checked: &Checked,
) -> Result<Option<AccountId>, Fault> {
    let id = AccountId::new(now, &vault.random);
    let password_hash = vault.hasher.hash(seed.password.clone()).await?;
    let (question, answer_hash) = match &checked.question {
        Some((question, answer)) => (Some(question.clone()), Some(vault.hasher.hash_answer(answer).await?)),
        None => (None, None),
    };
    let new = NewAccount {
        id,
        email: checked.email.clone(),
        email_verified: seed.email_verified,
        state: State::Active,
        password_hash,
        question,
        answer_hash,
        alternate: checked.alternate.clone(),
        claims: seed.claims.clone(),
        language: seed.language,
    };
    let Founded::New(tx) = Acting::founding(&vault.db, now, new).await? else { return Ok(None) };
    tx.commit().await?;
    Ok(Some(id))
}

async fn renew(
    vault: &Vault,
    now: Moment,
    account: &Account,
    seed: &AccountSeed,
    checked: &Checked,
) -> Result<AccountId, Fault> {
    let (id, hasher) = (account.id, &vault.hasher);
    let stored = store::find_credentials(vault.db.reader(), checked.email.key()).await?;
    let stored = stored.as_ref().map(|found| found.password_hash.as_str());
    let same_password = hasher.verify(hasher.place()?, seed.password.clone(), stored).await?.matches;
    let password_hash = if same_password { None } else { Some(hasher.hash(seed.password.clone()).await?) };
    let stored_answer = store::find_answer_hash(vault.db.reader(), id).await?;
    let question = match &checked.question {
        Some((question, answer)) => {
            let same = account.question.as_ref() == Some(question)
                && hasher.verify_answer(hasher.place()?, answer, stored_answer.as_deref()).await?.matches;
            if same { None } else { Some((question, hasher.hash_answer(answer).await?)) }
        }
        None => None,
    };
    let facts = Facts {
        email_verified: seed.email_verified,
        alternate: checked.alternate.clone(),
        claims: said(&seed.claims),
        language: seed.language,
    };
    let tx = Acting::on(&vault.db, id).await?.ok_or_else(|| Fault::bug("an account came and went"))?;
    let source = &Source::default();
    let changed = |kind, former| Change { account, kind, source, detail: "", former, newly: None };
    if facts != Facts::of(account) {
        store::set_facts(&tx, now, id, &facts).await?;
    }
    if facts.alternate != account.alternate {
        // One that is proven by the operator's word counts at once; any other opens nothing.
        recovery::store::end_open_by(&tx, id, Way::Alternate).await?;
    }
    if let Some((question, answer_hash)) = question {
        let former = Former::Question { question: account.question.clone(), answer_hash: stored_answer };
        store::set_question(&tx, id, Some(question), Some(&answer_hash)).await?;
        acts::credentials::answer_changed(&tx, now).await?;
        tx.raise_epoch().await?;
        tell::owner::tell(vault, &tx, now, changed(Kind::QuestionChanged, former)).await?;
    }
    if let Some(hash) = password_hash {
        store::set_password_hash(&tx, id, &hash).await?;
        store::streak::end(&tx, id).await?;
        acts::end::end_everything(vault, &tx, now, id).await?;
        tell::owner::tell(vault, &tx, now, changed(Kind::PasswordChanged, Former::Nothing)).await?;
    }
    if !seed.disabled {
        store::set_state(&tx, now, id, State::Active).await?;
    }
    tx.commit().await?;
    Ok(id)
}
