/** A link hands over what was sent, in order, to the other end only, and says so when it cannot. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, type LinkMessage } from "../../../src/algorithms/matrpo/link.ts";

const scale = (value: number): LinkMessage => ({ kind: "advantage-scale", value });
const ratios = (...values: number[]): LinkMessage => ({
  kind: "log-ratio",
  values: Float32Array.from(values),
});

test("each end receives exactly what the other sent, in the order it was sent, however calls interleave", () => {
  const calls = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom("send", "receive")), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(calls, (script) => {
      const ends = connect(0, 1);
      const waiting: LinkMessage[][] = [[], []]; // at either end
      for (const [count, [side, call]] of script.entries()) {
        if (call === "send") {
          const message = count % 3 === 0 ? ratios(count, side) : scale(count);
          ends[side].send(message);
          waiting[1 - side].push(message);
        } else {
          const expected = waiting[side].shift();
          if (expected) assert.is(ends[side].receive(expected.kind), expected);
          else assert.throws(() => ends[side].receive("log-ratio"), /expected log-ratio, got nothing/);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("a message of another kind is refused by name", () => {
  const [first, second] = connect(0, 1);
  first.send(ratios(1, 2));
  assert.throws(() => second.receive("advantage-scale"), /expected advantage-scale, got log-ratio/);
  first.send(scale(1));
  assert.throws(() => second.receive("advantage-mean"), /expected advantage-mean, got advantage-scale/);
});

test("nobody hears himself", () => {
  const [first] = connect(0, 1);
  first.send(scale(1));
  assert.throws(() => first.receive("advantage-scale"), /got nothing/);
});

test("the recorder sees every message when it is sent, with sender and receiver", () => {
  const seen: { message: LinkMessage; from: number; to: number }[] = [];
  const [atFour, atTwo] = connect(4, 2, (message, from, to) => seen.push({ message, from, to }));
  const messages = [scale(0.5), ratios(1, -1), scale(3)];
  atFour.send(messages[0]);
  atTwo.send(messages[1]);
  assert.is(seen.length, 2, "before anything is received");
  atFour.receive("log-ratio");
  atTwo.receive("advantage-scale");
  atTwo.send(messages[2]);
  assert.equal(seen, [
    { message: messages[0], from: 4, to: 2 },
    { message: messages[1], from: 2, to: 4 },
    { message: messages[2], from: 2, to: 4 },
  ]);
});

test("an end that is cleared forgets what had come, and the other end does not", () => {
  const [first, second] = connect(0, 1);
  for (const value of [1, 2]) first.send(scale(value));
  second.send(ratios(3));
  second.clear();
  assert.throws(() => second.receive("advantage-scale"), /got nothing/);
  assert.equal(first.receive("log-ratio"), ratios(3));
});

test("links do not hear each other", () => {
  const [first] = connect(0, 1);
  const [, other] = connect(0, 1);
  first.send(scale(1));
  assert.throws(() => other.receive("advantage-scale"), /got nothing/);
});

test.run();
