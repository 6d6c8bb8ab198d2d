// The worst cases as a picture: photo, reference, ours on dark, ours on light.
import { readFile } from 'node:fs/promises';
import type { ContactSheet } from '../../functions/local/contact-sheet.ts';
import { createContactSheet } from '../../functions/local/contact-sheet.ts';
import { decode } from '../../shared/image/codec.ts';
import { layer, plainBackground } from '../../shared/image/compose.ts';
import type { Picture, Plane } from '../../shared/image/picture.ts';
import { withAlpha } from '../../shared/image/picture.ts';
import type { Contenders, CutContender } from './contenders.ts';
import { rivalPairs } from './contenders.ts';
import type { Pair } from './find-pairs.ts';
import type { MeasurePorts } from './measure-cut.ts';
import { measureCut } from './measure-cut.ts';
import { readReference } from './read-reference.ts';
import type { Row } from './results.ts';
import { isOf } from './summary.ts';

/** Of each model. */
const CASES = 8;
/** Of all pairs of models together: pairs grow with the square of the models, and each case is cut out twice. */
const PAIR_CASES = 24;
const DARK = [24, 24, 28] as const;
const LIGHT = [245, 245, 240] as const;

export interface WorstCase {
  readonly row: Row;
  readonly contender: CutContender;
  /** What stands in for the reference where there is none: another model. */
  readonly against: CutContender | undefined;
}

/**
 * The lowest IoU of each model, and of pairs of models where there is no reference, from the worst on. Of a model at
 * several scales, and with and without refine, the first speaks for all.
 */
export function worstCases(rows: readonly Row[], contenders: Contenders): WorstCase[] {
  const cuts = contenders.cuts.filter(
    ({ model }, index, all) => all.findIndex((other) => other.model === model) === index,
  );
  const single = cuts.flatMap((contender) => lowest(rows, contender, undefined));
  const rivals = rivalPairs(cuts).flatMap(([contender, against]) => lowest(rows, contender, against));
  return [...single, ...rivals.sort(byIou).slice(0, PAIR_CASES)];
}

function lowest(
  rows: readonly Row[],
  contender: CutContender,
  against: CutContender | undefined,
): WorstCase[] {
  return rows
    .filter((row) => isOf(row, contender, against ? 'pair' : 'cut') && row.other === against?.model)
    .filter(({ figures }) => typeof figures.iou === 'number')
    .map((row) => ({ row, contender, against }))
    .sort(byIou)
    .slice(0, CASES);
}

function byIou(a: WorstCase, b: WorstCase): number {
  return a.row.figures.iou! - b.row.figures.iou!;
}

/** Makes the cases again, one after the other, so that no picture needs to be kept before it is known to be worst. */
export async function drawWorst(
  cases: readonly WorstCase[],
  pairs: readonly Pair[],
  ports: MeasurePorts,
): Promise<Plane> {
  const sheet = createContactSheet(
    cases.length,
    new Map([
      ['photo', 'photo'],
      ['reference', 'reference, or the other model'],
      ['dark', 'ours on dark'],
      ['light', 'ours on light'],
    ]),
  );
  const byName = new Map(pairs.map((pair) => [pair.name, pair]));
  for (const [index, worst] of cases.entries())
    await drawCase(sheet, index, worst, byName.get(worst.row.photo)!, ports);
  return sheet.plane;
}

async function drawCase(
  sheet: ContactSheet,
  index: number,
  { row, contender, against }: WorstCase,
  pair: Pair,
  ports: MeasurePorts,
): Promise<void> {
  await sheet.caption(index, captionOf(row));
  const photo = await decode(await readFile(pair.path), ports.limits);
  const { width, height } = photo.picture;
  await sheet.show(index, 'photo', photo.picture);
  const truth = against
    ? (await measureCut(photo, against, ports)).matte.data
    : (await readReference(pair.reference!, photo.picture, ports.limits)).reference.alpha;
  const white = plainBackground(width, height, [255, 255, 255]);
  const black = plainBackground(width, height, [0, 0, 0]);
  const matte = withAlpha(white, { width, height, channels: 1, data: truth });
  await sheet.show(index, 'reference', await layer(matte, undefined, black));
  const { cutout } = await measureCut(photo, contender, ports);
  for (const [name, colour] of [
    ['dark', DARK],
    ['light', LIGHT],
  ] as const)
    await sheet.show(
      index,
      name,
      await onColour(cutout ?? withAlpha(photo.picture, empty(photo.picture)), colour),
    );
}

async function onColour(cutout: Picture, colour: readonly [number, number, number]): Promise<Picture> {
  return await layer(cutout, undefined, plainBackground(cutout.width, cutout.height, colour));
}

function empty({ width, height }: Picture): Plane {
  return { width, height, channels: 1, data: new Uint8Array(width * height) };
}

function captionOf({ photo, model, other, scale, refine, figures, error }: Row): string {
  const options = [
    model,
    ...(other === undefined ? [] : [`against ${other}`]),
    ...(scale === 1 ? [] : [`scale ${scale}`]),
    ...(refine ? [] : ['no refine']),
  ];
  return `${photo}   ${options.join(', ')}   ${error?.code ?? `IoU ${(figures.iou! * 100).toFixed(1)} %`}`;
}
