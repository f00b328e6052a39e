// Files in one zip, stored as they are: pictures are small already. ZIP as APPNOTE 6.3.10 says, names in UTF-8.

const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function checksum(data) {
  let value = ~0;
  for (const byte of data) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

/** Bytes of numbers, each given as [bytes, value]. */
function record(...numbers) {
  const view = new DataView(new ArrayBuffer(numbers.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of numbers) {
    size === 2 ? view.setUint16(at, value, true) : view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

const UTF8 = 0x800;
const DAY = 0x21; // 1980-01-01: the same files give the same zip

/** @param files [{name, data: Uint8Array}] @returns Blob */
export function zip(files) {
  const parts = [], listed = [];
  let at = 0;
  for (const { name, data } of files) {
    const label = new TextEncoder().encode(name);
    const about = [[2, 20], [2, UTF8], [2, 0], [2, 0], [2, DAY], [4, checksum(data)], [4, data.length], [4, data.length], [2, label.length], [2, 0]];
    const head = record([4, 0x04034b50], ...about);
    parts.push(head, label, data);
    listed.push(record([4, 0x02014b50], [2, 20], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]), label);
    at += head.length + label.length + data.length;
  }
  const size = listed.reduce((sum, part) => sum + part.length, 0);
  const end = record([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, at], [2, 0]);
  return new Blob([...parts, ...listed, end], { type: "application/zip" });
}
