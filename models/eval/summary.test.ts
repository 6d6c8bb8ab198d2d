import test from 'ava';
import type { Contenders, CutContender, UpscaleContender } from './contenders.ts';
import type { Row } from './results.ts';
import { summarise } from './summary.ts';
import { evalTable } from './table.ts';
import { worstCases } from './worst-sheet.ts';

const cut = (model: string, more: Partial<CutContender> = {}): CutContender => ({
  kind: 'cut',
  model,
  sha256: '',
  scale: 1,
  refine: true,
  upscaler: null,
  graphs: '',
  ...more,
});
const only = (...cuts: CutContender[]): Contenders => ({ cuts, upscales: [] });

let count = 0;
const row = (photo: string, figures: Row['figures'], more: Partial<Row> = {}): Row => ({
  key: String(count++),
  kind: 'cut',
  photo,
  model: 'm',
  model_sha256: 'abc',
  scale: 1,
  refine: true,
  upscaler: null,
  figures,
  ...more,
});

test('Mean, median and worst of three photos, each at its own bad end', (t) => {
  const rows = [
    row('a.jpg', { iou: 0.5, mae: 0.1 }),
    row('b.jpg', { iou: 0.9, mae: 0.01 }),
    row('c.jpg', { iou: 0.7, mae: 0.01 }),
  ];
  const [standing] = summarise(rows, only(cut('m'))).standings;
  t.is(standing!.photos, 3);
  t.like(standing!.figures.iou, { count: 3, median: 0.7, worst: 0.5, worst_photo: 'a.jpg' });
  t.true(Math.abs(standing!.figures.iou!.mean - 0.7) < 1e-12);
  t.like(standing!.figures.mae, { median: 0.01, worst: 0.1, worst_photo: 'a.jpg' });
});

test('The median of two is between them; what cannot be measured is left out', (t) => {
  const rows = [row('a.jpg', { iou: 0.5, edge_iou: null }), row('b.jpg', { iou: 1, edge_iou: 0.25 })];
  const [standing] = summarise(rows, only(cut('m'))).standings;
  t.is(standing!.figures.iou!.median, 0.75);
  t.like(standing!.figures.edge_iou, { count: 1, mean: 0.25 });
  const some = summarise([...rows, row('c.jpg', {}, { timings_ms: { total: 500 } })], only(cut('m')));
  t.regex(evalTable(some), /m +2 of 3 +mean +75\.0/);
});

test('Failures are counted by code; no subject counts in the figures too', (t) => {
  const rows = [
    row('a.jpg', {}, { error: { code: 'IMAGE_CORRUPT', message: '' } }),
    row('b.jpg', { iou: 0 }, { error: { code: 'NO_SUBJECT', message: '' } }),
    row('c.jpg', { iou: 1 }),
  ];
  const [standing] = summarise(rows, only(cut('m'))).standings;
  t.deepEqual(standing!.errors, { IMAGE_CORRUPT: 1, NO_SUBJECT: 1 });
  t.is(standing!.photos, 2);
  t.is(standing!.figures.iou!.mean, 0.5);
});

test('Folders are told apart where there are several', (t) => {
  const rows = [
    row('cats/a.jpg', { iou: 0.5 }),
    row('cats/b.jpg', { iou: 1 }),
    row('dogs/a.jpg', { iou: 0.25 }),
  ];
  const summary = summarise(rows, only(cut('m')));
  t.deepEqual(summary.standings[0]!.folders, {
    cats: { photos: 2, iou: 0.75 },
    dogs: { photos: 1, iou: 0.25 },
  });
  t.regex(evalTable(summary), /m +75\.0 \(2\) +25\.0 \(1\)/);
  t.is(summarise(rows.slice(0, 2), only(cut('m'))).standings[0]!.folders, undefined);
});

test('What scale gains is the mean of differences over photos measured at both', (t) => {
  const twice = { scale: 2 as const, upscaler: { id: 'u', sha256: '' } };
  const rows = [
    row('a.jpg', { iou: 0.5, edge_iou: 0.25 }),
    row('b.jpg', { iou: 0.5, edge_iou: 0.5 }),
    row('c.jpg', { iou: 0.5, edge_iou: 0.5 }),
    row('a.jpg', { iou: 0.75, edge_iou: 0.75 }, { scale: 2 }),
    row('b.jpg', { iou: 0.5, edge_iou: 0.5 }, { scale: 2 }),
  ];
  const summary = summarise(rows, only(cut('m'), cut('m', twice)));
  t.deepEqual(summary.gains, [
    { model: 'm', refine: true, scale: 2, photos: 2, figures: { iou: 0.125, edge_iou: 0.25 } },
  ]);
  t.regex(evalTable(summary), /m, scale 2 +2 +\+12\.5 +\+25\.0/);
});

test('Models without a reference stand against each other, and the table says so', (t) => {
  const rows = [
    row('a.jpg', {}, { model: 'm' }),
    row('a.jpg', {}, { model: 'n' }),
    row('a.jpg', { iou: 0.5, mae: 0.25 }, { kind: 'pair', model: 'm', other: 'n' }),
    row('b.jpg', { iou: 1, mae: 0 }, { kind: 'pair', model: 'm', other: 'n' }),
  ];
  const contenders = only(cut('m'), cut('n'));
  const summary = summarise(rows, contenders);
  const pair = summary.standings.find(({ kind }) => kind === 'pair')!;
  t.like(pair, { model: 'm', other: 'n', photos: 2 });
  t.is(pair.figures.iou!.mean, 0.75);
  const table = evalTable(summary);
  t.regex(table, /No reference: the models against each other\n.*\n.*\nm, against n +2 +mean +75\.0/);
  t.false(table.includes('the brief'));
  const [worst, next] = worstCases(rows, contenders);
  t.deepEqual([worst!.row.photo, worst!.against?.model, next!.row.photo], ['a.jpg', 'n', 'b.jpg']);
});

test('One model without a reference has its cost alone, and the table says what is missing', (t) => {
  const cost = { timings_ms: { total: 1500 }, peak_rss_mb: 300 };
  const table = evalTable(summarise([row('a.jpg', {}, cost)], only(cut('m'))));
  t.regex(table, /^m +1 +mean +1\.50 +300$/m);
  t.regex(table, /^No references: X\.alpha\.png beside X\.jpg is one\./m);
  t.false(evalTable(summarise([row('a.jpg', { iou: 0.9 })], only(cut('m')))).includes('No references'));
});

test('The brief’s figures stand below those with references, with what is to be minded', (t) => {
  const table = evalTable(summarise([row('a.jpg', { iou: 0.9 })], only(cut('m'))));
  t.regex(table, /BiRefNet-general \(the brief\) +mean +95\.2 +97\.4 .* 93\.8 +2\.1/);
  t.regex(table, /U²-Net \(the brief\) +mean +89\.7 +92\.3 .* 86\.1 +5\.8/);
  t.regex(table, /1,000 portraits that are not here/);
});

test('Upscalers have a table of their own', (t) => {
  const contender: UpscaleContender = {
    kind: 'upscale',
    model: 'u',
    sha256: '',
    scale: 2,
    jpeg: true,
    graphs: '',
  };
  const { refine: _refine, ...plain } = row('a.jpg', { psnr: 30.126, ssim: 0.91234 });
  const measured: Row = { ...plain, kind: 'upscale', model: 'u', scale: 2, jpeg: true };
  const table = evalTable(summarise([measured], { cuts: [], upscales: [contender] }));
  t.regex(table, /u, scale 2, JPEG +1 +mean +30\.13 +0\.9123/);
});

test('Of many models without references the worst disagreements are shown, not all of them', (t) => {
  const names = ['m', 'n', 'o', 'p', 'q'];
  const rows = names.flatMap((model, k) =>
    names
      .slice(k + 1)
      .flatMap((other, j) =>
        [0, 1, 2].map((photo) =>
          row(`${photo}.jpg`, { iou: (k + j + photo) / 10 }, { kind: 'pair', model, other }),
        ),
      ),
  );
  const cases = worstCases(rows, only(...names.map((name) => cut(name))));
  t.is(rows.length, 30);
  t.deepEqual(
    cases.map((worst) => worst.row.figures.iou),
    rows
      .map(({ figures }) => figures.iou!)
      .sort((a, b) => a - b)
      .slice(0, 24),
  );
});

test('The worst cases of a model are its eight lowest IoU, whatever scales it stands at', (t) => {
  const rows = Array.from({ length: 10 }, (_, k) => row(`${k}.jpg`, { iou: (10 - k) / 10 }));
  const twice = rows.map((first) => ({ ...first, scale: 2 }));
  const cases = worstCases([...rows, ...twice], only(cut('m'), cut('m', { scale: 2 })));
  t.deepEqual(
    cases.map((worst) => [worst.row.photo, worst.row.scale]),
    [9, 8, 7, 6, 5, 4, 3, 2].map((k) => [`${k}.jpg`, 1]),
  );
});
