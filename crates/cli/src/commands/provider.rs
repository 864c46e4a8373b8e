//! `keyfob provider`: the ways of signing in there are, and what each asks for.

use keyfob_core::face::{problem, talk};
use keyfob_core::words::about::{About, Field};
use keyfob_core::words::problem::Problem;
use serde_json::{Value, json};

use crate::args::ProviderCommand;
use crate::table::Columns;
use crate::world::World;

pub async fn run(world: &World, command: ProviderCommand) -> Result<(), Problem> {
    match command {
        ProviderCommand::List { json } => list(world, json),
        ProviderCommand::Show { name, json } => show(world, name, json).await,
    }
}

fn list(world: &World, json: bool) -> Result<(), Problem> {
    let all = keyfob_providers::registry().iter().map(|provider| provider.about());
    if json {
        let providers: Vec<Value> = all.map(|about| as_json(&about)).collect();
        return world.json(&json!({"version": 1, "providers": providers}));
    }
    let mut table = Columns::with_heads(["PROVIDER", "NAME", "LOGIN", "PROFILES"]);
    for about in all {
        let profiles = talk::provider::profiles(&about);
        table.row([about.id.to_owned(), about.name.to_owned(), talk::provider::flows(&about), profiles]);
    }
    world.result(&table.to_string())
}

async fn show(world: &World, name: Option<String>, json: bool) -> Result<(), Problem> {
    let ids = || keyfob_providers::registry().iter().map(|provider| provider.about().id);
    let name = &chosen(world, name, problem::not_given("The provider", "keyfob provider show aws-sso")).await?;
    let found =
        keyfob_providers::find(name).ok_or_else(|| problem::no_such_provider(name, &ids().collect::<Vec<_>>()))?;
    let about = found.about();
    if json {
        let mut value = as_json(&about);
        value["version"] = 1.into();
        return world.json(&value);
    }
    world.result(&talk::provider::show(&about))
}

/// The provider that was named, or that a person chooses.
pub async fn chosen(world: &World, name: Option<String>, nobody: Problem) -> Result<String, Problem> {
    let Some(name) = name else {
        let all: Vec<About> = keyfob_providers::registry().iter().map(|provider| provider.about()).collect();
        let rows: Vec<String> = all.iter().map(talk::provider::choice).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let place = world.choose(talk::WHICH_PROVIDER, &rows, nobody).await?;
        return Ok(all.get(place).map(|about| about.id.to_owned()).unwrap_or_default());
    };
    Ok(name)
}

fn as_json(about: &About) -> Value {
    let fields = |fields: &[Field]| -> Vec<Value> { fields.iter().map(|field| json!(field)).collect() };
    json!({
        "id": about.id,
        "name": about.name,
        "flows": about.flows,
        "renews": about.renews,
        "fields": fields(about.fields),
        "accounts": about.accounts,
        "profiles": about.has_profiles(),
        "profile_fields": fields(about.profile_fields.unwrap_or_default()),
    })
}
