// What the storefront stands on, opened: records, deliveries, callers and their limits, the warmth of the stages.
import { randomBytes } from 'node:crypto';
import type { StageName } from '../shared/card.ts';
import type { DownloadUrls } from '../shared/download-urls.ts';
import type { CutlineError } from '../shared/errors.ts';
import { toCutlineError } from '../shared/errors.ts';
import { readHeader } from '../shared/image/codec.ts';
import { checkSize } from '../shared/image/limits.ts';
import { createJobRecords } from '../shared/job-records.ts';
import type { LoadLadder } from '../shared/load-ladder.ts';
import { completedSchema } from '../shared/message.ts';
import { pipeline } from '../shared/pipeline.ts';
import type { Delivery } from '../shared/push.ts';
import type { Slots } from '../shared/slots.ts';
import { createSlots } from '../shared/slots.ts';
import { createStageTimes } from '../shared/stage-times.ts';
import type { RateLimits } from '../shared/transport/rate-limit.ts';
import { createRateLimits } from '../shared/transport/rate-limit.ts';
import type { Counters } from '../shared/transport/rate-limit-counters.ts';
import { openCounters } from '../shared/transport/rate-limit-counters.ts';
import type { UploadUrls } from '../shared/upload-urls.ts';
import type { OpenedFileServices } from './file-services.ts';
import { openFileServices } from './file-services.ts';
import type { Surroundings } from './services.ts';
import type { Access } from './storefront/access.ts';
import { createAccess } from './storefront/access.ts';
import type { AskedJobs } from './storefront/asked-jobs.ts';
import { createAskedJobs } from './storefront/asked-jobs.ts';
import type { Batches } from './storefront/batches.ts';
import { createBatches } from './storefront/batches.ts';
import type { CorrectPorts } from './storefront/correct-mask.ts';
import type { BatchCreatePorts } from './storefront/create-batch.ts';
import type { JobStates } from './storefront/read-states.ts';
import { createJobStates } from './storefront/read-states.ts';
import type { Admit } from './storefront/routes/admit.ts';
import { createAdmission } from './storefront/routes/admit.ts';
import type { StageWarmths } from './storefront/warmth.ts';
import { createWarmth } from './storefront/warmth.ts';

export interface StorefrontOptions extends Surroundings {
  /** Signs tokens of jobs and browsers. */
  readonly tokenSecret: string;
  readonly uploadUrls: UploadUrls;
  readonly downloads: DownloadUrls;
  /** Of this process. */
  readonly ladder: LoadLadder;
  /** Of a stage in this very process: whether it is ready. */
  isReady?(stage: StageName): boolean;
  /** The process can no longer work. */
  onBroken(error: CutlineError): void;
}

export interface OpenedStorefront {
  readonly access: Access;
  readonly counters: Counters;
  readonly limits: RateLimits;
  readonly admit: Admit;
  readonly delivered: OpenedFileServices;
  readonly asked: AskedJobs;
  readonly batches: Batches;
  readonly states: JobStates;
  readonly create: BatchCreatePorts;
  readonly correct: CorrectPorts;
  readonly warmth: StageWarmths;
  /** Bodies that are read at once: each is in memory as long. */
  readonly bodies: Slots;
  /** Of a job's end: what it says of the stages. */
  learn(end: Delivery): void;
  close(): Promise<void>;
}

/** Of at most 10 or 32 MiB each. */
const BODIES_AT_ONCE = 8;

export async function openStorefront(options: StorefrontOptions): Promise<OpenedStorefront> {
  const { config, log, store, publisher, buckets } = options;
  const { results } = buckets;
  const now = Date.now;
  const records = createJobRecords({ store, bucket: results, now });
  const asked = createAskedJobs({ store, bucket: results, records, now });
  const counters = await openCounters({ redisUrl: config.redisUrl, log });
  const { rateLimitPerMinute: perMinute, rateLimitPerSecond: perSecond, tenants } = config;
  const limits = createRateLimits({ counters, perMinute, perSecond, tenants, now });
  const access = createAccess({
    tenants,
    tokenSecret: options.tokenSecret,
    operatorKeys: config.operatorKeys,
    anonymous: config.anonymous,
    now,
    random: randomBytes,
  });
  const { trustedProxyHops } = config;
  const delivered = await openFileServices({
    store,
    resultsBucket: results,
    asked,
    config,
    onBroken: options.onBroken,
  });
  const times = createStageTimes(store, results);
  const states = createJobStates({ files: delivered.files, times, now });
  const batches = createBatches({ store, bucket: results, asked, readState: states.find, now });
  const warmth = createWarmth({
    stages: pipeline.map(({ name }) => name),
    store,
    resultsBucket: results,
    publisher,
    budgetPerDay: config.warmupsPerDay,
    ...(options.isReady && { isReady: options.isReady }),
    now,
  });
  return {
    access,
    counters,
    limits,
    admit: createAdmission({ access, limits, trustedProxyHops, now }),
    delivered,
    asked,
    batches,
    states,
    create: {
      store,
      uploadUrls: options.uploadUrls,
      asked,
      batches,
      uploadsBucket: buckets.uploads,
      uploadsPrefix: config.uploadsPrefix,
      limits: config.limits,
      async inspect(file) {
        const header = await readHeader(file);
        checkSize(header, config.limits);
        return header;
      },
      now,
      randomBytes,
    },
    correct: { store, publisher, records, resultsBucket: results, limits: config.limits, now, randomBytes },
    warmth,
    bodies: createSlots(BODIES_AT_ONCE, config.queueLimit),
    learn({ data, attempt = 1 }) {
      const completed = completedSchema.safeParse(data).data;
      // A webhook that is dead brings the message again for a day.
      if (!completed || attempt > 1) return;
      const worked = pipeline.map(({ name }) => name).filter((stage) => isWork(stage, completed));
      warmth.noteWork(worked);
      times.learn(completed).catch((thrown: unknown) => {
        log.warning('The times of the stages were not kept', { error: toCutlineError(thrown) });
      });
    },
    async close() {
      counters.close();
      await delivered.close();
    },
  };
}

function isWork(
  stage: StageName,
  { timings_ms, cached }: { timings_ms: Readonly<Record<string, number>>; cached: readonly string[] },
): boolean {
  return timings_ms[stage] !== undefined && !cached.includes(stage);
}
