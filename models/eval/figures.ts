// What every figure is called, how it is written, and which end of it is the bad one.
import type { Figures } from './metrics/score.ts';
import type { Row } from './results.ts';

export interface FigureKind {
  readonly title: string;
  readonly better: 'high' | 'low';
  readonly write: (value: number) => string;
}

const percent = (value: number): string => (value * 100).toFixed(1);
const decimals =
  (digits: number) =>
  (value: number): string =>
    value.toFixed(digits);

/** In the order of the table. */
export const cutFigures: Readonly<Record<string, FigureKind>> = {
  iou: { title: 'IoU %', better: 'high', write: percent },
  f1: { title: 'F1 %', better: 'high', write: percent },
  f_beta: { title: 'Fβ %', better: 'high', write: percent },
  precision: { title: 'prec %', better: 'high', write: percent },
  recall: { title: 'recall %', better: 'high', write: percent },
  mae: { title: 'MAE', better: 'low', write: decimals(4) },
  sad: { title: 'SAD', better: 'low', write: decimals(2) },
  gradient: { title: 'grad', better: 'low', write: decimals(2) },
  boundary_f: { title: 'bound F %', better: 'high', write: percent },
  boundary_precision: { title: 'bound P %', better: 'high', write: percent },
  boundary_recall: { title: 'bound R %', better: 'high', write: percent },
  false_positive_rate: { title: 'FP %', better: 'low', write: percent },
  edge_iou: { title: 'edge IoU %', better: 'high', write: percent },
  edge_mae: { title: 'edge MAE', better: 'low', write: decimals(3) },
};

export const upscaleFigures: Readonly<Record<string, FigureKind>> = {
  psnr: { title: 'PSNR dB', better: 'high', write: decimals(2) },
  ssim: { title: 'SSIM', better: 'high', write: decimals(4) },
};

/** What every contender has, references or not. */
export const costFigures: Readonly<Record<string, FigureKind>> = {
  seconds: { title: 's', better: 'low', write: decimals(2) },
  peak_rss_mb: { title: 'MB', better: 'low', write: decimals(0) },
};

export const allFigures = { ...cutFigures, ...upscaleFigures, ...costFigures };

/** A row's figures together with its time and memory. */
export function figuresOf({ figures, timings_ms: timings, peak_rss_mb: peak }: Row): Figures {
  return {
    ...figures,
    ...(timings?.total !== undefined && { seconds: timings.total / 1000 }),
    ...(peak !== undefined && { peak_rss_mb: peak }),
  };
}

/**
 * What the brief states (section 5.4 of its BiRefNet specification) for 1,000 portraits that nobody here has; it
 * does not say how edge precision and false positives were counted.
 */
export const briefFigures: Readonly<Record<string, Figures>> = {
  'BiRefNet-general': { iou: 0.952, f1: 0.974, boundary_precision: 0.938, false_positive_rate: 0.021 },
  'U²-Net': { iou: 0.897, f1: 0.923, boundary_precision: 0.861, false_positive_rate: 0.058 },
};
