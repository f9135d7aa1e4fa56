//! One line in, one command out (RFC 5321 section 4.1, RFC 4954): pure, knows no connection and no order of commands.

/// The longest reverse or forward path in octets, brackets included (RFC 5321 section 4.5.3.1.3).
const PATH: usize = 256;
/// The longest local part in octets (RFC 5321 section 4.5.3.1.1).
const LOCAL_PART: usize = 64;

const NO_ARGUMENTS: &str = "501 5.5.4 This command takes no arguments";
const NEEDS_ARGUMENT: &str = "501 5.5.4 This command needs an argument";
const UNKNOWN_PARAMETER: &str = "555 5.5.4 That parameter is not known here";
const BAD_PARAMETER: &str = "501 5.5.4 That parameter is given twice or has a wrong value";
const BAD_SENDER: &str = "501 5.1.7 That is not a sender address in angle brackets";
const BAD_RECIPIENT: &str = "501 5.1.3 That is not a recipient address in angle brackets";

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Hello { extended: bool },
    Mail(Sender),
    Recipient(String),
    Data,
    Reset,
    Nothing,
    Quit,
    Verify,
    Help,
    Authenticate { mechanism: Mechanism, initial: Option<String> },
}

/// What `MAIL` declares: the reverse path and its parameters.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sender {
    pub path: String,
    /// Octets, by the client's own count (RFC 1870).
    pub size: Option<u64>,
    /// Addresses and headers may be UTF-8 (RFC 6531).
    pub utf8: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    Login,
}

/// The command, or the reply that refuses it.
pub(super) fn parse(line: &str) -> Result<Command, &'static str> {
    let (verb, arguments) = line.split_once(' ').unwrap_or((line, ""));
    let alone = |command| if arguments.trim().is_empty() { Ok(command) } else { Err(NO_ARGUMENTS) };
    let with_argument = |command| if arguments.trim().is_empty() { Err(NEEDS_ARGUMENT) } else { Ok(command) };
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" => with_argument(Command::Hello { extended: true }),
        "HELO" => with_argument(Command::Hello { extended: false }),
        "MAIL" => sender(arguments),
        "RCPT" => recipient(arguments),
        "DATA" => alone(Command::Data),
        "RSET" => alone(Command::Reset),
        "NOOP" => Ok(Command::Nothing),
        "QUIT" => alone(Command::Quit),
        "VRFY" => with_argument(Command::Verify),
        "HELP" => Ok(Command::Help),
        "AUTH" => authenticate(arguments),
        "EXPN" | "STARTTLS" | "BDAT" | "ETRN" | "TURN" => Err("502 5.5.1 That command is not offered here"),
        _ => Err("500 5.5.2 That command is not known"),
    }
}

fn sender(arguments: &str) -> Result<Command, &'static str> {
    let (path, parameters) = after(arguments, "FROM:").and_then(path).ok_or(BAD_SENDER)?;
    if !path.is_empty() && !is_address(path) {
        return Err(BAD_SENDER);
    }
    let mut sender = Sender { path: path.to_owned(), ..Sender::default() };
    let mut seen = Vec::new();
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = match parameter.split_once('=') {
            Some((name, value)) => (name.to_ascii_uppercase(), Some(value)),
            None => (parameter.to_ascii_uppercase(), None),
        };
        match (name.as_str(), value) {
            ("SIZE", Some(digits))
                if digits.len() <= 20 && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                sender.size = Some(digits.parse().map_err(|_| BAD_PARAMETER)?);
            }
            ("BODY", Some(body))
                if body.eq_ignore_ascii_case("7BIT") || body.eq_ignore_ascii_case("8BITMIME") => {}
            ("SMTPUTF8", None) => sender.utf8 = true,
            ("AUTH", Some(value)) if !value.is_empty() => {}
            ("SIZE" | "BODY" | "SMTPUTF8" | "AUTH", _) => return Err(BAD_PARAMETER),
            _ => return Err(UNKNOWN_PARAMETER),
        }
        if seen.contains(&name) {
            return Err(BAD_PARAMETER);
        }
        seen.push(name);
    }
    Ok(Command::Mail(sender))
}

fn recipient(arguments: &str) -> Result<Command, &'static str> {
    let (path, parameters) = after(arguments, "TO:").and_then(path).ok_or(BAD_RECIPIENT)?;
    // The one mailbox that every server has, with or without a domain (RFC 5321 section 4.5.1).
    if !is_address(path) && !path.eq_ignore_ascii_case("postmaster") {
        return Err(BAD_RECIPIENT);
    }
    if !parameters.trim().is_empty() {
        return Err(UNKNOWN_PARAMETER);
    }
    Ok(Command::Recipient(path.to_owned()))
}

fn authenticate(arguments: &str) -> Result<Command, &'static str> {
    let mut words = arguments.split_ascii_whitespace();
    let mechanism = match words.next().map(str::to_ascii_uppercase).as_deref() {
        Some("PLAIN") => Mechanism::Plain,
        Some("LOGIN") => Mechanism::Login,
        Some(_) => return Err("504 5.5.4 The mechanisms here are PLAIN and LOGIN"),
        None => return Err(NEEDS_ARGUMENT),
    };
    let initial = words.next().map(str::to_owned);
    if words.next().is_some() {
        return Err("501 5.5.4 AUTH takes a mechanism and at most one response");
    }
    Ok(Command::Authenticate { mechanism, initial })
}

fn after<'a>(arguments: &'a str, keyword: &str) -> Option<&'a str> {
    let (start, rest) = arguments.split_at_checked(keyword.len())?;
    // A blank after the colon is against the grammar and widely sent.
    start.eq_ignore_ascii_case(keyword).then(|| rest.trim_start_matches(' '))
}

/// What stands between the angle brackets, and what follows them.
fn path(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    let (mut quoted, mut escaped) = (false, false);
    let end = inner.find(|c: char| {
        let closes = c == '>' && !quoted;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        closes
    })?;
    let (path, rest) = inner.split_at_checked(end)?;
    let rest = rest.strip_prefix('>')?;
    (path.len() + 2 <= PATH && (rest.is_empty() || rest.starts_with(' '))).then_some((path, rest))
}

/// Whether this has the form of a mailbox: a local part, bare or quoted, and a domain. Source routes have not.
fn is_address(path: &str) -> bool {
    let Some((local, domain)) = path.rsplit_once('@') else { return false };
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    let clean =
        |text: &str, forbidden: &[char]| !text.chars().any(|c| c.is_control() || forbidden.contains(&c));
    let local_is_well_formed = if quoted {
        clean(local, &[])
    } else {
        clean(local, &[' ', '<', '>', '(', ')', '[', ']', '\\', ',', ';', ':', '@', '"'])
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
    };
    (1..=LOCAL_PART).contains(&local.len())
        && local_is_well_formed
        && !domain.is_empty()
        && !domain.starts_with('.')
        && clean(domain, &[' ', '<', '>', '(', ')', '\\', ',', ';', '"'])
}

#[cfg(test)]
mod tests {
    use super::{Command, Mechanism, Sender, parse};

    fn recipient_of(line: &str) -> Result<String, &'static str> {
        match parse(line)? {
            Command::Recipient(path) => Ok(path),
            other => panic!("{other:?} is no recipient"),
        }
    }

    #[test]
    fn recipients_are_kept_byte_for_byte() {
        for address in [
            "Ana.Souza+Tag@Example.COM",
            "\"odd > name\"@example.test",
            "josé@exemplo.com.br",
            "a@[127.0.0.1]",
            "postmaster",
        ] {
            assert_eq!(recipient_of(&format!("rcpt To:<{address}>")).as_deref(), Ok(address));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for path in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c.test",
            "a@b c",
            "@relay.test:a@b.test",
            "a..b@c.test",
            ".a@c.test",
            "a\u{1}@b.test",
            "a@.test",
            "a@b.test,c@d.test",
        ] {
            assert_eq!(recipient_of(&format!("RCPT TO:<{path}>")), Err(super::BAD_RECIPIENT), "{path}");
        }
        assert_eq!(recipient_of("RCPT TO:a@b.test"), Err(super::BAD_RECIPIENT));
        assert_eq!(recipient_of("RCPT TO:<a@b.test"), Err(super::BAD_RECIPIENT));
        assert_eq!(recipient_of("RCPT TO:<a@b.test>x"), Err(super::BAD_RECIPIENT));
        assert_eq!(recipient_of("RCPT <a@b.test>"), Err(super::BAD_RECIPIENT));
        let long = "l".repeat(65);
        assert_eq!(recipient_of(&format!("RCPT TO:<{long}@b.test>")), Err(super::BAD_RECIPIENT));
        let far = "d".repeat(256);
        assert_eq!(recipient_of(&format!("RCPT TO:<a@{far}>")), Err(super::BAD_RECIPIENT));
        assert_eq!(recipient_of("RCPT TO:<a@b.test> NOTIFY=NEVER"), Err(super::UNKNOWN_PARAMETER));
    }

    #[test]
    fn the_senders_parameters_are_read() {
        assert_eq!(
            parse("MAIL FROM:<> SIZE=42 body=8bitmime SMTPUTF8 AUTH=<>"),
            Ok(Command::Mail(Sender { path: String::new(), size: Some(42), utf8: true }))
        );
        for line in [
            "MAIL FROM:<a@b.test> SIZE=-1",
            "MAIL FROM:<a@b.test> SIZE=",
            "MAIL FROM:<a@b.test> SIZE=99999999999999999999",
            "MAIL FROM:<a@b.test> SIZE=1 SIZE=1",
            "MAIL FROM:<a@b.test> BODY=BINARYMIME",
            "MAIL FROM:<a@b.test> SMTPUTF8=yes",
        ] {
            assert_eq!(parse(line), Err(super::BAD_PARAMETER), "{line}");
        }
        assert_eq!(parse("MAIL FROM:<a@b.test> RET=FULL"), Err(super::UNKNOWN_PARAMETER));
        assert_eq!(parse("MAIL FROM:<a b>"), Err(super::BAD_SENDER));
        assert_eq!(parse("MAIL"), Err(super::BAD_SENDER));
    }

    #[test]
    fn commands_take_the_arguments_they_have() {
        assert_eq!(parse("ehlo client.test"), Ok(Command::Hello { extended: true }));
        assert_eq!(parse("EHLO"), Err(super::NEEDS_ARGUMENT));
        assert_eq!(parse("DATA now"), Err(super::NO_ARGUMENTS));
        assert_eq!(parse("noop anything"), Ok(Command::Nothing));
        assert_eq!(parse("VRFY"), Err(super::NEEDS_ARGUMENT));
        assert_eq!(
            parse("AUTH plain AHUAcA=="),
            Ok(Command::Authenticate { mechanism: Mechanism::Plain, initial: Some("AHUAcA==".to_owned()) })
        );
        assert!(parse("AUTH XOAUTH2").is_err_and(|reply| reply.starts_with("504")));
        assert!(parse("STARTTLS").is_err_and(|reply| reply.starts_with("502")));
        assert!(parse("GET / HTTP/1.1").is_err_and(|reply| reply.starts_with("500")));
        assert!(parse("").is_err_and(|reply| reply.starts_with("500")));
    }
}
