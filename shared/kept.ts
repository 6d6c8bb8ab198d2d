// Jobs that were ordered lie under kept/ as they lay under jobs/, name for name, because the bucket gives each of the
// two a lifetime of its own.

export const roots = ['jobs', 'kept'] as const;
export type Root = (typeof roots)[number];

/** @param name of something that belongs to a job: `jobs/<job>/…` or `kept/<job>/…`; any other is left as it is */
export function inRoot(name: string, root: Root): string {
  return name.replace(/^(jobs|kept)\//, `${root}/`);
}

export function rootOf(name: string): Root | undefined {
  return roots.find((root) => name.startsWith(`${root}/`));
}
