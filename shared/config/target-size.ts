// TARGET_SIZE against the models that were loaded.
import type { Card } from '../card.ts';
import { CutlineError } from '../errors.ts';
import type { Config } from './parse-config.ts';

/** @param cards of the models that the service has loaded. @throws CONFIG_INVALID when no segmentation model has that input side */
export function checkTargetSize(
  { targetSize }: Pick<Config, 'targetSize'>,
  cards: readonly Pick<Card, 'stage' | 'inputs' | 'shapes'>[],
): void {
  const sides = new Set(cards.filter(({ stage }) => stage === 'segment').flatMap(inputSides));
  if (targetSize === undefined || sides.has(targetSize)) return;
  const there = sides.size > 0 ? [...sides].sort((a, b) => a - b).join(', ') : 'none is loaded';
  const problem = `TARGET_SIZE: expected the input side of a loaded segmentation model (${there}) but received '${targetSize}'`;
  throw new CutlineError('CONFIG_INVALID', { fields: { problems: [problem] } });
}

/** The longer side of each shape that the model takes. */
function inputSides({ inputs, shapes }: Pick<Card, 'inputs' | 'shapes'>): number[] {
  const [, height, width] = inputs.image?.shape ?? [];
  const listed = shapes ?? (typeof height === 'number' && typeof width === 'number' ? [[height, width]] : []);
  return listed.map((sides) => Math.max(...sides));
}
