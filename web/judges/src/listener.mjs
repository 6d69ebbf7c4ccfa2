// A client's own server, which hears what Countersign tells it.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { PATIENCE } from "../../e2e/src/patience.mjs";

/** What is posted to an address of a client while something is done: `{ url, headers, octets, body }`. */
export async function posted(address, act) {
  let hear;
  const heard = new Promise((resolve) => (hear = resolve));
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const octets = Buffer.concat(pieces);
    response.writeHead(request.method === "POST" ? 204 : 405).end();
    hear({ url: request.url, headers: request.headers, octets, body: octets.toString() });
  });
  await new Promise((resolve) => server.listen(new URL(address).port, "localhost", resolve));
  const late = setTimeout(hear, PATIENCE);
  try {
    await act();
    const told = await heard;
    assert(told, "nothing was told");
    return told;
  } finally {
    clearTimeout(late);
    server.close();
  }
}
