import test from 'ava';
import { CutlineError } from './errors.ts';
import { parseFinishText } from './finish-text.ts';

const templates = ['garden', 'grey-studio'];
const defaults = {
  format: 'png',
  match_colors: false,
  crop: false,
  margin: '5%',
  shadow: false,
  channels: 'rgba',
};
const job = 'a'.repeat(32);

const read: readonly (readonly [query: Record<string, string>, options: object, background?: object])[] = [
  [{}, {}],
  [
    { format: 'webp', crop: 'true', margin: '40px' },
    { format: 'webp', crop: true, margin: '40px' },
  ],
  [
    { shadow: 'false', match_colors: 'true', channels: 'alpha' },
    { match_colors: true, channels: 'alpha' },
  ],
  [
    { dpi: '300', size: '20x30cm' },
    { dpi: 300, size: '20x30cm' },
  ],
  [{ background: '#ff0000' }, {}, { colour: [255, 0, 0] }],
  [{ background: 'ff0000' }, {}, { colour: [255, 0, 0] }],
  [{ background: 'F80' }, {}, { colour: [255, 136, 0] }],
  [{ background: 'garden' }, {}, { template: 'garden' }],
  [{ background: `upload:${job}` }, {}, { upload: job }],
];

for (const [query, options, background] of read) {
  test(`A query of ${JSON.stringify(query)} is read`, (t) => {
    t.deepEqual(parseFinishText(query, templates), {
      options: { ...defaults, ...options } as never,
      background: background as never,
    });
  });
}

const refused: readonly (readonly [query: Record<string, unknown>, problem: RegExp])[] = [
  [{ format: 'tiff' }, /^format: expected png\|webp\|jpeg\|zip but received 'tiff'$/],
  [{ crop: 'yes' }, /^crop: expected true or false but received 'yes'$/],
  [{ crop: '' }, /^crop: expected true or false but received ''$/],
  [{ margin: '5' }, /^margin: expected 5%\|40px but received '5'$/],
  [{ margin: '-5%' }, /^margin: /],
  [{ dpi: '20' }, /^dpi: expected a whole number from 36 to 2400 but received '20'$/],
  [{ size: '20x30' }, /^size: expected 20x30cm but received '20x30'$/],
  [{ size: '0x30cm' }, /^size: expected 20x30cm/],
  [{ size: '20x0.0cm' }, /^size: expected 20x30cm/],
  [
    { background: 'red' },
    /^background: expected a colour as ff0000, upload:JOB or one of garden, grey-studio but/,
  ],
  [{ background: '' }, /^background: /],
  [{ background: 'upload:../../secret' }, /^background: /],
  [{ background: `upload:${job}\n` }, /^background: /],
  [{ background: '/etc/passwd' }, /^background: /],
  [{ background: `x\u0000${'y'.repeat(200)}` }, /received 'x y{58}…'$/],
  [{ format: ['png', 'webp'] }, /^format: expected one value but received several$/],
  [{ colour: 'red' }, /^expected only format, background, .* but received 'colour'$/],
  [{ constructor: 'x' }, /but received 'constructor'$/],
];

for (const [query, problem] of refused) {
  test(`A query of ${JSON.stringify(query).slice(0, 80)} is refused in its own words`, (t) => {
    const { fields } = refusal(t, query);
    t.is(fields.problems.length, 1);
    t.regex(fields.problems[0]!, problem);
  });
}

test('All that is wrong is named at once', (t) => {
  const { fields } = refusal(t, { format: 'tiff', dpi: '1', background: 'red', a: '1', b: '2' });
  t.deepEqual(
    fields.problems.map((problem) => problem.split(':')[0]!.split(' ')[0]),
    ['format', 'dpi', 'background', 'expected'],
  );
  t.regex(fields.problems[3]!, /received 'a', 'b'$/);
});

function refusal(t: import('ava').ExecutionContext, query: Record<string, unknown>) {
  const error = t.throws(() => parseFinishText(query, templates), { instanceOf: CutlineError })!;
  t.is(error.code, 'OPTIONS_INVALID');
  return error as CutlineError & { fields: { problems: readonly string[] } };
}
