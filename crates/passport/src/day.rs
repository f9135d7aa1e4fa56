//! A day as a language writes it; knows no page and no letter.
use platform::clock::Moment;

/// Catalogue keys of a date in each month; day and year are filled in.
const MONTHS: [&str; 12] = [
    "date-january",
    "date-february",
    "date-march",
    "date-april",
    "date-may",
    "date-june",
    "date-july",
    "date-august",
    "date-september",
    "date-october",
    "date-november",
    "date-december",
];

/// The day (UTC); `text` fills day and year into the text of a key.
pub fn written(moment: Moment, text: impl FnOnce(&'static str, &str, &str) -> String) -> String {
    let date = moment.date();
    let month = MONTHS.get(usize::from(u8::from(date.month())).saturating_sub(1)).copied();
    text(month.unwrap_or_default(), &date.day().to_string(), &date.year().to_string())
}
