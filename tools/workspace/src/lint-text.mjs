/**
 * Lints texts as if they were the content of files of this repository, with the real configuration.
 *
 * Reads `[{ file, text }]` as JSON from standard input; `file` must exist, relative to the workspace root. Writes
 * `[{ file, ruleIds, messages }]` to standard output. It is a program of its own because jest cannot load the
 * configuration, which is an ES module.
 */
import { text as readAll } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint({ overrideConfigFile: 'tools/workspace/eslint.config.mjs' });
const results = [];
for (const { file, text } of JSON.parse(await readAll(process.stdin))) {
  const [{ messages }] = await eslint.lintText(text, { filePath: file });
  results.push({
    file,
    ruleIds: messages.map((message) => message.ruleId),
    messages: messages.map((message) => message.message),
  });
}
console.log(JSON.stringify(results));
