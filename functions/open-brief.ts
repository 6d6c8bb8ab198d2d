// What the brief's endpoints stand on, wired over what the storefront has opened.
import { randomBytes } from 'node:crypto';
import type { Config } from '../shared/config/parse-config.ts';
import type { DownloadUrls } from '../shared/download-urls.ts';
import { createJobRecords } from '../shared/job-records.ts';
import type { LoadLadder } from '../shared/load-ladder.ts';
import type { StageRunner } from '../shared/stage-runner.ts';
import { createHttpStageRunner } from '../shared/transport/http-stage-runner.ts';
import { createIdTokens } from '../shared/transport/id-token.ts';
import { createLocalStageRunner } from '../shared/transport/local-stage-runner.ts';
import { askStageHealth } from '../shared/transport/stage-health.ts';
import type { OpenedStorefront } from './open-storefront.ts';
import type { Surroundings } from './services.ts';
import type { StageService } from './stage-service.ts';
import { createHourFigures } from './storefront/hour-figures.ts';
import type { BriefPorts } from './storefront/routes/brief.ts';
import { createRunNow } from './storefront/run-now.ts';
import type { SegmentState } from './storefront/segment-health.ts';
import { createSegmentHealth } from './storefront/segment-health.ts';

/** How work is done while its caller waits. */
export interface SyncOptions {
  readonly runner: StageRunner;
  /** How long a caller waits for photos of up to 5 MB, in milliseconds. */
  readonly workMs: number;
  /** For the health of the segment stage; `wakes`: it is another service, whose GPU a question would wake. */
  readonly segment: { ask(): Promise<SegmentState>; readonly wakes: boolean };
}

export interface BriefOptions extends SyncOptions, Pick<Surroundings, 'store' | 'buckets' | 'log'> {
  readonly downloads: DownloadUrls;
  readonly ladder: Pick<LoadLadder, 'load'>;
}

/** Of the brief's API, as its health tells it. */
const API_VERSION = '1.0.0';
/** The issue's: for cold stages to become ready. */
const COLD_LIMIT_MS = 60_000;

export function openBrief(opened: OpenedStorefront, options: BriefOptions): BriefPorts {
  const { store, buckets, log, runner, downloads } = options;
  const now = Date.now;
  const load = () => options.ladder.load;
  const figures = createHourFigures(now);
  const health = createSegmentHealth({
    ...options.segment,
    figures: figures.read,
    load,
    version: API_VERSION,
    now,
  });
  const runNow = createRunNow({
    create: opened.create,
    records: createJobRecords({ store, bucket: buckets.results, now }),
    resultsBucket: buckets.results,
    runner,
    load,
    limitMs: { cold: COLD_LIMIT_MS, work: options.workMs },
    startEstimate: async () => (await opened.warmth.look()).estimate_ms,
    noteWork(records) {
      opened.warmth.noteWork(records.filter(({ cached }) => !cached).map(({ stage }) => stage));
      const cut = records.find(({ stage }) => stage === 'segment');
      if (cut) health.noteRun(cut);
    },
    log,
  });
  return {
    admit: opened.admit,
    access: opened.access,
    limits: opened.limits,
    create: opened.create,
    slots: opened.bodies,
    files: opened.delivered.files,
    delivery: opened.delivered.delivery,
    readState: opened.states.of,
    downloads,
    runNow,
    figures,
    health,
    random: randomBytes,
    now,
  };
}

/** Stages in this very process, which may have no GPU: they take as long as a job may. */
export function syncHere(
  stages: Pick<StageService, 'readiness' | 'state' | 'handler'>,
  { processingTimeoutSec }: Pick<Config, 'processingTimeoutSec'>,
): SyncOptions {
  return {
    runner: createLocalStageRunner(stages),
    workMs: processingTimeoutSec * 1000,
    segment: { ask: () => askHere(stages), wakes: false },
  };
}

async function askHere({
  readiness,
  state,
}: Pick<StageService, 'readiness' | 'state'>): Promise<SegmentState> {
  const { broken, device, models, fellBack, gpuMemoryFreeMb } = await state();
  const startup = readiness.startup();
  const failed = startup.status === 'not_ready' && startup.reason === 'model_failed';
  return {
    ready: readiness.isReady,
    broken: broken !== undefined || failed,
    device,
    model: models.segment ?? null,
    degraded: fellBack,
    gpuMemoryFreeMb,
  };
}

/** The brief's, for a GPU. */
const WORK_LIMIT_MS = 30_000;
/** More than any photo gets: what ends a call is the work's own limit, which knows what to tell the caller. */
const CALL_LIMIT_MS = { run: 150_000, warmUp: 2 * COLD_LIMIT_MS };
const HEALTH_LIMIT_MS = 5000;

/** Stages that are services of their own, each of which says its load with every answer. */
export function syncOverHttp(config: Config, ladder: Pick<LoadLadder, 'hear'>): SyncOptions {
  const { upscaleUrl: upscale, segmentUrl: segment, effectsUrl: effects } = config;
  const idToken = createIdTokens();
  const runner = createHttpStageRunner({
    urls: { ...(upscale && { upscale }), ...(segment && { segment }), ...(effects && { effects }) },
    idToken,
    limitMs: CALL_LIMIT_MS,
    hear: ladder.hear,
  });
  const ask = async (): Promise<SegmentState> => {
    const health = await askStageHealth({ url: segment, idToken, timeoutMs: HEALTH_LIMIT_MS });
    return {
      ready: health.ready,
      broken: health.error_code !== undefined,
      device: health.device,
      model: health.models.segment ?? null,
      degraded: health.status === 'degraded',
      gpuMemoryFreeMb: health.gpu_memory_free_mb,
    };
  };
  return { runner, workMs: WORK_LIMIT_MS, segment: { ask, wakes: true } };
}
