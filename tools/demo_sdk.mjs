// The part of the demonstration that Microsoft's JavaScript client plays: it uploads one file by an
// upload session, downloads it, and says what it saw. A process of its own, because its fetch learns
// at start whom to trust.
import { sha256 } from '../tests/support/office.mjs';
import { given } from '../tests/support/trusting.mjs';
import { connect, download, loadSdk } from '../tests/stories/graph_sdk.mjs';

const { baseUrl, token, folder, name, bytes } = await given();
const sdk = loadSdk();
const client = connect(sdk, { baseUrl, token });

let fragments = 0;
const task = await sdk.OneDriveLargeFileUploadTask.create(client, bytes, {
  fileName: name, path: folder, conflictBehavior: 'replace', rangeSize: 2 * 327_680,
  uploadEventHandlers: { progress: () => { fragments += 1; } },
});
const { responseBody } = await task.upload();

const downloaded = await download(client, `/me/drive/items/${responseBody.id}/content`);
process.send({ fragments, downloaded: sha256(downloaded) }, () => process.disconnect());
