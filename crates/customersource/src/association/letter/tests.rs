//! What the letters say, in every language.
use super::*;
use platform::texts::Brand;

const URL: &str = "http://localhost:8080/associate/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn texts() -> Texts {
    Texts::new(&crate::texts::CUSTOMERSOURCE, Brand::default())
}

fn link(language: Language, company: &str, moves: bool) -> Letter {
    let facts = LinkFacts {
        language,
        to: "Ann@contoso.example",
        person: "Ann Lee",
        company,
        url: URL,
        asked_at: Moment::from_unix_seconds(1_795_000_000),
        hours: 24,
        moves,
    };
    facts.write(&texts()).unwrap()
}

#[test]
fn cs_17_the_long_blue_link_is_one_anchor_with_its_whole_address_and_one_line_of_text() {
    for language in Language::ALL {
        let letter = link(language, "Contoso", false);
        assert!(letter.html.contains(&format!("\" style=\"color:#0b5cad\">{URL}</a>")), "{}", letter.html);
        assert_eq!(letter.html.matches("/associate/").count(), 2, "one href, one text");
        assert_eq!(letter.text.lines().filter(|line| *line == URL).count(), 1, "{}", letter.text);
    }
}

#[test]
fn cs_15_each_mail_names_its_company_and_goes_to_the_address_on_file() {
    let letter = link(Language::EnUs, "Contoso & Söhne <GmbH>", false);
    assert_eq!(letter.to, "Ann@contoso.example");
    assert!(letter.subject.contains("Contoso & Söhne <GmbH>"));
    assert!(letter.text.contains("Contoso & Söhne <GmbH>"), "plain text is not escaped: {}", letter.text);
    assert!(!letter.html.contains("<GmbH>"), "HTML is");
    assert!(letter.text.contains("24 hours"));
}

#[test]
fn a_mail_says_when_accepting_takes_the_profile_from_another_passport() {
    for language in Language::ALL {
        let (stays, moves) = (link(language, "Contoso", false), link(language, "Contoso", true));
        assert!(moves.text.len() > stays.text.len() && moves.html.len() > stays.html.len());
    }
}

#[test]
fn every_letter_is_complete_in_every_language() {
    for language in Language::ALL {
        let moved = MovedFacts {
            language,
            to: "ann@contoso.example",
            person: "Ann Lee",
            company: "Contoso",
            at: Moment::from_unix_seconds(1_795_000_000),
        };
        for letter in [link(language, "Contoso", true), moved.write(&texts()).unwrap()] {
            for part in [&letter.subject, &letter.text, &letter.html] {
                assert!(!part.contains('⟦'), "{part}");
            }
            assert!(letter.html.len() < 20_000);
            assert_eq!(letter.language, language.tag());
        }
    }
}
