// Computes every vector of a file with an OCRA. Used by node and, as it stands, by a page in a browser.

/** The vectors of a file's text. Counters have up to 64 bits, more than a number of JavaScript holds. */
export function readVectors(text) {
  return JSON.parse(text.replaceAll(/"counter": ([0-9]+)/g, '"counter": "$1"')).vectors;
}

/** `{ right, wrong }`: how many values are as expected, and the ids of the others. */
export async function checkVectors({ parse, respond }, vectors) {
  const wrong = [];
  for (const vector of vectors) {
    if ((await value(vector, parse, respond)) !== vector.expected) wrong.push(vector.id);
  }
  return { right: vectors.length - wrong.length, wrong };
}

async function value(vector, parse, respond) {
  const suite = parse(vector.suite);
  const algorithm = { name: "HMAC", hash: suite.hash };
  const key = await crypto.subtle.importKey("raw", octets(vector.key_hex), algorithm, false, ["sign"]);
  const { step } = suite;
  const time = step && vector.timestamp !== null ? BigInt(Math.floor(vector.timestamp / step)) : undefined;
  const [question, own] = questions(vector);
  return respond(suite, key, {
    question,
    ...(own && { ownQuestion: own }),
    ...(vector.counter !== null && { counter: BigInt(vector.counter) }),
    ...(vector.pin !== null && { pin: vector.pin }),
    ...(vector.session_hex && { session: octets(vector.session_hex) }),
    ...(time !== undefined && { time }),
  });
}

/** In mutual use the question of the published file is both joined, the other party's first. */
function questions({ question, own_question: own, role, mode, server_challenge: server, client_challenge: client }) {
  if (mode === "mutual") return role === "server" ? [client, server] : [server, client];
  return [question, own];
}

function octets(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
