//! Files that people take for the right one: whose they are, and what serves instead.

use std::collections::BTreeSet;
use std::path::Path;

use crate::text::decode;

/// A program whose file it is, and the next step, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    pub program: String,
    pub next: String,
}

/// The words that a file of a program has all of, each at the beginning of a line or of a JSON field, whose it is, and
/// what serves instead.
const MARKS: &[(&[&str], &str, &str)] = &[
    (&["aws_urn", "provider"], "saml2aws", SIGNS_IN),
    (&["okta_org_url"], "gimme-aws-creds", SIGNS_IN),
    (&["ecp_endpoint_url"], "awscli-login", SIGNS_IN),
    (&["SSOConfig"], "aws-sso-cli", PORTAL),
    (
        &["DefaultBrowser"],
        "Granted",
        "It holds Granted's own settings. Its profiles are in ~/.aws/config: `keyfob import --from aws`.",
    ),
    (
        &["awsConfig"],
        "Granted (a profile registry)",
        "Granted writes its profiles into ~/.aws/config: `keyfob import --from aws`.",
    ),
    (&["_workspaceVersion"], "Leapp", PORTAL),
    (&["_sessions"], "Leapp", PORTAL),
    (&["aws_user_pools_id"], "Amplify", POOL),
    (&["user_pool_id", "user_pool_client_id"], "Amplify", POOL),
    (&["userPoolId", "userPoolWebClientId"], "Amplify", POOL),
    (
        &["apiVersion", "clusters", "contexts"],
        "kubectl (a kubeconfig)",
        "It holds clusters, not logins: give its `exec` sections AWS_PROFILE, and import ~/.aws/config.",
    ),
    (
        &["startUrl", "accessToken"],
        "the AWS CLI (a kept token)",
        "It holds a token: show it to nobody. Import the config file beside it: `keyfob import --from aws`.",
    ),
    (
        &["clientId", "clientSecret", "registrationExpiresAt"],
        "the AWS CLI (a registration)",
        "Import the config file: `keyfob import --from aws`.",
    ),
    (
        &["Version", "AccessKeyId", "SecretAccessKey"],
        "credential_process (its output)",
        "It holds keys: show it to nobody. Import the config file: `keyfob import --from aws`.",
    ),
    (&["[toplevel]"], "the AWS CLI (aliases)", "Import the config file beside it: `keyfob import --from aws`."),
    (
        &["[default.deploy.parameters]"],
        "AWS SAM",
        "It holds settings of deployments; the profiles that it names are in ~/.aws/config.",
    ),
    (&["auths"], "Docker", "It holds logins to registries, which Keyfob has none of."),
    (&["Access", "Secret"], "the AWS console (an access key)", KEYS),
    (
        &["User", "Console"],
        "the AWS console (a password)",
        "It holds a password: keep it safe. Log in with the team's access portal: `keyfob team add`.",
    ),
    (&["machine", "login"], "curl and others (.netrc)", "It holds passwords, which Keyfob does not take from files."),
    (&["Host", "HostName"], "OpenSSH", "It holds hosts, not teams."),
];

const SIGNS_IN: &str = "It signs in at a SAML or Okta page, which Keyfob does not yet. Where the company also has an access portal of \
                        AWS, add that: `keyfob team add NAME --provider aws-sso`.";
const PORTAL: &str = "Add its access portal: `keyfob team add NAME --provider aws-sso --set start-url=… --set region=…`, then \
                      `keyfob profile discover NAME --add`.";
const POOL: &str = "Add its user pool: `keyfob team add NAME --provider cognito --set region=… --set user-pool-id=… --set \
                    client-id=…`.";
const KEYS: &str = "It holds long-lived keys, which Keyfob does not take: nobody logs in with them. AWS tools use them from \
                    ~/.aws/credentials.";

const VARIABLES: &str = "A profile that it names is in ~/.aws/config: `keyfob import --from aws`. Keys in it are long-lived ones, \
                         which Keyfob does not take.";

/// Keys in strangers' files that fill in the command that is shown.
const VALUES: &[(&str, &[&str])] = &[
    ("start-url=…", &["StartUrl", "portalUrl", "startUrl"]),
    ("user-pool-id=…", &["aws_user_pools_id", "user_pool_id", "userPoolId"]),
    ("client-id=…", &["aws_user_pools_web_client_id", "user_pool_client_id", "userPoolWebClientId"]),
    ("region=…", &["SSORegion", "aws_cognito_region", "aws_region", "aws_project_region", "region"]),
];

/// Whose file it is, if it is told by what stands in it. Files of AWS tools and of the `iot` CLI are none.
pub fn recognise(path: &Path, bytes: &[u8]) -> Option<Stranger> {
    if bytes.contains(&0) && !bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff") {
        return Some(stranger(
            "some program (it is no text)",
            "Name the config file of `aws`, or the folder of the `iot` CLI.",
        ));
    }
    let (text, _) = decode(bytes);
    let fields: Vec<(&str, &str)> = text.split(['\n', '\r', ',', '{', '}']).filter_map(field).collect();
    let words: BTreeSet<&str> = fields.iter().map(|(key, _)| *key).collect();
    if words.iter().any(|word| word.starts_with("[team.") || word.starts_with("[[team.")) {
        let next = "It needs no import: put it at ~/.config/keyfob/config.toml to use it.";
        return Some(stranger("Keyfob itself", next));
    }
    let is_aws = words.iter().any(|word| word.starts_with("[profile ") || word.starts_with("[sso-session "));
    let has = |mark: &&str| words.contains(mark);
    if let Some((_, program, next)) = MARKS.iter().find(|(marks, ..)| marks.iter().all(&has)).filter(|_| !is_aws) {
        let mut next = (*next).to_owned();
        for (blank, keys) in VALUES {
            let value = keys.iter().find_map(|key| fields.iter().find(|(k, value)| k == key && is_plain_value(value)));
            if let Some((_, value)) = value {
                next = next.replacen(blank, &blank.replace('…', value), 1);
            }
        }
        return Some(Stranger { program: (*program).to_owned(), next });
    }
    // In a section it is a setting, in whatever case.
    let has_section = words.iter().any(|word| word.starts_with('['));
    if !has_section && words.iter().any(|word| word.starts_with("AWS_")) {
        return Some(stranger("a shell or Docker (variables)", VARIABLES));
    }
    by_form(path, &text, has_section)
}

/// Whatever has no section of AWS tools and the form of something else.
fn by_form(path: &Path, text: &str, has_section: bool) -> Option<Stranger> {
    let begin = text.trim_start();
    let end = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let form = if begin.starts_with('{') {
        "JSON"
    } else if begin.starts_with('<') {
        "XML or HTML"
    } else if matches!(end, "yaml" | "yml") || begin.starts_with("---") {
        "YAML"
    } else if end == "toml" {
        "TOML"
    } else if !begin.is_empty() && !has_section {
        "without any [section]"
    } else {
        return None;
    };
    let next =
        "Name the config file of `aws`, or the folder of the `iot` CLI; or add the team by hand: `keyfob team add`.";
    Some(stranger(&format!("a program that Keyfob does not know (it is {form})"), next))
}

fn stranger(program: &str, next: &str) -> Stranger {
    Stranger { program: program.into(), next: next.into() }
}

/// `key = value`, `"key": value`, `export KEY=value`, `Key value` or `[section]`, without quotes.
fn field(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches("- ");
    let line = line.strip_prefix("export ").unwrap_or(line);
    if line.starts_with('[') {
        return Some((line, ""));
    }
    let (key, value) = match line.find([':', '=']) {
        Some(at) => (&line[..at], &line[at + 1..]),
        None => line.split_once(' ').unwrap_or((line, "")),
    };
    let (key, value) = (unquoted(key), unquoted(value));
    (!key.is_empty()).then_some((key, value))
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'', '`', ';']).trim()
}

/// What may stand in a command that is shown.
fn is_plain_value(value: &str) -> bool {
    (1..=200).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/-#".contains(&b))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn program(name: &str, text: &str) -> String {
        recognise(Path::new(name), text.as_bytes()).map_or("nobody".into(), |stranger| stranger.program)
    }

    // F177
    #[test]
    fn a_file_of_another_program_is_told_by_its_name() {
        for (file, text, owner) in [
            (
                ".saml2aws",
                "[default]\nname = default\nurl = https://id.acme.example\nprovider = KeyCloak\naws_urn = urn:amazon:webservices\n",
                "saml2aws",
            ),
            (
                "config.yaml",
                "SSOConfig:\n  Default:\n    SSORegion: us-east-1\n    StartUrl: https://acme.awsapps.com/start\n",
                "aws-sso-cli",
            ),
            ("config", "DefaultBrowser = \"FIREFOX\"\nCustomBrowserPath = \"/usr/bin/firefox\"\n", "Granted"),
            ("Leapp-lock.json", "{\"_sessions\":[],\"_workspaceVersion\":4}", "Leapp"),
            (
                "aws-exports.js",
                "const awsmobile = {\n  \"aws_cognito_region\": \"eu-west-1\",\n  \"aws_user_pools_id\": \"eu-west-1_AbC\",\n};\nexport default awsmobile;\n",
                "Amplify",
            ),
            (
                "amplify_outputs.json",
                "{\"auth\":{\"user_pool_id\":\"eu-west-1_AbC\",\"user_pool_client_id\":\"abc\"}}",
                "Amplify",
            ),
            (
                "kubeconfig",
                "apiVersion: v1\nclusters:\n- cluster:\n    server: https://x\ncontexts: []\nkind: Config\n",
                "kubectl (a kubeconfig)",
            ),
            (".env", "export AWS_ACCESS_KEY_ID=AKIA\nDEBUG=1\n", "a shell or Docker (variables)"),
            ("x.json", "{\"startUrl\": \"https://a\", \"accessToken\": \"t\"}", "the AWS CLI (a kept token)"),
            (".okta_aws_login_config", "[DEFAULT]\nokta_org_url = https://acme.okta.com\n", "gimme-aws-creds"),
            ("samconfig.toml", "version = 0.1\n[default.deploy.parameters]\nstack_name = \"x\"\n", "AWS SAM"),
            ("config.toml", "version = 1\n[team.acme]\nprovider = \"cognito\"\n", "Keyfob itself"),
            ("key.csv", "Access key ID,Secret access key\nAKIA,x\n", "the AWS console (an access key)"),
            ("x.toml", "a = 1\n[b]\n", "a program that Keyfob does not know (it is TOML)"),
            ("package.json", "{\"name\": \"x\"}", "a program that Keyfob does not know (it is JSON)"),
            ("x", "\u{0}ELF\u{0}", "some program (it is no text)"),
            ("config", "[profile x]\nsso_session = a\n", "nobody"),
            ("config", "[default]\nregion = eu-west-1\n", "nobody"),
            ("config", "[profile s]\naws_urn = x\nprovider = y\n", "nobody"),
            ("config", "", "nobody"),
        ] {
            assert_eq!(program(file, text), owner, "{file}: {text}");
        }
    }

    // F177
    #[test]
    fn what_serves_instead_is_a_command_with_the_values_of_the_file() {
        let text = "{\"auth\": {\"user_pool_id\": \"eu-west-1_AbC\", \"aws_region\": \"eu-west-1\", \"user_pool_client_id\": \"a;b\"}}";
        let next = recognise(Path::new("x"), text.as_bytes()).unwrap().next;
        assert!(next.contains("--set region=eu-west-1 --set user-pool-id=eu-west-1_AbC --set client-id=…`"), "{next}");
    }
}
