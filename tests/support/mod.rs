//! What the tests share: real peers started and ended, private keychains, and the program under test.

pub mod desktop;
pub mod keepassxc;
pub mod keyring;
pub mod peers;
pub mod person;
pub mod stage;
pub mod system_bus;
pub mod terminal;
pub mod webdriver;
