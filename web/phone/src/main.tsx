// Where the app begins.

import { createCore } from "./core/index";
import { startWorker } from "./core/worker";

createCore();
void startWorker({});
