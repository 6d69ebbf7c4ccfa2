// Where the app begins.

import { createCore } from "./core/index";

void createCore();
