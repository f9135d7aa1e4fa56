//! A portal with so many of everything that a page which asks once for each of them shows it.
use customersource::{
    address, admin_case,
    association::{self, AssociationId, InvitationId, entity as links, undo::Undo},
    audit::{self, Actor, Deed},
    claim, company, content, difference, mailing, maintenance,
    newsgroup::{self, Post, PostId, Thread, ThreadId, Topic},
    newsletter,
    profile::{self, ProfileId},
    resource::{self, Section},
    rp::Subject,
    session, training,
    unsubscribe::{List, Unsubscribe},
};
use platform::{db::Tx, email::EmailAddress, id, secrets};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use serde_json::json;

use super::told::{folder, people};
use crate::house::{Browser, House, minutes};

/// The secret of a link, 43 letters; and its digest, as rows keep it.
fn secret(of: u8) -> (String, Vec<u8>) {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    (URL_SAFE_NO_PAD.encode([of; 32]), secrets::digest(&[of; 32]).to_vec())
}

/// What stands in the addresses of pages.
pub struct Names {
    pub company: String,
    pub member: String,
    pub course: String,
    pub date: String,
    pub letter: String,
    pub group: String,
    pub thread: String,
    pub invitation: String,
    pub address: String,
    pub undo: String,
    pub unsubscribe: String,
}

pub struct Stock<'a> {
    house: &'a House,
    many: usize,
    members: Vec<ProfileId>,
}

impl<'a> Stock<'a> {
    /// Contoso with `many` of everything, and browsers of those who look at it.
    pub async fn fill(house: &'a House, many: usize) -> (Self, Names) {
        house.seed(people(many)).await;
        let mut stock = Self { house, many, members: vec![] };
        for number in 0..many {
            stock.members.push(stock.profile(&format!("member-{number}")).await);
        }
        let tx = house.portal.db.begin().await.unwrap();
        stock.articles(&tx).await;
        tx.commit().await.unwrap();
        let names = stock.people_and_threads().await;
        (stock, names)
    }

    async fn profile(&self, external_id: &str) -> ProfileId {
        let db = self.house.portal.db.reader();
        let found =
            profile::entity::Entity::find().filter(profile::entity::Column::ExternalId.eq(external_id));
        found.one(db).await.unwrap().unwrap().id
    }

    fn subject(&self, sub: &str) -> Subject {
        Subject { iss: self.house.provider.issuer.clone(), sub: sub.to_owned() }
    }

    fn id(&self) -> uuid::Uuid {
        id::new(self.house.now(), &self.house.portal.random)
    }

    async fn articles(&self, tx: &Tx) {
        let folder = folder(self.many);
        let read = content::read(folder.path()).unwrap();
        let portal = &self.house.portal;
        content::actions::apply(tx, self.house.now(), &portal.random, &portal.audit_mac, &read)
            .await
            .unwrap();
    }

    /// An association of this Passport with a profile that was accepted long ago.
    async fn associate(&self, tx: &Tx, sub: &str, profile: ProfileId) -> AssociationId {
        let (now, subject) = (self.house.now(), self.subject(sub));
        let invitation = self.invite(tx, profile, links::invitation::Stored::Accepted, Some(sub)).await;
        let id = AssociationId(self.id());
        let row = links::association::ActiveModel {
            id: Set(id),
            profile_id: Set(profile),
            iss: Set(subject.iss),
            sub: Set(subject.sub),
            invitation_id: Set(invitation),
            state: Set(links::association::Stored::Active),
            created_at: Set(now),
            ended_at: Set(None),
            ended_by: Set(None),
            seen_at: Set(Some(now)),
            language: Set(None),
            notice_to: Set(None),
        };
        links::association::Entity::insert(row).exec_without_returning(tx).await.unwrap();
        id
    }

    async fn invite(
        &self,
        tx: &Tx,
        profile: ProfileId,
        state: links::invitation::Stored,
        by: Option<&str>,
    ) -> InvitationId {
        let now = self.house.now();
        let (found, _) = profile::store::find(tx, profile).await.unwrap().unwrap();
        let id = InvitationId(self.id());
        let digest = match state {
            links::invitation::Stored::Pending if self.members.first() == Some(&profile) => secret(1).1,
            _ => secrets::digest(id.0.as_bytes()).to_vec(),
        };
        let row = links::invitation::ActiveModel {
            id: Set(id),
            profile_id: Set(profile),
            purpose: Set(association::Purpose::AdminInvite.text().into()),
            token_digest: Set(digest),
            sent_to_key: Set(found.email_key),
            bound_iss: Set(None),
            bound_sub: Set(None),
            requester: Set("profile:boss".into()),
            asked_by: Set(None),
            organization_id: Set(Some(found.company)),
            claim_id: Set(None),
            state: Set(state),
            language: Set("en-US".into()),
            created_at: Set(now),
            expires_at: Set(now + minutes(7 * 24 * 60)),
            accepted_at: Set(by.map(|_| now)),
            accepted_iss: Set(by.map(|sub| self.subject(sub).iss)),
            accepted_sub: Set(by.map(str::to_owned)),
            declined_at: Set(None),
            mails: Set(1.into()),
            why: Set(None),
        };
        links::invitation::Entity::insert(row).exec_without_returning(tx).await.unwrap();
        id
    }

    async fn people_and_threads(&self) -> Names {
        let (house, portal, now) = (self.house, &self.house.portal, self.house.now());
        let (boss, late) = (self.profile("boss").await, self.profile("late").await);
        let tx = portal.db.begin().await.unwrap();
        let acting = self.associate(&tx, "boss", boss).await;
        self.associate(&tx, "late", late).await;
        let mut undone = acting;
        for number in 0..self.many {
            let others = [("late", "late-also"), ("many", "many-also")];
            for (sub, name) in others {
                let profile = self.profile_in(&tx, &format!("{name}-{number}")).await;
                self.associate(&tx, sub, profile).await;
            }
            let member = self.members[number];
            if number % 2 == 1 {
                undone = self.associate(&tx, &format!("member-{number}"), member).await;
            } else {
                self.invite(&tx, member, links::invitation::Stored::Pending, None).await;
            }
            // Others who administer Contoso: none of them has an association.
            profile::store::set_administrator(
                &tx,
                self.profile_in(&tx, &format!("chief-{number}")).await,
                Some(profile::AdminSource::Granted),
            )
            .await
            .unwrap();
        }
        let company = profile::store::find(&tx, boss).await.unwrap().unwrap().1.id;
        let thread = self.threads(&tx, boss).await;
        let (course, date) = self.seats(&tx, boss).await;
        let letter = self.subscriptions(&tx, boss).await;
        self.desk(&tx, company, boss).await;
        let (address, digest) = secret(2);
        let wanted = EmailAddress::parse("bo@new.example").unwrap();
        let digest = digest.try_into().unwrap();
        address::store::set(&tx, now, (boss, &self.subject("boss")), &wanted, digest).await.unwrap();
        tx.commit().await.unwrap();
        let group = newsgroup::store::find_slug(portal.db.reader(), "group-0").await.unwrap().unwrap();
        Names {
            company: company.to_string(),
            member: self.members[0].to_string(),
            course,
            date,
            unsubscribe: portal
                .unsubscribe
                .name(&Unsubscribe { list: List::Newsletter(letter), profile: boss }),
            letter: letter.to_string(),
            group: group.id.to_string(),
            thread: thread.to_string(),
            invitation: secret(1).0,
            address,
            undo: house.portal.undo.name(&Undo { association: undone, administrator: boss }),
        }
    }

    async fn profile_in(&self, tx: &Tx, external_id: &str) -> ProfileId {
        let found =
            profile::entity::Entity::find().filter(profile::entity::Column::ExternalId.eq(external_id));
        found.one(tx).await.unwrap().unwrap().id
    }

    /// Threads of the first newsgroup; the first one has a post by each member.
    async fn threads(&self, tx: &Tx, boss: ProfileId) -> ThreadId {
        let now = self.house.now();
        let group = newsgroup::store::find_slug(tx, "group-0").await.unwrap().unwrap();
        let mut first = None;
        for number in 0..self.many {
            let id = ThreadId(self.id());
            let thread = Thread {
                id,
                newsgroup: group.id,
                subject: Topic::new(format!("Question {number} about the journal")),
                is_locked: false,
                started_at: now,
                last_at: now,
            };
            newsgroup::store::add_thread(tx, &thread).await.unwrap();
            let authors = if first.is_none() { self.members.as_slice() } else { &self.members[..1] };
            for author in authors {
                let post = PostId(self.id());
                let about = Post {
                    id: post,
                    thread: id,
                    author: *author,
                    name: None,
                    body: "Where is the journal?".into(),
                    is_hidden: false,
                    posted_at: now,
                };
                let parent = newsgroup::store::find_parent(tx, id).await.unwrap();
                newsgroup::store::add_post(tx, &about, parent, &format!("{post}@x")).await.unwrap();
            }
            newsgroup::store::watch(tx, id, boss).await.unwrap();
            newsgroup::actions::index(tx, id, "en-US").await.unwrap();
            first = first.or(Some(id));
        }
        first.unwrap()
    }

    /// Seats of the administrator and every member in all dates of the first course.
    async fn seats(&self, tx: &Tx, boss: ProfileId) -> (String, String) {
        let now = self.house.now();
        let course = resource::store::find(tx, Section::Training, "item-0").await.unwrap().unwrap();
        let dates = training::store::list_dates(tx, now, course.id).await.unwrap();
        assert_eq!(dates.len(), self.many);
        for (date, _) in &dates {
            for who in self.members.iter().chain([&boss]) {
                training::store::add_enrolment(tx, now, date.id, *who).await.unwrap();
            }
        }
        (course.id.to_string(), dates[0].0.id.to_string())
    }

    /// Everybody gets every newsletter.
    async fn subscriptions(&self, tx: &Tx, boss: ProfileId) -> newsletter::NewsletterId {
        let letters = newsletter::store::list(tx).await.unwrap();
        for letter in &letters {
            for who in self.members.iter().chain([&boss]) {
                newsletter::store::subscribe(tx, self.house.now(), letter.id, *who).await.unwrap();
            }
        }
        letters.iter().find(|letter| letter.slug == "letter-0").unwrap().id
    }

    /// What staff look at: cases, differences, letters, claims, windows, and the audit of it all.
    async fn desk(&self, tx: &Tx, company: company::CompanyId, boss: ProfileId) {
        let (portal, now) = (&self.house.portal, self.house.now());
        let (found, _) = profile::store::find(tx, self.members[0]).await.unwrap().unwrap();
        for number in 0..self.many {
            let case = admin_case::entity::ActiveModel {
                id: Set(admin_case::CaseId(self.id())),
                organization_id: Set(company),
                profile_id: Set(self.members[number]),
                replaces: Set(false),
                asked_by: Set("Ann".into()),
                evidence: Set("Invoice 4711".into()),
                opened_iss: Set("x".into()),
                opened_sub: Set("x".into()),
                opened_by: Set("x".into()),
                approved_iss: Set(None),
                approved_sub: Set(None),
                approved_by: Set(None),
                state: Set("refused".into()),
                opened_at: Set(now),
                approved_at: Set(None),
                effective_at: Set(None),
                approved_email: Set(String::new()),
                refused_by: Set(String::new()),
                refused_for: Set(String::new()),
            };
            admin_case::entity::Entity::insert(case).exec_without_returning(tx).await.unwrap();
            let row = difference::entity::ActiveModel {
                id: Set(difference::DifferenceId(self.id())),
                profile_id: Set(self.members[number]),
                field: Set("first_name".into()),
                theirs: Set("Anna".into()),
                state: Set(difference::entity::Stored::Open),
                seen_at: Set(now),
            };
            difference::entity::Entity::insert(row).exec_without_returning(tx).await.unwrap();
            let letter = mailing::entity::ActiveModel {
                id: Set(mailing::MailingId(self.id())),
                kind: Set("notice".into()),
                subject: Set("Something happened".into()),
                sent_to: Set(found.email.clone()),
                to_key: Set(found.email_key.clone()),
                profile_id: Set(Some(found.id)),
                invitation_id: Set(None),
                newsletter_id: Set(None),
                state: Set("queued".into()),
                why: Set(None),
                made_at: Set(now),
                state_at: Set(now),
            };
            mailing::entity::Entity::insert(letter).exec_without_returning(tx).await.unwrap();
            let mac = portal.claim_mac.sign(found.email_key.as_bytes());
            let claim = claim::ClaimId(self.id());
            claim::store::add(tx, now, claim, &self.subject("many"), &mac).await.unwrap();
            let window = maintenance::Window {
                id: maintenance::WindowId(self.id()),
                starts_at: now + minutes(60 * (1 + number as u64)),
                ends_at: now + minutes(60 * (2 + number as u64)),
                message: String::new(),
            };
            maintenance::store::add(tx, &window).await.unwrap();
            let by = self.subject(&format!("member-{number}"));
            for target in [self.members[number], boss] {
                let deed = Deed {
                    actor: Actor::Profile(&by, self.members[number]),
                    company: Some(company),
                    action: "profile.saved",
                    target: format!("profile:{target}"),
                    detail: json!({"first_name": ["Ann", "Anna"]}),
                };
                audit::store::append(tx, now, &portal.audit_mac, &deed).await.unwrap();
            }
        }
    }

    /// Somebody signed in who has looked at the first page.
    pub async fn browser(&self, sub: &str, path: &str) -> Browser<'a> {
        let mut browser = self.house.browser();
        browser.sign_in(path, sub).await;
        browser
    }

    /// Chooses this profile for the visits of a Passport.
    pub async fn choose(&self, sub: &str, external_id: &str) {
        let profile = self.profile(external_id).await;
        let tx = self.house.portal.db.begin().await.unwrap();
        let found = association::store::find_current(&tx, profile).await.unwrap().unwrap();
        session::entity::Entity::update_many()
            .col_expr(session::entity::Column::AssociationId, Expr::value(found.id.0))
            .filter(session::entity::Column::Sub.eq(sub))
            .exec(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}
