//! What fields, values and reasons of the audit are called. Knows no line.
use std::collections::HashMap;

use platform::{clock::Moment, web::Shell};

use crate::audit::told::{Fact, because};

/// Fields of facts, and the catalogue keys of their names.
const FIELDS: [(&str, &str); 45] = [
    ("added", "audit-field-added"),
    ("administrator", "administrator"),
    ("asked_by", "case-asked-by"),
    ("audience", "audit-field-audience"),
    ("bill_to", "audit-field-bill-to"),
    ("business_system", "audit-field-business-system"),
    ("category", "audit-field-category"),
    ("changed", "audit-field-changed"),
    ("closed", "audit-field-closed"),
    ("code", "audit-field-code"),
    ("course", "audit-field-course"),
    ("differing", "audit-field-differing"),
    ("effective_at", "case-effective-at"),
    ("email", "csv-email"),
    ("ends_at", "date-ends"),
    ("ends_on", "audit-ends"),
    ("evidence", "case-evidence"),
    ("field", "conflict-field"),
    ("file", "file-name"),
    ("files", "resource-files"),
    ("first_name", "csv-first-name"),
    ("from", "audit-field-from"),
    ("instead_of", "audit-field-instead-of"),
    ("kind", "staff-kind"),
    ("last_name", "csv-last-name"),
    ("mailed", "audit-field-mailed"),
    ("missed", "audit-field-missed"),
    ("name", "series-name"),
    ("new_email", "address-new"),
    ("newsgroup", "audit-field-newsgroup"),
    ("open", "audit-field-open"),
    ("place", "training-place"),
    ("plan", "fact-plan"),
    ("portal", "audit-field-portal"),
    ("products", "audit-field-products"),
    ("rank", "audit-field-rank"),
    ("region", "staff-region"),
    ("replaces", "case-replaces-label"),
    ("role", "audit-role"),
    ("rows", "audit-field-rows"),
    ("seats", "training-seats"),
    ("section", "content-section"),
    ("skipped", "audit-field-skipped"),
    ("state", "csv-standing"),
    ("to", "csv-email"),
];

/// The same of fields that are rarer still.
const MORE: [(&str, &str); 8] = [
    ("company", "audit-field-company"),
    ("slug", "content-slug"),
    ("starts_at", "date-starts"),
    ("starts_on", "audit-begins"),
    ("subject", "audit-field-subject"),
    ("time_zone", "zone-heading"),
    ("title", "content-title"),
    ("unchanged", "audit-field-unchanged"),
];

/// Words that stand for themselves in the tables, and the catalogue keys of what they are called.
const WORDS: [(&str, &str, &str); 14] = [
    ("kind", "customer", "staff-kind-customer"),
    ("kind", "employee", "staff-kind-employee"),
    ("kind", "partner", "staff-kind-partner"),
    ("role", "approver", "audit-role-approver"),
    ("role", "editor", "audit-role-editor"),
    ("role", "support", "audit-role-support"),
    ("state", "active", "audit-state-active"),
    ("state", "cancelled", "audit-state-cancelled"),
    ("state", "closed", "audit-state-closed"),
    ("state", "draft", "content-draft"),
    ("state", "open", "audit-state-open"),
    ("state", "published", "content-published"),
    ("state", "removed", "only-removed"),
    ("state", "withdrawn", "content-withdrawn"),
];

/// The same of plans, sections and conflicts.
const MORE_WORDS: [(&str, &str, &str); 15] = [
    ("category", "enhancement", "audit-category-enhancement"),
    ("category", "service", "audit-category-service"),
    ("category", "support", "audit-category-support"),
    ("field", "email", "csv-email"),
    ("field", "first_name", "csv-first-name"),
    ("field", "last_name", "csv-last-name"),
    ("field", "state", "csv-standing"),
    ("portal", "active", "audit-state-active"),
    ("portal", "removed", "only-removed"),
    ("business_system", "active", "audit-state-active"),
    ("business_system", "removed", "only-removed"),
    ("section", "documentation", "section-documentation"),
    ("section", "product_update", "section-product-updates"),
    ("section", "self_help", "section-self-help"),
    ("section", "training", "section-training"),
];

/// A fact in words. A field that the catalogue does not know is its own name.
pub fn fact((shell, plans): (&Shell, &HashMap<String, String>), fact: &Fact) -> String {
    let key = FIELDS.iter().chain(&MORE).find(|(field, _)| *field == fact.field).map(|(_, key)| *key);
    let field = key.map_or_else(|| fact.field.replace('_', " "), |key| shell.t(key));
    let word = |text: &str| match text {
        "true" => shell.t("yes"),
        "false" => shell.t("no"),
        "" => "–".to_owned(),
        text => {
            let mut known = WORDS.iter().chain(&MORE_WORDS);
            match known.find(|(field, word, _)| *field == fact.field && *word == text) {
                Some((_, _, key)) => shell.t(key),
                None if fact.field == "plan" => plans.get(text).cloned().unwrap_or_else(|| text.to_owned()),
                None => match moment_of(text) {
                    Some(at) => shell.moment(&at),
                    None => shell.day(text),
                },
            }
        }
    };
    match &fact.before {
        Some(before) => format!("{field}: {} → {}", word(before), word(&fact.after)),
        None => format!("{field}: {}", word(&fact.after)),
    }
}

/// A moment as lines hold it, `2026-11-21T10:00:00Z`.
fn moment_of(text: &str) -> Option<Moment> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let parts = |text: &str, by| text.split(by).map(str::to_owned).collect::<Vec<_>>();
    let (day, time) = (parts(day, '-'), parts(time, ':'));
    let [year, month, date] = day.as_slice() else { return None };
    let [hour, minute, second] = time.as_slice() else { return None };
    let date = (year.parse().ok()?, month.parse().ok()?, date.parse().ok()?);
    Moment::of_calendar(date, (hour.parse().ok()?, minute.parse().ok()?, second.parse().ok()?))
}

/// A reason as somebody wrote it, or in the reader's language where nobody did.
pub fn reason(shell: &Shell, reason: &str) -> String {
    let key = because::ALL.iter().find(|(known, _)| *known == reason).map(|(_, key)| *key);
    key.map_or_else(|| reason.to_owned(), |key| shell.t(key))
}

/// What a table of an import is called, which the audit calls `profiles of crm`.
pub fn table(shell: &Shell, text: String) -> String {
    let key = |what: &str| match what {
        "companies" => Some("audit-table-companies"),
        "profiles" => Some("audit-table-profiles"),
        "plans" => Some("audit-table-plans"),
        _ => None,
    };
    let told =
        text.split_once(" of ").and_then(|(what, source)| Some(shell.t1(key(what)?, "source", source)));
    told.unwrap_or(text)
}

#[cfg(test)]
mod tests;
