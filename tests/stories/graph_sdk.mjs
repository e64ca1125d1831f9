// Microsoft's JavaScript client for Graph, as npm delivers it. Nothing of it is replaced: it is told
// where Graph is (baseUrl), that this host may see the token (customHosts), and the token.
import { createRequire } from 'node:module';

export function loadSdk() {
  try {
    return createRequire(import.meta.url)('@microsoft/microsoft-graph-client');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error('the npm packages of tests/stories are missing: run tools/setup');
  }
}

export function connect(sdk, { baseUrl, token }) {
  return sdk.Client.initWithMiddleware({
    baseUrl,
    customHosts: new Set([new URL(baseUrl).hostname]),
    authProvider: { getAccessToken: async () => token },
  });
}

export async function download(client, path) {
  const pieces = [];
  for await (const piece of await client.api(path).getStream()) pieces.push(piece);
  return Buffer.concat(pieces);
}
