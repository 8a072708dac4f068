// Indonesian mobile numbers as the server takes them: a number that it would refuse in the evening is told at once.

/** Whether it is one, in any usual way to write it: `0812-…`, `62812…`, `+62 812 …`. */
export function isMobilePhone(typed: string): boolean {
  const digits = typed.replaceAll(/[\s().-]+/g, "").replace(/^\+/, "").replace(/^(62|0)/, "");
  return typed.trim().length <= 24 && /^8[1-9][0-9]{7,10}$/.test(digits);
}
