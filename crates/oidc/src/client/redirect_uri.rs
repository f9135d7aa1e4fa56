//! Whether a presented redirect URI is one of the registered ones; it does not know what may be
//! registered.

use url::{Host, Url};

use super::ApplicationType;

/// The ways to write a loopback address whose port is free. By the name `localhost` the answer can go astray
/// (RFC 8252 §8.3), of which people are warned; each matches itself alone.
const LOOPBACK: [&str; 3] = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

/// Equality of bytes (RFC 3986 §6.2.1, OIDC Core §3.1.2.1), with one exception: a native
/// application may choose the port of a registered loopback address (RFC 8252 §7.3).
pub fn matches(registered: &[String], presented: &str, application_type: ApplicationType) -> bool {
    registered.iter().any(|uri| {
        uri == presented || (application_type == ApplicationType::Native && same_but_for_port(uri, presented))
    })
}

fn same_but_for_port(registered: &str, presented: &str) -> bool {
    match (without_port(registered), without_port(presented)) {
        (Some(registered), Some(presented)) => registered == presented,
        _ => false,
    }
}

/// A loopback URI as (host part, what follows the port), or `None` for anything else. Works on the
/// text alone: a URL parser would first repair what must be refused.
fn without_port(uri: &str) -> Option<(&str, &str)> {
    let (host, rest) = LOOPBACK.iter().find_map(|host| Some((*host, uri.strip_prefix(host)?)))?;
    let rest = match rest.strip_prefix(':') {
        Some(after_colon) => {
            let end = after_colon.find(|c: char| !c.is_ascii_digit()).unwrap_or(after_colon.len());
            let (port, rest) = after_colon.split_at_checked(end)?;
            if port.starts_with('0') || port.parse::<u16>().is_err() {
                return None;
            }
            rest
        }
        None => rest,
    };
    (rest.is_empty() || rest.starts_with('/') || rest.starts_with('?')).then_some((host, rest))
}

/// Whether a URI leads to this very computer: who presents it is a developer at work, or a native application.
pub fn is_loopback(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// How a presented URI departs from a registered one: both begin and end alike, and in between is what differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub beginning: String,
    /// The part of the registered URI that is not in the presented one.
    pub registered: String,
    /// The part of the presented URI that is not in the registered one.
    pub presented: String,
    pub end: String,
}

/// Compares character by character; for people, never for a decision.
pub fn difference(registered: &str, presented: &str) -> Difference {
    let alike = registered.chars().zip(presented.chars()).take_while(|(one, other)| one == other);
    let beginning: String = alike.map(|(c, _)| c).collect();
    let (rest_registered, rest_presented) = (
        registered.strip_prefix(&beginning).unwrap_or_default(),
        presented.strip_prefix(&beginning).unwrap_or_default(),
    );
    let alike = rest_registered.chars().rev().zip(rest_presented.chars().rev());
    let reversed: Vec<char> = alike.take_while(|(one, other)| one == other).map(|(c, _)| c).collect();
    let end: String = reversed.into_iter().rev().collect();
    let without_end = |rest: &str| rest.strip_suffix(&end).unwrap_or_default().to_owned();
    Difference {
        registered: without_end(rest_registered),
        presented: without_end(rest_presented),
        beginning,
        end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ApplicationType::{Native, Web};
    use proptest::prelude::*;

    fn check(registered: &str, presented: &str, kind: ApplicationType) -> bool {
        matches(&[registered.to_owned()], presented, kind)
    }

    fn none_match(registered: &str, kind: ApplicationType, presented: &[&str]) {
        for uri in presented {
            assert!(!check(registered, uri, kind), "{uri}");
        }
    }

    const CB: &str = "https://rp1.test/cb";

    #[test]
    fn the_registered_uri_is_itself_with_its_own_query() {
        assert!(check(CB, CB, Web));
        assert!(check("https://rp1.test/cb?tenant=1", "https://rp1.test/cb?tenant=1", Web));
        assert!(!check("https://rp1.test/cb?tenant=1", CB, Web));
        assert!(!matches(&[], CB, Web));
    }

    #[test]
    fn ru_01_neighbours_of_the_host_and_the_path_are_strangers() {
        none_match(
            CB,
            Web,
            &[
                "https://rp1.test.evil.test/cb",
                "https://rp1.test/cb.evil.test",
                "https://rp1.test/cb/../x",
                "https://rp1.test/cb%2f..%2fx",
                "https://rp1.test/cb%252f..",
                "https://rp1.test/cb/..;/x",
                "https://rp1Xtest/cb",
            ],
        );
    }

    #[test]
    fn ru_02_userinfo_makes_a_stranger() {
        none_match(
            CB,
            Web,
            &[
                "https://rp1.test@evil.test/cb",
                "https://rp1.test:x@evil.test/cb",
                "https://a@rp1.test@evil.test/cb",
            ],
        );
    }

    #[test]
    fn ru_03_a_fragment_makes_a_stranger() {
        none_match(CB, Web, &["https://rp1.test/cb#x", "https://rp1.test/cb%23x", "https://rp1.test/cb#"]);
    }

    #[test]
    fn ru_04_spelling_variants_are_not_the_registered_uri() {
        none_match(
            CB,
            Web,
            &[
                "HTTPS://RP1.test/cb",
                "https://rp1.test:443/cb",
                "https://rp1.test/cb/",
                "https://rp1.test/CB",
                "https://rp1.test/%63b",
                "https://rp1.test./cb",
                "https://rp1.test/cb?",
                "https://rp1.test/cb?a=b",
                "https://rp1.test/cb ",
                " https://rp1.test/cb",
                "https://rp1.test/cb\0",
                "https://rp1.test/cb%00",
                "https://rp1.test/cb%09",
                "",
            ],
        );
    }

    #[test]
    fn ru_05_a_native_loopback_client_may_choose_its_port_and_nothing_else() {
        let registered = "http://127.0.0.1/cb";
        assert!(check(registered, "http://127.0.0.1:49152/cb", Native));
        assert!(check("http://127.0.0.1:8080/cb", "http://127.0.0.1/cb", Native));
        none_match(
            registered,
            Native,
            &[
                "http://127.0.0.1:49152/other",
                "http://127.0.0.1:49152/cb?a=b",
                "http://127.0.0.1:49152/cb#x",
                "http://localhost:49152/cb",
                "http://127.0.0.1.evil.test:1/cb",
                "http://127.0.0.1:1@evil.test/cb",
                "http://127.0.0.1:@evil.test/cb",
                "http://127.0.0.1:1.evil.test/cb",
                "http://127.0.0.1\\@evil.test/cb",
                "http://2130706433:1/cb",
                "http://0x7f.1:1/cb",
                "https://127.0.0.1:1/cb",
                "HTTP://127.0.0.1:1/cb",
                "http://127.0.0.1:/cb",
                "http://127.0.0.1:0/cb",
                "http://127.0.0.1:080/cb",
                "http://127.0.0.1:+80/cb",
                "http://127.0.0.1:65536/cb",
                "http://127.0.0.1:99999999999999999999/cb",
                "http://127.0.0.1:\u{0661}/cb",
            ],
        );
    }

    #[test]
    fn ru_05_a_name_that_begins_like_a_loopback_address_has_no_free_port() {
        none_match("http://127.0.0.1.evil.test/cb", Native, &["http://127.0.0.1:1.evil.test/cb"]);
        none_match("http://127.0.0.1@evil.test/cb", Native, &["http://127.0.0.1:1@evil.test/cb"]);
    }

    #[test]
    fn ru_05_localhost_has_a_free_port_too_and_is_itself_alone() {
        assert!(check("http://localhost/cb", "http://localhost:49152/cb", Native));
        none_match("http://localhost/cb", Web, &["http://localhost:49152/cb"]);
        none_match(
            "http://localhost/cb",
            Native,
            &[
                "http://127.0.0.1:1/cb",
                "http://localhost.evil.test:1/cb",
                "http://localhost:1.evil.test/cb",
                "http://localhost@evil.test/cb",
                "http://localhost:1@evil.test/cb",
                "http://LOCALHOST:1/cb",
                "http://localhost./cb",
            ],
        );
    }

    #[test]
    fn ru_06_the_one_spelling_of_ipv6_loopback_has_a_free_port() {
        let registered = "http://[::1]/cb";
        assert!(check(registered, "http://[::1]:61023/cb", Native));
        none_match(
            registered,
            Native,
            &[
                "http://[::ffff:127.0.0.1]:1/cb",
                "http://[0:0:0:0:0:0:0:1]:1/cb",
                "http://[::1%25lo]:1/cb",
                "http://127.0.0.1:1/cb",
            ],
        );
    }

    #[test]
    fn ru_07_the_free_port_is_not_for_web_clients() {
        none_match(CB, Web, &["https://rp1.test:8443/cb"]);
        none_match(CB, Native, &["https://rp1.test:8443/cb"]);
        none_match("http://127.0.0.1/cb", Web, &["http://127.0.0.1:49152/cb"]);
    }

    #[test]
    fn ru_14_a_private_use_scheme_matches_exactly() {
        assert!(check("com.example.app:/cb", "com.example.app:/cb", Native));
        none_match("com.example.app:/cb", Native, &["com.example.app:/cb2", "com.example.app://cb"]);
    }

    proptest! {
        #[test]
        fn web_comparison_is_equality_of_bytes(a in "https?://[a-b.:@/?%0-1]{0,12}", b in "https?://[a-b.:@/?%0-1]{0,12}") {
            prop_assert_eq!(check(&a, &b, Web), a == b);
        }

        #[test]
        fn native_comparison_is_equality_once_loopback_ports_are_taken_out(
            host in "127\\.0\\.0\\.1|\\[::1\\]|localhost|127\\.0\\.0\\.11",
            port in 1u16..,
            path in "(/[a-c]{0,3})?(\\?[a-c]{0,2})?",
            other in "(/[a-c]{0,3})?(\\?[a-c]{0,2})?",
        ) {
            let registered = format!("http://{host}{path}");
            let loopback = host != "127.0.0.11";
            let presented = format!("http://{host}:{port}{path}");
            prop_assert_eq!(check(&registered, &presented, Native), loopback);
            prop_assert_eq!(check(&registered, &presented, Web), false);
            let presented = format!("http://{host}:{port}{other}");
            prop_assert_eq!(check(&registered, &presented, Native), loopback && path == other);
        }

        #[test]
        fn any_text_is_compared_without_a_panic(text in ".*") {
            let _ = check("http://127.0.0.1/cb", &format!("http://127.0.0.1{text}"), Native);
        }
    }

    fn marked(registered: &str, presented: &str) -> String {
        let found = difference(registered, presented);
        format!("{}[{}|{}]{}", found.beginning, found.registered, found.presented, found.end)
    }

    #[test]
    fn the_differing_part_stands_between_what_is_alike() {
        let registered = "https://rp1.test/cb";
        assert_eq!(marked(registered, "https://rp1.test/cb/"), "https://rp1.test/cb[|/]");
        assert_eq!(marked(registered, "http://rp1.test/cb"), "http[s|]://rp1.test/cb");
        assert_eq!(marked(registered, "https://rp1.test:8443/cb"), "https://rp1.test[|:8443]/cb");
        assert_eq!(marked(registered, "https://rp1.test/CB"), "https://rp1.test/[cb|CB]");
        assert_eq!(marked(registered, ""), "[https://rp1.test/cb|]");
    }

    #[test]
    fn loopback_is_this_computer_and_no_name_that_looks_like_it() {
        for uri in ["http://127.0.0.1:3000/cb", "http://[::1]/cb", "http://localhost:8080/"] {
            assert!(is_loopback(uri), "{uri}");
        }
        for uri in [
            "https://rp1.test/",
            "http://localhost.evil.test/",
            "com.example:/127.0.0.1",
            "http://127.0.0.1.evil.test/",
            "x",
        ] {
            assert!(!is_loopback(uri), "{uri}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_of_a_difference_make_both_uris_again(registered in ".{0,12}", presented in ".{0,12}") {
            let found = difference(&registered, &presented);
            prop_assert_eq!(format!("{}{}{}", found.beginning, found.registered, found.end), registered);
            prop_assert_eq!(format!("{}{}{}", found.beginning, found.presented, found.end), presented);
        }
    }
}
