//! Who is the visitor (FX-07): the block that budgets, sessions and the history count by.
use testkit::{Engine, House, PASSWORD, on_both_engines};

on_both_engines![
    fx_07_the_block_of_a_visitor_is_the_last_readable_hop_or_the_peer,
    fx_07_nobody_chooses_a_block_by_what_they_send,
];

const ANN: &str = "ann@acme.test";

async fn behind_proxies(engine: Engine) -> House {
    let proxies = ["127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"];
    let house = House::with(engine, |settings| {
        settings.passport.server.trusted_proxies = proxies.map(str::to_owned).to_vec();
    })
    .await;
    house.browser().sign_up(ANN).await;
    house
}

/// Signs in with these headers; fails the test unless the session began from `block`.
async fn assert_block(house: &House, headers: &[(&str, &str)], block: &str) {
    let browser = house.browser().saying(headers);
    browser.sign_in(ANN, PASSWORD).await;
    let from = |what: &str| format!("SELECT count(*) FROM session WHERE ended_at IS NULL AND {what}");
    let here = house.ground.count(&from(&format!("address_block = '{block}'"))).await;
    assert_eq!((here, house.ground.count(&from("true")).await), (1, 1), "{headers:?} is not of {block}");
    browser.sign_out().await;
}

async fn fx_07_the_block_of_a_visitor_is_the_last_readable_hop_or_the_peer(engine: Engine) {
    let house = behind_proxies(engine).await;
    for (name, value, expected) in [
        ("x-forwarded-for", "203.0.113.9, 198.51.100.5:51234", "198.51.100.0/24"),
        ("x-forwarded-for", "203.0.113.9, 198.51.100.5:51234, 10.1.2.3:80", "198.51.100.0/24"),
        ("x-forwarded-for", "203.0.113.9, [2001:db8:1:2ff::7]:443", "2001:db8:1:200::/56"),
        ("x-forwarded-for", "203.0.113.9, 2001:db8:1:2ff::7, 2001:db8:ffff::1", "2001:db8:1:200::/56"),
        ("x-forwarded-for", "203.0.113.9, ::ffff:198.51.100.5", "198.51.100.0/24"),
        ("forwarded", "for=203.0.113.9, for=\"198.51.100.5:51234\";proto=https", "198.51.100.0/24"),
        ("forwarded", "for=203.0.113.9, For=\"[2001:db8:1:2ff::7]:_a\";by=10.0.0.1", "2001:db8:1:200::/56"),
    ] {
        assert_block(&house, &[(name, value)], expected).await;
    }
}

async fn fx_07_nobody_chooses_a_block_by_what_they_send(engine: Engine) {
    let house = behind_proxies(engine).await;
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.9, unknown"),
        ("x-forwarded-for", "203.0.113.9, unknown, 10.0.0.7"),
        ("x-forwarded-for", "203.0.113.9, "),
        ("x-forwarded-for", "203.0.113.9, 198.51.100.5:port"),
        ("x-forwarded-for", "203.0.113.9, fe80::1%eth0"),
        ("forwarded", "for=203.0.113.9, for=_hidden"),
        ("forwarded", "for=203.0.113.9, by=198.51.100.5"),
        ("forwarded", "for=203.0.113.9, for=\"198.51.100.5"),
    ] {
        assert_block(&house, &[(name, value)], "127.0.0.0/24").await;
    }
    // Two headers that disagree: one of them was passed through from the person.
    let both = [("x-forwarded-for", "198.51.100.5"), ("forwarded", "for=203.0.113.9")];
    assert_block(&house, &both, "127.0.0.0/24").await;
}
