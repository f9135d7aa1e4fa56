//! Every row of the table of invitations, as far as the portal makes them: who may accept what, and when.
use super::*;
use crate::company::{CompanyId, Kind};

const NOW: Moment = Moment::from_unix_seconds(1_000_000);
const HOUR: Duration = Duration::from_secs(3600);

fn subject(sub: &str) -> Subject {
    Subject { iss: "https://passport.example".into(), sub: sub.into() }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn link() -> Invitation {
    Invitation {
        id: InvitationId(id(1)),
        profile: ProfileId(id(2)),
        purpose: Purpose::SelfClaim,
        company: Some(CompanyId(id(4))),
        asked_by: None,
        sent_to_key: "ann@contoso.example".into(),
        bound: Some(subject("ann")),
        claim: Some(ClaimId(id(3))),
        state: State::Pending,
        why: None,
        created_at: NOW - HOUR,
        expires_at: NOW + HOUR,
    }
}

fn found() -> (Profile, Company) {
    let company = CompanyId(id(4));
    let profile = Profile {
        id: ProfileId(id(2)),
        company,
        first_name: "Ann".into(),
        last_name: "Lee".into(),
        email: "Ann@contoso.example".into(),
        email_key: "ann@contoso.example".into(),
        is_admin: false,
        is_bill_to: false,
        version: 1,
        is_active: true,
        no_bulk_mail: false,
    };
    let company = Company {
        id: company,
        name: "Contoso".into(),
        kind: Kind::Customer,
        region: String::new(),
        is_active: true,
        products: vec![],
        time_zone: String::new(),
        second_step_from: None,
    };
    (profile, company)
}

fn association(sub: &str) -> Association {
    Association {
        id: AssociationId(id(5)),
        profile: ProfileId(id(2)),
        subject: subject(sub),
        since: NOW - HOUR,
        seen_at: None,
        language: None,
        notice_to: None,
    }
}

/// The verdict for `who`, who signed in for this link's claim a minute ago.
fn verdict(link: &Invitation, current: Option<&Association>, who: &str) -> Verdict {
    let subject = subject(who);
    let auth_time = NOW - Duration::from_secs(60);
    decide(link, Some(&found()), current, &visitor(&subject, auth_time, Some(link.proof())), NOW)
}

fn visitor(subject: &Subject, auth_time: Moment, proven_for: Option<Uuid>) -> Visitor<'_> {
    Visitor {
        subject,
        auth_time,
        proven_for,
        email: None,
        language: Language::EnUs,
        is_staff: false,
        claims_move: true,
        same_email: false,
    }
}

#[test]
fn cs_20_the_passport_that_asked_is_associated() {
    assert_eq!(verdict(&link(), None, "ann"), Verdict::Accept { supersedes: None });
}

#[test]
fn a_link_is_good_before_its_mail_is_known_to_be_out() {
    let queued = Invitation { state: State::Queued, ..link() };
    assert_eq!(verdict(&queued, None, "ann"), Verdict::Accept { supersedes: None });
}

#[test]
fn cs_19_another_passport_is_refused_and_the_link_stays() {
    assert_eq!(verdict(&link(), None, "mallory"), Verdict::WrongPassport);
    let same_sub_elsewhere = Subject { iss: "https://evil.example".into(), sub: "ann".into() };
    let visitor = visitor(&same_sub_elsewhere, NOW, Some(link().proof()));
    assert_eq!(decide(&link(), Some(&found()), None, &visitor, NOW), Verdict::WrongPassport);
}

#[test]
fn cs_47_an_invitation_that_is_bound_to_nobody_may_be_accepted_by_any_passport() {
    let invitation = Invitation { bound: None, claim: None, ..link() };
    assert_eq!(verdict(&invitation, None, "whoever"), Verdict::Accept { supersedes: None });
}

#[test]
fn cs_18_without_a_fresh_sign_in_for_this_link_the_person_signs_in_again() {
    let ann = subject("ann");
    let decide_with = |auth_time, proven_for| {
        decide(&link(), Some(&found()), None, &visitor(&ann, auth_time, proven_for), NOW)
    };
    let proof = Some(link().proof());
    assert_eq!(decide_with(NOW, None), Verdict::SignInAgain, "a session that proves nothing");
    assert_eq!(decide_with(NOW, Some(id(99))), Verdict::SignInAgain, "fresh, for another claim");
    assert_eq!(decide_with(NOW - FRESH - Duration::from_millis(1), proof), Verdict::SignInAgain);
    assert_eq!(decide_with(Moment::default(), proof), Verdict::SignInAgain, "the provider named no time");
    assert_eq!(decide_with(NOW + SKEW * 2, proof), Verdict::SignInAgain, "from the future");
    assert!(matches!(decide_with(NOW - FRESH, proof), Verdict::Accept { .. }));
}

#[test]
fn cs_23_a_sign_in_for_one_link_serves_its_siblings_and_no_other_claim() {
    let sibling = Invitation { id: InvitationId(id(11)), ..link() };
    assert_eq!(sibling.proof(), link().proof());
    let other_claim = Invitation { claim: Some(ClaimId(id(12))), ..link() };
    assert_ne!(other_claim.proof(), link().proof());
    let invitation = Invitation { claim: None, ..link() };
    assert_eq!(invitation.proof(), invitation.id.0);
}

#[test]
fn a_profile_of_another_passport_moves() {
    let old = association("bob");
    assert_eq!(verdict(&link(), Some(&old), "ann"), Verdict::Accept { supersedes: Some(old.clone()) });
}

#[test]
fn who_has_the_profile_already_keeps_it() {
    assert_eq!(verdict(&link(), Some(&association("ann")), "ann"), Verdict::AlreadyYours);
}

#[test]
fn as_04_a_used_link_is_used_whoever_comes() {
    let used = Invitation { state: State::Accepted(subject("ann")), ..link() };
    let now_anns = association("ann");
    assert_eq!(verdict(&used, Some(&now_anns), "ann"), Verdict::AlreadyYours);
    assert_eq!(verdict(&used, Some(&now_anns), "mallory"), Verdict::Dead(Dead::Used));
    assert_eq!(verdict(&used, Some(&association("bob")), "ann"), Verdict::Dead(Dead::Used), "it moved on");
    assert_eq!(verdict(&used, None, "ann"), Verdict::Dead(Dead::Used), "it was ended");
}

#[test]
fn a_link_that_is_out_of_force_says_why() {
    let states = [
        (State::Superseded, Dead::Replaced),
        (State::Revoked, Dead::Withdrawn),
        (State::Declined, Dead::Withdrawn),
        (State::Undeliverable, Dead::Withdrawn),
        (State::Expired, Dead::Expired),
    ];
    for (state, why) in states {
        let link = Invitation { state: state.clone(), ..link() };
        assert_eq!(verdict(&link, None, "ann"), Verdict::Dead(why), "{state:?}");
        assert_eq!(judge_link(&link, Some(&found()), NOW), Some(why), "{state:?}");
    }
}

#[test]
fn em_03_expiry_is_checked_at_use() {
    let at_the_end = Invitation { expires_at: NOW, ..link() };
    assert_eq!(verdict(&at_the_end, None, "ann"), Verdict::Dead(Dead::Expired));
    let just_before = Invitation { expires_at: NOW + Duration::from_millis(1), ..link() };
    assert_eq!(verdict(&just_before, None, "ann"), Verdict::Accept { supersedes: None });
}

#[test]
fn as_03_a_link_dies_with_what_it_was_for() {
    let judge = |found: Option<(Profile, Company)>| judge_link(&link(), found.as_ref(), NOW);
    let (profile, company) = found();
    assert_eq!(judge(Some((profile.clone(), company.clone()))), None);
    assert_eq!(judge(None), Some(Dead::Withdrawn));
    let removed = Profile { is_active: false, ..profile.clone() };
    assert_eq!(judge(Some((removed, company.clone()))), Some(Dead::Withdrawn));
    let moved = Profile { email_key: "new@contoso.example".into(), ..profile.clone() };
    assert_eq!(judge(Some((moved, company.clone()))), Some(Dead::Withdrawn));
    let closed = Company { is_active: false, ..company };
    assert_eq!(judge(Some((profile, closed))), Some(Dead::Withdrawn));
}

#[test]
fn a_dead_link_is_dead_before_anybody_is_asked_who_they_are() {
    let expired = Invitation { expires_at: NOW, ..link() };
    assert_eq!(verdict(&expired, None, "mallory"), Verdict::Dead(Dead::Expired));
}

#[test]
fn a_sign_in_from_before_the_link_was_opened_is_told_apart() {
    assert!(is_after_opening(NOW, NOW));
    assert!(is_after_opening(NOW - SKEW, NOW), "clocks may differ a little");
    assert!(!is_after_opening(NOW - SKEW - Duration::from_millis(1), NOW));
}

#[test]
fn as_07_a_links_secret_is_32_bytes_in_43_characters_and_nothing_else() {
    let secret = URL_SAFE_NO_PAD.encode([7u8; 32]);
    assert_eq!(digest_of_link(&secret), Some(secrets::digest(&[7; 32])));
    let short = secret.get(..42).unwrap();
    for bad in ["", "x", short, &format!("{secret}A"), &format!("{short}="), &"ä".repeat(21)] {
        assert_eq!(digest_of_link(bad), None, "{bad:?}");
    }
    // The last character of 43 holds two bits that mean nothing: only one spelling is taken.
    let mut other = secret.clone();
    let last = other.pop().unwrap();
    other.push(if last == 'd' { 'c' } else { char::from(last as u8 + 1) });
    assert_ne!(digest_of_link(&other), digest_of_link(&secret));
}

#[test]
fn a_claim_on_a_profile_of_another_passport_is_refused_where_the_installation_says_so() {
    let ann = subject("ann");
    let decided = |link: &Invitation, current: &Association| {
        let visitor = Visitor { claims_move: false, ..visitor(&ann, NOW, Some(link.proof())) };
        decide(link, Some(&found()), Some(current), &visitor, NOW)
    };
    assert_eq!(decided(&link(), &association("bob")), Verdict::Taken);
    assert_eq!(decided(&link(), &association("ann")), Verdict::AlreadyYours);
    let invitation = Invitation { purpose: Purpose::SelfSwitch, bound: None, claim: None, ..link() };
    let bobs = association("bob");
    assert_eq!(decided(&invitation, &bobs), Verdict::Accept { supersedes: Some(bobs.clone()) });
}

#[test]
fn staff_accept_nothing_for_customers_and_their_own_profile_all_the_same() {
    let ann = subject("ann");
    let decided = |kind| {
        let (profile, company) = found();
        let visitor = Visitor { is_staff: true, ..visitor(&ann, NOW, Some(link().proof())) };
        decide(&link(), Some(&(profile, Company { kind, ..company })), None, &visitor, NOW)
    };
    assert_eq!(decided(Kind::Customer), Verdict::NotForStaff);
    assert_eq!(decided(Kind::Partner), Verdict::NotForStaff);
    assert_eq!(decided(Kind::Employee), Verdict::Accept { supersedes: None });
}

#[test]
fn as_03_a_profile_that_moved_to_another_company_takes_no_link_along() {
    let (profile, company) = found();
    let elsewhere = Company { id: CompanyId(id(99)), ..company };
    assert_eq!(judge_link(&link(), Some(&(profile, elsewhere)), NOW), Some(Dead::Withdrawn));
}

#[test]
fn portal_rule_5_where_addresses_must_be_the_same_another_verified_one_or_none_is_refused() {
    let ann = subject("ann");
    let decided = |email: Option<&str>| {
        let visitor = Visitor { same_email: true, email, ..visitor(&ann, NOW, Some(link().proof())) };
        decide(&link(), Some(&found()), None, &visitor, NOW)
    };
    assert_eq!(decided(Some("ANN@contoso.EXAMPLE")), Verdict::Accept { supersedes: None });
    for other in
        [None, Some("ann@evil.example"), Some("ann"), Some(""), Some("ann@contoso.example, x@y.example")]
    {
        assert_eq!(decided(other), Verdict::OtherAddress, "{other:?}");
    }
    let mallory = subject("mallory");
    let bound = Visitor { same_email: true, ..visitor(&mallory, NOW, Some(link().proof())) };
    assert_eq!(
        decide(&link(), Some(&found()), None, &bound, NOW),
        Verdict::WrongPassport,
        "that comes first"
    );
}
