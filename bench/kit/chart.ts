// Charts as SVG text: lines over numbers, bars over names. Small on purpose: axes, series, a legend, nothing else.

export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** A limit or somebody else's figure: drawn with dashes and no dots. */
  readonly dashed?: boolean;
}

export interface BarChart {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly limit?: number }[];
}

const BAR_WIDTH = 760;
const WIDTH = 860;
const HEIGHT = 420;
const LEFT = 70;
const RIGHT = 290;
const TOP = 44;
const BOTTOM = 52;
/** Told apart by people who see colours differently too (Okabe & Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];

/** @returns the text of an SVG file */
export function lineChart({ title, x, y, logX = false, logY = false, series }: LineChart): string {
  const points = series.flatMap((one) => one.points);
  const across = axis(
    points.map((point) => point.x),
    logX,
    LEFT,
    WIDTH - RIGHT,
  );
  const up = axis(
    points.map((point) => point.y),
    logY,
    HEIGHT - BOTTOM,
    TOP,
  );
  const grid = [
    ...across.ticks.map(
      (tick) =>
        line(across.at(tick), TOP, across.at(tick), HEIGHT - BOTTOM, GRID) +
        label(across.at(tick), HEIGHT - BOTTOM + 18, short(tick), 'middle'),
    ),
    ...up.ticks.map(
      (tick) =>
        line(LEFT, up.at(tick), WIDTH - RIGHT, up.at(tick), GRID) +
        label(LEFT - 8, up.at(tick) + 4, short(tick), 'end'),
    ),
  ];
  const drawn = series.map((one, index) => {
    const colour = COLOURS[index % COLOURS.length]!;
    const places = one.points.map((point) => `${round(across.at(point.x))},${round(up.at(point.y))}`);
    const dash = one.dashed ? ' stroke-dasharray="6 4"' : '';
    const dots = one.dashed ? [] : places.map((place) => dot(place, colour));
    const legend = TOP + 8 + index * 20;
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2"${dash} points="${places.join(' ')}"/>`,
      ...dots,
      line(
        WIDTH - RIGHT + 14,
        legend,
        WIDTH - RIGHT + 34,
        legend,
        `stroke="${colour}" stroke-width="2"${dash}`,
      ),
      label(WIDTH - RIGHT + 40, legend + 4, one.name, 'start'),
    ].join('');
  });
  const names = [
    label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x, 'middle'),
    `<text x="14" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 14 ${HEIGHT / 2})">${asText(y)}</text>`,
  ];
  return page(title, WIDTH, HEIGHT, [...grid, ...drawn, ...names]);
}

/** Horizontal bars from zero, with a mark where the limit is. @returns the text of an SVG file */
export function barChart({ title, unit, bars }: BarChart): string {
  const left = 250;
  const row = 28;
  const height = TOP + bars.length * row + 24;
  const largest = Math.max(...bars.map(({ value, limit = 0 }) => Math.max(value, limit)), Number.MIN_VALUE);
  const at = (value: number): number => left + (value / largest) * (BAR_WIDTH - left - 110);
  const drawn = bars.map(({ name, value, limit }, index) => {
    const y = TOP + index * row;
    const over = limit !== undefined && value > limit;
    const fill = over ? COLOURS[1] : COLOURS[0];
    const mark =
      limit === undefined ? '' : line(at(limit), y - 3, at(limit), y + 21, 'stroke="#000" stroke-width="2"');
    // Beside the bar, unless the mark is in the way.
    const near = limit !== undefined && at(limit) > at(value) && at(limit) < at(value) + 70;
    const beside = near ? at(limit) : at(value);
    return [
      `<rect x="${left}" y="${y}" width="${round(at(value) - left)}" height="18" fill="${fill}"/>`,
      mark,
      label(left - 8, y + 14, name, 'end'),
      label(beside + 8, y + 14, `${short(value)} ${unit}`, 'start'),
    ].join('');
  });
  return page(title, BAR_WIDTH, height, drawn);
}

const GRID = 'stroke="#ddd"';

interface Axis {
  readonly ticks: readonly number[];
  at(value: number): number;
}

function axis(values: readonly number[], log: boolean, from: number, to: number): Axis {
  const ticks = log ? decades(Math.min(...values), Math.max(...values)) : steps(Math.max(...values));
  const scale = log ? Math.log10 : (value: number) => value;
  const [least, most] = [scale(ticks[0]!), scale(ticks.at(-1)!)];
  return { ticks, at: (value) => from + ((scale(value) - least) / (most - least || 1)) * (to - from) };
}

/** 0 and up to six round steps that reach `most`. */
export function steps(most: number): number[] {
  const rough = Math.max(most, Number.MIN_VALUE) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9))! * power;
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Powers of ten around the values. */
export function decades(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(most) - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number((10 ** (first + index)).toPrecision(12)),
  );
}

function short(value: number): string {
  if (Math.abs(value) >= 10_000) return `${short(value / 1000)}k`;
  return value !== 0 && Math.abs(value) < 1
    ? String(Number(value.toPrecision(2)))
    : value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function dot(place: string, colour: string): string {
  const [x, y] = place.split(',');
  return `<circle cx="${x}" cy="${y}" r="3.5" fill="${colour}"/>`;
}

function line(x1: number, y1: number, x2: number, y2: number, style: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${style}/>`;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${asText(text)}</text>`;
}

function page(title: string, width: number, height: number, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${asText(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${LEFT}" y="24" font-size="15" font-weight="bold">${asText(title)}</text>`,
    ...content,
    '</svg>',
    '',
  ].join('\n');
}

function asText(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
