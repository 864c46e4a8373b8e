// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Button } from "./Button";
import type { ClockRow } from "./ClockRow";
import type { Detail } from "./Detail";
import type { Icon } from "./Icon";
import type { Line } from "./Line";
import type { MenuItem } from "./MenuItem";
import type { Meter } from "./Meter";
import type { ProblemView } from "./ProblemView";
import type { ProfileRow } from "./ProfileRow";
import type { Tone } from "./Tone";

export type TeamScreen = { team: string, name: string, icon: Icon, tone: Tone,
/**
 * Such as `6 h 12 min left`.
 */
headline: string,
/**
 * What the headline leaves open, such as who is logged in.
 */
detail: string, meter: Meter | null, problem: ProblemView | null, buttons: Array<Button>, menu: Array<MenuItem>,
/**
 * Something is going on: the page shows that it waits.
 */
busy: boolean, clocks: Array<ClockRow>, line: Line | null, profiles: Array<ProfileRow>,
/**
 * Asks the server for accounts and roles; `None` when that makes no sense now.
 */
find_roles: Button | null,
/**
 * Writes a profile down by hand.
 */
add_profile: Button | null,
/**
 * Why there are no profiles, or what they are good for; empty where this way of signing in has none.
 */
profiles_hint: string, details: Array<Detail>, };
