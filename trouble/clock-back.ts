// Preloaded into the process that serves: its clock is set back again and again, by up to an hour, and at times forward.
import { createChance } from './chance.ts';

const chance = createChance(Number(process.env.TROUBLE_CLOCK_SEED ?? 1));
const Real = Date;
let shift = 0;
let next = 0;

function now(): number {
  const at = performance.now();
  if (at >= next) {
    next = at + chance.between(5, 200);
    shift += chance.between(-3_600_000, 600_000);
  }
  return Math.floor(Real.now() + shift);
}

if (process.env.TROUBLE_CLOCK_SEED !== undefined)
  globalThis.Date = new Proxy(Real, {
    construct: (target, args) => (args.length === 0 ? new target(now()) : Reflect.construct(target, args)),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
