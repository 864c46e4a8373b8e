//! The world of one command: its environment, its files, its keychain, its network and its terminal.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use keyfob_core::doors::environment::Environment;
use keyfob_core::doors::pace::Paces;
use keyfob_core::doors::ports::{Browser, Clock, Files, Http, NoAnswer, Person, Random, Revealed, SecretStore};
use keyfob_core::doors::provider::Cx;
use keyfob_core::face::{problem, talk};
use keyfob_core::hands::config::Config;
use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::hands::sessions::{Keep, Places, Sessions, Unfinished};
use keyfob_core::words::login::Step;
use keyfob_core::words::name::is_same;
use keyfob_core::words::plain;
use keyfob_core::words::problem::{Problem, Remedy};
use keyfob_core::words::question::{Answer, Question};
use keyfob_core::words::secret::Secret;
use keyfob_core::words::team::Team;
use keyfob_platform::harden;

use crate::absent::Unattended;
use crate::ends::Ends;
use crate::paint::red;

/// The team that commands mean where none is named.
pub const IOT_TEAM: &str = "IOT_TEAM";

/// Everything a command may touch. The demo builds another one, with a keychain in memory.
#[derive(Clone)]
pub struct World {
    pub environment: Arc<dyn Environment>,
    pub config: PathBuf,
    pub state: PathBuf,
    pub clock: Arc<dyn Clock>,
    pub files: Arc<dyn Files>,
    pub store: Arc<dyn SecretStore>,
    pub http: Arc<dyn Http>,
    pub paces: Paces,
    pub browser: Arc<dyn Browser>,
    pub random: Arc<dyn Random>,
    pub console: Arc<dyn Console>,
    /// What must not be broken off, and who is to be told of the end.
    pub unfinished: Unfinished,
    pub ends: Ends,
}

/// Where a command's words go and where its answers come from.
pub trait Console: Send + Sync + std::fmt::Debug {
    /// Writes results for other programs: stdout.
    fn result(&self, text: &str) -> io::Result<()>;
    /// Writes words for people, of which only what is plain is shown: stderr. A reader that went away is no failure of the command.
    fn talk(&self, text: &str);
    /// Shows a picture of our own making, colours and all.
    fn draw(&self, picture: &str);
    /// Results go to a terminal.
    fn shows_results(&self) -> bool;
    /// Words go to a terminal.
    fn is_read(&self) -> bool;
    /// Rows and columns of the terminal that a person reads, where that is known.
    fn size(&self) -> Option<(usize, usize)>;
    /// A person reads stderr and can answer on stdin.
    fn has_person(&self) -> bool;
    /// Asks for a line, shown while it is typed.
    fn ask(&self, prompt: &str) -> io::Result<String>;
    /// Asks for a line that is not shown.
    fn ask_secret(&self, prompt: &str) -> io::Result<Secret>;
    /// Reads stdin to its end, 64 KiB at most, without the line end.
    fn read_secret(&self) -> io::Result<Secret>;
}

/// The environment may hold `IOT_PASSWORD`, so it is not shown.
impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("config", &self.config).field("state", &self.state).finish_non_exhaustive()
    }
}

impl World {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The person's time zone, for words only: no decision depends on it (fault F54).
    pub fn time_zone(&self) -> TimeZone {
        keyfob_platform::clock::time_zone()
    }

    pub fn config_file(&self) -> ConfigFile {
        ConfigFile {
            path: self.config.clone(),
            last_good: self.state.join("config.good.toml"),
            lock: self.locks().join("config.lock"),
            files: self.files.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            find: keyfob_providers::find,
        }
    }

    /// The config, or its last good state with a warning: a file that somebody is just editing must not
    /// stop a deploy.
    pub async fn config(&self) -> Result<Config, Problem> {
        self.config_told(talk::problem).await
    }

    /// The same with the warning in these words.
    pub async fn config_told(&self, words: fn(&Problem) -> String) -> Result<Config, Problem> {
        if let Some(by) = self.files.open_to(&self.config) {
            self.console.talk(&talk::open_to(&self.config.display().to_string(), by));
        }
        let (config, broken) = self.config_file().load_or_last_good().await?;
        if let Some(problem) = broken {
            self.console.talk(&words(&problem));
            self.console.talk(talk::LAST_GOOD);
        }
        Ok(config)
    }

    /// The team of that name, for a command that changes something: the file must be readable as it is now.
    pub async fn team(&self, name: &str) -> Result<Team, Problem> {
        let config = self.config_file().load().await?;
        config.team(name).cloned().ok_or_else(|| problem::unknown_team(name, config.nearest(name)))
    }

    pub fn sessions(&self) -> Sessions {
        self.sessions_where(self.console.has_person())
    }

    /// Sessions whose keychain may ask somebody, or nobody.
    pub fn sessions_where(&self, attended: bool) -> Sessions {
        let store = if attended { self.store.clone() } else { Arc::new(Unattended(self.store.clone())) };
        Sessions::new(
            store,
            self.files.clone(),
            self.clock.clone(),
            Places { facts: self.state.join("facts.json"), locks: self.locks() },
            keyfob_providers::find,
            keyfob_providers::tokens(),
            Keep::InKeychain,
        )
        .with_unfinished(self.unfinished.clone())
    }

    /// Does something with the sessions. Where the keychain is closed and a person is here, they are asked to open it,
    /// outside of every lock that others wait for, and it is done once more.
    pub async fn with_sessions<T>(&self, work: impl AsyncFn(&Sessions) -> Result<T, Problem>) -> Result<T, Problem> {
        let sessions = self.sessions();
        match work(&sessions).await {
            Err(problem) if problem.remedy == Remedy::Unlock && self.console.has_person() => {
                self.console.talk(talk::UNLOCKING);
                self.store.for_person().ready().await.map_err(|e| problem::of_store(&e))?;
                work(&sessions).await
            }
            outcome => outcome,
        }
    }

    pub fn cx(&self, person: Arc<dyn Person>, browser: Arc<dyn Browser>) -> Cx {
        Cx {
            callback: Arc::new(keyfob_platform::callback::Loopback),
            clock: self.clock.clone(),
            http: self.http.clone(),
            paces: self.paces.clone(),
            person,
            browser,
            random: self.random.clone(),
            environment: self.environment.clone(),
        }
    }

    /// A context for work that must never bother a person.
    pub fn quiet_cx(&self) -> Cx {
        self.cx(Arc::new(Unasked(self.console.clone())), self.browser.clone())
    }

    /// A variable as it is, which may be no text.
    pub fn raw(&self, name: &str) -> Option<OsString> {
        self.environment.raw(name)
    }

    pub fn is_set(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// A variable that must be text.
    pub fn var(&self, name: &str) -> Result<Option<String>, Problem> {
        let said = self.environment.text(&[name]).map_err(|e| problem::not_text(&e.variable))?;
        Ok(said.map(|said| said.value))
    }

    pub fn result(&self, text: &str) -> Result<(), Problem> {
        self.console.result(text).map_err(|e| problem::stdout_closed(&e.to_string()))
    }

    /// Writes a result that people read.
    pub fn show(&self, text: &str) -> Result<(), Problem> {
        self.result(&plain::lines(text))
    }

    /// Writes a result that programs read, and people may look at.
    pub fn json(&self, value: &serde_json::Value) -> Result<(), Problem> {
        self.result(&plain::json(&format!("{value:#}\n")))
    }

    /// A file is where it is because a variable says so: that is named with it.
    pub fn with_source(&self, problem: Problem) -> Problem {
        let is_of_file = problem.code.starts_with("FILE-") || problem.code.starts_with("CONFIG-");
        let text = format!("{} {}", problem.title, problem.detail);
        let led = ["XDG_CONFIG_HOME", "XDG_STATE_HOME"].into_iter().find_map(|name| {
            let folder = self.raw(name)?.to_string_lossy().into_owned();
            (is_of_file && text.contains(&format!("{folder}/"))).then_some((name, folder))
        });
        match led {
            Some((name, folder)) => problem::file_from(problem, name, &folder),
            None => problem,
        }
    }

    /// Shows a problem the way all of them are shown.
    pub fn tell(&self, problem: &Problem) {
        let text = talk::problem(problem);
        match text.strip_prefix(talk::CROSS) {
            Some(rest) if self.has_colours(self.console.is_read()) => {
                self.console.draw(&format!("{}{}", red(talk::CROSS), plain::lines(rest)));
            }
            _ => self.console.talk(&text),
        }
    }

    /// The team meant by a command: named, by `IOT_TEAM`, the one used last, which is then said, or chosen by a person.
    pub async fn which<'a>(&self, config: &'a Config, named: Option<&str>) -> Result<&'a Team, Problem> {
        // A variable may hold the name that the iot CLI knows the team by.
        let found =
            |name: &str| config.team(name).or_else(|| config.teams.iter().find(|t| is_same(t.iot_team(), name)));
        if let Some(name) = named {
            return found(name).ok_or_else(|| problem::unknown_team(name, config.nearest(name)));
        }
        if let Some(name) = self.var(IOT_TEAM)? {
            return found(&name).ok_or_else(|| problem::unknown_team_in(IOT_TEAM, &name, config.nearest(&name)));
        }
        let last = self.sessions().facts().last;
        let used = config.teams.iter().find(|t| Some(&t.id) == last.as_ref());
        let found = match (config.teams.as_slice(), used) {
            ([only], _) => only,
            (_, Some(used)) => used,
            _ => return self.chosen(config).await,
        };
        self.console.talk(&talk::using(&found.name));
        Ok(found)
    }

    fn locks(&self) -> PathBuf {
        self.state.join("locks")
    }
}

/// The person behind a command that asks nothing: they are told what it waits for.
#[derive(Debug)]
struct Unasked(Arc<dyn Console>);

#[async_trait]
impl Person for Unasked {
    fn show(&self, step: &Step) {
        if *step == Step::Keeping {
            self.0.talk(talk::KEEPING);
        }
    }

    async fn ask(&self, _: Question) -> Result<Answer, NoAnswer> {
        Err(NoAnswer::Nobody)
    }

    async fn ask_showing(&self, _: Question, _: Revealed) -> Result<Answer, NoAnswer> {
        Err(NoAnswer::Nobody)
    }
}

/// Runs the async part of a command on this thread, until it is done or a signal ends it.
pub fn block_on<T>(world: &World, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    harden::check_limits(harden::COMMAND).map_err(|e| problem::system(&e.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| problem::system(&e.to_string()))?;
    let outcome = runtime.block_on(async {
        harden::outlive_file_limit();
        let mut work = std::pin::pin!(work);
        tokio::select! {
            biased;
            outcome = &mut work => outcome,
            exit = world.ends.hear(&world.unfinished, |words| world.console.talk(words)) => tokio::select! {
                biased;
                // It may have a last word.
                outcome = &mut work => outcome,
                () = tokio::task::yield_now() => Err(problem::silent(exit)),
            },
        }
    });
    // A keychain that hangs must not hold up the end of the command (security D6).
    runtime.shutdown_background();
    outcome
}

/// The terminal this process was started in.
#[derive(Debug)]
pub struct Terminal;

impl Console for Terminal {
    /// A reader that went away has what it wanted: that is no error (fault F222).
    fn result(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome,
        }
    }

    fn talk(&self, text: &str) {
        let _ = io::stderr().lock().write_all(plain::lines(text).as_bytes());
    }

    fn draw(&self, picture: &str) {
        let _ = io::stderr().lock().write_all(picture.as_bytes());
    }

    fn shows_results(&self) -> bool {
        io::stdout().is_terminal()
    }

    fn is_read(&self) -> bool {
        io::stderr().is_terminal()
    }

    fn size(&self) -> Option<(usize, usize)> {
        let (rows, columns) = console::Term::stderr().size_checked()?;
        (rows > 0 && columns > 0).then_some((rows.into(), columns.into()))
    }

    fn has_person(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn ask(&self, prompt: &str) -> io::Result<String> {
        self.talk(prompt);
        let mut line = String::new();
        if io::stdin().read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim().to_owned())
    }

    fn ask_secret(&self, prompt: &str) -> io::Result<Secret> {
        #[cfg(unix)]
        return crate::echo::ask(prompt);
        #[cfg(not(unix))]
        {
            self.talk(prompt);
            let answer = rpassword::read_password().map(Secret::new);
            self.talk("\n");
            answer
        }
    }

    fn read_secret(&self) -> io::Result<Secret> {
        let mut text = String::new();
        io::stdin().lock().take(64 * 1024).read_to_string(&mut text)?;
        while text.ends_with(['\n', '\r']) {
            text.pop();
        }
        Ok(Secret::new(text))
    }
}
