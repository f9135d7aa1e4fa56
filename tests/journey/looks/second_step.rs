//! The second step in a real browser: set up on the way to a site that asks for it, at the next sign-in, with a recovery code,
//! without either, and for more in a session of before.
use oidc::authorize::context::Context;
use testkit::{Kind, Phone, Rp, house::seconds};

use super::looker;
use crate::{PASSWORD, alone::Alone, glass::Glass, person::Person};

/// Where the site takes people back, on an address that a browser can go to.
const BACK: &str = "/help?code=";
const PAT: &str = "pat@home.example";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn the_second_step_is_fit_to_be_seen_in_english() {
    second_step("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn the_second_step_is_fit_to_be_seen_in_portuguese() {
    second_step("pt-BR").await;
}

struct Story {
    alone: Alone,
    glass: Glass,
    bank: Rp,
}

impl Story {
    async fn looks(&mut self, pat: &Person, css: &str, name: &str) {
        pat.finds(css).await;
        self.glass.looks_at(pat, name).await;
    }

    /// The newest code; the next one is another.
    fn code(&self, phone: &Phone) -> String {
        self.alone.house.clock.advance(seconds(30));
        phone.code(self.alone.house.clock.now())
    }

    async fn is_at_the_bank(&self, pat: &Person) {
        pat.arrives_at(&self.alone.at(BACK)).await;
    }
}

async fn second_step(language: &'static str) {
    let alone = Alone::open().await;
    let back = alone.at("/help");
    let bank = alone.house.client_with(Kind::Web, |client| {
        client.client_name = "Contoso Bank".to_owned();
        client.redirect_uris = vec![back.clone()];
        client.require_acr = Some(Context::MultiFactor.as_str().to_owned());
    });
    let bank = bank.await;
    let pat = looker(&alone.addresses, language).await;
    let mut story = Story { alone, glass: Glass::new(language).with_album(), bank };
    let bank = story.bank.authorize_url(|asked| asked.with("redirect_uri", &back));
    pat.signs_up(PAT).await;

    // On the way to a site that asks for two factors.
    pat.opens(&bank).await;
    pat.enters_passport(PAT, PASSWORD).await;
    story.looks(&pat, "#authenticator-wanted", "second-set-up").await;
    let phone = Phone { secret: pat.reads("#authenticator-secret").await };
    pat.types("#code", "123456").await;
    pat.clicks("#authenticator-submit").await;
    story.looks(&pat, "#code-error", "second-set-up-wrong").await;
    let code = story.code(&phone);
    pat.types("#code", &code).await;
    pat.clicks("#authenticator-submit").await;
    story.looks(&pat, "#recovery-codes", "second-recovery-codes").await;
    let codes: Vec<String> =
        pat.reads("#recovery-codes").await.split_whitespace().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    pat.clicks("#recovery-codes-onward").await;
    story.is_at_the_bank(&pat).await;

    // A new sign-in for the site: the app, then a recovery code.
    let other = looker(&story.alone.addresses, language).await;
    other.opens(&bank).await;
    other.enters_passport(PAT, PASSWORD).await;
    story.looks(&other, "#second-submit", "second-code").await;
    other.types("#code", "000000").await;
    other.clicks("#second-submit").await;
    story.looks(&other, "#code-error", "second-code-wrong").await;
    other.clicks("#use-recovery-code").await;
    story.looks(&other, "#use-app", "second-recovery-code").await;
    other.clicks("#second-lost").await;
    story.looks(&other, "#second-wait", "second-lost").await;
    other.clicks("#second-wait").await;
    story.looks(&other, "#second-waits", "second-waits").await;
    other.clicks("#use-app").await;
    other.clicks("#use-recovery-code").await;
    other.types("#code", &codes[0].to_lowercase()).await;
    other.clicks("#second-submit").await;
    story.is_at_the_bank(&other).await;

    // Account Services, and a session that lacks the second step.
    pat.opens(&story.alone.at("/account/authenticator")).await;
    story.looks(&pat, "#authenticator-present", "second-present").await;
    more(&mut story, language, &phone, &bank).await;
    story.glass.reads_letters(&pat, &story.alone.letters().await).await;
    story.glass.is_content(9);
}

/// Without JavaScript, and in a session that began before there was a second step.
async fn more(story: &mut Story, language: &'static str, phone: &Phone, bank: &str) {
    let plain = crate::person::Habits { language, javascript: false, ..Default::default() };
    let plain = Person::with(&story.alone.addresses, plain).await;
    plain.opens(&story.alone.at("/sign-in")).await;
    plain.enters_passport(PAT, PASSWORD).await;
    plain.finds("#second-submit").await;
    let code = story.code(phone);
    plain.types("#code", &code).await;
    plain.clicks("#second-submit").await;
    plain.finds(".top form[action='/sign-out']").await;

    let db = &story.alone.house.passport.db;
    let found = passport::account::store::find_by_key(db.reader(), PAT).await.unwrap().unwrap();
    let tx = passport::account::acting::Acting::on(db, found.id).await.unwrap().unwrap();
    for id in passport::session::store::list_open(&tx, found.id).await.unwrap() {
        let of_before = oidc::assurance::Methods::PASSWORD;
        passport::session::store::set_methods(&tx, id, of_before).await.unwrap();
    }
    tx.commit().await.unwrap();
    plain.opens(bank).await;
    plain.finds("#second-submit").await;
    assert!(!plain.has("#password").await, "only what is missing");
    let code = story.code(phone);
    plain.types("#code", &code).await;
    plain.clicks("#second-submit").await;
    story.is_at_the_bank(&plain).await;
}
