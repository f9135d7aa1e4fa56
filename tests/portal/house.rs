//! The portal with a provider that a test bends as it likes: its clock in the test's hand, its mail in a mailbox, and
//! people in its companies.
use std::{ops::Deref, sync::Arc};

use customersource::{
    Portal, Settings, profile,
    rp::Subject,
    seed,
    session::{
        self, Session,
        store::{Begin, Sealed},
    },
    worker,
};
use mailbox::{Fault, Mailbox, Message};
use platform::{
    clock::{Clock, Moment},
    random::Random,
    secrets::Secret,
};
use serde_json::{Value, json};
pub use testkit::{Answer, house::minutes};
use testkit::{
    Engine, Given,
    neighbour::{Neighbour, Plot},
    net::Net,
};
use tokio_util::sync::CancellationToken;

pub use crate::browser::Browser;
use crate::provider::Provider;

/// When every house begins: 2026-11-18T16:26:40Z.
const BEGINNING: Moment = Moment::from_unix_seconds(1_795_019_200);

/// What browsers call the portal, whichever port it listens on.
pub const PUBLIC_URL: &str = "http://localhost:8080";

pub struct House {
    pub portal: Portal,
    pub provider: Provider,
    pub clock: Clock,
    pub mailbox: Mailbox,
    pub net: Net,
    neighbour: Neighbour,
    stop: CancellationToken,
}

/// Which of the portal's processes answers.
#[derive(Clone, Copy)]
pub struct Node(pub u16);

/// The whole name of one of the portal's cookies.
pub fn cookie(name: &str) -> String {
    platform::web::cookie::Name::of(&PUBLIC_URL.parse().unwrap(), "customersource", name).to_string()
}

impl Given for House {
    async fn given(engine: Engine) -> Self {
        Self::open(engine).await
    }
}

impl House {
    pub async fn open(engine: Engine) -> Self {
        Self::open_with(engine, |_| ()).await
    }

    pub async fn open_with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Clock::settable(BEGINNING);
        let smtp = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let now = clock.clone();
        let mailbox = Mailbox::open(smtp, move || now.now().unix_seconds()).unwrap();
        mailbox.set_fault(ORDINARY);
        let provider = Provider::open().await;
        let mut plot = Plot::new(engine).await;
        let settings = &mut plot.settings;
        settings.server.public_url = PUBLIC_URL.into();
        settings.mail.smtp_url = format!("smtp://{}", mailbox.smtp_address());
        settings.passport.issuer.clone_from(&provider.issuer);
        settings.passport.client_secret = Secret::new("a/secret");
        settings.passport.signing_alg = "EdDSA".into();
        change(settings);
        let stop = CancellationToken::new();
        let neighbour = plot.build(&clock, &Random::seeded(7), &stop).await;
        let (portal, net) = (neighbour.portal.clone(), Net::new(clock.clone()));
        let house = Self { portal, provider, clock, mailbox, net, neighbour, stop };
        house.seed(people()).await;
        house
    }

    pub async fn seed(&self, data: Value) {
        seed::apply(&self.portal, &seed::Seed::parse(&data.to_string()).unwrap()).await.unwrap();
    }

    pub fn browser(&self) -> Browser<'_> {
        self.browser_at(self.first_node())
    }

    /// A browser that talks to another node.
    pub fn browser_at(&self, node: Node) -> Browser<'_> {
        Browser::new(self, node)
    }

    /// The node that browsers talk to, if nothing else is said.
    pub fn first_node(&self) -> Node {
        Node(self.neighbour.port)
    }

    /// A second node on the same database.
    pub async fn node(&self) -> Node {
        Node(self.neighbour.second_node(&self.clock, &Random::seeded(8)).await)
    }

    /// Carries out every job that is due and takes the mail out, in the order of the recipients.
    pub async fn mail(&self) -> Vec<Mail> {
        worker(&self.portal).drain().await.unwrap();
        let mut mails: Vec<_> = self.mailbox.messages().into_iter().rev().map(Mail::of).collect();
        self.mailbox.clear();
        mails.sort_by(|a, b| (&a.to, &a.subject).cmp(&(&b.to, &b.subject)));
        mails
    }

    /// How the mail server misbehaves from now on; `None`: no more.
    pub fn mail_fails(&self, fault: impl Into<Option<Fault>>) {
        self.mailbox.set_fault(fault.into().unwrap_or(ORDINARY));
    }

    /// Gives somebody a role of the staff.
    pub async fn employ(&self, sub: &str, role: &str) {
        self.seed(json!({"staff": [{"subject": sub, "role": role, "name": sub}]})).await;
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    pub async fn dump(&self) -> Value {
        customersource::dump::store::all(self.portal.db.reader()).await.unwrap()
    }

    /// The id of the profile with this external id, or of the one that the portal added with this address.
    pub async fn profile(&self, name: &str) -> String {
        let dump = self.dump().await;
        let all = dump["profile"].as_array().unwrap();
        let found = all.iter().find(|row| row["external_id"] == name || row["email"] == name).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    /// The profile, as it is now.
    pub async fn current(&self, name: &str) -> profile::Profile {
        let id: profile::ProfileId = self.profile(name).await.parse().unwrap();
        profile::store::find(self.portal.db.reader(), id).await.unwrap().unwrap().0
    }

    /// A visit of this Passport that has chosen no profile, as a request reads it.
    pub async fn visit(&self, subject: &Subject) -> Session {
        let (now, lifetime) = (self.now(), self.portal.session_lifetime);
        let digest = Session::digest_of(&Random::system().token());
        let begin = Begin {
            digest,
            subject,
            op_sid: None,
            label: &subject.sub,
            email: None,
            tokens: Sealed { id_token: vec![], refresh_token: None },
            association: None,
            proven_for: None,
            acr: "",
            auth_time: now,
        };
        let tx = self.portal.db.begin().await.unwrap();
        session::store::add(&tx, now, lifetime, begin).await.unwrap();
        tx.commit().await.unwrap();
        let read = session::store::find_live(self.portal.db.reader(), now, lifetime, digest).await;
        read.unwrap().unwrap().0
    }

    /// How many lines of the audit tell this.
    pub async fn deeds(&self, action: &str) -> usize {
        self.dump().await["audit"].as_array().unwrap().iter().filter(|row| row["action"] == action).count()
    }

    /// How many rows of a table are in this state.
    pub async fn count(&self, table: &str, state: &str) -> usize {
        self.dump().await[table].as_array().unwrap().iter().filter(|row| row["state"] == state).count()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let failures = self.neighbour.failures();
        self.stop.cancel();
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(self.neighbour.close());
        });
        if !std::thread::panicking() {
            assert!(failures.is_empty(), "{failures:#?}");
        }
    }
}

/// Nobody is at home at addresses that begin so.
const ORDINARY: Fault = Fault::Nobody("nobody.here");

/// A letter to one recipient, as the envelope says.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    /// The sender of the envelope.
    pub from: String,
    message: Arc<Message>,
}

impl Deref for Mail {
    type Target = Message;
    fn deref(&self) -> &Message {
        &self.message
    }
}

impl Mail {
    fn of(message: Arc<Message>) -> Self {
        Self { to: message.envelope_to.concat(), from: message.envelope_from.clone(), message }
    }

    /// The path of the link that stands alone on a line.
    pub fn link(&self) -> String {
        self.path("/associate/")
    }

    /// The path of the address on a line of its own that begins so.
    pub fn path(&self, beginning: &str) -> String {
        let line = self.text.lines().find(|line| line.contains(beginning)).expect("a link");
        line.strip_prefix(PUBLIC_URL).expect("our origin").to_owned()
    }
}

/// Three profiles of one address in two companies, one of another, and companies without a current plan.
pub fn people() -> Value {
    let profile = |id: &str, company: &str, first: &str, email: &str| json!({"external_id": id, "company": company, "first_name": first, "last_name": "Lee", "email": email});
    json!({
        "companies": [
            {"external_id": "contoso", "name": "Contoso Ltda"},
            {"external_id": "fabrikam", "name": "Fabrikam S.A."},
            {"external_id": "lapsed", "name": "Lapsed Inc."},
            {"external_id": "partner", "name": "Partner GmbH", "kind": "partner"},
            {"external_id": "closed", "name": "Closed Ltd", "state": "closed"},
        ],
        "plans": [{"code": "basic", "category": "service", "name": "Basic Service", "rank": 1}],
        "entitlements": [
            {"company": "contoso", "plan": "basic", "starts_on": "2026-01-01", "ends_on": "2026-11-18"},
            {"company": "fabrikam", "plan": "basic", "starts_on": "2026-01-01", "ends_on": "2027-12-31"},
            {"company": "lapsed", "plan": "basic", "starts_on": "2025-01-01", "ends_on": "2025-12-31"},
        ],
        "profiles": [
            profile("ann", "contoso", "Ann", "Ann@Contoso.example"),
            profile("three-1", "contoso", "Tri", "three@example.com"),
            profile("three-2", "contoso", "Tria", "Three@Example.com"),
            profile("three-3", "fabrikam", "Trio", "three@example.com"),
            profile("late", "lapsed", "Late", "late@example.com"),
            profile("pat", "partner", "Pat", "pat@example.com"),
            profile("shut", "closed", "Shut", "shut@example.com"),
            {"external_id": "boss", "company": "contoso", "first_name": "Bo", "last_name": "Boss",
             "email": "boss@contoso.example", "bill_to": true},
        ],
    })
}

/// The fields of a person's form.
pub fn person<'a>(first: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("first_name", first), ("last_name", "Lee"), ("email", email)]
}
