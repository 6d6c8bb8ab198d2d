// ID tokens, by which Cloud Run's services know each other: of the metadata server there, of a key file elsewhere; and the
// check of those that come.
import type { GoogleAuth, IdTokenClient, OAuth2Client } from 'google-auth-library';
import { CutlineError } from '../errors.ts';

/**
 * Tokens are kept until shortly before they expire.
 * @returns what gives a token for an audience, the base URL of the service that is called
 */
export function createIdTokens(auth?: GoogleAuth): (audience: string) => Promise<string | undefined> {
  const clients = new Map<string, IdTokenClient>();
  let opened = auth;
  return async (audience) => {
    opened ??= new (await library()).GoogleAuth();
    const client = clients.get(audience) ?? (await opened.getIdTokenClient(audience));
    clients.set(audience, client);
    const headers = await client.getRequestHeaders();
    return /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1];
  };
}

/** Loaded when it is needed: on a laptop it is not. The cloud's other clients have loaded most of it. */
async function library() {
  return await import('google-auth-library');
}

export interface TokenCheckOptions {
  readonly audience: string;
  /** Of the service account that has to have signed. */
  readonly email: string;
  /** Google's public keys, as certificates by their id; else Google's own address. */
  readonly certsUrl?: string;
}

/**
 * Who pushes to a service that anybody may call: IAM lets everyone in there, so the token itself is looked at.
 * https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 * @returns what throws UNAUTHORIZED for a request whose Authorization is not a token of that account for that audience
 */
export function createTokenCheck(options: TokenCheckOptions): (authorization?: string) => Promise<void> {
  const { audience, email, certsUrl } = options;
  const settings =
    certsUrl === undefined ? {} : { endpoints: { oauth2FederatedSignonPemCertsUrl: certsUrl } };
  let client: OAuth2Client | undefined;
  return async (authorization = '') => {
    try {
      const idToken = /^Bearer (\S+)$/i.exec(authorization)?.[1];
      if (idToken === undefined) throw new Error('Expected a bearer token but received none');
      client ??= new (await library()).OAuth2Client(settings);
      const payload = (await client.verifyIdToken({ idToken, audience })).getPayload();
      if (payload?.email !== email || payload.email_verified !== true)
        throw new Error(`Expected a token of ${email} but received one of ${payload?.email}`);
    } catch (cause) {
      throw new CutlineError('UNAUTHORIZED', { message: 'A push that is not Pub/Sub’s', cause });
    }
  };
}
