//! Another line in the key file while two nodes serve, in the order that `deploy/README.md` gives.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use passport::{
    command::reseal_keys,
    jobs::worker,
    link::Purpose,
    notice::{Former, Told},
    second_step::app::App,
};
use platform::secrets::Keyring;
use testkit::{
    Browser, Engine, House, Kind, PASSWORD, Rp,
    house::{MASTER, Node},
    on_both_engines,
    postbox::links,
};

on_both_engines![another_line_comes_and_the_older_one_goes_while_two_nodes_serve];

const FRESH: [u8; 32] = [7; 32];
const ANN: &str = "ann@acme.test";
const BOB: &str = "bob@acme.test";
const CAROL: &str = "carol@acme.test";
const DAN: &str = "dan@acme.test";

/// Two nodes behind a balancer, and people who go on with what they began before.
struct Installation {
    house: House,
    nodes: [Node; 2],
    site: Rp,
    /// Signed in all the time.
    ann: Browser,
    /// Signed in by “sign me in automatically” alone: closes the browser each time.
    kept: Browser,
    refresh: String,
    joined: u32,
}

impl Installation {
    async fn open(house: House) -> Self {
        let nodes = [house.node_with(&[MASTER]).await, house.node_with(&[MASTER]).await];
        let site = house.client(Kind::Web).await;
        let (ann, kept) = (house.browser(), house.browser());
        ann.go_through(&nodes[0]);
        ann.join(ANN).await;
        kept.go_through(&nodes[1]);
        kept.get("/sign-in").await;
        let fields = [("username", ANN), ("password", PASSWORD), ("automatic", "on")];
        kept.submit("#sign-in-submit", &fields).await.assert_status(200);
        let refresh = site.tokens(&ann).await.refresh().to_owned();
        Self { house, nodes, site, ann, kept, refresh, joined: 0 }
    }

    /// Restarts one node with these lines; the other one serves meanwhile, and both do afterwards.
    async fn restart(&mut self, at: usize, lines: &[[u8; 32]]) {
        let node = self.house.node_with(lines).await;
        let before = std::mem::replace(&mut self.nodes[at], node);
        before.passport.db.clone().close().await.unwrap();
        self.serves().await;
    }

    /// What each node makes, the other one takes.
    async fn serves(&mut self) {
        for (here, there) in [(0, 1), (1, 0)] {
            self.goes_on(here, there).await;
            self.joins(here, there).await;
        }
    }

    /// A session, an automatic sign-in and a refresh token from before.
    async fn goes_on(&mut self, here: usize, there: usize) {
        let Self { house, nodes, site, ann, kept, .. } = self;
        kept.close_and_reopen();
        for node in [&nodes[here], &nodes[there]] {
            ann.go_through(node);
            assert!(ann.is_signed_in().await, "a session goes on");
            kept.go_through(node);
            assert!(kept.is_signed_in().await, "an automatic sign-in goes on");
            let mut request = site.refreshing(&self.refresh);
            request.port = Some(node.port());
            let tokens = site.tokens_in(&house.net.send(request).await);
            tokens.refresh().clone_into(&mut self.refresh);
            house.verified(tokens.id(), jsonwebtoken::Algorithm::RS256).await;
        }
    }

    /// Somebody signs up at one node, gets a letter from the other, and signs in and to a site at both.
    async fn joins(&mut self, here: usize, there: usize) {
        let (house, site) = (&self.house, &self.site);
        let [here, there] = [&self.nodes[here], &self.nodes[there]];
        self.joined += 1;
        let email = format!("person{}@acme.test", self.joined);
        let browser = house.browser();
        browser.go_through(here);
        sign_up_verified(&browser, &email).await;
        browser.go_through(there);
        browser.sign_in(&email, PASSWORD).await;
        worker(&here.passport).drain().await.unwrap();
        let link = links(&house.mailbox.to(&email)[0]).remove(0);
        browser.get(&link).await;
        browser.go_through(here);
        browser.click("#link-confirm").await.assert_status(200);
        let code = site.code(&browser).await;
        let mut redeeming = site.redeeming(&code);
        redeeming.port = Some(there.port());
        site.tokens_in(&house.net.send(redeeming).await);
    }
}

/// Whatever links that undo know opens by the new line alone.
async fn sealed_by_the_first_line(house: &House) {
    let (db, now) = (&house.passport.db, house.clock.now());
    let id = passport::account::store::find_id(db.reader(), DAN).await.unwrap().unwrap();
    let links = passport::link::store::list_usable(db.reader(), now, id, Purpose::NotMe).await.unwrap();
    let apps = Keyring::from_bytes(FRESH).seal("authenticator");
    let sealed = links.iter().filter_map(|link| match Told::read(&link.detail).former {
        Former::SecondStep { former: Some(former) } => former.sealed,
        _ => None,
    });
    let mut opened = 0;
    for sealed in sealed {
        assert!(App::open(&apps, id, &URL_SAFE_NO_PAD.decode(sealed).unwrap()).is_ok());
        opened += 1;
    }
    assert_eq!(opened, 1, "the app that was taken away");
}

/// Signs up, and wants the address proven.
async fn sign_up_verified(browser: &Browser, email: &str) {
    let done = browser.sign_up_with(email, &[("verify", "yes")]).await;
    assert!(done.page().has("#signed-up"), "{done:?}");
}

async fn another_line_comes_and_the_older_one_goes_while_two_nodes_serve(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.limits.scale = 100.0).await;
    let mut all = Installation::open(house.clone()).await;
    // These come back only after everything is over.
    house.browser().sign_up(BOB).await;
    let carol = house.browser();
    sign_up_verified(&carol, CAROL).await;
    let letter = house.postbox(CAROL).link().await;
    let untouched = all.site.tokens(&all.ann).await.refresh().to_owned();
    // Somebody takes an app away: its secret stands in the link that undoes that, too.
    let dan = house.browser();
    dan.join(DAN).await;
    dan.set_up_second_step(house.clock.now()).await;
    dan.get("/account/authenticator").await;
    dan.submit("#authenticator-remove", &[]).await.assert_status(200);
    house.leave_mail();
    all.serves().await;
    for lines in [[MASTER, FRESH], [FRESH, MASTER]] {
        for node in [0, 1] {
            all.restart(node, &lines).await;
        }
    }
    let mut said = Vec::new();
    reseal_keys(&all.nodes[0].passport, &mut said).await.unwrap();
    sealed_by_the_first_line(&house).await;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("can go"), "{said}");
    all.serves().await;
    for node in [0, 1] {
        all.restart(node, &[FRESH]).await;
    }
    // What was made with the line that went, and not renewed since, ended with it; no password did.
    let bob = house.browser();
    bob.go_through(&all.nodes[0]);
    bob.sign_in(BOB, PASSWORD).await;
    carol.go_through(&all.nodes[1]);
    carol.sign_in(CAROL, PASSWORD).await;
    carol.get(&letter).await;
    carol.click("#link-confirm").await.assert_status(200);
    let mut request = all.site.refreshing(&untouched);
    request.port = Some(all.nodes[1].port());
    house.net.send(request).await.assert_token_error("invalid_grant");
    for node in &all.nodes {
        node.passport.db.clone().close().await.unwrap();
    }
}
