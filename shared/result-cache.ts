// What a stage made of a photo once serves the same tenant again: cache/<key>.json points at the record of then.
import { createHash } from 'node:crypto';
import type { ObjectName } from './gs-uri.ts';
import { formatUri, parseUri } from './gs-uri.ts';
import { parseRecord, toJson } from './job-records.ts';
import type { ModelUsed } from './message.ts';
import { SCHEMA } from './message.ts';
import type { ObjectStore } from './object-store.ts';
import type { Job, PipelineStage } from './pipeline.ts';
import { PIPELINE_VERSION } from './pipeline.ts';
import type { JobRecord, StageRecord } from './records.ts';
import { cachePointerSchema, paths, stageRecordSchema } from './records.ts';

export interface KeyParts {
  readonly tenant: string;
  readonly input: Uint8Array;
  readonly stage: PipelineStage;
  readonly job: Job;
  /** Every graph that may take part, helpers included: another graph makes other pixels. */
  readonly graphs: readonly Pick<ModelUsed, 'id' | 'sha256'>[];
  /** The file of a corrected mask. */
  readonly mask?: Uint8Array | undefined;
}

/** In hexadecimal. */
export function cacheKey({ tenant, input, stage, job, graphs, mask }: KeyParts): string {
  const options = stage.reads.map((option) => [option, job[option] ?? null]);
  const parts = [
    PIPELINE_VERSION,
    tenant,
    sha256(input),
    stage.name,
    options,
    graphs.map(({ id, sha256 }) => [id, sha256]),
    ...(mask ? [sha256(mask)] : []),
  ];
  return sha256(JSON.stringify(parts));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

const MAX_POINTER_BYTES = 64 * 1024;
const MAX_RECORD_BYTES = 1024 * 1024;

/** A photo served from the cache: the outputs copied on the server under the new job. */
export type Copied = Pick<StageRecord, 'outputs' | 'hands_on'> & { readonly from: StageRecord };

export interface ResultCache {
  /** Undefined when there is nothing, or what was there has been deleted. @throws STORE_UNAVAILABLE */
  copy(key: string, job: JobRecord, input: string): Promise<Copied | undefined>;
  /** @throws STORE_UNAVAILABLE */
  remember(key: string, recordUri: string): Promise<void>;
}

export function createResultCache(store: ObjectStore, bucket: string): ResultCache {
  const at = (name: string): ObjectName => ({ bucket, name });

  async function find(key: string): Promise<StageRecord | undefined> {
    const pointer = await store.read(at(paths.cache(key)), MAX_POINTER_BYTES);
    if (!pointer) return undefined;
    const { record: uri } = parseRecord(pointer.data, cachePointerSchema, pointer.info);
    const found = await store.read(parseUri(uri)!, MAX_RECORD_BYTES);
    return found && parseRecord(found.data, stageRecordSchema, found.info);
  }

  return {
    async copy(key, job, input) {
      const from = await find(key);
      if (!from) return undefined;
      const copies = await Promise.all(
        Object.entries(from.outputs).map(async ([name, output]) => {
          const source = parseUri(output.uri)!;
          const extension = source.name.split('.').at(-1)!;
          const target = at(paths.output(job.job, from.stage, name, extension));
          const copied = await store.copyIfAbsent(source, target);
          return copied && ([name, { ...output, uri: formatUri(copied.object) }] as const);
        }),
      );
      const outputs = copies.filter((copy) => copy !== undefined);
      if (outputs.length < copies.length) return undefined;
      const handed = Object.entries(from.outputs).find(([, { uri }]) => uri === from.hands_on)?.[0];
      const made = Object.fromEntries(outputs);
      return { from, outputs: made, hands_on: handed === undefined ? input : made[handed]!.uri };
    },
    async remember(key, record) {
      await store.write(at(paths.cache(key)), toJson({ schema: SCHEMA, record }), {
        contentType: 'application/json',
      });
    },
  };
}
