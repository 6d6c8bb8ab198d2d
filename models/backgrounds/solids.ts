// Owns: the solids a scene is built of: boxes, balls and drums, each a unit shape under a
// rotation and a stretch, and finding the first one along a ray. A tree of bounding boxes
// (Kay & Kajiya 1986) keeps books and leaves affordable.

import { normalize, type Vec } from '../samples/vector.ts';

export type Paint = {
  color: Vec;
  /** Light given off. */
  glow?: Vec;
  /** Share of a mirror's reflection, and how scattered it is. */
  gloss?: number;
  rough?: number;
  floor?: boolean;
};

export type Solid = {
  kind: 'box' | 'ball' | 'drum';
  at: Vec;
  half: Vec;
  axes: [Vec, Vec, Vec];
  paint: Paint;
};

/** Turns about y, then leans about the turned x axis. */
export function axesOf(turn: number, lean = 0): [Vec, Vec, Vec] {
  const c = Math.cos(turn);
  const s = Math.sin(turn);
  const k = Math.cos(lean);
  const l = Math.sin(lean);
  return [
    [c, 0, -s],
    [s * l, k, c * l],
    [s * k, -l, c * k],
  ];
}

export function solid(kind: Solid['kind'], at: Vec, half: Vec, paint: Paint, turn = 0, lean = 0): Solid {
  return { kind, at, half, axes: axesOf(turn, lean), paint };
}

/** A box by its two corners. */
export function block(a: Vec, b: Vec, paint: Paint): Solid {
  return solid(
    'box',
    [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2],
    [Math.abs(b[0] - a[0]) / 2, Math.abs(b[1] - a[1]) / 2, Math.abs(b[2] - a[2]) / 2],
    paint,
  );
}

export type Hit = { t: number; solid: Solid; normal: Vec };

type Node = { low: number[]; high: number[]; kids: Node[]; solids: Solid[] };

function bounds(s: Solid): { low: number[]; high: number[] } {
  const reach = [0, 1, 2].map((i) => s.axes.reduce((sum, a, k) => sum + Math.abs(a[i]!) * s.half[k]!, 1e-5));
  return { low: reach.map((r, i) => s.at[i]! - r), high: reach.map((r, i) => s.at[i]! + r) };
}

export function buildTree(solids: Solid[]): Node {
  const boxes = solids.map(bounds);
  const low = [0, 1, 2].map((i) => Math.min(...boxes.map((b) => b.low[i]!)));
  const high = [0, 1, 2].map((i) => Math.max(...boxes.map((b) => b.high[i]!)));
  if (solids.length <= 3) return { low, high, kids: [], solids };
  const spread = [0, 1, 2].map((i) => {
    const at = solids.map((s) => s.at[i]!);
    return Math.max(...at) - Math.min(...at);
  });
  const axis = spread.indexOf(Math.max(...spread));
  const sorted = solids.toSorted((a, b) => a.at[axis]! - b.at[axis]!);
  const half = sorted.length >> 1;
  return { low, high, kids: [buildTree(sorted.slice(0, half)), buildTree(sorted.slice(half))], solids: [] };
}

// The nearest hit so far, in the shape's own space; module state, to allocate nothing.
let best = 0;
let bestSolid: Solid | undefined;
let bestX = 0;
let bestY = 0;
let bestZ = 0;

function tryHit(s: Solid, o: Vec, d: Vec): void {
  const px = o[0] - s.at[0];
  const py = o[1] - s.at[1];
  const pz = o[2] - s.at[2];
  const [a, b, c] = s.axes;
  const [hx, hy, hz] = s.half;
  const ox = (px * a[0] + py * a[1] + pz * a[2]) / hx;
  const oy = (px * b[0] + py * b[1] + pz * b[2]) / hy;
  const oz = (px * c[0] + py * c[1] + pz * c[2]) / hz;
  const dx = (d[0] * a[0] + d[1] * a[1] + d[2] * a[2]) / hx;
  const dy = (d[0] * b[0] + d[1] * b[1] + d[2] * b[2]) / hy;
  const dz = (d[0] * c[0] + d[1] * c[1] + d[2] * c[2]) / hz;
  let near = Number.NEGATIVE_INFINITY;
  let far = Number.POSITIVE_INFINITY;
  const slab = (p: number, q: number): void => {
    const u = (-1 - p) / q;
    const v = (1 - p) / q;
    near = Math.max(near, Math.min(u, v));
    far = Math.min(far, Math.max(u, v));
  };
  if (s.kind === 'box') {
    slab(ox, dx);
    slab(oy, dy);
    slab(oz, dz);
  } else {
    const y = s.kind === 'ball' ? 1 : 0;
    const qa = dx * dx + dz * dz + y * dy * dy;
    const qb = ox * dx + oz * dz + y * oy * dy;
    const root = qb * qb - qa * (ox * ox + oz * oz + y * oy * oy - 1);
    if (root <= 0) return;
    const w = Math.sqrt(root);
    near = (-qb - w) / qa;
    far = (-qb + w) / qa;
    if (y === 0) slab(oy, dy);
  }
  if (near > far || near < 1e-4 || near >= best) return;
  best = near;
  bestSolid = s;
  bestX = ox + dx * near;
  bestY = oy + dy * near;
  bestZ = oz + dz * near;
}

function walk(node: Node, o: Vec, d: Vec): void {
  let near = 0;
  let far = best;
  for (let i = 0; i < 3; i++) {
    const u = (node.low[i]! - o[i]!) / d[i]!;
    const v = (node.high[i]! - o[i]!) / d[i]!;
    near = Math.max(near, Math.min(u, v));
    far = Math.min(far, Math.max(u, v));
  }
  if (near > far) return;
  for (const s of node.solids) tryHit(s, o, d);
  for (const k of node.kids) walk(k, o, d);
}

/** A call, because the compiler believes an assignment lasts to the end of the function. */
function nearest(): Solid | undefined {
  return bestSolid;
}

export function blocked(tree: Node, o: Vec, d: Vec, distance: number): boolean {
  best = distance;
  bestSolid = undefined;
  walk(tree, o, d);
  return nearest() !== undefined;
}

export function firstHit(tree: Node, o: Vec, d: Vec): Hit | undefined {
  best = Number.POSITIVE_INFINITY;
  bestSolid = undefined;
  walk(tree, o, d);
  const s = nearest();
  if (!s) return undefined;
  // On a box a high power picks the face and rounds the edge a little, as upholstery does.
  const p = s.kind === 'box' ? 24 : 1;
  const bend = (x: number): number => Math.sign(x) * Math.abs(x) ** p;
  const cap = s.kind === 'drum' && Math.abs(bestY) > 0.9999;
  const lx = cap ? 0 : bend(bestX) / s.half[0];
  const ly = cap || s.kind !== 'drum' ? bend(bestY) / s.half[1] : 0;
  const lz = cap ? 0 : bend(bestZ) / s.half[2];
  const [a, b, c] = s.axes;
  const normal = normalize([
    lx * a[0] + ly * b[0] + lz * c[0],
    lx * a[1] + ly * b[1] + lz * c[1],
    lx * a[2] + ly * b[2] + lz * c[2],
  ]);
  return { t: best, solid: s, normal };
}

export type Tree = Node;
