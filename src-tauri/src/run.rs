//! The life of the tray program: from the first icon to the last word.

use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[cfg(unix)]
use keyfob_core::doors::ports::{Files, Nobody};
#[cfg(target_os = "linux")]
use keyfob_core::face::problem;
use keyfob_core::face::tray::Options;
use keyfob_core::hands::engine::{Door, Engine, Needed, SessionHands, World};
use keyfob_core::hands::sessions::Sessions;
use keyfob_core::mind::event::Event;
use keyfob_core::mind::model::Model;
use keyfob_core::words::action::{Action, Page};
use keyfob_core::words::facts::TeamFacts;
use keyfob_core::words::problem::Problem;
use keyfob_core::words::team::Team;
#[cfg(target_os = "linux")]
use keyfob_platform::bus::{Bus, News};
use keyfob_platform::clipboard::SystemClipboard;
use keyfob_platform::clock::SystemClock;
use keyfob_platform::files;
use keyfob_platform::instance::Instance;
#[cfg(unix)]
use keyfob_platform::instance::{Ask, Caller};
use keyfob_platform::notify::{Heard, Notices};
#[cfg(unix)]
use keyfob_platform::place::Place;
use keyfob_platform::place::Whereabouts;
use tokio::task::JoinHandle;

use crate::door::keep_desk;
use crate::errands::Errands;
use crate::ground::Ground;
use crate::looks::Looks;
use crate::remember::Remember;
use crate::say::Window;
use crate::settings::Settings;
use crate::shell::Desktop;
use crate::{autostart, config, tray, watch};

/// The end must not take longer than a person or a session manager waits, whatever hangs.
const GOODBYE: Duration = Duration::from_millis(1500);

/// Runs until somebody quits, or the person's session is over.
pub async fn run(ground: Ground, instance: Instance, background: bool, tray: tray::Tray) -> Result<(), Problem> {
    let files: Arc<dyn Files> = Arc::new(files::DiskFiles);
    let (clock, store, places, env) = (&ground.clock, &ground.store, &ground.places, &ground.env);
    let config_file = ground.config_file();
    let sessions = Arc::new(ground.sessions());
    let cx = ground.cx(Arc::new(Nobody));

    let settings = Settings::load(&*files, &places.config, env);
    let (teams, broken) = config::read(&config_file).await;
    forget_lost(&sessions, &teams).await;
    let mut model =
        Model::of(teams, &sessions.facts(), keyfob_providers::registry().iter().map(|p| p.about()).collect());
    model.prefs = settings.prefs.clone();
    // Where everything renews by itself, nobody would see the warning that the demo is there to show.
    model.prefs.auto_renew &= !ground.demo;
    model.config_problem = broken;
    let remember = Remember::load(files.clone(), places.state.join(crate::remember::FILE));
    remember.recall(&mut model);

    let clipboard = SystemClipboard::new(Arc::new(SystemClock));
    let shell = Arc::new(Desktop::new(tray.faces(), clipboard.clone(), settings.shell, remember, ground.demo));
    let hands = Arc::new(SessionHands { sessions: sessions.clone(), store: store.clone(), cx: cx.clone() });
    let world = World {
        clock: clock.clone(),
        hands,
        shell: shell.clone(),
        browser: cx.browser.clone(),
        options: Options { shell: settings.shell, demo: ground.demo },
    };
    // Shown before anything else is looked at.
    shell.draw(&model, clock.now());
    let no_teams = model.teams.is_empty();
    let known = model.teams.iter().map(|entry| entry.team.clone()).collect::<Vec<_>>();
    let (engine, door) = Engine::new(model.clone(), world);
    #[cfg(target_os = "linux")]
    let (bus, over) = keep_bus(&ground, door.clone());
    #[cfg(target_os = "linux")]
    let shown = tray.show(door.clone(), bus.clone(), ground.place.clone());
    #[cfg(not(target_os = "linux"))]
    let shown = tray.show(door.clone());

    let errands = Errands {
        config: config_file.clone(),
        sessions: sessions.clone(),
        cx,
        door: door.clone(),
        shell: shell.clone(),
        files,
        env: env.clone(),
        clock: clock.clone(),
        looks: Looks::default(),
        demo: ground.demo,
        settings: places.config.with_file_name(crate::settings::FILE),
    };
    let window = keep_desk(errands, Arc::new(model), settings.theme, ground.place.clone());
    let hear = hear(door.clone(), window.clone(), ground.place.clone());
    #[cfg(target_os = "linux")]
    let notices = Notices::start(bus, hear);
    #[cfg(not(target_os = "linux"))]
    let notices = Notices::start(hear);
    shell.connect(notices.clone(), window.clone());
    if no_teams {
        window.look_for_teams();
    }
    let listening = listen(instance, window.clone(), door.clone(), ground.place.clone());
    end_on_signals(door.clone());
    if !ground.demo
        && let Err(error) = autostart::mend(env)
    {
        crate::note(&format!("the entry that starts this program at login leads nowhere: {error}"));
    }
    relearn(sessions.clone(), known, door.clone());
    let watching = watch::start(config_file.clone(), &places.state, door.clone());
    if !background {
        door.click(Action::Open { page: Page::Home });
    }

    let goodbye = async {
        shell.leaving().await;
        // Whoever starts the program from now on starts another one.
        listening.abort();
        // Whatever hangs now hangs alone.
        let all = async { tokio::join!(window.end(), notices.end(), clipboard.end(), shown.end()) };
        let _ = tokio::time::timeout(GOODBYE, all).await;
    };
    tokio::join!(engine.run(), goodbye);

    drop(watching);
    forget_lost(&sessions, &config::read(&config_file).await.0).await;
    #[cfg(target_os = "linux")]
    if over.load(Ordering::Relaxed) {
        return Err(problem::session_over());
    }
    Ok(())
}

/// Keeps the session bus, and says to whoever started the program when it goes. The flag is set when the session is
/// over: then the program quits.
#[cfg(target_os = "linux")]
fn keep_bus(ground: &Ground, door: Door) -> (Bus, Arc<AtomicBool>) {
    let over = Arc::new(AtomicBool::new(false));
    let is_over = over.clone();
    let bus = Bus::keep(ground.place.clone(), move |news| match news {
        News::Gone => crate::tell(&problem::bus_gone()),
        News::Back => crate::note("the session bus is back"),
        News::SessionOver => {
            is_over.store(true, Ordering::Relaxed);
            door.click(Action::Quit);
        }
    });
    (bus, over)
}

/// A session that was in the memory of a tray program only is gone with it, whatever the facts still say.
async fn forget_lost(sessions: &Sessions, teams: &[Team]) {
    let facts = sessions.facts();
    let lost = |team: &&Team| facts.teams.get(&team.id).is_some_and(|facts| facts.memory_only);
    for team in teams.iter().filter(lost) {
        // The facts only repeat what keychain and server say: the next renewal finds out as well.
        let _ =
            sessions.note(team, |facts| *facts = TeamFacts { name: facts.name.clone(), ..TeamFacts::default() }).await;
    }
}

/// What the facts do not say is found out from the keychain, beside everything else (fault F104).
fn relearn(sessions: Arc<Sessions>, teams: Vec<Team>, door: Door) {
    tokio::spawn(async move {
        let before = sessions.facts();
        if sessions.relearn(&teams).await != before {
            door.send(Event::Ticked);
        }
    });
}

/// What notices lead to.
fn hear(door: Door, window: Window, place: Whereabouts) -> impl Fn(Heard) + Send + Sync + 'static {
    move |heard| match heard {
        Heard::Clicked(action) => door.click(action),
        Heard::Closed(notice) => door.send(Event::NoticeClosed { notice }),
        Heard::Lost(notice) => door.send(Event::NoticeLost { notice }),
        Heard::Undelivered(notice) => {
            door.send(Event::NoticeLost { notice: notice.id.clone() });
            window.tell(notice);
        }
        Heard::Returned => door.send(Event::NoticesReturned),
        Heard::Token(token) => place.clicked(token),
    }
}

/// Hears what later starts ask for.
fn listen(instance: Instance, window: Window, door: Door, place: Whereabouts) -> JoinHandle<()> {
    #[cfg(unix)]
    let listening = tokio::spawn(async move {
        match keyfob_platform::instance::Listening::start(&instance) {
            Ok(mut listening) => loop {
                match listening.next().await {
                    (Ask::Raise { from }, _) => {
                        go_to(from, &place, &window);
                        window.raise();
                    }
                    (Ask::Open { open, from }, _) => {
                        go_to(from, &place, &window);
                        window.open(open);
                    }
                    (Ask::Here { from }, _) => {
                        // Nobody asked for anything: where there is a display, that one goes on being the place.
                        #[cfg(target_os = "linux")]
                        if !place.place().is_there().await {
                            go_to(from, &place, &window);
                        }
                        #[cfg(not(target_os = "linux"))]
                        drop(from);
                    }
                    (Ask::Need { team }, caller) => {
                        tokio::spawn(wait_for_person(door.need(team, caller.tool()), caller));
                    }
                }
            },
            // The tray works without; the instance must be held on to all the same.
            Err(error) => {
                crate::note(&format!("nobody can be heard: {error}"));
                std::future::pending::<()>().await;
            }
        }
        drop(instance);
    });
    #[cfg(not(unix))]
    let listening = tokio::spawn(async move {
        let _ = (window, door, place);
        std::future::pending::<()>().await;
        drop(instance);
    });
    listening
}

/// Shows everything where the person asked from.
#[cfg(unix)]
fn go_to(from: Place, place: &Whereabouts, window: &Window) {
    if place.came(from) {
        window.moved();
    }
}

/// Lets a tool wait for somebody to log in, as long as it does.
#[cfg(unix)]
async fn wait_for_person(mut needed: Needed, mut caller: Caller) {
    let come = tokio::select! {
        come = needed.answer() => come,
        () = caller.gone() => return,
    };
    caller.answer(come).await;
}

/// A session manager says it by a signal; the second time somebody is in a hurry.
fn end_on_signals(door: Door) {
    #[cfg(unix)]
    for kind in [
        tokio::signal::unix::SignalKind::terminate(),
        tokio::signal::unix::SignalKind::interrupt(),
        tokio::signal::unix::SignalKind::hangup(),
    ] {
        let door = door.clone();
        if let Ok(mut signal) = tokio::signal::unix::signal(kind) {
            tokio::spawn(async move {
                signal.recv().await;
                door.click(Action::Quit);
                signal.recv().await;
                std::process::exit(1);
            });
        }
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            door.click(Action::Quit);
        }
    });
}
