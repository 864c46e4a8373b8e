//! What a person fills in for a provider: texts by key.

use std::collections::BTreeMap;

/// The fields of a provider's form, as written in the config file, such as `region` or `start-url`.
pub type Settings = BTreeMap<String, String>;
