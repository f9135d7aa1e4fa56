//! Every page of both halves, in both languages, as people come by them: held under the glass.
mod company;
mod recovery;
mod second_step;
mod services;
mod writing;

use testkit::Engine;

use crate::{
    PASSWORD,
    glass::{Glass, requests},
    person::{Habits, Person},
    world::{Addresses, World},
};

const PAT: &str = "pat@home.example";
const THREE: &str = "pat.lee@adventure-works.example";
const LENA: &str = "lena@home.example";
const EVE: &str = "eve@elsewhere.example";
/// The key, as WebDriver writes it.
const ENTER: &str = "\u{e007}";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn passports_pages_are_fit_to_be_seen_in_english() {
    passports_pages("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn passports_pages_are_fit_to_be_seen_in_portuguese() {
    passports_pages("pt-BR").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn the_portals_pages_are_fit_to_be_seen_in_english() {
    portals_pages("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn the_portals_pages_are_fit_to_be_seen_in_portuguese() {
    portals_pages("pt-BR").await;
}

pub async fn viewer(world: &World, language: &'static str) -> Person {
    looker(&world.addresses, language).await
}

async fn looker(addresses: &Addresses, language: &'static str) -> Person {
    Person::with(addresses, Habits { language, recording: true, ..Habits::default() }).await
}

async fn passports_pages(language: &'static str) {
    let world = World::open(Engine::Sqlite).await;
    let shop = ["client", "add", "--id", "shop", "--name", "Contoso Shop", "--redirect-uri"];
    let uri = "https://shop.example/back";
    world.passport(&[&shop[..], &[uri, "--scope", "openid", "profile", "email"]].concat(), "").await;
    let mut glass = Glass::new(language).with_album();
    let pat = viewer(&world, language).await;
    let at = |path: &str| format!("{}{path}", world.addresses.passport);

    for (name, path) in [
        ("passport-home", "/"),
        ("passport-help", "/help"),
        ("passport-recover", "/recover"),
        ("passport-not-found", "/nowhere"),
        ("passport-refused-request", "/oauth2/authorize?client_id=nobody"),
        ("passport-sign-in", "/sign-in"),
    ] {
        pat.opens(&at(path)).await;
        glass.looks_at(&pat, name).await;
    }
    pat.opens_passport().await;
    pat.driver().execute("document.querySelector('.menu').open = true", vec![]).await.unwrap();
    glass.looks_at(&pat, "passport-menu-unfolded").await;
    pat.opens(&at("/sign-in")).await;
    pat.clicks("#sign-in-submit").await;
    pat.finds("#password-error").await;
    glass.looks_at(&pat, "passport-sign-in-empty").await;
    pat.enters_passport(PAT, "wrong").await;
    pat.finds("#error-summary").await;
    glass.looks_at(&pat, "passport-sign-in-wrong").await;
    sign_up_pages(&mut glass, &pat).await;

    let shop = "/oauth2/authorize?response_type=code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.example%2Fback\
                &scope=openid+email&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
                &code_challenge_method=S256";
    pat.opens(&at(shop)).await;
    pat.finds("#cancel").await;
    glass.looks_at(&pat, "passport-sign-in-for-a-site").await;
    pat.enters_passport(PAT, PASSWORD).await;
    pat.finds("#consent-approve").await;
    glass.looks_at(&pat, "passport-consent").await;
    for (name, path) in [
        ("passport-home-signed-in", "/"),
        ("passport-account", "/account"),
        ("passport-sign-in-again", "/sign-in"),
        ("passport-sign-out", "/oauth2/end-session?client_id=shop"),
    ] {
        pat.opens(&at(path)).await;
        glass.looks_at(&pat, name).await;
    }
    pat.clicks("#logout-yes").await;
    pat.finds("#signed-out").await;
    glass.looks_at(&pat, "passport-signed-out").await;
    glass.is_content(22);
    world.close().await;
}

async fn sign_up_pages(glass: &mut Glass, pat: &Person) {
    let sign_up = format!("{}/sign-up", pat.addresses.passport);
    pat.opens(&sign_up).await;
    glass.looks_at(pat, "passport-sign-up").await;
    pat.types("#email", "no address").await;
    pat.clicks("#sign-up-continue").await;
    pat.finds("#email-error").await;
    glass.looks_at(pat, "passport-sign-up-malformed").await;
    pat.types("#email", PAT).await;
    pat.clicks("#sign-up-continue").await;
    pat.finds("#answer").await;
    glass.looks_at(pat, "passport-sign-up-credentials").await;
    // The Enter key goes on, although the button that leads back comes first.
    pat.types("#answer", ENTER).await;
    pat.finds("#answer-error").await;
    glass.looks_at(pat, "passport-sign-up-empty").await;
    pat.fills_in_credentials().await;
    pat.tells_about_themselves(&testkit::ABOUT).await;
    pat.clicks("#sign-up-submit").await;
    pat.finds("#signed-up").await;
    glass.looks_at(pat, "passport-sign-up-done").await;
    pat.opens(&sign_up).await;
    pat.types("#email", PAT).await;
    pat.clicks("#sign-up-continue").await;
    pat.finds("#taken-ways").await;
    glass.looks_at(pat, "passport-sign-up-taken").await;
}

async fn portals_pages(language: &'static str) {
    let world = World::open(Engine::Sqlite).await;
    for email in [PAT, LENA, EVE] {
        world.has_passport(email).await;
    }
    let mut glass = Glass::new(language).with_album();
    let mut pat = viewer(&world, language).await;
    let at = |path: &str| format!("{}{path}", world.addresses.portal);
    for (name, path) in [
        ("portal-welcome", "/"),
        ("portal-faq", "/faq"),
        ("portal-help", "/help"),
        ("portal-not-found", "/nowhere"),
        ("portal-lost-sign-in", "/signin/callback?state=x"),
        ("portal-unknown-link", "/associate/unknown"),
        ("portal-signed-out", "/signed-out"),
    ] {
        pat.opens(&at(path)).await;
        glass.looks_at(&pat, name).await;
    }
    pat.opens_portal().await;
    pat.clicks("#sign-in").await;
    pat.finds("#cancel").await;
    glass.looks_at(&pat, "sign-in-for-the-portal").await;
    pat.clicks("#cancel").await;
    pat.arrives_at(&world.addresses.portal).await;
    glass.looks_at(&pat, "portal-cancelled").await;
    claim_pages(&mut glass, &mut pat).await;
    link_pages(&mut glass, &pat, &viewer(&world, language).await).await;

    pat.closes_browser_and_opens_a_new_one().await;
    pat.signs_in(PAT, PASSWORD).await;
    pat.finds("button.pick").await;
    glass.looks_at(&pat, "portal-choose").await;
    pat.clicks("form button.pick:nth-of-type(1)").await;
    pat.finds("dl.facts").await;
    glass.looks_at(&pat, "portal-home").await;
    pat.opens(&at("/account")).await;
    glass.looks_at(&pat, "portal-account").await;
    pat.opens(&at("/signed-out")).await;
    glass.looks_at(&pat, "portal-still-signed-in").await;

    let mut lena = viewer(&world, language).await;
    lena.signs_in(LENA, PASSWORD).await;
    associates_in_any_language(&mut lena, LENA, "lena.wolf@litware.example").await;
    lena.clicks("#go-on").await;
    lena.finds(".lockbox").await;
    glass.looks_at(&lena, "portal-locked").await;
    glass.is_content(23);
    world.close().await;
}

async fn claim_pages(glass: &mut Glass, pat: &mut Person) {
    pat.signs_in(PAT, PASSWORD).await;
    pat.finds("#continue").await;
    glass.looks_at(pat, "portal-associate").await;
    pat.types("#email", "nobody@here@there").await;
    // The browser's own check would keep a plain mistake from being sent.
    pat.driver().execute("document.querySelector('#email').form.noValidate = true", vec![]).await.unwrap();
    pat.clicks("#continue").await;
    pat.finds("#email-error").await;
    glass.looks_at(pat, "portal-associate-malformed").await;
    pat.types("#email", THREE).await;
    pat.clicks("#continue").await;
    pat.typed = THREE.to_owned();
    pat.arrives_at(&format!("{}/associate/sent", pat.addresses.portal)).await;
    glass.looks_at(pat, "portal-sent").await;
}

async fn link_pages(glass: &mut Glass, pat: &Person, eve: &Person) {
    let letters = pat.reads_mail(3).await;
    eve.clicks_the_link_of(&letters[0]).await;
    eve.enters_passport(EVE, PASSWORD).await;
    eve.finds("#another-passport").await;
    glass.looks_at(eve, "portal-wrong-passport").await;

    pat.reads_mail_and_clicks(1).await;
    pat.enters_passport(PAT, PASSWORD).await;
    pat.finds("#associate").await;
    glass.looks_at(pat, "portal-confirm").await;
    pat.confirms().await;
    pat.finds("#go-on").await;
    glass.looks_at(pat, "portal-done").await;
    pat.clicks("#go-on").await;
    pat.finds("dl.facts").await;
    glass.looks_at(pat, "portal-home-with-one-profile").await;
    pat.reads_mail_and_clicks(1).await;
    pat.arrives_at(&format!("{}/associate/", pat.addresses.portal)).await;
    glass.looks_at(pat, "portal-already").await;
    eve.opens(&letters[0].link()).await;
    glass.looks_at(eve, "portal-used-link").await;
    pat.reads_mail_and_clicks(2).await;
    pat.confirms().await;
    pat.finds("#go-on").await;
}

/// From the account association page to the end.
pub async fn associates_in_any_language(person: &mut Person, passport: &str, address: &str) {
    person.types("#email", address).await;
    person.clicks("#continue").await;
    person.typed = address.to_owned();
    person.reads_mail_and_clicks(1).await;
    person.enters_passport(passport, PASSWORD).await;
    person.confirms().await;
    person.finds("#go-on").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: cargo xtask test"]
async fn the_sign_in_page_costs_at_most_15_kb_in_four_requests() {
    let world = World::open(Engine::Sqlite).await;
    let pat = viewer(&world, "en-US").await;
    pat.opens_portal().await;
    pat.clicks("#sign-in").await;
    pat.finds("#password").await;
    let fetched = requests(&pat).await;
    // From the portal by way of the authorization endpoint: redirects are steps, not things to load.
    let loaded: Vec<_> = fetched
        .iter()
        .filter(|one| {
            one.url.starts_with(&world.addresses.passport) && !one.url.contains("/oauth2/authorize")
        })
        // The icon of the tab is fetched when nobody waits any more.
        .filter(|one| !one.url.contains("/assets/mark-"))
        .collect();
    let bytes: u64 = loaded.iter().map(|one| one.bytes).sum();
    // The fourth is the script of passkeys, a module, which no page waits for.
    let waited = loaded.iter().filter(|one| !one.url.contains("/assets/passkeys-")).count();
    assert!(waited <= 3 && loaded.len() <= 4, "{loaded:#?}");
    assert!(bytes <= 15_000, "{bytes} bytes: {loaded:#?}");
    assert!(loaded.iter().any(|one| one.url.contains("/sign-in") && one.bytes > 1_000), "{loaded:#?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn the_glass_sees_what_is_wrong() {
    let world = World::open(Engine::Sqlite).await;
    let pat = viewer(&world, "en-US").await;
    let page = "<!doctype html><html lang=en-US><title>Wrong</title><main><h1>Wrong</h1>\
                <p style=width:900px>Wide</p><img src=https://elsewhere.example/x.png>\
                <p style=color:%23bbb>Pale</p></main><footer><form class=locale></form></footer>\
                <script>nothing()</script>";
    pat.opens(&format!("data:text/html,{page}")).await;
    let mut glass = Glass::new("pt-BR");
    glass.looks_at(&pat, "page").await;
    let faults = glass.faults();
    for wrong in [
        "page: speaks en-US",
        "page, 320 px, light: image-alt",
        "page, 1280 px, dark: color-contrast",
        "page, 320 px, dark: 9",
        "page: asks https://elsewhere.example/x.png",
        "nothing is not defined",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(wrong)), "{wrong} is not among {faults:#?}");
    }
    assert!(!faults.iter().any(|fault| fault.contains("1280 px wide")), "{faults:#?}");
    world.close().await;
}
