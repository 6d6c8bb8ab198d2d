import test from 'ava';
import { costHelp, parseCostArguments, UsageError } from './arguments.ts';

test('Without options it is a shop of 200 photos a day in us-east4', (t) => {
  const { topology, region, times, factor, assumptions, help, json } = parseCostArguments([]);
  t.deepEqual(
    { topology, region, times, factor, help, json },
    { topology: 'split', region: 'us-east4', times: 'measured', factor: 1, help: false, json: false },
  );
  t.is(assumptions.photosPerDay, 200);
  t.deepEqual([assumptions.opens, assumptions.closes, assumptions.idleSec], [9, 21, 600]);
});

test('The issue’s own command line is understood', (t) => {
  const parsed = parseCostArguments(
    '--photos-per-day 20 --topology fused --region europe-west4 --hours 8.5-20 --times 3,0.7,2 --factor 0.5 --chart none --json'.split(
      ' ',
    ),
  );
  t.is(parsed.assumptions.photosPerDay, 20);
  t.is(parsed.topology, 'fused');
  t.is(parsed.region, 'europe-west4');
  t.deepEqual([parsed.assumptions.opens, parsed.assumptions.closes], [8.5, 20]);
  t.deepEqual(parsed.times, [3, 0.7, 2]);
  t.is(parsed.chart, undefined);
  t.true(parsed.json);
});

const wrong = [
  {
    args: ['--photos-per-day', 'many'],
    says: /^Expected a number above 0 for --photos-per-day but received 'many'\.$/,
  },
  { args: ['--photos-per-day', '0'], says: /a number above 0 for --photos-per-day/ },
  {
    args: ['--topology', 'both'],
    says: /^Expected one of split, fused, always-on for --topology but received 'both'\.$/,
  },
  {
    args: ['--region', 'us-west9'],
    says: /^Expected one of us-east4, .* for --region but received 'us-west9'\.$/,
  },
  {
    args: ['--hours', '21-9'],
    says: /^Expected two hours such as 9-21, the first before the second for --hours but received '21-9'\.$/,
  },
  { args: ['--hours', '9-25'], says: /--hours/ },
  {
    args: ['--times', '1,2'],
    says: /^Expected measured, brief or three numbers such as 3,0\.7,2 for --times but received '1,2'\.$/,
  },
  { args: ['--times', '1,,2'], says: /--times/ },
  { args: ['--idle', ''], says: /^Expected a number from 0 for --idle but received ''\.$/ },
  { args: ['--cpus', '2'], says: /^Expected a number from 4 to 8 for --cpus but received '2'\.$/ },
  { args: ['--photos', '2'], says: /Unknown option '--photos'.*--help/ },
  { args: ['--region', 'x', '--cpus', '1'], says: /--region.*\n.*--cpus/ },
];

for (const { args, says } of wrong) {
  test(`It is said what is wrong with ${args.join(' ')}`, (t) => {
    t.throws(() => parseCostArguments(args), { instanceOf: UsageError, message: says });
  });
}

test('The help names every option and its default', (t) => {
  const help = costHelp();
  for (const name of ['--photos-per-day N', '--topology NAME', '--region NAME', '--json', '(9-21)', '(600)'])
    t.true(help.includes(name), name);
});
