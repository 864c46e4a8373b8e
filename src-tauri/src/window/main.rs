//! keyfob-window: shows what comes down the pipe it was born with, and says up what a person does.
//!
//! It has no keychain, no network and no file. It ends with its parent: when the pipe is closed, it is over.
//! When the person closes the window it waits hidden for a minute, so that a second look is instant.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bridge;
mod life;

use std::io::{stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bridge::{Bridge, VIEW_CHANGED};
use keyfob_core::doors::pipe::Up;
use keyfob_core::face::window::Heard;
use life::Life;
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

/// The longest sleep: what is waited for may have changed by then.
const NAP: Duration = Duration::from_secs(30);
/// A window is shown when its page has fetched a view, and after this time whatever happens.
const PATIENCE: Duration = Duration::from_secs(2);
/// The name by which a desktop finds our entry, and with it name and icon: the window class on X11 and the application
/// id on Wayland are made of it.
const APPLICATION: &str = "keyfob-desktop";
/// What the tray program reads as a crash of the page.
const PAGE_DIED: i32 = 70;

fn main() -> ExitCode {
    no_core_dumps();
    paint_without_gpu();
    take_name();
    let (bridge, lines) = Bridge::new();
    thread::spawn(move || bridge::write(&lines, stdout().lock()));
    let ran = tauri::Builder::default()
        .manage(bridge)
        .manage(Mutex::new(Life::default()))
        .invoke_handler(tauri::generate_handler![bridge::view, bridge::act, bridge::answer, bridge::revealed])
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } => {
                api.prevent_close();
                close(window.app_handle());
            }
            WindowEvent::Focused(focused) => {
                window.state::<Bridge>().say(Up::Focus { focused: *focused });
            }
            _ => {}
        })
        .setup(|app| {
            let window = open(app.handle())?;
            watch_page(&window);
            let app = app.handle().clone();
            thread::spawn(move || listen(&app));
            Ok(())
        })
        .run(tauri::generate_context!());
    if ran.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Makes the one window, hidden until there is something to see.
fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    // Nothing is kept; a driver of tests, though, finds only web views that could keep something.
    let automated = std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some();
    let own = |url: &tauri::Url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost");
    let builder = WebviewWindowBuilder::new(app, "main", WebviewUrl::default());
    // The engine lays out its folder even then: where it goes with the session and is not on disk.
    let runtime =
        std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute() && dir.is_dir());
    let builder = match runtime {
        Some(dir) => builder.data_directory(dir.join("keyfob-window")),
        None => builder,
    };
    let window = builder
        .title("Keyfob")
        .inner_size(880.0, 620.0)
        .min_inner_size(320.0, 400.0)
        .visible(false)
        .incognito(!automated)
        .on_navigation(own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_document_title_changed(|window, title| {
            let _ = window.set_title(&title);
        })
        .disable_drag_drop_handler()
        .build()?;
    let app = app.clone();
    thread::spawn(move || {
        thread::sleep(PATIENCE);
        first_look(&app);
    });
    Ok(window)
}

/// Takes in what comes down the pipe. When it is closed, the tray program has ended, and so does this one.
fn listen(app: &AppHandle) {
    bridge::read(stdin().lock(), |heard| match heard {
        Heard::View { view } => {
            app.state::<Bridge>().show(view);
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.eval(VIEW_CHANGED);
            }
        }
        Heard::Reveal(reveal) => app.state::<Bridge>().reveal(reveal),
        Heard::Raise { token } if life(app).was_seen() => raise(app, token),
        Heard::Raise { .. } => {}
        Heard::Close => {}
    });
    end(app);
}

/// Shows the window for the first time, once there is something to see. It may have been closed since.
fn first_look(app: &AppHandle) {
    if !life(app).first_look() {
        return;
    }
    if let Some(window) = app.get_webview_window("main") {
        // Until the page is painted; as `--back` in ui/src/theme.css.
        let dark = app.state::<Bridge>().dark().unwrap_or_else(|| matches!(window.theme(), Ok(Theme::Dark)));
        let back = if dark { Color(0x15, 0x18, 0x1c, 0xff) } else { Color(0xff, 0xff, 0xff, 0xff) };
        let _ = window.set_background_color(Some(back));
    }
    raise(app, None);
}

/// Brings the window to the front. A desktop may want to see the token of the click that asked for it.
fn raise(app: &AppHandle, token: Option<String>) {
    life(app).opened();
    if let Some(window) = app.get_webview_window("main") {
        if let Some(token) = token {
            show_token(&window, token);
        }
        let _ = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    }
}

fn close(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.hide();
    }
    app.state::<Bridge>().say(Up::Focus { focused: false });
    life(app).closed(Instant::now());
    let app = app.clone();
    thread::spawn(move || {
        loop {
            let left = life(&app).left(Instant::now());
            match left {
                None => return,
                Some(Duration::ZERO) => break,
                Some(left) => thread::sleep(left.min(NAP)),
            }
        }
        end(&app);
    });
}

fn life(app: &AppHandle) -> MutexGuard<'_, Life> {
    app.state::<Mutex<Life>>().inner().lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends on the thread that owns the window, and from here if that one does not answer. There is nothing to put
/// in order: no file, no child that outlives its pipe to us.
fn end(app: &AppHandle) {
    let _ = app.run_on_main_thread(|| std::process::exit(0));
    thread::sleep(PATIENCE);
    std::process::exit(0);
}

/// A password that is being typed is in the memory of this process and of the page's (security D11).
fn no_core_dumps() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// A page of text needs no graphics processor. Without one it is painted a quarter of a second earlier, takes
/// 70 MB less, and no driver's fault leaves the window empty. Must run before there is a second thread.
fn paint_without_gpu() {
    #[cfg(target_os = "linux")]
    let _ = webkit2gtk::glib::setenv("WEBKIT_DISABLE_COMPOSITING_MODE", "1", false);
}

fn take_name() {
    #[cfg(target_os = "linux")]
    webkit2gtk::glib::set_prgname(Some(APPLICATION));
}

/// GTK hands it to the desktop when the window comes to the front.
fn show_token(window: &WebviewWindow, token: String) {
    #[cfg(target_os = "linux")]
    {
        use webkit2gtk::glib::prelude::ObjectExt;
        let shown = window.clone();
        let _ = window.run_on_main_thread(move || {
            if let Ok(gtk) = shown.gtk_window() {
                gtk.set_property("startup-id", token);
            }
        });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (window, token, APPLICATION);
}

/// A page that has died would look frozen: it is loaded again, and when that does not help this program ends,
/// and the tray program says so.
fn watch_page(window: &WebviewWindow) {
    #[cfg(target_os = "linux")]
    {
        use webkit2gtk::WebViewExt;
        let app = window.app_handle().clone();
        let Ok(page_url) = window.url() else { return };
        let _ = window.with_webview(move |webview| {
            webview.inner().connect_web_process_terminated(move |page, _| {
                if !life(&app).may_reload(Instant::now()) {
                    std::process::exit(PAGE_DIED);
                }
                // A reload does nothing for a page that died before it was there.
                page.load_uri(page_url.as_str());
            });
        });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (window, PAGE_DIED);
}
