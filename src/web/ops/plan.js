// Rows as staff write them.

const MOST_ROWS = 500;

/** "A-C, E" or "1-12" as rows; [] for none; null when it cannot be understood. */
export function expandRows(text) {
  const rows = [];
  for (const part of text.split(',').map(one => one.trim()).filter(Boolean)) {
    const letters = /^([A-Z])\s*[-–~]\s*([A-Z])$/.exec(part) ?? /^([a-z])\s*[-–~]\s*([a-z])$/.exec(part);
    const numbers = /^(\d{1,5})\s*[-–~]\s*(\d{1,5})$/.exec(part);
    const [from, to] = letters ? letters.slice(1).map(letter => letter.codePointAt(0)) : numbers ? numbers.slice(1).map(Number) : [0, 0];
    if (!letters && !numbers) rows.push(part);
    else if (to < from || to - from >= MOST_ROWS) return null;
    else for (let at = from; at <= to; at++) rows.push(letters ? String.fromCodePoint(at) : String(at));
  }
  return rows.length <= MOST_ROWS && rows.every(row => row.length <= 20) && new Set(rows).size === rows.length ? rows : null;
}

/** A line's price: its own, or its grade's. */
export const priceOf = (line, grades) => line.grade === undefined ? line.price : grades.find(grade => grade.code === line.grade)?.price ?? null;
