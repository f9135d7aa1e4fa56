//! How calm: what the token endpoint's clients notice while hundreds of people sign in at once, and what memory is left.
use std::{
    cell::Cell,
    fmt::Write as _,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use tokio::task::LocalSet;

use crate::{
    With,
    load::{Seen, count},
    process::Places,
    provider::{Algorithm, Provider},
    race,
    server::{Ours, Server, WAITING},
    table::{latency, rounded, times},
    visitor::{SignedIn, Visitor},
    work::Work,
};

/// More people than may wait: some are turned away.
const PEOPLE: usize = WAITING + 50;
/// A client asks for a token, and again so long after it began to ask.
const PACE: Duration = Duration::from_millis(10);
const CLIENTS: usize = 4;
/// Until memory that is not needed any more has gone back.
const AFTERWARDS: Duration = Duration::from_secs(15);

/// What one program did in the storm.
struct Weathered {
    name: String,
    idle: Seen,
    stormy: Seen,
    signed_in: f64,
    turned_away: usize,
    wrong: usize,
    last_wrong: Option<String>,
    memory: [f64; 3],
}

/// The table of the storm. Every program that is raced goes through it.
pub async fn run(with: &With) -> Result<String> {
    let places = Places::take(usize::try_from(with.cores).unwrap_or(1));
    let mut all = Vec::new();
    let mut servers = Vec::new();
    if let Some(Ok(peer)) = with.peer.as_deref().map(|folder| Server::peer(with, folder)) {
        servers.push(peer);
    }
    for engine in with.engines() {
        let (name, program) = (race::engine_name(engine), &with.passport);
        servers.push(Server::ours(with, Ours { name, program, engine }).await?);
    }
    for mut server in servers {
        server.start(&places).await?;
        let provider = server.provider(Algorithm::Rs256)?;
        all.push(weather(with, &server, &provider).await?);
        server.remove().await;
    }
    let wrong: Vec<_> = all
        .iter()
        .filter(|one| one.wrong > 0)
        .map(|one| {
            format!(
                "{}: {} wrong, the last: {}",
                one.name,
                one.wrong,
                one.last_wrong.as_deref().unwrap_or("")
            )
        })
        .collect();
    ensure!(wrong.is_empty(), "in the storm not every answer was right:\n{}", wrong.join("\n"));
    Ok(table(&mut all, people(with)))
}

/// How many sign in at once.
fn people(with: &With) -> usize {
    if with.smoke { 5 } else { PEOPLE }
}

async fn weather(with: &With, server: &Server, provider: &Provider) -> Result<Weathered> {
    let (calm, stormy) = match with.smoke {
        true => (Duration::from_millis(300), Duration::from_millis(700)),
        false => {
            // The middle of the storm: the line is full.
            let long = Duration::from_secs_f64((with.seconds * 4.0).max(10.0));
            (Duration::from_secs_f64(with.seconds), long)
        }
    };
    let local = LocalSet::new();
    local
        .run_until(async {
            // Once in vain, so that what is made at first use is there.
            Visitor::new(provider).must_sign_in().await?;
            paced(provider, calm / 2).await?;
            let idle = paced(provider, calm).await?;
            let before = server.watched().megabytes();
            let storm = Storm::begin(provider, people(with));
            if !with.smoke {
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
            let (signed_in, begun) = (storm.signed_in.get(), Instant::now());
            let seen = paced(provider, stormy).await?;
            let rate = count(storm.signed_in.get() - signed_in) / begun.elapsed().as_secs_f64();
            let during = server.watched().megabytes();
            let (turned_away, mut people) = storm.end().await?;
            if !with.smoke {
                tokio::time::sleep(AFTERWARDS).await;
            }
            let memory = [before, during, server.watched().megabytes()];
            people.wrong += idle.wrong + seen.wrong;
            people.last_wrong = people.last_wrong.or(idle.last_wrong.clone()).or(seen.last_wrong.clone());
            Ok(Weathered {
                name: server.name.clone(),
                idle,
                stormy: seen,
                signed_in: rate,
                turned_away,
                wrong: people.wrong,
                last_wrong: people.last_wrong,
                memory,
            })
        })
        .await
}

/// People who sign in, and again.
struct Storm {
    over: Rc<Cell<bool>>,
    signed_in: Rc<Cell<usize>>,
    turned_away: Rc<Cell<usize>>,
    people: Vec<tokio::task::JoinHandle<Seen>>,
}

impl Storm {
    fn begin(provider: &Provider, people: usize) -> Self {
        let (over, signed_in, turned_away) =
            (Rc::<Cell<bool>>::default(), Rc::<Cell<usize>>::default(), Rc::<Cell<usize>>::default());
        let person = |_| {
            let mut visitor = Visitor::new(provider);
            let (over, signed_in, turned_away) =
                (Rc::clone(&over), Rc::clone(&signed_in), Rc::clone(&turned_away));
            tokio::task::spawn_local(async move {
                let mut seen = Seen::default();
                while !over.get() {
                    let begun = Instant::now();
                    match visitor.sign_in().await {
                        Ok(SignedIn::Yes) => {
                            signed_in.set(signed_in.get() + 1);
                            seen.note(Ok(()), begun.elapsed());
                        }
                        Ok(SignedIn::Later(seconds)) => {
                            turned_away.set(turned_away.get() + 1);
                            wait(&over, Duration::from_secs(seconds)).await;
                        }
                        Err(error) => seen.note(Err(error), begun.elapsed()),
                    }
                }
                seen
            })
        };
        let people = (0..people).map(person).collect();
        Self { over, signed_in, turned_away, people }
    }

    /// Everybody finishes what they began.
    async fn end(self) -> Result<(usize, Seen)> {
        self.over.set(true);
        let mut all = Seen::default();
        for person in self.people {
            all.add(person.await?);
        }
        Ok((self.turned_away.get(), all))
    }
}

async fn wait(over: &Cell<bool>, long: Duration) {
    let until = Instant::now() + long;
    while Instant::now() < until && !over.get() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A few clients ask for tokens at a steady pace; a late answer delays none of the others.
async fn paced(provider: &Provider, long: Duration) -> Result<Seen> {
    let until = Instant::now() + long;
    let client = |_| {
        let mut visitor = Visitor::new(provider);
        tokio::task::spawn_local(async move {
            let mut seen = Seen::default();
            while Instant::now() < until {
                let begun = Instant::now();
                let done = Work::ClientCredentials.once(&mut visitor).await;
                seen.note(done, begun.elapsed());
                tokio::time::sleep(PACE.saturating_sub(begun.elapsed())).await;
            }
            seen
        })
    };
    let clients: Vec<_> = (0..CLIENTS).map(client).collect();
    let mut all = Seen::default();
    for client in clients {
        all.add(client.await?);
    }
    Ok(all)
}

fn table(all: &mut [Weathered], people: usize) -> String {
    let mut text = format!(
        "| storm: {people} people sign in at once | token endpoint idle, p50 / p99 ms | in the storm, p50 / p99 ms | p99, times idle | sign-ins/s | turned away | memory before / in it / 15 s after, MB |\n"
    );
    text.push_str("|---|---|---|---|---|---|---|\n");
    for one in all {
        let [idle, idle_99] = [50, 99].map(|percent| one.idle.percentile(percent));
        let [stormy, stormy_99] = [50, 99].map(|percent| one.stormy.percentile(percent));
        let [before, during, after] = one.memory;
        let _ = writeln!(
            text,
            "| {} | {} / {} | {} / {} | {} | {} | {} | {before:.0} / {during:.0} / {after:.0} |",
            one.name,
            latency(idle),
            latency(idle_99),
            latency(stormy),
            latency(stormy_99),
            times(stormy_99.as_secs_f64(), idle_99.as_secs_f64()),
            rounded(one.signed_in),
            one.turned_away
        );
    }
    text
}
