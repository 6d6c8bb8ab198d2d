// Which files travel to a build: those that .dockerignore lets through, by its own rule that the last line that fits decides.
import { readdirSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { readText, root } from './read-deployment.ts';

interface Rule {
  readonly pattern: string;
  readonly lets: boolean;
}

const rules: readonly Rule[] = readText('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ pattern: line.replace(/^!/, ''), lets: line.startsWith('!') }));

/** A folder's rule is that of all below it. */
function fits(path: string, pattern: string): boolean {
  const parts = path.split('/');
  return parts.some((_, index) => matchesGlob(parts.slice(0, index + 1).join('/'), pattern));
}

export const travels = (path: string): boolean =>
  rules.findLast(({ pattern }) => fits(path, pattern))?.lets ?? true;

/** What git keeps and what was just built, below the folders that a build could want. */
export function contextFiles(): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (['.git', 'node_modules', '.cache', '.cutline', 'out'].includes(entry.name)) continue;
      if (entry.isDirectory()) visit(path);
      else if (travels(path)) found.push(path);
    }
  };
  visit('');
  return found;
}
