//! Whatever ends, ends for requests that are on their way as well: what counts is read again under the locks of the
//! transaction that writes (decision 0039).
use std::cell::Cell;

use axum::http::Request;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;
use testkit::{Engine, on_both_engines};

use crate::house::{Browser, House, Node, person};

on_both_engines![
    inv_7_a_visit_that_the_provider_ends_writes_nothing_more,
    inv_7_a_visit_that_a_frame_ends_writes_nothing_more,
    inv_7_whose_association_is_ended_writes_nothing_more,
    inv_7_who_is_no_administrator_any_more_writes_nothing_more,
    inv_7_whose_role_is_taken_writes_nothing_more,
];

pub const ROUNDS: usize = 12;
pub const CLIENTS: usize = 10;
/// So many writes are done before it ends.
pub const ENOUGH: usize = 5;

/// How authority ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    BackChannel,
    FrontChannel,
    Association,
    Right,
    Role,
}

async fn house(engine: Engine) -> House {
    let house = House::open_with(engine, |settings| settings.limits.scale = 1_000.0).await;
    house
        .seed(json!({
            "staff": [{"subject": "sue", "name": "Sue", "role": "support"}],
            "profiles": [{"external_id": "chief", "company": "contoso", "first_name": "Chi",
                "last_name": "Ef", "email": "chief@contoso.example", "administrator": true}],
        }))
        .await;
    house
}

pub async fn rows(house: &House, table: &str) -> i64 {
    let db = house.portal.db.reader();
    let sql = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
    db.query_one_raw(sql).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

pub async fn behind_its_back(house: &House, sql: &str) {
    let tx = house.portal.db.begin().await.unwrap();
    tx.execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
}

/// Ends it, as whoever may do so does, and waits for the answer.
async fn end(house: &House, chief: &mut Browser<'_>, boss: &str, ending: Ending) {
    match ending {
        Ending::BackChannel => {
            let claims = json!({
                "iss": house.provider.issuer, "aud": "customersource", "sub": "boss",
                "iat": house.now().unix_seconds(), "exp": house.now().unix_seconds() + 120,
                "jti": platform::random::Random::system().token(),
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
            });
            let token = house.provider.sign(&house.provider.header(), &claims);
            let request = Request::post("/backchannel-logout")
                .header("content-type", "application/x-www-form-urlencoded");
            let answer = house.browser().send(request, format!("logout_token={token}")).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        Ending::FrontChannel => {
            let query = [("iss", house.provider.issuer.as_str()), ("sid", "sid-of-boss")];
            let query = serde_html_form::to_string(query).unwrap();
            let answer = house.browser().get(&format!("/frontchannel-logout?{query}")).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        Ending::Association => {
            let path = format!("/account/professionals/{boss}");
            let answer = chief.fill_in(&path, &format!("{path}/end"), &[]).await;
            assert!(answer.leads_to().contains("done=ended"), "{answer:?}");
        }
        Ending::Right => assert!(set_right(house, chief, boss, false).await.contains("done=saved")),
        Ending::Role => {
            let tx = house.portal.db.begin().await.unwrap();
            let subject =
                customersource::rp::Subject { iss: house.provider.issuer.clone(), sub: "sue".into() };
            let (now, mac) = (house.now(), &house.portal.audit_mac);
            assert!(customersource::staff::actions::remove(&tx, now, mac, &subject).await.unwrap());
            tx.commit().await.unwrap();
        }
    }
}

async fn set_right(house: &House, chief: &mut Browser<'_>, boss: &str, is_admin: bool) -> String {
    let path = format!("/account/professionals/{boss}");
    let version = house.current("boss").await.version.to_string();
    let mut fields = person("Bo", "boss@contoso.example");
    fields.push(("version", &version));
    if is_admin {
        fields.push(("administrator", "on"));
    }
    chief.fill_in(&path, &path, &fields).await.leads_to().to_owned()
}

/// Makes what ended whole again, for the next round.
async fn mend(house: &House, chief: &mut Browser<'_>, boss: &str, ending: Ending) {
    match ending {
        Ending::BackChannel | Ending::FrontChannel => {}
        Ending::Association => {
            let again = "UPDATE association SET state = 'active', ended_at = NULL, ended_by = NULL WHERE sub = 'boss'";
            behind_its_back(house, again).await;
        }
        Ending::Right => assert!(set_right(house, chief, boss, true).await.contains("done=saved")),
        Ending::Role => {
            house.seed(json!({"staff": [{"subject": "sue", "name": "Sue", "role": "support"}]})).await;
        }
    }
}

/// The same window at a node of the test's choice.
pub fn window<'a>(house: &'a House, of: &Browser<'_>, node: Node) -> Browser<'a> {
    let mut window = house.browser_at(node);
    window.cookies.clone_from(&of.cookies);
    window.show(of);
    window
}

async fn rounds(engine: Engine, ending: Ending) {
    let house = house(engine).await;
    let nodes = [house.first_node(), house.node().await];
    let (mut chief, mut owner) = (house.browser(), house.browser());
    chief.associate("chief", "chief@contoso.example").await;
    owner.associate("boss", "boss@contoso.example").await;
    let boss = house.profile("boss").await;
    let (who, page, table) = match ending {
        Ending::Role => ("sue", "/staff/maintenance", "maintenance"),
        _ => ("boss", "/account/professionals/new", "profile"),
    };
    let from = (house.now() + std::time::Duration::from_secs(86_400)).rfc3339()[..16].to_owned();
    let to = (house.now() + std::time::Duration::from_secs(90_000)).rfc3339()[..16].to_owned();
    let fields = match ending {
        Ending::Role => vec![("starts_at", from.as_str()), ("ends_at", &to), ("reason", "as planned")],
        _ => person("Nia", "nia@contoso.example"),
    };
    for round in 0..ROUNDS {
        owner.close();
        assert_eq!(owner.sign_in(page, who).await.leads_to(), page);
        owner.get(page).await;
        let (done, is_over) = (Cell::new(0_usize), Cell::new(false));
        let client = async |number: usize| {
            let mut window = window(&house, &owner, nodes[number % 2]);
            for press in 0.. {
                if is_over.get() {
                    break;
                }
                // Another press each time: the same one again is done once.
                let press = format!("{number} {press}");
                let fields = [fields.as_slice(), &[("press", press.as_str())]].concat();
                let answer = window.post(page, &fields).await;
                assert!(answer.status < 500, "round {round}: {answer:?}");
                if answer.status == 303 {
                    done.set(done.get() + 1);
                }
            }
        };
        let ender = async {
            while done.get() < ENOUGH {
                tokio::task::yield_now().await;
            }
            end(&house, &mut chief, &boss, ending).await;
            let at_its_end = rows(&house, table).await;
            is_over.set(true);
            at_its_end
        };
        let clients = futures_util::future::join_all((0..CLIENTS).map(client));
        let (at_its_end, _) = futures_util::future::join(ender, clients).await;
        assert_eq!(
            rows(&house, table).await,
            at_its_end,
            "round {round}: written after the end of {ending:?}"
        );
        let answer = window(&house, &owner, nodes[0]).post(page, &fields).await;
        assert_eq!(answer.status, 403, "round {round}: {answer:?}");
        mend(&house, &mut chief, &boss, ending).await;
    }
}

async fn inv_7_a_visit_that_the_provider_ends_writes_nothing_more(engine: Engine) {
    rounds(engine, Ending::BackChannel).await;
}

async fn inv_7_a_visit_that_a_frame_ends_writes_nothing_more(engine: Engine) {
    rounds(engine, Ending::FrontChannel).await;
}

async fn inv_7_whose_association_is_ended_writes_nothing_more(engine: Engine) {
    rounds(engine, Ending::Association).await;
}

async fn inv_7_who_is_no_administrator_any_more_writes_nothing_more(engine: Engine) {
    rounds(engine, Ending::Right).await;
}

async fn inv_7_whose_role_is_taken_writes_nothing_more(engine: Engine) {
    rounds(engine, Ending::Role).await;
}
