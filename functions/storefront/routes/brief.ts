// The brief's own endpoints, with its documents and its errors.
import type { Router } from 'express';
import express from 'express';
import type { SegmentHealth } from '../segment-health.ts';
import { briefErrors } from './brief-errors.ts';
import type { ProcessPorts } from './brief-process.ts';
import { processRouter } from './brief-process.ts';
import type { RemovalPorts } from './brief-removal.ts';
import { removalRouter } from './brief-removal.ts';
import type { TaskPorts } from './brief-tasks.ts';
import { tasksRouter } from './brief-tasks.ts';

export interface BriefPorts extends RemovalPorts, ProcessPorts, TaskPorts {
  readonly access: RemovalPorts['access'] & TaskPorts['access'];
  readonly health: Pick<SegmentHealth, 'read'>;
}

export function briefRouter(ports: BriefPorts): Router {
  const router = express.Router();
  router.get('/api/background-removal/health', async (_, response) => {
    const { isUp, document } = await ports.health.read();
    response
      .status(isUp ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json(document);
  });
  router.use(removalRouter(ports), tasksRouter(ports), processRouter(ports));
  router.use(briefErrors);
  return router;
}
