//! Tables of what is offered, what is pretended, and what waits.
use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn tag(first: [u8; 5]) -> [u8; 32] {
    let mut tag = [0; 32];
    tag[..5].copy_from_slice(&first);
    tag
}

#[test]
fn pp_25_only_what_is_on_file_is_offered_beside_the_alternate_address() {
    let file = |question, information, billing| OnFile { question, information, billing }.offered(true);
    let offers = |answer, billing| Offered { email: true, answer, billing };
    assert_eq!(file(false, false, false), offers(false, false));
    assert_eq!(file(true, false, false), offers(false, false), "PP-27: the answer alone is not enough");
    assert_eq!(file(false, true, false), offers(false, false), "PP-27: nor is the information");
    assert_eq!(file(true, true, false), offers(true, false));
    assert_eq!(file(false, false, true), offers(false, true), "PP-28");
    assert!(file(false, false, false).has(Way::Alternate));
    assert!(file(false, false, false).has(Way::Email) && !file(true, true, true).has(Way::Support));
    assert!(!OnFile::default().offered(false).has(Way::Email), "where the operator does not want it");
    assert!(!file(true, false, true).has(Way::Answer) && file(true, false, true).has(Way::Billing));
}

#[test]
fn en_03_a_decoy_is_stable_and_every_part_of_it_is_decided_by_the_key() {
    let usual = Language::EnUs;
    assert_eq!(decoy(&tag([1, 1, 1, 2, 1]), usual, true), decoy(&tag([1, 1, 1, 2, 1]), usual, true));
    assert_eq!(
        decoy(&tag([0, 8, 1, 0, 1]), usual, true).offered,
        Offered { email: true, answer: false, billing: true }
    );
    assert_eq!(
        decoy(&tag([1, 1, 1, 0, 1]), usual, true).offered,
        Offered { email: true, answer: true, billing: false }
    );
    assert_eq!(decoy(&tag([1, 1, 1, 7, 1]), usual, true).question, question::OFFERED[1]);
    assert_eq!(decoy(&tag([1, 1, 0, 7, 1]), usual, true).question, OWN_QUESTIONS[1]);
    assert_eq!(decoy(&tag([1, 1, 0, 7, 0]), usual, true).language, Language::PtBr);
    assert_eq!(decoy(&tag([1, 1, 0, 7, 0]), Language::PtBr, true).language, Language::EnUs);
}

#[test]
fn what_others_may_know_waits_on_a_computer_where_the_account_was_never_used() {
    let now = Moment::from_unix_seconds(1_000_000);
    let (long_ago, lately) = (Some(now - 100 * HOUR), Some(now - HOUR));
    for (way, computer, changed, expected) in [
        (Way::Alternate, None, None, 0),
        (Way::Alternate, lately, long_ago, 0),
        (Way::Answer, lately, None, 0),
        (Way::Billing, lately, long_ago, 0),
        (Way::Answer, None, None, 24),
        (Way::Billing, None, long_ago, 24),
        // What is new waits everywhere but on a computer that was known before.
        (Way::Alternate, None, lately, 24),
        (Way::Alternate, lately, lately, 24),
        (Way::Alternate, long_ago, lately, 0),
        (Way::Answer, lately, lately, 24),
        (Way::Billing, long_ago, lately, 0),
        // Others may read the account's own mailbox, and operators may be deceived.
        (Way::Email, None, None, 24),
        (Way::Email, lately, long_ago, 0),
        (Way::Email, lately, lately, 24),
        (Way::Support, None, None, 24),
        (Way::Support, lately, long_ago, 24),
    ] {
        let circumstances = Circumstances { way, computer, changed, guarded: false, cool_down: 24 * HOUR };
        assert_eq!(wait(now, circumstances), expected * HOUR, "{circumstances:?}");
        let guarded = Circumstances { guarded: true, ..circumstances };
        assert_eq!(
            wait(now, guarded),
            24 * HOUR,
            "nothing weaker than what the account asks for: {guarded:?}"
        );
    }
    assert_eq!(lasts(Duration::ZERO), HOUR / 4);
    assert_eq!(lasts(24 * HOUR), 7 * 24 * HOUR);
}

#[test]
fn a_proof_counts_between_two_moments_unless_something_came_between() {
    let at = Moment::from_unix_seconds;
    let recovery = |state| Recovery {
        id: RecoveryId(uuid::Uuid::nil()),
        account: AccountId(uuid::Uuid::nil()),
        way: Way::Answer,
        state,
        ready_at: at(100),
        ends_at: at(200),
    };
    for (state, now, expected) in [
        (State::Open, 99, Readiness::Waits(at(100))),
        (State::Open, 100, Readiness::Ready),
        (State::Open, 199, Readiness::Ready),
        (State::Open, 200, Readiness::Over),
        (State::Vetoed, 150, Readiness::Over),
        (State::Vetoed, 50, Readiness::Over),
        (State::Done, 150, Readiness::Over),
        (State::Ended, 150, Readiness::Over),
    ] {
        assert_eq!(recovery(state).standing(at(now)), expected, "{state:?} at {now}");
    }
}
