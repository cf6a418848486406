/**
 * What `npm start`, `npm test` and `npm run bench` call: makes sure that the right Node and the installed packages are
 * there, then hands over to the real program and passes on its exit code.
 *
 * It is plain JavaScript without dependencies, because it runs before anything is installed and on any Node.
 *
 * Signals: a Ctrl-C at a terminal reaches the program directly, so it is not sent a second time; a signal that was sent
 * to this process alone is forwarded. In both cases this process waits for the program to end.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const workspaceRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** The oldest Node that can run this repository; it installs the one that is used from then on. */
const oldestNode = '20.19.0';

/** The oldest Node that runs TypeScript sources without a loader. */
const oldestTypeScriptNode = '22.18.0';

const programs = {
  start: 'tools/start/src/main.ts',
  test: 'tools/workspace/src/test.ts',
  bench: 'tools/bench/src/main.ts',
  faults: 'tools/faults/src/main.ts',
};

function main([name, ...args]) {
  if (!Object.keys(programs).includes(name)) {
    fail(`Usage: node tools/workspace/src/bootstrap.mjs ${Object.keys(programs).join('|')} [options]`);
  }
  requireNode();
  if (!isInstalled()) install();
  run(programs[name], args);
}

function requireNode() {
  if (isAtLeast(process.versions.node, oldestNode)) return;
  fail(
    `Hybridge needs Node ${oldestNode} or newer; this is Node ${process.versions.node}.\n` +
      'Install a current Node from https://nodejs.org, or with nvm: nvm install',
  );
}

/** Whether the packages under node_modules are those of the lock file. npm writes its record of them last. */
function isInstalled() {
  const installed = readPackages('node_modules/.package-lock.json');
  if (installed === undefined || !existsSync(inWorkspace('node_modules/.bin/nx'))) return false;
  const wanted = readPackages('package-lock.json') || {};
  return Object.keys(wanted)
    .filter((location) => location.includes('node_modules/'))
    .every((location) => isSatisfied(wanted[location], installed[location]));
}

/** npm leaves out optional packages of other platforms, and peers that nobody needs. */
function isSatisfied(wanted, installed) {
  if (installed === undefined) return Boolean(wanted.optional || wanted.peer);
  return wanted.version === installed.version && wanted.integrity === installed.integrity;
}

/** The `packages` of a lock file, or undefined when the file is missing or cut short. */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(inWorkspace(file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  console.log('Installing packages (npm ci) …');
  const result = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: workspaceRoot,
    env: { ...process.env, PATH: searchPath().join(path.delimiter) },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  if (result.signal) process.kill(process.pid, result.signal);
  if (result.status !== 0) fail(`npm ci failed with exit code ${result.status}; its output is above.`);
}

/** The search path without our own node_modules/.bin: npm ci removes the Node that lies there. */
function searchPath() {
  const ours = inWorkspace('node_modules');
  return (process.env.PATH || '').split(path.delimiter).filter((folder) => !path.resolve(folder).startsWith(ours));
}

function run(program, args) {
  const child = spawn(installedNode(), [...loaderFlags(), inWorkspace(program), ...args], {
    cwd: workspaceRoot,
    env: { ...process.env, PATH: [inWorkspace('node_modules/.bin'), ...searchPath()].join(path.delimiter) },
    stdio: 'inherit',
  });
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', () => {
    if (!hasTerminal()) forward('SIGINT');
  });
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  child.on('error', (error) => fail(`${program} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => endLike(code, signal));
}

/** Node 24 is a package of this workspace; where its binary could not be installed, this Node serves. */
function installedNode() {
  const binary = inWorkspace(`node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`);
  return existsSync(binary) ? binary : process.execPath;
}

function loaderFlags() {
  const isOlder = installedNode() === process.execPath && !isAtLeast(process.versions.node, oldestTypeScriptNode);
  // kafkajs arms timers in the past, which Node 24 warns of at every start.
  const more = isOlder ? ['--import', 'tsx'] : ['--disable-warning=TimeoutNegativeWarning'];
  return ['--conditions=@hybridge/source', ...more];
}

/** At a terminal, Ctrl-C is delivered to every process of the foreground group. */
function hasTerminal() {
  return Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
}

function endLike(code, signal) {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function isAtLeast(version, minimum) {
  const [found, needed] = [version, minimum].map((text) => text.split('.').map(Number));
  const differing = needed.findIndex((part, i) => part !== found[i]);
  return differing === -1 || found[differing] > needed[differing];
}

function inWorkspace(file) {
  return path.join(workspaceRoot, file);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

main(process.argv.slice(2));
