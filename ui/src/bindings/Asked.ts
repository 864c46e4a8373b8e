// Written by crates/core/src/face/window/tests/bindings.rs.
import type { AskedBody } from "./AskedBody";
import type { Button } from "./Button";

export type Asked = {
/**
 * Such as `Step 2 of 2, as ann`; may be empty.
 */
place: string, title: string, text: string,
/**
 * To be compared letter by letter; may be empty.
 */
address: string,
/**
 * What the server said of the last answer; may be empty.
 */
said: string,
/**
 * Why the last answer was not taken, where no single field is to blame; may be empty.
 */
refused: string, body: AskedBody,
/**
 * The field that has the focus; empty for the first thing there is.
 */
focus: string, send: string,
/**
 * For the password manager, where the name is not a field of the form; may be empty.
 */
username: string,
/**
 * A secret is shown beside it, which comes down the pipe in a line of its own.
 */
reveals: boolean,
/**
 * Other ways on.
 */
others: Array<Button>,
/**
 * Which question of the login it is: another one is another form.
 */
number: number,
/**
 * Grows when an answer was sent back without reaching the server.
 */
serial: number, };
