// Written by crates/core/src/face/window/tests/bindings.rs.
import type { Row } from "./Row";

export type Home = { rows: Array<Row>, };
