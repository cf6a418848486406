import { NULL, map, text } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import type { Repair } from '@hybridge/verify';
import { renderJson, renderText } from './render.ts';

const key = { pk: 'o1#ORDER#1', sk: 'ORDER' };
const asked = { view: 'orders', key: '1', values: true };
const held = (value: ReturnType<typeof map>) =>
  item({ key, columns: { customer: value }, meta: { _e_customer: map({ k: text('A#x#1'), v: text('1') }) } });
const repair: Repair = { key, outcome: 'filled', before: held(NULL), after: held(map({ name: text('Ada') })) };

describe('what a repair says', () => {
  it('shows what the item embeds', () => {
    expect(renderText(asked, repair)).toContain('changed customer\n  customer: { "NULL": true } -> { "M"');
    expect(renderText(asked, repair)).not.toContain('told');
    expect(renderText({ ...asked, values: false }, repair)).not.toContain('Ada');
  });

  it('tells how many items that embed the row were brought in line with it', () => {
    expect(renderText(asked, { ...repair, told: 3 })).toContain('told    3 item(s) that embed the row');
    expect(JSON.parse(renderJson(asked, { ...repair, told: 3 }))).toMatchObject({ told: 3, repaired: true });
  });
});
