//! What a process and its children take of the machine, read from `/proc`, and on which processors they run.
use std::{
    cell::Cell,
    fs, io,
    process::{Child, Command},
    time::Duration,
};

use rustix::{
    param::clock_ticks_per_second,
    process::{Pid, Signal, kill_process},
    thread::{CpuSet, sched_setaffinity},
};

/// Processor time in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    pub server: f64,
    pub database: f64,
}

/// Whose time is counted for a measurement.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watched {
    pub server: u32,
    pub database: Option<u32>,
}

impl Watched {
    pub fn spent(&self) -> Spent {
        Spent { server: seconds(self.server), database: self.database.map(seconds).unwrap_or_default() }
    }

    /// Megabytes of the server: what it has for itself, and its share of what it shares.
    pub fn megabytes(&self) -> f64 {
        tree(self.server).into_iter().map(megabytes).sum()
    }
}

/// A process and everything below it.
fn tree(root: u32) -> Vec<u32> {
    let (mut found, mut next) = (Vec::new(), vec![root]);
    while let Some(process) = next.pop() {
        found.push(process);
        for task in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            next.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        }
    }
    found
}

/// Processor time of a process, of its children, and of those that have ended.
fn seconds(root: u32) -> f64 {
    let ticks: u64 = tree(root).into_iter().map(|process| ticks(process, process == root)).sum();
    Duration::from_millis(ticks.saturating_mul(1_000) / clock_ticks_per_second().max(1)).as_secs_f64()
}

fn ticks(process: u32, with_ended: bool) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name may hold blanks and brackets. utime, stime, cutime, cstime are the fields 14 to 17 (proc(5)).
    let fields = stat.rsplit_once(") ").map(|(_, rest)| rest).unwrap_or_default().split(' ').skip(11);
    fields.take(if with_ended { 4 } else { 2 }).filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn megabytes(process: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kilobytes = pss.and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1_024.0
}

/// Which processors the server and the generator have.
#[derive(Debug)]
pub struct Places {
    server: CpuSet,
    generator: CpuSet,
    everything: CpuSet,
    /// What could not be kept apart, and why.
    pub trouble: Cell<Option<&'static str>>,
}

impl Places {
    /// The server has the first `cores` processors, the generator the one behind them; this thread goes there.
    pub fn take(cores: usize) -> Self {
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let set = |range: std::ops::Range<usize>| {
            let mut set = CpuSet::new();
            range.for_each(|processor| set.set(processor));
            set
        };
        let cores = cores.min(all);
        let trouble = (cores == all).then_some("server and generator share a processor: there are too few");
        let generator = cores.min(all - 1);
        let places = Self {
            server: set(0..cores),
            generator: set(generator..generator + 1),
            everything: set(0..all),
            trouble: Cell::new(trouble),
        };
        places.here(&places.generator);
        places
    }

    fn here(&self, set: &CpuSet) {
        if sched_setaffinity(None, set).is_err() {
            self.trouble.set(Some("processors could not be chosen: no right to it"));
        }
    }

    /// Starts a program on the processors of the server.
    pub fn start(&self, command: &mut Command) -> io::Result<Child> {
        // A child has the processors of the thread that starts it.
        self.here(&self.server);
        let started = command.spawn();
        self.here(&self.generator);
        started
    }

    /// Runs `work` on the processors of the server, on a thread of its own.
    pub fn on_server<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Option<T> {
        let set = &self.server;
        let run = || {
            let _ = sched_setaffinity(None, set);
            work()
        };
        std::thread::scope(|scope| scope.spawn(run).join().ok())
    }

    /// Moves a process that is running, with its children and threads, to the processors of the server.
    pub fn move_there(&self, root: u32) {
        for process in tree(root) {
            for task in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
                let id = task.file_name().to_string_lossy().parse().ok().and_then(Pid::from_raw);
                if id.is_none_or(|id| sched_setaffinity(Some(id), &self.server).is_err()) {
                    self.trouble.set(Some("the database could not be moved to the server's processor"));
                }
            }
        }
    }

    /// What is not measured may run anywhere.
    pub fn anywhere(&self) {
        self.here(&self.everything);
    }

    /// Back to the generator's processor.
    pub fn back(&self) {
        self.here(&self.generator);
    }
}

/// Asks a child to end, and ends it when it does not.
pub fn end(child: &mut Child) {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(id) = id.filter(|_| matches!(child.try_wait(), Ok(None))) {
        let _ = kill_process(id, Signal::TERM);
    }
    for _ in 0..200 {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_and_memory_of_a_process_are_read() {
        let own = Watched { server: std::process::id(), database: None };
        let before = own.spent().server;
        let until = std::time::Instant::now() + Duration::from_millis(150);
        while std::time::Instant::now() < until {
            std::hint::spin_loop();
        }
        assert!(own.spent().server > before);
        assert!(own.megabytes() > 0.5);
    }
}
