// Sends requests with so many clients at once and says what the brief's load test says (birefnet-api-specification.md, 8.3).
import { mean, quantile } from './statistics.ts';

export interface LoadOptions {
  readonly requests: number;
  readonly concurrency: number;
  /** One request, to its last byte. @throws when it was not answered well */
  send(index: number): Promise<void>;
  /** Milliseconds that never go back. */
  now(): number;
}

/** The brief's nine fields, under its names. Latencies are of successful requests. */
export interface LoadResult {
  readonly total_requests: number;
  readonly successful: number;
  readonly errors: number;
  readonly total_time_s: number;
  /** Successful requests a second. */
  readonly throughput: number;
  readonly avg_latency_ms: number;
  readonly p50_latency_ms: number;
  readonly p95_latency_ms: number;
  readonly p99_latency_ms: number;
}

export interface Load {
  readonly result: LoadResult;
  readonly max_latency_ms: number;
  /** What went wrong, and how often. */
  readonly failures: ReadonlyMap<string, number>;
}

export async function load({ requests, concurrency, send, now }: LoadOptions): Promise<Load> {
  const latencies: number[] = [];
  const failures = new Map<string, number>();
  let next = 0;
  async function client(): Promise<void> {
    while (next < requests) {
      const index = next++;
      const began = now();
      try {
        await send(index);
        latencies.push(now() - began);
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        failures.set(what, (failures.get(what) ?? 0) + 1);
      }
    }
  }
  const began = now();
  await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, client));
  const seconds = (now() - began) / 1000;
  const result = {
    total_requests: requests,
    successful: latencies.length,
    errors: requests - latencies.length,
    total_time_s: seconds,
    throughput: latencies.length / seconds,
    avg_latency_ms: mean(latencies),
    p50_latency_ms: quantile(latencies, 0.5),
    p95_latency_ms: quantile(latencies, 0.95),
    p99_latency_ms: quantile(latencies, 0.99),
  };
  return { result, max_latency_ms: quantile(latencies, 1), failures };
}

/** Posts a photo as the brief's clients do, each time another file. @param key where the service wants one */
export function removeBackground(
  url: string,
  photo: Uint8Array<ArrayBuffer>,
  key?: string,
): (index: number) => Promise<void> {
  return async (index) => {
    const form = new FormData();
    form.set('image', new Blob([distinct(photo, index)], { type: 'image/jpeg' }), 'photo.jpg');
    form.set('smoothing', 'true');
    const headers = key === undefined ? {} : { 'X-Api-Key': key };
    const response = await fetch(url, { method: 'POST', body: form, headers });
    const body = await response.arrayBuffer();
    if (!response.ok) throw new Error(`status ${response.status}`);
    if (body.byteLength === 0) throw new Error('an empty answer');
  };
}

/**
 * The same picture in another file, so that no cache answers: a JPEG with a comment (marker FFFE, its length with the
 * two bytes that say it). Other formats stay as they are.
 */
export function distinct(photo: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  if (photo[0] !== 0xff || photo[1] !== 0xd8) return photo;
  const comment = new TextEncoder().encode(`${process.pid}-${Date.now()}-${index}`);
  const marker = [0xff, 0xfe, 0, comment.length + 2];
  return new Uint8Array(
    Buffer.concat([photo.subarray(0, 2), Uint8Array.from(marker), comment, photo.subarray(2)]),
  );
}
