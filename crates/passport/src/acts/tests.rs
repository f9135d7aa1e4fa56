//! The verbs of an account on a database of its own: once, in secret, and with all that hangs on them.
use std::time::Duration;

use platform::{
    clock::{Clock, Moment},
    email::EmailAddress,
    language::Language,
    random::Random,
    secrets::{Keyring, Secret},
};
use tempfile::TempDir;

use crate::{
    Settings,
    account::{Account, AccountId, State, store},
    acts::{
        self,
        arrive::Keep,
        seed::account::AccountSeed,
        sign_in::{Attempt, SignIn},
        sign_up::{SignUp, SignedUp},
    },
    config,
    history::Source,
    sending::Sending,
    session,
    state::Passport,
};

mod seeds;

/// Passport on a fresh SQLite file, with a clock that a test moves and hashing that costs next to nothing.
pub(crate) struct House {
    pub passport: Passport,
    pub clock: Clock,
    _folder: TempDir,
}

pub(crate) async fn house(change: impl FnOnce(&mut Settings)) -> House {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings {
        password: config::Password {
            memory_kib: 64,
            passes: 1,
            parallel: 2,
            waiting: 64,
            ..Default::default()
        },
        ..Settings::default()
    };
    settings.database.url = format!("sqlite:{}/passport.db", folder.path().display());
    change(&mut settings);
    let clock = Clock::settable(Moment::from_unix_seconds(1_155_643_200));
    let keyring = Keyring::from_bytes([7; 32]);
    let passport = Passport::with_keyring(settings, clock.clone(), Random::system(), keyring).await.unwrap();
    migrations::up::<migrations::passport::Migrator>(&passport.db.ground()).await.unwrap();
    House { passport, clock, _folder: folder }
}

pub(crate) const PASSWORD: &str = "correct horse battery staple";

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn maria(address: &str) -> SignUp {
    SignUp {
        email: email(address),
        password: Secret::new(PASSWORD),
        question: "Who?".into(),
        answer: Secret::new("Dona Benta"),
        language: Language::PtBr,
        alternate_email: None,
        claims: oidc::claims::StandardClaims::default(),
        verify: false,
        source: Source::default(),
        taking: None,
        sending: Sending::of(Moment::default(), None),
    }
}

impl House {
    pub(crate) async fn with_maria(&self) -> AccountId {
        let made = acts::sign_up::sign_up(&self.passport, self.clock.now(), maria("Maria@Example.com"))
            .await
            .unwrap();
        let SignedUp::Made(id) = made else { panic!("the address was taken") };
        id
    }

    async fn sign_in(&self, address: &str, password: &str) -> Option<session::Session> {
        self.sign_in_from(address, password, "192.0.2.0/24", None).await
    }

    async fn sign_in_from(
        &self,
        address: &str,
        password: &str,
        address_block: &str,
        current: Option<&session::Session>,
    ) -> Option<session::Session> {
        self.begin(address, password, address_block, current).await.map(|(session, _)| session)
    }

    /// The session and its secret.
    async fn begin(
        &self,
        address: &str,
        password: &str,
        address_block: &str,
        current: Option<&session::Session>,
    ) -> Option<(session::Session, String)> {
        let (email, password) = (&email(address), Secret::new(password));
        let source = &Source { address_block: address_block.to_owned(), ..Source::default() };
        let sessions: Vec<_> = current.cloned().into_iter().collect();
        let browser = session::Browser { source, sessions: &sessions, shared: false };
        // A new computer every time: none is known.
        let computer = &self.passport.random.bytes::<32>();
        let attempt =
            Attempt { email, password, browser, keep: Keep { computer: Some(computer), ..Keep::default() } };
        let begun = acts::sign_in::sign_in(&self.passport, self.clock.now(), attempt).await.unwrap();
        match begun {
            SignIn::Begun(begun) => Some((begun.session, begun.secret)),
            SignIn::Second(_) | SignIn::Frozen | SignIn::Refused => None,
        }
    }

    async fn account(&self, id: AccountId) -> Account {
        store::find(self.passport.db.reader(), id).await.unwrap().unwrap()
    }

    async fn is_live(&self, session: &session::Session) -> bool {
        let lifetime = (&self.passport.settings.session).into();
        session::store::is_live(self.passport.db.reader(), self.clock.now(), lifetime, session.id)
            .await
            .unwrap()
    }

    async fn letters_waiting(&self) -> i64 {
        platform::outbox::waiting(self.passport.db.reader()).await.unwrap().0
    }
}

#[tokio::test]
async fn an_account_keeps_the_address_as_typed_and_unverified() {
    let house = house(|_| ()).await;
    let id = house.with_maria().await;
    let account = house.account(id).await;
    assert_eq!(account.email, "Maria@Example.com");
    assert!(!account.email_verified, "PP-06");
    assert_eq!((account.language, account.question.as_deref()), (Language::PtBr, Some("Who?")));
    let claims = account.known_claims();
    assert_eq!(claims.email.as_deref(), Some("Maria@Example.com"));
    assert_eq!((claims.email_verified, claims.updated_at), (Some(false), Some(1_155_643_200)));
    assert_eq!(claims.preferred_username, None, "nobody chose one");
    assert_eq!(claims.locale.as_deref(), Some("pt-BR"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pp_08_of_eight_sign_ups_at_once_for_one_address_one_account_is_made() {
    let house = house(|_| ()).await;
    let spellings = ["maria@example.com", "MARIA@example.com", "Maria@EXAMPLE.com", "maria@Example.Com"];
    let mut running = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (passport, now) = (house.passport.clone(), house.clock.now());
        running.spawn(async move {
            let sending = Sending::of(now, Some([1; 32]));
            let form = SignUp { sending, ..maria(spellings[number % 4]) };
            acts::sign_up::sign_up(&passport, now, form).await.unwrap()
        });
    }
    let ended = running.join_all().await;
    // One form, as from a browser that sends it again and again: one answer for all.
    assert_eq!(ended.len(), 8);
    assert!(ended.iter().all(|end| matches!(end, SignedUp::Made(_)) && end == &ended[0]), "{ended:?}");
    assert_eq!(store::count(house.passport.db.reader()).await.unwrap(), 1);
    assert_eq!(house.letters_waiting().await, 0, "where it is said openly, nobody is written to");
}

#[tokio::test]
async fn en_02_where_it_must_not_be_said_the_owner_of_a_taken_address_is_written_to() {
    let house = house(|settings| settings.sign_up.reveal_taken = false).await;
    house.with_maria().await;
    assert_eq!(house.letters_waiting().await, 0);
    let again =
        acts::sign_up::sign_up(&house.passport, house.clock.now(), maria("MARIA@example.com")).await.unwrap();
    assert_eq!(again, SignedUp::Taken);
    assert_eq!(house.letters_waiting().await, 1);
    // One form that comes twice is no second sign-up.
    let sending = Sending::of(house.clock.now(), Some([1; 32]));
    for _ in 0..2 {
        let form = SignUp { sending: sending.clone(), ..maria("other@example.com") };
        let made = acts::sign_up::sign_up(&house.passport, house.clock.now(), form).await.unwrap();
        assert!(matches!(made, SignedUp::Made(_)), "{made:?}");
    }
    assert_eq!(house.letters_waiting().await, 1);
}

#[tokio::test]
async fn the_letter_to_the_owner_goes_to_the_stored_address_in_the_owners_language() {
    let house = house(|_| ()).await;
    let id = house.with_maria().await;
    let letter =
        crate::account::letters::already_have(&house.passport.site, &house.account(id).await).unwrap();
    assert_eq!((letter.to.as_str(), letter.language.as_str()), ("Maria@Example.com", "pt-BR"));
    assert_eq!(letter.subject, "Você já tem um Passport");
    for part in [&letter.text, &letter.html] {
        assert!(part.contains("http://localhost:8081/sign-in"), "{part}");
        assert!(part.contains("Maria@Example.com") && !part.contains('⟦'), "{part}");
    }
}

#[tokio::test]
async fn pp_10_one_person_may_have_several_accounts_with_different_addresses() {
    let house = house(|_| ()).await;
    let now = house.clock.now();
    for address in ["maria@example.com", "maria@work.example", "silva@example.com"] {
        assert!(matches!(
            acts::sign_up::sign_up(&house.passport, now, maria(address)).await.unwrap(),
            SignedUp::Made(_)
        ));
    }
    assert_eq!(store::count(house.passport.db.reader()).await.unwrap(), 3);
}

#[tokio::test]
async fn pp_12_the_address_in_any_ascii_case_and_the_password_sign_in() {
    let house = house(|_| ()).await;
    let id = house.with_maria().await;
    let session = house.sign_in("MARIA@example.COM", PASSWORD).await.unwrap();
    assert_eq!((session.account, session.auth_time), (id, house.clock.now()));
    assert!(house.is_live(&session).await);
    assert_eq!(house.account(id).await.signed_in_at, Some(house.clock.now()));
}

#[tokio::test]
async fn en_01_wrong_unknown_and_disabled_are_one_answer() {
    let house = house(|_| ()).await;
    let id = house.with_maria().await;
    assert_eq!(house.sign_in("maria@example.com", "wrong horse").await, None);
    assert_eq!(house.sign_in("nobody@example.com", PASSWORD).await, None);
    assert_eq!(house.sign_in("maria@example.com", &PASSWORD.repeat(200)).await, None);
    assert!(acts::disable::disable(&house.passport, house.clock.now(), id).await.unwrap());
    assert_eq!(house.sign_in("maria@example.com", PASSWORD).await, None);
}

#[tokio::test]
async fn bf_01_after_ten_tries_the_right_password_is_refused_for_a_quarter_of_an_hour_and_no_longer() {
    let house = house(|_| ()).await;
    house.with_maria().await;
    for address in ["maria@example.com", "MARIA@example.com"].iter().cycle().take(10) {
        assert_eq!(house.sign_in(address, "wrong horse").await, None);
    }
    assert_eq!(house.sign_in("maria@example.com", PASSWORD).await, None, "whatever the spelling");
    let elsewhere = house.sign_in_from("maria@example.com", PASSWORD, "198.51.100.0/24", None).await;
    assert_eq!(elsewhere, None, "wherever from");
    house.clock.advance(Duration::from_secs(2 * 15 * 60));
    assert!(house.sign_in("maria@example.com", PASSWORD).await.is_some());
}

#[tokio::test]
async fn bf_04_one_try_at_each_of_many_accounts_is_limited_by_where_it_comes_from() {
    let house = house(|_| ()).await;
    house.with_maria().await;
    for number in 0..60 {
        assert_eq!(house.sign_in(&format!("person{number}@example.com"), PASSWORD).await, None);
    }
    assert_eq!(house.sign_in("maria@example.com", PASSWORD).await, None);
    let elsewhere = house.sign_in_from("maria@example.com", PASSWORD, "198.51.100.0/24", None).await;
    assert!(elsewhere.is_some(), "others are not shut out");
}

#[tokio::test]
async fn br_04_signing_in_again_keeps_the_session_and_makes_its_old_cookie_worthless() {
    let house = house(|_| ()).await;
    house.with_maria().await;
    let block = "192.0.2.0/24";
    let (first, old) = house.begin("maria@example.com", PASSWORD, block, None).await.unwrap();
    let other_browser = house.sign_in("maria@example.com", PASSWORD).await.unwrap();
    house.clock.advance(Duration::from_secs(60));
    let (again, new) = house.begin("maria@example.com", PASSWORD, block, Some(&first)).await.unwrap();
    assert_eq!((first.id, again.auth_time), (again.id, house.clock.now()), "the sid that sites know");
    let (reader, lifetime) = (house.passport.db.reader(), (&house.passport.settings.session).into());
    for (secret, lives) in [(old, false), (new, true)] {
        let named = [(again.id, secret)];
        let found = session::store::find_live(reader, house.clock.now(), lifetime, &named).await.unwrap();
        assert_eq!(!found.is_empty(), lives);
    }
    assert_ne!(other_browser.id, again.id);
    assert!(house.is_live(&other_browser).await);
}

#[tokio::test]
async fn br_04_another_account_in_the_same_browser_gets_a_session_of_its_own() {
    let house = house(|_| ()).await;
    house.with_maria().await;
    let first = house.sign_in("maria@example.com", PASSWORD).await.unwrap();
    acts::seed::account::ensure(&house.passport, house.clock.now(), seeds::seed(seeds::SEED))
        .await
        .unwrap()
        .unwrap();
    let other = house.sign_in_from("joao@example.com", PASSWORD, "192.0.2.0/24", Some(&first)).await.unwrap();
    assert!(other.id != first.id && other.account != first.account);
}

#[tokio::test]
async fn disabling_ends_every_session() {
    let house = house(|_| ()).await;
    let id = house.with_maria().await;
    let session = house.sign_in("maria@example.com", PASSWORD).await.unwrap();
    assert!(acts::disable::disable(&house.passport, house.clock.now(), id).await.unwrap());
    assert!(!house.is_live(&session).await);
    assert_eq!(store::find_active(house.passport.db.reader(), id).await.unwrap(), None);
    assert!(!acts::disable::disable(&house.passport, house.clock.now(), id).await.unwrap(), "it was already");
}

#[tokio::test]
async fn a_reset_or_a_disabling_in_the_meantime_wins_over_a_checked_password() {
    let house = house(|_| ()).await;
    let id = house.with_maria().await;
    let now = house.clock.now();
    let tx = crate::account::acting::Acting::on(&house.passport.db, id).await.unwrap().unwrap();
    let checked = store::find_credentials(&tx, "maria@example.com").await.unwrap().unwrap();
    assert!(store::set_signed_in(&tx, now, &checked).await.unwrap());
    store::set_password_hash(&tx, id, "another").await.unwrap();
    assert!(!store::set_signed_in(&tx, now, &checked).await.unwrap());
    let checked = store::find_credentials(&tx, "maria@example.com").await.unwrap().unwrap();
    store::set_state(&tx, now, id, State::Disabled).await.unwrap();
    assert!(!store::set_signed_in(&tx, now, &checked).await.unwrap());
}

#[tokio::test]
async fn a_hash_of_older_parameters_is_renewed_at_sign_in() {
    let mut house = house(|_| ()).await;
    house.with_maria().await;
    let hash = async |house: &House| {
        let found = store::find_credentials(house.passport.db.reader(), "maria@example.com").await;
        found.unwrap().unwrap().password_hash
    };
    assert!(hash(&house).await.contains("m=64,t=1"));
    let settings = Settings {
        password: config::Password { memory_kib: 128, ..house.passport.settings.password.clone() },
        ..house.passport.settings.clone()
    };
    let keyring = Keyring::from_bytes([7; 32]);
    house.passport =
        Passport::with_keyring(settings, house.clock.clone(), Random::system(), keyring).await.unwrap();
    assert!(house.sign_in("maria@example.com", PASSWORD).await.is_some());
    assert!(hash(&house).await.contains("m=128,t=1"));
    assert!(house.sign_in("maria@example.com", PASSWORD).await.is_some(), "and is still the same password");
}
