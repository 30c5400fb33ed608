// Bundles the widget and the scripts of our own pages: node build.mjs FOLDER
//
// Each file is also written as gzip would send it; the gateway serves that one to browsers that take it. Fails when the
// widget is heavier than we promise: everything that a Swedish user needs in one script, styles and texts included. The
// English texts are a file of their own, fetched by who asks for English.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";

const LIMIT = 12 * 1024;
const folder = process.argv[2];
const minifiedCss = {
  name: "minified-css",
  setup(build_) {
    build_.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true, target: "es2022" });
      return { contents: code.trim(), loader: "text" };
    });
  },
};
const common = { bundle: true, minify: true, target: "es2022", legalComments: "none", plugins: [minifiedCss], charset: "utf8", write: false };

function write(name, content) {
  const zipped = gzipSync(content, { level: 9 });
  writeFileSync(`${folder}/${name}`, content);
  writeFileSync(`${folder}/${name}.gz`, zipped);
  return zipped.length;
}

async function bundled(entry, format) {
  const { outputFiles } = await build({ ...common, entryPoints: [entry], format });
  return outputFiles[0].text;
}

async function smaller(code) {
  return (await minify(code, { ecma: 2022, compress: { passes: 3, unsafe_arrows: true }, mangle: { toplevel: true }, format: { comments: false } })).code;
}

const size = write("widget.js", await smaller(await bundled("src/main.ts", "iife")));
write("portal.js", await bundled("src/portal.ts", "esm"));
write("phone.js", await bundled("src/phone.ts", "esm"));
const { en } = await import(`data:text/javascript,${encodeURIComponent(await bundled("src/texts.ts", "esm"))}`);
const english = write("widget.en.json", JSON.stringify(en));

console.log(`widget.js: ${size} bytes gzipped, of ${LIMIT}; widget.en.json: ${english}`);
if (size > LIMIT) process.exitCode = 1;
