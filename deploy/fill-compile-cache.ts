// Run while the image is built: loads every function's code once, so that a cold start finds it compiled (Node's compile
// cache, NODE_COMPILE_CACHE). Nothing is opened but the models that ship, and nobody is called.
import { flushCompileCache, getCompileCacheDir } from 'node:module';
import { endProcess } from '../shared/transport/end-process.ts';

// What each function cannot do without; none of it is used.
Object.assign(process.env, {
  UPLOADS_BUCKET: 'not-used',
  RESULTS_BUCKET: 'not-used',
  GOOGLE_CLOUD_PROJECT: 'not-used',
  UPSCALE_URL: 'http://127.0.0.1:9',
  SEGMENT_URL: 'http://127.0.0.1:9',
  EFFECTS_URL: 'http://127.0.0.1:9',
  TOKEN_SECRET: 'not-used'.repeat(8),
  PUSH_SERVICE_ACCOUNT: 'not-used@not-used.iam.gserviceaccount.com',
  DEVICE: 'cpu',
  LOG_LEVEL: 'error',
  // Else the clients look for Google's metadata server.
  METADATA_SERVER_DETECTION: 'none',
});

const entries = [
  '@google-cloud/functions-framework',
  ...['ingest', 'upscale', 'warmup', 'storefront'].map((name) => `../functions/${name}/index.ts`),
  '../functions/local/serve-functions.ts',
  // Loaded where they are needed first.
  'onnxruntime-node',
  '../shared/transport/cloud-pubsub.ts',
  '../shared/transport/cloud-storage.ts',
];

for (const entry of entries) await import(entry);
flushCompileCache();
const folder = getCompileCacheDir();
console.log(`Compiled code is kept in ${folder ?? 'no folder: NODE_COMPILE_CACHE is not set'}`);
// The functions wait for requests that never come.
endProcess(folder ? 0 : 1);
