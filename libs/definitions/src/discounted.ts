/** Digits after the point in `amount decimal(12, 2)` and `discount decimal(5, 4)`. */
const AMOUNT_DIGITS = 2;
const SHARE_DIGITS = 4;

/**
 * What is left of an amount, in whole cents, half a cent up; with every digit, unlike a double.
 * @param amount not negative, such as `9999999999.9`
 * @param discount the share that is taken off, 0 to 1
 */
export function discounted(amount: string, discount: string): string {
  const whole = 10n ** BigInt(SHARE_DIGITS);
  const left = unitsOf(amount, AMOUNT_DIGITS) * (whole - unitsOf(discount, SHARE_DIGITS));
  const cents = String((left + whole / 2n) / whole).padStart(AMOUNT_DIGITS + 1, '0');
  return `${cents.slice(0, -AMOUNT_DIGITS)}.${cents.slice(-AMOUNT_DIGITS)}`;
}

/** `0.125` in units of 0.0001: 1250. */
function unitsOf(decimal: string, digits: number): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(digits, '0'));
}
