//! Codes used twice, elsewhere and by others; what stands between the two proofs, stolen; guessing.
use testkit::{
    Browser, Engine, House, PASSWORD,
    house::{minutes, seconds},
    on_both_engines,
};

use super::{ANN, account, enter, first_step, join_with_phone};

on_both_engines![
    sf_02_one_code_serves_one_of_thirty_two_at_once,
    sf_02_one_recovery_code_serves_one_of_thirty_two_at_once,
    sf_02_a_code_that_was_used_and_those_before_it_are_refused,
    sf_03_a_code_of_another_account_is_refused,
    sf_03_the_first_proof_counts_in_its_own_browser_alone,
    sf_03_the_first_proof_ends_with_its_time_and_with_what_it_proved,
    sf_04_guesses_of_codes_and_of_passwords_are_one_budget,
    sf_04_a_right_password_between_gives_no_further_guesses_of_codes,
    the_same_form_twice_is_answered_twice_alike,
    sf_02_a_form_that_is_sent_again_proves_nobody_else,
];

const BEN: &str = "ben@acme.test";

async fn patient(engine: Engine) -> House {
    House::with(engine, |settings| {
        settings.passport.guessing.per_account = 100;
        settings.passport.guessing.per_block = 1_000;
    })
    .await
}

async fn at_once(house: &House, code: &str) -> usize {
    let mut browsers = Vec::new();
    for _ in 0..32 {
        let browser = house.browser();
        first_step(&browser, ANN).await;
        browsers.push(browser);
    }
    let tries = browsers.iter().map(|browser| enter(browser, code));
    futures_util::future::join_all(tries).await;
    let mut signed_in = 0;
    for browser in &browsers {
        signed_in += usize::from(browser.is_signed_in().await);
    }
    signed_in
}

async fn sf_02_one_code_serves_one_of_thirty_two_at_once(engine: Engine) {
    let house = patient(engine).await;
    let (phone, _) = join_with_phone(&house, &house.browser(), ANN).await;
    assert_eq!(at_once(&house, &phone.code(house.clock.now())).await, 1);
    house.leave_mail();
}

async fn sf_02_one_recovery_code_serves_one_of_thirty_two_at_once(engine: Engine) {
    let house = patient(engine).await;
    let (_, codes) = join_with_phone(&house, &house.browser(), ANN).await;
    assert_eq!(at_once(&house, &codes[5]).await, 1);
    house.leave_mail();
}

async fn sf_02_a_code_that_was_used_and_those_before_it_are_refused(engine: Engine) {
    let house = House::open(engine).await;
    let (phone, _) = join_with_phone(&house, &house.browser(), ANN).await;
    let (now, browser) = (house.clock.now(), house.browser());
    let (next, this) = (phone.code(now + seconds(30)), phone.code(now));
    first_step(&browser, ANN).await;
    enter(&browser, &next).await.assert_status(200);
    for used in [next, this] {
        let other = house.browser();
        first_step(&other, ANN).await;
        enter(&other, &used).await.shows(422, "was used before");
        assert!(!other.is_signed_in().await);
    }
    house.leave_mail();
}

async fn sf_03_a_code_of_another_account_is_refused(engine: Engine) {
    let house = House::open(engine).await;
    join_with_phone(&house, &house.browser(), ANN).await;
    let (phone, codes) = join_with_phone(&house, &house.browser(), BEN).await;
    let browser = house.browser();
    for code in [phone.code(house.clock.now()), codes[0].clone()] {
        first_step(&browser, ANN).await;
        browser.click("#use-recovery-code").await;
        enter(&browser, &code).await.assert_status(422);
    }
    assert!(!browser.is_signed_in().await);
    let left =
        passport::second_step::store::count_codes(house.passport.db.reader(), account(&house, BEN).await.id);
    assert_eq!(left.await.unwrap(), 10, "and it is not used up");
}

fn first_proof(browser: &Browser) -> String {
    browser.cookies().value("-second").unwrap().to_owned()
}

async fn sf_03_the_first_proof_counts_in_its_own_browser_alone(engine: Engine) {
    let house = House::open(engine).await;
    let (phone, _) = join_with_phone(&house, &house.browser(), ANN).await;
    let (victim, thief) = (house.browser(), house.browser());
    first_step(&victim, ANN).await;
    thief.get("/sign-in").await;
    let (host, name) = (house.url("").parse::<url::Url>().unwrap(), house.cookie("second"));
    let stolen = first_proof(&victim);
    thief.cookies().put(host.host_str().unwrap(), &name, &stolen);
    assert_eq!(thief.get("/sign-in/second").await.heading(), "Sign in");
    // Made up, or made for something else.
    let session = house.browser();
    session.join("cem@acme.test").await;
    let of_a_session = session.cookies().value("-session").unwrap().to_owned();
    for forged in ["AAAA".to_owned(), of_a_session, format!("{stolen}A")] {
        thief.cookies().put(host.host_str().unwrap(), &name, &forged);
        assert_eq!(thief.get("/sign-in/second").await.heading(), "Sign in", "{forged}");
    }
    enter(&victim, &phone.code(house.clock.now())).await.assert_status(200);
    house.leave_mail();
}

async fn sf_03_the_first_proof_ends_with_its_time_and_with_what_it_proved(engine: Engine) {
    let house = House::open(engine).await;
    let owner = house.browser();
    let (phone, _) = join_with_phone(&house, &owner, ANN).await;
    let (slow, thief) = (house.browser(), house.browser());
    first_step(&slow, ANN).await;
    house.clock.advance(minutes(10));
    let late = enter(&slow, &phone.code(house.clock.now())).await;
    assert_eq!(late.heading(), "Sign in");
    assert!(late.page().words().contains("took too long") && !slow.is_signed_in().await);

    first_step(&thief, ANN).await;
    owner.sign_out().await;
    first_step(&owner, ANN).await;
    enter(&owner, &phone.code(house.clock.now())).await.assert_status(200);
    owner.get("/account/password").await;
    let fields = [("old_password", PASSWORD), ("password", "nine blue lanterns hum")];
    owner.submit("form[action='/account/password']", &fields).await.assert_status(200);
    house.clock.advance(seconds(30));
    enter(&thief, &phone.code(house.clock.now())).await;
    assert!(!thief.is_signed_in().await, "the password that it proved is none any more");
    house.leave_mail();
}

async fn sf_04_guesses_of_codes_and_of_passwords_are_one_budget(engine: Engine) {
    let house = House::open(engine).await;
    let (phone, _) = join_with_phone(&house, &house.browser(), ANN).await;
    let stranger = house.browser();
    first_step(&stranger, ANN).await;
    for number in 0..10 {
        enter(&stranger, &format!("{number:06}")).await.assert_status(422);
    }
    enter(&stranger, &phone.code(house.clock.now())).await.shows(422, "too many tries");
    let other = house.browser();
    other.get("/sign-in").await;
    other.fill_in_sign_in(ANN, PASSWORD).await.assert_status(422);
    house.clock.advance(minutes(30));
    first_step(&other, ANN).await;
    enter(&other, &phone.code(house.clock.now())).await.assert_status(200);
    house.leave_mail();
}

async fn sf_04_a_right_password_between_gives_no_further_guesses_of_codes(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.guessing.in_a_row = 20).await;
    join_with_phone(&house, &house.browser(), ANN).await;
    let stranger = house.browser();
    let mut tries = 0;
    loop {
        stranger.get("/sign-in").await;
        if stranger.fill_in_sign_in(ANN, PASSWORD).await.status == 422 {
            break;
        }
        enter(&stranger, &format!("{tries:06}")).await.assert_status(422);
        house.clock.advance(minutes(5));
        tries += 1;
        assert!(tries <= 20, "nobody was stopped");
    }
    // Every try stands in the row of wrong ones, which the right password did not end.
    let letters = house.postbox(ANN).letters().await;
    assert!(letters.iter().any(|letter| letter.subject == "Many wrong passwords"), "its owner is told");
    stranger.get("/sign-in/second").await;
    assert!(!stranger.is_signed_in().await);
}

async fn the_same_form_twice_is_answered_twice_alike(engine: Engine) {
    let house = House::open(engine).await;
    let (phone, _) = join_with_phone(&house, &house.browser(), ANN).await;
    let browser = house.browser();
    let page = first_step(&browser, ANN).await.page();
    let form = page.form("#second-submit").filled(&[("code", &phone.code(house.clock.now()))]);
    let kept = first_proof(&browser);
    let first = browser.tab().post_from(&house.url(""), &form.action, &form.fields).await;
    assert!(browser.is_signed_in().await, "{first:?}");
    // The answer was lost: the browser has what it had, and sends the very form again.
    let host = house.url("").parse::<url::Url>().unwrap();
    browser.cookies().put(host.host_str().unwrap(), &house.cookie("second"), &kept);
    let again = browser.post_from(&house.url(""), &form.action, &form.fields).await;
    again.assert_status(200);
    assert!(browser.is_signed_in().await, "{again:?}");
    house.leave_mail();
}

/// Whoever has an app of their own, and another's password.
async fn sf_02_a_form_that_is_sent_again_proves_nobody_else(engine: Engine) {
    let house = House::open(engine).await;
    let (phone, _) = join_with_phone(&house, &house.browser(), BEN).await;
    join_with_phone(&house, &house.browser(), ANN).await;
    let ben = house.browser();
    let page = first_step(&ben, BEN).await.page();
    let form = page.form("#second-submit").filled(&[("code", &phone.code(house.clock.now()))]);
    ben.post_from(&house.url(""), &form.action, &form.fields).await.assert_status(200);
    assert!(ben.is_signed_in().await);
    ben.sign_out().await;
    first_step(&ben, ANN).await;
    ben.post_from(&house.url(""), &form.action, &form.fields).await.assert_status(422);
    assert!(!ben.is_signed_in().await, "with Ben's code as Ann");
    house.leave_mail();
}
