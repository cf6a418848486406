import { Writable } from 'node:stream';
import { createProgressView } from './progress-view.ts';

/** What is written to something that is no terminal. */
function capture(): { readonly output: Writable; text(): string } {
  const chunks: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { output, text: () => chunks.join('') };
}

describe('createProgressView', () => {
  it('prints one plain line for each thing that happens when there is no terminal', () => {
    const { output, text } = capture();
    const { onProgress, close } = createProgressView(output);
    for (const done of [1, 2]) onProgress({ kind: 'install-progress', part: 'Kafka', done, total: 2, unit: 'MB' });
    onProgress({ kind: 'component-starting', component: 'kafka', title: 'Kafka' });
    onProgress({ kind: 'component-ready', component: 'kafka', title: 'Kafka', ms: 1234 });
    close();
    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('fetching   Kafka (2 MB)');
    expect(lines[2]).toMatch(/ready.*Kafka.*1\.2 s/);
  });
});
