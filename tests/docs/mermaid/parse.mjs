// Reads the Mermaid diagrams of Markdown files with Mermaid itself: node parse.mjs FILE...; prints a line for each.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// Mermaid expects a browser even where it only parses.
globalThis.window = new JSDOM("").window;
globalThis.document = globalThis.window.document;
const { default: mermaid } = await import("mermaid");

for (const path of process.argv.slice(2)) {
  for (const [, diagram] of readFileSync(path, "utf8").matchAll(/^ *```mermaid\n(.*?)^ *```$/gms)) {
    try {
      console.log(`${path}: ${(await mermaid.parse(diagram)).diagramType}`);
    } catch (error) {
      console.log(`${path}: error: ${error.message.replaceAll("\n", " ")}`);
      process.exitCode = 1;
    }
  }
}
