//! What closed takes nothing more, whoever is on the way: newsgroups and plans end for requests that read them before.
use std::cell::Cell;
use testkit::{Engine, on_both_engines};

use crate::{
    authority::{CLIENTS, ENOUGH, ROUNDS, behind_its_back, rows, window},
    exchange::lively,
    house::House,
};

on_both_engines![a_newsgroup_that_was_closed_takes_no_thread, whose_plan_was_cancelled_writes_nothing_more,];

const NEW: &str = "/newsgroups/gp/new";

/// Ten browsers on two nodes post while `close` happens; nothing is added after that. `open` is for the next round.
async fn rounds(engine: Engine, close: &str, open: &str) {
    let house: House = lively(engine).await;
    behind_its_back(&house, "DELETE FROM budget").await;
    let nodes = [house.first_node(), house.node().await];
    let mut ann = house.browser();
    ann.associate("ann", "Ann@Contoso.example").await;
    for round in 0..ROUNDS {
        ann.get(NEW).await.shows(200, "id=\"subject\"");
        let (done, is_over) = (Cell::new(0_usize), Cell::new(false));
        let client = async |number: usize| {
            let mut window = window(&house, &ann, nodes[number % 2]);
            for press in 0.. {
                if is_over.get() {
                    break;
                }
                let subject = format!("{round} {number} {press}");
                let answer = window.post(NEW, &[("subject", &subject), ("body", "Still open?")]).await;
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
            behind_its_back(&house, close).await;
            let at_its_end = rows(&house, "thread").await;
            is_over.set(true);
            at_its_end
        };
        let clients = futures_util::future::join_all((0..CLIENTS).map(client));
        let (at_its_end, _) = futures_util::future::join(ender, clients).await;
        assert_eq!(rows(&house, "thread").await, at_its_end, "round {round}: written after it closed");
        behind_its_back(&house, open).await;
        behind_its_back(&house, "DELETE FROM budget").await;
    }
}

async fn a_newsgroup_that_was_closed_takes_no_thread(engine: Engine) {
    let to = |state: &str| format!("UPDATE newsgroup SET state = '{state}' WHERE slug = 'gp'");
    rounds(engine, &to("closed"), &to("open")).await;
}

async fn whose_plan_was_cancelled_writes_nothing_more(engine: Engine) {
    let to = |state: &str| format!("UPDATE entitlement SET state = '{state}'");
    rounds(engine, &to("cancelled"), &to("active")).await;
}
