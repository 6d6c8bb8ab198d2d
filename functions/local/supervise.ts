// The small parent of `npm run serve`: starts the process again when it asks for it (exit 70) or was killed, as Cloud Run
// would, and passes signals on.
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { EXIT_RESTART } from '../../shared/transport/end-process.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** One that ran so long was well: what happens now is a new trouble. */
const WELL_AFTER_MS = 60_000;

export interface SuperviseOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  say(line: string): void;
  now?(): number;
}

export interface Supervised {
  /** The exit code for the parent. */
  readonly ended: Promise<number>;
  /** Passes a signal on; the process is not started again after it. */
  signal(name: NodeJS.Signals): void;
}

export function supervise(options: SuperviseOptions): Supervised {
  const now = options.now ?? Date.now;
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  let child: ChildProcess | undefined;
  let ending = false;
  let pause = FIRST_PAUSE_MS;
  let timer: NodeJS.Timeout | undefined;
  start();
  return {
    ended,
    signal(name) {
      ending = true;
      if (timer) {
        clearTimeout(timer);
        end(0);
      } else child?.kill(name);
    },
  };

  function start(): void {
    timer = undefined;
    const began = now();
    // A group of its own, so that Ctrl-C reaches it once, through here; the channel tells it when the parent is gone.
    const settings: SpawnOptions = {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
      env: options.env,
    };
    child = spawn(options.command, options.args, settings);
    child.once('error', (error) => {
      options.say(`Cannot be started: ${error.message}`);
      end(1);
    });
    child.once('exit', (code, signal) => {
      const wantsMore = signal !== null || code === EXIT_RESTART;
      // It was told to end: that it would rather have begun anew is nobody's trouble.
      if (ending || !wantsMore) return end(wantsMore ? 0 : code!);
      pause = now() - began > WELL_AFTER_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      const why = signal ? `was ended by ${signal}` : 'asked for it';
      timer = setTimeout(start, pause);
      options.say(`Starting again in ${pause / 1000} s: the process ${why}`);
    });
  }
}
