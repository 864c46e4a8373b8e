//! A login as the window shows it: the code to compare, the question to answer, or how it ended.

use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;

use super::{At, Button, ProblemView, words};
use crate::doors::pipe::Click;
use crate::face::phrase::menu_name;
use crate::mind::model::{Login, TeamEntry};
use crate::words::action::{Action, Page};
use crate::words::id::Id;
use crate::words::login::Step;
use crate::words::problem::clean;
use crate::words::question::{CodeKind, Question};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LoginScreen {
    #[cfg_attr(test, ts(type = "string"))]
    pub team: Id,
    pub name: String,
    /// The attempt; 0 when there is none any more.
    #[cfg_attr(test, ts(type = "number"))]
    pub login: u64,
    pub step: LoginStep,
    pub cancel: Button,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum LoginStep {
    Busy {
        text: String,
    },
    /// A code to compare with the one on the provider's page (RFC 8628 §3.3).
    Code {
        code: String,
        /// Letter by letter, for screen readers.
        spoken: String,
        /// Where the page is, such as `example.awsapps.com`.
        host: String,
        url: String,
        opened: String,
        qr: Option<Qr>,
        qr_alt: String,
        /// In milliseconds since 1970.
        #[cfg_attr(test, ts(type = "number"))]
        ends: i64,
        /// How many seconds the code was good for at the start, for the bar.
        lasts: u32,
        caution: &'static str,
        open: Button,
        copy: Button,
        again: Button,
    },
    Password {
        username: String,
        wrong: Option<String>,
    },
    /// May the password be sent as it is? (threat T08)
    Approve {
        text: String,
        host: String,
        endpoint: String,
    },
    OneTime {
        label: String,
        hint: &'static str,
        wrong: Option<String>,
        numeric: bool,
    },
    NewPassword {
        username: String,
        rules: Option<String>,
    },
    Factor {
        factors: Vec<FactorChoice>,
    },
    Failed {
        problem: ProblemView,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FactorChoice {
    pub kind: CodeKind,
    pub label: &'static str,
    pub hint: &'static str,
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

impl At<'_> {
    /// The login under way, or the one that failed; `None` when there is neither: then the team is shown.
    pub(super) fn login(self, entry: &TeamEntry) -> Option<LoginScreen> {
        let team = entry.team.id.clone();
        let (login, step, cancel) = match (&entry.state.login, &entry.state.problem) {
            (Some(login), _) => {
                let cancel = Button::quiet(words::CANCEL, Click::act(Action::CancelLogin { team: team.clone() }));
                (login.id.0, self.step(entry, login), cancel)
            }
            (None, Some(problem)) => {
                let mut problem = self.problem(problem, Some(entry));
                let again = Button::primary(words::START_AGAIN, Click::act(Action::LogIn { team: team.clone() }));
                let starts = |button: &Button| button.click == again.click;
                if let Some(button) = problem.buttons.iter_mut().find(|button| starts(button)) {
                    if problem.code == "CODE-EXPIRED" {
                        button.label = words::GET_NEW_CODE.into();
                    }
                } else {
                    let tone = if problem.buttons.is_empty() { again.tone } else { super::ButtonTone::Quiet };
                    problem.buttons.push(Button { tone, ..again });
                }
                let close = Button::quiet(words::CLOSE, Click::open(Page::Team { team: team.clone() }));
                (0, LoginStep::Failed { problem }, close)
            }
            (None, None) => return None,
        };
        Some(LoginScreen { team, name: entry.team.name.clone(), login, step, cancel })
    }

    fn step(self, entry: &TeamEntry, login: &Login) -> LoginStep {
        match (&login.asking, &login.step) {
            (Some(question), _) => question_of(question, &entry.team.name),
            (None, Step::Starting) => LoginStep::Busy { text: words::STARTING.into() },
            (None, Step::Checking) => LoginStep::Busy { text: words::CHECKING.into() },
            (None, Step::ShowCode { code, url, complete_url, host, expires, opened }) => {
                let team = entry.team.id.clone();
                let open = if *opened { words::OPEN_AGAIN } else { words::OPEN_PAGE };
                let seconds = expires.duration_since(login.started).as_secs();
                LoginStep::Code {
                    spoken: spell(code),
                    opened: if *opened { words::BROWSER_OPENED } else { words::OPEN_THE_PAGE }.into(),
                    qr: Qr::of(complete_url),
                    qr_alt: format!("QR code for {}; code {}", clean(host), spell(code)),
                    ends: expires.as_millisecond(),
                    lasts: u32::try_from(seconds.max(1)).unwrap_or(u32::MAX),
                    caution: words::CODES_MUST_MATCH,
                    open: Button::primary(open, Click::act(Action::OpenPage { team: team.clone() })),
                    copy: Button::quiet(words::COPY_CODE, Click::act(Action::CopyCode { team: team.clone() })),
                    again: Button::quiet(words::START_AGAIN, Click::StartAgain { team }),
                    code: clean(code),
                    host: clean(host),
                    url: clean(url),
                }
            }
        }
    }
}

fn question_of(question: &Question, team: &str) -> LoginStep {
    match question {
        Question::Password { username, wrong } => LoginStep::Password {
            username: username.as_deref().map(clean).unwrap_or_default(),
            wrong: wrong.then(|| words::PASSWORD_WRONG.to_owned()),
        },
        Question::SendPassword { host, endpoint } => LoginStep::Approve {
            text: format!(
                "{} takes the password only as it is (over TLS), not proven without sending it. It would be sent to this address, now and from now on:",
                menu_name(team)
            ),
            host: clean(host),
            endpoint: clean(endpoint),
        },
        Question::Code { kind, sent_to, wrong } => {
            let to = sent_to.as_deref().map(|to| format!(" to {}", clean(to))).unwrap_or_default();
            LoginStep::OneTime {
                label: match kind {
                    CodeKind::Authenticator => "Code from your authenticator app".to_owned(),
                    CodeKind::Sms => format!("Code sent by SMS{to}"),
                    CodeKind::Email => format!("Code sent by e-mail{to}"),
                },
                hint: match kind {
                    CodeKind::Authenticator => words::CODE_HINT_APP,
                    CodeKind::Sms | CodeKind::Email => words::CODE_HINT_SENT,
                },
                wrong: wrong.then(|| {
                    match kind {
                        CodeKind::Authenticator => words::CODE_WRONG_APP,
                        CodeKind::Sms | CodeKind::Email => words::CODE_WRONG_SENT,
                    }
                    .to_owned()
                }),
                numeric: true,
            }
        }
        Question::NewPassword { username, rules } => {
            LoginStep::NewPassword { username: clean(username), rules: rules.as_deref().map(clean) }
        }
        Question::ChooseFactor { factors } => {
            LoginStep::Factor { factors: factors.iter().map(|kind| factor(*kind)).collect() }
        }
    }
}

fn factor(kind: CodeKind) -> FactorChoice {
    let (label, hint) = match kind {
        CodeKind::Authenticator => ("Authenticator app", "A code from the app on your phone or computer"),
        CodeKind::Sms => ("SMS", "A code sent to your phone"),
        CodeKind::Email => ("E-mail", "A code sent to your mailbox"),
    };
    FactorChoice { kind, label, hint }
}

/// `W, D, D, H, dash, K`: how a code is read aloud.
fn spell(code: &str) -> String {
    let letters: Vec<String> =
        clean(code).chars().map(|c| if c == '-' { "dash".to_owned() } else { c.to_string() }).collect();
    letters.join(", ")
}
