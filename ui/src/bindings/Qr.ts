// Written by crates/core/src/face/window/tests/bindings.rs.
/**
 * A QR code as squares, to be drawn black on white with a quiet zone of four modules around it.
 */
export type Qr = {
/**
 * Modules on a side, quiet zone included.
 */
size: number,
/**
 * An SVG path of the dark modules.
 */
path: string, };
