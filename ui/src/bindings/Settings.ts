// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Choice } from "./Choice";
import type { Detail } from "./Detail";
import type { KeychainScreen } from "./KeychainScreen";
import type { ProblemView } from "./ProblemView";
import type { Toggle } from "./Toggle";

export type Settings = { toggles: Array<Toggle>, warn: Array<Choice>, early_hint: Toggle, shells: Array<Choice>, themes: Array<Choice>, keychain: KeychainScreen, problem: ProblemView | null, about: Array<Detail>, };
