import test from 'ava';
import { defaultLimits } from '../../../shared/image/limits.ts';
import { catalogueOf } from '../catalogue.ts';
import { checkFile, checkSides, fittingScale, heicSize } from './photo-check.ts';

const { limits, scales } = catalogueOf(defaultLimits, []);
const bytes = (...values: (number | string)[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => (typeof value === 'string' ? [...Buffer.from(value)] : [value])));
const jpeg = bytes(0xff, 0xd8, 0xff, 0xe0, ...Array(60).fill(0));

test('A file is what its first bytes say, and no larger than the service takes', (t) => {
  t.deepEqual(checkFile(jpeg, 1000, limits), { format: 'JPEG' });
  t.like(checkFile(bytes('%PDF-1.7'), 1000, limits), { problem: { code: 'INVALID_FORMAT' } });
  t.deepEqual(checkFile(jpeg, limits.max_file_bytes + 1, limits), {
    problem: { code: 'FILE_TOO_LARGE', fields: { bytes: 10_485_761, max_bytes: 10_485_760 } },
  });
});

test('What the service does not name among its formats is not taken', (t) => {
  const only = { ...limits, formats: ['PNG'] };
  t.like(checkFile(jpeg, 10, only), { problem: { code: 'INVALID_FORMAT', fields: { supported: ['PNG'] } } });
});

const sides: readonly [width: number, height: number, code: string | undefined][] = [
  [64, 64, undefined],
  [63, 500, 'IMAGE_TOO_SMALL'],
  [7680, 4320, undefined],
  [4320, 7680, undefined],
  [7681, 100, 'IMAGE_TOO_LARGE'],
  [4400, 4400, 'IMAGE_TOO_LARGE'],
];

for (const [width, height, code] of sides)
  test(`A photo of ${width}×${height} is ${code ?? 'taken'}`, (t) => {
    t.is(checkSides({ width, height }, limits)?.code, code);
  });

test('It is enlarged as far as the result may be large', (t) => {
  const scale = (width: number, height: number, wished: number) =>
    fittingScale({ width, height }, wished, { limits, scales });
  t.is(scale(4032, 3024, 2), 2);
  t.is(scale(4033, 3024, 2), 1);
  t.is(scale(1000, 1000, 4), 4);
  t.is(scale(4032, 3024, 4), 2);
  t.is(fittingScale(undefined, 2, { limits, scales }), 2);
});

test('A HEIC’s size is its largest, since its tiles have theirs too', (t) => {
  const ispe = (width: number, height: number): Uint8Array => {
    const box = new DataView(new ArrayBuffer(20));
    box.setUint32(0, 20);
    box.setUint32(4, 0x69737065);
    box.setUint32(12, width);
    box.setUint32(16, height);
    return new Uint8Array(box.buffer);
  };
  const file = bytes('....ftypheic', ...ispe(512, 512), 'ii', ...ispe(4032, 3024), ...ispe(320, 240));
  t.deepEqual(heicSize(file), { width: 4032, height: 3024 });
  t.is(heicSize(bytes('....ftypheic')), undefined);
  t.is(heicSize(ispe(5, 5).subarray(0, 15)), undefined);
});
