//! Every notice in every language.
use std::sync::LazyLock;

use super::*;
use platform::texts::Brand;

fn approved() -> &'static Approved {
    static APPROVED: LazyLock<Approved> = LazyLock::new(|| Approved {
        effect: Moment::from_unix_seconds(1_795_259_200),
        email: "ann@mail.example".into(),
        asked_by: "Ann Lee, by telephone; see http://evil.example".into(),
        replaced: Some(vec!["Bo Boss".into(), "Cy http://evil.example".into()]),
    });
    &APPROVED
}

static ALL: LazyLock<[What<'static>; 16]> = LazyLock::new(|| {
    [
        What::Accepted,
        What::Declined,
        What::Lost,
        What::Ended,
        What::Removed,
        What::AddressChanged,
        What::BecameAdministrator,
        What::NoLongerAdministrator,
        What::ClaimRefused,
        What::CaseApproved(approved()),
        What::CaseEffective,
        What::CaseCalledOff,
        What::PassportClosed,
        What::ManyProfiles,
        What::SecondStep(Moment::from_unix_seconds(1_795_259_200)),
        What::NoSecondStep,
    ]
});

fn letter(what: What<'_>, language: Language, person: &str, company: &str) -> Letter {
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
        for what in *ALL {
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
}

#[test]
fn who_may_object_reads_who_is_proposed_who_asked_whose_rights_end_and_when() {
    for (language, keep) in [(Language::EnUs, "keep their rights"), (Language::PtBr, "mantêm seus direitos")]
    {
        let letter =
            |approved: &Approved| letter(What::CaseApproved(approved), language, "Ann Lee", "Contoso").text;
        let replacing = letter(approved());
        for said in ["Ann Lee", "ann@mail.example", "Ann Lee, by telephone", "Bo Boss, Cy", "2026"] {
            assert!(replacing.contains(said), "{said}: {replacing}");
        }
        assert!(!replacing.contains(keep) && replacing.contains("21"), "{replacing}");
        let beside = letter(&Approved { replaced: None, ..approved().clone() });
        assert!(beside.contains(keep) && !beside.contains("Bo Boss"), "{beside}");
        let names: Vec<_> = (0..30).map(|number| format!("Person {number}")).collect();
        let many = letter(&Approved { replaced: Some(names), ..approved().clone() });
        assert!(many.contains("Person 19, …") && !many.contains("Person 20"), "{many}");
    }
}

#[test]
fn br_12_names_are_text_and_nothing_else() {
    for what in *ALL {
        let letter = letter(what, Language::EnUs, "<img src=x>{{7*7}}", "A & B <b>");
        assert!(!letter.html.contains("<img") && !letter.html.contains("<b>"), "{}", letter.html);
        assert!(letter.text.contains("<img src=x>{{7*7}}"));
    }
}

#[test]
fn no_name_in_a_notice_is_a_link() {
    for (what, language) in ALL.iter().copied().zip(Language::ALL.into_iter().cycle()) {
        let letter = letter(what, language, "pay at http://evil.example", "ann@evil.example");
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(!part.contains("evil.example") && !part.contains("@evil"), "{what:?}: {part}");
        }
    }
}
