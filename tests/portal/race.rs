//! What happens when several do the same at once, or one does what another undoes: each time one
//! outcome of two, with its letters and lines in the audit, none twice and none missing.
use std::sync::Arc;

use customersource::{
    acting::{Acting, Administration, Locks, Refusal},
    association::{
        self, Dead, Purpose, Verdict, Visitor,
        actions::{Order, requester_of, send},
    },
    audit::{self, Chain},
    people::{
        self, Invited, Removed, Saved,
        actions::{Edit, Inviter, hold, invite, remove, save},
    },
    profile::{self, Administrator, Profile, store::Details},
    rp::Subject,
};
use platform::{email::EmailAddress, language::Language};
use serde_json::json;
use testkit::{Engine, on_both_engines};
use tokio::task::JoinSet;

use crate::{
    house::Mail,
    house::{House, minutes},
};

on_both_engines![
    inv_1_one_link_by_thirty_two_visitors_is_accepted_once,
    inv_8_eight_links_for_one_profile_leave_one_association_in_force,
    inv_8_administrators_who_take_each_others_rights_at_once_leave_one,
    inv_13_who_accepts_while_being_removed_is_out_whoever_comes_first,
    as_06_a_link_that_is_accepted_while_it_is_sent_anew_counts_once_and_one_link_is_left,
    as_11_who_invites_while_losing_the_right_to_leaves_no_invitation_behind,
];

const ANN: &str = "ann@contoso.example";

fn subject(sub: &str) -> Subject {
    Subject { iss: "https://passport.example".into(), sub: sub.into() }
}

/// Sends a link to the profile of this address for `sub`; answers the digest of its secret.
pub async fn link_to(house: &House, address: &str, sub: &str) -> [u8; 32] {
    let subject = subject(sub);
    let tx = house.portal.db.begin().await.unwrap();
    let found = profile::store::list_by_email(&tx, address, 1).await.unwrap().remove(0);
    let order = Order {
        purpose: Purpose::AdminInvite,
        requester: requester_of(&subject),
        bound: None,
        asked_by: None,
        by: String::new(),
        claim: None,
        reads_mailbox: false,
        language: Language::EnUs,
        asked_at: house.now(),
    };
    assert!(send(&tx, house.now(), &house.portal.desk(), &found, &order).await.unwrap());
    tx.commit().await.unwrap();
    let mails = house.mail().await;
    association::digest_of_link(mails[0].link().strip_prefix("/associate/").unwrap()).unwrap()
}

/// A link to Ann's profile.
pub async fn link(house: &House, sub: &str) -> [u8; 32] {
    link_to(house, ANN, sub).await
}

pub async fn accept(house: &House, digest: [u8; 32], sub: &str) -> Verdict {
    let (subject, now) = (subject(sub), house.now());
    let found = association::store::find_link(house.portal.db.reader(), digest).await.unwrap().unwrap();
    let visitor = Visitor {
        subject: &subject,
        auth_time: now,
        proven_for: Some(found.proof()),
        email: None,
        language: Language::EnUs,
        is_staff: false,
        claims_move: true,
        same_email: false,
    };
    let (visit, locks) = (house.visit(&subject).await, Locks::of_person(found.profile));
    let tx = Acting::about(&house.portal, now, &visit, &locks).await.unwrap();
    let desk = house.portal.desk();
    let verdict = people::actions::associate(&tx, now, &desk, digest, &visitor).await.unwrap();
    tx.commit().await.unwrap();
    verdict
}

/// Somebody of the company who administers it, has a Passport of the same name, and is alone in that.
async fn administrator(house: &House, name: &str, company: &str) -> (Profile, Subject) {
    let address = format!("{name}@races.example");
    house
        .seed(json!({"profiles": [{"external_id": name, "company": company, "first_name": name,
            "last_name": "Ond", "email": address, "administrator": true}]}))
        .await;
    let digest = link_to(house, &address, name).await;
    assert!(matches!(accept(house, digest, name).await, Verdict::Accept { .. }));
    house.mail().await;
    (house.current(name).await, subject(name))
}

/// Begins what an administrator does about somebody.
async fn acts(
    house: &House,
    (by, passport): &(Profile, Subject),
    about: profile::ProfileId,
) -> Result<Acting<Administration>, Refusal> {
    let visit = house.visit(passport).await;
    let db = house.portal.db.reader();
    let current = association::store::find_current(db, by.id).await?.ok_or(Refusal::NoProfile)?;
    let by = (current.id, &Administrator::by_letter(by).unwrap());
    Acting::administrator(&house.portal, house.now(), &visit, by, Some(about)).await
}

fn edit(profile: &Profile, is_admin: bool) -> Edit {
    Edit {
        details: Details {
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            email: EmailAddress::parse(&profile.email).unwrap(),
        },
        is_admin,
        invite: false,
        version: profile.version,
        language: Language::EnUs,
    }
}

fn told(mails: &[Mail], to: &str, subject: &str) -> usize {
    mails.iter().filter(|mail| mail.to == to && mail.subject.contains(subject)).count()
}

async fn assert_whole_audit(house: &House) {
    let chain = audit::store::verify(house.portal.db.reader(), &house.portal.audit_mac).await.unwrap();
    assert!(matches!(chain, Chain::Whole { .. }), "{chain:?}");
}

async fn inv_1_one_link_by_thirty_two_visitors_is_accepted_once(engine: Engine) {
    let house = Arc::new(House::open(engine).await);
    let digest = link(&house, "ann").await;
    let mut visitors = JoinSet::new();
    for number in 0..32 {
        let house = house.clone();
        visitors.spawn(async move { accept(&house, digest, &format!("visitor-{number}")).await });
    }
    let verdicts = visitors.join_all().await;
    let count = |verdict: &Verdict| verdicts.iter().filter(|other| *other == verdict).count();
    assert_eq!(count(&Verdict::Accept { supersedes: None }), 1);
    assert_eq!(count(&Verdict::Dead(Dead::Used)), 31);
    assert_eq!(house.count("association", "active").await, 1);
    assert_eq!(house.deeds("association.made").await, 1);
    let mails = house.mail().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "boss@contoso.example"), "the administrator, once");
    assert_whole_audit(&house).await;
}

async fn inv_8_eight_links_for_one_profile_leave_one_association_in_force(engine: Engine) {
    let house = Arc::new(House::open(engine).await);
    let mut links = Vec::new();
    for number in 0..8 {
        links.push(link(&house, &format!("s{number}")).await);
    }
    let mut visitors = JoinSet::new();
    for (number, digest) in links.into_iter().enumerate() {
        let house = house.clone();
        visitors.spawn(async move { accept(&house, digest, &format!("s{number}")).await });
    }
    let verdicts = visitors.join_all().await;
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accept { .. })), "{verdicts:?}");
    assert_eq!(house.count("association", "active").await, 1);
    assert_eq!(house.count("association", "superseded").await, 7);
    assert_eq!(house.deeds("association.made").await, 8);
    let mut mails = house.mail().await;
    assert_eq!(mails_accepted(&mails), 1);
    house.clock.advance(minutes(5));
    mails.extend(house.mail().await);
    let heard: usize = mails.iter().map(|mail| mail.text.matches("/undo/").count()).sum();
    assert_eq!(heard, 8, "the administrator hears of every acceptance");
    assert_eq!(
        mails.iter().filter(|mail| mail.to == "Ann@Contoso.example").count(),
        7,
        "the address, of every move"
    );
    assert_eq!(mails.len(), 2 + 7 + 7, "the administrator, of every move too");
    assert_whole_audit(&house).await;
}

/// Notices of an acceptance carry the link that undoes it.
fn mails_accepted(mails: &[Mail]) -> usize {
    mails.iter().filter(|mail| mail.text.contains("/undo/")).count()
}

async fn inv_8_administrators_who_take_each_others_rights_at_once_leave_one(engine: Engine) {
    let house = Arc::new(House::open(engine).await);
    for round in 0..4 {
        // Two administrators, and no third.
        let (a, b) = (format!("second-{round}"), format!("third-{round}"));
        let a = administrator(&house, &a, "fabrikam").await;
        let b = administrator(&house, &b, "fabrikam").await;
        let mut both = JoinSet::new();
        for (by, (of, _)) in [(a.clone(), b.clone()), (b, a)] {
            let house = house.clone();
            both.spawn(async move {
                let tx = acts(&house, &by, of.id).await.ok()?;
                let (desk, now) = (house.portal.desk(), house.now());
                let done = if round % 2 == 0 {
                    save(&tx, now, &desk, of.id, &edit(&of, false)).await.unwrap()
                        == Saved::Done { invited: None, withdrawn: false, asked: false }
                } else {
                    remove(&tx, now, &desk, of.id).await.unwrap() == Removed::Done
                };
                tx.commit().await.unwrap();
                done.then_some(of.email)
            });
        }
        let done: Vec<String> = both.join_all().await.into_iter().flatten().collect();
        assert_eq!(done.len(), 1, "round {round}: {done:?}");
        let mails = house.mail().await;
        let subject = if round % 2 == 0 { "no longer an administrator" } else { "was removed" };
        assert_eq!((mails.len(), told(&mails, &done[0], subject)), (1, 1), "round {round}: {mails:?}");
        let company = house.current("three-3").await.company;
        let left = profile::store::list_administrators(house.portal.db.reader(), company).await.unwrap();
        assert_eq!(left.len(), 1, "round {round}");
        // The one who is left goes, by hand, so that the next round begins with two.
        let tx = house.portal.db.begin().await.unwrap();
        profile::store::set_removed(&tx, left[0].id).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!((house.deeds("profile.saved").await, house.deeds("profile.removed").await), (2, 2));
    assert_whole_audit(&house).await;
}

async fn inv_13_who_accepts_while_being_removed_is_out_whoever_comes_first(engine: Engine) {
    let house = Arc::new(House::open(engine).await);
    let boss = administrator(&house, "chief", "contoso").await;
    let made_before = house.deeds("association.made").await;
    let mut accepted = 0;
    for round in 0..8 {
        // What was told before is out.
        house.clock.advance(minutes(6));
        house.mail().await;
        let (name, address) = (format!("leaver-{round}"), format!("leaver-{round}@races.example"));
        house
            .seed(json!({"profiles": [{"external_id": name, "company": "contoso", "first_name": "Lea",
                "last_name": "Ver", "email": address}]}))
            .await;
        let digest = link_to(&house, &address, &name).await;
        let id = house.current(&name).await.id;
        let (one, two) = (house.clone(), house.clone());
        let by = boss.clone();
        let who = name.clone();
        let coming = tokio::spawn(async move { accept(&one, digest, &who).await });
        let going = tokio::spawn(async move {
            let tx = acts(&two, &by, id).await.unwrap();
            let removed = remove(&tx, two.now(), &two.portal.desk(), id).await.unwrap();
            tx.commit().await.unwrap();
            removed
        });
        let (verdict, removed) = (coming.await.unwrap(), going.await.unwrap());
        assert_eq!(removed, Removed::Done);
        let came_first = matches!(verdict, Verdict::Accept { supersedes: None });
        assert!(came_first || verdict == Verdict::Dead(Dead::Withdrawn), "{verdict:?}");
        accepted += usize::from(came_first);
        let current = association::store::find_current(house.portal.db.reader(), id).await.unwrap();
        assert_eq!(current, None, "round {round}");
        let mails = house.mail().await;
        assert_eq!(told(&mails, &address, "was removed"), 1, "{mails:?}");
        assert_eq!(mails_accepted(&mails) > 0, came_first, "{mails:?}");
    }
    assert_eq!(house.deeds("profile.removed").await, 8);
    assert_eq!(house.deeds("association.made").await, made_before + accepted);
    assert_eq!(house.deeds("association.ended").await, accepted);
    let live = house.count("invitation", "queued").await + house.count("invitation", "pending").await;
    assert_eq!(live, 0);
    assert_whole_audit(&house).await;
}

async fn as_06_a_link_that_is_accepted_while_it_is_sent_anew_counts_once_and_one_link_is_left(
    engine: Engine,
) {
    let house = Arc::new(House::open(engine).await);
    let boss = administrator(&house, "chief", "contoso").await;
    house.clock.advance(minutes(6));
    house.mail().await;
    for round in 0..8 {
        let (name, address) = (format!("late-{round}"), format!("late-{round}@races.example"));
        house
            .seed(json!({"profiles": [{"external_id": name, "company": "contoso", "first_name": "La",
                "last_name": "Te", "email": address}]}))
            .await;
        let id = house.current(&name).await.id;
        let sent = again(&house, &boss, id).await;
        assert_eq!(sent, Invited::Sent);
        let mails = house.mail().await;
        let secret = mails[0].link().strip_prefix("/associate/").unwrap().to_owned();
        let digest = association::digest_of_link(&secret).unwrap();
        house.clock.advance(minutes(1));
        let (one, two) = (house.clone(), house.clone());
        let (who, by) = (name.clone(), boss.clone());
        let coming = tokio::spawn(async move { accept(&one, digest, &who).await });
        let sending = tokio::spawn(async move { again(&two, &by, id).await });
        let (verdict, sent) = (coming.await.unwrap(), sending.await.unwrap());
        assert_eq!(sent, Invited::Sent);
        let came_first = matches!(verdict, Verdict::Accept { supersedes: None });
        assert!(came_first || verdict == Verdict::Dead(Dead::Replaced), "{verdict:?}");
        let current = association::store::find_current(house.portal.db.reader(), id).await.unwrap();
        assert_eq!(current.is_some(), came_first, "round {round}");
        let links = association::store::list_invitations(house.portal.db.reader(), &[id], 9).await.unwrap();
        let live = links.iter().filter(|link| link.state == association::State::Queued);
        assert_eq!((links.len(), live.count()), (2, 1), "{links:?}");
        let mails = house.mail().await;
        assert_eq!(mails.iter().filter(|mail| mail.to == address).count(), 1, "the new link, once");
        assert_eq!(mails_accepted(&mails) > 0, came_first);
        house.clock.advance(minutes(60));
    }
    assert_eq!(house.deeds("invitation.sent").await, 16);
    assert_whole_audit(&house).await;
}

/// “Send Invite E-mail”, as its button does it.
async fn again(house: &House, by: &(Profile, Subject), id: profile::ProfileId) -> Invited {
    let tx = acts(house, by, id).await.unwrap();
    let found = hold(&tx, id).await.unwrap().unwrap();
    let inviter = Inviter::Administrator(&by.1, by.0.id);
    let (now, desk) = (house.now(), house.portal.desk());
    let sent = invite(&tx, now, &desk, inviter, &found, Language::EnUs).await.unwrap();
    tx.commit().await.unwrap();
    sent
}

async fn as_11_who_invites_while_losing_the_right_to_leaves_no_invitation_behind(engine: Engine) {
    let house = Arc::new(House::open(engine).await);
    let boss = administrator(&house, "chief", "fabrikam").await;
    let trio = house.current("three-3").await.id;
    for round in 0..8 {
        let deputy = administrator(&house, &format!("deputy-{round}"), "fabrikam").await;
        let (one, two) = (house.clone(), house.clone());
        let (chief, of) = (boss.clone(), deputy.0.clone());
        let demoting = tokio::spawn(async move {
            let tx = acts(&one, &chief, of.id).await.unwrap();
            let (now, desk) = (one.now(), one.portal.desk());
            let saved = save(&tx, now, &desk, of.id, &edit(&of, false)).await.unwrap();
            tx.commit().await.unwrap();
            saved
        });
        let inviting = tokio::spawn(async move {
            let Ok(tx) = acts(&two, &deputy, trio).await else { return };
            let found = hold(&tx, trio).await.unwrap().unwrap();
            let inviter = Inviter::Administrator(&deputy.1, deputy.0.id);
            let (now, desk) = (two.now(), two.portal.desk());
            invite(&tx, now, &desk, inviter, &found, Language::EnUs).await.unwrap();
            tx.commit().await.unwrap();
        });
        assert_eq!(demoting.await.unwrap(), Saved::Done { invited: None, withdrawn: false, asked: false });
        inviting.await.unwrap();
        assert_eq!(house.count("invitation", "queued").await, 0, "round {round}");
        let mails = house.mail().await;
        assert_eq!(mails.len(), 1, "the notice, and no letter with a link that leads nowhere: {mails:?}");
        house.clock.advance(minutes(60 * 24));
    }
    assert_whole_audit(&house).await;
}
