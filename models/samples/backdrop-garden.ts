// Owns: the garden behind the bear: hedge, light through leaves, flowers and a lawn. Each
// leaf that catches the sun is drawn as what the lens makes of it, a disc.

import { Backdrop } from './backdrop.ts';
import { fbm, Random } from './noise.ts';
import { mixVec, smoothstep, type Vec } from './vector.ts';

export function paintGarden(width: number, height: number): Backdrop {
  const b = new Backdrop(width, height);
  const random = new Random(21);
  b.fill((u, v, out) => {
    const sun = Math.exp(-((u - 0.8) ** 2 * 5.5 + (v - 0.02) ** 2 * 7));
    const lawn = smoothstep(0.4, 0.52, v);
    const blot = fbm(u * 5 + 3, v * 5, 0, 4, 6);
    const dark = smoothstep(0.35, 0.65, blot);
    const hedge: Vec = [
      0.012 + 0.03 * dark + 0.5 * sun,
      0.03 + 0.05 * dark + 0.46 * sun,
      0.016 + 0.014 * dark + 0.13 * sun,
    ];
    const grass: Vec = [0.09 + 0.08 * blot, 0.15 + 0.09 * blot, 0.03 + 0.03 * blot];
    const c = mixVec(hedge, grass, lawn * 0.9);
    for (let i = 0; i < 3; i++) out[i] = c[i]!;
  });
  // A tree trunk and a terracotta pot give the blur something to be a blur of.
  b.rect(0.105, 0, 0.165, 0.47, [0.055, 0.042, 0.032]);
  b.rect(0.16, 0, 0.178, 0.47, [0.16, 0.13, 0.09]);
  for (let i = 0; i < 900; i++) {
    const u = random.next();
    const v = random.next() * 0.5;
    const k = random.range(0.3, 1.5) * (0.5 + 0.9 * Math.exp(-((u - 0.78) ** 2) * 4));
    const yellow = random.next();
    const r = random.range(0.012, 0.035);
    b.ellipse(
      u,
      v,
      r,
      r * random.range(0.6, 1),
      [(0.045 + 0.09 * yellow) * k, (0.09 + 0.055 * yellow) * k, 0.026 * k],
      0.4,
      0.3,
    );
  }
  b.rect(0.86, 0.4, 0.97, 0.52, [0.36, 0.14, 0.075]);
  b.rect(0.85, 0.385, 0.98, 0.412, [0.45, 0.19, 0.1]);
  for (let i = 0; i < 90; i++) {
    const a = random.next() * 6.283;
    const r = Math.sqrt(random.next());
    const flower = random.next() < 0.45;
    const k = random.range(0.6, 1.3);
    b.ellipse(
      0.915 + 0.1 * r * Math.cos(a),
      0.3 + 0.09 * r * Math.sin(a),
      0.017,
      0.015,
      flower ? [0.6 * k, 0.15 * k, 0.24 * k] : [0.045 * k, 0.09 * k, 0.04 * k],
      0.85,
      0.3,
    );
  }
  for (let i = 0; i < 70; i++) {
    const k = random.range(0.6, 1.2);
    b.ellipse(
      random.range(0.0, 0.33),
      random.range(0.4, 0.5),
      0.013,
      0.013,
      random.next() < 0.5 ? [0.6 * k, 0.57 * k, 0.5 * k] : [0.36 * k, 0.2 * k, 0.46 * k],
      0.8,
      0.3,
    );
  }
  b.discBlur(0.02);
  b.discBlur(0.01);
  for (let layer = 0; layer < 2; layer++) {
    for (let i = 0; i < 130; i++) {
      const u = random.next();
      const v = random.next() * 0.46;
      const towards = Math.exp(-((u - 0.74) ** 2 * 3 + (v - 0.06) ** 2 * 7));
      if (random.next() > 0.12 + 1.1 * towards || v > 0.38) continue;
      const r = (layer === 0 ? 0.036 : 0.024) * random.range(0.8, 1.12);
      const k = random.range(0.35, 1) * (0.45 + 1.5 * towards);
      const warm = random.next();
      b.ellipse(
        u,
        v,
        r,
        r,
        [(0.55 + 0.55 * warm) * k, (0.72 + 0.1 * warm) * k, (0.24 + 0.14 * warm) * k],
        random.range(0.1, 0.3),
        0.16,
        0.25,
      );
    }
  }
  return b;
}
