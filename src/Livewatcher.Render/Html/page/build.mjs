// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
//
// node build.mjs SOURCE OUTPUT: bundles the page of "livewatcher report --format html" into two files, what stands before its data and what
// stands behind it. Run in the folder where npm has put the packages, since esbuild and uPlot are looked for there.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const [source, output] = process.argv.slice(2).map(folder => path.resolve(folder));
const packages = path.resolve('node_modules');

async function bundle(entry) {
  const made = await build({
    entryPoints: [path.join(source, entry)],
    bundle: true, minify: true, write: false, format: 'iife', target: ['es2022'], charset: 'ascii',
    nodePaths: [packages], legalComments: 'inline', logLevel: 'warning', outdir: output,
  });
  // An end tag inside would end the element that holds it.
  return made.outputFiles[0].text.trim().replaceAll('</script', '<\\/script').replaceAll('</style', '<\\/style');
}

const hash = text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const [script, style, page] = await Promise.all([bundle('script/main.js'), bundle('style/page.css'), readFile(path.join(source, 'page.html'), 'utf8')]);

// Nothing may be loaded, sent or run but this one script, known by its hash; of styles, this one sheet.
const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
const [head, tail] = page.split('@DATA@\n');
const fill = (text, name, value) => text.split(`@${name}@`).join(value);
await writeFile(path.join(output, 'report.head.html'), fill(fill(head, 'POLICY', policy), 'STYLE', style));
await writeFile(path.join(output, 'report.tail.html'), fill(tail, 'SCRIPT', script));
