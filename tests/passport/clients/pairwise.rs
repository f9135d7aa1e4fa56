//! Pairwise subjects (OIDC Core §8): another name in every sector, the same one in every place of it.
use oidc::client::{Client, SubjectType};
use testkit::{Browser, House, Kind, Parameters, jwt, on_both_engines, rp::Listener};

on_both_engines![
    a_person_has_another_name_in_every_sector_and_always_the_same_there,
    every_place_calls_the_person_the_same,
    a_hint_with_a_pairwise_name_is_understood,
    a_hint_ends_its_session_elsewhere_and_a_fresh_node_tells_the_site,
    two_nodes_give_the_same_name,
];

fn pairwise(client: &mut Client) {
    client.subject_type = SubjectType::Pairwise;
}

async fn name(house: &House, rp: &testkit::Rp, browser: &Browser) -> String {
    let tokens = rp.tokens(browser).await;
    let subject = jwt::claims(tokens.id())["sub"].as_str().unwrap().to_owned();
    assert_eq!(house.userinfo(&tokens.access).await.json()["sub"], subject.as_str());
    subject
}

async fn a_person_has_another_name_in_every_sector_and_always_the_same_there(house: House) {
    let public = house.client(Kind::Web).await;
    let other = house.client_with(Kind::Other, pairwise).await;
    let spa = house.client_with(Kind::Spa, pairwise).await;
    let neighbour = house
        .client_with(Kind::Native, |client| {
            pairwise(client);
            client.redirect_uris = vec!["https://spa.test/native".into()];
        })
        .await;
    let (ann, bob) = (house.browser(), house.browser());
    ann.join("ann@acme.test").await;
    bob.join("bob@acme.test").await;
    let public_name = name(&house, &public, &ann).await;
    let first = name(&house, &other, &ann).await;
    assert!(first != public_name && first.len() >= 22 && !first.contains(&public_name));
    let second = name(&house, &spa, &ann).await;
    assert_ne!(first, second, "another sector");
    assert_eq!(second, name(&house, &neighbour, &ann).await, "the same host is the same sector");
    assert_ne!(first, name(&house, &other, &bob).await, "another person");
    ann.sign_out().await;
    ann.sign_in("ann@acme.test", testkit::PASSWORD).await;
    assert_eq!(first, name(&house, &other, &ann).await, "for ever");
    house.deliver().await;
}

async fn every_place_calls_the_person_the_same(house: House) {
    let listener = Listener::open().await;
    let rp = house
        .client_with(Kind::Web, |client| {
            pairwise(client);
            client.backchannel_logout_uri = Some(listener.url.clone());
        })
        .await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let tokens = rp.tokens(&browser).await;
    let subject = jwt::claims(tokens.id())["sub"].clone();
    let refreshed = rp.tokens_in(&rp.refresh(tokens.refresh()).await);
    assert_eq!(jwt::claims(refreshed.id())["sub"], subject);
    browser.sign_out().await;
    house.deliver().await;
    let told = listener.logout_tokens();
    assert_eq!(jwt::claims(&told[0])["sub"], subject, "what the site is told of a sign-out");
}

async fn a_hint_with_a_pairwise_name_is_understood(house: House) {
    let back = "https://rp1.test/bye";
    let rp = house
        .client_with(Kind::Web, |client| {
            pairwise(client);
            client.post_logout_redirect_uris = vec![back.into()];
        })
        .await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let hint = rp.tokens(&browser.tab()).await.id().to_owned();
    let asked = rp.ask(&browser, |asked| asked.with("prompt", "none").with("id_token_hint", &hint)).await;
    rp.code_in(&asked);
    let stranger = house.browser();
    stranger.join("bob@acme.test").await;
    let asked = rp.ask(&stranger, |asked| asked.with("prompt", "none").with("id_token_hint", &hint)).await;
    rp.assert_told(&asked, "login_required");
    let query = Parameters::of(&[("id_token_hint", &hint), ("post_logout_redirect_uri", back)]).encoded();
    let out = browser.follow(&house.url(&format!("/oauth2/end-session?{query}")), "https://rp1.test").await;
    assert_eq!(out.location().as_str(), back, "its own session: nothing is asked");
}

/// The first names that a node gives may be needed inside a transaction; and a hint names its session by when it was
/// proven, however many accounts there are.
async fn a_hint_ends_its_session_elsewhere_and_a_fresh_node_tells_the_site(house: House) {
    let listener = Listener::open().await;
    let told = listener.url.clone();
    let (rp, quiet) = (
        house
            .client_with(Kind::Web, |client| {
                pairwise(client);
                client.backchannel_logout_uri = Some(told);
            })
            .await,
        house
            .client_with(Kind::Spa, |client| {
                client.subject_type = SubjectType::Pairwise;
            })
            .await,
    );
    let (ann, bob) = (house.browser(), house.browser());
    ann.join("ann@acme.test").await;
    bob.join("bob@acme.test").await;
    rp.tokens(&ann.tab()).await;
    let hint = quiet.tokens(&ann.tab()).await.id().to_owned();
    quiet.tokens(&bob.tab()).await;
    assert!(jwt::claims(&hint)["sid"].is_null(), "a site that is told nothing has no sid");
    let node = house.second_node().await;
    let stranger = house.browser();
    stranger.go_through(&node);
    let query = Parameters::of(&[("id_token_hint", &hint)]).encoded();
    let out = stranger.follow(&house.url(&format!("/oauth2/end-session?{query}")), "https://rp1.test").await;
    assert_eq!(out.status, 200, "{out:?}");
    assert!(!ann.is_signed_in().await, "the session that the hint names");
    assert!(bob.is_signed_in().await, "somebody who was proven in the same second");
    house.deliver().await;
    assert_eq!(listener.received().len(), 1);
}

async fn two_nodes_give_the_same_name(house: House) {
    let rp = house.client_with(Kind::Web, pairwise).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let here = name(&house, &rp, &browser).await;
    let client =
        passport::client::store::find(house.passport.db.reader(), "web").await.unwrap().unwrap().client;
    let account = passport::account::store::find_by_key(house.passport.db.reader(), "ann@acme.test").await;
    let node = house.second_node().await;
    let account = account.unwrap().unwrap().id;
    let there =
        passport::subject::subject_for(&node.passport.pairwise, node.passport.db.reader(), &client, account)
            .await
            .unwrap();
    assert_eq!(here, there);
    node.passport.migrate().await.unwrap();
    let resealed = house.second_node().await;
    let again = passport::subject::subject_for(
        &resealed.passport.pairwise,
        resealed.passport.db.reader(),
        &client,
        account,
    )
    .await
    .unwrap();
    assert_eq!(here, again, "a new seal is not a new key");
}
