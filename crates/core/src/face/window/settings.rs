//! What a person can set, and what there is to know about the keychain.

use crate::face::closed::closed;
use crate::face::problem;
use serde::Serialize;

use super::{At, Button, Choice, Detail, ProblemView, Toggle, Tone, words};
use crate::doors::pipe::Click;
use crate::face::phrase::Icon;
use crate::mind::model::Keychain;
use crate::words::action::Action;
use crate::words::prefs::{Prefs, Theme};
use crate::words::shell::Shell;

/// The lead times to choose from, in minutes (experience B5).
const WARN: [u16; 5] = [5, 10, 15, 30, 60];

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Settings {
    pub toggles: Vec<Toggle>,
    pub warn: Vec<Choice>,
    pub early_hint: Toggle,
    pub shells: Vec<Choice>,
    pub themes: Vec<Choice>,
    pub keychain: KeychainScreen,
    pub problem: Option<ProblemView>,
    pub about: Vec<Detail>,
}

/// How the keychain stands, and what to do when it does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KeychainScreen {
    pub icon: Icon,
    pub tone: Tone,
    pub title: String,
    pub detail: String,
    pub hint: String,
    pub code: String,
    pub buttons: Vec<Button>,
    /// What the keychain is for, in a few sentences.
    pub why: Vec<&'static str>,
}

impl At<'_> {
    pub(super) fn settings(self) -> Settings {
        let prefs = &self.model.prefs;
        let set = |prefs: Prefs| Click::SetPrefs { prefs };
        let mut toggles = vec![Toggle {
            label: words::AUTO_RENEW,
            hint: words::AUTO_RENEW_HINT,
            on: prefs.auto_renew,
            click: set(Prefs { auto_renew: !prefs.auto_renew, ..prefs.clone() }),
        }];
        if let Some(on) = self.around.start_at_login {
            toggles.push(Toggle {
                label: words::START_AT_LOGIN,
                hint: words::START_AT_LOGIN_HINT,
                on,
                click: Click::StartAtLogin { on: !on },
            });
        }
        let shell = self.around.shell();
        let mut minutes = WARN.to_vec();
        if !minutes.contains(&prefs.warn_minutes) {
            minutes.push(prefs.warn_minutes);
            minutes.sort_unstable();
        }
        let about = [(words::CONFIG_FILE, &self.around.config_path), (words::VERSION, &self.around.version)];
        Settings {
            toggles,
            warn: minutes
                .into_iter()
                .map(|warn_minutes| Choice {
                    label: format!("{warn_minutes} min"),
                    click: set(Prefs { warn_minutes, ..prefs.clone() }),
                    current: prefs.warn_minutes == warn_minutes,
                })
                .collect(),
            early_hint: Toggle {
                label: words::EARLY_HINT,
                hint: words::EARLY_HINT_HINT,
                on: prefs.early_hint,
                click: set(Prefs { early_hint: !prefs.early_hint, ..prefs.clone() }),
            },
            shells: Shell::offered()
                .map(|one| Choice {
                    label: one.label().into(),
                    click: Click::SetShell { shell: one },
                    current: one.label() == shell.label(),
                })
                .collect(),
            themes: [
                (Theme::System, words::THEME_SYSTEM),
                (Theme::Light, words::THEME_LIGHT),
                (Theme::Dark, words::THEME_DARK),
            ]
            .into_iter()
            .map(|(theme, label)| Choice {
                label: label.into(),
                click: Click::SetTheme { theme },
                current: self.around.theme == theme,
            })
            .collect(),
            keychain: self.keychain(),
            problem: self.model.config_problem.as_ref().map(|problem| self.problem(problem, None)),
            about: about
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(label, value)| Detail { label: label.into(), value: value.clone() })
                .collect(),
        }
    }

    pub(super) fn keychain(self) -> KeychainScreen {
        let unlock = Button::primary(words::UNLOCK, Click::act(Action::Unlock));
        let again = Button::primary(words::TRY_AGAIN, Click::act(Action::RetryNow));
        let screen = |icon, tone, title: &str, detail: &str, hint: &str, code: &str, buttons| KeychainScreen {
            icon,
            tone,
            title: title.into(),
            detail: detail.into(),
            hint: hint.into(),
            code: code.into(),
            buttons,
            why: vec![words::KEYCHAIN_FOR, words::KEYCHAIN_PROMPT, words::KEYCHAIN_NEVER_PLAIN],
        };
        match &self.model.keychain {
            Keychain::Works => {
                screen(Icon::Solid, Tone::Ok, words::KEYCHAIN_WORKS, words::KEYCHAIN_WORKS_DETAIL, "", "", Vec::new())
            }
            Keychain::Locked | Keychain::NotGranted => {
                let (title, code) = closed(&self.model.keychain).map(|c| (c.title, c.code)).unwrap_or_default();
                let names = self.model.teams.iter().filter(|e| e.state.session.is_some()).map(|e| &e.team.name);
                let detail = super::banner::waiting(names);
                screen(Icon::Lock, Tone::Warn, title, &detail, "", code, vec![unlock])
            }
            Keychain::MemoryOnly => {
                let p = problem::in_memory();
                screen(Icon::Lock, Tone::Warn, &p.title, words::MEMORY_ONLY, &p.hint, &p.code, vec![again])
            }
            Keychain::Trouble(p) => {
                screen(Icon::Cross, Tone::Danger, &p.title, &p.detail, &p.hint, &p.code, vec![again])
            }
        }
    }
}
