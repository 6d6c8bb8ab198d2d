// Terraform's files of a folder, parsed: blocks as they are written, expressions as text in ${…}.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';

export type Value = string | number | boolean | null | Value[] | Body;
export interface Body {
  readonly [key: string]: Value;
}

export interface Block {
  /** `resource`, `variable` … */
  readonly kind: string;
  /** `google_pubsub_topic.this`, or the name alone where there is no type. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  readonly body: Body;
  readonly file: string;
}

export interface Module {
  /** Below terraform/; the root is an empty text. */
  readonly folder: string;
  readonly blocks: readonly Block[];
  readonly text: string;
}

export const terraformFolder = join(import.meta.dirname, '..');
export const moduleFolders = ['', 'bootstrap', 'modules/push', 'modules/stage'] as const;

export async function readModule(folder: string): Promise<Module> {
  const at = join(terraformFolder, folder);
  const files = (await readdir(at)).filter((file) => file.endsWith('.tf')).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(at, file), 'utf8')));
  const parsed = await Promise.all(
    files.map((file, index) => parseBlocks(join(folder, file), texts[index]!)),
  );
  return { folder, blocks: parsed.flat(), text: texts.join('\n') };
}

export async function readAll(): Promise<readonly Module[]> {
  return await Promise.all(moduleFolders.map(readModule));
}

/** Labelled twice, once or not at all. */
const labels: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  variable: 1,
  output: 1,
  module: 1,
  provider: 1,
  terraform: 0,
  locals: 0,
};

/** @throws for what is no HCL, and for a block that Terraform does not know */
export async function parseBlocks(file: string, text: string): Promise<Block[]> {
  const parsed = (await parse(file, text)) as Body;
  return Object.entries(parsed).flatMap(([kind, inside]) => {
    const depth = labels[kind];
    if (depth === undefined) throw new Error(`Expected a block of Terraform in ${file} but received ${kind}`);
    return unfold(inside, depth).map(([path, body]) => {
      const name = path.at(-1) ?? '';
      return { kind, address: path.join('.'), type: path.length > 1 ? path[0]! : '', name, body, file };
    });
  });
}

function unfold(inside: Value, depth: number): [string[], Body][] {
  if (depth === 0) return (inside as Body[]).map((body) => [[], body]);
  return Object.entries(inside as Body).flatMap(([label, deeper]) =>
    unfold(deeper, depth - 1).map(([path, body]): [string[], Body] => [[label, ...path], body]),
  );
}

export function blocksOf(modules: readonly Module[], kind: string): readonly Block[] {
  return modules.flatMap(({ blocks }) => blocks.filter((block) => block.kind === kind));
}

/** The bodies of a nested block, written out or dynamic. */
export function nested(body: Body, name: string): readonly Body[] {
  const dynamic = ((body.dynamic as Body | undefined)?.[name] ?? []) as Body[];
  return [...((body[name] ?? []) as Body[]), ...dynamic.flatMap(({ content }) => content as Body[])];
}
