//! The tray on macOS and Windows: Tauri's, with its event loop on the first thread and the program on another.

use std::collections::BTreeMap;
use std::future::Future;

use keyfob_core::face::phrase::Icon;
use keyfob_core::face::problem;
use keyfob_core::face::tray::{Face, Row, Status};
use keyfob_core::hands::engine::Door;
use keyfob_core::words::action::{Action, Page};
use keyfob_core::words::problem::Problem;
use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, RunEvent, Wry};
use tokio::sync::watch;

use super::pictures;

/// The tray before it is shown.
#[derive(Debug)]
pub struct Tray {
    faces: watch::Sender<Face>,
    app: AppHandle,
}

/// The tray while it is shown.
#[derive(Debug)]
pub struct Shown(AppHandle);

/// Runs the program beside the system's event loop, which must have the first thread.
pub fn run<F: Future<Output = Result<(), Problem>>>(
    program: impl FnOnce(Tray) -> F + Send + 'static,
) -> Result<(), Problem> {
    let failed = |error: tauri::Error| problem::system(&error.to_string());
    let app = tauri::Builder::default().build(tauri::generate_context!()).map_err(failed)?;
    let handle = app.handle().clone();
    std::thread::spawn(move || {
        let blank = Face { icon: Icon::Hollow, status: Status::Active, tooltip: String::new(), menu: Vec::new() };
        let tray = Tray { faces: watch::Sender::new(blank), app: handle.clone() };
        let ended = super::block_on(async { program(tray).await }).and_then(|ended| ended);
        if let Err(problem) = &ended {
            crate::tell(problem);
        }
        handle.exit(ended.map_or_else(|problem| i32::from(problem.exit.status()), |()| 0));
    });
    app.run(|_, event| {
        // Without a window of its own it would think that it is over.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    Ok(())
}

impl Tray {
    /// Where the faces go that are to be shown; the last one counts.
    pub fn faces(&self) -> watch::Sender<Face> {
        self.faces.clone()
    }

    /// Shows it; clicks go to the door.
    pub fn show(&self, door: Door) -> Shown {
        let (app, mut faces) = (self.app.clone(), self.faces.subscribe());
        tokio::spawn(async move {
            loop {
                let (face, door) = (faces.borrow_and_update().clone(), door.clone());
                let drawn = app.clone();
                // Menus may only be touched on the first thread.
                let _ = app.run_on_main_thread(move || {
                    let _ = draw(&drawn, &face, &door);
                });
                if faces.changed().await.is_err() {
                    return;
                }
            }
        });
        Shown(self.app.clone())
    }
}

impl Shown {
    /// Takes the icon away.
    pub async fn end(self) {
        let _ = self.0.remove_tray_by_id(ID);
        tokio::task::yield_now().await;
    }
}

const ID: &str = "keyfob";

/// What the rows of the menu that is shown mean. A menu id is a number, so that it can hold nothing else.
#[derive(Debug, Default)]
struct Meanings(std::sync::Mutex<BTreeMap<String, Action>>);

fn draw(app: &AppHandle, face: &Face, door: &Door) -> tauri::Result<()> {
    let mut meanings = BTreeMap::new();
    let rows = rows(app, &face.menu, &mut meanings)?;
    let items: Vec<&dyn IsMenuItem<Wry>> = rows.iter().map(AsRef::as_ref).collect();
    let menu = Menu::with_items(app, &items)?;
    let icon = picture(face.icon);
    app.manage(Meanings::default());
    if let Ok(mut known) = app.state::<Meanings>().0.lock() {
        *known = meanings;
    }
    let tray: TrayIcon = match app.tray_by_id(ID) {
        Some(tray) => tray,
        None => {
            let (clicks, opens) = (door.clone(), door.clone());
            TrayIconBuilder::with_id(ID)
                .icon_as_template(cfg!(target_os = "macos"))
                .show_menu_on_left_click(cfg!(target_os = "macos"))
                .on_menu_event(move |app, event| {
                    let action =
                        app.state::<Meanings>().0.lock().ok().and_then(|m| m.get(event.id().as_ref()).cloned());
                    action.into_iter().for_each(|action| clicks.click(action));
                })
                .on_tray_icon_event(move |_, event| {
                    if let TrayIconEvent::Click {
                        button: MouseButton::Left, button_state: MouseButtonState::Up, ..
                    } = event
                        && cfg!(windows)
                    {
                        opens.click(Action::Open { page: Page::Home });
                    }
                })
                .build(app)?
        }
    };
    tray.set_menu(Some(menu))?;
    tray.set_icon(icon)?;
    tray.set_tooltip(Some(&face.tooltip))
}

fn rows(
    app: &AppHandle,
    shown: &[Row],
    meanings: &mut BTreeMap<String, Action>,
) -> tauri::Result<Vec<Box<dyn IsMenuItem<Wry>>>> {
    let mut drawn: Vec<Box<dyn IsMenuItem<Wry>>> = Vec::new();
    for row in shown {
        match row {
            Row::Item { label, action } => {
                let id = meanings.len().to_string();
                meanings.insert(id.clone(), action.clone());
                drawn.push(Box::new(MenuItem::with_id(app, id, escaped(label), true, None::<&str>)?));
            }
            Row::Submenu { label, rows: inner } => {
                let inner = rows(app, inner, meanings)?;
                let items: Vec<&dyn IsMenuItem<Wry>> = inner.iter().map(AsRef::as_ref).collect();
                drawn.push(Box::new(Submenu::with_items(app, escaped(label), true, &items)?));
            }
            Row::Separator => drawn.push(Box::new(PredefinedMenuItem::separator(app)?)),
        }
    }
    Ok(drawn)
}

/// An ampersand marks an access key, and two of them are one.
fn escaped(label: &str) -> String {
    label.replace('&', "&&")
}

fn picture(icon: Icon) -> Option<Image<'static>> {
    let mut picture = pictures::of(icon).pop()?;
    for pixel in picture.argb.as_chunks_mut::<4>().0 {
        pixel.rotate_left(1);
    }
    Some(Image::new_owned(picture.argb, picture.size, picture.size))
}
