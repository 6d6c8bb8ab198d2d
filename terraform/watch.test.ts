import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Plan } from './testdata/plan.ts';
import { noPlan, ofType, openWorkspace } from './testdata/plan.ts';
import { first } from './testdata/planned-services.ts';
import type { Body } from './testdata/read-terraform.ts';

const tests = noPlan === undefined ? test : test.skip;
const say = (title: string): string => (noPlan === undefined ? title : `${title} (${noPlan})`);
const ends: (() => unknown)[] = [];
test.after.always(async () => void (await Promise.all(ends.map((end) => end()))));
let planned: Promise<Plan> | undefined;

function planOnce(): Promise<Plan> {
  const teardown = (end: () => unknown): void => void ends.push(end);
  planned ??= openWorkspace({ teardown }).then((workspace) => workspace.plan('terraform.tfvars.example'));
  return planned;
}

/** What the code logs, where it says so, and fields that the metric takes out of the line. */
const lines: readonly (readonly [metric: string, message: string, file: string, source: string])[] = [
  [
    'cold_start_ms',
    'Ready',
    'functions/stage-service.ts',
    "log.info('Ready', { stages, device: models.device, elapsed_ms:",
  ],
  [
    'model_load_ms',
    'Model loaded',
    'functions/stage-service.ts',
    "log.info('Model loaded', { model: id, precision, preview, when, duration_ms:",
  ],
  [
    'stage_ms',
    'segment: ended',
    'shared/run-try.ts',
    'log.info(`$' + '{message.stage}: ended`, { duration_ms: Math.round(duration), outcome });',
  ],
  [
    'stage_failures',
    'segment: failed',
    'shared/run-try.ts',
    "const outcome = last ? 'failed' : 'to be tried again';",
  ],
  [
    'stage_failures',
    'upscale: to be tried again',
    'shared/run-try.ts',
    'const fields = { error, duration_ms: Math.round(now() - started), tries };',
  ],
  [
    'jobs_given_up',
    'The job failed: its message was given up',
    'functions/ingest/dead-letter.ts',
    "'The job failed: its message was given up'",
  ],
  [
    'jobs_given_up',
    'The job failed: its upload was given up',
    'functions/ingest/dead-letter.ts',
    "'The job failed: its upload was given up'",
  ],
  [
    'webhooks_given_up',
    'webhook: given up after a day',
    'functions/storefront/webhooks.ts',
    "log.error('webhook: given up after a day');",
  ],
];

for (const [metric, message, file, source] of lines) {
  tests(
    say(`The metric ${metric} counts the log’s line “${message}”, which is still in the code`),
    async (t) => {
      t.true(readFileSync(join(import.meta.dirname, '..', file), 'utf8').includes(source), file);
      const [found] = ofType(await planOnce(), 'google_logging_metric').filter(
        ({ values }) => values.name === `cutline_${metric}`,
      );
      t.true(pattern(String(found!.values.filter)).test(message), String(found!.values.filter));
      t.false(pattern(String(found!.values.filter)).test('Start-up: gpu'));
    },
  );
}

tests(
  say(
    'A metric that measures has a value and buckets, one that counts has neither, and labels are taken out of the line',
  ),
  async (t) => {
    const metrics = ofType(await planOnce(), 'google_logging_metric');
    t.is(metrics.length, new Set(lines.map(([metric]) => metric)).size);
    for (const { values } of metrics) {
      const { value_type, unit, labels } = first(values.metric_descriptor);
      const measures = /_ms$/.test(String(values.name));
      t.deepEqual(
        [value_type, unit],
        measures ? ['DISTRIBUTION', 'ms'] : ['INT64', '1'],
        String(values.name),
      );
      t.is(values.value_extractor !== null, measures);
      t.is((values.bucket_options as Body[]).length, measures ? 1 : 0);
      t.deepEqual(
        (labels as Body[]).map(({ key }) => key),
        Object.keys(values.label_extractors ?? {}),
      );
      t.true(
        String(values.filter).startsWith(
          'resource.type="cloud_run_revision" AND resource.labels.service_name=~"^cutline-" AND ',
        ),
      );
    }
  },
);

tests(say('There is an alert for each thing that can go wrong, and it says what to do'), async (t) => {
  const alerts = ofType(await planOnce(), 'google_monitoring_alert_policy');
  t.deepEqual(
    alerts.map(({ values }) => String(values.display_name).replace('Cutline (cutline): ', '')).sort(),
    [
      'GPU memory',
      'backlog',
      'dead letters',
      'error rate',
      'many cold starts',
      'money',
      'slow cold start',
      'slow stage',
      'webhooks given up',
    ],
  );
  for (const { values, address } of alerts) {
    t.true(String(first(values.documentation).content).length > 40, address);
    t.deepEqual(values.notification_channels, ['google_monitoring_notification_channel/it'], address);
    const { query } = first(first(values.conditions).condition_prometheus_query_language);
    t.deepEqual(faultsOfQuery(String(query)), [], address);
  }
});

tests(say('A day’s money is the sum of what each stage’s instances are billed'), async (t) => {
  const [money] = ofType(await planOnce(), 'google_monitoring_alert_policy').filter(({ values }) =>
    /money/.test(String(values.display_name)),
  );
  const query = String(first(first(money!.values.conditions).condition_prometheus_query_language).query);
  const prices = [...query.matchAll(/service_name="cutline-(\w+)"\}\[1d\]\)\) \* ([\d.]+) or vector\(0\)/g)];
  // 0.0001867 + 4 × 0.000018 + 16 × 0.000002; effects runs on 4 CPUs and 8 GiB without a GPU.
  t.deepEqual(
    prices.map(([, stage, price]) => [stage, price]),
    [
      ['effects', '0.0000880'],
      ['segment', '0.0002907'],
      ['upscale', '0.0002907'],
    ],
  );
  t.regex(query, /> 30$/);
});

tests(say('The dashboard’s charts lie beside each other, and ask what can be asked'), async (t) => {
  const [dashboard] = ofType(await planOnce(), 'google_monitoring_dashboard');
  const { mosaicLayout } = JSON.parse(String(dashboard!.values.dashboard_json));
  const places = new Set<string>();
  for (const { xPos, yPos, width, height, widget } of mosaicLayout.tiles) {
    t.true(xPos + width <= mosaicLayout.columns && height > 0, widget.title);
    places.add(`${xPos} ${yPos}`);
    t.deepEqual(faultsOfQuery(widget.xyChart.dataSets[0].timeSeriesQuery.prometheusQuery), [], widget.title);
  }
  t.true(mosaicLayout.tiles.length >= 10);
  t.is(places.size, mosaicLayout.tiles.length);
});

/** Of a filter of Cloud Logging: what its message must be. */
function pattern(filter: string): RegExp {
  const [, isPattern, text] = /jsonPayload\.message=(~?)"([^"]*)"/.exec(filter)!;
  return isPattern ? new RegExp(text!) : new RegExp(`^${text!}$`);
}

/** Brackets that do not close, selectors without the resource that Cloud Monitoring asks for, series of no known service. */
function faultsOfQuery(query: string): string[] {
  const faults: string[] = [];
  const depth = [...query.replace(/"[^"]*"/g, '')].reduce(
    (open, char) => ('({['.includes(char) ? open + 1 : ')}]'.includes(char) ? open - 1 : open),
    0,
  );
  if (depth !== 0) faults.push(`${depth} brackets are open: ${query}`);
  const selectors = [...query.matchAll(/([a-z_]+:[a-z_]+)\{([^}]*)\}/g)];
  if (selectors.length === 0) faults.push(`no series: ${query}`);
  for (const [, series, labels] of selectors) {
    if (!/^(run|pubsub|logging)_googleapis_com:/.test(series!)) faults.push(`unknown series ${series}`);
    if (!labels!.startsWith('monitored_resource="')) faults.push(`no resource for ${series}`);
  }
  return faults;
}
