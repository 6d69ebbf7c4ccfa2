// A push service on this machine, as far as Firefox speaks with one: its WebSocket protocol towards the browser, and
// RFC 8030 towards the server that sends.

import { randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

/** Starts one. Stop it with `stop`. */
export async function startPushService() {
  const service = new PushService();
  await service.start();
  return service;
}

/** A message that the browser could decrypt is acknowledged with this code. */
export const DELIVERED = 100;

class PushService {
  /** What the sending server posted: the headers that matter, and the length. */
  posts = [];
  /** What the browser said to each message. */
  acknowledged = [];
  #http;
  #browsers = new Map();
  #channels = new Map();

  async start() {
    this.#http = createServer((request, response) => this.#post(request, response));
    const sockets = new WebSocketServer({ server: this.#http, handleProtocols: () => "push-notification" });
    sockets.on("connection", (socket) => this.#serve(socket));
    await new Promise((ready) => this.#http.listen(0, "localhost", ready));
    this.address = `ws://localhost:${this.#http.address().port}/`;
  }

  /** The browser forgets its subscriptions: what is posted from now on is answered 410. */
  forget() {
    this.#channels.clear();
  }

  stop() {
    for (const socket of this.#browsers.values()) socket.terminate();
    this.#http.closeAllConnections();
    return new Promise((ended) => this.#http.close(ended));
  }

  async #post(request, response) {
    const channel = this.#channels.get(request.url.replace(/^\/push\//, ""));
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const { ttl, urgency, topic, authorization, "content-encoding": encoding } = request.headers;
    this.posts.push({ ttl, urgency, topic, authorization, encoding, length: body.length });
    if (!channel) return response.writeHead(410).end();
    const version = randomUUID();
    const message = { messageType: "notification", channelID: channel.id, version, ttl: Number(ttl) };
    const content = { data: body.toString("base64url"), headers: { encoding } };
    this.#browsers.get(channel.browser)?.send(JSON.stringify({ ...message, ...(body.length > 0 && content) }));
    return response.writeHead(201, { location: `/message/${version}` }).end();
  }

  #serve(socket) {
    let browser;
    const say = (words) => socket.send(JSON.stringify(words));
    socket.on("message", (text) => {
      const said = JSON.parse(text);
      switch (said.messageType) {
        case "hello":
          browser = said.uaid || randomUUID().replaceAll("-", "");
          this.#browsers.set(browser, socket);
          return say({ messageType: "hello", uaid: browser, status: 200, use_webpush: true, broadcasts: {} });
        case "register": {
          const token = randomBytes(24).toString("base64url");
          this.#channels.set(token, { browser, id: said.channelID });
          const pushEndpoint = `http://localhost:${this.#http.address().port}/push/${token}`;
          return say({ messageType: "register", channelID: said.channelID, status: 200, pushEndpoint });
        }
        case "unregister":
          for (const [token, { id }] of this.#channels) if (id === said.channelID) this.#channels.delete(token);
          return say({ messageType: "unregister", channelID: said.channelID, status: 200 });
        case "ack":
          return this.acknowledged.push(...said.updates);
        default:
          // A ping.
          return say({});
      }
    });
  }
}
