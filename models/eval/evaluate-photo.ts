// All that is wanted of one photo, as rows; a failure is a row with its code, and the others go on.
import { readFile } from 'node:fs/promises';
import { toCutlineError } from '../../shared/errors.ts';
import type { Decoded } from '../../shared/image/codec.ts';
import { decode } from '../../shared/image/codec.ts';
import type { Plane } from '../../shared/image/picture.ts';
import type { Contender, Contenders, CutContender } from './contenders.ts';
import { keyOf, rivalPairs } from './contenders.ts';
import type { Pair } from './find-pairs.ts';
import type { MeasurePorts } from './measure-cut.ts';
import { measureCut } from './measure-cut.ts';
import { measureEnlarged } from './measure-enlarged.ts';
import type { PreparedReference } from './metrics/score.ts';
import { compareMattes, scoreMatte } from './metrics/score.ts';
import { ReferenceMismatch, readReference } from './read-reference.ts';
import type { Results, Row } from './results.ts';

export interface EvaluatePorts extends MeasurePorts {
  readonly results: Results;
  step(name: string): void;
}

type Work = readonly [contender: Contender, key: string];

/** The keys of everything that is to be measured of a photo. */
export function keysOf(pair: Pair, { cuts, upscales }: Contenders): string[] {
  const alone = [...cuts, ...upscales].map((contender) => keyOf(pair, contender));
  const rivals = pair.reference ? [] : rivalPairs(cuts).map(([a, b]) => keyOf(pair, a, b));
  return [...alone, ...rivals];
}

/** Measures what the results do not hold yet. @throws CANCELLED */
export async function* evaluatePhoto(
  pair: Pair,
  contenders: Contenders,
  ports: EvaluatePorts,
): AsyncGenerator<Row> {
  const missing = ([, key]: Work): boolean => !ports.results.has(key);
  const withKey = (contender: Contender): Work => [contender, keyOf(pair, contender)];
  const rivals = pair.reference ? [] : rivalPairs(contenders.cuts);
  // Mattes are not kept: to compare two of them both are made again.
  const anew = rivals.some(([a, b]) => !ports.results.has(keyOf(pair, a, b)));
  const cuts = contenders.cuts.map(withKey).filter((work) => anew || missing(work));
  const upscales = contenders.upscales.map(withKey).filter(missing);
  if (cuts.length === 0 && upscales.length === 0) return;

  const photo = await attempt(() => readPhoto(pair, ports));
  if (photo instanceof Failure) {
    for (const work of [...cuts, ...upscales]) yield failed(pair, work, photo);
    return;
  }
  const { reference: file } = pair;
  const truth = file && (await attempt(() => readReference(file, photo.picture, ports.limits)));
  const mattes = new Map<CutContender, Plane>();
  for (const work of cuts) yield await cutRow(pair, photo, truth, work, mattes, ports);
  for (const [a, b] of rivals) {
    const [ours, theirs] = [mattes.get(a), mattes.get(b)];
    if (!ours || !theirs) continue;
    yield {
      ...about(pair, [a, keyOf(pair, a, b)]),
      kind: 'pair',
      other: b.model,
      figures: compareMattes(ours, theirs),
    };
  }
  mattes.clear();
  for (const work of upscales) yield await upscaleRow(pair, photo, work, ports);
}

async function cutRow(
  pair: Pair,
  photo: Decoded,
  truth: PreparedReference | Failure | undefined,
  work: Work,
  mattes: Map<CutContender, Plane>,
  ports: EvaluatePorts,
): Promise<Row> {
  if (truth instanceof Failure) return failed(pair, work, truth);
  const contender = work[0] as CutContender;
  ports.step('segment');
  const cut = await attempt(() => measureCut(photo, contender, ports));
  if (cut instanceof Failure) return failed(pair, work, cut);
  if (!pair.reference) mattes.set(contender, cut.matte);
  const { width, height } = photo.picture;
  return {
    ...about(pair, work),
    width,
    height,
    ...cut.cost,
    figures: truth ? scoreMatte(cut.matte, truth) : {},
    ...(!cut.cutout && { error: NO_SUBJECT }),
  };
}

const NO_SUBJECT = { code: 'NO_SUBJECT', message: 'Measured as an empty matte' };

async function upscaleRow(pair: Pair, photo: Decoded, work: Work, ports: EvaluatePorts): Promise<Row> {
  const contender = work[0];
  if (contender.kind !== 'upscale') throw new TypeError('Expected an upscaler');
  ports.step('upscale');
  const enlarged = await attempt(() => measureEnlarged(photo, contender, ports));
  if (enlarged instanceof Failure) return failed(pair, work, enlarged);
  const { width, height } = photo.picture;
  return { ...about(pair, work), width, height, ...enlarged.cost, figures: enlarged.figures };
}

async function readPhoto(pair: Pair, { limits }: EvaluatePorts): Promise<Decoded> {
  return await decode(await readFile(pair.path), limits);
}

function about(pair: Pair, [contender, key]: Work): Row {
  const { kind, model, sha256, scale } = contender;
  const own =
    contender.kind === 'cut'
      ? { refine: contender.refine, upscaler: contender.upscaler?.id ?? null }
      : { jpeg: contender.jpeg };
  return { key, kind, photo: pair.name, model, model_sha256: sha256, scale, ...own, figures: {} };
}

function failed(pair: Pair, work: Work, { code, message }: Failure): Row {
  return { ...about(pair, work), error: { code, message } };
}

class Failure {
  readonly code: string;
  readonly message: string;
  constructor(code: string, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** @throws CANCELLED, which is nobody's failure */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result | Failure> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof ReferenceMismatch) return new Failure(thrown.code, thrown.message);
    const error = toCutlineError(thrown);
    if (error.code === 'CANCELLED') throw error;
    return new Failure(error.code, error.message);
  }
}
