// Runs in the page. Answers with the names of what does not agree.
const [vectors, crowd, answer] = arguments;

async function run() {
  const folder = new URL('js/draw/', document.querySelector('link[rel=stylesheet]').href);
  const [sha, draw, file] = await Promise.all(
    ['sha256.js', 'draw.js', 'file.js'].map((name) => import(new URL(name, folder))),
  );
  const { toHex, fromHex } = draw;
  const wrong = [];
  const same = (name, found, expected) => {
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(`${name}: ${JSON.stringify(found)}`);
  };

  // Every length around the edges of blocks, against the browser's own SHA-256.
  for (let length = 0; length < 200; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
    const expected = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    same(`sha-256 of ${length}`, toHex(sha.sha256(bytes)), toHex(expected));
  }

  for (const fan of vectors.fans) {
    const digest = draw.digestOf(fromHex(fan.sale), fromHex(fan.fan_key));
    same('digest', toHex(digest), fan.digest);
    same('leaf', toHex(draw.leafOf(fan.place, digest)), fan.leaf);
  }
  for (const { seed, commitment } of vectors.commitments) {
    same('commitment', toHex(sha.sha256(fromHex(seed))), commitment);
  }
  for (const vector of vectors.keys) {
    const beacon = vector.beacon === null ? undefined : { value: vector.beacon };
    same('key', toHex(draw.keyOf({ ...vector, seed: vector.seed ?? undefined, beacon })), vector.key);
  }
  for (const { key, places, positions = [], some = [] } of vectors.permutations) {
    const order = new draw.Order(fromHex(key), places);
    for (const [place, position] of [...positions.entries(), ...some]) {
      same(`place ${place} of ${places}`, order.position(place), position);
    }
    same('beyond', order.position(places), undefined);
  }
  const fanKey = (place) => {
    const bytes = new Uint8Array(8);
    sha.writeU64(bytes, 0, place);
    return sha.sha256(bytes).subarray(0, 16);
  };
  for (const { sale, places, root, proofs } of vectors.trees) {
    for (const { place, proof } of proofs) {
      const leaf = draw.leafOf(place, draw.digestOf(fromHex(sale), fanKey(place)));
      const prove = (changed) => {
        const all = { proof: fromHex(proof), place, leaf, places, root: fromHex(root), ...changed };
        return draw.isProven(all.proof, all.place, all.leaf, all.places, all.root);
      };
      same('proof', prove({}), true);
      for (let bit = 0; bit < proof.length * 4; bit += 37) {
        same('changed proof', prove({ proof: flipped(fromHex(proof), bit) }), false);
      }
      for (let bit = 0; bit < 256; bit += 37) {
        same('changed leaf', prove({ leaf: flipped(leaf, bit) }), false);
        same('changed root', prove({ root: flipped(fromHex(root), bit) }), false);
      }
      same('longer', prove({ proof: fromHex(proof + '00'.repeat(32)) }), false);
      same('ragged', prove({ proof: fromHex(proof + '00') }), false);
      if (proof !== '') same('shorter', prove({ proof: fromHex(proof.slice(64)) }), false);
      for (const other of [-1, place + 1, place - 1, places, 0.5]) {
        same(`as place ${other}`, prove({ place: other }), false);
      }
      for (const other of [0, places - 1, places + 1, 2 * places]) {
        same(`of ${other}`, prove({ places: other }), false);
      }
    }
  }
  for (const { header, digests, positions } of vectors.files) {
    const found = await file.verifyFile(new Blob([header, fromHex(digests)]).stream());
    same('file', found.faults, []);
    const order = new draw.Order(fromHex(found.draw.key), found.draw.places);
    same('positions', positions.map((_, place) => order.position(place)), positions);
  }

  await crowded({ draw, fanKey, same }, new URL('worker.js', folder));
  return wrong;
}

async function crowded({ draw, fanKey, same }, workerUrl) {
  const { fromHex } = draw;
  const { header, places, some } = crowd;
  const head = draw.readHeader(header);
  for (const { place, fanKey: key, proof, position } of some) {
    const check = (changed) => {
      const all = { header, place, fanKey: key, proof: fromHex(proof), ...changed };
      const { position: found, faults } = draw.verifyPlace(all);
      return [found, faults];
    };
    same('own place', check({}), [position, []]);
    const { commitment, root } = head;
    same('noted', check({ noted: { commitment, root } }), [position, []]);
    same('noted otherwise', check({ noted: { commitment: root, root: commitment } })[1],
      ['noted-commitment', 'noted-root']);
    same('another fan', check({ fanKey: '00'.repeat(16) })[1], ['proof']);
    same('another seed', check({ header: header.replace('seed: 05', 'seed: 06') })[1],
      ['commitment', 'key']);
    same('another beacon', check({ header: header.replace('beacon-value: 07', 'beacon-value: 08') })[1],
      ['key']);
    same('withheld', check({ header: header.replace(/seed: .*/, 'seed: withheld') })[1], ['key']);
  }

  const digests = new Uint8Array(16 * places);
  for (let place = 0; place < places; place += 1) {
    digests.set(draw.digestOf(fromHex(head.sale), fanKey(place)), 16 * place);
  }
  const worker = new Worker(workerUrl, { type: 'module' });
  const ask = (...parts) => new Promise((resolve, reject) => {
    worker.onerror = () => reject(new Error('the worker did not start'));
    worker.onmessage = ({ data }) => {
      if (data.done === undefined) resolve(data.fault ?? data.faults);
    };
    worker.postMessage(new Blob(parts));
  });
  same('all places', await ask(header, digests), []);
  same('one changed', await ask(header, flipped(digests, 777_777)), ['root']);
  same('cut off', await ask(header, digests.subarray(1)), 'shorter');
  same('no place', await ask(header), 'shorter');
  same('longer', await ask(header, digests, new Uint8Array(1)), 'longer');
  same('another longer', await ask(header, digests, new Uint8Array(16)), 'longer');
  same('no draw', await ask('PK'), 'title');
  same('nothing', await ask(), 'title');
  same('no header', await ask(new Uint8Array(5000)), 'header');
  same('a space', await ask(header.replace('root: ', 'root:  '), digests), 'line');
  same('zeros', await ask(header.replace('places: ', 'places: 0'), digests), 'line');
  worker.terminate();
}

function flipped(bytes, bit) {
  const copy = bytes.slice();
  copy[Math.floor(bit / 8)] ^= 1 << (bit % 8);
  return copy;
}

run().then(answer, (error) => answer([String(error), error?.stack]));
