//! What is taken out of a file, and that it comes back byte for byte.
#![allow(clippy::unwrap_used)]

use super::*;

const LINE: &str = "credential_process = /opt/keyfob credential-process --team dev --profile dev";

fn taken(text: &str) -> Taken {
    take(text.as_bytes(), File::Credentials, "dev", LINE).unwrap()
}

// F305
#[test]
fn keys_go_and_every_other_byte_stays_and_they_come_back_as_they_were() {
    for (text, left) in [
        (
            "# mine\n[default]\naws_access_key_id=AKIA0\naws_secret_access_key=s0\n\n[dev]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\nregion = eu-west-1\n",
            "# mine\n[default]\naws_access_key_id=AKIA0\naws_secret_access_key=s0\n\n[dev]\nLINE\nregion = eu-west-1\n",
        ),
        // Comments, blanks and other settings between them.
        (
            "[dev]\r\naws_secret_access_key=s1\r\n# old\r\noutput: json\r\n\r\nAWS_ACCESS_KEY_ID : AKIA1\r\n[x]\r\n",
            "[dev]\r\nLINE\r\n# old\r\noutput: json\r\n\r\n[x]\r\n",
        ),
        // No end of the last line, a byte order mark, indented settings, Latin names.
        ("\u{feff}[dev]\n  aws_access_key_id = AKIA1\n  aws_secret_access_key = s1", "\u{feff}[dev]\nLINE"),
        ("[dev]\naws_access_key_id = AKIA1\naws_secret_access_key =\n    s1\n[zürich]\n", "[dev]\nLINE\n[zürich]\n"),
        (
            "[dev]\naws_access_key_id = AKIA1\nregion = x\naws_secret_access_key = s1 # comment",
            "[dev]\nLINE\nregion = x",
        ),
        ("[dev]\raws_access_key_id = AKIA1\raws_secret_access_key = s1\r", "[dev]\rLINE\r"),
    ] {
        let taken = taken(text);
        assert_eq!(taken.left.expose(), left.replace("LINE", LINE), "{text:?}");
        assert_eq!(taken.secret.expose(), "s1");
        assert!(!taken.left.expose().contains("s1"));
        let back = put_back(taken.left.expose().as_bytes(), &taken.before, &taken.after).unwrap();
        assert_eq!(back.expose(), text);
    }
}

// F305
#[test]
fn what_changed_in_the_file_meanwhile_stays() {
    let taken = taken("[dev]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\n");
    let changed = [b"[new]\nregion = x\n\n", taken.left.expose().as_bytes(), b"output = json\n"].concat();
    let back = put_back(&changed, &taken.before, &taken.after).unwrap();
    let wanted = "[new]\nregion = x\n\n[dev]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\noutput = json\n";
    assert_eq!(back.expose(), wanted);
    assert_eq!(put_back(b"[dev]\nregion = x\n", &taken.before, &taken.after), Err(Stays::Changed));
    let twice = [taken.left.expose().as_bytes(), taken.left.expose().as_bytes()].concat();
    assert_eq!(put_back(&twice, &taken.before, &taken.after), Err(Stays::Twice));
    // A line of which ours is only the beginning is another one.
    let longer = format!("[dev]\n{LINE}-2\n");
    assert_eq!(put_back(longer.as_bytes(), &taken.before, &Secret::new(LINE)), Err(Stays::Changed));
}

#[test]
fn what_cannot_be_taken_out_for_sure_stays() {
    let take = |bytes: &[u8]| take(bytes, File::Credentials, "dev", LINE).unwrap_err();
    assert_eq!(take(b"[dev]\naws_secret_access_key = \xe9\n"), Stays::NotText);
    assert_eq!(take(b"[dev]\naws_access_key_id = AKIA1\n"), Stays::NoKeys);
    assert_eq!(take(b"[dev]\naws_secret_access_key = a\n[dev]\naws_secret_access_key = b\n"), Stays::Twice);
    assert_eq!(take(b"[other]\naws_secret_access_key = a\n"), Stays::NoKeys);
    let of_config = b"[profile dev]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\n";
    let taken = super::take(of_config, File::Config, "dev", LINE).unwrap();
    let shown = [(2, "aws_access_key_id = AKIA1"), (3, "aws_secret_access_key = …")];
    assert_eq!(taken.gone, shown.map(|(line, text)| (line, text.to_owned())));
}
