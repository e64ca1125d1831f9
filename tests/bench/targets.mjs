// What stands before the cloud, as the load generator sees it: where to connect, and which paths lead
// to sealed or ordinary files. Every target has folders of its own.
export const kNginx = 'nginx';
export const kSealed = ['sealed, ipsec-mb', 'sealed, openssl', 'sealed, libsodium'];
export const kPassing = ['passing, ipsec-mb', 'passing, openssl'];
export const kRclone = 'rclone crypt';

class GraphTarget {
  constructor({ name, to, ca, pids, root, seals = false }) {
    Object.assign(this, { name, to, ca, pids, seals });
    this.folder = `/${root}/${name.replace(/[ ,]+/g, '-')}`;
  }

  content(path) { return `/v1.0/me/drive/root:${this.folder}/${path}:/content`; }
  item(path) { return `/v1.0/me/drive/root:${this.folder}/${path}:`; }
  children(path) { return `/v1.0/me/drive/root:${this.folder}/${path}:/children`; }
  // By its id, as clients that have listed a folder ask.
  async contentById(stage, path) {
    const { id, parentReference } = await stage.ask(this, 'GET', this.item(path));
    return `/v1.0/drives/${parentReference.driveId}/items/${id}/content`;
  }
  async contentsById(stage, path) {
    const { value } = await stage.ask(this, 'GET', this.children(path));
    return value.map(({ id, parentReference }) => `/v1.0/drives/${parentReference.driveId}/items/${id}/content`);
  }
  // What a client gets that asks for the item first; without a token, good for some minutes.
  async downloadUrl(stage, path) {
    const item = await stage.ask(this, 'GET', this.item(path));
    return item['@microsoft.graph.downloadUrl'].replace(/^https:\/\/[^/]+/, '');
  }
}

class DavTarget {
  constructor({ name, to, ca, pids }) {
    Object.assign(this, { name, to, ca, pids, seals: true });
  }

  // All in one folder, since others would have to be made.
  content(path) { return `/${path.replaceAll('/', '-')}`; }
  async contentById(stage, path) { return this.content(path); }
}

const made = new WeakMap();

export async function targetOf(stage, name) {
  if (!made.has(stage)) made.set(stage, new Map());
  const known = made.get(stage);
  if (!known.has(name)) known.set(name, await make(stage, name));
  return known.get(name);
}

async function make(stage, name) {
  const { ca } = await stage.gateway('auto');
  if (name === kNginx) {
    const nginx = await stage.nginx();
    return new GraphTarget({ name, to: `127.0.0.1:${nginx.port}`, ca, pids: () => nginx.pids, root: 'open' });
  }
  if (name === kRclone) {
    const rclone = await stage.rclone();
    return new DavTarget({ name, to: `127.0.0.1:${rclone.port}`, ca, pids: () => rclone.pids });
  }
  const [, what, backend] = /^(sealed|passing), (\S+)$/.exec(name);
  return gatewayTarget(name, await stage.gateway(backend === 'ipsec-mb' ? 'auto' : backend), what === 'sealed');
}

export function gatewayTarget(name, gateway, seals) {
  return new GraphTarget({ name, to: `127.0.0.1:${gateway.port}`, ca: gateway.ca, pids: () => gateway.pids,
    root: seals ? 'Salassa' : 'open', seals });
}

// A file for reading, put there through the target itself, and its content's target. What should be
// sealed is, or the figures would mean nothing.
export async function keep(stage, target, path, size) {
  await stage.load(target, { method: 'PUT', target: target.content(path), count: 1, size });
  const raw = await target.contentById(stage, path);
  const stored = await storedSize(stage, target, path);
  if (target.seals ? stored <= size : stored !== size)
    throw new Error(`${target.name}: the cloud holds ${stored} bytes of ${size}`);
  return raw;
}

async function storedSize(stage, target, path) {
  const cloud = { to: stage.origin, ca: stage.originCa };
  const inDav = target instanceof DavTarget;
  const raw = inDav ? `/v1.0/me/drive/root:/dav${target.content(path)}.bin:` : target.item(path);
  return (await stage.ask(cloud, 'GET', raw)).size;
}
