//! What the program stands on: this computer, or the demo in its place.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use keyfob_core::doors::environment::{Environment, Variables};
use keyfob_core::doors::pace::Paces;
use keyfob_core::doors::ports::{Clock, Person, SecretStore};
use keyfob_core::doors::provider::Cx;
use keyfob_core::hands::config::file::ConfigFile;
use keyfob_core::hands::sessions::{Keep, Places as SessionPlaces, Sessions};
use keyfob_neighbours::aws_config;
use keyfob_neighbours::places::aws_config_file;
use keyfob_platform::dirs::Places;
use keyfob_platform::environment::{AwsConfigFile, SystemEnvironment};
use keyfob_platform::place::{Place, Whereabouts};
use keyfob_platform::{browser, clock, files, http, keychain, random};

/// The parts that differ. Its environment may hold secrets, so there is no `Debug`.
#[derive(Clone)]
pub struct Ground {
    pub places: Places,
    pub env: BTreeMap<String, OsString>,
    pub clock: Arc<dyn Clock>,
    pub store: Arc<dyn SecretStore>,
    pub demo: bool,
    pub paces: Paces,
    /// Where the person is who is shown something.
    pub place: Whereabouts,
}

impl Ground {
    /// This computer, with its clock and its keychain.
    pub fn of_computer(places: Places) -> Self {
        Ground {
            env: environment(),
            clock: Arc::new(clock::SystemClock),
            store: Arc::new(keychain::Keychain::new(&places.state)),
            demo: false,
            paces: Paces::default(),
            place: Whereabouts::at(Place::of_this_process()),
            places,
        }
    }

    pub fn config_file(&self) -> ConfigFile {
        ConfigFile {
            path: self.places.config.clone(),
            last_good: self.places.state.join("config.good.toml"),
            lock: self.places.locks.join("config.lock"),
            files: Arc::new(files::DiskFiles),
            clock: self.clock.clone(),
            random: Arc::new(random::SystemRandom),
            find: keyfob_providers::find,
        }
    }

    pub fn sessions(&self) -> Sessions {
        Sessions::new(
            self.store.clone(),
            Arc::new(files::DiskFiles),
            self.clock.clone(),
            SessionPlaces { facts: self.places.state.join("facts.json"), locks: self.places.locks.clone() },
            keyfob_providers::find,
            keyfob_providers::tokens(),
            Keep::OrInMemory,
        )
    }

    pub fn cx(&self, person: Arc<dyn Person>) -> Cx {
        let environment: Arc<dyn Environment> = match self.demo {
            true => Arc::new(self.env.clone().into_iter().collect::<Variables>()),
            false => {
                Arc::new(SystemEnvironment::new(AwsConfigFile { find: aws_config_file, setting: aws_config::setting }))
            }
        };
        Cx {
            callback: Arc::new(keyfob_platform::callback::Loopback),
            clock: self.clock.clone(),
            http: Arc::new(http::Internet::new(environment.clone())),
            paces: self.paces.clone(),
            person,
            browser: Arc::new(browser::SystemBrowser::at(self.place.clone())),
            random: Arc::new(random::SystemRandom),
            environment,
        }
    }
}

/// All variables whose names are text; their values may be paths, which need not be.
pub fn environment() -> BTreeMap<String, OsString> {
    std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v))).collect()
}
