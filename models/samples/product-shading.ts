// Owns: how tin, chrome, glass and the table look: diffuse paint under a clear coat (Schlick's
// Fresnel, 1994), mirrored metal, soft shadows (Quilez, "soft shadows in raymarched SDFs")
// and ambient occlusion (Evans, SIGGRAPH 2006 course).

import { fbm, valueNoise } from './noise.ts';
import { clipToBox, type Distance, gradient, march } from './sdf.ts';
import { KEY, KEY_COLOR, studioLight, tableColor } from './studio.ts';
import { eyeRadius, MATERIAL, ROBOT_HI, ROBOT_LO, robot, robotMaterial, toRobot } from './toy-robot.ts';
import { clamp01, dot, normalize, reflect, smoothstep, type Vec } from './vector.ts';

type Surface = { albedo: Vec; metal: number; gloss: number; glow: number };

const SURFACES: Surface[] = [];
SURFACES[MATERIAL.paint] = { albedo: [0.05, 0.3, 0.32], metal: 0, gloss: 1, glow: 0 };
SURFACES[MATERIAL.red] = { albedo: [0.5, 0.035, 0.022], metal: 0, gloss: 1, glow: 0 };
SURFACES[MATERIAL.cream] = { albedo: [0.72, 0.62, 0.44], metal: 0, gloss: 0.8, glow: 0 };
SURFACES[MATERIAL.chrome] = { albedo: [0.78, 0.79, 0.81], metal: 1, gloss: 1, glow: 0 };
SURFACES[MATERIAL.eye] = { albedo: [0.75, 0.36, 0.05], metal: 0, gloss: 1.3, glow: 0.55 };
SURFACES[MATERIAL.dark] = { albedo: [0.018, 0.018, 0.02], metal: 0, gloss: 0.5, glow: 0 };
SURFACES[MATERIAL.amber] = { albedo: [0.85, 0.42, 0.03], metal: 0, gloss: 1.2, glow: 0.4 };
SURFACES[MATERIAL.brass] = { albedo: [0.8, 0.56, 0.24], metal: 1, gloss: 1, glow: 0 };
SURFACES[MATERIAL.green] = { albedo: [0.1, 0.5, 0.12], metal: 0, gloss: 1.2, glow: 0.3 };
SURFACES[MATERIAL.dial] = { albedo: [0.85, 0.83, 0.76], metal: 0, gloss: 0.7, glow: 0 };

const span = new Float64Array(2);
const normal = new Float64Array(3);
const env = new Float64Array(3);

/** Distance along a ray to the robot, or -1. */
export function hitRobot(o: Vec, d: Vec): number {
  if (!clipToBox(o, d, ROBOT_LO, ROBOT_HI, span)) return -1;
  return march(robot, o[0], o[1], o[2], d[0], d[1], d[2], span[0]! + 0.002, span[1]!, 0.0009, 0.92);
}

const NEAR_LO: Vec = [ROBOT_LO[0] - 0.25, -1, ROBOT_LO[2] - 0.25];
const NEAR_HI: Vec = [ROBOT_HI[0] + 0.25, ROBOT_HI[1] + 0.25, ROBOT_HI[2] + 0.25];

/** The share of the key light that arrives; steps is how finely to look for what is in the way. */
export function softShadow(x: number, y: number, z: number, steps: number): number {
  if (!clipToBox([x, y, z], KEY, NEAR_LO, NEAR_HI, span)) return 1;
  const end = Math.min(3.6, span[1]!);
  let shade = 1;
  let t = 0.02;
  for (let i = 0; i < steps && t < end; i++) {
    const h = robot(x + KEY[0] * t, y + KEY[1] * t, z + KEY[2] * t);
    shade = Math.min(shade, 0.5 + 0.5 * ((h * 4.2) / t));
    if (shade < 0.02) return 0;
    t += Math.max(0.6 / steps, Math.min(0.16, h * 0.75));
  }
  return shade * shade * (3 - 2 * shade);
}

export function occlusion(f: Distance, x: number, y: number, z: number, n: Vec): number {
  let sum = 0;
  let weight = 1;
  for (let i = 1; i <= 5; i++) {
    const h = 0.02 + 0.055 * i;
    const free = Math.min(f(x + n[0] * h, y + n[1] * h, z + n[2] * h), y + n[1] * h);
    sum += Math.max(0, h - free) * weight;
    weight *= 0.78;
  }
  return clamp01(1 - 2.1 * sum);
}

/** Light diffused by a matt surface facing n: the studio averaged, in a few words. */
function ambient(n: Vec, out: Float64Array): void {
  const up = 0.5 + 0.5 * n[1];
  const side = Math.max(0, n[0] * 0.9 + n[2] * 0.3);
  const back = Math.max(0, -n[2]);
  out[0] = 0.2 + 0.34 * up + 0.3 * side + 0.25 * back + 0.16 * (1 - up);
  out[1] = 0.2 + 0.35 * up + 0.3 * side + 0.12 * back + 0.12 * (1 - up);
  out[2] = 0.2 + 0.36 * up + 0.3 * side + 0.03 * back + 0.07 * (1 - up);
}

function markings(material: number, x: number, y: number, z: number, s: Surface): Surface {
  if (material === MATERIAL.dial) {
    const p = toRobot(x, z);
    const dx = p.x + 0.17;
    const dy = y - 1.2;
    const r = Math.hypot(dx, dy);
    const a = Math.atan2(dx, dy);
    const tick = Math.abs(((a + 20 * 0.3927) % 0.3927) - 0.19635) < 0.03 / (r * 8) && r > 0.085 && r < 0.115;
    const band = r > 0.085 && r < 0.105 && a > 0.9 && a < 1.8;
    if (tick) return { ...s, albedo: [0.03, 0.03, 0.03] };
    return band ? { ...s, albedo: [0.55, 0.06, 0.04] } : s;
  }
  if (material === MATERIAL.eye) {
    const r = eyeRadius(x, y, z);
    const iris = smoothstep(0.05, 0.056, r);
    const rim = 0.45 + 0.55 * smoothstep(0.098, 0.07, r);
    const k = (0.02 + 0.98 * iris) * rim * (1.25 - 3 * (y - 1.985));
    return { ...s, albedo: [s.albedo[0] * k, s.albedo[1] * k, s.albedo[2] * k], glow: s.glow * iris };
  }
  if (material === MATERIAL.paint) {
    // Tin is never one colour: handling dulls it in clouds.
    const k = 0.94 + 0.12 * fbm(x * 5, y * 5, z * 5, 3, 61);
    return { ...s, albedo: [s.albedo[0] * k, s.albedo[1] * k, s.albedo[2] * k] };
  }
  return s;
}

function tableLight(x: number, z: number, out: Float64Array, shadow: number, ao: number): void {
  tableColor(x, z, out);
  const fall = 0.5 + 0.5 * clamp01(1.3 - ((x + 0.4) ** 2 + z * z) * 0.07);
  for (let c = 0; c < 3; c++) out[c]! *= (KEY_COLOR[c]! * KEY[1] * shadow + 0.5 * ao) * fall;
}

/** What a mirror ray sees; robot in robot is followed once, then the studio answers. */
function mirrored(o: Vec, d: Vec, depth: number, out: Float64Array): void {
  const t = depth < 2 ? hitRobot(o, d) : -1;
  if (t >= 0) {
    shadeRobot([o[0] + d[0] * t, o[1] + d[1] * t, o[2] + d[2] * t], d, depth + 1, out);
    return;
  }
  if (d[1] < -0.02) {
    const s = -o[1] / d[1];
    const x = o[0] + d[0] * s;
    const z = o[2] + d[2] * s;
    if (x * x + z * z < 36) {
      const near = smoothstep(0.1, 1.3, Math.sqrt(x * x + z * z * 1.7));
      tableLight(x, z, out, 0.25 + 0.75 * near, 0.3 + 0.7 * near);
      return;
    }
  }
  studioLight(d[0], d[1], d[2], out);
}

export function shadeRobot(p: Vec, d: Vec, depth: number, out: Float64Array): void {
  const [x, y, z] = p;
  gradient(robot, x, y, z, 0.0012, normal);
  let n: Vec = [normal[0]!, normal[1]!, normal[2]!];
  const material = robotMaterial(x, y, z);
  const s = markings(material, x, y, z, SURFACES[material]!);
  if (material === MATERIAL.paint || material === MATERIAL.red) {
    // A faint ripple, as pressed tin has; without it reflections look computed.
    const e = 0.012;
    n = normalize([
      n[0] + e * (valueNoise(x * 7, y * 7, z * 7, 71) - 0.5),
      n[1] + e * (valueNoise(x * 7, y * 7, z * 7, 72) - 0.5),
      n[2],
    ]);
  }
  const ao = occlusion(robot, x, y, z, n);
  const face = dot(n, KEY);
  const lit =
    face > 0
      ? face * softShadow(x + n[0] * 0.01, y + n[1] * 0.01, z + n[2] * 0.01, depth === 0 ? 40 : 14)
      : 0;
  const cos = clamp01(-dot(d, n));
  const schlick = (1 - cos) ** 5;
  const diffuse = [0, 0, 0];
  ambient(n, env);
  for (let c = 0; c < 3; c++)
    diffuse[c] = (1 - s.metal) * s.albedo[c]! * (env[c]! * ao * 0.85 + KEY_COLOR[c]! * lit + s.glow);
  const r = reflect(d, n);
  const seen = new Float64Array(3);
  // Paint seen in a mirror reflects so little more that only metal is followed again.
  const follow = s.metal > 0 || depth === 0 ? depth : 2;
  mirrored([x + n[0] * 0.006, y + n[1] * 0.006, z + n[2] * 0.006], r, follow, seen);
  const cover = 0.35 + 0.65 * ao;
  for (let c = 0; c < 3; c++) {
    const f = s.metal > 0 ? s.albedo[c]! + (1 - s.albedo[c]!) * schlick : (0.045 + 0.955 * schlick) * s.gloss;
    out[c] = diffuse[c]! + f * seen[c]! * cover;
  }
}

export function shadeTable(x: number, z: number, d: Vec, out: Float64Array): void {
  const near = x > NEAR_LO[0] - 3 && x < NEAR_HI[0] + 3 && z < 3;
  const beside = x > NEAR_LO[0] && x < NEAR_HI[0] && z > NEAR_LO[2] && z < NEAR_HI[2];
  const shadow = near ? softShadow(x, 0.002, z, 40) : 1;
  const ao = beside
    ? occlusion(robot, x, 0.002, z, [0, 1, 0]) * smoothstep(-0.5, 0.45, robot(x, 0.25, z) * 0.8 + 0.12)
    : 1;
  tableLight(x, z, out, shadow, ao);
  // A satin varnish: a dim mirror that fades as what it shows stands higher.
  const r: Vec = normalize([d[0], -d[1] + 0.012 * (valueNoise(x * 40, z * 90, 0, 81) - 0.5), d[2]]);
  const f = 0.04 + 0.6 * (1 + d[1]) ** 5;
  const o: Vec = [x, 0.003, z];
  const t = near || d[2] < 0 ? hitRobot(o, r) : -1;
  const seen = new Float64Array(3);
  if (t >= 0) {
    shadeRobot([o[0] + r[0] * t, o[1] + r[1] * t, o[2] + r[2] * t], r, 2, seen);
    const fade = Math.exp(-t * 1.1);
    for (let c = 0; c < 3; c++) out[c] = out[c]! * (1 - f * fade) + f * fade * seen[c]!;
  } else {
    studioLight(r[0], r[1], r[2], seen);
    for (let c = 0; c < 3; c++) out[c]! += f * 0.35 * Math.min(1, seen[c]!);
  }
}
