import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Integrator, MOVES, ParticleWorld } from "../../../src/environments/particle/world.ts";
import { allClose, close } from "../../support/close.ts";
import { stepTwin, type TwinBody } from "../../support/particle-twin.ts";

const real = (size: number) => fc.double({ min: -size, max: size, noNaN: true });
const point = (size: number) => fc.tuple(real(size), real(size));
const body = fc.record({
  p: point(1),
  v: point(2),
  radius: fc.double({ min: 0.02, max: 0.3, noNaN: true }),
  mass: fc.double({ min: 0.5, max: 3, noNaN: true }),
  maxSpeed: fc.constantFrom(0.5, 1, Number.POSITIVE_INFINITY),
  moves: fc.constantFrom(true, true, false),
});
/** Bodies of which the first so many collide. */
const crowd = fc
  .tuple(fc.array(body, { minLength: 1, maxLength: 5 }), fc.nat(5))
  .map(([bodies, colliders]) => bodies.map((one, i) => ({ ...one, collides: i < colliders })));

function worldOf(
  bodies: readonly TwinBody[],
  copies: number,
  copy: number,
  integrator?: Integrator,
): ParticleWorld {
  const world = new ParticleWorld(copies, bodies, integrator);
  world.positions.set(
    bodies.flatMap(({ p }) => p),
    copy * bodies.length * 2,
  );
  world.velocities.set(
    bodies.flatMap(({ v }) => v),
    copy * bodies.length * 2,
  );
  return world;
}

test("bodies of all kinds move as the formulas say, by the velocity of after or of before the step", () => {
  fc.assert(
    fc.property(
      crowd,
      fc.array(point(5), { minLength: 5, maxLength: 5 }),
      fc.constantFrom<Integrator>("velocity-first", "position-first"),
      (bodies, drives, integrator) => {
        fc.pre(
          bodies.every((a, i) =>
            bodies.every((b, j) => i === j || Math.hypot(a.p[0] - b.p[0], a.p[1] - b.p[1]) > 1e-6),
          ),
        );
        const twins = structuredClone(bodies);
        const world = worldOf(bodies, 3, 1, integrator);
        world.forces.set(drives.slice(0, bodies.length).flat());
        world.step(1);
        stepTwin(twins, drives, integrator === "position-first");
        const at = bodies.length * 2;
        allClose(
          world.velocities.subarray(at, 2 * at),
          twins.flatMap(({ v }) => v),
          1e-9,
          "velocity",
        );
        allClose(
          world.positions.subarray(at, 2 * at),
          twins.flatMap(({ p }) => p),
          1e-10,
          "position",
        );
        assert.ok(
          [...world.positions.subarray(0, at), ...world.positions.subarray(2 * at)].every((x) => x === 0),
          "other copies rest",
        );
      },
    ),
    { numRuns: 300 },
  );
});

test("contacts between equal bodies keep the momentum", () => {
  const bodies = [0, 0.1, 0.2].map(
    (x): TwinBody => ({ p: [x, x * x], v: [0, 0], radius: 0.15, mass: 1, maxSpeed: Infinity }),
  );
  const world = worldOf(bodies, 1, 0);
  world.step(0);
  const { velocities } = world;
  assert.ok(Math.abs(velocities[0]) > 1);
  close(velocities[0] + velocities[2] + velocities[4], 0, 1e-14);
  close(velocities[1] + velocities[3] + velocities[5], 0, 1e-14);
});

test("contacts beyond the range of softplus change no bit, inside they do", () => {
  for (const [gap, moves] of [
    [0.747, false],
    [0.73, true],
  ] as const) {
    const bodies = [0, 0.3 + gap].map(
      (x): TwinBody => ({ p: [x, 0], v: [0, 0], radius: 0.15, mass: 1, maxSpeed: Infinity }),
    );
    const world = worldOf(bodies, 1, 0);
    world.step(0);
    assert.is(world.velocities[2] > 0, moves, `gap ${gap}`);
  }
});

test("bodies in the same place part along x with the full contact force", () => {
  const bodies = [0, 0].map(
    (x): TwinBody => ({ p: [x, 0.5], v: [0, 0], radius: 0.15, mass: 1, maxSpeed: Infinity }),
  );
  const world = worldOf(bodies, 1, 0);
  world.step(0);
  allClose(world.velocities, [3, 0, -3, 0], 1e-12);
});

test("the five moves drive along the axes, others are refused", () => {
  const world = new ParticleWorld(1, [{ radius: 0.1 }, { radius: 0.1 }]);
  const expected = [
    [0, 0],
    [-5, 0],
    [5, 0],
    [0, -5],
    [0, 5],
  ];
  for (let move = 0; move < MOVES; move++) {
    world.setMove(1, move, 5);
    allClose(world.forces.subarray(2), expected[move], 0);
  }
  for (const move of [-1, 5, 1.5, Number.NaN]) {
    assert.throws(
      () => world.setMove(1, move, 5),
      /agent 1 chose action .*; it must be an integer from 0 to 4/,
    );
  }
});

test.run();
