//! A service that asks for itself (RFC 6749 §4.4).
use oidc::{
    client::{AuthMethod, Client, GrantType},
    scope::Scopes,
};
use testkit::{Answer, House, Kind, Rp, house::seconds, on_both_engines};

on_both_engines![
    a_service_gets_a_token_that_names_it_and_no_person,
    it_gets_no_more_than_it_is_registered_for,
    a_client_without_the_grant_and_a_public_one_get_nothing,
    a_token_ends_by_itself_when_revoked_and_with_its_client,
    an_epoch_ends_every_token_of_a_client,
];

fn service(client: &mut Client) {
    client.client_id = "svc".to_owned();
    client.grant_types = vec![GrantType::ClientCredentials];
    client.response_types = vec![];
    client.scope = Scopes::parse("orders:read orders:write email").unwrap();
    client.resources = vec!["https://api.test".to_owned()];
}

async fn asked(svc: &Rp, fields: &[(&str, &str)]) -> Answer {
    let grant = [("grant_type", "client_credentials")];
    svc.post("/oauth2/token", &[&grant, fields].concat(), |call| call).await
}

async fn token(svc: &Rp) -> String {
    svc.tokens_in(&asked(svc, &[]).await).access
}

async fn a_service_gets_a_token_that_names_it_and_no_person(house: House) {
    let svc = house.client_with(Kind::Web, service).await;
    let answer = asked(&svc, &[("scope", "orders:read")]).await;
    let tokens = svc.tokens_in(&answer);
    assert!(tokens.refresh.is_none() && tokens.id.is_none());
    assert_eq!(answer.json()["scope"], "orders:read");
    let told = svc.introspect(&tokens.access).await;
    assert_eq!((told["active"].as_bool(), told["sub"].as_str()), (Some(true), Some("svc")));
    house.userinfo(&tokens.access).await.assert_status(401);
    house.clock.advance(seconds(600));
    assert_eq!(svc.introspect(&tokens.access).await["active"], false);
}

async fn it_gets_no_more_than_it_is_registered_for(house: House) {
    let svc = house.client_with(Kind::Web, service).await;
    assert_eq!(asked(&svc, &[]).await.json()["scope"], "orders:read orders:write");
    for scope in ["admin", "openid", "email", "orders:read admin", "offline_access", "\""] {
        asked(&svc, &[("scope", scope)]).await.assert_token_error("invalid_scope");
    }
    let for_api = svc.tokens_in(&asked(&svc, &[("resource", "https://api.test")]).await);
    assert_eq!(svc.introspect(&for_api.access).await["aud"], "https://api.test");
    for resource in ["https://foreign.test", "api", "https://api.test#x"] {
        asked(&svc, &[("resource", resource)]).await.assert_token_error("invalid_target");
    }
}

async fn a_client_without_the_grant_and_a_public_one_get_nothing(house: House) {
    let web = house.client(Kind::Web).await;
    asked(&web, &[]).await.assert_token_error("unauthorized_client");
    let spa = house.client(Kind::Spa).await;
    asked(&spa, &[]).await.assert_token_error("unauthorized_client");
    let mut public = Kind::Web.metadata();
    service(&mut public);
    public.token_endpoint_auth_method = AuthMethod::None;
    assert!(public.validate().iter().any(|error| error.field == "grant_types"), "it cannot be registered");
    let svc = house.client_with(Kind::Web, service).await;
    let nameless = svc.post("/oauth2/token", &[("grant_type", "client_credentials")], |call| {
        call.unauthorized().with("client_id", "svc")
    });
    nameless.await.assert_token_error("invalid_client");
}

async fn a_token_ends_by_itself_when_revoked_and_with_its_client(house: House) {
    let svc = house.client_with(Kind::Web, service).await;
    let (one, two) = (token(&svc).await, token(&svc).await);
    assert_ne!(one, two, "two tokens of one moment are two tokens");
    svc.revoke(&one).await.assert_status(200);
    assert_eq!(svc.introspect(&one).await["active"], false);
    assert_eq!(svc.introspect(&two).await["active"], true);
    passport::jobs::sweep(&house.passport).await.unwrap();
    assert_eq!(svc.introspect(&one).await["active"], false, "a sweep forgets nothing that still matters");
    // Removed and registered anew under the same id: an older token is none of the new client's.
    house.ground.execute("DELETE FROM client WHERE id = 'svc'").await;
    house.clock.advance(seconds(1));
    let anew = house.client_with(Kind::Web, service).await;
    assert_eq!(anew.introspect(&two).await["active"], false);
}

async fn an_epoch_ends_every_token_of_a_client(house: House) {
    let svc = house.client_with(Kind::Web, service).await;
    let old = token(&svc).await;
    let tx = house.passport.db.begin().await.unwrap();
    passport::client::store::set_next_epoch(&tx, "svc").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(svc.introspect(&old).await["active"], false);
    assert_eq!(svc.introspect(&token(&svc).await).await["active"], true);
}
