//! A database that takes no writes, or keeps another time: seen, said, and healed without a restart.
use testkit::{Engine, House, Kind, PASSWORD, house::seconds, net::Request, on_both_engines};

on_both_engines![
    a_switchover_is_told_by_readiness_and_heals_by_itself,
    keys_are_served_while_the_database_is_away,
    a_database_that_is_not_utf_8_is_refused_by_name,
    fx_11_a_node_whose_clock_differs_from_the_databases_is_not_ready,
];

async fn ready(house: &House) -> (u16, String) {
    let answer = house.net.send(Request::get(&house.url("/readyz"))).await;
    (answer.status, answer.json()["status"].as_str().unwrap().to_owned())
}

async fn a_switchover_is_told_by_readiness_and_heals_by_itself(house: House) {
    let Some(name) = house.ground.url.strip_prefix("postgres").and_then(|url| url.rsplit('/').next()) else {
        return assert_eq!(ready(&house).await, (200, "ok".into()));
    };
    house.browser().join("ann@acme.test").await;
    let browser = house.browser();
    browser.get("/sign-in").await;
    house.ground.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    house.ground.cut_connections().await;
    let refused = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert!(refused.status == 503 && !refused.header("retry-after").is_empty(), "{refused:?}");
    assert_eq!(ready(&house).await, (503, "database read-only".into()));
    // The other way round nobody cuts the connections: they are there, and no good.
    let undo = format!("BEGIN READ WRITE; ALTER DATABASE {name} RESET default_transaction_read_only; COMMIT");
    house.ground.execute(&undo).await;
    browser.sign_in("ann@acme.test", PASSWORD).await;
    assert_eq!(ready(&house).await, (200, "ok".into()));
}

async fn keys_are_served_while_the_database_is_away(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    web.tokens(&browser).await;
    let paths = ["/oauth2/jwks", "/.well-known/openid-configuration"];
    let mut before = Vec::new();
    for path in paths {
        before
            .push(house.net.send(Request::get(&house.url(path))).await.assert_status(200).text().to_owned());
    }
    let outage = house.ground.take_away().await;
    house.clock.advance(seconds(60));
    for (path, before) in paths.iter().zip(before) {
        let answer = house.net.send(Request::get(&house.url(path))).await;
        assert_eq!(answer.assert_status(200).text(), before);
    }
    outage.end().await;
}

async fn fx_11_a_node_whose_clock_differs_from_the_databases_is_not_ready(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.database.largest_clock_difference_seconds = 60;
    })
    .await;
    if engine == Engine::Sqlite {
        house.clock.advance(seconds(3600));
        return assert_eq!(ready(&house).await.0, 200, "there is no other clock");
    }
    let theirs = house.ground.count("SELECT (extract(epoch FROM now()) * 1000)::bigint").await;
    let ours = house.clock.now().unix_millis();
    house.clock.step_back(std::time::Duration::from_millis(u64::try_from(ours - theirs).unwrap_or(0)));
    house.clock.advance(std::time::Duration::from_millis(u64::try_from(theirs - ours).unwrap_or(0)));
    assert_eq!(ready(&house).await, (200, "ok".into()));
    let said = |found: &[platform::db::Finding]| found.iter().any(|line| line.what == "clock" && !line.ok);
    assert!(!said(&house.passport.db.examine().await));
    house.clock.advance(seconds(30));
    assert_eq!(ready(&house).await.0, 200, "worth saying, and no more");
    assert!(said(&house.passport.db.examine().await) && house.passport.db.clock_is_notable());
    house.clock.advance(seconds(40));
    assert_eq!(ready(&house).await, (503, "clock differs from the database's".into()));
    house.clock.step_back(seconds(140));
    assert_eq!(ready(&house).await.0, 503, "behind is as bad as ahead");
}

async fn a_database_that_is_not_utf_8_is_refused_by_name(engine: Engine) {
    let house = House::open(engine).await;
    if engine == Engine::Sqlite {
        return assert_eq!(ready(&house).await.0, 200, "SQLite stores UTF-8");
    }
    let name = format!("latin_{}", std::process::id());
    let made =
        format!("CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    house.ground.execute(&made).await;
    let mut url = url::Url::parse(&house.ground.url).unwrap();
    url.set_path(&name);
    let refused = platform::db::Database::open(url.as_str(), 2).await.err().unwrap().to_string();
    house.ground.execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    assert!(refused.contains("encoding is LATIN1"), "{refused}");
}
