// What `--background` names: a colour, a template that ships, or a picture file.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseColour } from '../../shared/colour.ts';
import { toCutlineError } from '../../shared/errors.ts';
import type { Background } from '../../shared/finish.ts';
import { decode } from '../../shared/image/codec.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { UsageError, unexpected } from './arguments.ts';

const folder = new URL('../../models/backgrounds/', import.meta.url);

const templatesSchema = z.object({
  templates: z.array(
    z.object({ name: z.string(), file: z.string(), title: z.string(), horizon: z.number().nullable() }),
  ),
});

export type Template = z.infer<typeof templatesSchema>['templates'][number];

/** The templates that ship, in the order of a menu. */
export async function listTemplates(): Promise<readonly Template[]> {
  return templatesSchema.parse(JSON.parse(await readFile(new URL('templates.json', folder), 'utf8')))
    .templates;
}

/** @throws UsageError when it is none of the three, or the file is no picture */
export async function openBackground(
  text: string | undefined,
  limits: ImageLimits,
): Promise<Background | undefined> {
  if (text === undefined) return undefined;
  const colour = parseColour(text);
  if (colour) return { colour };
  const templates = await listTemplates();
  const template = templates.find(({ name }) => name === text);
  const file = await readFile(template ? new URL(template.file, folder) : text).catch(() => undefined);
  if (!file) {
    const names = templates.map(({ name }) => name).join(', ');
    throw unexpected('background', `'#rrggbb', a picture file or one of ${names}`, text);
  }
  try {
    return { picture: (await decode(file, limits)).picture };
  } catch (error) {
    throw new UsageError(`The picture for --background cannot be used: ${toCutlineError(error).detail}.`);
  }
}
