//! Days and times of day as a language writes them: on pages in the reader's time zone, in letters and of places in a
//! zone that is named with them.
use crate::{clock::Moment, day::Zone, language::Language, letter::LetterFrame, texts::Texts, web::Shell};

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

/// A day whose reading is in UTC.
fn day_in(words: Words<'_>, local: Moment) -> String {
    let date = local.date();
    let month = MONTHS.get(usize::from(u8::from(date.month())).saturating_sub(1)).copied();
    let (day, year) = (date.day().to_string(), date.year().to_string());
    words(month.unwrap_or_default(), [("day", &day), ("year", &year)])
}

fn time_in(local: Moment) -> String {
    let minutes = local.unix_seconds().div_euclid(60);
    format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60))
}

/// With the name of the zone, unless the reader knows which one it is.
fn moment_in(words: Words<'_>, (zone, is_own): (&Zone, bool), at: Moment) -> String {
    let local = zone.to_local(at);
    let (date, time) = (day_in(words, local), time_in(local));
    if !is_own && zone.name() == "UTC" {
        return words("date-and-time", [("date", &date), ("time", &time)]);
    }
    let text = words("date-and-time-there", [("date", &date), ("time", &time)]);
    named(words, text, (zone, is_own))
}

fn named(words: Words<'_>, text: String, (zone, is_own): (&Zone, bool)) -> String {
    if is_own { text } else { words("zone-named", [("when", &text), ("zone", &zone.place())]) }
}

/// A day (UTC), in a letter.
pub fn day(texts: &Texts, language: Language, moment: Moment) -> String {
    day_in(&|key, values| texts.get(language, key, &values), moment)
}

/// A day and a time of day (UTC), in a letter.
pub fn moment(texts: &Texts, language: Language, moment: Moment) -> String {
    moment_there(texts, language, &Zone::utc(), moment)
}

/// A day and a time of day at a place, in a letter.
pub fn moment_there(texts: &Texts, language: Language, zone: &Zone, moment: Moment) -> String {
    moment_in(&|key, values| texts.get(language, key, &values), (zone, false), moment)
}

/// A day where the reader is, on a page.
pub fn shown_day(shell: &Shell, moment: Moment) -> String {
    shell.day_of(moment, &shell.zone().0)
}

/// A day and a time of day where the reader is, on a page.
pub fn shown_moment(shell: &Shell, moment: Moment) -> String {
    let (zone, is_own) = shell.zone();
    shell.in_words(|words| moment_in(words, (&zone, is_own), moment))
}

/// Until when somebody waits, where the reader is: `tomorrow at 00:44`.
pub fn shown_wait(shell: &Shell, until: Moment) -> String {
    let (zone, is_own) = shell.zone();
    let local = zone.to_local(until);
    let days = day_number(local) - day_number(zone.to_local(shell.now()));
    shell.in_words(|words| {
        let (date, time) = (day_in(words, local), time_in(local));
        let key = match days {
            0 => "wait-today",
            1 => "wait-tomorrow",
            _ => "wait-day",
        };
        named(words, words(key, [("date", &date), ("time", &time)]), (&zone, is_own))
    })
}

fn day_number(local: Moment) -> i64 {
    local.unix_seconds().div_euclid(86_400)
}

impl Shell {
    fn in_words<T>(&self, write: impl FnOnce(Words<'_>) -> T) -> T {
        write(&|key, [(one, first), (two, second)]| self.t2(key, one, first, two, second))
    }

    fn day_of(&self, at: Moment, zone: &Zone) -> String {
        self.in_words(|words| day_in(words, zone.to_local(at)))
    }

    /// A day and a time of day where the reader is, on a page.
    pub fn moment(&self, at: &Moment) -> String {
        shown_moment(self, *at)
    }

    /// The same at a place, whose zone is named.
    pub fn moment_there(&self, zone: &Zone, at: Moment) -> String {
        self.in_words(|words| moment_in(words, (zone, false), at))
    }

    /// Until when somebody waits: `tomorrow at 00:44`.
    pub fn wait(&self, until: &Moment) -> String {
        shown_wait(self, *until)
    }

    /// A day as tables store it (`2026-12-31`), on a page; what is none stays as it is.
    pub fn day(&self, text: &str) -> String {
        let mut parts = text.splitn(3, '-');
        let mut date =
            || Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?));
        let moment = date().and_then(|date| Moment::of_calendar(date, (0, 0, 0)));
        moment.map_or_else(|| text.to_owned(), |moment| self.day_of(moment, &Zone::utc()))
    }
}

impl LetterFrame {
    /// A day and a time of day where its reader is, in this letter; the zone is named.
    pub fn moment_there(&self, zone: &Zone, at: &Moment) -> String {
        let words: Words<'_> = &|key, [(one, first), (two, second)]| self.t2(key, one, first, two, second);
        moment_in(words, (zone, false), *at)
    }
}
