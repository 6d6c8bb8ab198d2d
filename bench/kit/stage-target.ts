// Starts the stage service as a process of its own, and gives it jobs.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatUri } from '../../shared/gs-uri.ts';
import { jobOptionsSchema } from '../../shared/job.ts';
import { createJobRecords } from '../../shared/job-records.ts';
import type { StageMessage } from '../../shared/message.ts';
import { SCHEMA } from '../../shared/message.ts';
import { routeOf } from '../../shared/pipeline.ts';
import { buckets } from '../../shared/testing/cloud-emulators.ts';
import { newJob } from '../../shared/testing/cloud-jobs.ts';
import { newTrace } from '../../shared/trace.ts';
import { createFileStore } from '../../shared/transport/file-store.ts';

export interface StageTarget {
  readonly device: string;
  /** Jobs of photos that nothing is cached for, and the messages that start them. */
  prepare(count: number): Promise<StageMessage[]>;
  /** @throws when it was refused or failed */
  run(message: StageMessage): Promise<void>;
  /** How long graphs have run since the start. */
  busySeconds(): Promise<number>;
  /** The most it has held so far. */
  memoryMb(): Promise<number>;
  close(): Promise<void>;
}

export async function startStageTarget(photo: Uint8Array): Promise<StageTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'cutline-bench-'));
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./stage-server.ts', import.meta.url)), folder],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      // As Terraform deploys it.
      env: { WORK_SLOTS: '4', ...process.env },
    },
  );
  const early = once(child, 'exit').then(() =>
    Promise.reject(new Error('The stage service ended at its start')),
  );
  const [line] = await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), early]);
  early.catch(() => {});
  const { port, device } = JSON.parse(line) as { port: number; device: string };
  const url = `http://127.0.0.1:${port}`;
  const store = createFileStore(folder, { buckets: Object.values(buckets) });
  const records = createJobRecords({ store, bucket: buckets.results, now: Date.now });
  const upload = { bucket: buckets.uploads, name: 'photo.jpg' };
  const input = formatUri(await store.write(upload, photo, { contentType: 'image/jpeg', metadata: {} }));
  let made = 0;
  return {
    device,
    prepare: (count) => Promise.all(Array.from({ length: count }, prepareOne)),
    async run(message) {
      const response = await fetch(`${url}/run`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(message),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`);
    },
    async busySeconds() {
      const text = await (await fetch(`${url}/metrics`)).text();
      const sums = [...text.matchAll(/^cutline_model_[a-z_]*seconds_sum\{.*\} (\S+)$/gm)];
      if (sums.length === 0) throw new Error('Expected the seconds of models among the metrics');
      return sums.reduce((total, [, seconds]) => total + Number(seconds), 0);
    },
    async memoryMb() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1000;
    },
    async close() {
      // One that broke down is gone already, and has said why.
      if (child.exitCode === null && child.signalCode === null) {
        child.disconnect();
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };

  /** Each of a tenant of its own, so that none is found in the cache. */
  async function prepareOne(): Promise<StageMessage> {
    const job = newJob();
    const options = jobOptionsSchema.parse({ scale: 1, effects: [] });
    const route = routeOf(options);
    const { uri } = await records.createJob({
      schema: SCHEMA,
      job,
      tenant: `tenant-${made++}`,
      reference: null,
      input,
      options,
      route,
      created: new Date().toISOString(),
    });
    return { schema: SCHEMA, job: uri, stage: route[0]!, input, trace: newTrace(randomBytes) };
  }
}
