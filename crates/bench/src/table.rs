//! What was found, as Markdown to be pasted.
use std::{fmt::Write as _, time::Duration};

use crate::{
    load::Figures,
    provider::Dialect,
    race::{Column, Found, Machine},
    work::Work,
};

/// Beside what a figure is read.
struct Beside<'a> {
    peer: Option<&'a Column>,
    empty: Option<f64>,
    hashes: Option<f64>,
}

/// The table of rates, and below it memory, start, and what to know of the run.
pub fn race(found: &Found) -> String {
    let mut text = String::new();
    let names: Vec<_> = found.columns.iter().map(|column| column.name.as_str()).collect();
    let _ = writeln!(text, "| work | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    let beside = Beside {
        peer: found.columns.iter().find(|column| column.dialect != Dialect::Passport),
        empty: found.empty,
        hashes: found.hashes,
    };
    for work in Work::RATED {
        let cells: Vec<_> = found.columns.iter().map(|column| cell(column, work, &beside)).collect();
        if cells.iter().any(|cell| cell != "–") {
            let _ = writeln!(text, "| {} | {} |", work.name(), cells.join(" | "));
        }
    }
    let _ = writeln!(text, "\n| | memory idle / after, MB | start, ms |\n|---|---|---|");
    for server in &found.servers {
        let start = server.start.as_secs_f64() * 1_000.0;
        let _ = writeln!(text, "| {} | {:.0} / {:.0} | {start:.0} |", server.name, server.idle, server.after);
    }
    text.push('\n');
    if let Some(rate) = found.empty {
        let _ = writeln!(text, "An empty handler: {}/s.", rounded(rate));
    }
    if let Some(rate) = found.hashes {
        let _ = writeln!(text, "The hash alone: {}/s ({} ms).", rounded(rate), ms(1_000.0 / rate));
    }
    let _ = writeln!(
        text,
        "Each figure: the middle one of {} rounds of {} s, {} connections. {}",
        found.rounds,
        found.extent.measured.as_secs_f64(),
        found.extent.connections,
        machine(&found.machine)
    );
    if !found.revision.is_empty() {
        let _ = writeln!(text, "Measured: {}.", found.revision);
    }
    for trouble in &found.trouble {
        let _ = writeln!(text, "Note: {trouble}.");
    }
    text
}

/// What the figures were found on, in a sentence.
pub fn machine(machine: &Machine) -> String {
    format!(
        "On {} × {}, {:.0} MB, Linux {}; a durable write takes {} ms.",
        machine.processors,
        machine.processor,
        machine.memory_mb,
        machine.kernel,
        ms(machine.durable_write.as_secs_f64() * 1_000.0)
    )
}

/// `0.93 ×, 589/s, 1.58 ms CPU, p50 26 ms, p99 39 ms`; behind the processor time of the server that of the database.
fn cell(column: &Column, work: Work, beside: &Beside) -> String {
    let of = |column: &Column| {
        column.figures.iter().find(|(of, _)| *of == work).map(|(_, figures)| figures.clone())
    };
    let Some(figures) = of(column) else { return "–".to_owned() };
    if figures.done == 0 {
        return "failed".to_owned();
    }
    let mut cell = String::new();
    if let Some(peer) = beside.peer.filter(|peer| peer.name != column.name).and_then(of) {
        let _ = write!(cell, "{} ×, ", times(figures.rate, peer.rate));
    }
    let _ = write!(cell, "{}/s, {} ms CPU", rounded(figures.rate), processor_time(&figures));
    let _ = write!(cell, ", p50 {} ms, p99 {} ms", latency(figures.p50), latency(figures.p99));
    match (work, beside.empty, beside.hashes) {
        (Work::Discovery | Work::Jwks, Some(empty), _) if empty > 0.0 => {
            let _ = write!(cell, ", {:.0} % of empty", figures.rate / empty * 100.0);
        }
        (Work::PasswordSignIn, _, Some(hashes)) if figures.rate > 0.0 => {
            let _ = write!(cell, ", {} × the hash", times(hashes, figures.rate));
        }
        _ => {}
    }
    if figures.wrong > 0 {
        let _ = write!(cell, ", {} wrong", figures.wrong);
    }
    cell
}

pub fn processor_time(figures: &Figures) -> String {
    match figures.database_ms {
        none if none <= 0.0 => ms(figures.server_ms),
        database => format!("{} + {}", ms(figures.server_ms), ms(database)),
    }
}

pub fn latency(took: Duration) -> String {
    ms(took.as_secs_f64() * 1_000.0)
}

/// Two digits that count.
pub fn ms(value: f64) -> String {
    match value {
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.1 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

pub fn times(rate: f64, of: f64) -> String {
    if of > 0.0 { format!("{:.2}", rate / of) } else { "–".to_owned() }
}

/// Thousands apart, so that a rate is read at a glance.
pub fn rounded(rate: f64) -> String {
    let digits = format!("{rate:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, dialect: Dialect, rate: f64, database_ms: f64) -> Column {
        let took = Duration::from_millis(20);
        let figures = Figures {
            rate,
            p50: took,
            p99: took,
            server_ms: 1.5,
            database_ms,
            done: 9,
            ..Figures::default()
        };
        Column { name: name.into(), dialect, figures: vec![(Work::CodeFlow, figures)] }
    }

    #[test]
    fn a_cell_says_how_many_times_the_peer_and_whose_time() {
        let peer = column("peer", Dialect::NodeOidcProvider, 635.0, 0.0);
        let ours = column("ours", Dialect::Passport, 1_270.0, 0.25);
        let beside = Beside { peer: Some(&peer), empty: None, hashes: None };
        assert_eq!(cell(&peer, Work::CodeFlow, &beside), "635/s, 1.5 ms CPU, p50 20 ms, p99 20 ms");
        assert_eq!(
            cell(&ours, Work::CodeFlow, &beside),
            "2.00 ×, 1,270/s, 1.5 + 0.25 ms CPU, p50 20 ms, p99 20 ms"
        );
        assert_eq!(cell(&ours, Work::Refresh, &beside), "–");
    }

    #[test]
    fn numbers_are_written_for_readers() {
        assert_eq!([rounded(47_644.2), rounded(1_000_000.0), rounded(38.4)], ["47,644", "1,000,000", "38"]);
        assert_eq!([ms(25.83), ms(1.58), ms(0.254), ms(0.018)], ["26", "1.6", "0.25", "0.018"]);
    }
}
