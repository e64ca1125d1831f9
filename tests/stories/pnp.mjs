// PnP's client for Graph, a family of its own: fluent, batching by index, downloads by their URL.
export async function loadPnp() {
  try {
    await import('@pnp/graph/batching.js');
    await import('@pnp/graph/files/index.js');
    await import('@pnp/graph/users/index.js');
    const { graphfi, GraphBrowser, Paged } = await import('@pnp/graph');
    const { BearerToken } = await import('@pnp/queryable');
    return { graphfi, GraphBrowser, Paged, BearerToken };
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('the npm packages of tests/stories are missing: run tools/setup');
  }
}
