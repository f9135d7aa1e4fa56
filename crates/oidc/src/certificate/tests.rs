//! Certificates as openssl writes them, and bytes that are none.

use proptest::prelude::*;

use super::*;

const ONE: &str = include_str!("one.pem");
const OTHER: &str = include_str!("other.pem");

fn one() -> Certificate {
    let encoded: String = url::form_urlencoded::byte_serialize(ONE.as_bytes()).collect();
    Certificate::read_header(&encoded.replace('+', "%20")).unwrap()
}

#[test]
fn subject_names_and_thumbprint_are_those_that_openssl_prints() {
    let certificate = one();
    assert_eq!(certificate.subject, r"CN=mtls.rp1.test,OU=Payments,O=Fourth Coffee\, Inc.,C=US");
    let hex: String = certificate.digest().iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(hex, "0BC5E63093154859B2CC6C73BF113339350489CE5CA9A2DE072A140E06314585");
    assert_eq!(certificate.thumbprint().len(), 43);
    assert_eq!(
        certificate.names,
        [
            AlternativeName::Dns("mtls.rp1.test".to_owned()),
            AlternativeName::Uri("https://rp1.test/client".to_owned()),
            AlternativeName::Email("ops@rp1.test".to_owned()),
            AlternativeName::Ip("192.0.2.7".parse().unwrap()),
            AlternativeName::Ip("2001:db8::7".parse().unwrap()),
        ]
    );
}

#[test]
fn the_key_is_the_one_that_openssl_prints() {
    let Some(PublicKey::P256 { x, y }) = one().public_key() else { panic!("a P-256 key") };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&x), "e7f8e2809cf285eb228a22dfc35604d55090899b1737b6e7dd3570b742f0edc6");
    assert_eq!(hex(&y), "f2059c2edb07aec0fa163e9fdf7126a3017624bce0e5e3a759b7798c1a1b287c");
}

#[test]
fn a_certificate_without_extensions_has_no_alternative_names() {
    let certificate = Certificate::read_header(OTHER).unwrap();
    assert_eq!((certificate.subject.as_str(), certificate.names.len()), ("CN=other.rp2.test", 0));
}

#[test]
fn a_subject_may_be_registered_in_any_lawful_spelling() {
    for same in [
        r"CN=mtls.rp1.test,OU=Payments,O=Fourth Coffee\, Inc.,C=US",
        r"cn=mtls.rp1.test, ou=Payments, o=Fourth Coffee\2c Inc., c=US",
        r"2.5.4.3=mtls.rp1.test;OU=Payments,O=Fourth Coffee\, Inc.,C=US",
    ] {
        assert!(one().has_subject(same), "{same}");
    }
    for other in [
        "",
        "mtls.rp1.test",
        "CN=mtls.rp1.test",
        r"C=US,O=Fourth Coffee\, Inc.,OU=Payments,CN=mtls.rp1.test",
        r"CN=MTLS.rp1.test,OU=Payments,O=Fourth Coffee\, Inc.,C=US",
        r"CN=mtls.rp1.test+OU=Payments,O=Fourth Coffee\, Inc.,C=US",
        r"CN=mtls.rp1.test,OU=Payments,O=Fourth Coffee, Inc.,C=US",
        r"CN=mtls.rp1.test,OU=Payments,O=Fourth Coffee\, Inc.,C=US,O=x",
        r"CN=a\",
    ] {
        assert!(!one().has_subject(other), "{other}");
    }
}

#[test]
fn only_plain_blanks_around_a_value_do_not_count() {
    let part = |text| name::normalised(text).unwrap().remove(0).2;
    assert_eq!(part("CN= a "), "a");
    assert_eq!(part("CN=\u{2000}"), "\u{2000}");
}

#[test]
fn the_bare_form_of_rfc_9440_is_read_as_well() {
    let bare = format!(":{}:", STANDARD.encode(one().der()));
    assert_eq!(Certificate::read_header(&bare), Ok(one()));
}

#[test]
fn cut_certificates_are_refused_wherever_they_are_cut() {
    let whole = one();
    for end in 0..whole.der().len() {
        assert_eq!(Certificate::read(&whole.der()[..end]), Err(NotACertificate), "{end}");
    }
    assert_eq!(Certificate::read(&[whole.der(), &[0]].concat()), Err(NotACertificate));
    for text in [
        "",
        "-----BEGIN CERTIFICATE-----",
        "%00",
        "(null)",
        "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
    ] {
        assert_eq!(Certificate::read_header(text), Err(NotACertificate), "{text}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Certificate::read(&bytes);
    }

    #[test]
    fn a_changed_certificate_is_read_without_a_panic(place in 0_usize..557, byte: u8) {
        let mut der = one().der().to_vec();
        if let Some(target) = der.get_mut(place) {
            *target = byte;
        }
        let _ = Certificate::read(&der);
    }

    #[test]
    fn what_is_written_is_read_as_the_same_name(value in "\\PC{1,20}") {
        let text = format!("CN={}", name::escaped(&value));
        prop_assert_eq!(name::normalised(&text).unwrap(), vec![(',', "CN".to_owned(), value)]);
    }
}
