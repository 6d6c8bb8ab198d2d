// The house on a laptop: npm run serve over a folder, killed, frozen, told to end, and its disk full.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDisk } from '../functions/local/testdata/job-on-disk.ts';
import type { Serving } from '../functions/local/testdata/serving.ts';
import { serve } from '../functions/local/testdata/serving.ts';
import { createFileStore } from '../shared/transport/file-store.ts';
import { createCleanup } from './cleanup.ts';
import { dropPhoto } from './drop-photo.ts';
import { createLedger } from './ledger.ts';
import { mountSmallDisk, noSmallDisk } from './small-disk.ts';
import type { Trial, Trouble } from './trial.ts';

/** A process that is killed again and again is started later and later by its parent: then it is begun anew. */
const MOST_RESTARTS = 3;
const ROOM_MB = 2048;

export async function openEmbeddedTrial(): Promise<Trial> {
  const cleanup = createCleanup();
  const data = await mkdtemp(join(tmpdir(), 'cutline-trouble-'));
  cleanup.teardown(() => rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  const disk = await mountSmallDisk(data, ROOM_MB);
  if (disk) cleanup.teardown(() => disk.close());
  const { store, records } = openDisk(createFileStore(data));
  const seen = createLedger();
  let serving: Serving;
  let restarts = 0;
  await begin();

  async function begin(): Promise<void> {
    restarts = 0;
    serving = await serve(cleanup, { data, env: { THREADS: '2', DRAIN_SEC: '9' } });
    await serving.logged('Serving');
  }

  /** Counts what the process that ended said. */
  function count(): void {
    for (const { message } of serving.lines()) {
      if (message === 'A message was to be delivered again') seen.count('messages to be delivered again');
      if (message === 'Serving') seen.count('starts');
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    serving.signal(signal);
    await serving.ended;
    count();
    await begin();
  }

  const pid = async (): Promise<number> => Number((await serving.logged('Serving', restarts)).pid);

  const troubles: Trouble[] = [
    {
      name: 'process killed',
      async run() {
        if (restarts === MOST_RESTARTS) return await end('SIGTERM');
        process.kill(await pid(), 'SIGKILL');
        restarts++;
        await serving.logged('Serving', restarts);
      },
    },
    {
      name: 'process frozen',
      async run(chance) {
        const frozen = await pid();
        process.kill(frozen, 'SIGSTOP');
        await sleep(chance.between(200, 2000));
        process.kill(frozen, 'SIGCONT');
      },
    },
    { name: 'process told to end', run: () => end('SIGTERM') },
    { name: 'process killed with its parent', run: () => end('SIGKILL') },
  ];
  if (disk)
    troubles.push({
      name: 'disk full',
      async run(chance) {
        await disk.fill();
        await sleep(chance.between(300, 2500));
        await disk.empty();
      },
    });

  return {
    what: `npm run serve over ${disk ? 'a disk of its own' : 'a folder'}`,
    takesOptions: false,
    // Each trouble strikes all at once here.
    pauseMs: [500, 4000],
    notes: disk ? [] : [noSmallDisk],
    seen,
    store,
    records,
    troubles,
    put: (photo, tenant) => dropPhoto(data, photo, tenant),
    async finish() {
      serving.signal('SIGTERM');
      const { code } = await serving.ended;
      count();
      return code === 0 ? [] : [`npm run serve ended with ${code}`];
    },
    close: () => cleanup.end(),
  };
}
