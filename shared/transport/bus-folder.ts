// The messages of one subscription as files: <sequence>-<message id>-<deliveries>.json.
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { createDurably, UNFINISHED } from './durable-file.ts';

const messageSchema = z.strictObject({
  messageId: z.string(),
  publishTime: z.iso.datetime(),
  attributes: z.record(z.string(), z.string()),
  data: z.unknown(),
});
export type BusMessage = z.infer<typeof messageSchema>;

/** What its file's name says of a message. */
export interface Kept {
  readonly sequence: number;
  readonly messageId: string;
  /** How many were begun, this one included: counted before, so that the one that kills the process counts. */
  readonly deliveries: number;
}

export interface MessageFolder {
  /** The oldest first. */
  list(): Promise<Kept[]>;
  /** Resolves when the message is safe. */
  add(kept: Kept, message: BusMessage): Promise<void>;
  /** `undefined` when the file is gone, or damaged: then it is moved aside, and logged. */
  read(kept: Kept): Promise<BusMessage | undefined>;
  /** One more delivery begins. `undefined` when the file is gone. */
  count(kept: Kept): Promise<Kept | undefined>;
  remove(kept: Kept): Promise<void>;
}

/** Sorts as text up to a billion messages, for people who look; the program sorts numbers. */
const DIGITS = 9;

const fileOf = ({ sequence, messageId, deliveries }: Kept): string =>
  `${String(sequence).padStart(DIGITS, '0')}-${messageId}-${deliveries}.json`;

function keptIn(file: string): Kept | undefined {
  const [, sequence, messageId, deliveries] = /^(\d+)-([0-9a-f-]{36})-(\d+)\.json$/.exec(file) ?? [];
  if (messageId === undefined) return undefined;
  return { sequence: Number(sequence), messageId, deliveries: Number(deliveries) };
}

/** @param root of all folders @param name of the subscription */
export async function openMessageFolder(root: string, name: string, log: Logger): Promise<MessageFolder> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });

  async function moveAside(file: string, error: unknown): Promise<void> {
    await mkdir(join(root, 'damaged'), { recursive: true });
    const to = join(root, 'damaged', `${name}-${file}`);
    await unlessGone(() => rename(join(folder, file), to));
    log.error('A message is damaged and was moved aside', { file: to, error });
  }

  return {
    async list() {
      const found: Kept[] = [];
      for (const file of await readdir(folder)) {
        const kept = keptIn(file);
        if (kept) found.push(kept);
        else if (file.startsWith(UNFINISHED)) await rm(join(folder, file), { force: true });
        else if (file.endsWith('.json')) await moveAside(file, new Error('Expected a message’s file name'));
      }
      return found.sort((one, other) => one.sequence - other.sequence);
    },
    add: (kept, message) => createDurably(join(folder, fileOf(kept)), JSON.stringify(message)),
    async read(kept) {
      const text = await unlessGone(() => readFile(join(folder, fileOf(kept)), 'utf8'));
      if (text === undefined) return undefined;
      try {
        return messageSchema.parse(JSON.parse(text));
      } catch (error) {
        await moveAside(fileOf(kept), error);
        return undefined;
      }
    },
    async count(kept) {
      const next = { ...kept, deliveries: kept.deliveries + 1 };
      return await unlessGone(async () => {
        await rename(join(folder, fileOf(kept)), join(folder, fileOf(next)));
        return next;
      });
    },
    remove: (kept) => rm(join(folder, fileOf(kept)), { force: true }),
  };
}

/** Somebody may clear the folder while the bus runs. */
async function unlessGone<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
