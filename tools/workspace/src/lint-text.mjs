/**
 * Lints texts as if they were the content of files of this repository, with the real configuration.
 *
 * Reads `[{ file, text, needsTypes }]` as JSON from standard input; `file` must exist, relative to the workspace root.
 * Without `needsTypes` the rules that ask the type checker are left out, which would read the whole project of every
 * text. Writes `[{ file, ruleIds, messages }]` to standard output. It is a program of its own because jest cannot load
 * the configuration, which is an ES module.
 */
import { text as readAll } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const overrideConfigFile = 'tools/workspace/eslint.config.mjs';
const typed = new ESLint({ overrideConfigFile });
const untyped = new ESLint({ overrideConfigFile, overrideConfig: tseslint.configs.disableTypeChecked });
const results = [];
for (const { file, text, needsTypes } of JSON.parse(await readAll(process.stdin))) {
  const [{ messages }] = await (needsTypes ? typed : untyped).lintText(text, { filePath: file });
  results.push({
    file,
    ruleIds: messages.map((message) => message.ruleId),
    messages: messages.map((message) => message.message),
  });
}
console.log(JSON.stringify(results));
