import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versions } from '../description.ts';
import { openCache } from './cache.ts';
import { chooseEmulator, hashMismatch } from './emulator.ts';
import { resourcePath } from './resources.ts';

const expected = '1'.repeat(64);
const got = '4'.repeat(64);
const pipOutput = `Collecting six==1.17.0 (from -r requirements.txt (line 1))
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.
    six==1.17.0 from file:///six-1.17.0-py2.py3-none-any.whl (from -r requirements.txt (line 1)):
        Expected sha256 ${expected}
        Expected     or ${'2'.repeat(64)}
             Got        ${got}`;

describe('hashMismatch', () => {
  it('reads the package and both checksums from what pip prints', () => {
    const message = hashMismatch(pipOutput.split('\n'))?.message;
    for (const fact of [
      'six==1.17.0 is not the pinned file',
      `expected sha256 ${expected}`,
      `actual   sha256 ${got}`,
    ]) {
      expect(message).toContain(fact);
    }
  });

  it('is nothing for another failure', () => {
    expect(hashMismatch(['ERROR: No matching distribution found for six'])).toBeUndefined();
  });
});

describe('the pinned requirements', () => {
  it.each([
    ['localstack', `localstack-core==${versions.localstack}`],
    ['ministack', `ministack==${versions.ministack}`],
  ])('of %s hold the version of the description, and a hash for every package', (emulator, pin) => {
    const text = readFileSync(resourcePath('python', `${emulator}-requirements.txt`), 'utf8');
    expect(text).toContain(`${pin} `);
    const requirements = text.split(/\n(?=[a-z])/).slice(1);
    for (const requirement of requirements) expect(requirement).toContain('--hash=sha256:');
  });
});

describe('chooseEmulator', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'emulator-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const withoutPython = { PATH: '', PYENV_ROOT: '/nowhere' };
  const choose = async (wanted?: 'localstack' | 'ministack'): Promise<{ emulator: string; notices: string[] }> => {
    const notices: string[] = [];
    const onNotice = (text: string): void => void notices.push(text);
    const emulator = await chooseEmulator(openCache(directory), wanted, { environment: withoutPython, onNotice });
    return { emulator, notices };
  };

  it('falls back to MiniStack without a new enough Python, and says what to install', async () => {
    const { emulator, notices } = await choose();
    expect(emulator).toBe('ministack');
    expect(notices).toEqual([
      expect.stringMatching(/needs Python 3\.12 or newer.*using MiniStack.*install Python 3\.12/),
    ]);
  });

  it('takes the wanted one without asking', async () => {
    expect(await choose('localstack')).toEqual({ emulator: 'localstack', notices: [] });
  });
});
