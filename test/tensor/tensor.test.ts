/** Tensors know their size, give copies and ask their owner first. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createArena } from "../../src/kernels/arena.ts";
import { isNdArray, Tensor } from "../../src/tensor/tensor.ts";

const arena = createArena();
const owner = { arena, requireUsable: () => {} };

test("read copies: the values outlive the tensor's memory", () => {
  const values = arena.scope(() => {
    const tensor = new Tensor(owner, 7, [1, 3], arena.place(Float32Array.of(1, 2, 3)));
    assert.is(tensor.size, 3);
    return tensor.read();
  });
  arena.scope(() => arena.place(Float32Array.of(9, 9, 9)));
  assert.equal(values, Float32Array.of(1, 2, 3));
});

test("the owner may refuse", () => {
  const users: string[] = [];
  const closed = {
    arena,
    requireUsable(_: Tensor, user: string) {
      users.push(user);
      throw new Error("closed");
    },
  };
  assert.throws(() => new Tensor(closed, 0, [], arena.place(Float32Array.of(1))).read(), /closed/);
  assert.equal(users, ["read"]);
});

test("an array with its shape is told from other values", () => {
  assert.ok(isNdArray({ shape: [1], values: Float32Array.of(1) }));
  for (const other of [null, undefined, 1, Float32Array.of(1), [1], { values: [1] }, new Map().values()]) {
    assert.not.ok(isNdArray(other));
  }
});

test.run();
