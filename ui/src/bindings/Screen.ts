// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Form } from "./Form";
import type { Home } from "./Home";
import type { Import } from "./Import";
import type { KeychainScreen } from "./KeychainScreen";
import type { LoginScreen } from "./LoginScreen";
import type { Removal } from "./Removal";
import type { Roles } from "./Roles";
import type { Settings } from "./Settings";
import type { TeamScreen } from "./TeamScreen";
import type { Welcome } from "./Welcome";

/**
 * The content of a page.
 */
export type Screen = { "kind": "welcome" } & Welcome | { "kind": "home" } & Home | { "kind": "login" } & LoginScreen | { "kind": "team" } & TeamScreen | { "kind": "removal" } & Removal | { "kind": "form" } & Form | { "kind": "import" } & Import | { "kind": "roles" } & Roles | { "kind": "settings" } & Settings | { "kind": "keychain" } & KeychainScreen;
