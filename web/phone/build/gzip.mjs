// The compressed copy beside every text file, which the server sends to who can read it.

import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";

const TEXT = /\.(js|css|html|svg|json|webmanifest|ftl)$/;

/** A Vite plugin. */
export function gzipped() {
  let folder = "";
  return {
    name: "gzipped",
    apply: "build",
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    closeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        for (const entry of await readdir(folder, { recursive: true })) {
          if (!TEXT.test(entry)) continue;
          const file = path.join(folder, entry);
          // Level and header are fixed, so that the same source gives the same octets.
          const small = await promisify(gzip)(await readFile(file), { level: constants.Z_BEST_COMPRESSION });
          await writeFile(`${file}.gz`, small);
        }
      },
    },
  };
}
