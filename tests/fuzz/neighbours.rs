//! Other programs' files: what is damaged costs itself at most, and is named; what is found is fit for ours.

use std::path::Path;

use keyfob_core::words::name::{check_name, check_profile_name};
use keyfob_neighbours::aws_config::{self, Files};
use keyfob_neighbours::simpleiot::TeamFile;
use keyfob_neighbours::{Found, Warning, simpleiot};

use crate::driver::Target;

pub const AWS_CONFIG: Target = Target {
    seeds: || [SESSIONS, OLD, ODD].map(|text| text.as_bytes().to_vec()).into(),
    words: AWS_WORDS,
    changes: 8,
    inputs: 2_500,
    holds: aws_holds,
};

/// An input: the files of several folders, each behind the folder's name.
pub const SIMPLEIOT: Target = Target {
    seeds: || [LAB, ACME].map(|text| text.as_bytes().to_vec()).into(),
    words: SIMPLEIOT_WORDS,
    changes: 8,
    inputs: 2_500,
    holds: simpleiot_holds,
};

const SESSIONS: &str = "# work\n[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\n[profile admin]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Admin\nregion = eu-central-1\n\n[profile \"Prod/Deploy\"]\nsso_session = acme\nsso_account_id = 210987654321\nsso_role_name = Deploy\n";
const OLD: &str = "[default]\nregion = eu-west-1\n[profile old]\r\nsso_start_url=https://old.awsapps.com/start\r\nsso_region=us-east-1\r\nsso_account_id=123456789012\r\nsso_role_name=ReadOnly\r\n[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = wJalrEXAMPLEKEY\n";
const ODD: &str = "\u{feff}[profile s3]\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path # why\n[services local]\ndynamodb =\n  endpoint_url = http://localhost:8000\n[plugins]\ncli = x\n[dev]\nsso_session = a\n[profile chained]\nrole_arn = arn:aws:iam::123456789012:role/R\nsource_profile = s3\ncredential_process = keyfob credential-process a b\n";

const AWS_WORDS: &[&str] = &[
    "[profile ",
    "[sso-session ",
    "[default]",
    "[DEFAULT]",
    "role_arn = arn:aws:iam::123456789012:role/x",
    "source_profile = admin",
    "include_profile = ",
    "]",
    "[",
    "sso_session = ",
    "sso_start_url = ",
    "https://acme.awsapps.com/start",
    "http://",
    "https://a@b/",
    "sso_region = ",
    "eu-west-1",
    "sso_account_id = 12",
    "sso_role_name = ",
    "\t",
    "  x = y",
    "=",
    "#",
    ";",
    "\r",
    "\"",
    "'",
    "acme",
    "admin",
    "SSO_SESSION",
    "\u{a0}",
    "é",
    "a/b",
    "-x",
    "..",
];

const SIMPLEIOT_WORDS: &[&str] = &[
    "team",
    "region",
    "account",
    "use_sso",
    "sso_url",
    "sso_account_role",
    "cognitoUserPoolId",
    "cognitoClientId",
    "apiEndpoint",
    "eu-west-1_AbCdEf123",
    "_AbC",
    "eu-west-1",
    "https://d-1.awsapps.com/start",
    "http://x",
    "true",
    "null",
    "=== lab\n",
    "=== _old\n",
    "=== a.b\n",
    "=== ..\n",
    "=== \n",
    "123456789012",
    "Admin",
    "witness",
    "é",
];

const LAB: &str = "=== lab\n{\"team\":\"lab\",\"region\":\"eu-west-1\",\"account\":\"123456789012\",\"use_sso\":false,\"apiEndpoint\":\"https://x.execute-api.eu-west-1.amazonaws.com/\",\"mqtt_port\":8883,\"cognitoUserPoolId\":\"eu-west-1_AbCdEf123\",\"cognitoClientId\":\"1h57kf5cpq17m0eml12EXAMPLE\"}\n=== _old\n{}\n";
const ACME: &str = "=== acme\n{\"team\":\"acme\",\"region\":\"eu-central-1\",\"account\":\"123456789012\",\"use_sso\":true,\"sso_url\":\"https://d-1234567890.awsapps.com/start\",\"sso_account_name\":\"Acme\",\"sso_account_role\":\"Admin\"}\n=== acme_2\n{\"team\":\"acme\"}\n";

/// A good one that stands beside whatever the input is.
const WITNESS: &str = "[profile kf-witness]\nsso_start_url = https://kf-witness.awsapps.com/start\nsso_region = eu-north-1\nsso_account_id = 999999999999\nsso_role_name = Witness\n";
const WITNESS_FOLDER: &str = "kf-witness";
const WITNESS_FILE: &str =
    r#"{"region":"eu-north-1","cognitoUserPoolId":"eu-north-1_Witness","cognitoClientId":"witness"}"#;

fn are_fit(found: &Found) {
    let mut names: Vec<&str> = found.teams.iter().map(|team| team.name.as_str()).collect();
    for team in &found.teams {
        assert_eq!(check_name(&team.name), Ok(()), "{:?}", team.name);
        let known = keyfob_providers::find(team.provider).unwrap();
        assert_eq!(known.check(&team.settings), Ok(()), "{team:?}");
        for profile in &team.profiles {
            assert_eq!(check_profile_name(&profile.name), Ok(()), "{:?}", profile.name);
            match &profile.source {
                None => assert_eq!(known.check_profile(&profile.target), Ok(()), "{profile:?}"),
                Some(source) => assert!(team.profiles.iter().any(|other| other.name == *source), "{profile:?}"),
            }
        }
    }
    names.sort_unstable();
    assert!(names.windows(2).all(|two| two[0] != two[1]), "two teams of one name: {names:?}");
    let says_all = |warning: &Warning| !warning.why.is_empty() && !warning.next.is_empty() && warning.line != Some(0);
    assert!(found.warnings.iter().all(says_all), "{:?}", found.warnings);
}

fn finds_witness(found: &Found) -> bool {
    let profiles = found.teams.iter().flat_map(|team| &team.profiles);
    profiles.into_iter().any(|profile| profile.name == "kf-witness" && profile.target["account"] == "999999999999")
}

fn aws_holds(input: &[u8]) {
    let read = |bytes: &[u8]| {
        aws_config::found(Files { config: Some((Path::new("/h/.aws/config"), bytes)), ..Files::default() })
    };
    let found = read(input);
    are_fit(&found);
    if input.starts_with(b"\xff\xfe") || input.starts_with(b"\xfe\xff") {
        return;
    }
    let lines = input.split(|b| *b == b'\n' || *b == b'\r').count();
    assert!(found.warnings.iter().all(|w| w.line.is_none_or(|line| line <= lines)), "{:?}", found.warnings);
    if String::from_utf8_lossy(input).contains("kf-witness") || changes_all(input) {
        return;
    }
    // However bad it is, it costs no section that begins behind it, and none that ended before.
    let behind = read(&[input, b"\n", WITNESS.as_bytes()].concat());
    assert!(finds_witness(&behind), "a good section behind it is lost");
    let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let before = read(&[WITNESS.as_bytes(), b"[plugins]\n", input].concat());
    assert!(finds_witness(&before), "a good section before it is lost");
}

/// What stands in `[DEFAULT]` holds in every section, the witness too.
fn changes_all(input: &[u8]) -> bool {
    String::from_utf8_lossy(input).contains("DEFAULT")
}

fn simpleiot_holds(input: &[u8]) {
    let mut files: Vec<TeamFile> = Vec::new();
    for line in input.split(|b| *b == b'\n') {
        if let Some(folder) = line.strip_prefix(b"=== ") {
            let folder = String::from_utf8_lossy(folder).into_owned();
            // What no disk has: two of one name, or a name that leads elsewhere. And the witness is ours.
            let elsewhere = folder.contains('/') || ["", ".", ".."].contains(&folder.as_str());
            if elsewhere || files.iter().any(|file| file.folder == folder) || folder == WITNESS_FOLDER {
                return;
            }
            files.push(TeamFile { folder, bytes: Vec::new() });
        } else if let Some(file) = files.last_mut() {
            file.bytes.extend_from_slice(line);
            file.bytes.push(b'\n');
        }
    }
    let strangers = files.len();
    for place in [0, strangers / 2, strangers] {
        let mut all = files.clone();
        all.insert(place, TeamFile { folder: WITNESS_FOLDER.into(), bytes: WITNESS_FILE.into() });
        let found = simpleiot::found(Path::new("/h/.simpleiot"), &all);
        are_fit(&found);
        assert!(found.teams.iter().any(|team| team.name == WITNESS_FOLDER), "a good folder is lost");
        assert!(found.warnings.iter().all(|warning| warning.path.starts_with("/h/.simpleiot")));
    }
}
