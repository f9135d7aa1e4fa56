//! Accounts that an operator brings: seeds, and what lists and dumps hold of them.
use super::*;

pub fn seed(text: &str) -> AccountSeed {
    serde_json::from_str(text).unwrap()
}

pub const SEED: &str = r#"{"email": "joao@example.com", "password": "correct horse battery staple",
    "email_verified": true, "claims": {"name": "João", "email": "other@example.com"}, "language": "pt-BR",
    "question": "Who?", "answer": "Me", "alternate_email": "joao@home.example"}"#;

#[tokio::test]
async fn a_seed_makes_an_account_and_the_same_seed_again_changes_nothing() {
    let house = house(|_| ()).await;
    let id =
        acts::seed::account::ensure(&house.passport, house.clock.now(), seed(SEED)).await.unwrap().unwrap();
    let hashes = async || {
        let found = store::find_credentials(house.passport.db.reader(), "joao@example.com").await.unwrap();
        let answer = store::find_answer_hash(house.passport.db.reader(), id).await.unwrap();
        (found.unwrap().password_hash, answer.unwrap())
    };
    let (made, before) = (house.account(id).await, hashes().await);
    assert_eq!(made.known_claims().email.as_deref(), Some("joao@example.com"), "the account's own address");
    assert_eq!(made.display_name(), "João");
    house.clock.advance(Duration::from_secs(60));
    assert_eq!(
        acts::seed::account::ensure(&house.passport, house.clock.now(), seed(SEED)).await.unwrap(),
        Ok(id)
    );
    assert_eq!(house.account(id).await, made);
    assert_eq!(hashes().await, before);
    assert!(house.sign_in("joao@example.com", PASSWORD).await.is_some());
}

#[tokio::test]
async fn another_seed_brings_the_account_to_what_it_says_and_keeps_the_subject() {
    let house = house(|_| ()).await;
    let id =
        acts::seed::account::ensure(&house.passport, house.clock.now(), seed(SEED)).await.unwrap().unwrap();
    let changed = r#"{"email": "JOAO@example.com", "password": "another horse entirely", "disabled": true}"#;
    assert_eq!(
        acts::seed::account::ensure(&house.passport, house.clock.now(), seed(changed)).await.unwrap(),
        Ok(id)
    );
    let account = house.account(id).await;
    assert!(!account.is_active() && !account.email_verified && account.claims.name.is_none());
    let enabled = changed.replace("true", "false");
    acts::seed::account::ensure(&house.passport, house.clock.now(), seed(&enabled)).await.unwrap().unwrap();
    assert!(house.sign_in("joao@example.com", "another horse entirely").await.is_some());
    assert_eq!(house.sign_in("joao@example.com", PASSWORD).await, None);
}

#[tokio::test]
async fn a_seed_that_cannot_be_is_refused_in_words_and_stores_nothing() {
    let house = house(|_| ()).await;
    for (text, problem) in [
        (r#"{"email": "joao", "password": "12345678"}"#, "\"joao\" is not an e-mail address"),
        (r#"{"email": "a@b.example", "password": "1234567"}"#, "the password must be 8 to 1024 bytes long"),
        (
            r#"{"email": "a@b.example", "password": "12345678", "alternate_email": "A@b.example"}"#,
            "the alternate e-mail address must be an address other than the first",
        ),
        (
            r#"{"email": "a@b.example", "password": "12345678", "question": "Who?"}"#,
            "a secret question needs an answer, and an answer a question",
        ),
    ] {
        let refused =
            acts::seed::account::ensure(&house.passport, house.clock.now(), seed(text)).await.unwrap();
        assert_eq!(refused, Err(problem.to_owned()));
    }
    assert!(serde_json::from_str::<AccountSeed>(r#"{"email": "a", "password": "b", "pass": 1}"#).is_err());
    assert_eq!(store::count(house.passport.db.reader()).await.unwrap(), 0);
}

#[tokio::test]
async fn an_operator_who_adds_an_address_twice_is_told() {
    let house = house(|_| ()).await;
    let made = acts::seed::account::add(&house.passport, house.clock.now(), seed(SEED)).await.unwrap();
    assert!(made.is_ok());
    let again = acts::seed::account::add(&house.passport, house.clock.now(), seed(SEED)).await.unwrap();
    assert_eq!(again, Err("joao@example.com has an account already".to_owned()));
}

#[tokio::test]
async fn lists_and_dumps_hold_nothing_that_proves_anybody() {
    let house = house(|_| ()).await;
    let id =
        acts::seed::account::ensure(&house.passport, house.clock.now(), seed(SEED)).await.unwrap().unwrap();
    let reader = house.passport.db.reader();
    assert_eq!(store::list(reader, None, 10).await.unwrap().len(), 1);
    assert_eq!(store::list(reader, Some(id), 10).await.unwrap(), []);
    let dump = serde_json::to_string(&store::dump(reader).await.unwrap()).unwrap();
    assert!(dump.contains("joao@example.com") && dump.contains("joao@home.example"), "{dump}");
    assert!(!dump.contains("argon2") && !dump.contains("hash"), "{dump}");
}
