//! FX-12, requests that are pushed: what strangers can make us keep is budgeted before it is written [INV-11].
use testkit::{
    Answer, Engine, House, Kind, Rp,
    house::{hours, minutes},
    on_both_engines,
};

on_both_engines![
    fx_12_pushes_of_public_sites_are_budgeted_before_they_write,
    fx_12_a_push_of_a_public_site_has_a_size,
    fx_12_pushed_requests_are_gone_soon,
];

async fn push(rp: &Rp, more: &[(&str, &str)]) -> Answer {
    let challenge = testkit::rp::challenge(testkit::rp::VERIFIER);
    let mut fields = vec![
        ("response_type", "code"),
        ("redirect_uri", rp.redirect_uri.as_str()),
        ("scope", "openid"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    fields.extend(more);
    rp.post("/oauth2/par", &fields, |call| call).await
}

async fn fx_12_pushes_of_public_sites_are_budgeted_before_they_write(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.limits.scale = 0.05).await;
    let (spa, web) = (house.client(Kind::Spa).await, house.client(Kind::Web).await);
    let mut taken = 0;
    for _ in 0..20 {
        let answer = push(&spa, &[]).await;
        if answer.status == 201 {
            taken += 1;
            continue;
        }
        answer.assert_status(429);
        assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
    }
    assert_eq!(taken, 6);
    let rows = || async { house.ground.count("SELECT COUNT(*) FROM pushed_request").await };
    assert_eq!(rows().await, 6, "a refusal writes nothing");
    let before = house.ground.count("SELECT CAST(SUM(used) AS BIGINT) FROM budget").await;
    for _ in 0..5 {
        push(&spa, &[]).await.assert_status(429);
    }
    assert_eq!(house.ground.count("SELECT CAST(SUM(used) AS BIGINT) FROM budget").await, before);
    push(&web, &[]).await.assert_status(201);
    house.clock.advance(minutes(20));
    push(&spa, &[]).await.assert_status(201);
}

async fn fx_12_a_push_of_a_public_site_has_a_size(house: House) {
    let (spa, web) = (house.client(Kind::Spa).await, house.client(Kind::Web).await);
    let hints = "x".repeat(7_000);
    let large = [("id_token_hint", hints.as_str()), ("login_hint", &hints), ("ui_locales", &hints)];
    let refused = push(&spa, &large).await;
    assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("invalid_request")));
    push(&web, &large).await.assert_status(201);
    push(&spa, &large[..1]).await.assert_status(201);
}

async fn fx_12_pushed_requests_are_gone_soon(house: House) {
    let spa = house.client(Kind::Spa).await;
    push(&spa, &[]).await.assert_status(201);
    house.clock.advance(hours(3));
    passport::jobs::sweep(&house.passport).await.unwrap();
    assert_eq!(house.ground.count("SELECT COUNT(*) FROM pushed_request").await, 0);
}
