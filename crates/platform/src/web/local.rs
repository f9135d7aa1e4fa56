//! Where a browser may be sent on this site: paths, never other origins; knows no page.

/// `text` if it is a path (with query) of this site, else `/`. Browsers read `\` as `/`, drop tabs and line
/// breaks, and take `//` for another host, so none of these pass (BR-06).
pub fn local_path(text: &str) -> &str {
    let mut start = text.bytes();
    let rooted = start.next() == Some(b'/') && !matches!(start.next(), Some(b'/' | b'\\'));
    let plain = text.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    let dotted = text.split(['?', '#']).next().unwrap_or_default().split('/').any(|part| {
        matches!(part.to_ascii_lowercase().as_str(), "." | ".." | "%2e" | "%2e%2e" | ".%2e" | "%2e.")
    });
    let doubled = text.split(['?', '#']).next().unwrap_or_default().contains("//");
    if rooted && plain && !dotted && !doubled { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn br_06_only_a_path_of_this_site_is_a_place_to_go() {
        for evil in [
            "//evil",
            "/\\evil",
            "\\/evil",
            "/\t/evil",
            "https:evil",
            "///evil",
            "/..//evil",
            "\r\nLocation: x",
            "",
            "/%2e%2e//evil",
            "javascript:alert(1)",
            "/a b",
            "/ä",
        ] {
            assert_eq!(local_path(evil), "/", "{evil:?}");
        }
        for good in ["/", "/sign-in?request=a%26b", "/%09/evil", "/account/profile#top", "/a?next=//evil"] {
            assert_eq!(local_path(good), good);
        }
    }
}
