// The storefront function: `FUNCTION_SOURCE=functions/storefront/index.ts`, target `storefront`.
import { openCloud } from '../open-cloud.ts';
import { serveFunction } from '../serve-function.ts';
import { storefrontService } from '../services.ts';

const cloud = openCloud(process.env, 'storefront');
serveFunction('storefront', storefrontService(cloud).app, cloud);
