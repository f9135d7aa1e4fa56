//! Passkeys in Chromium, with the authenticator that it brings for tests: made, used, taken away; and no JavaScript.
use serde_json::{Value, json};
use testkit::Engine;

use crate::{PASSWORD, person::Person, world::World};

const BRUNO: &str = "bruno@home.example";
const ANA: &str = "ana@home.example";

impl Person {
    async fn says_to_authenticators(&self, command: &str, what: Value) -> Value {
        let sent = self.driver().cdp().send_raw(&format!("WebAuthn.{command}"), what).await;
        sent.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// A computer that keeps passkeys, whose owner unlocks it whenever it asks.
    pub async fn can_keep_passkeys(&self) -> String {
        self.says_to_authenticators("enable", json!({})).await;
        let options = json!({
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
            "defaultBackupEligibility": true, "defaultBackupState": true,
        });
        let added =
            self.says_to_authenticators("addVirtualAuthenticator", json!({ "options": options })).await;
        added["authenticatorId"].as_str().expect("an authenticator").to_owned()
    }

    /// Whether a question is answered as soon as it is asked.
    pub async fn is_at_hand(&self, authenticator: &str, enabled: bool) {
        let what = json!({ "authenticatorId": authenticator, "enabled": enabled });
        self.says_to_authenticators("setAutomaticPresenceSimulation", what).await;
    }

    pub async fn passkeys_kept(&self, authenticator: &str) -> Vec<Value> {
        let what = json!({ "authenticatorId": authenticator });
        let kept = self.says_to_authenticators("getCredentials", what).await;
        kept["credentials"].as_array().expect("a list").clone()
    }

    pub async fn adds_a_passkey(&self) {
        self.opens(&format!("{}/account/passkeys", self.addresses.passport)).await;
        self.clicks("#passkey-add").await;
        // With the first one come recovery codes.
        self.finds("#changed, #recovery-codes").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn a_passkey_is_made_used_by_a_button_and_by_autofill_and_taken_away() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let bruno = Person::new(&world).await;
    let keeper = bruno.can_keep_passkeys().await;
    bruno.opens(&format!("{}/sign-in?next=/account", world.addresses.passport)).await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    // He is offered one at once, and says not now.
    bruno.sees("Sign in without the password next time?").await;
    bruno.looks("passkeys-offer", "Sign in without the password next time?").await;
    bruno.clicks("#passkey-later").await;
    bruno.arrives_at(&format!("{}/account", world.addresses.passport)).await;
    bruno.adds_a_passkey().await;
    bruno.opens(&format!("{}/account/passkeys", world.addresses.passport)).await;
    bruno.sees("Synced").await;
    bruno.looks("passkeys-one", "Passkeys").await;
    assert_eq!(bruno.passkeys_kept(&keeper).await.len(), 1);

    // By the button.
    bruno.signs_out().await;
    bruno.is_at_hand(&keeper, false).await;
    bruno.opens(&format!("{}/sign-in?next=/account", world.addresses.passport)).await;
    bruno.finds("#sign-in-passkey").await;
    bruno.is_at_hand(&keeper, true).await;
    bruno.clicks("#sign-in-passkey").await;
    bruno.arrives_at(&format!("{}/account", world.addresses.passport)).await;

    // After the password, which alone opens nothing.
    bruno.signs_out().await;
    bruno.is_at_hand(&keeper, false).await;
    bruno.opens(&format!("{}/sign-in?next=/account", world.addresses.passport)).await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.finds("#second-passkey").await;
    bruno.looks("passkeys-second-step", "Second step").await;
    bruno.is_at_hand(&keeper, true).await;
    bruno.clicks("#second-passkey").await;
    bruno.arrives_at(&format!("{}/account", world.addresses.passport)).await;

    // By what the browser fills in: it answers by itself here, as a person would pick it from the list.
    bruno.signs_out().await;
    bruno.opens(&format!("{}/sign-in?next=/account", world.addresses.passport)).await;
    bruno.arrives_at(&format!("{}/account", world.addresses.passport)).await;

    // Taken away, it is hidden by whoever keeps it, and signs nobody in.
    bruno.opens(&format!("{}/account/passkeys", world.addresses.passport)).await;
    bruno.clicks("form[action='/account/passkeys/remove'] button").await;
    bruno.finds("#changed").await;
    let mut kept = bruno.passkeys_kept(&keeper).await;
    for _ in 0..100 {
        if kept.is_empty() {
            break;
        }
        tokio::time::sleep(crate::person::PAUSE).await;
        kept = bruno.passkeys_kept(&keeper).await;
    }
    assert!(kept.is_empty(), "the browser was told: {kept:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn two_accounts_keep_their_passkeys_in_one_computer() {
    let world = World::open(Engine::Sqlite).await;
    let both = Person::new(&world).await;
    let keeper = both.can_keep_passkeys().await;
    for email in [BRUNO, ANA] {
        world.has_passport(email).await;
        both.opens(&format!("{}/sign-in?account=other", world.addresses.passport)).await;
        both.is_at_hand(&keeper, false).await;
        both.opens(&format!("{}/sign-in?account=other", world.addresses.passport)).await;
        both.enters_passport(email, PASSWORD).await;
        both.is_at_hand(&keeper, true).await;
        // From the offer.
        both.clicks("#passkey-add").await;
        both.clicks("#recovery-codes-onward").await;
        both.arrives_at(&format!("{}/", world.addresses.passport)).await;
        both.signs_out().await;
    }
    let kept = both.passkeys_kept(&keeper).await;
    assert_eq!(kept.len(), 2);
    assert_ne!(kept[0]["userHandle"], kept[1]["userHandle"]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn without_javascript_the_password_way_is_whole_and_the_page_says_what_is_not() {
    let world = World::open(Engine::Sqlite).await;
    world.has_passport(BRUNO).await;
    let bruno = Person::without_javascript(&world).await;
    bruno.opens(&format!("{}/sign-in?next=/account/passkeys", world.addresses.passport)).await;
    bruno.does_not_see("Sign in with a passkey").await;
    bruno.enters_passport(BRUNO, PASSWORD).await;
    bruno.sees("Passkeys need JavaScript").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn over_the_keyboard_of_a_phone_the_sign_in_button_is_in_sight() {
    let world = World::open(Engine::Sqlite).await;
    let bruno = Person::new(&world).await;
    let tools = bruno.driver().cdp();
    let phone = json!({ "width": 390, "height": 430, "deviceScaleFactor": 1, "mobile": true });
    tools.send_raw("Emulation.setDeviceMetricsOverride", phone).await.unwrap();
    bruno.opens_portal().await;
    bruno.clicks("#sign-in").await;
    bruno.finds("#sign-in-submit").await;
    let button = bruno.driver().find(thirtyfour::By::Css("#sign-in-submit")).await.unwrap();
    let rect = button.rect().await.unwrap();
    assert!(rect.y + rect.height <= 430.0, "from {} to {}", rect.y, rect.y + rect.height);
    world.close().await;
}
