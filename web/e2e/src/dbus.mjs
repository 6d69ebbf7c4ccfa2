// D-Bus, as far as a test needs it to offer a service: little-endian messages on a socket of this machine.
// https://dbus.freedesktop.org/doc/dbus-specification.html

import { once } from "node:events";
import { connect } from "node:net";

/** The kinds of messages. */
const [CALL, ANSWER, ERROR, SIGNAL] = [1, 2, 3, 4];

/** The fields of a message's header. */
const [PATH, INTERFACE, MEMBER, ERROR_NAME, ANSWERS, TO, FROM, SIGNATURE] = [1, 2, 3, 4, 5, 6, 7, 8];

/** What each field holds. */
const FIELD_TYPES = { [PATH]: "o", [ANSWERS]: "u", [SIGNATURE]: "g" };

const HEADER = "yyyyuua(yv)";
const NO_ANSWER_EXPECTED = 1;

/** Where values of a type begin: at multiples of this. */
const ALIGNMENT = { y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, s: 4, o: 4, a: 4, x: 8, t: 8, d: 8, "(": 8, "{": 8 };

const aligned = (at, to) => Math.ceil(at / to) * to;

/** Joins the bus at a socket. */
export async function joinBus(socketFile) {
  const socket = connect(socketFile);
  await once(socket, "connect");
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid())).toString("hex")}\r\n`);
  const [said] = await once(socket, "data");
  if (!said.toString().startsWith("OK ")) throw new Error(`the bus does not let us in: ${said}`);
  socket.write("BEGIN\r\n");
  const bus = new Bus(socket);
  await bus.ask("Hello");
  return bus;
}

/** A connection to a bus. */
class Bus {
  #socket;
  #serial = 0;
  #unread = Buffer.alloc(0);
  #asked = new Map();
  #offered = new Map();

  constructor(socket) {
    this.#socket = socket;
    socket.on("data", (octets) => this.#read(octets));
    // Who is gone is asked nothing more.
    socket.on("error", () => undefined);
  }

  /** Calls a method of the bus itself. */
  ask(member, signature = "", ...values) {
    const name = "org.freedesktop.DBus";
    const serial = this.#send(CALL, { [PATH]: "/org/freedesktop/DBus", [INTERFACE]: name, [MEMBER]: member, [TO]: name }, signature, values);
    return new Promise((resolve, reject) => this.#asked.set(serial, { resolve, reject }));
  }

  /** Offers the methods of an interface: each `[the signature of what it gives, what it does]`. */
  async offer(name, methods) {
    for (const [member, method] of Object.entries(methods)) this.#offered.set(`${name}.${member}`, method);
    await this.ask("RequestName", "su", name, 0);
  }

  /** Tells everybody. */
  tell(path, name, member, signature, ...values) {
    this.#send(SIGNAL, { [PATH]: path, [INTERFACE]: name, [MEMBER]: member }, signature, values);
  }

  leave() {
    this.#socket.destroy();
  }

  #send(kind, fields, signature, values) {
    this.#serial += 1;
    const all = signature === "" ? fields : { ...fields, [SIGNATURE]: signature };
    this.#socket.write(encoded(kind, this.#serial, all, signature, values));
    return this.#serial;
  }

  #read(octets) {
    this.#unread = Buffer.concat([this.#unread, octets]);
    for (;;) {
      const length = lengthOf(this.#unread);
      if (length === undefined || this.#unread.length < length) return;
      const message = decoded(this.#unread.subarray(0, length));
      this.#unread = this.#unread.subarray(length);
      this.#take(message);
    }
  }

  #take({ kind, serial, flags, fields, values }) {
    if (kind === CALL) return this.#answer(serial, flags, fields, values);
    if (kind !== ANSWER && kind !== ERROR) return undefined;
    const asked = this.#asked.get(fields[ANSWERS]);
    this.#asked.delete(fields[ANSWERS]);
    return kind === ANSWER ? asked?.resolve(values) : asked?.reject(new Error(`${fields[ERROR_NAME]}: ${values[0]}`));
  }

  #answer(serial, flags, fields, values) {
    const method = this.#offered.get(`${fields[INTERFACE]}.${fields[MEMBER]}`);
    const [gives, act] = method ?? [];
    const given = act?.(...values);
    if (flags & NO_ANSWER_EXPECTED) return;
    const to = { [ANSWERS]: serial, [TO]: fields[FROM] };
    if (method) this.#send(ANSWER, to, gives, given ?? []);
    else this.#send(ERROR, { ...to, [ERROR_NAME]: "org.freedesktop.DBus.Error.UnknownMethod" }, "", []);
  }
}

function encoded(kind, serial, fields, signature, values) {
  const body = new Writer();
  body.all(signature, values);
  const held = Object.entries(fields).map(([code, value]) => [Number(code), [FIELD_TYPES[code] ?? "s", value]]);
  const head = new Writer();
  head.all(HEADER, ["l".charCodeAt(0), kind, 0, 1, body.octets.length, serial, held]);
  head.align(8);
  return Buffer.from([...head.octets, ...body.octets]);
}

/** How long the message is that begins here; nothing as long as that cannot be told. */
function lengthOf(octets) {
  if (octets.length < 16) return undefined;
  if (octets[0] !== "l".charCodeAt(0)) throw new Error("a message that is not little-endian");
  return aligned(16 + octets.readUInt32LE(12), 8) + octets.readUInt32LE(4);
}

function decoded(octets) {
  const [, kind, flags, , length, serial, held] = new Reader(octets).all(HEADER);
  const fields = Object.fromEntries(held);
  const values = new Reader(octets.subarray(octets.length - length)).all(fields[SIGNATURE] ?? "");
  return { kind, flags, serial, fields, values };
}

/** The complete types that a signature names one after the other. */
function* typesOf(signature) {
  for (let from = 0; from < signature.length; ) {
    let to = from;
    while (signature[to] === "a") to += 1;
    for (let depth = 0; ; ) {
      if ("({".includes(signature[to])) depth += 1;
      if (")}".includes(signature[to])) depth -= 1;
      to += 1;
      if (depth === 0) break;
    }
    yield signature.slice(from, to);
    from = to;
  }
}

class Reader {
  #octets;
  #at = 0;

  constructor(octets) {
    this.#octets = octets;
  }

  all(signature) {
    return [...typesOf(signature)].map((type) => this.#one(type));
  }

  #one(type) {
    this.#at = aligned(this.#at, ALIGNMENT[type[0]]);
    switch (type[0]) {
      case "y":
        return this.#octets[this.#skip(1)];
      case "n":
      case "q":
        return this.#octets.readUInt16LE(this.#skip(2));
      case "i":
        return this.#octets.readInt32LE(this.#skip(4));
      case "b":
      case "u":
        return this.#octets.readUInt32LE(this.#skip(4));
      case "x":
      case "t":
        return Number(this.#octets.readBigUInt64LE(this.#skip(8)));
      case "d":
        return this.#octets.readDoubleLE(this.#skip(8));
      case "s":
      case "o":
        return this.#text(this.#octets.readUInt32LE(this.#skip(4)));
      case "g":
        return this.#text(this.#octets[this.#skip(1)]);
      case "v":
        return this.all(this.#one("g"))[0];
      case "a":
        return this.#array(type.slice(1));
      default:
        return this.all(type.slice(1, -1));
    }
  }

  /** Where a value of `length` octets was; what follows it is next. */
  #skip(length) {
    this.#at += length;
    return this.#at - length;
  }

  #text(length) {
    const from = this.#skip(length + 1);
    return this.#octets.toString("utf8", from, from + length);
  }

  #array(type) {
    const length = this.#octets.readUInt32LE(this.#skip(4));
    this.#at = aligned(this.#at, ALIGNMENT[type[0]]);
    const end = this.#at + length;
    if (type === "y") return this.#octets.subarray(this.#skip(length), end);
    const found = [];
    while (this.#at < end) found.push(this.#one(type));
    return found;
  }
}

/** Writes what this side says: no numbers but octets and those of 32 bits. */
class Writer {
  octets = [];

  all(signature, values) {
    [...typesOf(signature)].forEach((type, index) => this.#one(type, values[index]));
  }

  align(to) {
    while (this.octets.length % to !== 0) this.octets.push(0);
  }

  #one(type, value) {
    this.align(ALIGNMENT[type[0]]);
    switch (type[0]) {
      case "y":
        return this.octets.push(value);
      case "u":
        return this.#number(value);
      case "s":
      case "o":
        this.#number(Buffer.byteLength(value));
        return this.octets.push(...Buffer.from(value), 0);
      case "g":
        return this.octets.push(value.length, ...Buffer.from(value), 0);
      case "v":
        this.#one("g", value[0]);
        return this.#one(...value);
      case "a":
        return this.#array(type.slice(1), value);
      case "(":
        return this.all(type.slice(1, -1), value);
      default:
        throw new TypeError(`nothing here says ${type}`);
    }
  }

  #number(value, at = this.octets.length) {
    const octets = Buffer.alloc(4);
    octets.writeUInt32LE(value);
    this.octets.splice(at, at === this.octets.length ? 0 : 4, ...octets);
  }

  #array(type, values) {
    const length = this.octets.length;
    this.#number(0);
    this.align(ALIGNMENT[type[0]]);
    const from = this.octets.length;
    for (const value of values) this.#one(type, value);
    this.#number(this.octets.length - from, length);
  }
}
