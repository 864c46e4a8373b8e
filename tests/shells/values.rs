//! What shells are asked to hand back: texts that were made to break out, and random ones.

/// Everything a hostile server or team-mate could try with characters that can be seen. `touch tripwire`
/// in any of them must never run.
pub const HOSTILE: &[&str] = &[
    "acme-prod",
    "acme prod",
    " leading",
    "trailing ",
    "two  spaces",
    "-rf",
    "--help",
    "-e",
    "-",
    "~",
    "~root",
    "a:~root",
    "=ls",
    "a=b",
    "*",
    "/etc/p*",
    "[a-z]",
    "?",
    "{a,b}",
    "#comment",
    "a #comment",
    "'",
    "''",
    "'''",
    "\"",
    "\"\"",
    "\\",
    "\\\\",
    "\\'",
    "a\\",
    "\\n",
    "!",
    "!!",
    "!touch",
    "a!b",
    "'!'",
    "\\!",
    "^a^b",
    "%",
    "%PATH%",
    "%1",
    "$",
    "$HOME",
    "${HOME}",
    "$$",
    "$'\\x41'",
    "$(touch tripwire)",
    "'$(touch tripwire)'",
    "\"$(touch tripwire)\"",
    "`touch tripwire`",
    "'`touch tripwire`'",
    "(touch tripwire)",
    "{ touch tripwire }",
    "<(touch tripwire)",
    "=(touch tripwire)",
    ";touch tripwire",
    "; touch tripwire;",
    "';touch tripwire;'",
    "\";touch tripwire;\"",
    "\\';touch tripwire;\\'",
    "'#;touch tripwire;r#'",
    "'##;touch tripwire;r##'",
    "&touch tripwire",
    "&&touch tripwire",
    "|touch tripwire",
    "||touch tripwire",
    "a > tripwire",
    "a>tripwire",
    ">tripwire",
    "<tripwire",
    "& touch tripwire &",
    "\\;touch tripwire",
    "'; touch tripwire; echo '",
    "'\\'';touch tripwire;'\\''",
    "''; touch tripwire; ''",
    "r#'; touch tripwire; '#",
    "@",
    "@a",
    "a,b",
    "a:b",
    "+",
    "é",
    "Müller",
    "日本語",
    "🦀",
    "👍🏽",
    "‘; touch tripwire; ’",
    "“; touch tripwire; ”",
    "\u{a0}",
    "a\u{a0}b",
    "ﬁ",
    "İı",
    "<img onerror=touch>",
    "0",
    "1e5",
    "true",
    "null",
    "on",
];

/// Random texts of the characters that quoting is about, among others. The same every time.
pub fn random(count: usize) -> Vec<String> {
    const MARKS: &str = "'\"\\`$!%#&|;<>()[]{}*?~^=-@:+,./ ";
    const OTHERS: &str = "abcXYZ019_éß日🦀‘’“”\u{a0}";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        // Xorshift (Marsaglia, 2003): good enough to mix characters.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % below
    };
    let (marks, others): (Vec<char>, Vec<char>) = (MARKS.chars().collect(), OTHERS.chars().collect());
    (0..count)
        .map(|_| {
            let length = 1 + next(20);
            (0..length)
                .map(|_| if next(3) > 0 { marks[next(marks.len())] } else { others[next(others.len())] })
                .collect()
        })
        .collect()
}
