import { test } from "uvu";
import * as assert from "uvu/assert";
import { didYouMean, nearest } from "../../src/validation/suggest.ts";

const keys = ["agents", "landmarks", "episodeLimit", "gamma", "maxKl", "gaeLambda", "seed", "topology"];

test("every single slip of the finger leads back to the key", () => {
  for (const key of keys) {
    for (let i = 0; i < key.length; i++) {
      const dropped = key.slice(0, i) + key.slice(i + 1);
      const doubled = key.slice(0, i) + key[i] + key.slice(i);
      const swapped = key.slice(0, i) + (key[i + 1] ?? "") + key[i] + key.slice(i + 2);
      for (const typed of [dropped, doubled, swapped]) assert.is(nearest(typed, keys), key, typed);
    }
    assert.is(nearest(key.toUpperCase(), keys), key);
  }
});

test("parts of a name lead to it, strangers to nothing", () => {
  assert.is(nearest("lambda", keys), "gaeLambda");
  assert.is(nearest("limit", keys), "episodeLimit");
  for (const typed of ["x", "", "temperature", "kk"]) assert.is(nearest(typed, keys), undefined, typed);
  assert.is(nearest("agents", []), undefined);
});

test("names of PettingZoo lead to ours", () => {
  const ids = [
    "particle/cooperative-navigation",
    "mpe/simple",
    "mpe/simple-spread",
    "mpe/simple-push",
    "mpe/simple-tag",
  ];
  for (const name of ["simple", "simple-spread", "simple-push", "simple-tag"])
    assert.is(nearest(`${name.replace("-", "_")}_v3`, ids), `mpe/${name}`);
});

test("the advice names a guess, else all that is known", () => {
  assert.is(didYouMean("gama", keys), 'did you mean "gamma"?');
  assert.is(didYouMean("zzzzzz", ["a", "b"]), "known: a, b");
  assert.is(didYouMean("a", []), "none is allowed");
});

test.run();
