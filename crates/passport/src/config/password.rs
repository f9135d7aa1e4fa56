//! Settings of passwords: how they are hashed, and which may be chosen.
use platform::config::Problem;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Password {
    /// argon2id memory in KiB; OWASP's minimum is 19456 with two passes.
    pub memory_kib: u32,
    /// argon2id passes.
    pub passes: u32,
    /// How many passwords are hashed at once; 0: one less than the processors, at least one.
    pub parallel: u32,
    /// How many more may wait before new ones are answered 503.
    pub waiting: u32,
    /// Characters that a chosen password has at least where nothing else proves its person (NIST SP 800-63B-4).
    pub least_alone: u32,
    /// And where a second step does.
    pub least_with_second_step: u32,
    /// The file that says which passwords were breached, made by `passport passwords load`. Empty: none.
    pub breached: String,
}

impl Password {
    /// Says to `within` what each setting may be.
    pub(super) fn ranges(&self, within: &mut impl FnMut(&str, u32, u32, u32)) {
        within("password.memory_kib", self.memory_kib, 7_168, 1_048_576);
        within("password.passes", self.passes, 1, 50);
        within("password.parallel", self.parallel, 0, 1024);
        within("password.waiting", self.waiting, 1, 100_000);
        within("password.least_alone", self.least_alone, 8, 64);
        within("password.least_with_second_step", self.least_with_second_step, 8, 64);
    }

    pub(super) fn weaker_than_safe(&self) -> Option<Problem> {
        (self.memory_kib < 19_456 && self.passes < 3).then(|| {
            let text =
                "weaker than the OWASP minimum: 19456 KiB with 2 passes, or 9216 with 4, or 7168 with 5";
            Problem::new("password.passes", text)
        })
    }

    /// How many characters a password needs that is chosen now.
    pub fn least(&self, has_second_step: bool) -> usize {
        let least = if has_second_step { self.least_with_second_step } else { self.least_alone };
        usize::try_from(least).unwrap_or(usize::MAX)
    }
}

impl Default for Password {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            parallel: 0,
            waiting: 64,
            least_alone: 15,
            least_with_second_step: 8,
            breached: String::new(),
        }
    }
}
