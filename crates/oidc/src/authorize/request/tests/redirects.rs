//! Where an answer may go: what is foreign, missing or given twice is answered by a page.
use super::*;

#[test]
fn ru_04_a_foreign_redirect_uri_is_answered_by_a_page() {
    for uri in
        ["https://evil.test/cb", "https://rp1.test/cb/", "https://rp1.test/cb?code=EVIL", "javascript:x"]
    {
        page(ask(&[("redirect_uri", uri)]));
    }
}

#[test]
fn ru_08_a_redirect_uri_given_twice_is_answered_by_a_page() {
    for evil_first in [true, false] {
        let twice = match evil_first {
            true => [("redirect_uri", "https://evil.test/"), ("redirect_uri", "https://rp1.test/cb")],
            false => [("redirect_uri", "https://rp1.test/cb"), ("redirect_uri", "https://evil.test/")],
        };
        page(ask(&twice));
    }
    page(ask(&[("client_id", "web"), ("client_id", "web")]));
}

#[test]
fn ru_09_a_missing_redirect_uri_is_answered_by_a_page() {
    page(ask(&[("redirect_uri", "")]));
    let only_one = Client { redirect_uris: vec!["https://rp1.test/cb".to_owned()], ..web() };
    page(ask_as(&only_one, &[("redirect_uri", "")]));
    page(ask_as(&only_one, &[("redirect_uri", ""), ("scope", "email")]));
}

#[test]
fn ru_13_an_unknown_client_is_answered_by_a_page_whatever_else_is_wrong() {
    assert!(matches!(identify(&Parameters::parse(b"redirect_uri=x").unwrap()), Err(Refusal::Page(_))));
    page(ask(&[("client_id", "other")]));
    page(ask(&[("redirect_uri", "https://evil.test/"), ("response_type", "bogus"), ("prompt", "none")]));
    assert!(matches!(unknown_client(), Refusal::Page(_)));
}

#[test]
fn ru_05_a_native_client_may_choose_its_port() {
    let native = Client {
        application_type: ApplicationType::Native,
        redirect_uris: vec!["http://127.0.0.1/cb".to_owned()],
        ..web()
    };
    let request = ask_as(&native, &[("redirect_uri", "http://127.0.0.1:49152/cb")]).unwrap();
    assert_eq!(request.redirect_uri, "http://127.0.0.1:49152/cb");
}
