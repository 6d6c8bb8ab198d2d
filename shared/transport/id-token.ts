// ID tokens, by which Cloud Run's services know each other: of the metadata server there, of a key file elsewhere.
import type { IdTokenClient } from 'google-auth-library';
import { GoogleAuth } from 'google-auth-library';

/**
 * Tokens are kept until shortly before they expire.
 * @returns what gives a token for an audience, the base URL of the service that is called
 */
export function createIdTokens(auth = new GoogleAuth()): (audience: string) => Promise<string | undefined> {
  const clients = new Map<string, IdTokenClient>();
  return async (audience) => {
    const client = clients.get(audience) ?? (await auth.getIdTokenClient(audience));
    clients.set(audience, client);
    const headers = await client.getRequestHeaders();
    return /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1];
  };
}
