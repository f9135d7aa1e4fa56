//! One guess budget for every way into an account, which strangers cannot turn against its owner
//! (BF-02, BF-03, BF-05).
use testkit::{
    Engine, House, PASSWORD, SECRET_ANSWER,
    house::{days, minutes},
    on_both_engines,
};

use super::*;

on_both_engines![
    bf_02_strangers_cannot_lock_the_owner_out_of_a_known_computer,
    bf_02_signing_in_as_oneself_renews_no_guesses_at_who_shares_the_computer,
    bf_02_nor_out_of_a_new_one_for_longer_than_a_quarter_of_an_hour,
    bf_03_answers_and_old_passwords_spend_the_budget_of_sign_ins,
    bf_03_a_lock_stops_the_way_of_the_answer_as_well,
    bf_05_five_answers_a_day_even_the_right_one,
    a_refused_guess_writes_nothing_and_takes_nothing_back,
    a_budget_is_a_setting,
];

async fn guess(browser: &Browser, times: u32) {
    for number in 0..times {
        attempt(browser, ANN, &format!("wrong password {number}")).await.assert_status(422);
    }
}

async fn bf_02_strangers_cannot_lock_the_owner_out_of_a_known_computer(house: House) {
    let owner = house.browser();
    owner.join(ANN).await;
    owner.sign_out().await;
    guess(&house.browser(), 30).await;
    owner.sign_in(ANN, PASSWORD).await;
    // The budget of the known computer is one as well.
    owner.sign_out().await;
    house.clock.advance(minutes(30));
    guess(&owner, 10).await;
    attempt(&owner, ANN, PASSWORD).await.assert_status(422);
    house.browser().sign_in(ANN, PASSWORD).await;
}

async fn bf_02_signing_in_as_oneself_renews_no_guesses_at_who_shares_the_computer(house: House) {
    let browser = house.browser();
    for email in [ANN, "ben@acme.test"] {
        browser.join(email).await;
        browser.sign_out().await;
    }
    guess(&browser, 10).await;
    // The computer's cookie is another one now; what was counted stays.
    browser.sign_in("ben@acme.test", PASSWORD).await;
    browser.sign_out().await;
    attempt(&browser, ANN, PASSWORD).await.assert_status(422);
    house.clock.advance(minutes(30));
    browser.sign_in(ANN, PASSWORD).await;
}

async fn bf_02_nor_out_of_a_new_one_for_longer_than_a_quarter_of_an_hour(house: House) {
    house.browser().sign_up(ANN).await;
    guess(&house.browser(), 40).await;
    let browser = house.browser();
    attempt(&browser, ANN, PASSWORD).await.assert_status(422);
    house.clock.advance(minutes(30));
    browser.sign_in(ANN, PASSWORD).await;
}

async fn bf_03_answers_and_old_passwords_spend_the_budget_of_sign_ins(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    for number in 0..5 {
        answer(&house.browser(), ANN, &INFORMATION, &format!("wrong {number}")).await.assert_status(422);
    }
    guess(&house.browser(), 5).await;
    attempt(&house.browser(), ANN, PASSWORD).await.assert_status(422);
    // The old password on a known computer spends that computer's budget.
    house.clock.advance(minutes(30));
    let owner = house.browser();
    owner.sign_in(ANN, PASSWORD).await;
    owner.get("/account/password").await;
    for number in 0..10 {
        let old = format!("wrong {number}");
        let fields = [("old_password", old.as_str()), ("password", NEW_PASSWORD)];
        owner.submit("#change-password-submit", &fields).await.assert_status(422);
    }
    let right = [("old_password", PASSWORD), ("password", NEW_PASSWORD)];
    owner.submit("#change-password-submit", &right).await.assert_status(422);
    attempt(&owner, ANN, PASSWORD).await.assert_status(422);
    // A right password is no guess, here as at sign-in.
    house.clock.advance(minutes(30));
    let other = house.browser();
    for _ in 0..12 {
        other.sign_in(ANN, PASSWORD).await;
    }
}

async fn bf_03_a_lock_stops_the_way_of_the_answer_as_well(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    let browser = house.browser();
    choose(&browser, ANN, "answer").await.assert_status(200);
    guess(&house.browser(), 10).await;
    let fields = [INFORMATION.as_slice(), &[("answer", SECRET_ANSWER)]].concat();
    browser.submit("#recover-answer-submit", &fields).await.assert_status(422);
    house.clock.advance(minutes(30));
    let right = answer(&browser, ANN, &INFORMATION, SECRET_ANSWER).await;
    assert!(right.page().has("#recover-waiting"), "{right:?}");
}

async fn bf_05_five_answers_a_day_even_the_right_one(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    let browser = house.browser();
    let mut wrong = None;
    for number in 0..5 {
        let refused = answer(&browser, ANN, &INFORMATION, &format!("wrong {number}")).await;
        wrong = Some(seen(&refused, ANN));
        house.clock.advance(minutes(31));
    }
    let right = answer(&browser, ANN, &INFORMATION, SECRET_ANSWER).await;
    assert_eq!(Some(seen(&right, ANN)), wrong, "the right one during the pause looks like a wrong one");
    // The pause is of answers: the password is still good.
    house.browser().sign_in(ANN, PASSWORD).await;
    house.clock.advance(days(2));
    assert!(answer(&browser, ANN, &INFORMATION, SECRET_ANSWER).await.page().has("#recover-waiting"));
}

async fn a_budget_is_a_setting(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.guessing.per_account = 2).await;
    house.browser().sign_up(ANN).await;
    guess(&house.browser(), 2).await;
    attempt(&house.browser(), ANN, PASSWORD).await.assert_status(422);
}

async fn a_refused_guess_writes_nothing_and_takes_nothing_back(house: House) {
    house.browser().sign_up(ANN).await;
    let browser = house.browser();
    guess(&browser, 10).await;
    let counted = async || {
        let spent = "SELECT CAST(SUM(used) AS BIGINT) FROM budget";
        let in_a_row = "SELECT CAST(SUM(failures) AS BIGINT) FROM guess_streak";
        let rows = "SELECT COUNT(*) FROM budget";
        let lines = "SELECT COUNT(*) FROM event";
        let mut all = Vec::new();
        for sql in [spent, in_a_row, rows, lines] {
            all.push(house.ground.count(sql).await);
        }
        all
    };
    let before = counted().await;
    assert_eq!(before[1], 10);
    guess(&browser, 5).await;
    attempt(&browser, ANN, PASSWORD).await.assert_status(422);
    assert_eq!(counted().await, before);
}
