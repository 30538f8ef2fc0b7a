//! A confidence in words: the same ones wherever an answer is told.

/// How sure an answer is, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sureness {
    /// It is so.
    Sure,
    /// Most probably.
    Likely,
    /// It may be so.
    Possible,
}

impl Sureness {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sure, Self::Likely, Self::Possible];

    /// What a confidence from 0 to 1 means.
    pub fn of(confidence: f64) -> Self {
        if confidence >= 0.9 {
            Self::Sure
        } else if confidence >= 0.7 {
            Self::Likely
        } else {
            Self::Possible
        }
    }

    /// Its word in English; the window's sentences end with it (`diagnose-sure-…`).
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}
