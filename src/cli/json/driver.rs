//! `driver --json`

use super::{ReasonLine, SCHEMA, UnblockLine, reason_lines, unblock_lines};
use crate::assess::{DriverGuide, Reason, Serves};
use serde::Serialize;

/// `driver --json`
#[derive(Debug, Serialize)]
pub struct Guide<'a> {
    schema: u32,
    /// Null where none is there or nobody could say.
    installed: Option<String>,
    serves: Serves,
    reasons: Vec<ReasonLine<'a>>,
    /// Null where no driver can be named.
    take: Option<Take<'a>>,
}

#[derive(Debug, Serialize)]
struct Take<'a> {
    /// The first release that runs the newest torch for the cards.
    least: String,
    branch: u32,
    /// Year and month; null where nobody told.
    supported_until: Option<&'a str>,
    /// The last branch that drives every card; null: no later one is known to drop any.
    last_branch: Option<u32>,
    heed: Vec<ReasonLine<'a>>,
    steps: Vec<UnblockLine<'a>>,
    page: &'a str,
}

/// The guide in the contract's shape; without one, what keeps it from being made.
pub fn driver_guide<'a>(guide: Result<&'a DriverGuide, &'a [Reason]>) -> Guide<'a> {
    match guide {
        Ok(guide) => Guide {
            schema: SCHEMA,
            installed: guide.now.as_ref().map(ToString::to_string),
            serves: guide.serves,
            reasons: reason_lines(&guide.why),
            take: Some(Take {
                least: guide.least.to_string(),
                branch: guide.branch,
                supported_until: guide.supported_until.as_deref(),
                last_branch: guide.last_branch,
                heed: reason_lines(&guide.heed),
                steps: unblock_lines(&guide.steps),
                page: &guide.page,
            }),
        },
        Err(why) => {
            Guide { schema: SCHEMA, installed: None, serves: Serves::Unknown, reasons: reason_lines(why), take: None }
        }
    }
}
