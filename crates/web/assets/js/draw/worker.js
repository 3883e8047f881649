// Checks a whole draw file beside the page: `postMessage(file)` with a Blob, or with the address of
// one; answers {done, places} now and then, and last {draw, faults} or {fault, line}.

import { DrawFault } from './draw.js';
import { verifyFile } from './file.js';

self.addEventListener('message', async ({ data }) => {
  try {
    const stream = data instanceof Blob ? data.stream() : await fetched(data);
    self.postMessage(await verifyFile(stream, (done, places) => self.postMessage({ done, places })));
  } catch (error) {
    const { code, line } = error instanceof DrawFault ? error : { code: 'unreadable' };
    self.postMessage({ fault: code, line });
  }
});

async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`draw file: ${response.status}`);
  return response.body;
}
