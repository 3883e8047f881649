// Runs in the page. Answers with what the page's script reads otherwise than the ledger.
const [cases, answer] = arguments;

async function run() {
  const folder = new URL('js/room/', document.querySelector('link[rel=stylesheet]').href);
  const { decode } = await import(new URL('status.js', folder));
  // The order of the keys says nothing, and what is missing is null.
  const same = (status) => JSON.stringify(status, [
    'phase', 'paused', 'at', 'next', 'joined', 'cursor', 'drawn', 'soon', 'now', 'low', 'high',
    'slower', 'message', 'polls', 'prices', 'left',
  ], 0).replaceAll(/"\w+":null,?/g, '');
  const wrong = [];
  for (const [bytes, expected] of cases) {
    const found = same(decode(Uint8Array.from(bytes)));
    if (found !== same(expected)) wrong.push([found, same(expected)]);
    for (const length of [0, 1, 2, 9]) {
      try {
        decode(Uint8Array.from(bytes.slice(0, length)));
        wrong.push(`${length} bytes are read as a status`);
      } catch {
        // So it has to be.
      }
    }
  }
  return wrong.slice(0, 5);
}

run().then(answer, (error) => answer([String(error)]));
