/** A call that must fail, with this class of error and this message. */
import * as assert from "uvu/assert";

/** Fails unless `call` throws or rejects; gives the error back. */
export async function rejects(
  call: () => unknown,
  kind: abstract new (...parameters: never[]) => Error,
  message: RegExp,
): Promise<Error> {
  let error: unknown;
  try {
    await call();
  } catch (caught) {
    error = caught;
  }
  assert.ok(error instanceof Error, `expected ${kind.name}, but nothing was thrown`);
  assert.is(error.constructor, kind, `expected ${kind.name}, got ${error.stack}`);
  assert.match(error.message, message);
  return error;
}
