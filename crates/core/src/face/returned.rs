//! The page that a browser shows when it has come back from a provider: ours, without script or outside resource.

use crate::words::plain::clean;

/// It went well, as far as the browser is concerned.
pub fn done(team: &str) -> String {
    page(team, "You are logged in", "You can close this tab and go back to Keyfob.")
}

/// The provider sent the person back without a login.
pub fn refused(team: &str) -> String {
    page(team, "The login was not completed", "Keyfob says why. You can close this tab.")
}

fn page(team: &str, title: &str, text: &str) -> String {
    let team = escaped(&clean(team));
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title} — Keyfob</title><style>\
         body{{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;\
         background:Canvas;color:CanvasText}}main{{max-width:28em;padding:2em;text-align:center}}\
         h1{{font-size:1.5em;margin:0 0 .5em}}p{{margin:.25em 0;overflow-wrap:anywhere}}</style></head>\
         <body><main><h1>{title}</h1><p><strong><bdi>{team}</bdi></strong></p><p>{text}</p></main></body></html>"
    )
}

fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '"' => "&quot;".into(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_runs_nothing_and_loads_nothing() {
        for page in [done("<script>x</script>"), refused("a\" onload=\"x")] {
            assert!(
                !page.contains("<script") && !page.contains("http") && !page.contains("src=") && !page.contains("url(")
            );
            assert!(page.contains("color-scheme\" content=\"light dark\""), "{page}");
        }
    }
}
