// Which uploads were announced, in a file of lines: a restart announces nothing twice.
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ObjectVersion } from '../../shared/gs-uri.ts';
import { formatUri, parseUri } from '../../shared/gs-uri.ts';
import { replaceDurably } from '../../shared/transport/durable-file.ts';

export interface AnnouncedUploads {
  has(version: ObjectVersion): boolean;
  /** Resolves when they are safe. */
  add(versions: readonly ObjectVersion[]): Promise<void>;
  /** What is gone is forgotten: put there again, it is an upload again. Resolves when the file says so too. */
  keepOnly(there: readonly ObjectVersion[]): Promise<void>;
}

const lineSchema = z.object({ object: z.string() });

export async function openAnnouncedUploads(path: string): Promise<AnnouncedUploads> {
  await mkdir(dirname(path), { recursive: true });
  let announced = await readAll(path);
  /** The file may end in the middle of a line, or hold what is not so. */
  let isDoubtful = true;

  async function save(write: () => Promise<void>): Promise<void> {
    isDoubtful = true;
    await write();
    isDoubtful = false;
  }
  const rewrite = () => save(() => replaceDurably(path, [...announced].map(lineOf).join('')));

  return {
    has: (version) => announced.has(formatUri(version)),
    async add(versions) {
      const uris = versions.map(formatUri);
      for (const uri of uris) announced.add(uri);
      if (isDoubtful) await rewrite();
      else await save(() => append(path, uris.map(lineOf).join('')));
    },
    async keepOnly(there) {
      const kept = announced.intersection(new Set(there.map(formatUri)));
      if (kept.size === announced.size && !isDoubtful) return;
      announced = kept;
      await rewrite();
    },
  };
}

const lineOf = (uri: string): string => `${JSON.stringify({ object: uri })}\n`;

async function append(path: string, text: string): Promise<void> {
  const file = await open(path, 'a');
  try {
    await file.appendFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A line that was being written when the process was killed is none. */
async function readAll(path: string): Promise<Set<string>> {
  const uris = new Set<string>();
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  for (const line of text.split('\n')) {
    const uri = uriIn(line);
    if (uri !== undefined && parseUri(uri)) uris.add(uri);
  }
  return uris;
}

function uriIn(line: string): string | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data?.object;
  } catch {
    return undefined;
  }
}
