//! What the letters say, in both languages.
use platform::texts::Brand;

use super::*;

fn list() -> mail::List {
    let id = |text: &str| text.to_owned();
    mail::List { id: id("gp.portal.example"), references: id("<1@a> <2@a>"), in_reply_to: id("<2@a>") }
}

fn reply(list: &mail::List) -> Reply<'_> {
    Reply {
        newsgroup: "GP",
        subject: "Journals <b>",
        author: "Bo",
        body: "See <b> http://evil.example",
        list,
    }
}

#[test]
fn a_reply_says_who_and_what_and_nothing_that_somebody_wrote_is_a_link() {
    let texts = Texts::new(&crate::texts::CUSTOMERSOURCE, Brand::default());
    let list = list();
    for language in Language::ALL {
        let reply = Reply { subject: "evil.example", author: "x@evil.example", ..reply(&list) };
        let bulletin = Bulletin {
            what: What::Reply(reply),
            language,
            to: "ann@contoso.example",
            person: "www.evil.example",
            link: "https://portal.example/x",
            unsubscribe: Some("https://portal.example/unsubscribe/S"),
        };
        let (letter, _) = bulletin.write(&texts).unwrap();
        assert!(letter.text.contains("x(at)evil") && letter.text.contains("See <b>"), "{}", letter.text);
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(!part.contains("evil.example") && !part.contains("@evil"), "{part}");
        }
        assert_eq!(letter.list.as_ref(), Some(&list));
    }
}

#[test]
fn every_letter_is_whole_in_every_language_and_says_how_to_stop_it() {
    let texts = Texts::new(&crate::texts::CUSTOMERSOURCE, Brand::default());
    let (course, when, place) = ("Bank reconciliation", "2026-12-01 09:00 UTC", "São Paulo");
    for language in Language::ALL {
        for what in [
            What::Issue { newsletter: "News", title: "December <1>", summary: "What changes & why." },
            What::Reply(reply(&list())),
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
            let (letter, _) = bulletin.write(&texts).unwrap();
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
