// A model's two files: the graph, and beside it the external data that holds its weights, where it has any.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface GraphFiles {
  readonly graph: string;
  /** Absent for a graph that holds its weights itself. */
  readonly data: string | undefined;
  /** Of both together. */
  readonly bytes: number;
}

/** @param name of the files without their extension. @throws when there is no graph */
export async function findGraphFiles(folder: string, name: string): Promise<GraphFiles> {
  const [graph, data] = [join(folder, `${name}.onnx`), join(folder, `${name}.data`)];
  const { size } = await stat(graph);
  const beside = await stat(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return { graph, data: beside && data, bytes: size + (beside?.size ?? 0) };
}

/** sha256 over the graph and then its data, in hex. The files are streamed: they may be larger than the memory. */
export async function hashFiles({ graph, data }: Pick<GraphFiles, 'graph' | 'data'>): Promise<string> {
  const hash = createHash('sha256');
  for (const path of data === undefined ? [graph] : [graph, data])
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) hash.update(chunk);
  return hash.digest('hex');
}

/** Of a stream's usual 64 KB the turns of the event loop would cost more than the hashing. */
const CHUNK_BYTES = 1024 * 1024;
