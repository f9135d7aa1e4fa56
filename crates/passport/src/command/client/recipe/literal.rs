//! How a value is written in the file that a recipe is for: whole, quoted and escaped. What cannot be written there is
//! refused, so no address and no name becomes a line of somebody's configuration.
use std::fmt::Write as _;

use serde::Deserialize;

/// The syntaxes of recipes, by how they write a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Syntax {
    /// "…" with the escapes of JSON: JSON itself, YAML, TOML, JavaScript, Python, C#, Java.
    Json,
    /// The same, where the reader puts other values for `${…}`: YAML of Spring and its like.
    JsonExpanded,
    /// '…' with `\'` and `\\`: PHP, Ruby, Perl.
    Single,
    /// '…' of a POSIX shell.
    Shell,
    /// '…' without any escape: files of environment variables.
    Dotenv,
    /// The bare rest of a line, where comments and expansions begin with signs of their own.
    Ini,
    /// `.properties` of Java: the bare rest of a line, with `\`.
    Properties,
    /// "…" of Apache and nginx, which put variables for `${…}`, `%{…}` and `$…`.
    Quoted,
    /// Inside a comment, whatever its syntax.
    Comment,
}

/// A value that this syntax cannot hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be written into this configuration: it holds {0:?}")]
pub struct Unfit(pub String);

/// What the bare rest of a line may hold besides letters and digits.
const BARE: &str = "-._~:/?&=+,@%()[]!* ";
const IN_COMMENT: &str = "-._~:/?&=+,@%()[]! '#";

impl Syntax {
    pub fn literal(self, value: &str) -> Result<String, Unfit> {
        let holds = |bad: &str| value.contains(bad).then(|| Unfit(bad.to_owned())).map_or(Ok(()), Err);
        // A line of its own, a direction of writing: in no syntax is that part of a value.
        let odd = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if let Some(odd) = value.chars().find(|c| odd(*c)) {
            return Err(Unfit(odd.to_string()));
        }
        let only = |lawful: &str| {
            let bad = value.chars().find(|c| !c.is_alphanumeric() && !lawful.contains(*c));
            bad.map(|c| Unfit(c.to_string())).map_or(Ok(()), Err)
        };
        match self {
            Self::Json => Ok(serde_json::Value::from(value).to_string()),
            Self::JsonExpanded => {
                holds("${")?;
                holds("#{")?;
                Self::Json.literal(value)
            }
            Self::Single => Ok(format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))),
            Self::Shell => Ok(format!("'{}'", value.replace('\'', "'\\''"))),
            Self::Dotenv => {
                holds("'")?;
                holds("\\")?;
                Ok(format!("'{value}'"))
            }
            Self::Ini => {
                only(BARE)?;
                holds("%(")?;
                match value.trim() == value {
                    true => Ok(value.to_owned()),
                    false => Err(Unfit(" ".to_owned())),
                }
            }
            Self::Properties => {
                holds("${")?;
                let mut text = String::new();
                for (at, c) in value.chars().enumerate() {
                    match c {
                        '\\' => text.push_str("\\\\"),
                        ' ' if at == 0 => text.push_str("\\ "),
                        c if c.is_ascii() => text.push(c),
                        c => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                            let _ = write!(text, "\\u{unit:04x}");
                        }),
                    }
                }
                Ok(text)
            }
            Self::Quoted => {
                holds("$")?;
                holds("%{")?;
                Ok(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
            }
            Self::Comment => only(IN_COMMENT).map(|()| value.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Syntax; 9] = [
        Syntax::Json,
        Syntax::JsonExpanded,
        Syntax::Single,
        Syntax::Shell,
        Syntax::Dotenv,
        Syntax::Ini,
        Syntax::Properties,
        Syntax::Quoted,
        Syntax::Comment,
    ];

    #[test]
    fn no_value_ends_its_literal() {
        for (syntax, value, literal) in [
            (Syntax::Json, "a\"\\b'${x}", r#""a\"\\b'${x}""#),
            (Syntax::Single, r"a'\", r"'a\'\\'"),
            (Syntax::Shell, "a'; b `c` $(d)", r"'a'\''; b `c` $(d)'"),
            (Syntax::Dotenv, "a\"$b #c", "'a\"$b #c'"),
            (Syntax::Ini, "https://a.test/?b=c&d=%20", "https://a.test/?b=c&d=%20"),
            (Syntax::Properties, " a\\:é", "\\ a\\\\:\\u00e9"),
            (Syntax::Quoted, "a\"\\b", r#""a\"\\b""#),
            (Syntax::Comment, "it's at /a", "it's at /a"),
        ] {
            assert_eq!(syntax.literal(value).as_deref(), Ok(literal), "{syntax:?}");
        }
    }

    #[test]
    fn what_would_be_read_as_something_else_is_refused() {
        for (syntax, value) in [
            (Syntax::JsonExpanded, "a${user.home}"),
            (Syntax::JsonExpanded, "a#{T(x)}"),
            (Syntax::Dotenv, "a'b"),
            (Syntax::Ini, "a ; b"),
            (Syntax::Ini, "a#b"),
            (Syntax::Ini, "$__file{x}"),
            (Syntax::Ini, "%(x)s"),
            (Syntax::Ini, " a"),
            (Syntax::Properties, "${x}"),
            (Syntax::Quoted, "a$host"),
            (Syntax::Quoted, "%{ENV:x}"),
            (Syntax::Comment, "a --> <b>"),
            (Syntax::Comment, "a; b"),
        ] {
            assert!(syntax.literal(value).is_err(), "{syntax:?} {value}");
        }
        for syntax in ALL {
            for value in ["a\nb", "a\rb", "a\u{0}", "a\u{2028}b", "a\u{202e}b", "\u{85}"] {
                assert!(syntax.literal(value).is_err(), "{syntax:?} {value:?}");
            }
        }
    }
}
