//! What a provider declares, as a terminal shows it.

use crate::words::about::{About, Field, Flow};

/// How a person logs in, the usual way first.
pub fn flows(about: &About) -> String {
    let all: Vec<&str> = about.flows.iter().map(|flow| self::flow(*flow)).collect();
    all.join(", ")
}

pub fn flow(flow: Flow) -> &'static str {
    match flow {
        Flow::Browser => "in a browser",
        Flow::Code => "code in a browser",
        Flow::Password => "user name and password",
        Flow::Keys => "access keys, and a code where MFA is set up",
    }
}

/// As one of those to choose from.
pub fn choice(about: &About) -> String {
    format!("{}: {}, {}", about.id, about.name, flows(about))
}

/// What its profiles are written down with.
pub fn profiles(about: &About) -> String {
    match about.profile_fields {
        None => "—".into(),
        Some([]) => "yes".into(),
        Some(fields) => fields.iter().map(|field| field.key).collect::<Vec<_>>().join(", "),
    }
}

/// Everything that it declares.
pub fn show(about: &About) -> String {
    let renews = if about.renews { "by itself" } else { "by logging in again" };
    let mut text = format!("{}\n  {}\n  login   {}\n  renews  {renews}\n", about.id, about.name, flows(about));
    if !about.accounts.is_empty() {
        let deeds: Vec<&str> = about.accounts.iter().map(|deed| deed.key()).collect();
        text.push_str(&format!("  account {}\n", deeds.join(", ")));
    }
    text.push_str("\nSettings of a team, for `--set KEY=VALUE`\n");
    about.fields.iter().for_each(|field| text.push_str(&line(field)));
    match about.profile_fields {
        None => text.push_str("\nIts sessions give no AWS credentials, so it has no profiles.\n"),
        Some([]) => text.push_str("\nA profile needs nothing but a name.\n"),
        Some(fields) => {
            text.push_str("\nWhat a profile stands for, for `keyfob profile add --set KEY=VALUE`\n");
            fields.iter().for_each(|field| text.push_str(&line(field)));
        }
    }
    text
}

fn line(field: &Field) -> String {
    let needed = if field.required { "needed" } else { "optional" };
    let key = if field.secret { format!("{}-stdin", field.key) } else { field.key.to_owned() };
    let example = if field.secret { "kept in the keychain".to_owned() } else { format!("such as {}", field.example) };
    format!("  {key:<21}{needed:<10}{}, {example}\n", field.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_declares_stands_in_lines() {
        const FIELDS: &[Field] = &[
            Field { key: "region", label: "Region", required: true, example: "eu-west-1", secret: false },
            Field { key: "client-secret", label: "App client secret", required: false, example: "…", secret: true },
        ];
        let about = About { fields: FIELDS, profile_fields: None, ..crate::testkit::about("cognito") };
        insta::assert_snapshot!(show(&about), @r"
        cognito
          cognito
          login   user name and password
          renews  by itself
          account sign-up, confirm, resend, forgot, change-password

        Settings of a team, for `--set KEY=VALUE`
          region               needed    Region, such as eu-west-1
          client-secret-stdin  optional  App client secret, kept in the keychain

        Its sessions give no AWS credentials, so it has no profiles.
        ");
    }
}
