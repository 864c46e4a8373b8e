//! The demo on a virtual display: somebody clicks through a day with Keyfob, and each step leaves a picture.

use std::path::Path;
use std::time::Duration;

use keyfob_core::doors::ports::Clock;
use keyfob_core::face::problem;
use keyfob_core::face::problem::DemoStop;
use keyfob_core::face::talk::demo as words;
use keyfob_core::words::problem::Problem;
use keyfob_sandbox::DEMO_PASSWORD;

use super::app::App;
use super::eyes::Sight;
use super::patience::until;
use super::stage::{Stage, failed};
use super::tray::Tray;
use crate::world::{World, block_on};

/// Between two minutes of the fast clock.
const TICK: Duration = Duration::from_millis(60);
/// The class of the notification server's windows.
const NOTICES: &str = "xfce4-notifyd";
/// The class of the windows of the tray: its icons, their tooltips and their menus.
const TRAY: &str = "wrapper-2.0";
/// A menu of ours is higher than any tooltip.
const MENU_HEIGHT: i32 = 120;

/// Plays it, and leaves `01-….png` and so on in the folder.
pub fn run(world: &World, folder: &Path) -> Result<(), Problem> {
    block_on(world, async {
        std::fs::create_dir_all(folder).map_err(|e| failed(&folder.display().to_string(), &e))?;
        tell(world, &words::virtual_display(&folder.display().to_string()));
        let stage = Stage::build(&*world.clock).await?;
        let app = App::start(|program| stage.command(program))?;
        let tray = Tray::of(&stage.bus, app.pid()).await?;
        Journey { world, folder, stage, app, tray, number: 0, notices: Vec::new(), seen: None }.play().await
    })
}

/// All of it goes to stdout, as in the demo for the terminal. A reader that went away hears no more of it.
fn tell(world: &World, text: &str) {
    let _ = world.console.result(text);
}

struct Journey<'a> {
    world: &'a World,
    folder: &'a Path,
    app: App,
    tray: Tray,
    number: usize,
    /// The windows of the notices when they were looked for last.
    notices: Vec<String>,
    /// What the window showed when it was looked at last.
    seen: Option<Sight>,
    stage: Stage,
}

impl Journey<'_> {
    async fn play(&mut self) -> Result<(), Problem> {
        self.look_around().await?;
        self.log_in_by_code().await?;
        self.copy_a_line().await?;
        self.until_one_ends().await?;
        self.log_in_by_password().await?;
        self.renew_from_the_notice().await?;
        self.quit().await
    }

    async fn look_around(&mut self) -> Result<(), Problem> {
        self.until("acme-prod").await?;
        let window = self.window("Teams").await?;
        self.new_notice().await?;
        let icon = self.stage.window(self.clock(), "--class", TRAY).await?;
        self.stage.painted(self.clock(), &icon, None).await?;
        self.show("four-teams", words::FOUR_TEAMS)?;

        let [left, top, width, height] = self.stage.place(&icon)?;
        self.stage.click(left + width / 2, top + height / 2, 3)?;
        let menu = self.menu(&[]).await?;
        self.stage.hand(&["key", "Down", "Down", "Down", "Right"])?;
        let submenu = self.menu(&[&menu]).await?;
        self.stage.painted(self.clock(), &menu, None).await?;
        self.show("menu", words::MENU)?;
        self.stage.hand(&["key", "Escape", "Escape"])?;
        self.gone("--class", TRAY, &submenu).await?;
        self.gone("--class", TRAY, &menu).await?;
        self.stage.let_go()?;
        self.close_window(&window).await
    }

    async fn log_in_by_code(&mut self) -> Result<(), Problem> {
        self.click(&["field-lab", "Log in again"]).await?;
        self.until("Check the page shows").await?;
        let page = self.stage.window(self.clock(), "--name", "Approve this sign-in").await?;
        self.stage.painted(self.clock(), &page, None).await?;
        self.new_notice().await?;
        self.show("code", words::CODE)?;
        self.click(&["Show code and QR"]).await?;
        let window = self.window("Log in to field-lab").await?;
        self.show("code-and-qr", words::CODE_AND_QR)?;

        self.stage.hand(&["windowactivate", "--sync", &page, "key", "Tab", "Tab", "Return"])?;
        self.until("● field-lab").await?;
        self.stage.hand(&["windowclose", &page])?;
        self.changed(&window).await?;
        self.show("logged-in", words::LOGGED_IN)?;
        self.close_window(&window).await
    }

    async fn copy_a_line(&mut self) -> Result<(), Problem> {
        let line = "export IOT_TEAM=field-lab";
        self.click(&[&format!("Copy {line}")]).await?;
        let stage = &self.stage;
        let copied =
            until(self.clock(), line, async || stage.clipboard().ok().filter(|there| there.trim() == line)).await?;
        let pasted = format!("{copied}; printf %s \"$IOT_TEAM\"");
        let shell = self.stage.command("sh").args(["-c", &pasted]).output();
        let shell = shell.map_err(|e| failed("sh", &e))?;
        self.new_notice().await?;
        self.show("copied", &words::copied(line, &String::from_utf8_lossy(&shell.stdout)))
    }

    async fn until_one_ends(&mut self) -> Result<(), Problem> {
        self.run_clock("▲ acme-staging").await?;
        self.new_notice().await?;
        self.show("ended", words::ENDED)
    }

    async fn log_in_by_password(&mut self) -> Result<(), Problem> {
        self.click(&["sensors", "Log in"]).await?;
        let window = self.window("Log in to sensors").await?;
        self.stage.types("tom")?;
        self.changed(&window).await?;
        self.stage.hand(&["key", "Tab"])?;
        self.stage.types(DEMO_PASSWORD)?;
        self.changed(&window).await?;
        self.show("password", words::PASSWORD)?;

        self.stage.hand(&["key", "Return"])?;
        self.until("Code needed").await?;
        self.changed(&window).await?;
        let code = self.app.code("tom");
        self.stage.types(&code)?;
        self.changed(&window).await?;
        self.show("one-time-code", words::ONE_TIME_CODE)?;

        self.stage.hand(&["key", "Return"])?;
        self.until("● sensors").await?;
        self.changed(&window).await?;
        self.show("team", words::TEAM)?;
        self.close_window(&window).await
    }

    async fn renew_from_the_notice(&mut self) -> Result<(), Problem> {
        self.notices = self.stage.windows("--class", NOTICES);
        self.run_clock("◔ field-lab").await?;
        let notice = self.new_notice().await?;
        self.show("ends-soon", words::ENDS_SOON)?;
        self.stage.press_middle_button(&notice)?;
        self.until("● field-lab").await?;
        self.gone("--class", NOTICES, &notice).await?;
        self.new_notice().await?;
        self.show("renewed", words::RENEWED)?;
        self.click(&["Settings"]).await?;
        self.window("Settings").await?;
        self.show("settings", words::SETTINGS)
    }

    async fn quit(&mut self) -> Result<(), Problem> {
        self.tray.click(&["Quit"]).await?;
        let mut well = None;
        for _ in 0..100 {
            well = self.app.ended();
            if well.is_some() {
                break;
            }
            self.clock().sleep(TICK).await;
        }
        if well != Some(true) {
            return Err(problem::demo_stopped(DemoStop::Ended));
        }
        tell(self.world, &words::journey_over(&self.folder.display().to_string()));
        Ok(())
    }

    /// Takes the picture of a step and says what it shows. Whoever calls has waited until it is there to be seen.
    fn show(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        self.number += 1;
        let file = self.folder.join(format!("{:02}-{name}.png", self.number));
        self.stage.picture(&std::path::absolute(&file).unwrap_or_else(|_| file.clone()))?;
        tell(self.world, &words::pictured(&file.display().to_string(), text));
        Ok(())
    }

    /// Lets the clock run fast until the menu says something.
    async fn run_clock(&mut self, text: &str) -> Result<(), Problem> {
        for _ in 0..120 {
            self.app.pass(60);
            self.clock().sleep(TICK).await;
            if self.tray.says(text).await {
                return Ok(());
            }
        }
        self.until(text).await
    }

    /// Clicks a row as soon as there is one. The menu may change between the look and the click.
    async fn click(&self, path: &[&str]) -> Result<(), Problem> {
        let tray = &self.tray;
        match until(self.clock(), "a row", async || tray.click(path).await.ok()).await {
            Ok(()) => Ok(()),
            // It says which row.
            Err(_) => tray.click(path).await,
        }
    }

    async fn until(&self, text: &str) -> Result<(), Problem> {
        let tray = &self.tray;
        until(self.clock(), text, async || tray.says(text).await.then_some(())).await
    }

    /// Waits for the window of Keyfob, puts it to the left, and waits for its page.
    async fn window(&mut self, title: &str) -> Result<String, Problem> {
        let window = self.stage.window(self.clock(), "--name", &format!("{title}.* — Keyfob")).await?;
        self.stage.hand(&["windowactivate", "--sync", &window, "windowmove", &window, "24", "60"])?;
        self.changed(&window).await?;
        Ok(window)
    }

    /// Waits until the window shows something else than before.
    async fn changed(&mut self, window: &str) -> Result<(), Problem> {
        self.seen = Some(self.stage.painted(self.clock(), window, self.seen.as_ref()).await?);
        Ok(())
    }

    /// Waits for a menu beside these.
    async fn menu(&self, beside: &[&str]) -> Result<String, Problem> {
        let stage = &self.stage;
        let is_new = |window: &String| {
            !beside.contains(&window.as_str()) && stage.place(window).is_ok_and(|place| place[3] > MENU_HEIGHT)
        };
        let look = async || stage.windows("--class", TRAY).into_iter().find(is_new);
        let menu = until(self.clock(), "the menu", look).await?;
        self.stage.painted(self.clock(), &menu, None).await?;
        Ok(menu)
    }

    /// Waits for a notice that was not there when they were looked for last.
    async fn new_notice(&mut self) -> Result<String, Problem> {
        let (stage, known) = (&self.stage, &self.notices);
        let look = async || stage.windows("--class", NOTICES).into_iter().find(|notice| !known.contains(notice));
        let notice = until(self.clock(), "the notice", look).await?;
        self.stage.painted(self.clock(), &notice, None).await?;
        self.notices = self.stage.windows("--class", NOTICES);
        Ok(notice)
    }

    /// Waits until a window is gone from the screen.
    async fn gone(&self, by: &str, pattern: &str, window: &str) -> Result<(), Problem> {
        let stage = &self.stage;
        let is_gone = async || (!stage.windows(by, pattern).iter().any(|there| there == window)).then_some(());
        until(self.clock(), "the end of a window", is_gone).await
    }

    /// Closes it as a person does: the program goes on.
    async fn close_window(&self, window: &str) -> Result<(), Problem> {
        self.stage.hand(&["windowactivate", "--sync", window, "key", "alt+F4"])?;
        self.gone("--name", "— Keyfob", window).await
    }

    fn clock(&self) -> &dyn Clock {
        &*self.world.clock
    }
}
