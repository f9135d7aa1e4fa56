//! Every state that the table of people shows.
use uuid::Uuid;

use super::*;
use crate::{
    association::{AssociationId, InvitationId, Purpose},
    company::CompanyId,
    profile::ProfileId,
    rp::Subject,
};

const NOW: Moment = Moment::from_unix_seconds(1_000_000);

fn subject() -> Subject {
    Subject { iss: "i".into(), sub: "s".into() }
}

fn person(state: Option<State>) -> Person {
    let id = Uuid::from_u128;
    let profile = Profile {
        id: ProfileId(id(1)),
        company: CompanyId(id(2)),
        first_name: "Ann".into(),
        last_name: "Lee".into(),
        email: "ann@contoso.example".into(),
        email_key: "ann@contoso.example".into(),
        is_admin: false,
        is_bill_to: false,
        version: 1,
        is_active: true,
        no_bulk_mail: false,
    };
    let invitation = state.map(|state| Invitation {
        id: InvitationId(id(3)),
        profile: profile.id,
        purpose: Purpose::AdminInvite,
        company: Some(profile.company),
        asked_by: None,
        sent_to_key: profile.email_key.clone(),
        bound: None,
        claim: None,
        state,
        why: None,
        created_at: NOW - Duration::from_secs(60),
        expires_at: NOW + Duration::from_secs(60),
    });
    Person { profile, current: None, invitation, reached_at: None }
}

#[test]
fn cs_49_the_table_says_how_it_stands_with_everybody() {
    let cases = [
        (None, Involvement::NotInvited, None),
        (Some(State::Queued), Involvement::Invited, Some(Fared::OnItsWay)),
        (Some(State::Pending), Involvement::Invited, Some(Fared::Sent)),
        (Some(State::Accepted(subject())), Involvement::NotInvited, Some(Fared::Accepted)),
        (Some(State::Declined), Involvement::NotInvited, Some(Fared::Declined)),
        (Some(State::Superseded), Involvement::NotInvited, Some(Fared::Replaced)),
        (Some(State::Revoked), Involvement::NotInvited, Some(Fared::Withdrawn)),
        (Some(State::Undeliverable), Involvement::NotInvited, Some(Fared::Undeliverable)),
        (Some(State::Expired), Involvement::Expired, Some(Fared::Expired)),
    ];
    for (state, standing, fared) in cases {
        let mut person = person(state.clone());
        assert_eq!((person.standing(NOW), person.fared(NOW)), (standing, fared), "{state:?}");
        let live = matches!(fared, Some(Fared::OnItsWay | Fared::Sent));
        assert_eq!(person.live_invitation(NOW).is_some(), live);
        person.current = Some(Association {
            id: AssociationId(Uuid::from_u128(9)),
            profile: person.profile.id,
            subject: subject(),
            since: NOW,
            seen_at: None,
            language: None,
            notice_to: None,
        });
        assert_eq!(person.standing(NOW), Involvement::Associated);
    }
}

#[test]
fn a_link_that_is_over_or_went_to_a_former_address_is_not_shown_as_open() {
    let open = person(Some(State::Pending));
    assert_eq!(open.standing(NOW + Duration::from_secs(60)), Involvement::Expired);
    let mut moved = person(Some(State::Pending));
    moved.profile.email_key = "new@contoso.example".into();
    assert_eq!(moved.fared(NOW), Some(Fared::Withdrawn));
    assert!(moved.live_invitation(NOW).is_none());
}

#[test]
fn cs_53_an_administrator_is_out_of_reach_after_ninety_days() {
    let mut person = person(None);
    let is_unreachable = |person: &Person| person.is_unreachable(NOW);
    assert!(!is_unreachable(&person), "who administers nothing need not be reached");
    person.profile.is_admin = true;
    assert!(is_unreachable(&person), "nobody knows since when");
    person.reached_at = Some(NOW - UNREACHABLE);
    assert!(is_unreachable(&person));
    person.reached_at = Some(NOW - UNREACHABLE + Duration::from_millis(1));
    assert!(!is_unreachable(&person));
}
