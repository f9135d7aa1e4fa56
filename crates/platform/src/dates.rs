//! Days and times of day (UTC) as a language writes them, on pages and in letters.
use crate::{clock::Moment, language::Language, letter::LetterFrame, texts::Texts, web::Shell};

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

/// Looks up a text with two values.
type Words<'a> = &'a dyn Fn(&str, [(&'static str, &str); 2]) -> String;

fn day_in(words: Words<'_>, moment: Moment) -> String {
    let date = moment.date();
    let month = MONTHS.get(usize::from(u8::from(date.month())).saturating_sub(1)).copied();
    let (day, year) = (date.day().to_string(), date.year().to_string());
    words(month.unwrap_or_default(), [("day", &day), ("year", &year)])
}

fn moment_in(words: Words<'_>, moment: Moment) -> String {
    let minutes = moment.unix_seconds().div_euclid(60);
    let time = format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60));
    words("date-and-time", [("date", &day_in(words, moment)), ("time", &time)])
}

/// A day (UTC), in a letter.
pub fn day(texts: &Texts, language: Language, moment: Moment) -> String {
    day_in(&|key, values| texts.get(language, key, &values), moment)
}

/// A day and a time of day (UTC), in a letter.
pub fn moment(texts: &Texts, language: Language, moment: Moment) -> String {
    moment_in(&|key, values| texts.get(language, key, &values), moment)
}

/// A day (UTC), on a page.
pub fn shown_day(shell: &Shell, moment: Moment) -> String {
    day_in(&|key, [(one, first), (two, second)]| shell.t2(key, one, first, two, second), moment)
}

/// A day and a time of day (UTC), on a page.
pub fn shown_moment(shell: &Shell, moment: Moment) -> String {
    moment_in(&|key, [(one, first), (two, second)]| shell.t2(key, one, first, two, second), moment)
}

impl Shell {
    /// A day and a time of day (UTC), on a page.
    pub fn moment(&self, at: &Moment) -> String {
        shown_moment(self, *at)
    }

    /// A day as tables store it (`2026-12-31`), on a page; what is none stays as it is.
    pub fn day(&self, text: &str) -> String {
        let mut parts = text.splitn(3, '-');
        let mut date =
            || Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?));
        let moment = date().and_then(|date| Moment::of_calendar(date, (0, 0, 0)));
        moment.map_or_else(|| text.to_owned(), |moment| shown_day(self, moment))
    }
}

impl LetterFrame {
    /// A day and a time of day (UTC), in this letter.
    pub fn moment(&self, at: &Moment) -> String {
        moment_in(&|key, [(one, first), (two, second)]| self.t2(key, one, first, two, second), *at)
    }
}
