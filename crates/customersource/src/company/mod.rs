//! Companies as the business system knows them. Knows no profile and no plan.
pub mod entity;
pub mod store;

use platform::clock::Moment;
use serde::{Deserialize, Serialize};

platform::id!(CompanyId);

/// Why a company's people may come in (CS-02, CS-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Needs a service, support or enhancement plan.
    Customer,
    Partner,
    Employee,
}

impl Kind {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Partner => "partner",
            Self::Employee => "employee",
        }
    }

    /// The kind of a column's text; what is unknown needs a plan, like a customer.
    pub fn of_text(text: &str) -> Self {
        match text {
            "partner" => Self::Partner,
            "employee" => Self::Employee,
            _ => Self::Customer,
        }
    }
}

/// A company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    pub id: CompanyId,
    pub name: String,
    pub kind: Kind,
    /// Where it is, as the business system says it; may be empty.
    pub region: String,
    /// What it runs, as the business system calls it.
    pub products: Vec<String>,
    /// IANA name of its time zone; empty: what the settings say of its region, or of all.
    pub time_zone: String,
    /// False once it is closed: nobody comes in for it.
    pub is_active: bool,
    /// Since when its people must be proven by a second step, or from when on.
    pub second_step_from: Option<Moment>,
}

/// Products out of a column: separated by commas, blanks around them.
pub fn products_of(text: &str) -> Vec<String> {
    text.split([',', ';']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
