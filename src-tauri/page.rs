//! What the build says when the page that the window program is compiled with has not been built.

use std::path::Path;

/// Where Vite leaves it, from the top of the repository; `tauri.conf.json` says the same.
pub const PAGE: &str = "ui/dist/app/index.html";

/// What to do when it is not there.
pub fn missing(top: &Path) -> Option<&'static str> {
    (!top.join(PAGE).exists()).then_some(
        "the page is not built, and the window is compiled with it: run scripts/page.sh, and then this again \
         (make demo, make test and make dev do both)",
    )
}
