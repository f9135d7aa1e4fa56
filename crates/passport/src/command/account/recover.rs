//! `passport account recover`: lets somebody in again, by one operator or by two.
use std::io::Write;

use anyhow::Context as _;
use clap::Args;

use super::find;

use crate::{
    acts::recover::support::{self, Helped, Wish},
    recovery::code,
    state::Passport,
    support::CaseId,
};

#[derive(Args)]
pub struct Recover {
    /// The e-mail address or the id.
    #[arg(value_name = "EMAIL|ID", required_unless_present = "confirm", conflicts_with = "confirm")]
    who: Option<String>,
    /// Print a one-time code, for a person whom you identified otherwise, in place of sending a link.
    #[arg(long, conflicts_with = "confirm")]
    print: bool,
    /// Why: how the person was identified, a case number. The owner reads it in the history.
    #[arg(long, value_name = "TEXT", required_unless_present = "confirm", conflicts_with = "confirm")]
    reason: Option<String>,
    /// Carry out what another operator asked for (`[recovery] support = "two"`).
    #[arg(long, value_name = "CASE")]
    confirm: Option<String>,
    /// Who you are; by default the user who runs this, behind sudo too.
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
}

impl Recover {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        let now = passport.clock.now();
        let operator = self.operator.or_else(user).context("say who you are: --operator NAME")?;
        let helped = match (&self.confirm, &self.who) {
            (Some(case), _) => {
                let case: CaseId = case.parse().ok().with_context(|| format!("{case} is no case"))?;
                support::confirm(passport, now, case, &operator).await?
            }
            (None, who) => {
                let account = find(passport, who.as_deref().unwrap_or_default()).await?.id;
                let reason = self.reason.as_deref().unwrap_or_default();
                let wish = Wish { account, operator: &operator, reason, printed: self.print };
                support::help(passport, now, wish).await?
            }
        };
        match helped? {
            Helped::Sent(addresses) => {
                let to = addresses.join(", ");
                writeln!(out, "A link that resets the password is on its way to {to}; it lives 15 minutes.")?;
            }
            Helped::Printed(opened) => {
                let until = opened.recovery.ready_at.rfc3339();
                let url = passport.site.url("/recover/return");
                writeln!(out, "{}", code::shown(&opened.code))?;
                writeln!(
                    out,
                    "The person enters this code at {url} from {until} on, once, until {}.",
                    opened.recovery.ends_at.rfc3339()
                )?;
                writeln!(out, "Every address of the account is told now, and can stop it until then.")?;
            }
            Helped::Waits(case) => {
                writeln!(out, "Another operator has to confirm this until {}:", case.ends_at.rfc3339())?;
                writeln!(out, "passport account recover --confirm {}", case.id)?;
            }
        }
        Ok(())
    }
}

/// Who runs this, as the system says.
fn user() -> Option<String> {
    ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.trim().is_empty())
}
