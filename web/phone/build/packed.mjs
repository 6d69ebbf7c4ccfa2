// The compressed copies beside every text file, by Brotli and by gzip, of which the server sends one to who can read it.

import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const TEXT = /\.(js|css|html|svg|json|webmanifest|ftl)$/;

/** A Vite plugin. */
export function packed() {
  let folder = "";
  return {
    name: "packed",
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
          const text = await readFile(file);
          // Level and header are fixed, so that the same source gives the same octets.
          await writeFile(`${file}.gz`, await promisify(gzip)(text, { level: constants.Z_BEST_COMPRESSION }));
          const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
          await writeFile(`${file}.br`, await promisify(brotliCompress)(text, best));
        }
      },
    },
  };
}
