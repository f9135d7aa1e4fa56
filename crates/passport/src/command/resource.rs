//! `passport resource`: the APIs that tokens are for, and the document that each publishes of itself.
use std::io::Write;

use anyhow::Context as _;
use clap::Subcommand;
use oidc::resource::Who;

use super::print_json;
use crate::config::Settings;

#[derive(Subcommand)]
pub enum ResourceCommand {
    /// Every resource of the settings, and who may ask for tokens for it.
    List,
    /// The metadata that a resource publishes (RFC 9728), ready for its owner.
    Metadata {
        /// Its identifier, as in the settings.
        identifier: String,
    },
}

impl ResourceCommand {
    pub fn run(&self, settings: &Settings, out: &mut impl Write) -> anyhow::Result<()> {
        let listed = &settings.resources.list;
        match self {
            Self::List => {
                for resource in listed {
                    let who = match resource.who {
                        Who::Nobody => "nobody",
                        Who::Registered => "registered",
                        Who::Anybody => "anybody",
                    };
                    writeln!(out, "{:<40} {who:<11} {}", resource.identifier, resource.scopes)?;
                }
                if listed.is_empty() {
                    writeln!(out, "No resource yet: [resources] list in the settings.")?;
                }
                Ok(())
            }
            Self::Metadata { identifier } => {
                let found = listed.iter().find(|resource| resource.identifier == *identifier);
                let resource = found.with_context(|| {
                    format!("[resources] lists no {identifier}; it compares byte for byte")
                })?;
                print_json(out, &resource.metadata(&settings.server.public_url))?;
                if let Some(address) = resource.metadata_address() {
                    writeln!(std::io::stderr(), "To be published at {address}")?;
                }
                Ok(())
            }
        }
    }
}
