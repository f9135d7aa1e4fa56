//! What strangers can make us keep (FX-12): labels, rows and the writer stay bounded.
use testkit::{House, net::Request, on_both_engines};

on_both_engines![fx_12_a_thousand_methods_are_one_label];

async fn fx_12_a_thousand_methods_are_one_label(house: House) {
    for number in 0..50 {
        let method = format!("BREW{number}").parse().unwrap();
        house.net.send(Request::new(method, &house.url(&format!("/nowhere/{number}")))).await;
    }
    let figures = house.passport.site.figures.text();
    assert!(!figures.contains("BREW"), "{figures}");
    let labels = figures.lines().filter(|line| line.starts_with("http_requests_total")).count();
    assert!(labels <= 2, "{labels}: {figures}");
}
