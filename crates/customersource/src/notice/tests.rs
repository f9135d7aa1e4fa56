//! Every notice in every language.
use super::*;
use platform::texts::Brand;

const ALL: [What; 13] = [
    What::Accepted,
    What::Declined,
    What::Lost,
    What::Ended,
    What::Removed,
    What::AddressChanged,
    What::BecameAdministrator,
    What::NoLongerAdministrator,
    What::ClaimRefused,
    What::CaseApproved(Moment::from_unix_seconds(1_795_259_200)),
    What::CaseEffective,
    What::PassportClosed,
    What::ManyProfiles,
];

fn letter(what: What, language: Language, person: &str, company: &str) -> Letter {
    let texts = Texts::new(&crate::texts::CUSTOMERSOURCE, Brand::default());
    let link = (what == What::Accepted).then_some("http://localhost:8080/undo/AAAA");
    let at = Moment::from_unix_seconds(1_795_000_000);
    Notice { what, language, to: "boss@contoso.example", person, company, at, zone: &Zone::utc(), link }
        .write(&texts)
        .unwrap()
        .0
}

#[test]
fn every_notice_is_complete_in_every_language() {
    let mut subjects = std::collections::BTreeSet::new();
    for language in Language::ALL {
        let when = match language {
            Language::EnUs => "November 18, 2026, 11:06 UTC",
            Language::PtBr => "18 de novembro de 2026, 11:06 UTC",
        };
        for what in ALL {
            let letter = letter(what, language, "Ann Lee", "Contoso");
            for part in [&letter.subject, &letter.text, &letter.html] {
                assert!(!part.contains('⟦'), "{what:?}: {part}");
            }
            assert!(letter.subject.contains("Contoso"), "{what:?}");
            assert!(letter.text.contains("Ann Lee") && letter.text.contains(when), "{what:?}");
            assert!(letter.html.len() < 20_000);
            subjects.insert(letter.subject);
        }
    }
    assert_eq!(subjects.len(), ALL.len() * Language::ALL.len(), "no two say the same");
    assert!(
        letter(ALL[9], Language::EnUs, "A", "B").text.contains("November 21, 2026"),
        "when it takes effect"
    );
}

#[test]
fn br_12_names_are_text_and_nothing_else() {
    for what in ALL {
        let letter = letter(what, Language::EnUs, "<img src=x>{{7*7}}", "A & B <b>");
        assert!(!letter.html.contains("<img") && !letter.html.contains("<b>"), "{}", letter.html);
        assert!(letter.text.contains("<img src=x>{{7*7}}"));
    }
}

#[test]
fn no_name_in_a_notice_is_a_link() {
    for (what, language) in ALL.into_iter().zip(Language::ALL.into_iter().cycle()) {
        let letter = letter(what, language, "pay at http://evil.example", "ann@evil.example");
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(!part.contains("evil.example") && !part.contains("@evil"), "{what:?}: {part}");
        }
    }
}
