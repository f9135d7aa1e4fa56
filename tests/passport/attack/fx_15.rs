//! FX-15, FT-13: a schema one step newer than the binary, and migrations that are killed at whatever point.
use std::{future::poll_fn, pin::pin, task::Poll};

use customersource::Portal;
use platform::{db::Database, random::Random, secrets::Keyring};
use testkit::{
    Engine, House,
    engine::{Ground, Template},
    net::Request,
    on_both_engines,
};

on_both_engines![
    fx_15_a_schema_of_a_newer_binary_is_served_by_the_older_one,
    fx_15_a_migration_that_was_killed_anywhere_is_begun_again_and_done,
    fx_15_nodes_that_start_together_migrate_once,
];

type Steps = migrations::passport::Migrator;

async fn fx_15_a_schema_of_a_newer_binary_is_served_by_the_older_one(house: House) {
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_of_tomorrow', 1)";
    house.ground.execute(newer).await;
    house.ground.execute("CREATE TABLE of_tomorrow (id BIGINT PRIMARY KEY)").await;
    let db = &house.passport.db;
    house.passport.migrate().await.unwrap();
    assert!(migrations::pending::<Steps>(&db.ground()).await.unwrap().is_empty());
    assert_eq!(migrations::newer::<Steps>(&db.ground()).await.unwrap(), ["m9999_of_tomorrow"]);
    let node = house.second_node().await;
    node.passport.migrate().await.unwrap();
    let browser = house.browser();
    browser.go_through(&node);
    browser.join("ann@acme.test").await;

    let ground = empty(house.engine).await;
    let portal = portal_on(&ground).await;
    portal.migrate().await.unwrap();
    ground.execute(newer).await;
    portal.migrate().await.unwrap();
    assert_eq!(portal.steps().await.unwrap(), (vec![], vec!["m9999_of_tomorrow".to_owned()]));
    house.net.send(Request::get(&house.url("/readyz"))).await.assert_status(200);
    portal.db.clone().close().await.unwrap();
}

async fn portal_on(ground: &Ground) -> Portal {
    let mut settings = customersource::Settings::default();
    settings.database.url.clone_from(&ground.url);
    let clock = platform::clock::Clock::system();
    Portal::with_keyring(settings, clock, Random::seeded(1), Keyring::from_bytes([7; 32])).await.unwrap()
}

static NOTHING: Template = Template::new("nothing");

/// A database that was written to and holds nothing.
async fn empty(engine: Engine) -> Ground {
    let lay = async |url: String| {
        let db = Database::open(&url, 1).await.unwrap();
        db.begin().await.unwrap().commit().await.unwrap();
        db.close().await.unwrap();
    };
    NOTHING.copy(engine, lay).await
}

/// Carries `work` so far and no further.
async fn kill_after(polls: usize, work: impl Future<Output = ()>) -> bool {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(move |cx| match (left, work.as_mut().poll(cx)) {
        (_, Poll::Ready(())) => Poll::Ready(true),
        (0, Poll::Pending) => Poll::Ready(false),
        (_, Poll::Pending) => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

async fn fx_15_a_migration_that_was_killed_anywhere_is_begun_again_and_done(engine: Engine) {
    let ground = empty(engine).await;
    let count = "SELECT COUNT(*) FROM seaql_migrations";
    let mut killed = 0;
    // How many polls it takes depends on the machine; a kill at each of the first ones is many on every one.
    for round in 0..200 {
        let db = Database::open(&ground.url, 2).await.unwrap();
        let work = async { migrations::up::<Steps>(&db.ground()).await.unwrap() };
        if kill_after(round, work).await {
            break;
        }
        killed += 1;
        ground.cut_connections().await;
    }
    assert!(killed >= 25, "killed only {killed} times: it is done in fewer steps than expected");
    let db = Database::open(&ground.url, 2).await.unwrap();
    migrations::up::<Steps>(&db.ground()).await.unwrap();
    assert!(migrations::pending::<Steps>(&db.ground()).await.unwrap().is_empty());
    let names = ground.count(count).await;
    assert_eq!(ground.count("SELECT COUNT(DISTINCT version) FROM seaql_migrations").await, names);
    db.close().await.unwrap();
}

async fn fx_15_nodes_that_start_together_migrate_once(engine: Engine) {
    let ground = empty(engine).await;
    let mut nodes = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let db = Database::open(&ground.url, 2).await.unwrap();
        nodes.spawn(async move {
            migrations::up::<Steps>(&db.ground()).await.unwrap();
            db.close().await.unwrap();
        });
    }
    nodes.join_all().await;
    let names = ground.count("SELECT COUNT(*) FROM seaql_migrations").await;
    assert_eq!(ground.count("SELECT COUNT(DISTINCT version) FROM seaql_migrations").await, names);
}
