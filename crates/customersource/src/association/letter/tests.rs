//! What the letters say, in every language.
use super::*;
use platform::texts::Brand;

const URL: &str = "http://localhost:8080/associate/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn texts() -> Texts {
    Texts::new(&crate::texts::CUSTOMERSOURCE, Brand::default())
}

const DECLINE: &str = "http://localhost:8080/decline/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn link(language: Language, company: &str, moves: bool) -> Letter {
    invitation(Purpose::SelfClaim, 24, language, company, moves)
}

fn invitation(purpose: Purpose, hours: u64, language: Language, company: &str, moves: bool) -> Letter {
    let facts = LinkFacts {
        purpose,
        language,
        to: "Ann@contoso.example",
        person: "Ann Lee",
        company,
        by: if purpose == Purpose::AdminInvite { "Bo Boss" } else { "" },
        url: URL,
        decline_url: DECLINE,
        asked_at: Moment::from_unix_seconds(1_795_000_000),
        zone: &Zone::utc(),
        hours,
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
            zone: &Zone::utc(),
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

#[test]
fn cs_47_an_invitation_says_that_any_passport_may_accept_and_how_long_it_lives() {
    for purpose in [Purpose::AdminInvite, Purpose::SelfSwitch, Purpose::SupportInvite] {
        let letter = invitation(purpose, 7 * 24, Language::EnUs, "Contoso", false);
        assert!(
            letter.text.contains(
                "Sign in to the Microsoft Passport you would like to use in association with CustomerSource"
            ),
            "{}",
            letter.text
        );
        assert!(letter.text.contains("7 days"), "{}", letter.text);
        for language in Language::ALL {
            let letter = invitation(purpose, 7 * 24, language, "Contoso", true);
            for part in [&letter.subject, &letter.text, &letter.html] {
                assert!(!part.contains('⟦'), "{part}");
            }
        }
    }
}

#[test]
fn every_link_can_be_declined_by_whoever_reads_the_mail() {
    for purpose in [Purpose::SelfClaim, Purpose::AdminInvite] {
        let letter = invitation(purpose, 24, Language::EnUs, "Contoso", false);
        assert_eq!(letter.text.lines().filter(|line| *line == DECLINE).count(), 1);
        assert!(
            letter.html.contains(&format!("href=\"{DECLINE}\"")) && letter.html.contains("This wasn’t me")
        );
    }
}

#[test]
fn an_invitation_says_who_invites_whom_and_no_name_is_a_link() {
    for language in Language::ALL {
        let letter = invitation(Purpose::AdminInvite, 7 * 24, language, "0042", false);
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(part.contains("Bo Boss") && part.contains("Ann Lee") && part.contains("0042"), "{part}");
        }
        let facts = LinkFacts {
            purpose: Purpose::AdminInvite,
            language,
            to: "v@example.com",
            person: "URGENT: pay at http://evil.example",
            company: "evil.example",
            by: "ann@evil.example",
            url: URL,
            decline_url: DECLINE,
            asked_at: Moment::from_unix_seconds(1_795_000_000),
            zone: &Zone::utc(),
            hours: 168,
            moves: true,
        };
        let moved = MovedFacts {
            language,
            to: "v@example.com",
            person: facts.person,
            company: facts.company,
            at: facts.asked_at,
            zone: &Zone::utc(),
        };
        for letter in [facts.write(&texts()).unwrap(), moved.write(&texts()).unwrap()] {
            for part in [&letter.subject, &letter.text, &letter.html] {
                assert!(!part.contains("evil.example") && !part.contains("@evil"), "{part}");
            }
        }
    }
}
