//! Account Services and what a signed-in person comes by: sites, devices, the choice of an account.
use oidc::{
    client::{AuthMethod, Client, GrantType},
    scope::Scopes,
};
use testkit::{Kind, house::minutes};

use super::looker;
use crate::{PASSWORD, alone::Alone, glass::Glass, person::Person};

const PAT: &str = "pat@home.example";
const OTHER: &str = "pat@work.example";
const EVE: &str = "eve@elsewhere.example";
const NEW: &str = "nine blue kettles hum";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn account_services_are_fit_to_be_seen_in_english() {
    account_services("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn account_services_are_fit_to_be_seen_in_portuguese() {
    account_services("pt-BR").await;
}

/// Somebody who walks from page to page, and the glass that they are held under.
struct Walk {
    alone: Alone,
    glass: Glass,
    pat: Person,
}

impl Walk {
    async fn opens(&mut self, path: &str, name: &str) {
        self.pat.opens(&self.alone.at(path)).await;
        self.looks_for("h1", name).await;
    }

    /// Looks, once the page that has `css` is there.
    async fn looks_for(&mut self, css: &str, name: &str) {
        self.pat.finds(css).await;
        self.glass.looks_at(&self.pat, name).await;
    }

    async fn presses(&mut self, button: &str, css: &str, name: &str) {
        self.pat.clicks(button).await;
        self.looks_for(css, name).await;
    }
}

async fn account_services(language: &'static str) {
    let alone = Alone::open().await;
    let pat = looker(&alone.addresses, language).await;
    let mut walk = Walk { alone, glass: Glass::new(language).with_album(), pat };
    walk.pat.signs_up_with(PAT, &[("alternate_email", OTHER)]).await;
    walk.alone.alternate_is_proven(PAT).await;
    walk.opens("/sites", "services-no-sites").await;
    walk.pat.opens(&walk.alone.at("/sign-in")).await;
    walk.pat.clicks("label[for='automatic']").await;
    walk.pat.enters_passport(PAT, PASSWORD).await;
    walk.pat.finds(".top form[action='/sign-out']").await;
    overview(&mut walk).await;
    credentials(&mut walk).await;
    sites(&mut walk).await;
    device(&mut walk).await;
    who(&mut walk).await;
    closing(&mut walk).await;
    walk.glass.reads_letters(&walk.pat, &walk.alone.letters().await).await;
    assert_eq!(walk.glass.kinds_of_letters(), 5);
    walk.glass.is_content(44);
}

async fn overview(walk: &mut Walk) {
    for (path, name) in [
        ("/account", "services"),
        ("/account/information", "services-information"),
        ("/account/sessions", "services-sessions"),
        ("/account/sites", "services-sites-none"),
        ("/account/history", "services-history"),
        ("/account/language", "services-language"),
        ("/account/export", "services-export"),
        ("/help/errors", "services-errors"),
        ("/help/errors/invalid_grant", "services-error"),
    ] {
        walk.opens(path, name).await;
    }
    walk.pat.opens(&walk.alone.at("/account/information")).await;
    walk.pat.types("#birthdate", "yesterday").await;
    walk.pat.types("#website", "nowhere").await;
    walk.presses("#information-save", "#website-error", "services-information-wrong").await;
    walk.pat.types("#name", "Pat Lee").await;
    walk.pat.types("#birthdate", "1970-01-02").await;
    walk.pat.types("#website", "https://pat.example/").await;
    walk.pat.types("#street_address", "Avenida Paulista 1578").await;
    walk.pat.types("#country", "Brasil").await;
    walk.presses("#information-save", ".notice.ok", "services-information-saved").await;
    walk.pat.opens(&walk.alone.at("/account/history")).await;
    walk.presses("#history a", "#not-me-submit", "services-not-me").await;
}

async fn credentials(walk: &mut Walk) {
    walk.opens("/account/email", "services-email").await;
    walk.pat.types("#new_email", "nobody@here@there").await;
    walk.presses("#change-email-submit", "#new_email-error", "services-email-wrong").await;
    walk.pat.types("#new_email", "pat@new.example").await;
    walk.presses("#change-email-submit", "#sent", "services-email-sent").await;
    walk.opens("/account/alternate-email", "services-alternate").await;
    walk.pat.types("#new_email", PAT).await;
    walk.presses("#alternate-submit", "#new_email-error", "services-alternate-wrong").await;
    walk.pat.types("#new_email", "pat@third.example").await;
    walk.presses("#alternate-submit", "#sent", "services-alternate-sent").await;
    walk.opens("/account/passkeys", "services-passkeys").await;
    walk.opens("/account/question", "services-question").await;
    walk.presses("#change-question-submit", "#answer-error", "services-question-wrong").await;
    walk.opens("/account/password", "services-password").await;
    walk.pat.types("#old_password", "wrong").await;
    walk.pat.types("#password", "password").await;
    walk.presses("#change-password-submit", "#error-summary", "services-password-wrong").await;
    walk.pat.types("#old_password", PASSWORD).await;
    walk.pat.types("#password", NEW).await;
    walk.presses("#change-password-submit", "#changed", "services-changed").await;
    walk.alone.house.clock.advance(minutes(6));
    walk.opens("/account/password", "services-prove").await;
    walk.pat.types("#password", NEW).await;
    walk.pat.clicks("#sign-in-submit").await;
    walk.pat.finds("#change-password-submit").await;
}

/// As a site of somebody else's, which chose to be listed.
fn other_site(client: &mut Client) {
    client.client_name = "Contoso Shop".to_owned();
    client.client_uri = Some("https://rp2.test/".to_owned());
    client.listed = true;
    client.trusted = false;
    client.scope = Scopes::parse("openid profile email phone address offline_access").unwrap();
}

async fn sites(walk: &mut Walk) {
    let shop = walk.alone.house.client_with(Kind::Other, other_site).await;
    walk.opens("/sites", "services-sites-listed").await;
    let everything = "openid profile email phone address offline_access";
    let url = shop.authorize_url(|asked| asked.with("scope", everything).with("prompt", "consent"));
    walk.pat.opens(&url).await;
    walk.looks_for("#consent-approve", "services-consent").await;
    // The same person elsewhere says yes: the site itself is nowhere to be gone to.
    let elsewhere = walk.alone.house.browser();
    elsewhere.sign_in(PAT, NEW).await;
    elsewhere.get(&url).await.assert_status(200);
    elsewhere.click("#consent-approve").await;
    walk.opens("/account/sites", "services-sites-used").await;
}

async fn device(walk: &mut Walk) {
    let tv = walk
        .alone
        .house
        .client_with(Kind::Native, |client| {
            client.client_id = "tv".to_owned();
            client.client_name = "Contoso TV".to_owned();
            client.token_endpoint_auth_method = AuthMethod::None;
            client.grant_types = vec![GrantType::DeviceCode];
            client.response_types = vec![];
            client.scope = Scopes::parse("openid email").unwrap();
        })
        .await;
    walk.opens("/device", "services-device").await;
    walk.pat.types("#user_code", "BBBB-BBBB").await;
    walk.presses("#device-continue", "#user_code-error", "services-device-wrong").await;
    for (button, name) in
        [("#device-approve", "services-device-approved"), ("#device-deny", "services-device-denied")]
    {
        let begun =
            tv.post("/oauth2/device_authorization", &[("scope", "openid email")], |call| call).await.json();
        walk.pat.opens(begun["verification_uri_complete"].as_str().unwrap()).await;
        if name.ends_with("approved") {
            walk.looks_for("#device-warning", "services-device-confirm").await;
        }
        walk.presses(button, "h1", name).await;
    }
}

async fn who(walk: &mut Walk) {
    let eve = walk.alone.house.browser();
    eve.sign_up(EVE).await;
    walk.pat.opens(&walk.alone.at("/sign-in?account=other")).await;
    walk.pat.enters_passport(EVE, PASSWORD).await;
    walk.pat.finds(".top form[action='/sign-out']").await;
    walk.opens("/sign-in/choose", "services-choose").await;
    walk.opens("/sign-in", "services-remembered").await;
    walk.presses("#choose-account", "#username[readonly]", "services-remembered-one").await;
    let shop =
        walk.alone.house.client_with(Kind::Web, |client| client.client_name = "Contoso Club".into()).await;
    walk.pat.opens(&shop.authorize_url(|asked| asked.with("prompt", "select_account"))).await;
    walk.looks_for("#cancel", "services-choose-for-a-site").await;
    walk.pat.opens(&walk.alone.at("/sign-in/choose")).await;
    let pat = walk.pat.reads_all("button.pick strong").await.iter().position(|who| who == PAT).unwrap();
    walk.pat.clicks(&format!(".accounts li:nth-child({}) button", pat + 1)).await;
    // Home, and not the page before it, where the next step would be overtaken.
    walk.pat.finds("a.button[href='/account']").await;
}

async fn closing(walk: &mut Walk) {
    walk.opens("/account/close", "services-close").await;
    walk.presses("#close-submit", "#sure-error", "services-close-unsure").await;
    walk.pat.clicks("label[for='sure']").await;
    walk.presses("#close-submit", "a[href='/sign-in']", "services-close-asked").await;
    walk.alone.house.deliver().await;
    let letters = walk.alone.addresses.post.letters(1, PAT).await;
    let closing = letters.iter().find(|letter| letter.text.contains("/account/close/undo/")).unwrap();
    let link = closing.link();
    walk.pat.opens(&link).await;
    walk.looks_for("#close-undo", "services-close-undo").await;
    walk.presses("#close-undo", "a.button[href='/sign-in']", "services-close-undone").await;
    walk.pat.opens(&link).await;
    walk.looks_for("main a[href^='mailto:']", "services-close-dead").await;
}
