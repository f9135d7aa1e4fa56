//! Claims by many behind one address, and of one profile by its owner and by strangers (docs/LIMITS.md).
use serde_json::json;
use testkit::on_both_engines;

use crate::house::{House, minutes};

on_both_engines![
    an_office_behind_one_address_is_answered_whoever_else_sits_there,
    the_owners_own_claim_gets_a_mail_whatever_strangers_do,
    whoever_has_the_profile_counts_as_its_owner,
];

const ANN: &str = "ann@contoso.example";

async fn claims(house: &House, sub: &str, email: &str) -> usize {
    let mut browser = house.browser();
    browser.sign_in("/signin", sub).await;
    assert_eq!(browser.claim(email).await.leads_to(), "/associate/sent");
    house.mail().await.len()
}

async fn an_office_behind_one_address_is_answered_whoever_else_sits_there(house: House) {
    let person = |number: usize| {
        json!({"external_id": format!("o{number}"), "company": "contoso",
        "first_name": "Of", "last_name": format!("No {number}"), "email": format!("o{number}@contoso.example")})
    };
    house.seed(json!({ "profiles": (0..30).map(person).collect::<Vec<_>>() })).await;
    // Somebody among them types addresses of nobody, all the time.
    let mut mistypes = house.browser();
    mistypes.sign_in("/signin", "stranger").await;
    for number in 0..25 {
        mistypes.claim(&format!("n{number}@nobody.example")).await;
    }
    for number in 0..30 {
        let sent = claims(&house, &format!("s{number}"), &format!("o{number}@contoso.example")).await;
        assert_eq!(sent, 1, "person {number} of the office");
    }
}

async fn the_owners_own_claim_gets_a_mail_whatever_strangers_do(house: House) {
    let mut sent = 0;
    for number in 0..8 {
        sent += claims(&house, &format!("stranger{number}"), ANN).await;
    }
    assert_eq!(sent, 3, "strangers have used up what all have together");
    // The provider vouches for the address of whoever signs in now.
    house.provider.set(|said| said.email = Some("Ann@Contoso.example".into()));
    assert_eq!(claims(&house, "ann", ANN).await, 1, "her own claim");
    assert_eq!(claims(&house, "ann", ANN).await, 0, "one an hour");
    house.provider.set(|said| said.email = Some("eve@elsewhere.example".into()));
    assert_eq!(claims(&house, "eve", ANN).await, 0, "another address is nobody's proof");
    house.clock.advance(minutes(120));
    house.provider.set(|said| said.email = Some("Ann@Contoso.example".into()));
    assert_eq!(claims(&house, "ann", ANN).await, 1, "and one in the next hour");
}

async fn whoever_has_the_profile_counts_as_its_owner(house: House) {
    let mut ann = house.browser();
    ann.associate("ann", ANN).await;
    house.clock.advance(minutes(120));
    for number in 0..8 {
        claims(&house, &format!("stranger{number}"), ANN).await;
    }
    assert_eq!(claims(&house, "ann", ANN).await, 1);
}
