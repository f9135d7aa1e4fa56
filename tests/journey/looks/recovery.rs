//! The pages of a forgotten password and those that letters lead to.
use testkit::{Kind, house::days, net::Request};

use super::looker;
use crate::{PASSWORD, alone::Alone, glass::Glass, person::Person, verbs::ANSWER};

const PAT: &str = "pat@home.example";
const OTHER: &str = "pat@work.example";
const NEW: &str = "nine blue kettles hum";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn recovery_is_fit_to_be_seen_in_english() {
    recovery("en-US").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium and axe-core: cargo xtask test"]
async fn recovery_is_fit_to_be_seen_in_portuguese() {
    recovery("pt-BR").await;
}

async fn recovery(language: &'static str) {
    let alone = Alone::open().await;
    let mut glass = Glass::new(language).with_album();
    let pat = looker(&alone.addresses, language).await;
    let more = [("alternate_email", OTHER), ("country", "BR"), ("postal_code", "01310-100")];
    pat.signs_up_with(PAT, &more).await;
    alone.alternate_is_proven(PAT).await;
    files_billing(&alone).await;
    ways(&alone, &mut glass, &pat).await;
    waiting(&alone, &mut glass, &pat).await;
    letters(&alone, &mut glass, &pat).await;
    glass.reads_letters(&pat, &alone.letters().await).await;
    assert_eq!(glass.kinds_of_letters(), 8);
    glass.is_content(26);
}

/// So that the page of the ways shows all three.
async fn files_billing(alone: &Alone) {
    let house = &alone.house;
    let shop = house.client(Kind::Web).await;
    let tx = house.passport.db.begin().await.unwrap();
    passport::billing::store::add_supplier(&tx, house.clock.now(), &shop.id).await.unwrap();
    tx.commit().await.unwrap();
    let account = passport::account::store::find_by_key(house.passport.db.reader(), PAT).await.unwrap();
    let url = house.url(&format!("/api/v1/accounts/{}/billing", account.unwrap().id));
    let mut filed = Request::new(reqwest::Method::PUT, &url)
        .header("content-type", "application/json")
        .header("authorization", testkit::rp::basic(&shop.id, shop.secret.as_deref().unwrap()));
    filed.body =
        br#"{"last_four_digits":"4242","expiry":"07/27","postal_code":"1","invoice_number":"1"}"#.to_vec();
    house.net.send(filed).await.assert_status(204);
}

async fn begins(alone: &Alone, pat: &Person) {
    pat.opens(&alone.at("/recover")).await;
    pat.types("#email", PAT).await;
    pat.clicks("#recover-continue").await;
    pat.finds("#way-billing").await;
}

async fn chooses(pat: &Person, way: &str) {
    pat.clicks(&format!("label[for='way-{way}']")).await;
    pat.clicks("#recover-way-submit").await;
}

async fn ways(alone: &Alone, glass: &mut Glass, pat: &Person) {
    pat.opens(&alone.at("/recover")).await;
    pat.types("#email", "nobody").await;
    pat.clicks("#recover-continue").await;
    pat.finds("#email-error").await;
    glass.looks_at(pat, "recover-malformed").await;
    begins(alone, pat).await;
    glass.looks_at(pat, "recover-ways").await;
    pat.clicks("#recover-way-submit").await;
    pat.finds("#way-error").await;
    glass.looks_at(pat, "recover-ways-none").await;
    chooses(pat, "alternate").await;
    pat.finds("#recover-sent").await;
    glass.looks_at(pat, "recover-sent").await;
    alone.house.deliver().await;
    begins(alone, pat).await;
    chooses(pat, "billing").await;
    pat.finds("#recover-billing-submit").await;
    glass.looks_at(pat, "recover-billing").await;
    pat.clicks("#recover-billing-submit").await;
    pat.finds("#error-summary").await;
    glass.looks_at(pat, "recover-billing-wrong").await;
    begins(alone, pat).await;
    chooses(pat, "answer").await;
    pat.finds("#recover-answer-submit").await;
    glass.looks_at(pat, "recover-answer").await;
    pat.clicks("#recover-answer-submit").await;
    pat.finds("#error-summary").await;
    glass.looks_at(pat, "recover-answer-wrong").await;
}

async fn waiting(alone: &Alone, glass: &mut Glass, pat: &Person) {
    pat.chooses("#country", "BR").await;
    pat.types("#postal_code", "01310-100").await;
    pat.types("#answer", ANSWER).await;
    pat.clicks("#recover-answer-submit").await;
    pat.finds("#recover-code").await;
    glass.looks_at(pat, "recover-waiting").await;
    pat.opens(&alone.at("/recover/password")).await;
    pat.finds("#recover-waiting").await;
    glass.looks_at(pat, "recover-waiting-still").await;
    pat.opens(&alone.at("/recover/return")).await;
    glass.looks_at(pat, "recover-return").await;
    pat.types("#code", "nothing").await;
    pat.clicks("#recover-return-submit").await;
    pat.finds("#code-error").await;
    glass.looks_at(pat, "recover-return-wrong").await;
    follows(alone, pat, "recovery-stop", glass).await;
    pat.opens(&alone.at("/recover/password")).await;
    pat.finds("#recover-over").await;
    glass.looks_at(pat, "recover-over").await;
}

/// The newest letter to the alternate address: its page, and what the button leads to.
async fn follows(alone: &Alone, pat: &Person, name: &str, glass: &mut Glass) {
    alone.house.deliver().await;
    let letters = alone.addresses.post.letters(1, OTHER).await;
    let link = letters.last().unwrap().link();
    pat.opens(&link).await;
    pat.finds("#link-confirm").await;
    glass.looks_at(pat, name).await;
    pat.clicks("#link-confirm").await;
    pat.finds("main:not(:has(#link-confirm))").await;
    glass.looks_at(pat, &format!("{name}-done")).await;
    if name.ends_with("stop") {
        pat.opens(&link).await;
        pat.finds("#link-dead").await;
        glass.looks_at(pat, "recovery-link-dead").await;
    }
}

async fn letters(alone: &Alone, glass: &mut Glass, pat: &Person) {
    alone.house.clock.advance(days(1));
    begins(alone, pat).await;
    chooses(pat, "alternate").await;
    pat.finds("#recover-sent").await;
    follows(alone, pat, "recovery-reset", glass).await;
    pat.types("#password", "short").await;
    pat.clicks("#recover-password-submit").await;
    pat.finds("#password-error").await;
    glass.looks_at(pat, "recover-password-wrong").await;
    pat.types("#password", NEW).await;
    pat.clicks("#recover-password-submit").await;
    pat.finds("#recover-done").await;
    glass.looks_at(pat, "recover-done").await;
    // The letter about the new password offers to undo it.
    follows(alone, pat, "recovery-not-me", glass).await;
    pat.opens(&alone.at("/sign-in")).await;
    pat.enters_passport(PAT, PASSWORD).await;
    pat.finds("#error-summary").await;

    // Links that change addresses, on another account.
    let ann = "ann@home.example";
    pat.signs_up_with(ann, &[("alternate_email", "ann@work.example")]).await;
    for (path, field, button, to, name) in [
        ("/account/email/verify", "", "#verify-submit", ann, "link-verify"),
        (
            "/account/alternate-email",
            "ann@third.example",
            "#alternate-submit",
            "ann@third.example",
            "link-alternate",
        ),
        ("/account/email", "ann@new.example", "#change-email-submit", "ann@new.example", "link-email"),
    ] {
        pat.opens(&alone.at(path.trim_end_matches("/verify"))).await;
        if !pat.has(button).await {
            pat.enters_passport(ann, PASSWORD).await;
            pat.finds(button).await;
        }
        if !field.is_empty() {
            pat.types("#new_email", field).await;
        }
        pat.clicks(button).await;
        pat.finds("#sent").await;
        pat.opens(&alone.letter(1, to).await.link()).await;
        pat.finds("#link-confirm").await;
        glass.looks_at(pat, name).await;
        pat.clicks("#link-confirm").await;
        pat.finds("#link-done").await;
        if name == "link-email" {
            glass.looks_at(pat, "link-done").await;
        }
    }
}
