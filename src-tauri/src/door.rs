//! The door to the window: keeps its desk, starts `keyfob-window` when somebody wants to look, and runs its errands.

use keyfob_core::words::notice::Kind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use keyfob_core::doors::pipe::Reveal;
use keyfob_core::doors::ports::Clock;
use keyfob_core::face::window::{Around, Desk, Down, Errand, View, view};
use keyfob_core::face::{notice, problem};
use keyfob_core::mind::event::Event;
use keyfob_core::mind::expiry::LOOK_EVERY;
use keyfob_core::mind::model::Model;
use keyfob_core::words::prefs::Theme;
use keyfob_core::words::problem::Problem;
use keyfob_platform::clock;
use keyfob_platform::place::Whereabouts;
use tokio::sync::mpsc;

use crate::errands::Errands;
use crate::pipe::{Came, Pipe};
use crate::say::{Say, Window};
use crate::{autostart, beside};

/// Starts the task that keeps the desk; no window yet. Must be called inside a tokio runtime.
pub fn keep_desk(errands: Errands, model: Arc<Model>, theme: Theme, place: Whereabouts) -> Window {
    let (window, said) = Window::new();
    let room = Room {
        around: Around {
            shell: Some(errands.shell.shell()),
            theme,
            start_at_login: autostart::is_on(&errands.env),
            demo: errands.demo,
            config_path: errands.config_path(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        desk: Desk::default(),
        model,
        errands,
        pipe: None,
        started: Instant::now(),
        wanted: Instant::now(),
        number: 0,
        sent: None,
        own: window.clone(),
        place,
        program: beside::other("keyfob-window"),
    };
    tokio::spawn(room.run(said));
    window
}

/// A window that ends so soon after a click did not see the click.
const JUST_NOW: Duration = Duration::from_secs(1);

/// Everything about the window, whether there is one or not.
struct Room {
    desk: Desk,
    model: Arc<Model>,
    around: Around,
    errands: Errands,
    pipe: Option<Pipe>,
    /// When the window was started, and when somebody last wanted to see it.
    started: Instant,
    wanted: Instant,
    /// Counts the windows: what an earlier one still says is not for the present one.
    number: u64,
    sent: Option<View>,
    own: Window,
    place: Whereabouts,
    program: std::io::Result<PathBuf>,
}

impl Room {
    async fn run(mut self, mut said: mpsc::UnboundedReceiver<Say>) {
        loop {
            let (wait, clock) = (self.wait(), self.errands.clock.clone());
            let say = tokio::select! {
                say = said.recv() => say,
                () = sleep(&*clock, wait) => {
                    self.tick();
                    continue;
                }
            };
            match say {
                None => return,
                Some(Say::End(done)) => {
                    self.end(&mut said).await;
                    let _ = done.send(());
                    return;
                }
                Some(say) => self.hear(say),
            }
            self.show();
        }
    }

    fn hear(&mut self, say: Say) {
        let now = self.now();
        match say {
            Say::Drawn(model) => self.model = model,
            Say::Open(page) => {
                self.desk.open(page);
                self.raise();
            }
            Say::Raise => self.raise(),
            // One on the display of before would open where nobody looks; what it showed stands on the desk.
            Say::Moved => {
                (self.pipe, self.sent) = (None, None);
                self.number += 1;
            }
            Say::Tell(notice) => {
                // Nobody shows notices, so an answer to a click opens the window; states are in the tray.
                if self.pipe.is_none() && matches!(notice.kind, Kind::Failed | Kind::Done) {
                    self.raise();
                }
                self.desk.say_notice(&notice, now);
            }
            Say::LookForTeams => {
                let errand = self.desk.look_for_teams();
                self.perform(vec![errand]);
            }
            Say::Came(number, came) if number == self.number => match came {
                Came::Up(up) => {
                    let errands = self.desk.take(up, &self.model, now);
                    self.perform(errands);
                }
                Came::Ended { well } => self.ended(well),
            },
            Say::Came(..) => {}
            Say::Done(outcome) => outcome(&mut self.desk, now),
            Say::End(_) => {}
        }
    }

    fn now(&self) -> Timestamp {
        self.errands.clock.now()
    }

    fn tick(&mut self) {
        let errands = self.desk.tick(self.now());
        self.perform(errands);
        self.show();
    }

    /// Until something on the desk is due or a time that is shown may have changed; `None` while nobody looks.
    fn wait(&self) -> Option<Duration> {
        let now = self.now();
        let due = self.desk.wake_at().map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default());
        let minute = self.pipe.as_ref().map(|_| LOOK_EVERY.unsigned_abs());
        due.into_iter().chain(minute).min()
    }

    fn raise(&mut self) {
        self.wanted = Instant::now();
        if self.pipe.is_none() {
            self.started = self.wanted;
            let number = self.number + 1;
            let own = self.own.clone();
            let started = match &self.program {
                Ok(program) => Pipe::start(program, &self.place, move |came| own.say(Say::Came(number, came))),
                Err(error) => Err(std::io::Error::new(error.kind(), error.to_string())),
            };
            match started {
                Ok(pipe) => {
                    (self.number, self.sent) = (number, None);
                    self.pipe = Some(pipe);
                }
                Err(error) => return self.failed(&problem::no_window(&error.to_string())),
            }
        }
        self.show();
        if let Some(pipe) = &mut self.pipe {
            pipe.send(&Down::Raise { token: self.place.token() });
        }
    }

    /// Sends the view when it is another one than the window has.
    fn show(&mut self) {
        let now = self.now();
        let Some(pipe) = &mut self.pipe else { return };
        let view = view(&self.model, &self.desk, &self.around, now, &clock::time_zone());
        if self.sent.as_ref() != Some(&view) {
            // A secret goes before the question that it is shown with, past the view.
            if let Some(login) = view.reveals()
                && let Some(shown) = self.errands.door.revealed(login)
            {
                pipe.write(Reveal::line(login, &shown));
            }
            pipe.send(&Down::View { view: view.clone() });
            self.sent = Some(view);
        }
    }

    fn ended(&mut self, well: bool) {
        (self.pipe, self.sent) = (None, None);
        self.errands.door.send(Event::FocusChanged { focused: false });
        if !well {
            self.failed(&problem::window_ended());
        } else if self.wanted.elapsed() < JUST_NOW && self.started.elapsed() > JUST_NOW {
            // Its hidden minute was over in the very moment of the click.
            self.raise();
        }
    }

    /// There is no window to say it in.
    fn failed(&self, problem: &Problem) {
        use keyfob_core::hands::engine::Surroundings as _;
        self.errands.shell.notify(&notice::of_failed(problem));
    }

    fn perform(&mut self, errands: Vec<Errand>) {
        for errand in errands {
            match &errand {
                Errand::SetShell(shell) => {
                    self.around.shell = Some(*shell);
                    self.errands.shell.set_shell(*shell);
                    self.errands.shell.draw(&self.model, self.now());
                }
                Errand::SetTheme(theme) => self.around.theme = *theme,
                Errand::StartAtLogin(on) => match autostart::set(&self.errands.env, *on) {
                    Ok(()) => self.around.start_at_login = Some(*on),
                    Err(error) => self.desk.say_problem(&problem::no_autostart(&error.to_string()), self.now()),
                },
                _ => {}
            }
            let own = self.own.clone();
            self.errands.run(errand, move |outcome| own.say(Say::Done(outcome)));
        }
    }

    async fn end(&mut self, said: &mut mpsc::UnboundedReceiver<Say>) {
        for errand in self.desk.finish_removal() {
            self.errands.finish(errand).await;
        }
        let Some(pipe) = &mut self.pipe else { return };
        pipe.end();
        while let Some(say) = said.recv().await {
            if matches!(say, Say::Came(number, Came::Ended { .. }) if number == self.number) {
                return;
            }
        }
    }
}

async fn sleep(clock: &dyn Clock, wait: Option<Duration>) {
    match wait {
        Some(wait) => clock.sleep(wait).await,
        None => std::future::pending().await,
    }
}
