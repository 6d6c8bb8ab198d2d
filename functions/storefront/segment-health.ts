// How the background removal is, in the brief's document. A stage in this process is asked; one behind a network only while
// it works anyway, because a question would wake its GPU, and hold it for as long as somebody asks.
import { CutlineError } from '../../shared/errors.ts';
import type { Load } from '../../shared/load-ladder.ts';
import type { StageRecord } from '../../shared/records.ts';
import type { Figures } from './hour-figures.ts';

/** What the segment stage says of itself. */
export interface SegmentState {
  readonly ready: boolean;
  /** Stuck, dead, or without a model that could be opened. */
  readonly broken: boolean;
  /** `cpu`, `cuda`, `tensorrt`; null before one is open. */
  readonly device: string | null;
  /** Of the default model. */
  readonly model: string | null;
  /** A wanted device is not used, or too much of its work fails. */
  readonly degraded: boolean;
  readonly gpuMemoryFreeMb: number | null;
}

export interface SegmentHealthPorts {
  /** @throws STAGE_UNAVAILABLE */
  ask(): Promise<SegmentState>;
  /** Whether a question wakes it. */
  readonly wakes: boolean;
  /** Of the endpoint, in this process. */
  figures(): Figures;
  load(): Load;
  /** Of the service. */
  readonly version: string;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface SegmentHealth {
  /** It has just worked, and said with what. */
  noteRun(record: Pick<StageRecord, 'device' | 'models'>): void;
  read(): Promise<{ readonly isUp: boolean; readonly document: Record<string, unknown> }>;
}

/** While it works anyway: an instance stays for longer than that after its last photo. */
const AWAKE_MS = 5 * 60 * 1000;
/** All who ask within it get one answer. */
const HOLDS_MS = 5000;
/** The brief's: above this share of the hour's requests something is wrong. */
const MANY_ERRORS = 0.05;

const unknown: SegmentState = {
  ready: true,
  broken: false,
  device: null,
  model: null,
  degraded: false,
  gpuMemoryFreeMb: null,
};

export function createSegmentHealth(ports: SegmentHealthPorts): SegmentHealth {
  const { now } = ports;
  let known: SegmentState = unknown;
  let workedAt = -Infinity;
  let asked: { readonly at: number; readonly state: Promise<SegmentState> } | undefined;

  async function ask(): Promise<SegmentState> {
    if (ports.wakes && now() - workedAt > AWAKE_MS) return { ...known, gpuMemoryFreeMb: null };
    if (!asked || now() - asked.at > HOLDS_MS) asked = { at: now(), state: ports.ask() };
    known = await asked.state;
    return known;
  }

  return {
    noteRun({ device, models }) {
      workedAt = now();
      known = { ...known, ready: true, broken: false, device, model: models[0]?.id ?? known.model };
    },
    async read() {
      try {
        const state = await ask();
        if (state.broken || !state.ready) return down(state.broken ? broken : loading);
        return { isUp: true, document: describe(state, ports.figures(), ports) };
      } catch (error) {
        if (error instanceof CutlineError && error.code === 'STAGE_UNAVAILABLE') return down(unreachable);
        throw error;
      }
    },
  };
}

const broken = {
  error: 'Model is not usable',
  detail: 'The segmentation model could not be opened or has stopped',
};
const loading = { error: 'Model is not loaded', detail: 'The segmentation model is still being loaded' };
const unreachable = { error: 'Model is not reachable', detail: 'The segmentation service does not answer' };

function down(why: { readonly error: string; readonly detail: string }) {
  return { isUp: false, document: { status: 'unhealthy', ...why } };
}

function describe(
  { device, model, degraded, gpuMemoryFreeMb }: SegmentState,
  { requests, errors, latency }: Figures,
  { load, version }: SegmentHealthPorts,
): Record<string, unknown> {
  const tooMany = requests > 0 && errors / requests > MANY_ERRORS;
  const isKnown = model === null ? null : true;
  return {
    status: degraded || tooMany || load() === 'heavy' ? 'degraded' : 'healthy',
    service: 'Cutline background removal',
    version,
    model,
    device: device === 'tensorrt' ? 'cuda' : device,
    tensorrt_enabled: device === 'tensorrt',
    gpu_memory_free_mb: gpuMemoryFreeMb,
    // A model is open only after its graph and its card were found and fit each other.
    model_files_status: { checkpoint: isKnown, config: isKnown, tensorrt_engine: device === 'tensorrt' },
    ...(latency && {
      performance_metrics: {
        avg_latency_ms: latency.avg,
        p95_latency_ms: latency.p95,
        p99_latency_ms: latency.p99,
        requests_last_hour: requests,
      },
    }),
  };
}
