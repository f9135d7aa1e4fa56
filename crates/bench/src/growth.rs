//! How flat: the same works at ten thousand accounts and grants and at many more, on both engines.
use std::{fmt::Write as _, time::Duration};

use anyhow::{Context as _, Result, ensure};

use crate::{
    Engine, With,
    held::{self, Held},
    load::{self, Extent, Figures, middle},
    process::Places,
    provider::Algorithm,
    race::{self, engine_name},
    rows::{self, Bytes, Place, Wanted},
    server::{Ours, Server},
    table::{self, latency, processor_time, rounded, times},
    visitor::Visitor,
    work::Work,
};

/// With how many everything is compared.
const FEW: u64 = 10_000;
/// What grows with the tables, if anything does.
const WORKS: [Work; 6] = [
    Work::ClientCredentials,
    Work::CodeFlow,
    Work::Refresh,
    Work::Userinfo,
    Work::Introspection,
    Work::PasswordSignIn,
];
/// How long the first sweep is watched, at most.
const SWEPT: Duration = Duration::from_secs(60);

struct Grown {
    engine: Engine,
    works: Vec<(Work, Figures, Figures)>,
    start: [Duration; 2],
    filled: Duration,
    bytes: Bytes,
    sweep: Duration,
    sign_out: Duration,
}

pub async fn run(with: &With, rows: u64) -> Result<String> {
    let places = Places::take(usize::try_from(with.cores).unwrap_or(1));
    if let Some(process) = with.postgres_pid {
        places.move_there(process);
    }
    let mut all = Vec::new();
    for engine in with.engines() {
        all.push(grow(with, &places, engine, rows).await.with_context(|| engine_name(engine).to_owned())?);
    }
    let wrong: Vec<_> = all
        .iter()
        .flat_map(|one| one.works.iter().flat_map(|(work, few, many)| [(work, few), (work, many)]))
        .filter(|(_, figures)| figures.wrong > 0 || figures.done == 0)
        .map(|(work, figures)| format!("{}: {:?}", work.name(), figures.last_wrong))
        .collect();
    ensure!(wrong.is_empty(), "not every answer was right:\n{}", wrong.join("\n"));
    let mut text = table_of(&all, few(with), rows);
    let _ = writeln!(text, "\n{}", table::machine(&race::machine(with)?));
    Ok(text)
}

/// With how many everything is compared.
fn few(with: &With) -> u64 {
    if with.smoke { FEW / 10 } else { FEW }
}

async fn grow(with: &With, places: &Places, engine: Engine, rows: u64) -> Result<Grown> {
    let ours = Ours { name: engine_name(engine), program: &with.passport, engine };
    let mut server = Server::ours(with, ours).await?;
    let place = match server.postgres_url()? {
        Some(url) => Place::Postgres(url),
        None => Place::Sqlite(server.sqlite_file()),
    };
    // The rows that are copied are the product's own.
    server.start(places).await?;
    Visitor::new(&server.provider(Algorithm::Es256)?).must_sign_in().await?;
    server.stop();

    let since = rows::now_millis().saturating_sub(rows + 3_600_000);
    let fill = async |from, to| {
        places.anywhere();
        let begun = std::time::Instant::now();
        let bytes = rows::add(&place, Wanted { from, to, since }).await;
        places.back();
        anyhow::Ok((bytes?, begun.elapsed()))
    };
    let few = few(with);
    fill(0, few).await?;
    eprintln!("bench: {}: with {} accounts and grants", engine_name(engine), rounded(load::many(few)));
    let begun_few = server.start(places).await?;
    watch_sweep(&place, with).await?;
    let at_few = works(with, &server, few).await?;
    server.stop();

    let (bytes, filled) = fill(few, rows).await?;
    eprintln!("bench: {}: with {}", engine_name(engine), rounded(load::many(rows)));
    let begun_many = server.start(places).await?;
    let sweep = watch_sweep(&place, with).await?;
    let at_many = works(with, &server, rows).await?;
    let sign_out = watch_sign_out(&server, &place).await?;
    server.remove().await;
    let works = at_few.into_iter().zip(at_many).map(|((work, few), (_, many))| (work, few, many)).collect();
    Ok(Grown { engine, works, start: [begun_few, begun_many], filled, bytes, sweep, sign_out })
}

async fn works(with: &With, server: &Server, rows: u64) -> Result<Vec<(Work, Figures)>> {
    let extent = match with.smoke {
        true => Extent { connections: 2, warm: Duration::ZERO, measured: Duration::from_secs(20), most: 4 },
        false => Extent {
            connections: usize::try_from(with.connections).unwrap_or(16),
            warm: Duration::from_secs(1),
            measured: Duration::from_secs_f64(with.seconds),
            most: u64::MAX,
        },
    };
    let mut found = Vec::new();
    for work in WORKS.into_iter().filter(|work| with.measures(*work)) {
        let mut rounds = Vec::new();
        for _ in 0..if with.smoke { 1 } else { with.rounds } {
            let provider = server.provider(Algorithm::Es256)?;
            let who = Some((rows, person as load::Person));
            rounds.push(load::run(&provider, work, extent, &server.watched(), who).await?);
        }
        found.push((work, middle(rounds)));
    }
    Ok(found)
}

/// People from everywhere in the table.
fn person(rows: u64, connection: usize) -> String {
    let spread = u64::try_from(connection).unwrap_or_default().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    rows::email(spread % rows)
}

/// The first sweep begins with the program; watched until it has nothing left, or for a minute.
async fn watch_sweep(place: &Place, with: &With) -> Result<Duration> {
    let held = Held::watch(place);
    let begun = std::time::Instant::now();
    let pause = if with.smoke { Duration::from_millis(200) } else { Duration::from_secs(2) };
    let mut before = None;
    while begun.elapsed() < SWEPT {
        tokio::time::sleep(pause).await;
        let left = held::over(place).await?;
        if left == 0 || before == Some(left) {
            break;
        }
        before = Some(left);
    }
    held.longest().await
}

/// Somebody with as many sessions and grants as one may have ends all of them.
async fn watch_sign_out(server: &Server, place: &Place) -> Result<Duration> {
    let mut visitor = Visitor::new(&server.provider(Algorithm::Es256)?);
    visitor.must_sign_in().await?;
    rows::give_many(place).await?;
    let before = held::live(place).await?;
    ensure!(before >= 1_000, "only {before} grants were there to be ended");
    let held = Held::watch(place);
    tokio::time::sleep(Duration::from_millis(50)).await;
    visitor.sign_out_everywhere().await?;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let longest = held.longest().await?;
    let left = held::live(place).await?;
    ensure!(left == 0, "{left} grants outlived the sign-out everywhere");
    Ok(longest)
}

fn table_of(all: &[Grown], few: u64, rows: u64) -> String {
    let mut text = format!(
        "| growth | {} accounts and grants | {} accounts and grants, {} sessions | of it |\n|---|---|---|---|\n",
        rounded(load::many(few)),
        rounded(load::many(rows)),
        rounded(load::many(rows / 10))
    );
    for one in all {
        let name = engine_name(one.engine);
        for (work, few, many) in &one.works {
            let of = |figures: &Figures| {
                format!(
                    "{}/s, {} ms CPU, p99 {} ms",
                    rounded(figures.rate),
                    processor_time(figures),
                    latency(figures.p99)
                )
            };
            let share = times(many.rate, few.rate);
            let _ = writeln!(text, "| {name}: {} | {} | {} | {share} × |", work.name(), of(few), of(many));
        }
        let [few, many] = one.start.map(latency);
        let _ = writeln!(text, "| {name}: start, ms | {few} | {many} | |");
        let (sweep, sign_out) = (latency(one.sweep), latency(one.sign_out));
        let _ = writeln!(text, "| {name}: the sweep holds the writer at most, ms | | {sweep} | |");
        let _ = writeln!(text, "| {name}: sign-out everywhere holds it at most, ms | | {sign_out} | |");
        let Bytes { account, grant } = one.bytes;
        let _ = writeln!(
            text,
            "| {name}: bytes on disk for each account / grant | | {account:.0} / {grant:.0} | |"
        );
        let _ = writeln!(text, "| {name}: filled in, s | | {:.0} | |", one.filled.as_secs_f64());
    }
    text
}
