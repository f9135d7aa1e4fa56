//! The keys that a site publishes: fetched when needed, kept for a minute, looked for again when one is new.
use oidc::{client::Client, jws::SigningAlgorithm};
use passport::client::keys;
use serde_json::{Value, json};
use testkit::{
    House, Kind,
    house::{minutes, seconds},
    on_both_engines,
    rp::{Listener, Reply},
};

on_both_engines![
    a_new_key_is_found_at_once_and_looked_for_once_in_five_seconds,
    a_key_that_was_taken_away_is_gone_after_a_minute,
    a_site_that_does_not_answer_keeps_its_keys_for_an_hour,
    keys_given_by_value_are_never_fetched,
    a_set_that_is_no_good_holds_no_key,
];

const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

fn set(kids: &[&str]) -> Value {
    let key = |kid: &&str| json!({"kty": "EC", "crv": "P-256", "x": X, "y": Y, "kid": kid});
    json!({ "keys": kids.iter().map(key).collect::<Vec<_>>() })
}

fn site(listener: &Listener) -> Client {
    Client { jwks_uri: Some(listener.url.clone()), ..Kind::Web.metadata() }
}

async fn found(house: &House, client: &Client, kid: &str) -> usize {
    keys::find_public(&house.passport.clients, client, Some(kid), SigningAlgorithm::ES256)
        .await
        .unwrap()
        .len()
}

async fn a_new_key_is_found_at_once_and_looked_for_once_in_five_seconds(house: House) {
    let listener = Listener::open().await;
    let client = site(&listener);
    listener.answers(Reply::Json(set(&["old"])));
    assert_eq!((found(&house, &client, "old").await, listener.received().len()), (1, 1));
    assert_eq!((found(&house, &client, "old").await, listener.received().len()), (1, 1), "kept");
    listener.answers(Reply::Json(set(&["old", "new"])));
    assert_eq!((found(&house, &client, "new").await, listener.received().len()), (0, 1), "just looked");
    house.clock.advance(seconds(5));
    assert_eq!((found(&house, &client, "new").await, listener.received().len()), (1, 2));
    for number in 0..20 {
        assert_eq!(found(&house, &client, &format!("unknown {number}")).await, 0);
    }
    assert_eq!(listener.received().len(), 2, "who invents names makes no calls");
}

async fn a_key_that_was_taken_away_is_gone_after_a_minute(house: House) {
    let listener = Listener::open().await;
    let client = site(&listener);
    listener.answers(Reply::Json(set(&["old"])));
    assert_eq!(found(&house, &client, "old").await, 1);
    listener.answers(Reply::Json(set(&["new"])));
    house.clock.advance(minutes(1));
    assert_eq!((found(&house, &client, "old").await, found(&house, &client, "new").await), (0, 1));
}

async fn a_site_that_does_not_answer_keeps_its_keys_for_an_hour(house: House) {
    let listener = Listener::open().await;
    let client = site(&listener);
    listener.answers(Reply::Json(set(&["old"])));
    assert_eq!(found(&house, &client, "old").await, 1);
    listener.answers(Reply::Status(500));
    house.clock.advance(minutes(59));
    assert_eq!(found(&house, &client, "old").await, 1);
    house.clock.advance(minutes(2));
    assert_eq!(found(&house, &client, "old").await, 0);
}

async fn keys_given_by_value_are_never_fetched(house: House) {
    let listener = Listener::open().await;
    let client = Client { jwks: Some(set(&["own"])), ..Kind::Web.metadata() };
    assert_eq!((found(&house, &client, "own").await, found(&house, &client, "other").await), (1, 0));
    assert_eq!(found(&house, &Kind::Web.metadata(), "own").await, 0, "a site without keys has none");
    let rsa = keys::find_public(&house.passport.clients, &client, Some("own"), SigningAlgorithm::RS256)
        .await
        .unwrap();
    assert!(rsa.is_empty() && listener.received().is_empty());
}

async fn a_set_that_is_no_good_holds_no_key(house: House) {
    let mut private = set(&["own"]);
    private["keys"][0]["d"] = json!("AAAA");
    for reply in [
        Reply::Json(private),
        Reply::Json(json!({"keys": "x"})),
        Reply::Json(json!([])),
        Reply::Large(70_000),
        Reply::Status(404),
        Reply::Redirect("http://127.0.0.1:1/".into()),
    ] {
        let listener = Listener::open().await;
        listener.answers(reply);
        assert_eq!(found(&house, &site(&listener), "own").await, 0);
    }
}
