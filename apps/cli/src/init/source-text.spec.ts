import { column } from '@hybridge/views';
import { comment, docComment, fieldName, importOf, keyField, list, literal } from './source-text.ts';

describe('source text', () => {
  it.each([
    ['plain', "'plain'"],
    ["it's", `"it's"`],
    ['a "b" c', `'a "b" c'`],
    [`"it's"`, `'"it\\'s"'`],
    ['back\\slash', "'back\\\\slash'"],
    ['new\nline', "'new\\nline'"],
    ['\u2028', "'\\u2028'"],
  ])('writes %j as %s, which reads back as the same', (text, written) => {
    expect(literal(text)).toBe(written);
    expect(new Function(`return ${written}`)()).toBe(text);
  });

  it('quotes field names only where it must', () => {
    expect(['id', 'größe', 'a b', '2fa', 'class', ''].map(fieldName)).toEqual([
      'id',
      'größe',
      "'a b'",
      "'2fa'",
      'class',
      "''",
    ]);
  });

  it('keeps within the width', () => {
    const names = Array.from({ length: 30 }, (_, i) => `name${i}`);
    expect(importOf(['a', 'b'], './x.ts')).toBe("import { a, b } from './x.ts';");
    expect(importOf(names, './x.ts').split('\n')).toHaveLength(32);
    expect(list(names, '  list: ', ',').split('\n').at(-1)).toBe('  ],');
    const key = keyField(['a1', 'THING', ...names.map((name) => column(name))], ['THING']);
    expect(key.split('\n').slice(0, 3)).toEqual(['  key: {', '    pk: [', "      'a1',"]);
    for (const line of comment('word '.repeat(100), '    ')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('lets no comment of a stranger end ours', () => {
    expect(docComment('ends */ here\nand goes on')).toEqual(['/** ends * / here and goes on */']);
    expect(docComment('word '.repeat(60))[0]).toBe('/**');
    expect(docComment(undefined)).toEqual([]);
    expect(comment('two\nlines', '')).toEqual(['// two lines']);
  });
});
