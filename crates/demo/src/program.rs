//! Starting the demonstration: ports, settings, data, and the words that say what to try.
use std::{net::TcpListener, path::PathBuf};

use anyhow::Context as _;
use clap::Parser;
use mailbox::Mailbox;
use platform::{clock::Clock, config, random::Random, telemetry, web::serve::stop_signal};
use tokio_util::task::TaskTracker;

use crate::people;

/// Start Passport and CustomerSource with a mailbox and demonstration data, on this machine only.
#[derive(Clone, Debug, Parser)]
#[command(name = "demo", version)]
pub struct Options {
    /// Where databases, keys and people.json are kept.
    #[arg(long, default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// Forget everything and begin anew.
    #[arg(long)]
    reset: bool,
    #[arg(long, default_value_t = 8081, value_name = "PORT")]
    passport_port: u16,
    #[arg(long, default_value_t = 8080, value_name = "PORT")]
    portal_port: u16,
    #[arg(long, default_value_t = 8025, value_name = "PORT")]
    mailbox_port: u16,
    #[arg(long, default_value_t = 1025, value_name = "PORT")]
    smtp_port: u16,
    /// Log level of the programs: error, warn, info or debug.
    #[arg(long, default_value = "warn")]
    log: String,
}

/// The files that belong to the demonstration; `--reset` removes these and nothing else.
const FILES: [&str; 9] = [
    "passport.db",
    "passport.db-wal",
    "passport.db-shm",
    "passport.key",
    "customersource.db",
    "customersource.db-wal",
    "customersource.db-shm",
    "customersource.key",
    "people.json",
];

/// The client id of the portal at Passport.
const PORTAL: &str = "customersource";

/// Runs until told to stop.
pub async fn run(options: Options) -> anyhow::Result<()> {
    telemetry::start(&config::Log { format: config::LogFormat::Text, level: options.log.clone() });
    prepare(&options)?;
    let clock = Clock::system();
    let smtp = listen(options.smtp_port, "--smtp-port")?;
    let web = listen(options.mailbox_port, "--mailbox-port")?;
    let passport_listener = listen(options.passport_port, "--passport-port")?;
    let portal_listener = listen(options.portal_port, "--portal-port")?;

    let stop = stop_signal();
    let tasks = TaskTracker::new();
    let seconds = clock.clone();
    smtp.set_nonblocking(true)?;
    let mailbox =
        Mailbox::open(tokio::net::TcpListener::from_std(smtp)?, move || seconds.now().unix_seconds())?;
    web.set_nonblocking(true)?;
    let web = tokio::net::TcpListener::from_std(web)?;
    let pages = mailbox::web::router(mailbox.clone());
    let until = stop.clone();
    tasks.spawn(async move { axum::serve(web, pages).with_graceful_shutdown(until.cancelled_owned()).await });

    let secret = Random::system().token();
    let passport = open_passport(&options, &clock, &secret).await.context("starting Passport")?;
    let staff = staff(&passport).await?;
    let served = stop.clone();
    tasks.spawn(async move { report(passport::run_on(passport, passport_listener, served).await) });
    let portal = open_portal(&options, &clock, &secret, staff).await.context("starting CustomerSource")?;
    let served = stop.clone();
    tasks.spawn(async move { report(customersource::serve(portal, portal_listener, served).await) });

    welcome(&options)?;
    stop.cancelled().await;
    tasks.close();
    tasks.wait().await;
    Ok(())
}

fn report(ended: Result<(), platform::Fault>) {
    if let Err(fault) = ended {
        tracing::error!(error = %fault, "A program ended early");
    }
}

fn prepare(options: &Options) -> anyhow::Result<()> {
    let folder = &options.data;
    if options.reset {
        for file in FILES {
            match std::fs::remove_file(folder.join(file)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("removing {}", folder.join(file).display()));
                }
                _ => {}
            }
        }
    }
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    people::write(folder).with_context(|| format!("writing into {}", folder.display()))
}

fn listen(port: u16, option: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("port {port} is taken; choose another with {option}"))
}

fn database(options: &Options, name: &str) -> config::Database {
    config::Database {
        url: format!("sqlite:{}", options.data.join(format!("{name}.db")).display()),
        ..Default::default()
    }
}

fn mail(options: &Options, from: &str) -> config::Mail {
    config::Mail {
        smtp_url: format!("smtp://127.0.0.1:{}", options.smtp_port),
        from: from.to_owned(),
        ..Default::default()
    }
}

fn server(port: u16) -> config::Server {
    config::Server {
        listen: format!("127.0.0.1:{port}"),
        public_url: format!("http://localhost:{port}"),
        ..Default::default()
    }
}

async fn open_passport(options: &Options, clock: &Clock, secret: &str) -> anyhow::Result<passport::Passport> {
    let portal = format!("http://localhost:{}", options.portal_port);
    let settings = passport::Settings {
        server: server(options.passport_port),
        database: database(options, "passport"),
        mail: mail(options, "Passport <no-reply@passport.example>"),
        outbound: config::Outbound {
            allow: vec![format!("localhost:{}", options.portal_port)],
            ..Default::default()
        },
        ..Default::default()
    };
    let passport = passport::Passport::open(settings, clock.clone(), Random::system()).await?;
    passport.migrate().await?;
    let seed = serde_json::json!({ "clients": [{
        "client_id": PORTAL,
        "client_secret": secret,
        "client_name": "CustomerSource",
        "client_uri": portal,
        "redirect_uris": [format!("{portal}/signin/callback")],
        "post_logout_redirect_uris": [format!("{portal}/signed-out")],
        "backchannel_logout_uri": format!("{portal}/backchannel-logout"),
        "security_events_uri": format!("{portal}/security-events"),
        "backchannel_logout_session_required": true,
        "trusted": true,
        "listed": true,
    }]});
    passport::acts::seed::apply(
        &passport,
        &passport.clients,
        passport.clock.now(),
        serde_json::from_value(seed)?,
    )
    .await?;
    Ok(passport)
}

/// The Passports of the portal's staff, and who they are there, as the portal is told.
async fn staff(passport: &passport::Passport) -> anyhow::Result<serde_json::Value> {
    let accounts = people::STAFF.map(|(email, name, _)| {
        serde_json::json!({
            "email": email, "password": people::STAFF_PASSWORD, "email_verified": true, "claims": { "name": name },
        })
    });
    let seed = serde_json::json!({ "accounts": accounts });
    passport::acts::seed::apply(
        passport,
        &passport.clients,
        passport.clock.now(),
        serde_json::from_value(seed)?,
    )
    .await?;
    let mut staff = Vec::new();
    for (email, name, role) in people::STAFF {
        let id = passport::account::store::find_id(passport.db.reader(), email).await?;
        let subject = id.context("an account that was made a moment ago")?.to_string();
        staff.push(serde_json::json!({ "subject": subject, "name": name, "role": role }));
    }
    Ok(staff.into())
}

async fn open_portal(
    options: &Options,
    clock: &Clock,
    secret: &str,
    staff: serde_json::Value,
) -> anyhow::Result<customersource::Portal> {
    let settings = customersource::Settings {
        server: server(options.portal_port),
        database: database(options, "customersource"),
        mail: mail(options, "CustomerSource <no-reply@customersource.example>"),
        passport: customersource::config::Passport {
            issuer: format!("http://localhost:{}", options.passport_port),
            client_id: PORTAL.to_owned(),
            client_secret: platform::secrets::Secret::new(secret),
            ..Default::default()
        },
        // Whoever tries it out signs in as staff with a password; an installation asks its own for two factors.
        portal: customersource::config::Portal { staff_acr: vec![], ..Default::default() },
        ..Default::default()
    };
    let portal = customersource::Portal::open(settings, clock.clone(), Random::system()).await?;
    portal.migrate().await?;
    customersource::seed::apply(&portal, &customersource::seed::Seed::parse(people::PORTAL)?).await?;
    let staff = serde_json::json!({ "staff": staff }).to_string();
    customersource::seed::apply(&portal, &customersource::seed::Seed::parse(&staff)?).await?;
    stock(&portal).await?;
    Ok(portal)
}

/// Articles, updates, courses, newsgroups and newsletters, when the demonstration runs from its sources.
async fn stock(portal: &customersource::Portal) -> anyhow::Result<()> {
    use customersource::content;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/content");
    if !folder.is_dir() {
        tracing::warn!("The demonstration's content is not beside its program");
        return Ok(());
    }
    let read = content::read(&folder)?;
    let tx = portal.db.begin().await?;
    content::actions::apply(&tx, portal.clock.now(), &portal.random, &portal.audit_mac, &read).await?;
    Ok(tx.commit().await?)
}

/// What a newcomer needs to know, and the line that scripts wait for.
fn welcome(options: &Options) -> anyhow::Result<()> {
    let groups = people::groups()?;
    let first = |group: &str| groups.get(group).and_then(|all| all.first()).cloned().unwrap_or_default();
    let mut lines = vec![
        String::new(),
        format!("  CustomerSource  http://localhost:{}    the customer portal", options.portal_port),
        format!("  Passport        http://localhost:{}    one sign-in for every site", options.passport_port),
        format!("  Mailbox         http://localhost:{}    every mail that both send", options.mailbox_port),
        String::new(),
        "  Companies: Contoso Ltda, Fabrikam, Inc. (current plans), Litware Manufacturing (plan lapsed),"
            .into(),
        "  Northwind Partners (partner), Dynamics Employees".into(),
        "  E-mail addresses on file there, to associate your Passport with:".into(),
    ];
    for (group, addresses) in &groups {
        lines.push(format!("    {group:<9} {}", addresses.join(", ")));
    }
    lines.extend([
        String::new(),
        "  Try this first:".into(),
        format!(
            "  1. Open http://localhost:{} and sign in; create a Passport with any address on the way.",
            options.portal_port
        ),
        format!("  2. Type {} where it asks for the address on file.", first("single")),
        format!(
            "  3. Read the mail at http://localhost:{}, click the long link, sign in again, confirm.",
            options.mailbox_port
        ),
        format!("  4. Do it again with {}: three mails, three profiles, one Passport.", first("three")),
        String::new(),
        "  Behind the counter: staff look people up, approve and write. They sign in with the password"
            .into(),
        format!(
            "  “{}” (an installation asks its staff for two factors: [portal] staff_acr) as",
            people::STAFF_PASSWORD
        ),
    ]);
    lines.extend(people::STAFF.map(|(email, _, role)| format!("    {role:<9} {email}")));
    lines.extend([String::new(), format!("ready: data in {}, stop with Ctrl-C", options.data.display())]);
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}
