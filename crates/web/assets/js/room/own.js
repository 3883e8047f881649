// A fan's own place: found from the public draw without asking anybody, and checked.

import { Order, faultsOf, fromHex, isProven, leafOf } from '../draw/draw.js';

async function json(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

async function drawAt(url) {
  const draw = await json(url);
  draw.sale = draw.sale.replaceAll('-', '');
  draw.seed ??= undefined;
  if (draw.beacon) draw.beacon.value ??= undefined;
  return draw;
}

// Where a place stands after the draw.
export async function positionOf({ draw: url, place }) {
  const draw = await drawAt(url);
  return new Order(fromHex(draw.key), draw.places).position(place) ?? place;
}

// Whether the position that the shop says follows from what was published, and from what this
// browser noted before the draw.
export async function check({ draw: url, place, position, fan, sale }, proofUrl, noted) {
  const [draw, own] = await Promise.all([drawAt(url), json(proofUrl)]);
  const proof = Uint8Array.from(atob(own.proof), (char) => char.charCodeAt(0));
  const order = new Order(fromHex(draw.key), draw.places);
  const late = place >= draw.places;
  const leaf = leafOf(place, fromHex(fan));
  return draw.sale === sale
    && faultsOf(draw).length === 0
    && (!noted?.commitment || noted.commitment === draw.commitment)
    && (!noted?.fan || (noted.fan === fan && noted.place === place))
    && (late || isProven(proof, place, leaf, draw.places, fromHex(draw.root)))
    && own.place === place
    && own.position === (order.position(place) ?? place)
    && (position === undefined || position === null || position === own.position);
}
