// What every face of the object store must do, as tests: what differs in this is no object store.
import type { ExecutionContext } from 'ava';
import type { ObjectName } from '../gs-uri.ts';
import type { ObjectStore } from '../object-store.ts';
import { listingCases } from './object-store-listing.ts';
import { readingCases } from './object-store-reading.ts';
import { writingCases } from './object-store-writing.ts';

/** The buckets that the store must have, and no other. */
export const contractBuckets = ['uploads', 'results'] as const;

/** ava's `test`, or its `skip`. */
type Test = (title: string, run: (t: ExecutionContext) => Promise<void>) => void;

/**
 * @param face stands before each title
 * @param open asked once for each test; all may be given one store, as each test keeps to a folder of its own
 */
export function objectStoreContract(
  test: Test,
  face: string,
  open: (t: ExecutionContext) => ObjectStore | Promise<ObjectStore>,
): void {
  const cases = { ...readingCases, ...writingCases, ...listingCases };
  for (const [index, [title, run]] of Object.entries(cases).entries()) {
    const at = (name: string): ObjectName => ({ bucket: 'uploads', name: `contract-${index}/${name}` });
    test(`${face}: ${title}`, async (t) => run(t, await open(t), at));
  }
}
