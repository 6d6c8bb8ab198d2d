// What a shop's page asks for through Shopify's app proxy, /apps/… on the shop's own domain: an upload URL, or a token for
// the browser. Files and waiting do not go this way: the page puts the photo into the bucket and asks us directly.
import type { Request, Response, Router } from 'express';
import express from 'express';
import { z } from 'zod';
import type { RateLimits } from '../../../shared/transport/rate-limit.ts';
import { limitRate } from '../../../shared/transport/rate-limit.ts';
import type { Access } from '../access.ts';
import { allowedOptions } from '../access.ts';
import type { CreatePorts } from '../create-job.ts';
import { createUpload } from '../create-job.ts';
import { readRequest, uploadRequestSchema } from '../requests.ts';
import type { ShopifyProxy, ShopifyVisit } from '../shopify-proxy.ts';
import { tokenWishesOf } from '../shopify-proxy.ts';
import type { ShopifyVisitors } from '../shopify-visitors.ts';
import { counted, viewCreated } from './create.ts';

export interface ShopifyRoutesPorts {
  readonly proxy: ShopifyProxy;
  readonly visitors: ShopifyVisitors;
  readonly access: Pick<Access, 'jobToken' | 'filesKey' | 'issueToken'>;
  readonly limits: Pick<RateLimits, 'take' | 'takePhotos' | 'givePhotosBack'>;
  readonly create: CreatePorts;
  /** Milliseconds since 1970. */
  now(): number;
}

export const shopifyTokenRequestSchema = z.strictObject({
  origin: z.string().max(300).optional().describe('Of the page that will use it, as location.origin says'),
});

export function shopifyRouter(ports: ShopifyRoutesPorts): Router {
  const { access, create } = ports;
  const router = express.Router();

  /** @throws SIGNATURE_INVALID, SHOP_NOT_ALLOWED, RATE_LIMIT_EXCEEDED */
  async function open(request: Request, response: Response): Promise<ShopifyVisit & { visitor: string }> {
    const [, query = ''] = /\?(.*)$/s.exec(request.originalUrl) ?? [];
    const visit = ports.proxy.verify(query);
    const visitor = ports.visitors.meet(visit, request.query.visitor);
    await limitRate(ports.limits, visitor.counted, 'work', response, ports.now());
    return { ...visit, visitor: visitor.token };
  }

  router.post('/shopify/uploads', async (request, response) => {
    const { tenant, visitor, options: fixed } = await open(request, response);
    const { content_type: contentType, options, reference } = readRequest(uploadRequestSchema, request.body);
    const asking = {
      tenant,
      reference,
      contentType,
      options: allowedOptions(options, { token: { options: fixed } }),
    };
    const { job, ...upload } = await counted({ tenant }, 1, ports, () => createUpload(asking, create));
    response.status(201).json({ ...viewCreated(job, ports), ...upload, visitor });
  });

  router.post('/shopify/tokens', async (request, response) => {
    const visit = await open(request, response);
    const { origin } = readRequest(shopifyTokenRequestSchema, request.body);
    const wishes = tokenWishesOf(visit, origin);
    const issued = access.issueToken(wishes);
    response.status(201).json({ ...issued, origin: wishes.origin, visitor: visit.visitor });
  });

  return router;
}
