//! What goes into letters and where they go: nothing of a request but the stored address (EM-01, EM-02,
//! EM-06 to EM-09, INV-3).
use testkit::{House, net::Request, on_both_engines};

use super::*;

on_both_engines![
    em_01_and_em_02_links_lead_to_the_configured_origin_whatever_a_request_says,
    em_06_and_em_07_an_address_that_could_mean_two_is_refused_everywhere,
    em_08_the_letter_goes_to_the_stored_address_and_not_to_the_typed_one,
    em_09_what_people_wrote_cannot_break_a_letter,
];

async fn em_01_and_em_02_links_lead_to_the_configured_origin_whatever_a_request_says(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let browser = house.browser();
    for (header, value) in [
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("x-host", "evil.test"),
        ("forwarded", "host=evil.test;proto=http"),
        ("x-forwarded-proto", "http"),
    ] {
        begin(&browser, ANN).await;
        let form = browser.here().page().form("#recover-way-submit").fields.with("way", "alternate");
        let cookies = browser.cookies().header(&browser.here().url, house.clock.now()).unwrap();
        let request =
            Request::post(&house.url("/recover"), &form).header("cookie", cookies).header(header, value);
        house.net.send(request).await.assert_status(200);
        let link = newest_link(&house, OTHER).await;
        assert!(link.starts_with(&format!("{}/link/", house.passport.issuer())), "{header}: {link}");
        let letter = house.postbox(OTHER).letters().await.remove(0);
        assert!(!letter.text.contains("evil") && !letter.html.contains("evil"), "{header}");
    }
}

async fn em_06_and_em_07_an_address_that_could_mean_two_is_refused_everywhere(house: House) {
    let browser = house.browser();
    browser.join(ANN).await;
    for bad in [
        "a@evil.test,ann@acme.test",
        "\"e@evil.test\"@victim.test",
        "ann@acme.test <m@evil.test>",
        "grp: a@x.test;",
        "<@evil.test:ann@acme.test>",
        "ann@acme.test\r\nBcc: m@evil.test",
        "ann@acme.test%0d%0aBcc: m@evil.test",
        "ann\0@acme.test",
        "ann\u{2028}@acme.test",
        "ann\u{FF20}acme.test",
    ] {
        // Control characters are refused at the door, like everywhere (FX-14).
        let status = if bad.chars().any(|c| c.is_control() && !"\r\n".contains(c)) { 400 } else { 422 };
        begin(&house.browser(), bad).await.assert_status(status);
        sign_up_with_alternate(&house, bad).await.assert_status(status);
        for (page, button) in
            [("/account/email", "#change-email-submit"), ("/account/alternate-email", "#alternate-submit")]
        {
            browser.get(page).await;
            browser.submit(button, &[("new_email", bad)]).await.assert_status(status);
        }
    }
}

async fn sign_up_with_alternate(house: &House, alternate: &str) -> Answer {
    sign_up_with(&house.browser(), "bea@acme.test", &[("alternate_email", alternate)]).await
}

async fn em_08_the_letter_goes_to_the_stored_address_and_not_to_the_typed_one(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    for typed in ["ANN@ACME.TEST", "ann@acme.test", " Ann@acme.test "] {
        choose(&house.browser(), typed, "alternate").await.assert_status(200);
    }
    // A look-alike is another address, and has no account.
    for other in ["\u{430}nn@acme.test", "ann@acm\u{435}.test"] {
        choose(&house.browser(), other, "alternate").await.assert_status(200);
    }
    let letters = house.postbox(OTHER).letters().await;
    assert_eq!(letters.len(), 4);
    assert!(letters.iter().all(|letter| letter.envelope_to == [OTHER]));
}

async fn em_09_what_people_wrote_cannot_break_a_letter(house: House) {
    house.leave_mail();
    let name = "x\r\n.\r\nMAIL FROM:<m@evil.test>";
    let refused = sign_up_with(&house.browser(), ANN, &[("name", name)]).await;
    assert!(refused.status == 422 && refused.page().has("#name-error"), "{refused:?}");
    let hostile = [("name", "<img src=x onerror=alert(1)> {{7*7}} ${7*7}"), ("verify", "yes")];
    assert!(sign_up_with(&house.browser(), ANN, &hostile).await.page().has("#signed-up"));
    let letter = house.postbox(ANN).letter().await;
    assert!(!letter.html.contains("<img") && letter.envelope_to == [ANN], "{}", letter.html);
}
