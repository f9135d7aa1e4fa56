//! A browser and a system in two words, out of what a browser says of itself. Guesses, and keeps no version:
//! enough for a person to recognize their own computer.

/// `Firefox, Windows`; empty when nothing is recognized. Never a piece of the header itself, which is a
/// stranger's text.
pub fn summary(user_agent: &str) -> String {
    // Order matters: every browser names the ones that it resembles.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("Lynx", "Lynx"),
    ];
    let systems = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    [first(&browsers), first(&systems)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_by_its_own_name_and_not_by_those_it_resembles() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/130.0 Safari/537.36 Edg/130.0";
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 \
                      Mobile/15E148 Safari/604.1";
        assert_eq!(summary(edge), "Edge, Windows");
        assert_eq!(summary(safari), "Safari, iPhone");
        assert_eq!(
            summary("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox, Linux"
        );
        assert_eq!(summary("<script>alert(1)</script>"), "", "a stranger's text is not kept");
        assert_eq!(summary(""), "");
    }
}
