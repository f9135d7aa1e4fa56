//! How long unknown and known addresses take, as a distribution. Prints the area under the ROC curve, which is
//! 0.5 when nobody can tell them apart; asserts no time, because a busy machine has its own. Run it alone:
//! `cargo test -p tests --test passport timing -- --ignored --nocapture`.
use std::{io::Write as _, time::Instant};

use testkit::{Engine, House};

use super::*;

/// How often each is asked, in turns.
const ROUNDS: usize = 300;

/// The chance that a random one of `left` took longer than a random one of `right`.
fn auc(left: &[f64], right: &[f64]) -> f64 {
    let wins = left.iter().flat_map(|a| {
        right.iter().map(move |b| match a.total_cmp(b) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        })
    });
    wins.sum::<f64>() / (left.len() * right.len()) as f64
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Asks for a known and an unknown address in turns; each time another unknown one.
async fn compare(what: &str, ask: impl AsyncFn(&str)) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for is_known in [round % 2 == 0, round % 2 != 0] {
            let email = if is_known { ANN.to_owned() } else { format!("nobody{round}@acme.test") };
            let begun = Instant::now();
            ask(&email).await;
            let millis = begun.elapsed().as_secs_f64() * 1000.0;
            if is_known { known.push(millis) } else { unknown.push(millis) }
        }
    }
    let auc = auc(&known, &unknown);
    let (known, unknown) = (median(&mut known), median(&mut unknown));
    let line = format!("{what}: AUC {auc:.3}, medians {known:.2} ms known, {unknown:.2} ms unknown\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

#[test]
fn the_area_is_one_half_for_equal_and_one_for_apart() {
    assert!((auc(&[1.0, 2.0], &[1.0, 2.0]) - 0.5).abs() < f64::EPSILON);
    assert!((auc(&[3.0, 4.0], &[1.0, 2.0]) - 1.0).abs() < f64::EPSILON);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures time: run it alone"]
async fn timing_of_unknown_against_known_addresses() {
    let house = House::with(Engine::Sqlite, |settings| settings.passport.limits.scale = 1_000_000.0).await;
    house.leave_mail();
    let more = [INFORMATION.as_slice(), &[("alternate_email", OTHER)]].concat();
    sign_up_with(&house.browser(), ANN, &more).await;
    let browser = house.browser();
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let token = browser.here().page().attribute("main input[name=form_token]", "value");
        browser.tab().post(path, &[fields, &[("form_token", token.as_str())]].concat()).await;
    };
    browser.get("/sign-in").await;
    compare("sign-in, wrong password", async |email| {
        post("/sign-in", &[("username", email), ("password", "wrong password")]).await;
    })
    .await;
    browser.get("/recover").await;
    compare("recovery, the ways", async |email| {
        post("/recover", &[("step", "address"), ("email", email)]).await;
    })
    .await;
    compare("recovery, asking for a link", async |email| {
        post("/recover", &[("step", "way"), ("way", "alternate"), ("email", email)]).await;
    })
    .await;
    compare("recovery, wrong answer", async |email| {
        post("/recover", &[("step", "answer"), ("email", email), ("answer", "wrong"), ("postal_code", "1")])
            .await;
    })
    .await;
    compare("recovery, wrong billing facts", async |email| {
        let facts = [
            ("last_four_digits", "4242"),
            ("expiry", "07/27"),
            ("postal_code", "1"),
            ("invoice_number", "1"),
        ];
        post("/recover", &[&[("step", "billing"), ("email", email)], facts.as_slice()].concat()).await;
    })
    .await;
}
