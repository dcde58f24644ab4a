// Loads the engine worker's code. The query, which names the page's build, keeps an old worker in the cache from
// meeting a new page.
importScripts("./worker.js" + location.search);
wasm_bindgen({ module_or_path: "./worker_bg.wasm" + location.search });
