//! Passport, or both halves, in this process: for stories that move the clock.
use passport::account::{Alternate, acting::Acting, store};
use testkit::{Engine, House, Town};
use tokio::sync::SemaphorePermit;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    post::{Letter, Post},
    world::{Addresses, turn},
};

/// Passport in this process, on a clock that the story moves; its letters go out when they are looked for.
pub struct Alone {
    pub house: House,
    pub addresses: Addresses,
    _turn: SemaphorePermit<'static>,
}

impl Alone {
    pub async fn open() -> Self {
        let turn = turn().await;
        let house = House::open(Engine::Sqlite).await;
        house.leave_mail();
        let passport = house.passport.issuer().to_owned();
        let post = Post::Mailbox(house.mailbox.clone());
        Self { house, addresses: Addresses { portal: passport.clone(), passport, post }, _turn: turn }
    }

    /// The alternate address of somebody's account was proven, long ago.
    pub async fn alternate_is_proven(&self, email: &str) {
        let db = &self.house.passport.db;
        let found = store::find_by_key(db.reader(), email).await.unwrap().unwrap();
        let tx = Acting::on(&self.house.passport.db, found.id).await.unwrap().unwrap();
        let proven = found.alternate.map(|alternate| Alternate { verified: true, ..alternate });
        store::set_alternate(&tx, found.id, proven).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The address of a page.
    pub fn at(&self, path: &str) -> String {
        self.house.url(path)
    }

    /// Every letter that was sent.
    pub async fn letters(&self) -> Vec<Letter> {
        self.house.deliver().await;
        self.house.mailbox.messages().iter().map(|message| Letter::of(message)).collect()
    }

    /// The `n`th letter to `address`, counted from 1.
    pub async fn letter(&self, n: usize, address: &str) -> Letter {
        self.house.deliver().await;
        self.addresses.post.letters(n, address).await.remove(n - 1)
    }
}

/// Both halves in this process on one clock, with their letters going out by themselves.
pub struct Together {
    _workers: DropGuard,
    pub town: Town,
    pub addresses: Addresses,
    _turn: SemaphorePermit<'static>,
}

impl Together {
    pub async fn open() -> Self {
        let turn = turn().await;
        let town = Town::open(Engine::Sqlite).await;
        town.leave_mail();
        let addresses = Addresses {
            passport: town.passport.issuer().to_owned(),
            portal: town.portal().settings.server.public_url.clone(),
            post: Post::Mailbox(town.mailbox.clone()),
        };
        let stop = CancellationToken::new();
        tokio::spawn(passport::jobs::worker(&town.passport).run(stop.clone()));
        tokio::spawn(customersource::worker(town.portal()).run(stop.clone()));
        Self { _workers: stop.drop_guard(), town, addresses, _turn: turn }
    }
}
