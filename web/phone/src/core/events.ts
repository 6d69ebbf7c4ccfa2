// Server-sent events, read from an answer as it comes (EventSource cannot send the proof of a key).

/** One event. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** Most characters of an event: more is no event of ours, and must not fill the memory. */
const LONGEST = 1 << 20;

/** Takes text as it comes, and gives the events that are whole. */
export class EventReader {
  #buffer = "";

  /** The events that became whole with this piece. Throws `RangeError` when one has no end. */
  read(piece: string): ServerEvent[] {
    this.#buffer += piece.replaceAll("\r", "");
    const events: ServerEvent[] = [];
    for (let end = this.#buffer.indexOf("\n\n"); end >= 0; end = this.#buffer.indexOf("\n\n")) {
      const event = parsed(this.#buffer.slice(0, end));
      if (event) events.push(event);
      this.#buffer = this.#buffer.slice(end + 2);
    }
    if (this.#buffer.length > LONGEST) throw new RangeError("an event without an end");
    return events;
  }
}

function parsed(block: string): ServerEvent | undefined {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [field, value] = fieldOf(line);
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  }
  return data.length > 0 ? { name, data: data.join("\n") } : undefined;
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(" ") ? value.slice(1) : value];
}
