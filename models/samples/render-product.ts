// Owns: the order in which a product picture comes together: a first pass everywhere, then
// many more samples where neighbouring pixels disagree (Whitted's adaptive sampling, 1980).

import type { Pool } from './pool.ts';
import type { ProductScene, ProductShared } from './product-jobs.ts';
import type { Rendered } from './render-plush.ts';

const DISAGREE = 0.045;

function markBusy(d: ProductShared): void {
  const { width: w, height: h, picture, alpha } = d;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const i = y * w + x;
      for (const j of [x + 1 < w ? i + 1 : i, y + 1 < h ? i + w : i]) {
        let differ = alpha[i] !== alpha[j] || (alpha[i]! > 0 && alpha[i]! < 1);
        for (let c = 0; c < 3 && !differ; c++) {
          const a = picture[i * 3 + c]!;
          const b = picture[j * 3 + c]!;
          // Compared as the eye does: a step matters more in the dark.
          differ = Math.abs(a - b) > DISAGREE * (0.35 + a + b);
        }
        if (differ) {
          d.busy[i] = 1;
          d.busy[j] = 1;
        }
      }
    }
  }
}

export async function renderProduct(
  scene: ProductScene,
  width: number,
  height: number,
  pool: Pool,
  say: (text: string) => void,
): Promise<Rendered> {
  const n = width * height;
  const d: ProductShared = {
    scene: scene.name,
    width,
    height,
    busy: new Uint8Array(new SharedArrayBuffer(n)),
    // The picture, then the cloth on its own.
    picture: new Float32Array(new SharedArrayBuffer(n * 6 * 4)),
    alpha: new Float32Array(new SharedArrayBuffer(n * 4)),
  };
  scene.backdrop(width, height).enlarge(width, height, d.picture.subarray(n * 3));
  say('tracing');
  await pool.run('first', height, d);
  markBusy(d);
  say('refining edges');
  await pool.run('refine', height, d);
  return { light: d.picture.slice(0, n * 3), alpha: d.alpha };
}
