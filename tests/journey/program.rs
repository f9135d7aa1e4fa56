//! One of our programs as a process: started, ready, ended by its own id; knows nothing of what it serves.
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

use crate::http;

/// A debug build on a busy machine may need this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program; dropping it ends it, without asking how it went.
pub struct Program {
    name: &'static str,
    arguments: Vec<String>,
    log: PathBuf,
    child: Child,
}

/// The program's file, among those that the build made.
pub fn binary(name: &str) -> PathBuf {
    let folder = std::env::var("TEST_BIN_DIR").expect("TEST_BIN_DIR is set; run: cargo xtask test");
    Path::new(&folder).join(name)
}

/// A port that nothing else of this run is given: below those that the system hands out by itself, which another
/// world might be given between this look and the program's start, and none twice.
pub fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id() % 12 * 1_000;
    loop {
        let port = 20_000 + (own + TAKEN.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let port = u16::try_from(port).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Runs a command of `name` to its successful end; `input` is what it reads. Returns what it printed.
pub async fn command(name: &str, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new(binary(name))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("the command ends").unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} {arguments:?}: {}\n{out}{error}", output.status);
    out.into_owned()
}

impl Program {
    /// Starts `name` with its standard output and error at the end of the file `log`.
    pub fn start(name: &'static str, arguments: &[&str], log: PathBuf) -> Self {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { name, child: spawn(name, &arguments, &log), arguments, log }
    }

    /// Ends the program in good order and starts it again as it was.
    pub async fn restart(&mut self) {
        self.leave().await;
        self.child = spawn(self.name, &self.arguments, &self.log);
    }

    /// Waits until `url` answers 200.
    pub async fn answers(&mut self, url: &str) {
        let deadline = Instant::now() + PATIENCE;
        let client = http::client().build().unwrap();
        while !client.get(url).send().await.is_ok_and(|answer| answer.status() == 200) {
            self.must_live(deadline);
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the program has said a line that contains `word`, and returns the line.
    pub async fn says(&mut self, word: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(line) = self.log().lines().find(|line| line.contains(word)) {
                return line.to_owned();
            }
            self.must_live(deadline);
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn must_live(&mut self, deadline: Instant) {
        let ended = self.child.try_wait().unwrap();
        let fate = ended.map_or("too slow".to_owned(), |status| status.to_string());
        assert!(ended.is_none() && Instant::now() < deadline, "{} ({fate}):\n{}", self.name, self.log());
    }

    /// Everything that the program has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The routes that were answered, such as `POST /oauth2/token 200`, oldest first; from a log in JSON.
    pub fn answered(&self) -> Vec<String> {
        let lines = self.log();
        let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines
            .filter_map(|line| {
                let status = find(&line, "status")?.as_u64()?;
                let (method, route) = (find(&line, "method")?.as_str()?, find(&line, "route")?.as_str()?);
                Some(format!("{method} {route} {status}"))
            })
            .collect()
    }

    /// Asks the program to end and waits until it has done so in good order.
    pub async fn end(mut self) {
        self.leave().await;
    }

    /// Ends the program at once, as a power cut would, and starts it again.
    pub async fn is_killed_and_starts_again(&mut self) {
        self.child.kill().await.unwrap();
        self.child = spawn(self.name, &self.arguments, &self.log);
    }

    async fn leave(&mut self) {
        let id = self.child.id().unwrap_or_else(|| panic!("{} ended by itself:\n{}", self.name, self.log()));
        let asked =
            Command::new("sh").args(["-c", "kill -s TERM \"$1\"", "sh", &id.to_string()]).status().await;
        assert!(asked.unwrap().success(), "{} can be told to end", self.name);
        let status =
            timeout(PATIENCE, self.child.wait()).await.expect("the program ends when told to").unwrap();
        assert_eq!(status.code(), Some(0), "{} after SIGTERM: {status}\n{}", self.name, self.log());
    }
}

fn spawn(name: &str, arguments: &[String], log: &Path) -> Child {
    let log = File::options().create(true).append(true).open(log).unwrap();
    // Should this process die without goodbye, the kernel tells the program to end.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM"]).arg(binary(name)).args(arguments);
    command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).kill_on_drop(true);
    command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The value of `name` anywhere in a line of the log: its fields stand beside those of its span.
fn find<'a>(line: &'a Value, name: &str) -> Option<&'a Value> {
    let inner = || line.as_object()?.values().find_map(|value| find(value, name));
    line.get(name).or_else(inner)
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let last: Vec<&str> = log.lines().rev().take(25).collect();
            eprintln!("--- the end of the log of {}", self.name);
            last.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }
}
