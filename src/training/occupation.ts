/**
 * What a model is at. Its calls wait for slow environments and callbacks, and a second one that began meanwhile would
 * change the numbers under the first; it is refused instead, with what to wait for.
 */
import { InvalidInputError } from "../validation/errors.ts";

/** A call that has begun: "learn()". */
interface Call {
  readonly name: string;
  /** Whether it stands between two iterations, where others may look but not change anything. */
  paused: boolean;
  over: boolean;
}

/** Whether a call leaves the model as it was, so that it may come while `learn` waits for a callback. */
export type Effect = "looks" | "changes";

export class Occupation {
  #now: Call | undefined;

  /** @throws InvalidInputError when another call is at work */
  require(name: string, effect: Effect): void {
    const now = this.#now;
    if (!now || (now.paused && effect === "looks")) return;
    const otherwise = effect === "looks" ? ", or call it in onIteration, for which learning waits" : "";
    throw new InvalidInputError(
      `This model is still busy with ${now.name}: await it before you call ${name}${otherwise}.`,
    );
  }

  /**
   * For a call that draws from the random streams with which another would go on, between two iterations too.
   * @param remedy what to do instead
   * @throws InvalidInputError when another call is at work
   */
  requireStill(name: string, remedy: string): void {
    if (!this.#now) return;
    throw new InvalidInputError(
      `This model is still busy with ${this.#now.name}, which ${name} would change: ${remedy}, or await ${this.#now.name} first.`,
    );
  }

  /** Runs body, and refuses what would disturb it meanwhile. @throws InvalidInputError as `require` does */
  async during<T>(name: string, effect: Effect, body: () => Promise<T>): Promise<T> {
    this.require(name, effect);
    const around = this.#now;
    const own: Call = { name, paused: false, over: false };
    this.#now = own;
    try {
      return await body();
    } finally {
      own.over = true;
      if (this.#now === own) this.#now = around?.over ? undefined : around;
    }
  }

  /**
   * Lets others look at the model while a callback of the call at work runs.
   * @throws InvalidInputError when the callback began something and did not wait for it
   */
  async pause(callback: () => unknown): Promise<void> {
    const own = this.#now as Call;
    own.paused = true;
    try {
      await callback();
    } finally {
      own.paused = false;
    }
    if (this.#now === own) return;
    throw new InvalidInputError(
      `A callback of ${own.name} began ${this.#now?.name} and did not wait for it: await it there, in an async function.`,
    );
  }
}
