// Where the time goes, for whoever looks for hot spots: a CPU profile of this thread, and the names of the runtime's traces.
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

export interface Profiler {
  /** The beginning of the path of a model's trace; the runtime adds time and `.json`. */
  trace(model: string): string;
  /** Writes the CPU profile, which Chrome's developer tools open. */
  stop(): Promise<void>;
}

/** @param folder is made where it is missing. @throws what the file system throws */
export function startProfiler(folder: string): Profiler {
  mkdirSync(folder, { recursive: true });
  const session = new Session();
  session.connect();
  const started = session.post('Profiler.enable').then(() => session.post('Profiler.start'));
  // Looked at by stop.
  started.catch(() => {});
  return {
    trace: (model) => join(folder, `${model.replaceAll('/', '-')}-${process.pid}`),
    async stop() {
      await started;
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      await writeFile(join(folder, `main-${process.pid}.cpuprofile`), JSON.stringify(profile));
    },
  };
}
