// The storefront's express app: what it stands on, behind its routes.
import { randomBytes } from 'node:crypto';
import type { Express, RequestHandler } from 'express';
import { CutlineError } from '../shared/errors.ts';
import type { Delivery, PushHandler } from '../shared/push.ts';
import { openApp } from '../shared/serve-push.ts';
import { postSigned } from '../shared/transport/http-post.ts';
import { createMetrics } from '../shared/transport/prom-metrics.ts';
import { secure } from '../shared/transport/security.ts';
import type { SyncOptions } from './open-brief.ts';
import { openBrief } from './open-brief.ts';
import { openDocument } from './open-document.ts';
import { openPage } from './open-page.ts';
import { openShopify } from './open-shopify.ts';
import type { OpenedStorefront, StorefrontOptions } from './open-storefront.ts';
import { openStorefront } from './open-storefront.ts';
import type { FunctionService } from './services.ts';
import { withPushes } from './services.ts';
import { jobTokenIn } from './storefront/access.ts';
import { createJobThings } from './storefront/job-things.ts';
import { briefRouter } from './storefront/routes/brief.ts';
import { createRouter } from './storefront/routes/create.ts';
import { docsRouter } from './storefront/routes/docs.ts';
import type { Authorize } from './storefront/routes/files.ts';
import { filesRouter } from './storefront/routes/files.ts';
import { jobsRouter } from './storefront/routes/jobs.ts';
import { maskRouter } from './storefront/routes/mask.ts';
import type { PagePorts } from './storefront/routes/page.ts';
import { pageRouter } from './storefront/routes/page.ts';
import { previewsRouter } from './storefront/routes/previews.ts';
import { removebgRouter } from './storefront/routes/removebg.ts';
import { stateRouter } from './storefront/routes/state.ts';
import { tokensRouter } from './storefront/routes/tokens.ts';
import { createJobWatch } from './storefront/watch-job.ts';
import { createWebhooks } from './storefront/webhooks.ts';

export interface StorefrontServiceOptions extends StorefrontOptions {
  /** The stages, for callers who wait. */
  readonly sync: SyncOptions;
  /** Where signed URLs of our own server lead, by their path; none in the cloud. */
  readonly mounts?: Readonly<Record<string, RequestHandler>>;
  /** Whether a push is Pub/Sub's, where anybody can send one. @throws UNAUTHORIZED */
  checkPush?(authorization?: string): Promise<void>;
  /** The command that gets the full models, where small previews serve: for the page. */
  fullModels?(): string | null;
  /** Told of every delivery of a job's end, before its webhook. */
  hear?(end: Delivery): void;
}

export interface StorefrontService extends FunctionService {
  /** How full the queue in front of its own work is, 0–1. */
  queue(): number;
  close(): Promise<void>;
}

export async function storefrontService(options: StorefrontServiceOptions): Promise<StorefrontService> {
  const { config, log } = options;
  const opened = await openStorefront(options);
  const brief = openBrief(opened, { ...options, ...options.sync });
  const { files, pixels, slots: renders } = opened.delivered;
  const app = openApp(
    secure({
      allowedOrigins: config.allowedOrigins,
      trustedProxyHops: config.trustedProxyHops,
      random: randomBytes,
    }),
    // Photos come in its JSON, which is more than any other route takes.
    removebgRouter({ ...brief, files, limits: opened.limits, pixels, renders, log }),
  );
  for (const [path, handler] of Object.entries(options.mounts ?? {})) app.use(path, handler);
  if (options.checkPush)
    app.use('/webhooks', async (request, _, next) => {
      await options.checkPush!(request.headers.authorization);
      next();
    });
  app.use(pageRouter(await openPageOf(options)));
  app.use(briefRouter(brief));
  const shopify = openShopify(opened, options);
  if (shopify) app.use(shopify);
  app.use(docsRouter({ document: await openDocument(config) }));
  mountRoutes(app, opened, options);
  const tell = createWebhooks({ webhooks: config.webhooks, post: postSigned, now: Date.now, log });
  const webhooks: PushHandler = async (end) => {
    opened.learn(end);
    options.hear?.(end);
    return await tell(end);
  };
  return {
    ...withPushes(app, { '/webhooks': webhooks }, log),
    queue: () => opened.delivered.slots.waiting / config.queueLimit,
    close: opened.close,
  };
}

/** Photos go to our own server where it takes them, else to the bucket. */
async function openPageOf(options: StorefrontServiceOptions): Promise<PagePorts> {
  const { config, mounts, fullModels } = options;
  const storage = config.storageEmulatorHost ?? 'https://storage.googleapis.com';
  const page = await openPage(config.limits, mounts ? [] : [new URL(storage).origin]);
  return { ...page, ...(fullModels && { fullModels }) };
}

function mountRoutes(app: Express, opened: OpenedStorefront, options: StorefrontServiceOptions): void {
  const { log, downloads, ladder } = options;
  const { access, admit, limits, delivered, warmth, bodies: slots } = opened;
  const { files } = delivered;
  app.use(
    stateRouter({ admit, warmth, ladder, metrics: createMetrics(), isShared, every, now: Date.now, log }),
  );
  app.use(tokensRouter({ admit, access }));
  app.use(createRouter({ admit, access, limits, create: opened.create, slots }));
  // Whoever asks about a job is known, and counted, before anything is looked up.
  app.use('/jobs/:job', async (request, response, next) => {
    const kind = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'work';
    response.locals.caller = await admit(request, response, kind, request.params.job);
    next();
  });
  const authorize: Authorize = (request, job) => {
    if (!access.mayTouch(job, request.res!.locals.caller, jobTokenIn(request.headers, request.query.token)))
      throw new CutlineError('JOB_NOT_FOUND');
  };
  // Who has the key to a job's files may read those, and nothing else of it.
  const authorizeFiles: Authorize = (request, job, action) => {
    if (action !== 'read' || !access.opensFiles(job.job, request.query.k)) authorize(request, job, action);
  };
  const things = createJobThings({ files, ...opened });
  const watch = createJobWatch({ readState: things.state, schedule: after, log });
  app.use(jobsRouter({ find: things.find, authorize, watch, every }));
  app.use(previewsRouter({ files, preview: delivered.preview, authorize }));
  app.use(maskRouter({ access, limits, slots, files, authorize, correct: opened.correct }));
  app.use(filesRouter({ ...delivered, downloads, authorize: authorizeFiles, members: things.members, log }));

  function isShared(): boolean {
    return opened.counters.shared;
  }
}

/** Calls back once; what it returns cancels that. Keeps no process alive. */
function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
}

/** Calls back again and again until what it returns is called. */
function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms).unref();
  return () => clearInterval(timer);
}
