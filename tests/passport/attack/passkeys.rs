//! Answers that no honest browser gives: WA-01 to WA-12.
use coset::iana::Algorithm;
use serde_json::{Value, json};
use testkit::{
    Answer, Authenticator, Browser, House,
    authenticator::{SYNCED, Said, TOUCHED, VERIFIED},
    house::minutes,
    on_both_engines,
};
use tokio::task::JoinSet;

on_both_engines![
    wa_01_an_answer_for_another_origin_is_refused,
    wa_02_an_answer_for_another_relying_party_is_refused,
    wa_03_an_answer_counts_once_and_not_for_long,
    wa_04_the_question_of_another_browser_is_refused,
    wa_05_nobody_signs_in_to_an_account_that_the_passkey_is_not_of,
    wa_06_an_authenticator_must_make_sure_of_the_person,
    wa_07_a_key_is_taken_for_its_own_algorithm_only,
    wa_08_a_credential_is_registered_once_and_for_one_account,
    wa_09_what_is_too_large_or_malformed_is_refused_alike,
    wa_10_of_many_uses_of_one_answer_exactly_one_wins,
    wa_11_an_answer_to_one_question_is_none_to_another,
    wa_12_a_page_in_a_foreign_frame_asks_in_vain,
];

const ANN: &str = "ann@acme.test";
const BEN: &str = "ben@acme.test";

/// Ann with a passkey, signed in.
async fn ann(house: &House) -> (Browser, Authenticator) {
    house.leave_mail();
    let (browser, mut keeper) = (house.browser(), Authenticator::default());
    browser.join(ANN).await;
    added(&browser.add_passkey(&mut keeper, |_| ()).await);
    browser.prove_by((&mut keeper, 0)).await.assert_status(200);
    (browser, keeper)
}

#[track_caller]
fn added(answer: &Answer) {
    answer.assert_status(200);
    assert!(answer.page().has("#passkey-saved"), "{answer:?}");
}

/// A sign-in with the bent answer is refused, on a page with words, and nobody is signed in.
async fn is_refused(house: &House, keeper: &mut Authenticator, bend: impl FnOnce(&mut Said)) {
    let stranger = house.browser();
    let answer = stranger.sign_in_by((keeper, 0), bend).await;
    answer.assert_status(422);
    assert!(answer.page().has("#error-summary") && !stranger.is_signed_in().await, "{answer:?}");
}

/// A passkey is not made of the bent answer.
async fn is_not_made(browser: &Browser, bend: impl FnOnce(&mut Said)) {
    let answer = browser.add_passkey(&mut Authenticator::default(), bend).await;
    answer.assert_status(422);
    let page = browser.get("/account/passkeys").await.page();
    assert_eq!(page.all("#passkeys tbody tr").len(), 1, "the one of before");
}

async fn wa_01_an_answer_for_another_origin_is_refused(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    let port = house.url("/").rsplit(':').next().unwrap().to_owned();
    for evil in ["https://evil.test", "http://localhost", "http://localhost.evil.test", "null", ""] {
        is_refused(&house, &mut keeper, |said| said.origin = evil.into()).await;
        is_not_made(&browser, |said| said.origin = evil.into()).await;
    }
    let upper = format!("http://LOCALHOST:{}", port.trim_end_matches('/'));
    is_refused(&house, &mut keeper, |said| said.origin = upper).await;
}

async fn wa_02_an_answer_for_another_relying_party_is_refused(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    is_refused(&house, &mut keeper, |said| said.rp_id = "evil.test".into()).await;
    is_not_made(&browser, |said| said.rp_id = "test".into()).await;
}

async fn wa_03_an_answer_counts_once_and_not_for_long(house: House) {
    let (_, mut keeper) = ann(&house).await;
    let browser = house.browser();
    browser.get("/sign-in").await;
    let (question, origin) = (browser.question(), house.passport.site.origin());
    let form = browser.tab();
    form.get("/sign-in").await;
    let answer = keeper.answer(0, &question, &origin, |_| ());
    browser.submit("#sign-in-submit", &[("passkey", &answer)]).await.assert_status(200);
    browser.sign_out().await;
    let again = form.submit("#sign-in-submit", &[("passkey", &answer)]).await;
    again.assert_status(422);
    assert!(!browser.is_signed_in().await);
    let late = house.browser();
    late.get("/sign-in").await;
    let answer = keeper.answer(0, &late.question(), &origin, |_| ());
    house.clock.advance(minutes(31));
    late.submit("#sign-in-submit", &[("passkey", &answer)]).await.assert_status(422);
    assert!(!late.is_signed_in().await);
}

async fn wa_04_the_question_of_another_browser_is_refused(house: House) {
    let (_, mut keeper) = ann(&house).await;
    let (victim, thief) = (house.browser(), house.browser());
    victim.get("/sign-in").await;
    thief.get("/sign-in").await;
    // The thief has the victim answer the thief's question, or the other way about.
    let origin = house.passport.site.origin();
    let answer = keeper.answer(0, &thief.question(), &origin, |_| ());
    victim.submit("#sign-in-submit", &[("passkey", &answer)]).await.assert_status(422);
    let answer = keeper.answer(0, &victim.question(), &origin, |_| ());
    thief.submit("#sign-in-submit", &[("passkey", &answer)]).await.assert_status(422);
    assert!(!victim.is_signed_in().await && !thief.is_signed_in().await);
}

async fn wa_05_nobody_signs_in_to_an_account_that_the_passkey_is_not_of(house: House) {
    let (_, mut keeper) = ann(&house).await;
    let (ben, mut of_ben) = (house.browser(), Authenticator::default());
    ben.join(BEN).await;
    added(&ben.add_passkey(&mut of_ben, |_| ()).await);
    let (id, handle) = (keeper.kept[0].id.clone(), keeper.kept[0].user_handle.clone());
    // Ben's key under the name of Ann's, and Ben's passkey that says that it is Ann's.
    is_refused(&house, &mut of_ben, |said| said.id = id).await;
    is_refused(&house, &mut of_ben, |said| said.user_handle = Some(handle)).await;
    is_refused(&house, &mut of_ben, |said| said.user_handle = None).await;
    // Who proves once more who they are is not somebody else by that.
    let origin = house.passport.site.origin();
    ben.get("/sign-in?prove=1&next=/account/passkeys").await;
    let answer = keeper.answer(0, &ben.question(), &origin, |_| ());
    ben.submit("#sign-in-submit", &[("passkey", &answer)]).await.assert_status(422);
    assert!(ben.get("/account").await.text().contains(BEN));
}

async fn wa_06_an_authenticator_must_make_sure_of_the_person(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    is_refused(&house, &mut keeper, |said| said.flags = TOUCHED).await;
    is_refused(&house, &mut keeper, |said| said.flags = VERIFIED).await;
    is_refused(&house, &mut keeper, |said| said.flags |= SYNCED).await;
    is_not_made(&browser, |said| said.flags &= !VERIFIED).await;
    is_not_made(&browser, |said| said.flags &= !TOUCHED).await;
    is_not_made(&browser, |said| said.flags |= SYNCED).await;
}

async fn wa_07_a_key_is_taken_for_its_own_algorithm_only(house: House) {
    let (browser, _) = ann(&house).await;
    for other in [Algorithm::RS256, Algorithm::EdDSA, Algorithm::ES384, Algorithm::HMAC_256_256] {
        is_not_made(&browser, |said| said.algorithm = other).await;
    }
}

async fn wa_08_a_credential_is_registered_once_and_for_one_account(house: House) {
    let (browser, keeper) = ann(&house).await;
    let id = keeper.kept[0].id.clone();
    is_not_made(&browser, |said| said.id = id.clone()).await;
    let ben = house.browser();
    ben.join(BEN).await;
    let refused = ben.add_passkey(&mut Authenticator::default(), |said| said.id = id).await;
    refused.assert_status(422);
    assert!(!ben.get("/account/passkeys").await.page().has("#passkeys"));
}

async fn wa_09_what_is_too_large_or_malformed_is_refused_alike(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    is_not_made(&browser, |said| said.rest = vec![0; 15_000]).await;
    is_not_made(&browser, |said| said.rest = vec![0xf6]).await;
    is_not_made(&browser, |said| said.id = vec![7; 1_024]).await;
    is_refused(&house, &mut keeper, |said| said.rest = vec![0xf6]).await;
    let stranger = house.browser();
    stranger.get("/sign-in").await;
    let good: Value =
        serde_json::from_str(&keeper.answer(0, &stranger.question(), "http://x", |_| ())).unwrap();
    let mut bent = vec!["{".to_owned(), "[]".into(), "null".into(), "{}".into(), "x".repeat(40_000)];
    for (field, value) in [
        ("clientDataJSON", json!("e30")),
        ("clientDataJSON", json!(7)),
        ("authenticatorData", json!("")),
        // A map that says it has 2^32 entries.
        ("authenticatorData", json!(format!("{}zMvrgAAAAA", "A".repeat(43)))),
        ("signature", json!("*")),
        ("userHandle", json!({})),
    ] {
        let mut answer = good.clone();
        answer["response"][field] = value;
        bent.push(answer.to_string());
    }
    for answer in bent {
        stranger.get("/sign-in").await;
        let answer = stranger.submit("#sign-in-submit", &[("passkey", &answer)]).await;
        answer.assert_status(422);
        assert!(answer.page().has("#error-summary"));
    }
}

async fn wa_10_of_many_uses_of_one_answer_exactly_one_wins(house: House) {
    let (_, mut keeper) = ann(&house).await;
    let second = house.second_node().await;
    let browser = house.browser();
    browser.get("/sign-in").await;
    let answer = keeper.answer(0, &browser.question(), &house.passport.site.origin(), |_| ());
    let mut all = JoinSet::new();
    for turn in 0..32 {
        let tab = browser.tab();
        tab.get("/sign-in").await;
        if turn % 2 == 1 {
            tab.go_through(&second);
        }
        let answer = answer.clone();
        all.spawn(async move { tab.submit("#sign-in-submit", &[("passkey", &answer)]).await });
    }
    let won = all.join_all().await.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
}

async fn wa_11_an_answer_to_one_question_is_none_to_another(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    browser.get("/account/passkeys").await;
    let question = browser.question();
    // The challenge of making one, answered as a use; and said to be what it is not.
    let challenge = serde_json::from_str::<Value>(&question).unwrap()["challenge"].clone();
    let challenge = challenge.as_str().unwrap().to_owned();
    let asked = json!({ "challenge": challenge, "rpId": "localhost" }).to_string();
    let answer = keeper.answer(0, &asked, &house.passport.site.origin(), |_| ());
    browser.get("/sign-in?account=other").await;
    browser.submit("#sign-in-submit", &[("passkey", &answer)]).await.assert_status(422);
    is_refused(&house, &mut keeper, |said| said.kind = "webauthn.create").await;
    is_not_made(&browser, |said| said.kind = "webauthn.get").await;
    // The challenge of one account makes no passkey of another.
    let ben = house.browser();
    ben.join(BEN).await;
    is_not_made(&browser, |said| said.challenge = challenge_of_nobody(&said.challenge)).await;
}

/// The same length, and never given.
fn challenge_of_nobody(challenge: &str) -> String {
    challenge.chars().rev().collect()
}

async fn wa_12_a_page_in_a_foreign_frame_asks_in_vain(house: House) {
    let (browser, mut keeper) = ann(&house).await;
    is_refused(&house, &mut keeper, |said| said.top_origin = Some("https://evil.test".into())).await;
    is_not_made(&browser, |said| said.top_origin = Some("https://evil.test".into())).await;
}
