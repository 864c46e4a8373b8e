//! Tables for every shell, and grammar models for the three that run on few machines. Real shells
//! evaluate the same lines in `tests/shells`.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn value(shell: Shell, text: &str) -> String {
    assignment(shell, "X", text).unwrap()
}

// F162
#[test]
fn a_word_that_zsh_would_look_up_as_a_program_is_quoted() {
    assert_eq!(["=ls", "a=ls", "a:=,@+%"].map(sh_word), ["'=ls'", "a=ls", "a:=,@+%"]);
}

#[test]
fn a_word_for_people_to_copy_stays_one_word_and_stays_itself() {
    assert_eq!(
        ["", "a b", "a*", "it's", "acme-1_x.y/z"].map(sh_word),
        ["''", "a' b'", "a'*'", r"it\'s", "acme-1_x.y/z"]
    );
}

#[test]
fn what_needs_no_quotes_gets_none_where_people_read_it() {
    for (shell, expected) in [
        (Shell::Bash, "export X=a-1_b.c/d"),
        (Shell::Zsh, "export X=a-1_b.c/d"),
        (Shell::Sh, "export X=a-1_b.c/d"),
        (Shell::Fish, "set -gx X a-1_b.c/d"),
        (Shell::Elvish, "set-env X a-1_b.c/d"),
        (Shell::Tcsh, "setenv X a-1_b.c/d"),
        (Shell::Dotenv, "X=a-1_b.c/d"),
    ] {
        assert_eq!(value(shell, "a-1_b.c/d"), expected);
    }
    for plain in ["-n", ".", "..", "/", "_", "0", "/a"] {
        assert_eq!(value(Shell::Sh, plain), format!("export X={plain}"));
        assert_eq!(value(Shell::Fish, plain), format!("set -gx X {plain}"));
    }
    assert_eq!(value(Shell::Tcsh, "ü b"), r"setenv X ü\ b", "only what could mean something is marked");
}

#[test]
fn hostile_texts_are_quoted_by_the_rules_of_each_shell() {
    let text = "a'b $c;`d`";
    for (shell, expected) in [
        (Shell::Bash, r#"export X=a\'b' $c;`d`'"#),
        (Shell::Fish, r#"set -gx X a\'b' $c;`d`'"#),
        (Shell::Pwsh, "$env:X = 'a''b $c;`d`'"),
        (Shell::Cmd, "set \"X=a'b $c;`d`\""),
        (Shell::Nu, "$env.X = \"a'b $c;`d`\""),
        (Shell::Elvish, "set-env X 'a''b $c;`d`'"),
        (Shell::Tcsh, r"setenv X a\'b\ \$c\;\`d\`"),
        (Shell::Json, "\"X\": \"a'b $c;`d`\""),
    ] {
        assert_eq!(value(shell, text), expected, "{}", shell.name());
    }
    assert_eq!(value(Shell::Dotenv, "a $b #c"), "X='a $b #c'");
    assert_eq!(value(Shell::Json, "a\"\\"), r#""X": "a\"\\""#);
    assert_eq!(value(Shell::Nu, "#a\"\\"), r##"$env.X = "#a\"\\""##);
    assert_eq!(value(Shell::Pwsh, "a‘b’c‚d‛e"), "$env:X = 'a‘‘b’’c‚‚d‛‛e'");
}

#[test]
fn what_cannot_be_quoted_is_refused() {
    for c in ['"', '%', '!'] {
        assert_eq!(assignment(Shell::Cmd, "X", &format!("a{c}b")), Err(Unquotable::Character(c)));
    }
    for c in ['\'', '\\'] {
        assert_eq!(assignment(Shell::Dotenv, "X", &format!("a {c}b")), Err(Unquotable::Character(c)));
    }
    assert_eq!(assignment(Shell::Sh, "X", ""), Err(Unquotable::Empty));
}

#[test]
fn no_shell_gets_a_control_or_invisible_character() {
    // D16, T14, M11: Ctrl-U would empty the line that is being pasted, ESC[201~ would end the paste.
    for hidden in [
        "\n",
        "\r",
        "\t",
        "\0",
        "\x15",
        "\x1b[201~",
        "\x7f",
        "\u{85}",
        "\u{202e}",
        "\u{2028}",
        "\u{200d}",
        "\u{f606}",
        "\u{fdd0}",
    ] {
        for shell in Shell::ALL {
            assert_eq!(assignment(shell, "X", &format!("a{hidden}b")), Err(Unquotable::Control), "{hidden:?}");
        }
    }
}

/// PowerShell's verbatim strings: any of five marks ends them, two of them are one.
fn read_pwsh(line: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
    let mut rest = line.strip_prefix("$env:X = ")?.chars().peekable();
    rest.next().filter(|c| is_mark(*c))?;
    let mut text = String::new();
    while let Some(c) = rest.next() {
        if !is_mark(c) {
            text.push(c);
        } else if rest.peek().is_some_and(|next| is_mark(*next)) {
            text.push(c);
            rest.next();
        } else {
            return rest.next().is_none().then_some(text);
        }
    }
    None
}

/// cmd at a prompt, delayed expansion on: `%` and `!` replace, `"` switches quoting, and outside of it
/// `& | < > ^ ( )` act. `set "X=…"` takes all up to the last quote.
fn read_cmd(line: &str) -> Option<String> {
    if line.contains(['%', '!']) {
        return None;
    }
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            '&' | '|' | '<' | '>' | '^' | '(' | ')' if !quoted => return None,
            _ => {}
        }
    }
    let (text, after) = line.strip_prefix("set \"X=")?.rsplit_once('"')?;
    (!quoted && after.is_empty()).then(|| text.to_owned())
}

/// Nushell's double-quoted strings.
fn read_nu(line: &str) -> Option<String> {
    let mut rest = line.strip_prefix("$env.X = \"")?.chars();
    let mut text = String::new();
    while let Some(c) = rest.next() {
        match c {
            '"' => return rest.next().is_none().then_some(text),
            '\\' => text.push(rest.next().filter(|c| matches!(c, '"' | '\\'))?),
            c => text.push(c),
        }
    }
    None
}

/// Texts of the characters that quoting is about, now and then among all others that may be seen.
fn hostile() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(
        "'\"\\`$%!#&|;<>^()[]{}*?~=-@:+, \u{2018}\u{2019}\u{201a}\u{201b}".chars().collect::<Vec<_>>(),
    );
    prop::collection::vec(prop_oneof![4 => marks, 2 => prop::char::range('a', 'f'), 1 => any::<char>().prop_filter("hidden", |c| !is_hidden(*c))], 1..24)
        .prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    // P03
    #[test]
    fn powershell_reads_back_the_very_text(text in hostile()) {
        prop_assert_eq!(read_pwsh(&value(Shell::Pwsh, &text)), Some(text));
    }

    // P03
    #[test]
    fn cmd_reads_back_the_very_text(text in hostile()) {
        match assignment(Shell::Cmd, "X", &text) {
            Ok(line) => prop_assert_eq!(read_cmd(&line), Some(text)),
            Err(_) => prop_assert!(text.contains(['"', '%', '!'])),
        }
    }

    // P03
    #[test]
    fn nushell_reads_back_the_very_text(text in hostile()) {
        prop_assert_eq!(read_nu(&value(Shell::Nu, &text)), Some(text));
    }

    #[test]
    fn json_reads_back_the_very_text(text in hostile()) {
        let object: serde_json::Value = serde_json::from_str(&format!("{{{}}}", value(Shell::Json, &text))).unwrap();
        prop_assert_eq!(object["X"].as_str(), Some(text.as_str()));
    }

    #[test]
    fn no_line_holds_a_control_character(text in any::<String>()) {
        for shell in Shell::ALL {
            if let Ok(line) = assignment(shell, "X", &text) {
                prop_assert!(!line.chars().any(char::is_control), "{:?}", line);
            }
        }
    }
}
