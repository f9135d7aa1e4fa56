//! The programs that are measured: made ready in a folder of their own, started on the server's processor, ended.
use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use url::Url;

use crate::{
    Engine, With, load,
    process::{Places, Watched, end},
    provider::{Algorithm, Dialect, EMAIL, PASSWORD, Provider, REDIRECT_URI, RESOURCE, SECRET},
    visitor::Visitor,
};

/// So long a program may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many passwords may wait: with a few more askers than that, some are turned away.
pub const WAITING: usize = 300;

/// A program with its data, running or not.
pub struct Server {
    pub name: String,
    pub dialect: Dialect,
    base: String,
    run: Vec<String>,
    environment: Vec<(&'static str, String)>,
    folder: TempDir,
    database: Option<Database>,
    child: Option<Child>,
}

/// A database of this run alone, dropped with it.
struct Database {
    maintenance: String,
    name: String,
    process: Option<u32>,
}

impl Database {
    async fn create(maintenance: &str, name: String, process: Option<u32>) -> Result<Self> {
        let mut connection = PgConnection::connect(maintenance).await.context("PostgreSQL")?;
        let made = connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await;
        made.with_context(|| format!("making the database {name}"))?;
        Ok(Self { maintenance: maintenance.to_owned(), name, process })
    }

    fn url(&self) -> Result<String> {
        let mut url = Url::parse(&self.maintenance)?;
        url.set_path(&self.name);
        Ok(url.into())
    }

    async fn drop_it(self) {
        if let Ok(mut connection) = PgConnection::connect(&self.maintenance).await {
            let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            let _ = connection.execute(sqlx::AssertSqlSafe(sql)).await;
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// One of several servers of a run: what it is called, and where its rows are.
pub struct Ours<'a> {
    pub name: &'a str,
    pub program: &'a Path,
    pub engine: Engine,
}

impl Server {
    /// Passport with an empty database, two clients and one person.
    pub async fn ours(with: &With, ours: Ours<'_>) -> Result<Self> {
        let Ours { name, program, engine } = ours;
        let folder = scratch(with)?;
        let port = free_port()?;
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let url = with.postgres.as_deref().context("--postgres URL is missing")?;
                let name = format!("bench_{}_{port}", std::process::id());
                Some(Database::create(url, name, with.postgres_pid).await?)
            }
        };
        let url = match &database {
            None => format!("sqlite:{}", folder.path().join("passport.db").display()),
            Some(database) => database.url()?,
        };
        let settings = folder.path().join("passport.toml");
        fs::write(&settings, ours_settings(&url, folder.path(), port))?;
        let file = settings.display().to_string();
        let run = |arguments: &[&str], input: &str| carry_out(program, arguments, &file, input);
        run(&["migrate"], "")?;
        for algorithm in Algorithm::ALL {
            let id = algorithm.client();
            let mut add = vec!["client", "add", "--json", "--id", id, "--name", id, "--secret", SECRET];
            add.extend(["--redirect-uri", REDIRECT_URI, "--id-token-alg", algorithm.name(), "--trusted"]);
            for grant in ["authorization_code", "refresh_token", "client_credentials"] {
                add.extend(["--grant-type", grant]);
            }
            for scope in ["openid", "email", "profile", "offline_access"] {
                add.extend(["--scope", scope]);
            }
            run(&add, "")?;
            // With one resource only, whoever names none is given its JWT; opaque ones are the peer's habit, too.
            for resource in [RESOURCE, "urn:bench:other"] {
                run(&["client", "set", id, &format!("resources+={resource}")], "")?;
            }
        }
        run(&["account", "add", "--json", "--email", EMAIL, "--password-stdin"], PASSWORD)?;
        Ok(Self {
            name: name.to_owned(),
            dialect: Dialect::Passport,
            base: format!("http://localhost:{port}"),
            run: [program.display().to_string(), "serve".into(), "--config".into(), file].to_vec(),
            environment: Vec::new(),
            folder,
            database,
            child: None,
        })
    }

    /// The peer of that folder: everything in memory, RS256 alone.
    pub fn peer(with: &With, folder: &Path) -> Result<Self> {
        let port = free_port()?;
        let version = fs::read_to_string(folder.join("node_modules/oidc-provider/package.json"));
        let version = version.context("the peer is not installed")?;
        let version: serde_json::Value = serde_json::from_str(&version)?;
        let version = version.get("version").and_then(|version| version.as_str()).unwrap_or("?");
        let program = |name: &str| folder.join(name).display().to_string();
        let environment = [
            ("PORT", port.to_string()),
            ("NODE_ENV", "production".to_owned()),
            ("CLIENT_ID", Algorithm::Rs256.client().to_owned()),
            ("CLIENT_SECRET", SECRET.to_owned()),
            ("REDIRECT_URI", REDIRECT_URI.to_owned()),
            ("EMAIL", EMAIL.to_owned()),
            ("PASSWORD", PASSWORD.to_owned()),
        ];
        Ok(Self {
            name: format!("node-oidc-provider {version}, in memory"),
            dialect: Dialect::NodeOidcProvider,
            base: format!("http://localhost:{port}"),
            run: vec![program("node"), program("node-oidc-provider.mjs")],
            environment: environment.to_vec(),
            folder: scratch(with)?,
            database: None,
            child: None,
        })
    }

    /// The handler that does nothing.
    pub fn empty(with: &With) -> Result<Self> {
        let port = free_port()?;
        let own = std::env::current_exe()?.display().to_string();
        let passport = with.passport.display().to_string();
        Ok(Self {
            name: "an empty handler".to_owned(),
            dialect: Dialect::Passport,
            base: format!("http://localhost:{port}"),
            run: vec![own, "--passport".into(), passport, "empty".into(), port.to_string()],
            environment: Vec::new(),
            folder: scratch(with)?,
            database: None,
            child: None,
        })
    }

    /// As which client it is asked.
    pub fn provider(&self, algorithm: Algorithm) -> Result<Provider> {
        Provider::new(self.dialect, &self.base, algorithm)
    }

    /// Starts it and answers how long it took until it answered first.
    pub async fn start(&mut self, places: &Places) -> Result<Duration> {
        let log = self.folder.path().join("log");
        let file = File::options().create(true).append(true).open(&log)?;
        let [program, arguments @ ..] = self.run.as_slice() else { bail!("nothing to run") };
        let mut command = Command::new(program);
        command.args(arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let begun = Instant::now();
        let mut child = places.start(&mut command).with_context(|| format!("starting {program}"))?;
        let provider = self.provider(Algorithm::Rs256)?;
        loop {
            let mut visitor = Visitor::new(&provider);
            let answer = visitor.get("/.well-known/openid-configuration", None).await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                break;
            }
            if begun.elapsed() > PATIENCE || !matches!(child.try_wait(), Ok(None)) {
                end(&mut child);
                bail!("{} does not answer:\n{}", self.name, fs::read_to_string(log).unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.child = Some(child);
        Ok(begun.elapsed())
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child);
        }
    }

    pub fn watched(&self) -> Watched {
        let server = self.child.as_ref().map(Child::id).unwrap_or_default();
        Watched { server, database: self.database.as_ref().and_then(|database| database.process) }
    }

    pub fn sqlite_file(&self) -> PathBuf {
        self.folder.path().join("passport.db")
    }

    /// Of its own database, on PostgreSQL.
    pub fn postgres_url(&self) -> Result<Option<String>> {
        self.database.as_ref().map(Database::url).transpose()
    }

    /// Ends it and removes what it kept.
    pub async fn remove(mut self) {
        self.stop();
        if let Some(database) = self.database.take() {
            database.drop_it().await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Rates of one round of a work that everybody offers.
pub async fn measure(
    server: &Server,
    algorithm: Algorithm,
    work: crate::work::Work,
    extent: load::Extent,
) -> Result<load::Figures> {
    load::run(&server.provider(algorithm)?, work, extent, &server.watched(), None).await
}

/// A folder beside the programs, on the disk that is measured.
fn scratch(with: &With) -> Result<TempDir> {
    let beside = with.passport.parent().unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix("bench-").tempdir_in(beside).context("a folder beside the programs")
}

fn ours_settings(url: &str, folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://localhost:{port}\"\n\
         [database]\nurl = \"{url}\"\n\
         [mail]\nsmtp_url = \"smtp://127.0.0.1:1\"\nfrom = \"passport@example.test\"\n\
         [secrets]\nkey_file = \"{folder}/passport.key\"\n\
         [limits]\nscale = 100000.0\n\
         [guessing]\nper_account = 100\nper_computer = 100\nper_block = 1000000\neverywhere = 10000000\n\
         [log]\nlevel = \"warn\"\n\
         [tokens]\njwt_resources = [\"{RESOURCE}\"]\n\
         [session]\ntell_new_computers = false\n\
         [password]\nwaiting = {WAITING}\n"
    )
}

fn carry_out(program: &Path, arguments: &[&str], settings: &str, input: &str) -> Result<()> {
    let mut child = Command::new(program)
        .args(arguments)
        .args(["--config", settings])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| program.display().to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "passport {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
