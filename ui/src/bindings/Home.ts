// Written by crates/core/src/window/bindings.rs.
import type { Row } from "./Row";

export type Home = { rows: Array<Row>, };
