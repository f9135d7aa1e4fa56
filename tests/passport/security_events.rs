//! Security events: sites that asked are told when an account is closed, disabled or enabled (RFC 8935, OpenID RISC).
use jsonwebtoken::Algorithm;
use oidc::client::SubjectType;
use passport::{
    account::{self, AccountId},
    acts,
};
use testkit::{
    House, Kind, PASSWORD, Rp,
    house::{days, seconds},
    jwt, on_both_engines,
    rp::{Listener, Reply},
};

on_both_engines![
    who_closed_their_account_is_told_of_when_it_is_gone_and_not_before,
    disabling_and_enabling_are_told_once_each,
    a_pairwise_site_is_told_its_own_name_of_the_person,
    a_site_in_trouble_is_told_again_and_knows_it_for_the_same_event,
    a_refusal_is_final_and_an_internal_address_is_never_called,
];

const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type";

async fn told_at(house: &House, kind: Kind, listener: &Listener) -> Rp {
    house.client_with(kind, |client| client.security_events_uri = Some(listener.url.clone())).await
}

async fn ann(house: &House) -> AccountId {
    let reader = house.passport.db.reader();
    account::store::find_by_key(reader, "ann@acme.test").await.unwrap().unwrap().id
}

async fn disable(house: &House) {
    let id = ann(house).await;
    assert!(acts::disable::disable(&house.passport, house.clock.now(), id).await.unwrap());
}

/// What the site was told, oldest first: the events' last words.
fn events(listener: &Listener) -> Vec<String> {
    let event = |token: &String| {
        let claims = jwt::claims(token);
        let names: Vec<_> = claims["events"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(names.len(), 1);
        names[0].strip_prefix(RISC).unwrap().trim_start_matches("/account-").to_owned()
    };
    listener.received().iter().map(event).collect()
}

async fn who_closed_their_account_is_told_of_when_it_is_gone_and_not_before(house: House) {
    house.leave_mail();
    let (listener, silent) = (Listener::open().await, Listener::open().await);
    let web = told_at(&house, Kind::Web, &listener).await;
    house.client(Kind::Other).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let known = jwt::claims(web.tokens(&browser.tab()).await.id());
    browser.get("/account/close").await;
    browser.submit("#close-submit", &[("sure", "on")]).await;
    house.clock.advance(days(13));
    passport::jobs::sweep(&house.passport).await.unwrap();
    house.deliver().await;
    assert!(listener.received().is_empty(), "it can still be taken back");
    house.clock.advance(days(2));
    passport::jobs::sweep(&house.passport).await.unwrap();
    house.deliver().await;
    assert_eq!(events(&listener), ["purged"]);
    assert!(silent.received().is_empty());
    let token = &listener.received()[0];
    assert_eq!(jwt::header(token)["typ"], "secevent+jwt");
    let claims = house.verified(token, Algorithm::RS256).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&known["iss"], &known["aud"]));
    assert_eq!(claims["sub_id"]["format"], "iss_sub");
    assert_eq!((&claims["sub_id"]["iss"], &claims["sub_id"]["sub"]), (&known["iss"], &known["sub"]));
    for name in ["sub", "exp", "nonce", "sid"] {
        assert!(claims[name].is_null(), "nobody takes it for another token: {claims}");
    }
    house.userinfo(token).await.assert_status(401);
}

async fn disabling_and_enabling_are_told_once_each(house: House) {
    let listener = Listener::open().await;
    told_at(&house, Kind::Web, &listener).await;
    house.browser().join("ann@acme.test").await;
    disable(&house).await;
    let (id, now) = (ann(&house).await, house.clock.now());
    assert!(!acts::disable::disable(&house.passport, now, id).await.unwrap());
    house.deliver().await;
    assert!(acts::disable::release(&house.passport, now, id).await.unwrap());
    assert!(!acts::disable::release(&house.passport, now, id).await.unwrap());
    house.deliver().await;
    assert_eq!(events(&listener), ["disabled", "enabled"]);
    house.browser().sign_in("ann@acme.test", PASSWORD).await;
}

async fn a_pairwise_site_is_told_its_own_name_of_the_person(house: House) {
    let (one, two) = (Listener::open().await, Listener::open().await);
    let public = told_at(&house, Kind::Web, &one).await;
    let other = house
        .client_with(Kind::Other, |client| {
            client.subject_type = SubjectType::Pairwise;
            client.security_events_uri = Some(two.url.clone());
        })
        .await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let mut names = Vec::new();
    for rp in [&public, &other] {
        names.push(jwt::claims(rp.tokens(&browser.tab()).await.id())["sub"].clone());
    }
    disable(&house).await;
    house.deliver().await;
    let told = [&one, &two].map(|listener| jwt::claims(&listener.received()[0])["sub_id"]["sub"].clone());
    assert_eq!(told.to_vec(), names);
    assert_ne!(told[0], told[1]);
}

async fn a_site_in_trouble_is_told_again_and_knows_it_for_the_same_event(house: House) {
    let listener = Listener::open().await;
    told_at(&house, Kind::Web, &listener).await;
    house.browser().join("ann@acme.test").await;
    listener.answers(Reply::Status(503));
    disable(&house).await;
    house.deliver().await;
    assert_eq!(house.jobs_waiting().await, 1);
    listener.answers(Reply::Status(202));
    house.clock.advance(seconds(4));
    house.deliver().await;
    assert_eq!(house.jobs_waiting().await, 0);
    let ids: Vec<_> = listener.received().iter().map(|token| jwt::claims(token)["jti"].to_string()).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

async fn a_refusal_is_final_and_an_internal_address_is_never_called(engine: testkit::Engine) {
    let house = House::open(engine).await;
    let listener = Listener::open().await;
    told_at(&house, Kind::Web, &listener).await;
    house.browser().join("ann@acme.test").await;
    listener.answers(Reply::Status(400));
    disable(&house).await;
    house.deliver().await;
    assert_eq!((listener.received().len(), house.jobs_waiting().await), (1, 0));

    let house = House::with(engine, |settings| settings.passport.outbound.allow.clear()).await;
    told_at(&house, Kind::Web, &listener).await;
    house.browser().join("ann@acme.test").await;
    disable(&house).await;
    house.deliver().await;
    assert_eq!((listener.received().len(), house.jobs_waiting().await), (1, 0));
}
