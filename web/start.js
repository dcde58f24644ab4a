// Loads the page's code. It is a file because the Content-Security-Policy forbids inline scripts.
const { js, wasm } = document.currentScript.dataset;
import(js)
    .then((page) => page.default({ module_or_path: wasm }))
    .catch((error) => {
        const loading = document.getElementById("loading");
        if (loading) {
            loading.textContent =
                "Terrarium could not start. It needs a browser of 2023 or later, with WebAssembly and its SIMD.";
        }
        throw error;
    });
