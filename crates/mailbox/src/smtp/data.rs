//! Where a message ends and which dots are its own (RFC 5321 sections 4.1.1.4 and 4.5.2): pure, knows no connection.
//!
//! Only CRLF ends a line, so only CRLF `.` CRLF ends a message. A server that also takes a bare LF or CR there lets one
//! message carry a second one past the servers before it (SMTP smuggling).

/// The longest line in octets, its CRLF included and a stuffed dot not (RFC 5321 section 4.5.3.1.6).
const LINE: usize = 1000;

/// Takes a message in, piece by piece.
#[derive(Debug)]
pub(super) struct Intake {
    place: Place,
    bytes: Vec<u8>,
    limit: usize,
    line: usize,
    refused: Option<Refused>,
}

/// Why a message that was sent to its end is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    TooLarge,
    LineTooLong,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    LineStart,
    Dot,
    DotCr,
    Within,
    Cr,
}

impl Intake {
    pub fn new(limit: usize) -> Self {
        Self { place: Place::LineStart, bytes: Vec::new(), limit, line: 0, refused: None }
    }

    /// Reads on; `Some` is how much of `input` belonged to the message, now ended, its last line included.
    pub fn read(&mut self, input: &[u8]) -> Option<usize> {
        for (read, &byte) in input.iter().enumerate() {
            self.place = match (self.place, byte) {
                (Place::DotCr, b'\n') => return Some(read + 1),
                (Place::LineStart, b'.') => Place::Dot,
                (Place::Dot, b'\r') => Place::DotCr,
                (Place::DotCr, _) => {
                    // The dot was a stuffed one after all, and this CR part of the text.
                    self.keep(b'\r');
                    self.keep(byte);
                    if byte == b'\r' { Place::Cr } else { Place::Within }
                }
                (Place::Cr, b'\n') => {
                    self.keep(byte);
                    self.line = 0;
                    Place::LineStart
                }
                (_, b'\r') => {
                    self.keep(byte);
                    Place::Cr
                }
                (_, _) => {
                    self.keep(byte);
                    Place::Within
                }
            };
        }
        None
    }

    /// The message, once `read` has found its end.
    pub fn finish(self) -> Result<Vec<u8>, Refused> {
        match self.refused {
            Some(refused) => Err(refused),
            None => Ok(self.bytes),
        }
    }

    fn keep(&mut self, byte: u8) {
        self.line += 1;
        if self.refused.is_some() {
            return;
        }
        if self.bytes.len() == self.limit {
            self.refuse(Refused::TooLarge);
        } else if self.line > LINE {
            self.refuse(Refused::LineTooLong);
        } else {
            self.bytes.push(byte);
        }
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused = Some(refused);
        self.bytes = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Intake, Refused};

    type Message = Result<Vec<u8>, Refused>;

    /// The message and what was left over, or `None` while it has not ended.
    fn take(input: &[u8]) -> Option<(Message, &[u8])> {
        let mut intake = Intake::new(10_000);
        let end = intake.read(input)?;
        Some((intake.finish(), &input[end..]))
    }

    #[track_caller]
    fn check(input: &str, message: &str, rest: &str) {
        assert_eq!(take(input.as_bytes()), Some((Ok(message.as_bytes().to_vec()), rest.as_bytes())));
    }

    #[test]
    fn a_dot_alone_on_a_line_ends_the_message() {
        check("a\r\n.\r\nQUIT\r\n", "a\r\n", "QUIT\r\n");
        check(".\r\n", "", "");
    }

    #[test]
    fn stuffed_dots_lose_one() {
        check("..\r\n...\r\na.\r\n.b\r\n.\r\n", ".\r\n..\r\na.\r\nb\r\n", "");
        check("..\r.\r\n.\r\n", ".\r.\r\n", "");
    }

    #[test]
    fn no_other_line_end_ends_the_message() {
        for ending in [
            "\n.\n",
            "\n.\r\n",
            "\r\n.\n",
            "\r.\r",
            "\r\n.\r",
            "\r.\r\n",
            "\r\n.\r\r\n",
            "\n\n.\r\n",
            "\r\n\0.\r\n",
        ] {
            let input = format!("a{ending}MAIL FROM:<evil@a.test>\r\n");
            assert_eq!(take(input.as_bytes()), None, "{ending:?}");
        }
    }

    #[test]
    fn bare_line_ends_stay_as_they_are() {
        check("a\n.\nb\r.\rc\r\n.\r\n", "a\n.\nb\r.\rc\r\n", "");
    }

    #[test]
    fn a_line_of_a_thousand_octets_is_the_longest() {
        let longest = format!("{}\r\n", "x".repeat(998));
        check(&format!("{longest}.\r\n"), &longest, "");
        check(&format!(".{}.\r\n", longest.replacen('x', ".", 1)), &longest.replacen('x', ".", 1), "");
        let longer = format!("{}\r\n.\r\n", "x".repeat(999));
        assert_eq!(take(longer.as_bytes()), Some((Err(Refused::LineTooLong), &b""[..])));
    }

    #[test]
    fn a_message_past_the_limit_is_read_to_its_end_and_refused() {
        for (length, kept) in [(10, true), (11, false)] {
            let mut intake = Intake::new(10);
            let input = format!("{}\r\n.\r\nNOOP", "x".repeat(length - 2));
            assert_eq!(intake.read(input.as_bytes()), Some(length + 3));
            assert_eq!(intake.finish().is_ok(), kept);
        }
    }

    proptest! {
        #[test]
        fn the_pieces_it_comes_in_change_nothing(input in "[a.\r\n]{0,30}", cut in 0usize..30) {
            let whole = format!("{input}\r\n.\r\n");
            let cut = cut.min(whole.len());
            let mut intake = Intake::new(10_000);
            let (first, second) = whole.as_bytes().split_at(cut);
            let end = intake.read(first).or_else(|| intake.read(second).map(|more| cut + more));
            let pieces = end.map(|end| (intake.finish(), &whole.as_bytes()[end..]));
            prop_assert_eq!(pieces, take(whole.as_bytes()));
        }

        #[test]
        fn stuffing_and_unstuffing_cancel_out(lines in proptest::collection::vec("[a.\n\r]{0,5}x", 0..6)) {
            let message: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let stuffed = format!("\r\n{message}").replace("\r\n.", "\r\n..");
            let sent = format!("{}.\r\n", stuffed.strip_prefix("\r\n").unwrap());
            prop_assert_eq!(take(sent.as_bytes()), Some((Ok(message.into_bytes()), &b""[..])));
        }
    }
}
