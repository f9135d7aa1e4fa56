//! A whole house in one process, for tests: a clock to set, a mailbox to read, browsers and sites to ask with.
//!
//! | room | owns |
//! |---|---|
//! | [`house`] | Passport on its own listener, with a clock to set; what a test must not leave behind |
//! | [`town`] | both halves: Passport and the portal, with companies and people in it |
//! | [`neighbour`] | the portal on its own listener, beside Passport or beside a provider of the test's |
//! | [`engine`] | a fresh database for each house, and the ways in which it can be away |
//! | [`browser`] | a person without JavaScript: cookies, redirects, forms |
//! | [`rp`] | a scripted site that signs people in, and one that is told of sign-outs |
//! | [`net`], [`answer`], [`page`] | requests, and what comes back |
//! | [`asked`] | what one request asks of the database |
//! | [`postbox`] | letters to one address |
//! | [`signer`] | keys of others: client assertions and DPoP proofs |
//! | [`totp`] | an authenticator app on a phone |
//! | [`jwt`] | tokens as their readers see them |
//!
//! A test is a plain `async fn` that takes a [`House`] or a [`Town`] (or an [`Engine`], to open one otherwise) and
//! stands in the list of [`on_both_engines!`]. A house that closes fails its test when letters were not read,
//! jobs are pending, or anything was answered with 500.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of it is test code: what cannot go on fails the test, and says where"
)]

pub mod answer;
pub mod asked;
pub mod authenticator;
pub mod browser;
pub mod engine;
pub mod house;
pub mod jwt;
pub mod neighbour;
pub mod net;
pub mod page;
pub mod postbox;
pub mod rp;
pub mod shelf;
pub mod signer;
pub mod totp;
pub mod town;

pub use answer::Answer;
pub use authenticator::Authenticator;
pub use browser::Browser;
pub use engine::Engine;
pub use house::House;
pub use net::Parameters;
pub use rp::{Kind, Rp};
pub use signer::Signer;
pub use totp::Phone;
pub use town::Town;

/// A password that sign-up accepts.
pub const PASSWORD: &str = "seven green kettles sing";
/// The answer to the secret question of everybody who signs up here.
pub const SECRET_ANSWER: &str = "Under the third stair";

/// What everybody who signs up here says about themselves, so that the secret answer leads back in.
pub const ABOUT: [(&str, &str); 6] = [
    ("name", "Ann Lee"),
    ("country", "GB"),
    ("postal_code", "SW1A 1AA"),
    ("birth_month", "1"),
    ("birth_day", "2"),
    ("birth_year", "1970"),
];

/// What recovery asks of that again: all but the name.
pub const ASKED_AGAIN: [(&str, &str); 5] = {
    let [_name, rest @ ..] = ABOUT;
    rest
};

/// A browser for a Passport that runs elsewhere, as a program of its own.
pub fn browser_of(passport: &str) -> Browser {
    let net = net::Net::new(platform::clock::Clock::system());
    net.know(passport, "https://passport.test");
    Browser::new(net, passport, "")
}

/// What a test is given: a house, or an engine to open one on.
pub trait Given: Sized {
    fn given(engine: Engine) -> impl Future<Output = Self>;
}

impl Given for House {
    async fn given(engine: Engine) -> Self {
        Self::open(engine).await
    }
}

impl Given for Town {
    async fn given(engine: Engine) -> Self {
        Self::open(engine).await
    }
}

impl Given for Engine {
    async fn given(engine: Engine) -> Self {
        engine
    }
}

/// Runs one test on one engine; [`on_both_engines!`] calls it.
pub async fn run<G: Given>(engine: Engine, test: impl AsyncFnOnce(G)) {
    test(G::given(engine).await).await;
}

/// Makes two tests of each named `async fn`: one on SQLite, one on PostgreSQL. A function that is not named is
/// dead code, so the compiler tells of it.
#[macro_export]
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    $crate::run($crate::Engine::Sqlite, super::$name).await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                #[ignore = "needs PostgreSQL: cargo xtask test"]
                async fn $name() {
                    $crate::run($crate::Engine::Postgres, super::$name).await;
                }
            )+
        }
    };
}
