//! Something that must be done elsewhere, as the window shows it: the page, the code to compare, the time there is.

use crate::words::id::Id;
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

use super::{Button, words};
use crate::doors::pipe::Click;
use crate::face::ask;
use crate::mind::model::{Login, TeamEntry};
use crate::words::action::Action;
use crate::words::plain::clean;
use crate::words::question::{Opening, Question, Wait, WaitPage};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Waiting {
    /// Such as `Step 2 of 2, as ann`; may be empty.
    pub place: String,
    /// What there is to know beside it; may be empty.
    pub note: &'static str,
    pub page: Option<PageToOpen>,
    pub code: Option<CodeToCompare>,
    /// In milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub ends: i64,
    /// How many seconds there were at the start, for the bar.
    pub lasts: u32,
    /// Other ways on.
    pub others: Vec<Button>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PageToOpen {
    /// Where it is, such as `example.awsapps.com`.
    pub host: String,
    pub url: String,
    pub opened: &'static str,
    pub open: Button,
    pub qr: Option<Qr>,
    pub qr_alt: String,
}

/// A code to compare with the one on the provider's page (RFC 8628 §3.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CodeToCompare {
    pub code: String,
    /// Letter by letter, for screen readers.
    pub spoken: String,
    pub caution: &'static str,
    pub copy: Button,
}

/// A QR code as squares, to be drawn black on white with a quiet zone of four modules around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Qr {
    /// Modules on a side, quiet zone included.
    pub size: u32,
    /// An SVG path of the dark modules.
    pub path: String,
}

impl Qr {
    /// `None` for a text that is too long for any code.
    pub fn of(text: &str) -> Option<Self> {
        const QUIET: usize = 4;
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (y, row) in code.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            while x < width {
                let run = row[x..].iter().take_while(|module| **module == Color::Dark).count();
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
                }
                x += run.max(1);
            }
        }
        Some(Qr { size: u32::try_from(width + 2 * QUIET).ok()?, path })
    }
}

pub(super) fn waiting(question: &Question, wait: &Wait, entry: &TeamEntry, login: &Login) -> Waiting {
    let team = &entry.team.id;
    let seconds = wait.expires.duration_since(login.started).as_secs();
    let code = wait.code.as_deref();
    Waiting {
        place: super::asked::place(question),
        note: login.aside.map_or("", ask::aside),
        page: wait.page.as_ref().map(|page| page_to_open(page, code, team)),
        code: code.map(|code| CodeToCompare {
            code: clean(code),
            spoken: spell(code),
            caution: words::CODES_MUST_MATCH,
            copy: Button::quiet(words::COPY_CODE, Click::act(Action::CopyCode { team: team.clone() })),
        }),
        ends: wait.expires.as_millisecond(),
        lasts: u32::try_from(seconds.max(1)).unwrap_or(u32::MAX),
        others: super::asked::others(question, team, login.id),
    }
}

fn page_to_open(page: &WaitPage, code: Option<&str>, team: &Id) -> PageToOpen {
    let (open, opened) = match &page.opening {
        Opening::Opened => (words::OPEN_AGAIN, words::BROWSER_OPENED),
        Opening::Asked => (words::OPEN_PAGE, words::OPEN_THE_PAGE),
        Opening::Failed { .. } if code.is_none() => (words::OPEN_PAGE, words::NOT_OPENED_HERE),
        Opening::Failed { .. } => (words::OPEN_PAGE, words::NOT_OPENED),
    };
    let host = clean(&page.host);
    PageToOpen {
        // Without a code the page comes back to this computer, which no phone does.
        qr: code.and_then(|_| Qr::of(&page.complete_url)),
        qr_alt: code.map(|code| format!("QR code for {host}; code {}", spell(code))).unwrap_or_default(),
        url: clean(&page.url),
        opened,
        open: Button::primary(open, Click::act(Action::OpenPage { team: team.clone() })),
        host,
    }
}

/// `W, D, D, H, dash, K`: how a code is read aloud.
fn spell(code: &str) -> String {
    let letters: Vec<String> =
        clean(code).chars().map(|c| if c == '-' { "dash".to_owned() } else { c.to_string() }).collect();
    letters.join(", ")
}
