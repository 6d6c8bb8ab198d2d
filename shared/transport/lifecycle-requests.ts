// Between functions-framework, or an HTTP server, and an application: how many requests are being answered, because a
// process may end when there are none.
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Application = (request: IncomingMessage, response: ServerResponse) => void;

export interface CountedRequests {
  /** What the framework or the server is given in place of the application. */
  readonly handler: Application;
  /** Resolves when every answer has gone to the network, or its caller away. */
  idle(): Promise<void>;
}

export function countRequests(application: Application): CountedRequests {
  let open = 0;
  let waiting: (() => void)[] = [];
  return {
    handler(request, response) {
      leaveDomain();
      open++;
      response.once('close', () => {
        open--;
        if (open > 0) return;
        for (const resolve of waiting) resolve();
        waiting = [];
      });
      application(request, response);
    },
    idle: () => new Promise((resolve) => (open === 0 ? resolve() : waiting.push(resolve))),
  };
}

/**
 * functions-framework runs each request in a domain, Node's old way of catching everything: what nobody caught would be
 * answered with a 500, written past the log, and the process would work on in a state that nobody knows.
 */
function leaveDomain(): void {
  (process as { readonly domain?: { exit(): void } | null }).domain?.exit();
}
