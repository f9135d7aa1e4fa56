//! A private PostgreSQL cluster for tests: made, started and ended with its guard; it knows no schema.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

use crate::packages::is_root;
use crate::running::{Running, bound_to_us};

/// The fast shutdown: sessions are ended, the server leaves in order.
const FAREWELL: &str = "INT";

/// What a cluster is for.
#[derive(Clone, Copy)]
pub enum Purpose {
    /// Nothing outlives the run, so durability is traded for speed; many small houses connect at once.
    Tests,
    /// What is acknowledged is on the disk, as for real.
    Measuring,
}

impl Purpose {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Tests => &[
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "max_connections=500",
                "shared_buffers=128MB",
            ],
            Self::Measuring => {
                &["shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_completion_target=0.9"]
            }
        }
    }
}

/// A running cluster that only this machine reaches, and anyone on it may enter.
pub struct Cluster {
    server: Running,
    port: u16,
}

impl Cluster {
    /// Makes a cluster in `folder` (to be emptied by the caller afterwards) and waits until it answers.
    pub async fn start(bin: &Path, folder: &Path, purpose: Purpose) -> Result<Self> {
        let account = Account::choose()?;
        let data = folder.join("postgres");
        fs::create_dir(&data)?;
        account.give(&data)?;
        initdb(bin, &data, &account)?;
        let log = folder.join("postgres.log");
        // The port is free when it is picked; should a stranger take it in between, the next one is tried.
        for _ in 0..3 {
            let port = free_port()?;
            let server = serve(bin, &data, port, &log, &account, purpose)?;
            if let Some(server) = until_ready(bin, port, server).await? {
                return Ok(Self { server, port });
            }
        }
        bail!("PostgreSQL did not start:\n{}", fs::read_to_string(log).unwrap_or_default())
    }

    /// The address of the maintenance database, whose user may create databases.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The process above all others of the cluster.
    pub fn process(&self) -> u32 {
        self.server.process()
    }
}

/// True when the cluster's account can reach `folder`, and the socket's path below it fits the kernel's 107 bytes.
pub fn can_live_in(folder: &Path) -> bool {
    let socket = folder.join("postgres/.s.PGSQL.65535");
    let reachable = Account::choose().is_ok_and(|account| {
        let status = account.command(Path::new("test")).arg("-x").arg(folder).status();
        status.is_ok_and(|status| status.success())
    });
    reachable && socket.as_os_str().len() <= 107
}

/// Who runs the server: PostgreSQL refuses to run as root.
enum Account {
    Ourselves,
    Other { uid: u32, gid: u32 },
}

impl Account {
    fn choose() -> Result<Self> {
        if !is_root() {
            return Ok(Self::Ourselves);
        }
        for name in ["postgres", "nobody"] {
            if let (Some(uid), Some(gid)) = (id("-u", name), id("-g", name)) {
                return Ok(Self::Other { uid, gid });
            }
        }
        bail!("PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as")
    }

    fn give(&self, folder: &Path) -> Result<()> {
        if let Self::Other { uid, gid } = self {
            chown(folder, Some(*uid), Some(*gid))
                .context("cannot hand the data folder to PostgreSQL's account")?;
        }
        Ok(())
    }

    /// A command of this account that starts with a clean environment and ends with this process.
    fn command(&self, program: &Path) -> Command {
        let mut command = match self {
            Self::Ourselves => bound_to_us(program, FAREWELL),
            Self::Other { uid, gid } => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}"));
                command.args(["--clear-groups", "--pdeathsig", FAREWELL]).arg(program);
                command
            }
        };
        command.env_clear().env("LC_ALL", "C.UTF-8").env("PATH", env::var_os("PATH").unwrap_or_default());
        command.current_dir("/").stdin(Stdio::null());
        command
    }
}

fn id(flag: &str, name: &str) -> Option<u32> {
    let output = Command::new("id").args([flag, name]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn initdb(bin: &Path, data: &Path, account: &Account) -> Result<()> {
    let output = account
        .command(&bin.join("initdb"))
        .arg("--pgdata")
        .arg(data)
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
        .output()
        .context("initdb cannot be started")?;
    ensure!(output.status.success(), "initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn serve(
    bin: &Path,
    data: &Path,
    port: u16,
    log: &Path,
    account: &Account,
    purpose: Purpose,
) -> Result<Running> {
    let mut command = account.command(&bin.join("postgres"));
    command.arg("-D").arg(data).arg("-c").arg(format!("port={port}"));
    command.args(["-c", "listen_addresses=127.0.0.1", "-c"]).arg(socket_setting(data));
    for setting in purpose.settings() {
        command.args(["-c", setting]);
    }
    let log = File::create(log)?;
    command.stdout(log.try_clone()?).stderr(log);
    Running::start(command, FAREWELL).context("postgres cannot be started")
}

/// The setting is a list: quoting keeps a folder with a comma in its name in one piece.
fn socket_setting(data: &Path) -> String {
    format!("unix_socket_directories=\"{}\"", data.display())
}

/// The server once it accepts connections; `None` when it ended instead, as it does when the port is taken.
async fn until_ready(bin: &Path, port: u16, mut server: Running) -> Result<Option<Running>> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        if server.has_ended() {
            return Ok(None);
        }
        let asked = Command::new(bin.join("pg_isready"))
            .args(["--quiet", "--host=127.0.0.1", "--username=postgres"])
            .arg(format!("--port={port}"))
            .status();
        if asked.context("pg_isready cannot be started")?.success() {
            return Ok(Some(server));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("PostgreSQL did not answer on port {port} within a minute")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
