// Loads the page's code. It is a file because the Content-Security-Policy forbids inline scripts.
const { js, wasm } = document.currentScript.dataset;
import(js).then((page) => page.default({ module_or_path: wasm }));
