// A document for the modules under test, which take it from the global scope as in a browser.

import { Window } from "happy-dom";

const window = new Window();
Object.assign(globalThis, { document: window.document, localStorage: window.localStorage });
