#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::scenarios::{all, now, ok};
use super::*;
