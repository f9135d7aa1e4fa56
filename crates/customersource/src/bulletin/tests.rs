//! What the letters say, in both languages.
use platform::texts::Brand;

use super::*;

#[test]
fn every_letter_is_whole_in_every_language_and_says_how_to_stop_it() {
    let texts = Texts::new(&crate::texts::CUSTOMERSOURCE, Brand::default());
    let (course, when, place) = ("Bank reconciliation", "2026-12-01 09:00 UTC", "São Paulo");
    for language in Language::ALL {
        for what in [
            What::Issue { newsletter: "News", title: "December <1>", summary: "What changes & why." },
            What::Reply { newsgroup: "GP", subject: "Journals <b>" },
            What::Enrolled { course, when, place },
            What::EnrolmentEnded { course, when, place },
            What::CourseMoved { course, when, place },
            What::CourseCancelled { course, when, place },
        ] {
            let bulletin = Bulletin {
                what,
                language,
                to: "ann@contoso.example",
                person: "Ann Lee",
                link: "https://portal.example/x",
                unsubscribe: Some("https://portal.example/unsubscribe/S"),
            };
            let letter = bulletin.write(&texts).unwrap();
            for part in [&letter.subject, &letter.text, &letter.html] {
                assert!(!part.contains('⟦'), "{language:?} {what:?}: {part}");
            }
            for part in [&letter.text, &letter.html] {
                assert!(
                    part.contains("https://portal.example/x") && part.contains("/unsubscribe/S"),
                    "{part}"
                );
                assert!(part.contains("Ann Lee"), "{part}");
            }
            assert!(!letter.html.contains("<b>") && !letter.html.contains("<1>"), "{}", letter.html);
            assert_eq!(letter.unsubscribe.as_deref(), Some("https://portal.example/unsubscribe/S"));
        }
    }
}
