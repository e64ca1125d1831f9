// PnP's client for SharePoint's own REST.
export async function loadSharePoint() {
  try {
    await import('@pnp/sp/batching.js');
    await import('@pnp/sp/webs/index.js');
    await import('@pnp/sp/folders/index.js');
    await import('@pnp/sp/files/index.js');
    const { spfi, SPBrowser } = await import('@pnp/sp');
    const { BearerToken } = await import('@pnp/queryable');
    return { spfi, SPBrowser, BearerToken };
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('the npm packages of tests/stories are missing: run tools/setup');
  }
}
