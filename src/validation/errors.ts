/** Errors a person can act on: what was given, what is allowed, what to do next. Only the message shows. */

/** A value that cannot be used: a wrong option, size, file or reply of an environment. */
export class InvalidInputError extends RangeError {
  override readonly name: string = "InvalidInputError";
}

/** A number that is not finite, found before it could do harm. Parameters are as they were. */
export class NonFiniteError extends RangeError {
  override readonly name: string = "NonFiniteError";
}

/** A checkpoint or run directory that cannot be read or trusted. */
export class CheckpointError extends InvalidInputError {
  override readonly name: string = "CheckpointError";
}

/** A file that the system does not let be written; its answer is the `cause`. */
export class FileError extends Error {
  override readonly name: string = "FileError";
}

/** The kernels' memory cannot grow as far as asked. */
export class OutOfMemoryError extends RangeError {
  override readonly name: string = "OutOfMemoryError";
}

/** A thread that kernels share their work with failed or ended. */
export class ThreadError extends Error {
  override readonly name: string = "ThreadError";
}

/** Runs body; a NonFiniteError out of it also names this place. */
export function within<T>(place: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    throw new NonFiniteError(`${place}: ${error.message}`, { cause: error });
  }
}
