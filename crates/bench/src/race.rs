//! How fast: every work in turn, of every program in turn, several rounds, all in one run.
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::{
    Engine, With, bare,
    load::{Extent, Figures, middle},
    process::Places,
    provider::{Algorithm, Dialect},
    server::{self, Ours, Server},
    work::Work,
};

/// Everything that was found.
pub struct Found {
    pub revision: String,
    pub machine: Machine,
    pub columns: Vec<Column>,
    pub servers: Vec<Footprint>,
    /// Requests a second that a handler answers which does nothing.
    pub empty: Option<f64>,
    /// Passwords a second that are hashed and nothing else.
    pub hashes: Option<f64>,
    pub extent: Extent,
    pub rounds: u32,
    pub trouble: Vec<String>,
}

/// One program, as one client sees it.
pub struct Column {
    pub name: String,
    pub dialect: Dialect,
    pub figures: Vec<(Work, Figures)>,
}

/// What a program takes of the machine before and after the works.
pub struct Footprint {
    pub name: String,
    pub start: Duration,
    pub idle: f64,
    pub after: f64,
}

/// What the figures were found on.
pub struct Machine {
    pub processor: String,
    pub processors: usize,
    pub memory_mb: f64,
    pub kernel: String,
    pub durable_write: Duration,
}

impl Found {
    /// What was answered wrongly, with the work and the program.
    pub fn failures(&self) -> Vec<String> {
        let all = self.columns.iter().flat_map(|column| {
            column.figures.iter().filter(|(_, figures)| figures.wrong > 0 || figures.done == 0).map(
                |(work, figures)| {
                    let last = figures.last_wrong.as_deref().unwrap_or("nothing was answered in time");
                    format!("{}, {}: {} wrong, the last: {last}", column.name, work.name(), figures.wrong)
                },
            )
        });
        all.collect()
    }
}

/// How each work is measured.
fn extent(with: &With) -> Extent {
    if with.smoke {
        return Extent { connections: 2, warm: Duration::ZERO, measured: Duration::from_secs(20), most: 4 };
    }
    Extent {
        connections: usize::try_from(with.connections).unwrap_or(16),
        warm: Duration::from_secs_f64((with.seconds / 3.0).min(1.5)),
        measured: Duration::from_secs_f64(with.seconds),
        most: u64::MAX,
    }
}

pub async fn run(with: &With) -> Result<Found> {
    let places = Places::take(usize::try_from(with.cores).unwrap_or(1));
    if let Some(process) = with.postgres_pid {
        places.move_there(process);
    }
    let (extent, rounds) = (extent(with), if with.smoke { 1 } else { with.rounds });
    let starts = if with.smoke { 1 } else { 3 };
    let mut trouble = Vec::new();
    let mut servers = Vec::new();
    match with.peer.as_deref().map(|folder| Server::peer(with, folder)) {
        Some(Ok(peer)) => servers.push(peer),
        Some(Err(error)) => trouble.push(format!("no peer: {error:#}")),
        None if !with.smoke => trouble.push("no peer was measured: there are no multiples".to_owned()),
        None => {}
    }
    for engine in with.engines() {
        for (program, before) in [(Some(&with.passport), ""), (with.against.as_ref(), "other commit, ")] {
            let Some(program) = program else { continue };
            let name = format!("{before}{}", engine_name(engine));
            servers.push(Server::ours(with, Ours { name: &name, program, engine }).await?);
        }
    }
    let mut footprints = Vec::new();
    for server in &mut servers {
        let mut took = Vec::new();
        for _ in 0..starts {
            server.stop();
            took.push(server.start(&places).await?);
        }
        took.sort_unstable();
        let start = took.get(took.len() / 2).copied().unwrap_or_default();
        footprints.push(Footprint { name: server.name.clone(), start, idle: 0.0, after: 0.0 });
    }
    if !with.smoke {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    for (server, footprint) in servers.iter().zip(&mut footprints) {
        footprint.idle = server.watched().megabytes();
    }

    let mut columns = columns(&servers);
    let mut of = vec![Vec::new(); columns.len()];
    for work in Work::RATED.into_iter().filter(|work| with.measures(*work)) {
        of.iter_mut().for_each(Vec::clear);
        for round in 0..rounds {
            for (column, rounds_of) in columns.iter().zip(&mut of) {
                let Some(server) = servers.get(column.server).filter(|_| column.does(work)) else { continue };
                if !with.smoke {
                    eprintln!("bench: {}, {}, round {} of {rounds}", work.name(), column.name, round + 1);
                }
                let measured = server::measure(server, column.algorithm, work, extent).await;
                rounds_of.push(measured.unwrap_or_else(|error| Figures {
                    wrong: 1,
                    last_wrong: Some(format!("{error:#}")),
                    ..Figures::default()
                }));
            }
        }
        for (column, rounds_of) in columns.iter_mut().zip(&of) {
            if !rounds_of.is_empty() {
                column.figures.push((work, middle(rounds_of.clone())));
            }
        }
    }
    for (server, footprint) in servers.iter().zip(&mut footprints) {
        footprint.after = server.watched().megabytes();
    }
    for server in servers {
        server.remove().await;
    }
    let empty = match with.measures(Work::Discovery) || with.measures(Work::Jwks) {
        true => Some(empty(with, &places, extent).await.context("the empty handler")?),
        false => None,
    };
    let hashes = with
        .measures(Work::PasswordSignIn)
        .then(|| bare::hashes(&places, if with.smoke { 0.0 } else { with.seconds }));
    trouble.extend(places.trouble.get().map(str::to_owned));
    let columns = columns.into_iter().map(|column| Column {
        name: column.name,
        dialect: column.dialect,
        figures: column.figures,
    });
    Ok(Found {
        revision: with.revision.clone(),
        machine: machine(with)?,
        columns: columns.collect(),
        servers: footprints,
        empty,
        hashes: hashes.flatten(),
        extent,
        rounds,
        trouble,
    })
}

/// A column while it is measured.
struct Open {
    name: String,
    dialect: Dialect,
    server: usize,
    algorithm: Algorithm,
    figures: Vec<(Work, Figures)>,
}

impl Open {
    /// What no signature changes is measured once.
    fn does(&self, work: Work) -> bool {
        self.algorithm == Algorithm::Rs256 || work.signs()
    }
}

fn columns(servers: &[Server]) -> Vec<Open> {
    let of = |(at, server): (usize, &Server)| {
        let algorithms = match server.dialect {
            Dialect::Passport => Algorithm::ALL.to_vec(),
            Dialect::NodeOidcProvider => vec![Algorithm::Rs256],
        };
        let open = |algorithm: Algorithm| Open {
            name: match server.dialect {
                Dialect::Passport => format!("{}, {}", server.name, algorithm.name()),
                Dialect::NodeOidcProvider => server.name.clone(),
            },
            dialect: server.dialect,
            server: at,
            algorithm,
            figures: Vec::new(),
        };
        algorithms.into_iter().map(open).collect::<Vec<_>>()
    };
    servers.iter().enumerate().flat_map(of).collect()
}

pub fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    }
}

async fn empty(with: &With, places: &Places, extent: Extent) -> Result<f64> {
    let mut server = Server::empty(with)?;
    server.start(places).await?;
    let figures = server::measure(&server, Algorithm::Rs256, Work::Discovery, extent).await?;
    server.remove().await;
    Ok(figures.rate)
}

pub fn machine(with: &With) -> Result<Machine> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let memory = value(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let kilobytes: f64 = memory.trim_end_matches(" kB").parse().unwrap_or_default();
    Ok(Machine {
        processor: value(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown".to_owned()),
        processors: read("/proc/cpuinfo").lines().filter(|line| line.starts_with("processor")).count(),
        memory_mb: kilobytes / 1_024.0,
        kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        durable_write: bare::durable_write(with.passport.parent().unwrap_or(std::path::Path::new(".")))?,
    })
}
