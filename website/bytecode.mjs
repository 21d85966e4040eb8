// Compile what a run in the browser imports: `node bytecode.mjs FOLDER MODULE...`, where the folder holds the sources. bytecode.py says how.

import { readFile } from "node:fs/promises";
import { loadPyodide } from "pyodide";

const [folder, ...names] = process.argv.slice(2);
const python = await loadPyodide();
python.mountNodeFS("/sources", folder);
python.runPython(await readFile(new URL("bytecode.py", import.meta.url), "utf8"));
python.globals.get("compile_imported")(names, "/sources");
