// Browser tokens over HTTP: a shop's server asks with its key, and hands what it gets to one page.
import type { Router } from 'express';
import express from 'express';
import type { Access } from '../access.ts';
import { needTenantKey } from '../access.ts';
import { readRequest, tokenRequestSchema } from '../requests.ts';
import type { Admit } from './admit.ts';

export interface TokenRoutesPorts {
  readonly admit: Admit;
  readonly access: Pick<Access, 'issueToken'>;
}

export function tokensRouter({ admit, access }: TokenRoutesPorts): Router {
  const router = express.Router();
  router.post('/tokens', async (request, response) => {
    const caller = await admit(request, response, 'work');
    needTenantKey(caller);
    const { origin, options, ttl } = readRequest(tokenRequestSchema, request.body);
    const { tenant } = caller;
    const wishes = { tenant, origin, ...(options && { options }), ...(ttl !== undefined && { ttl }) };
    response.status(201).json(access.issueToken(wishes));
  });
  return router;
}
