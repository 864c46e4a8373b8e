// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Asked } from "./Asked";
import type { ProblemView } from "./ProblemView";
import type { Waiting } from "./Waiting";

export type LoginStep = { "step": "busy", text: string, } | { "step": "ask" } & Asked | { "step": "wait" } & Waiting | { "step": "failed", problem: ProblemView, };
