// The ingest function: `FUNCTION_SOURCE=functions/ingest/index.ts`, target `ingest`.
import { openCloud } from '../open-cloud.ts';
import { serveFunction } from '../serve-function.ts';
import { ingestService } from '../services.ts';

const cloud = await openCloud(process.env, 'ingest');
serveFunction('ingest', ingestService(cloud).app, cloud);
cloud.prepare();
