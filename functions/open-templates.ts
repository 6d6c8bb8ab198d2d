// The background pictures that ship, read from their folder.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Templates } from './storefront/scenes.ts';

const folder = new URL('../models/backgrounds/', import.meta.url);

const listSchema = z.object({ templates: z.array(z.object({ name: z.string(), file: z.string() })) });

export async function openTemplates(): Promise<Templates> {
  const list = await readFile(new URL('templates.json', folder), 'utf8');
  const files = new Map(listSchema.parse(JSON.parse(list)).templates.map(({ name, file }) => [name, file]));
  return {
    names: [...files.keys()],
    read: async (name) => await readFile(new URL(files.get(name)!, folder)),
  };
}
